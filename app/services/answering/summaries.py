"""The model sums up what of a long chat does not fit its context any more.

What is longer than the context itself is summed up in steps, each of which reads the summary so
far. A summary is remembered while the program runs: the next question leaves out the same, or
some more, which is then added to it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from app.core.errors import RequestError
from app.core.events import Summarising, TextDelta
from app.core.messages import Message, Role
from app.core.models import LoadOptions
from app.core.sampling import Sampling
from app.generation.chat.chat_prompts import is_base_model
from app.generation.chat.fitting import Part, batches
from app.services.answering.fitting import longest_summary
from app.services.answering.rendering import Rendering
from app.services.inference.counting import TokenCounter
from app.services.inference.leases import LeasedModel

MOST_KEPT = 50
_SPARE_TOKENS = 32
_WISH = (
    "Sum up this conversation in a few short sentences. Keep names, numbers and decisions; "
    "leave code out."
)


class Summaries:
    """Writes summaries with a model that the caller holds. Used on the asyncio thread."""

    def __init__(self, counter: TokenCounter, rendering: Rendering) -> None:
        self._counter = counter
        self._rendering = rendering
        self._kept: OrderedDict[str, str] = OrderedDict()

    async def write(
        self, parts: Sequence[Part], model: LeasedModel
    ) -> AsyncGenerator[Summarising | str, None]:
        """Sum up messages: `Summarising` before each step, and at last the summary.

        Raises `RequestError` for a base model, which cannot, and what a run raises.
        """
        if is_base_model(model.info):
            raise RequestError(
                f"{model.info.name} is a base model and cannot summarise a conversation.",
                hint="Leave the oldest messages out instead, or choose an instruct model.",
            )
        texts = [f"{_speaker(part.role)}: {part.text.strip()}" for part in parts]
        keys = _keys(texts, model.options)
        key = keys[-1]
        if key not in self._kept:
            known = max((n for n, one in enumerate(keys) if one in self._kept), default=0)
            summary = self._kept.get(keys[known], "")  # of the first messages, summed up before
            steps = await self._steps(texts[known:], model)
            for number, text in enumerate(steps, start=1):
                yield Summarising(number, len(steps))
                summary = await self._step(text, summary, model)
            self._kept[key] = summary
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        yield self._kept[key]

    async def _steps(self, texts: Sequence[str], model: LeasedModel) -> list[str]:
        info = model.info
        longest = longest_summary(info)
        empty = await self._rendering.chat([_wish("", "x")], info)
        frame = await self._counter.count_prompt(model, empty.prompt)
        room = info.context_tokens - frame - 2 * longest - _SPARE_TOKENS
        return batches(texts, await self._counter.count(model, texts), max(room, longest))

    async def _step(self, text: str, before: str, model: LeasedModel) -> str:
        rendered = await self._rendering.chat([_wish(text, before)], model.info)
        sampling = Sampling(temperature=0, seed=0, max_tokens=longest_summary(model.info))
        said: list[str] = []
        async with aclosing(model.run(rendered.prompt, sampling)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    said.append(event.text)
        return " ".join("".join(said).split())


def _wish(text: str, before: str) -> Message:
    known = f"\n\nWhat was said before it: {before}" if before else ""
    return Message(Role.USER, f"{_WISH}{known}\n\n{text}")


def _speaker(role: Role) -> str:
    return "Assistant" if role is Role.ASSISTANT else "User"


def _keys(texts: Sequence[str], options: LoadOptions) -> list[str]:
    """Return the name of the summary of no text, of the first one, of the first two, and so on."""
    digest = hashlib.blake2b(str(options).encode(), digest_size=16)
    keys = [digest.hexdigest()]
    for text in texts:
        digest.update(b"\0" + text.encode("utf-8", "surrogatepass"))
        keys.append(digest.hexdigest())
    return keys
