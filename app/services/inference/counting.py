"""Exact counts of tokens by a loaded model's own tokenizer, each text counted once.

Used on the asyncio thread; the inference thread tokenizes. A text is known by a digest of it, so
that counting a long chat again costs no memory for its texts and no time of the model.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Sequence

from app.core.models import LoadOptions, ModelInfo
from app.core.prompts import Control, Prompt
from app.services.inference.leases import LeasedModel

MOST_KEPT = 20_000
_MOST_MODELS = 4
_LONG = 200_000
_SLICE = 50_000
"""Characters; a longer text is tokenized in slices, between which running answers go on."""
_BORDER = re.compile(r"(?<=\s)(?=\s[^\s\d])")


class _Counts:
    """What is known of one model's counts, and which long texts are being counted."""

    def __init__(self) -> None:
        self.known: OrderedDict[bytes, int] = OrderedDict()
        self.busy: dict[bytes, asyncio.Event] = {}


class TokenCounter:
    """Counts texts and prompts with models that the caller holds. Raises `EngineError`."""

    def __init__(self) -> None:
        self._models: OrderedDict[LoadOptions, _Counts] = OrderedDict()

    async def count(self, model: LeasedModel, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        of_model = self._counts_of(model)
        counts = of_model.known
        keys = await asyncio.to_thread(_digests, texts) if _are_long(texts) else _digests(texts)
        known = {key: counts[key] for key in keys if key in counts}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for key in _long_ones(missing):
            known[key] = await self._once(model, of_model, key, missing.pop(key))
        if missing:
            ids = await model.tokenize(*missing.values())
            known |= {key: len(one) for key, one in zip(missing, ids, strict=True)}
        for key in keys:
            counts[key] = known[key]
            counts.move_to_end(key)
        while len(counts) > MOST_KEPT:
            counts.popitem(last=False)
        return [known[key] for key in keys]

    async def count_prompt(self, model: LeasedModel, prompt: Prompt) -> int:
        """Return how many tokens the engine makes of a prompt."""
        info = model.info
        texts: list[str] = []
        controls = 0
        was_text = False
        for part in prompt.parts:
            if isinstance(part, Control):
                controls += 1
            elif was_text:
                texts[-1] += part
            else:
                texts.append(part)
            was_text = isinstance(part, str)
        begins = bool(prompt.parts) and _is_begin(prompt.parts[0], info)
        counts = await self.count(model, texts)
        total = controls + sum(counts)
        if (info.adds_begin_token or not total) and info.begin_token_id is not None and not begins:
            total += 1
        return total

    def _counts_of(self, model: LeasedModel) -> _Counts:
        counts = self._models.setdefault(model.options, _Counts())
        self._models.move_to_end(model.options)
        while len(self._models) > _MOST_MODELS:
            self._models.popitem(last=False)
        return counts

    async def _once(self, model: LeasedModel, counts: _Counts, key: bytes, text: str) -> int:
        """Count a long text, or wait for who does so already."""
        while key in counts.busy:
            await counts.busy[key].wait()
        if key in counts.known:
            return counts.known[key]
        done = counts.busy[key] = asyncio.Event()
        try:
            counts.known[key] = await self._count_long(model, text)
            return counts.known[key]
        finally:
            del counts.busy[key]
            done.set()

    async def _count_long(self, model: LeasedModel, text: str) -> int:
        # Cut before the last space of several: byte-level vocabularies give that one to the word
        # after it, so that no token spans the border (StarCoder's: 206,000 tokens, none more).
        total = begin = 0
        while begin < len(text):
            border = _BORDER.search(text, begin + _SLICE, begin + 2 * _SLICE)
            end = border.start() if border is not None else begin + 2 * _SLICE
            (ids,) = await model.tokenize(text[begin:end])
            total += len(ids)
            begin = end
        return total


def _is_begin(part: str | Control, info: ModelInfo) -> bool:
    return (
        isinstance(part, Control)
        and info.begin_token_id is not None
        and info.control_tokens.get(part.text) == info.begin_token_id
    )


def _are_long(texts: Sequence[str]) -> bool:
    return sum(map(len, texts)) > _LONG


def _long_ones(texts: dict[bytes, str]) -> list[bytes]:
    return [key for key, text in texts.items() if len(text) > _LONG]


def _digests(texts: Sequence[str]) -> list[bytes]:
    return [
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for text in texts
    ]
