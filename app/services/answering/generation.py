"""Answers: from a conversation or a text to an async stream of events.

Loads the model where needed, renders the prompt for it, runs it. Window, server and command
line all use this; see `app.services.inference.host` for what happens underneath.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

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
)
from app.core.messages import Message, Role
from app.core.models import ModelFile, ModelInfo
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
from app.services.answering.valid_output import held
from app.services.inference.counting import TokenCounter
from app.services.inference.host import Inference
from app.services.models import Models
from app.text.characters import whole_characters, without_nul
from app.text.plain_text import refuse_nul

_SPEAKERS = {
    Role.SYSTEM: "The system prompt",
    Role.USER: "The question",
    Role.ASSISTANT: "The answer",
}
_EDITING = Sampling(temperature=0, seed=1)
_BEFORE_READING = (Loading, Queued, LeftOut, Summarising)


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


_Prepare = Callable[[ModelInfo], AsyncGenerator[GenerationEvent | _Ready, None]]
"""Gives events and at last what is sent."""


class Generation:
    """Streams answers. Used on the asyncio thread."""

    def __init__(
        self, inference: Inference, models: Models, rendering: Rendering | None = None
    ) -> None:
        self._inference = inference
        self._models = models
        self._rendering = rendering or Rendering()
        self._counter = TokenCounter(inference)
        self._prompting = ChatPrompting(inference, self._counter, self._rendering)
        self._infilling = InfillPrompting(self._counter)

    def chat(self, model: ModelFile, request: ChatRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Answer a conversation: `Loading`, `Queued`, `Reading`, `TextDelta`, then `Finished`.

        Before `Reading` comes `LeftOut` where not all fits, and before that `Summarising`.
        Raises `ModelError`, `PromptTooLongError`, `EngineError`; text given out before stays said.
        """
        options = self._models.load_options(model)
        request = replace(request, messages=tuple(map(_sound, request.messages)))

        async def prepare(info: ModelInfo) -> AsyncGenerator[GenerationEvent | _Ready, None]:
            async with aclosing(self._prompting.prompted(request, info, options)) as steps:
                async for step in steps:
                    yield _ready(step, request) if isinstance(step, ChatPrompt) else step

        return self._generate(model, prepare, held(request.sampling, request.output))

    async def prompt(self, model: ModelFile, request: ChatRequest) -> Prompt:
        """Return what `chat` would send, loading the model where needed. Raises as `chat`."""
        info = await self._models.load(model)
        options = self._models.load_options(model)
        async with aclosing(self._prompting.prompted(request, info, options)) as steps:
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
        options = self._models.load_options(model)
        if fits_surely(request.messages, known.context_tokens if known else options.context_tokens):
            return None
        try:
            info = await self._models.load(model)
            fit = await self._prompting.fit(request, info)
        except AppError:
            return None
        if fit.fits:
            return fit
        needed = fit.prompt_tokens + fit.answer_tokens
        return replace(
            fit,
            raised_tokens=self._models.raised_context(model, needed),
            trained_tokens=model.context_tokens,
        )

    async def use(
        self, info: ModelInfo, request: ChatRequest, draft: str, files: Sequence[Attachment]
    ) -> ContextUse:
        """Return what takes room in the context once the draft is asked. Raises `NoModelError`."""
        return await self._prompting.use(request, info, draft, files)

    def complete(
        self, model: ModelFile, request: CompletionRequest
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Continue a text; events and errors as in `chat`.

        Raises `RequestError` where there are files and the model knows of one at a time only.
        """
        refuse_nul("The text", request.text)
        _refuse_nul_in(request.files)

        async def prepare(info: ModelInfo) -> AsyncGenerator[GenerationEvent | _Ready, None]:
            text = request.text
            if request.overflow is not Overflow.FAIL:
                room = info.context_tokens - answer_room(
                    info.context_tokens, request.sampling.max_tokens
                )
                for tokens in await self.count_tokens([file.text for file in request.files]):
                    room -= tokens + FORMAT_TOKENS
                if room <= 1:
                    raise PromptTooLongError(
                        "The other files leave no room for the file to continue.",
                        hint="Send fewer of them, or increase the context.",
                    )
                text = (await self._infilling.narrowed(Hole(text, ""), room - 1)).prefix
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
        async with aclosing(self._generate(model, strict, request.limited)) as events:
            async for event in events:
                if isinstance(event, Finished) and event.stopped_by == OTHER_WORDS:
                    break
                yield event
            else:
                return
        # It did not write the begun word again: now it gets that word as it is.
        lenient = partial(self._infill_ready, request, is_strict=False)
        async with aclosing(self._generate(model, lenient, request.limited)) as events:
            async for event in events:
                yield event

    async def _infill_ready(
        self, request: InfillRequest, info: ModelInfo, *, is_strict: bool
    ) -> AsyncGenerator[GenerationEvent | _Ready, None]:
        sent = await self._infilling.prompted(request, info, is_strict=is_strict)
        if sent.left_out is not None:
            yield sent.left_out
        yield _Ready(ChatPrompt(sent.prompt), sent.assembler)

    async def infill_prompt(self, model: ModelFile, request: InfillRequest) -> Prompt:
        """Return what `infill` would send, loading the model where needed. Raises as `infill`."""
        info = await self._models.load(model)
        return (await self._infilling.prompted(request, info)).prompt

    def edit(self, model: ModelFile, wish: Edit) -> AsyncGenerator[GenerationEvent, None]:
        """Do what is wished for code whose lines are `scoped`; events and errors as in `chat`.

        The text is the new code, a new file or an explanation; see `render_edit`.
        """

        async def prepare(info: ModelInfo) -> AsyncGenerator[GenerationEvent | _Ready, None]:
            rendered = await self._rendering.edit(wish, info)
            yield _Ready(rendered.chat, rendered.assembler)

        return self._generate(model, prepare, replace(_EDITING, max_tokens=most_tokens(wish)))

    def context_tokens(self, model: ModelFile) -> int:
        """Return the context that a model is loaded with; 0: its own."""
        return self._models.load_options(model).context_tokens

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens with the loaded model. Raises `NoModelError`."""
        return await self._counter.count(texts)

    async def _generate(
        self, model: ModelFile, prepare: _Prepare, sampling: Sampling
    ) -> AsyncGenerator[GenerationEvent, None]:
        if sampling.seed is None:
            sampling = replace(sampling, seed=random.SystemRandom().getrandbits(31))
        # A model can be swapped, or its process be found dead, between loading and starting:
        # then nothing was said yet and the request simply begins again.
        for attempt in range(3):
            has_begun = False
            try:
                async with aclosing(self._once(model, prepare, sampling)) as events:
                    async for event in events:
                        has_begun = has_begun or not isinstance(event, _BEFORE_READING)
                        yield event
                return
            except (EngineDiedError, NoModelError):
                if has_begun or attempt == 2:
                    raise

    async def _once(
        self, model: ModelFile, prepare: _Prepare, sampling: Sampling
    ) -> AsyncGenerator[GenerationEvent, None]:
        options = self._models.load_options(model)
        load = _LoadStream(model.name)
        async with aclosing(load.events(self._models.load(model, load.progress))) as loading:
            async for step in loading:
                yield step
        ready: _Ready | None = None
        async with aclosing(prepare(load.info)) as steps:
            async for item in steps:
                if isinstance(item, _Ready):
                    ready = item
                else:
                    yield item
        assert ready is not None
        rendered = ready.rendered
        said: list[str] = []
        async with aclosing(
            self._inference.run(options, rendered.prompt, sampling, assembler=ready.assembler)
        ) as events:
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
                    timings = replace(event.timings, load_s=load.seconds)
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


class _LoadStream:
    """Turns progress calls of one load into `Loading` events."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._news = asyncio.Event()
        self._fraction: float | None = None
        self.seconds = 0.0
        self._info: ModelInfo | None = None

    @property
    def info(self) -> ModelInfo:
        assert self._info is not None, "the stream has not ended"
        return self._info

    def progress(self, fraction: float) -> None:
        self._fraction = fraction
        self._news.set()

    async def events(self, load: Coroutine[Any, Any, ModelInfo]) -> AsyncGenerator[Loading, None]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        task = loop.create_task(load)
        task.add_done_callback(lambda _: self._news.set())
        try:
            while not task.done():
                await self._news.wait()
                self._news.clear()
                if self._fraction is not None:
                    yield Loading(self._name, self._fraction)
                    self._fraction = None
            self._info = task.result()
            self.seconds = loop.time() - began
        finally:
            task.cancel()
