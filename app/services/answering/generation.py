"""Answers: from a conversation or a text to an async stream of events.

Takes a lease of the model, renders the prompt for it, runs it. Window, server and command line
all use this; see `app.services.inference.pool` for what happens underneath.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from app.core.attachments import Attachment
from app.core.context import ContextUse, Fit, Overflow
from app.core.edits import Edit
from app.core.errors import (
    AppError,
    EngineDiedError,
    NoModelError,
    PromptTooLongError,
    RequestError,
)
from app.core.events import (
    Finished,
    FinishReason,
    GenerationEvent,
    LeftOut,
    Loading,
    Queued,
    Summarising,
    TextDelta,
    WaitingForMemory,
)
from app.core.messages import Message, Role
from app.core.models import ModelFile, ModelState
from app.core.prompts import Prompt
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.generation.assembly import Assembler
from app.generation.chat.chat_prompts import ChatPrompt
from app.generation.chat.document import DocumentAssembler, repeats_in
from app.generation.chat.fitting import answer_room
from app.generation.chat.outputs import FENCE, Output, as_document
from app.generation.edit.prompts import most_tokens
from app.generation.infill.holes import Hole
from app.generation.infill.repository import SourceFile, render_completion
from app.generation.infill.shape import OTHER_WORDS
from app.services.answering.fitting import fits_surely
from app.services.answering.infill_prompting import FORMAT_TOKENS, InfillPrompting, refuse_binary
from app.services.answering.infill_prompting import InfillRequest as InfillRequest
from app.services.answering.prompting import ChatPrompting
from app.services.answering.prompting import ChatRequest as ChatRequest
from app.services.answering.rendering import Rendering
from app.services.answering.seeds import seeded
from app.services.answering.valid_output import held
from app.services.inference.counting import TokenCounter
from app.services.inference.leases import Lease, LeasedModel
from app.services.inference.places import PoolStatus
from app.services.inference.runs import Urgency
from app.services.models import Models
from app.text.characters import whole_characters, without_nul
from app.text.plain_text import refuse_nul

_SPEAKERS = {
    Role.SYSTEM: "The system prompt",
    Role.USER: "The question",
    Role.ASSISTANT: "The answer",
}
_EDITING = Sampling(temperature=0, seed=1)
_BEFORE_READING = (WaitingForMemory, Loading, Queued, LeftOut, Summarising)


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A text to continue, as base models were trained to, after `files` of its project.

    Where it does not fit, `overflow` TRIM leaves out its beginning. With `output` what follows is
    one document of that format, from its first character on.
    """

    text: str
    sampling: Sampling = DEFAULT_SAMPLING
    overflow: Overflow = Overflow.FAIL
    path: str = ""
    files: tuple[SourceFile, ...] = ()
    repository: str = ""
    output: Output | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is sent to the model, and what the format adds to its answer."""

    rendered: ChatPrompt
    assembler: Assembler | None = None


_Prepare = Callable[[LeasedModel], AsyncGenerator[GenerationEvent | _Ready, None]]
"""Gives events and at last what is sent."""


class Generation:
    """Streams answers. Used on the asyncio thread."""

    def __init__(self, models: Models, rendering: Rendering | None = None) -> None:
        self._models = models
        self._rendering = rendering or Rendering()
        self._counter = TokenCounter()
        self._prompting = ChatPrompting(self._counter, self._rendering)
        self._infilling = InfillPrompting(self._counter)

    def chat(self, model: ModelFile, request: ChatRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Answer a conversation: `Loading`, `Queued`, `Reading`, `TextDelta`, then `Finished`.

        Before `Reading` comes `LeftOut` where not all fits, and before that `Summarising`.
        Raises `ModelError`, `PromptTooLongError`, `EngineError`; text given out before stays said.
        """
        request = replace(request, messages=tuple(map(_sound, request.messages)))

        async def prepare(leased: LeasedModel) -> AsyncGenerator[GenerationEvent | _Ready, None]:
            async with aclosing(self._prompting.prompted(request, leased)) as steps:
                async for step in steps:
                    yield _ready(step, request) if isinstance(step, ChatPrompt) else step

        return self._generate(model, prepare, held(request.sampling, request.output))

    async def prompt(self, model: ModelFile, request: ChatRequest) -> Prompt:
        """Return what `chat` would send, loading the model where needed. Raises as `chat`."""
        async with (
            self._models.lease(model) as leased,
            aclosing(self._prompting.prompted(request, leased)) as steps,
        ):
            async for step in steps:
                if isinstance(step, ChatPrompt):
                    return _ready(step, request).rendered.prompt
        raise AssertionError("nothing was rendered")

    async def fit(self, model: ModelFile, request: ChatRequest) -> Fit | None:
        """Say whether a conversation fits and leaves room for an answer, loading the model first.

        Returns None where it surely fits, which costs no time, or where the model cannot be loaded
        (`chat` says why).
        """
        known = self._models.status.info
        options = self._models.loads.options(model)
        if fits_surely(request.messages, known.context_tokens if known else options.context_tokens):
            return None
        try:
            async with self._models.lease(model) as leased:
                fit = await self._prompting.fit(request, leased)
        except AppError:
            return None
        if fit.fits:
            return fit
        needed = fit.prompt_tokens + fit.answer_tokens
        return replace(
            fit,
            raised_tokens=self._models.loads.raised_context(model, needed),
            trained_tokens=model.context_tokens,
        )

    async def use(
        self, model: ModelFile, request: ChatRequest, draft: str, files: Sequence[Attachment]
    ) -> ContextUse:
        """Return what takes room in the context once the draft is asked.

        Raises `NoModelError` where the model is not loaded: counting alone loads none.
        """
        async with self._loaded(model) as leased:
            return await self._prompting.use(request, leased, draft, files)

    def complete(
        self, model: ModelFile, request: CompletionRequest
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Continue a text; events and errors as in `chat`.

        Raises `RequestError` where there are files and the model knows of one at a time only.
        """
        refuse_nul("The text", request.text)
        _refuse_nul_in(request.files)

        async def prepare(leased: LeasedModel) -> AsyncGenerator[GenerationEvent | _Ready, None]:
            text, info = request.text, leased.info
            if request.overflow is not Overflow.FAIL:
                room = info.context_tokens - answer_room(
                    info.context_tokens, request.sampling.max_tokens
                )
                texts = [file.text for file in request.files]
                for tokens in await self._counter.count(leased, texts):
                    room -= tokens + FORMAT_TOKENS
                if room <= 1:
                    raise PromptTooLongError(
                        "The other files leave no room for the file to continue.",
                        hint="Send fewer of them, or increase the context.",
                    )
                text = (await self._infilling.narrowed(leased, Hole(text, ""), room - 1)).prefix
                if text != request.text:
                    yield LeftOut(lines_before=_lines_before(request.text, text))
            prompt = render_completion(
                text,
                info,
                path=request.path,
                files=request.files,
                repository=request.repository,
            )
            if request.output is None:
                yield _Ready(ChatPrompt(prompt))
            else:
                stopped = replace(prompt, stop_texts=(*prompt.stop_texts, FENCE))
                yield _document(ChatPrompt(stopped), request.sampling, request.output)

        return self._generate(model, prepare, held(request.sampling, request.output))

    def infill(
        self, model: ModelFile, request: InfillRequest
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Fill a hole; events and errors as in `chat`, and `LeftOut` where not all fits.

        Raises `RequestError` where the model cannot fill holes.
        """
        refuse_binary(request)
        return self._infill(model, request)

    async def _infill(
        self, model: ModelFile, request: InfillRequest
    ) -> AsyncGenerator[GenerationEvent, None]:
        strict = partial(self._infill_ready, request, is_strict=True)
        async with aclosing(
            self._generate(model, strict, request.limited, Urgency.INFILL)
        ) as events:
            async for event in events:
                if isinstance(event, Finished) and event.stopped_by == OTHER_WORDS:
                    break
                yield event
            else:
                return
        # It did not write the begun word again: now it gets that word as it is.
        lenient = partial(self._infill_ready, request, is_strict=False)
        async with aclosing(
            self._generate(model, lenient, request.limited, Urgency.INFILL)
        ) as events:
            async for event in events:
                yield event

    async def _infill_ready(
        self, request: InfillRequest, leased: LeasedModel, *, is_strict: bool
    ) -> AsyncGenerator[GenerationEvent | _Ready, None]:
        sent = await self._infilling.prompted(request, leased, is_strict=is_strict)
        if sent.left_out is not None:
            yield sent.left_out
        yield _Ready(ChatPrompt(sent.prompt), sent.assembler)

    async def infill_prompt(self, model: ModelFile, request: InfillRequest) -> Prompt:
        """Return what `infill` would send, loading the model where needed. Raises as `infill`."""
        async with self._models.lease(model) as leased:
            return (await self._infilling.prompted(request, leased)).prompt

    def edit(self, model: ModelFile, wish: Edit) -> AsyncGenerator[GenerationEvent, None]:
        """Do what is wished for code whose lines are `scoped`; events and errors as in `chat`.

        The text is the new code, a new file or an explanation; see `render_edit`.
        """

        async def prepare(leased: LeasedModel) -> AsyncGenerator[GenerationEvent | _Ready, None]:
            rendered = await self._rendering.edit(wish, leased.info)
            yield _Ready(rendered.chat, rendered.assembler)

        return self._generate(model, prepare, replace(_EDITING, max_tokens=most_tokens(wish)))

    def context_tokens(self, model: ModelFile) -> int:
        """Return the context that a model is loaded with; 0: its own."""
        return self._models.loads.options(model).context_tokens

    async def count_tokens(self, model: ModelFile, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens. Raises `NoModelError` where the model is not loaded."""
        async with self._loaded(model) as leased:
            return await self._counter.count(leased, texts)

    def _loaded(self, model: ModelFile) -> Lease:
        lease = self._models.loads.lease_loaded(model)
        if lease is None:
            raise NoModelError(f"{model.name} is not loaded.", hint="Load it first.")
        return lease

    async def _generate(
        self,
        model: ModelFile,
        prepare: _Prepare,
        sampling: Sampling,
        urgency: Urgency = Urgency.CHAT,
    ) -> AsyncGenerator[GenerationEvent, None]:
        sampling = seeded(sampling)
        # The engine's process may be found dead, or die of another's question: then nothing was
        # said yet, and the request begins again with a fresh one.
        for attempt in range(3):
            has_begun = False
            try:
                async with aclosing(self._once(model, prepare, sampling, urgency)) as events:
                    async for event in events:
                        has_begun = has_begun or not isinstance(event, _BEFORE_READING)
                        yield event
                return
            except EngineDiedError:
                if has_begun or attempt == 2:
                    raise

    async def _once(
        self, model: ModelFile, prepare: _Prepare, sampling: Sampling, urgency: Urgency
    ) -> AsyncGenerator[GenerationEvent, None]:
        began = time.perf_counter()
        lease = self._models.lease(model)
        try:
            async with aclosing(lease.news()) as news:
                async for status in news:
                    yield _wait_event(model, status)
            load_s = time.perf_counter() - began
            ready: _Ready | None = None
            async with aclosing(prepare(lease.model)) as steps:
                async for item in steps:
                    if isinstance(item, _Ready):
                        ready = item
                    else:
                        yield item
            assert ready is not None
            prompt, assembler = ready.rendered.prompt, ready.assembler
            run = lease.model.run(prompt, sampling, assembler=assembler, urgency=urgency)
            async with aclosing(_wrapped(run, ready.rendered, load_s)) as events:
                async for event in events:
                    yield event
        finally:
            lease.give_back()


def _wait_event(model: ModelFile, status: PoolStatus) -> GenerationEvent:
    if status.state is ModelState.WAITING:
        return WaitingForMemory(model.name)
    return Loading(model.name, status.fraction)


async def _wrapped(
    run: AsyncGenerator[GenerationEvent, None], rendered: ChatPrompt, load_s: float
) -> AsyncGenerator[GenerationEvent, None]:
    """Give a run's events with what the prompt's format adds before and behind the text."""
    said: list[str] = []
    async with aclosing(run) as events:
        async for event in events:
            if isinstance(event, TextDelta | Finished) and rendered.opening and not said:
                # Not before the engine speaks: until then the request can begin again.
                said.append(rendered.opening)
                yield TextDelta(rendered.opening)
            if isinstance(event, TextDelta):
                said.append(event.text)
            if isinstance(event, Finished):
                is_whole = event.reason is FinishReason.STOP or rendered.is_always_closed
                if rendered.closing and is_whole:
                    said.append(rendered.closing)
                    yield TextDelta(rendered.closing)
                timings = replace(event.timings, load_s=load_s)
                yield replace(event, text="".join(said), timings=timings)
            else:
                yield event


def _lines_before(whole: str, kept: str) -> int:
    return len(whole[: len(whole) - len(kept)].splitlines())


def _sound(message: Message) -> Message:
    """Return a turn that a model can be given. Raises `RequestError` for a NUL of the user's."""
    text = whole_characters(message.text)
    if message.role is Role.ASSISTANT:
        return replace(message, text=without_nul(text))  # a model wrote it
    refuse_nul(_SPEAKERS[message.role], text)
    return replace(message, text=text)


def _refuse_nul_in(files: Sequence[SourceFile]) -> None:
    for file in files:
        refuse_nul(f"The file {file.path}", file.text)


def _ready(rendered: ChatPrompt, request: ChatRequest) -> _Ready:
    if request.output is None:
        return _Ready(rendered)
    if request.messages and request.messages[-1].role is Role.ASSISTANT:
        raise RequestError(
            "A complete document can't be continued.",
            hint="Regenerate it, or turn off the output format in the chat settings.",
        )
    document = as_document(rendered, request.output, is_bare=request.is_bare)
    return _document(document, request.sampling, request.output)


def _document(rendered: ChatPrompt, sampling: Sampling, output: Output) -> _Ready:
    stops = (*rendered.prompt.stop_texts, *sampling.stop_texts)
    repeats = repeats_in(output.format.language.label)
    return _Ready(rendered, DocumentAssembler(repeats, stops))
