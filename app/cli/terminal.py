"""Errors, notes and input on a terminal: plain text for people, JSON for scripts."""

from __future__ import annotations

import asyncio
import codecs
import json
import os
import re
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from app.cli.arguments import TERMINAL_COMMANDS
from app.cli.interruption import raising
from app.core.context import Overflow
from app.core.errors import AppError, PromptTooLongError, RequestError

INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""
UNREAD = 141
"""The exit code where who read the output has gone (`| head`), as shells have it."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_INDENT = " " * len("starwright: ")


def show_error(error: AppError, *, as_json: bool = False) -> None:
    """Say what failed and what to do about it."""
    if as_json:
        print_json(event="error", message=error.message, hint=error.hint)
        return
    # Indented, so that nothing in a message can pass for a message of its own.
    sys.stderr.write(f"starwright: {_indented(error.message)}\n")
    if error.hint:
        sys.stderr.write(f"{_INDENT}{_indented(error.hint)}\n")


def show_bug(error: BaseException, log: Path, *, as_json: bool) -> None:
    """Say that the program itself failed, and where the details are."""
    told = AppError(
        f"Something went wrong inside Starwright: {type(error).__name__}.",
        hint=f"This is a bug. Please report it, with the details in {log}.",
    )
    show_error(told, as_json=as_json)


def with_flag(error: AppError, *choices: Overflow) -> AppError:
    """Return the error with a hint that names the flag, where a prompt is too long."""
    if not isinstance(error, PromptTooLongError) or not choices:
        return error
    flags = " or ".join(f"--overflow {choice}" for choice in choices)
    return PromptTooLongError(error.message, hint=f"Shorten it, or add {flags}.")


def show_no_display(error: AppError) -> None:
    """Say that no window can open, and what works without one."""
    show_error(error)
    sys.stderr.write("These commands work in a terminal:\n")
    for command, purpose in TERMINAL_COMMANDS:
        sys.stderr.write(f"  {command:<26} {purpose}\n")


def show_note(text: str) -> None:
    """Say something that is no part of the answer; standard output stays clean."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def read_input(most_bytes: int) -> bytes:
    """Read standard input to its end. Raises `KeyboardInterrupt` for Ctrl+C, `RequestError`.

    An endless pipe does not fill the memory.
    """
    with raising():
        data = sys.stdin.buffer.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise RequestError(
            f"Standard input is larger than {most_bytes // 1_000_000} MB.",
            hint="Send the part that the model should read.",
        )
    return data


def leave_output() -> int:
    """Write nothing more, as who read it has gone; return the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNREAD


def run(work: Coroutine[Any, Any, int]) -> int:
    """Run a command's coroutine on an event loop of its own."""
    with asyncio.Runner() as runner:
        return runner.run(work)


def print_json(**fields: object) -> None:
    """Print one JSON object in a line of its own."""
    sys.stdout.write(json_line(fields, sys.stdout.encoding))
    sys.stdout.flush()


def json_line(fields: dict[str, Any], encoding: str | None) -> str:
    """Return an object as one line that programs can read: JSON is UTF-8, in every locale."""
    line = json.dumps(fields, ensure_ascii=False)
    is_utf8 = codecs.lookup(encoding or "utf-8").name == "utf-8"
    # A name of bytes that are no text has lone surrogates, which UTF-8 cannot hold.
    if not is_utf8 or _SURROGATES.search(line):
        line = json.dumps(fields)
    return line + "\n"


def _indented(text: str) -> str:
    return text.replace("\n", f"\n{_INDENT}")
