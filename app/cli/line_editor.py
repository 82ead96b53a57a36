"""Where questions are typed in the terminal: lines that can be edited, with a history.

A pasted text is one question, however many lines it has. What was asked before is kept in a file
of the user's own.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output

from app.cli.words import as_text
from app.core.privacy import make_private_file
from app.text.for_terminals import in_order

PROMPT = "> "
_NEXT_LINE = "  "
MOST_HISTORY_BYTES = 1_000_000
_KEPT_BYTES = MOST_HISTORY_BYTES // 2
MOST_ENTRY_BYTES = 100_000

_log = logging.getLogger(__name__)


class LineEditor:
    """Asks for one question after the other. Used on the asyncio thread."""

    def __init__(self, history: Path) -> None:
        self._session: PromptSession[str] = PromptSession(
            PROMPT,
            history=QuestionHistory(history),
            key_bindings=_keys(),
            output=_output(),
            prompt_continuation=_NEXT_LINE,
            input_processors=[_InOrder()],
            enable_suspend=True,
            enable_open_in_editor=True,
        )

    async def ask(self) -> str:
        """Return what was typed. Raises `EOFError` for Ctrl+D, `KeyboardInterrupt` for Ctrl+C."""
        return as_text(await self._session.prompt_async())


class QuestionHistory(FileHistory):
    """What was asked before, bounded, and readable by its user only.

    Nothing that is wrong with the file keeps one from asking.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path

    def load_history_strings(self) -> Iterable[str]:
        """Return earlier questions, the last one first."""
        try:
            if not self._path.is_file():  # to read a pipe would wait for ever
                return []
            self._shorten()
            return list(super().load_history_strings())
        except OSError as error:
            _log.warning("The typed questions could not be read: %s", error)
            return []

    def store_string(self, string: str) -> None:
        """Add a question to the file."""
        text = as_text(string)
        if len(text.encode("utf-8", "replace")) > MOST_ENTRY_BYTES:
            return
        try:
            if self._path.exists() and not self._path.is_file():
                return
            make_private_file(self._path)
            super().store_string(text)
        except OSError as error:
            _log.warning("The question could not be added to the history: %s", error)

    def _shorten(self) -> None:
        """Leave the later half where the file has grown too large."""
        if self._path.stat().st_size <= MOST_HISTORY_BYTES:
            return
        with self._path.open("r+b") as file:
            file.seek(-_KEPT_BYTES, os.SEEK_END)
            kept = file.read()
            file.seek(0)
            file.write(kept[kept.find(b"\n#") + 1 :])
            file.truncate()


class _InOrder(Processor):
    """Shows a stand-in for marks that would reorder what was pasted; the text keeps them.

    prompt_toolkit shows control characters by name itself, and no others.
    """

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return the line to show, as long as it was."""
        return Transformation(
            [
                (style, in_order(text), *more)  # type: ignore[misc]
                for style, text, *more in transformation_input.fragments
            ]
        )


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys


def _output() -> Output:
    """Return where one types: where the output is read by a program, that is standard error."""
    stream: TextIO = sys.stdout if sys.stdout.isatty() else sys.stderr
    output = create_output(stdout=stream)
    if isinstance(output, Vt100_Output):
        # Nothing here needs the cursor's place, and answers to it that come late look like input.
        output.enable_cpr = False
    return output
