"""Answers: from a conversation or a text to an async stream of events.

Loads the model where needed, renders the prompt for it, runs it. Window, server and command
line all use this; see `app.services.inference` for what happens underneath.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import EngineDiedError, NoModelError
from app.core.events import Finished, GenerationEvent, Loading, Queued, TextDelta
from app.core.messages import Message
from app.core.models import ModelFile, ModelInfo
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.generation.chat_prompts import ChatPrompt, render_chat, render_completion
from app.generation.languages import Language
from app.services.inference import Inference
from app.services.models import Models


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A conversation to answer. `language` is what the user picked, None for any."""

    messages: tuple[Message, ...]
    sampling: Sampling = DEFAULT_SAMPLING
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A text to continue, as base models were trained to."""

    text: str
    sampling: Sampling = DEFAULT_SAMPLING


class Generation:
    """Streams answers. Used on the asyncio thread."""

    def __init__(self, inference: Inference, models: Models) -> None:
        self._inference = inference
        self._models = models

    def chat(self, model: ModelFile, request: ChatRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Answer a conversation: `Loading`, `Queued`, `Reading`, `TextDelta`, then `Finished`.

        Raises `ModelError`, `PromptTooLongError`, `EngineError`; text given out before stays said.
        """
        return self._generate(
            model,
            lambda info: render_chat(request.messages, info, language=request.language),
            request.sampling,
        )

    def complete(
        self, model: ModelFile, request: CompletionRequest
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Continue a text; events and errors as in `chat`."""
        return self._generate(
            model, lambda _: ChatPrompt(render_completion(request.text)), request.sampling
        )

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens with the loaded model. Raises `NoModelError`."""
        return [len(ids) for ids in await self._inference.tokenize(*texts)]

    async def _generate(
        self, model: ModelFile, render: Callable[[ModelInfo], ChatPrompt], sampling: Sampling
    ) -> AsyncGenerator[GenerationEvent, None]:
        if sampling.seed is None:
            sampling = replace(sampling, seed=random.SystemRandom().getrandbits(31))
        # A model can be swapped, or its process be found dead, between loading and starting:
        # then nothing was said yet and the request simply begins again.
        for attempt in range(3):
            has_begun = False
            try:
                async with aclosing(self._once(model, render, sampling)) as events:
                    async for event in events:
                        has_begun = has_begun or not isinstance(event, Loading | Queued)
                        yield event
                return
            except (EngineDiedError, NoModelError):
                if has_begun or attempt == 2:
                    raise

    async def _once(
        self, model: ModelFile, render: Callable[[ModelInfo], ChatPrompt], sampling: Sampling
    ) -> AsyncGenerator[GenerationEvent, None]:
        options = self._models.load_options(model)
        load = _LoadStream(model.name)
        async with aclosing(load.events(self._models.load(model, load.progress))) as loading:
            async for step in loading:
                yield step
        rendered = await asyncio.to_thread(render, load.info)  # a file's template takes its time
        said: list[str] = []
        async with aclosing(self._inference.run(options, rendered.prompt, sampling)) as events:
            async for event in events:
                if isinstance(event, TextDelta | Finished) and rendered.opening and not said:
                    # Not before the engine speaks: until then the request can begin again.
                    said.append(rendered.opening)
                    yield TextDelta(rendered.opening)
                if isinstance(event, TextDelta):
                    said.append(event.text)
                if isinstance(event, Finished):
                    if rendered.closing:
                        said.append(rendered.closing)
                        yield TextDelta(rendered.closing)
                    timings = replace(event.timings, load_s=load.seconds)
                    yield replace(event, text="".join(said), timings=timings)
                else:
                    yield event


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
