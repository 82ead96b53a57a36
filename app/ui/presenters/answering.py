"""Whether an answer is being written: the one task that writes it, and what is shown at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

from app.services.tasks import Tasks
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.context import ContextPresenter
from app.ui.presenters.views import ChatView


class Answering:
    """One answer at a time."""

    def __init__(
        self, view: ChatView, code: AnswerCode, context: ContextPresenter, tasks: Tasks
    ) -> None:
        self._view = view
        self._code = code
        self._context = context
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None
        self._is_idle_shown = True

    @property
    def is_busy(self) -> bool:
        """Tell whether an answer is being written, or its end not shown yet."""
        return self._is_running() or not self._is_idle_shown

    def start(self, answer: Coroutine[None, None, None]) -> None:
        """Let an answer be written; the window is idle again however that ends."""
        show_idle = partial(self._show_busy, is_busy=False)
        idle = (self._code.finish, show_idle, self._context.end_answer, self._note_idle)
        rest = [partial(self._unless_running, step) for step in idle]
        self._is_idle_shown = False
        self._task = self._tasks.start(answer, name="answer", rest=rest)

    def show_busy(self) -> None:
        """Show that an answer is being written."""
        self._show_busy(is_busy=True)

    def stop(self) -> None:
        """Stop the answer; what was said stays."""
        if self._task is not None:
            self._task.cancel()

    def leave(self) -> asyncio.Task[None] | None:
        """Stop the answer, as another chat is opened, and return its task to be waited for."""
        self.stop()
        task, self._task, self._is_idle_shown = self._task, None, True
        return task

    def _is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def _show_busy(self, *, is_busy: bool) -> None:
        self._view.composer.set_busy(is_busy=is_busy)
        self._view.conversation.set_busy(is_busy=is_busy)

    def _note_idle(self) -> None:
        self._is_idle_shown = True

    def _unless_running(self, step: Callable[[], None]) -> None:
        # An answer that is slow to stop may end when another chat is asked already.
        if not self._is_running():
            step()
