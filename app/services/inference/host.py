"""A host: one loaded model, as asyncio sees it. `app.services.inference.worker` is its thread.

Several runs share each step of the engine, so that one slow answer never blocks another. The pool
makes hosts and ends them; others hold one by a lease.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from itertools import count

from app.core.engine import EngineFactory
from app.core.events import Finished, GenerationEvent
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.generation.assembly import Assembler
from app.services.inference.cores import Cores
from app.services.inference.crossing import post, resolve
from app.services.inference.runs import Run, Urgency, assembler_for
from app.services.inference.worker import News, Tokenize, Worker
from app.services.threads import start_thread


class Host:
    """One model from its load to its end. Begins to load when it is made.

    `tell` is called on the inference thread. Everything else belongs to event loops' threads.
    """

    def __init__(
        self,
        open_engine: EngineFactory,
        options: LoadOptions,
        tell: Callable[[News], None],
        cores: Cores,
    ) -> None:
        self._worker = Worker(open_engine, options, tell, cores)
        self._numbers = count(1)
        self._thread = start_thread("inference", self._worker.work)

    async def tokenize(self, *texts: str) -> list[list[int]]:
        """Return the token ids of each text, special parsing off. Raises `EngineError`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[list[int]]] = loop.create_future()
        command = Tokenize(texts, lambda value: post(loop, lambda: resolve(future, value)))
        self._worker.send(command)
        return await future

    async def run(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        assembler: Assembler | None = None,
        urgency: Urgency = Urgency.CHAT,
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Answer a prompt; `sampling.seed` is set.

        `assembler` decides what of the pieces is shown and when the run ends by its text; the
        plain one ends at the prompt's and the sampling's stop texts.

        Ends with `Finished`, or raises the `AppError` that ended it. Closing the iterator stops
        the run within one step.
        """
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[GenerationEvent | BaseException] = asyncio.Queue()
        outbox = self._worker.outbox
        run = Run(
            number=next(self._numbers),
            prompt=prompt,
            sampling=sampling,
            deliver=lambda event: outbox.add(loop, lambda: arrived.put_nowait(event)),
            assembler=assembler or assembler_for(prompt, sampling),
            urgency=urgency,
        )
        self._worker.send(run)
        try:
            while True:
                event = await arrived.get()
                if isinstance(event, BaseException):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            self._worker.stop(run.number)

    @property
    def is_over(self) -> bool:
        """Tell whether the model is lost or closed, which the pool may not have heard yet."""
        return self._worker.is_over

    def end(self) -> None:
        """Break off what it does and give the memory back; `Ended` is told once that is done."""
        self._worker.end()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread after `end`, so long at most."""
        self._thread.join(timeout_s)
