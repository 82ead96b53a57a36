"""Exact counts of tokens by the loaded model's own tokenizer, each text counted once.

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
from app.services.inference.host import Inference

MOST_KEPT = 20_000
_LONG = 200_000
_SLICE = 50_000
"""Characters; a longer text is tokenized in slices, between which running answers go on."""
_BORDER = re.compile(r"(?<=\s)(?=\s[^\s\d])")


class TokenCounter:
    """Counts texts and prompts. Raises `NoModelError` where no model is loaded."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._loaded: LoadOptions | None = None
        self._counts: OrderedDict[bytes, int] = OrderedDict()
        self._busy: dict[bytes, asyncio.Event] = {}

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        if self._inference.loaded != self._loaded:
            # A new store: who counts with the model before goes on in the old one.
            self._loaded, self._counts = self._inference.loaded, OrderedDict()
        counts = self._counts
        keys = await asyncio.to_thread(_digests, texts) if _are_long(texts) else _digests(texts)
        known = {key: counts[key] for key in keys if key in counts}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for key in _long_ones(missing):
            known[key] = await self._once(key, missing.pop(key), counts)
        if missing:
            ids = await self._inference.tokenize(*missing.values())
            known |= {key: len(one) for key, one in zip(missing, ids, strict=True)}
        for key in keys:
            counts[key] = known[key]
            counts.move_to_end(key)
        while len(counts) > MOST_KEPT:
            counts.popitem(last=False)
        return [known[key] for key in keys]

    async def count_prompt(self, prompt: Prompt, info: ModelInfo) -> int:
        """Return how many tokens the engine makes of a prompt."""
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
        counts = await self.count(texts)
        total = controls + sum(counts)
        if (info.adds_begin_token or not total) and info.begin_token_id is not None and not begins:
            total += 1
        return total

    async def _once(self, key: bytes, text: str, counts: dict[bytes, int]) -> int:
        """Count a long text, or wait for who does so already."""
        while key in self._busy:
            await self._busy[key].wait()
        if key in counts:
            return counts[key]
        done = self._busy[key] = asyncio.Event()
        try:
            counts[key] = await self._count_long(text)
            return counts[key]
        finally:
            del self._busy[key]
            done.set()

    async def _count_long(self, text: str) -> int:
        # Cut before the last space of several: byte-level vocabularies give that one to the word
        # after it, so that no token spans the border (StarCoder's: 206,000 tokens, none more).
        total = begin = 0
        while begin < len(text):
            border = _BORDER.search(text, begin + _SLICE, begin + 2 * _SLICE)
            end = border.start() if border is not None else begin + 2 * _SLICE
            (ids,) = await self._inference.tokenize(text[begin:end])
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
