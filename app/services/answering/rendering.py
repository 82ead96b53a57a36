"""Prompts, rendered off the event loop, and a model file's own chat template in a child process.

A template is a stranger's program, and one step of it can last for ever or fill the memory. It
runs with limits where it can stop nothing; see `app.processes.asked`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from app.core.edits import Edit
from app.core.messages import Message
from app.core.models import ModelInfo
from app.generation.chat.chat_prompts import ChatPrompt, render_chat
from app.generation.chat.templates import TemplateJob, unusable
from app.generation.edit.prompts import EditPrompt, render_edit
from app.processes.asked import Child, GaveUpError
from app.processes.settling import Limits
from app.text.languages import Language

LIMITS = Limits(seconds=10.0, memory_bytes=1_000_000_000, cpu_s=2.0)
"""Templates of real models take a few milliseconds and some 100 MB with Python itself."""
_RUN = "app.generation.chat.sandbox:run_template"


class Rendering:
    """Renders prompts for one program. Used on the asyncio thread."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._child = Child(_RUN, name="chat templates", limits=limits)
        self._unusable: set[str] = set()

    async def chat(
        self, messages: Sequence[Message], info: ModelInfo, *, language: Language | None = None
    ) -> ChatPrompt:
        """Render a conversation; see `render_chat`."""
        return await asyncio.to_thread(
            render_chat, messages, info, language=language, run=self._run
        )

    async def edit(self, edit: Edit, info: ModelInfo) -> EditPrompt:
        """Render a wish for selected code; see `render_edit`."""
        return await asyncio.to_thread(render_edit, edit, info, run=self._run)

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _run(self, job: TemplateJob) -> str:
        # Asked again at each typed character, to count: what took all it may is not tried again.
        if job.template in self._unusable:
            raise unusable(job.model)
        try:
            text = self._child.ask(job)
        except GaveUpError as error:
            self._unusable.add(job.template)
            raise unusable(job.model) from error
        assert isinstance(text, str)
        return text
