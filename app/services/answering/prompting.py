"""From a conversation to the prompt that is sent, as the request wants it where not all fits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from app.core.attachments import Attachment
from app.core.context import ContextUse, Fit, Overflow
from app.core.events import LeftOut, Summarising
from app.core.messages import Message
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.generation.chat.chat_prompts import ChatPrompt
from app.generation.chat.outputs import Output
from app.services.answering.fitting import Fitting, Talk, fits_surely, longest_summary
from app.services.answering.rendering import Rendering
from app.services.answering.summaries import Summaries
from app.services.inference.counting import TokenCounter
from app.services.inference.leases import LeasedModel
from app.text.languages import Language


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A conversation to answer. `language` is what the user picked, None for any.

    `overflow` says what to do where it does not fit the context. With `output` the answer is one
    document of that format: in a fence, or with `is_bare` alone, as programs read it.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = DEFAULT_SAMPLING
    language: Language | None = None
    overflow: Overflow = Overflow.FAIL
    output: Output | None = None
    is_bare: bool = False


class ChatPrompting:
    """Renders conversations for a model that the caller holds. Used on the asyncio thread."""

    def __init__(self, counter: TokenCounter, rendering: Rendering) -> None:
        self._rendering = rendering
        self._fitting = Fitting(counter, rendering)
        self._summaries = Summaries(counter, rendering)

    async def prompted(
        self, request: ChatRequest, model: LeasedModel
    ) -> AsyncGenerator[Summarising | LeftOut | ChatPrompt, None]:
        """Give what is sent at last, and before it what was left out, where anything was.

        With `Overflow.FAIL` nothing is; the engine refuses a prompt that is too long. Raises
        `PromptTooLongError`, `RequestError`.
        """
        info = model.info
        talk = _talk(request, model)
        if request.overflow is Overflow.FAIL or fits_surely(talk.messages, info.context_tokens):
            yield await self._rendering.chat(talk.messages, info, language=_language(request))
            return
        summary = ""
        trimmed = await self._fitting.trimmed(talk)
        if request.overflow is Overflow.SUMMARISE and trimmed.words:
            room = longest_summary(info)
            trimmed = await self._fitting.trimmed(talk, room_tokens=room)
            async with aclosing(self._summaries.write(trimmed.words, model)) as steps:
                async for step in steps:
                    if isinstance(step, str):
                        summary = step
                    else:
                        yield step
            trimmed = await self._fitting.trimmed(talk, summary)
        left_out = trimmed.told(summary)
        if left_out is not None:
            yield left_out
        yield trimmed.rendered

    async def fit(self, request: ChatRequest, model: LeasedModel) -> Fit:
        """Say whether a conversation fits with room for an answer, and what trimming costs."""
        return await self._fitting.fit(_talk(request, model))

    async def use(
        self, request: ChatRequest, model: LeasedModel, draft: str, files: Sequence[Attachment]
    ) -> ContextUse:
        """Return what takes room in the context once the draft is asked, as `overflow` wants it."""
        is_trimmed = request.overflow is not Overflow.FAIL
        return await self._fitting.use(_talk(request, model), draft, files, is_trimmed=is_trimmed)


def _language(request: ChatRequest) -> Language | None:
    return request.output.format.language if request.output else request.language


def _talk(request: ChatRequest, model: LeasedModel) -> Talk:
    return Talk(request.messages, model, _language(request), request.sampling.max_tokens)
