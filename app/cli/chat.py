"""`starwright chat`: one answer, or a conversation, in the terminal."""

from __future__ import annotations

import sys

from app.cli import terminal
from app.cli.arguments import Arguments
from app.cli.files import read_text
from app.cli.formats import output_in, sampling_in
from app.cli.line_editor import LineEditor
from app.cli.models import model_named
from app.cli.screens import show_answer
from app.core.context import Overflow
from app.core.errors import AppError, RequestError
from app.core.messages import Message, Role
from app.core.models import ModelFile
from app.generation.chat.outputs import fenced
from app.services.answering.generation import ChatRequest
from app.services.services import Services
from app.text.for_terminals import in_one_line
from app.text.languages import Language, language_named


def run_chat(services: Services, arguments: Arguments) -> int:
    """Answer the prompt, or talk until end of file; return the exit code."""
    return terminal.run(_chat(services, arguments))


async def _chat(services: Services, arguments: Arguments) -> int:
    try:
        model = await model_named(services.models, arguments.model)
        talk = _Talk(services, model, arguments)
        prompt = arguments.prompt
        if prompt == "-" or (prompt is None and not sys.stdin.isatty()):
            prompt = read_text(None).strip()
        if prompt is None:
            return await talk.converse(LineEditor(services.paths.typed_questions))
        if not prompt.strip():
            raise RequestError(
                "No question was given.", hint="Use starwright chat 'your question'."
            )
        return await talk.ask(prompt)
    except AppError as error:
        terminal.show_error(_with_flag(error, arguments), as_json=arguments.json)
        return 1


class _Talk:
    """A conversation that is kept in memory until the command ends."""

    def __init__(self, services: Services, model: ModelFile, arguments: Arguments) -> None:
        self._generation = services.generation
        self._model = model
        self._arguments = arguments
        self._language = _language(arguments.language)
        self._output = output_in(arguments)
        self._sampling = sampling_in(arguments)
        self._messages: list[Message] = []
        if arguments.system:
            self._messages.append(Message(Role.SYSTEM, arguments.system))

    async def ask(self, question: str) -> int:
        """Ask and show the answer; what was said becomes part of the conversation."""
        asked = Message(Role.USER, question)
        request = ChatRequest(
            (*self._messages, asked),
            self._sampling,
            self._language,
            self._arguments.overflow,
            self._output,
            is_bare=True,
        )
        events = self._generation.chat(self._model, request)
        said: list[str] = []
        try:
            shown = await show_answer(events, as_json=self._arguments.json, said=said)
        except AppError:
            if said:
                self._keep(asked, "".join(said))
            raise
        self._keep(asked, shown.text)
        return 0 if shown.finished else terminal.INTERRUPTED

    def _keep(self, asked: Message, answer: str) -> None:
        # As the model is used to see its answers: what was printed is the document alone.
        whole = fenced(answer, self._output) if self._output and answer else answer
        self._messages += [asked, Message(Role.ASSISTANT, whole)]

    async def converse(self, editor: LineEditor) -> int:
        """Ask for questions until end of file (Ctrl+D); an error ends one answer, not the talk."""
        terminal.show_note(
            f"{in_one_line(self._model.name)}. Enter sends, Alt+Enter adds a line. "
            "Ctrl+C stops an answer, Ctrl+D quits."
        )
        while True:
            try:
                question = (await editor.ask()).strip()
            except (EOFError, KeyboardInterrupt):
                return 0
            if not question:
                continue
            try:
                await self.ask(question)
            except AppError as error:
                error = _with_flag(error, self._arguments)
                terminal.show_error(error, as_json=self._arguments.json)


def _with_flag(error: AppError, arguments: Arguments) -> AppError:
    if arguments.overflow is not Overflow.FAIL:
        return error
    return terminal.with_flag(error, Overflow.TRIM, Overflow.SUMMARISE)


def _language(name: str) -> Language | None:
    if not name:
        return None
    language = language_named(name)
    if language is None:
        raise RequestError(f"There is no language {name!r}.", hint="Try python, go or terraform.")
    return language
