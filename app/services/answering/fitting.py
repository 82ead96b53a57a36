"""Makes a conversation fit a loaded model's context, and says what that costs.

The pure part is `app.generation.chat.fitting`; here the tokens are counted. What is kept is
rendered and counted as a whole before it is called fitting: the parts' own counts only say where to
begin.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.attachments import Attachment
from app.core.context import ContextKind, ContextPart, ContextUse, Fit, Loss
from app.core.errors import PromptTooLongError
from app.core.events import LeftOut
from app.core.messages import Message, Role
from app.core.models import ModelInfo
from app.generation.chat.chat_prompts import ChatPrompt, is_base_model
from app.generation.chat.fitting import (
    Group,
    Part,
    PartKind,
    answer_room,
    count_in_steps,
    count_to_leave,
    files_left_out,
    losses,
    order_of_leaving,
    parts_of,
    with_summary,
    without,
    words_left_out,
)
from app.services.answering.rendering import Rendering
from app.services.inference.counting import TokenCounter
from app.services.inference.leases import LeasedModel
from app.text.attached import with_attachments
from app.text.languages import Language

LONGEST_SUMMARY = 256
"""Tokens; a smaller context gives a sixteenth of itself."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation for one loaded model. `language` is what the user picked, None for any."""

    messages: tuple[Message, ...]
    model: LeasedModel
    language: Language | None = None
    max_tokens: int | None = None

    @property
    def info(self) -> ModelInfo:
        """Describe the model."""
        return self.model.info

    @property
    def answer_tokens(self) -> int:
        """Return the room that is kept for the answer."""
        return answer_room(self.info.context_tokens, self.max_tokens)

    @property
    def step_tokens(self) -> int:
        """Return in which steps earlier messages leave."""
        return max(self.info.context_tokens // 8, 1)


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What of a conversation is sent, and the parts of it that are not."""

    messages: tuple[Message, ...]
    rendered: ChatPrompt
    tokens: int
    parts: tuple[Part, ...] = ()
    gone: frozenset[int] = frozenset()
    part_tokens: tuple[int, ...] = ()

    @property
    def losses(self) -> tuple[Loss, ...]:
        """Return in words what is left out."""
        return tuple(losses(self.parts, self.gone, self.part_tokens))

    @property
    def words(self) -> list[Part]:
        """Return the messages that are left out."""
        return words_left_out(self.parts, self.gone)

    def told(self, summary: str = "") -> LeftOut | None:
        """Return the event that says so, None where all is sent."""
        if not self.gone:
            return None
        return LeftOut(
            lines_before=max(
                (self.parts[n].last_line for n in self.gone if self._is_begun(n)), default=0
            ),
            files=files_left_out(self.parts, self.gone),
            messages=len(self.words),
            tokens=sum(self.part_tokens[n] for n in self.gone),
            summary=summary,
            kept=self.messages,
        )

    def _is_begun(self, number: int) -> bool:
        part = self.parts[number]
        return part.role is Role.ASSISTANT and bool(part.of_lines)


class Fitting:
    """Counts and trims conversations. Used on the asyncio thread; rendering is done off it."""

    def __init__(self, counter: TokenCounter, rendering: Rendering) -> None:
        self._counter = counter
        self._rendering = rendering

    async def whole(self, talk: Talk) -> Trimmed:
        """Return the conversation as it is, counted."""
        rendered, tokens = await self._rendered(talk, talk.messages)
        return Trimmed(talk.messages, rendered, tokens)

    async def trimmed(self, talk: Talk, summary: str = "", *, room_tokens: int = 0) -> Trimmed:
        """Return the conversation with so much left out that an answer has room, and little more.

        `summary` stands for the messages that leave; `room_tokens` are kept free beside the
        answer's. Where all that may leave is not enough, less than the usual room is left for the
        answer. Raises `PromptTooLongError` where there would be none.
        """
        most = talk.info.context_tokens - talk.answer_tokens - room_tokens
        rendered, tokens = await self._rendered(talk, talk.messages)
        if tokens <= most:
            return Trimmed(talk.messages, rendered, tokens)
        parts, order = await asyncio.to_thread(_taken_apart, talk.messages)
        part_tokens = await self._counter.count(talk.model, [part.text for part in parts])
        freed = _with_format(parts, part_tokens, tokens)
        leaving = 0
        kept = talk.messages
        gone: frozenset[int] = frozenset()
        while tokens > most and leaving < len(order):
            excess = tokens - most
            if not leaving:
                leaving = count_in_steps(order, parts, freed, excess, step_tokens=talk.step_tokens)
            else:
                leaving = count_to_leave(order, freed, leaving, excess)
            gone = frozenset(part for group in order[:leaving] for part in group)
            kept = await asyncio.to_thread(without, talk.messages, parts, gone)
            if words_left_out(parts, gone):
                kept = with_summary(kept, summary)
            rendered, tokens = await self._rendered(talk, kept)
        if tokens >= talk.info.context_tokens:
            raise question_too_long(tokens, talk.info.context_tokens)
        return Trimmed(kept, rendered, tokens, parts, gone, tuple(part_tokens))

    async def fit(self, talk: Talk) -> Fit:
        """Say whether a conversation fits with room for an answer, and what trimming would cost."""
        whole = await self.whole(talk)
        context = talk.info.context_tokens
        fit = Fit(whole.tokens, context, talk.answer_tokens, least_tokens=whole.tokens)
        if whole.tokens + talk.answer_tokens <= context:
            return fit
        parts, order = await asyncio.to_thread(_taken_apart, talk.messages)
        if not order and whole.tokens < context:
            return fit  # nothing could be left out, and there is some room
        try:
            trimmed = await self.trimmed(talk)
        except PromptTooLongError:
            bare = frozenset(part for group in order for part in group)
            kept = await asyncio.to_thread(without, talk.messages, parts, bare)
            _, least = await self._rendered(talk, kept)
            return replace(fit, fits=False, least_tokens=least)
        can_summarise = not is_base_model(talk.info) and bool(trimmed.words)
        return replace(
            fit,
            fits=False,
            losses=trimmed.losses,
            least_tokens=trimmed.tokens,
            can_trim=True,
            can_summarise=can_summarise,
            leaves_messages=bool(trimmed.words),
        )

    async def use(
        self, talk: Talk, draft: str, files: Sequence[Attachment], *, is_trimmed: bool = False
    ) -> ContextUse:
        """Return what takes room once the draft is asked. The parts add up to the whole prompt.

        Where `is_trimmed`, what does not fit counts as left out, unless it never could fit.
        """
        context = talk.info.context_tokens
        system = tuple(message for message in talk.messages[:1] if message.role is Role.SYSTEM)
        has_earlier = len(talk.messages) > len(system)
        if not (draft.strip() or files or has_earlier):
            return ContextUse((), context)
        draft_tokens, *file_tokens = await self._counter.count(
            talk.model, [draft, *(file.text for file in files)]
        )
        _, frame = await self._rendered(talk, (*system, Message(Role.USER, "")))
        asked = draft_tokens + sum(file_tokens)
        if asked > 2 * context:
            # It cannot fit: a few tokens where parts meet do not matter, but it may be huge.
            _, rest = await self._rendered(talk, talk.messages or (Message(Role.USER, ""),))
        else:
            question = await asyncio.to_thread(with_attachments, draft, files)
            last = (Message(Role.USER, question),) if question else ()
            _, whole = await self._rendered(talk, (*talk.messages, *last))
            rest = max(whole - asked, 0)
        frame = min(frame, rest) if has_earlier else rest
        parts = [ContextPart(ContextKind.FORMAT, "System prompt and format", frame)]
        if has_earlier:
            parts.append(ContextPart(ContextKind.CHAT, "Chat so far", rest - frame))
        for file, tokens in zip(files, file_tokens, strict=True):
            parts.append(ContextPart(ContextKind.FILE, file.name, tokens))
        if draft:
            parts.append(ContextPart(ContextKind.DRAFT, "Draft", draft_tokens))
        use = ContextUse(tuple(parts), context)
        is_over = use.used_tokens + talk.answer_tokens > context
        if not (is_trimmed and is_over) or asked > 2 * context:
            return use
        question = await asyncio.to_thread(with_attachments, draft, files)
        return await self._use_trimmed(talk, question, use)

    async def _use_trimmed(self, talk: Talk, question: str, use: ContextUse) -> ContextUse:
        """Return how much of each part is left once a question's chat is trimmed."""
        messages = (*talk.messages, Message(Role.USER, question))
        try:
            trimmed = await self.trimmed(replace(talk, messages=messages))
        except PromptTooLongError:
            return use
        gone_of_file: Counter[int] = Counter()
        for number in trimmed.gone:
            part = trimmed.parts[number]
            if part.message == len(messages) - 1:
                gone_of_file[part.file_number] += trimmed.part_tokens[number]
        parts: list[ContextPart] = []
        for one in use.parts:
            if one.kind is ContextKind.FILE:
                number = sum(part.kind is ContextKind.FILE for part in parts)
                one = replace(one, tokens=max(one.tokens - gone_of_file[number], 0))  # noqa: PLW2901
            parts.append(one)
        kinds = {part.kind for part in parts}
        rest = ContextKind.CHAT if ContextKind.CHAT in kinds else ContextKind.FORMAT
        tokens = trimmed.tokens - sum(part.tokens for part in parts if part.kind is not rest)
        parts = [replace(p, tokens=max(tokens, 0)) if p.kind is rest else p for p in parts]
        left_out = sum(trimmed.part_tokens[number] for number in trimmed.gone)
        return replace(use, parts=tuple(parts), left_out_tokens=left_out)

    async def _rendered(self, talk: Talk, messages: Sequence[Message]) -> tuple[ChatPrompt, int]:
        rendered = await self._rendering.chat(messages, talk.info, language=talk.language)
        return rendered, await self._counter.count_prompt(talk.model, rendered.prompt)


def fits_surely(messages: Sequence[Message], context_tokens: int) -> bool:
    """Tell without counting whether a conversation fits: no token is shorter than a byte.

    Half the context is left for what the format adds and for the answer.
    """
    characters = sum(len(message.text) for message in messages)
    if characters > context_tokens:
        return False
    size = sum(len(message.text.encode("utf-8", "replace")) + 64 for message in messages)
    return size + 512 <= context_tokens // 2


def question_too_long(tokens: int, context_tokens: int) -> PromptTooLongError:
    """Return the error, with its numbers, for what does not fit though all else is left out."""
    return PromptTooLongError(
        f"The question alone takes {tokens:,} tokens, but the context holds "
        f"{context_tokens:,}, including the answer.",
        hint="Shorten the question, or load the model with a larger context.",
    )


def longest_summary(info: ModelInfo) -> int:
    """Return how many tokens a summary gets."""
    return min(LONGEST_SUMMARY, info.context_tokens // 16)


def _with_format(parts: Sequence[Part], tokens: Sequence[int], prompt_tokens: int) -> list[int]:
    """Return what leaving frees: with a part's message goes about so much of the prompt's format.

    Rather more than less, as what is kept is counted anyway, and then more leaves where it must.
    """
    messages = len({part.message for part in parts})
    each = max(prompt_tokens - sum(tokens), 0) // max(messages, 1)
    return [
        count + (each if part.kind is PartKind.WORDS else 0)
        for part, count in zip(parts, tokens, strict=True)
    ]


def _taken_apart(messages: Sequence[Message]) -> tuple[tuple[Part, ...], list[Group]]:
    parts = parts_of(messages)
    return parts, order_of_leaving(parts)
