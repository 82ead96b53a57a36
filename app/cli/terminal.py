"""Events and errors on a terminal: plain text for people, one JSON object an event for scripts."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

from app.cli.arguments import TERMINAL_COMMANDS
from app.cli.interruption import cancelling, raising
from app.core.context import Overflow
from app.core.errors import AppError, PromptTooLongError
from app.core.events import (
    Finished,
    FinishReason,
    GenerationEvent,
    LeftOut,
    Loading,
    Queued,
    Reading,
    Summarising,
    TextDelta,
    TokenDetail,
    TokenLogprob,
)

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""
UNREAD = 141
"""The exit code where who read the output has gone (`| head`), as shells have it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer that was shown came to; `finished` is None where Ctrl-C ended it."""

    text: str
    finished: Finished | None


def show_error(error: AppError, *, as_json: bool = False) -> None:
    """Say what failed and what to do about it."""
    if as_json:
        _print_json(event="error", message=error.message, hint=error.hint)
        return
    sys.stderr.write(f"starwright: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"            {error.hint}\n")


def with_flag(error: AppError, *choices: Overflow) -> AppError:
    """Return the error with a hint that names the flag, where a prompt is too long."""
    if not isinstance(error, PromptTooLongError) or not choices:
        return error
    flags = " or ".join(f"--overflow {choice}" for choice in choices)
    return PromptTooLongError(
        error.message, hint=f"Shorten it, or leave the oldest of it out with {flags}."
    )


def show_no_display(error: AppError) -> None:
    """Say that no window can open, and what works without one."""
    show_error(error)
    sys.stderr.write("In the terminal these work:\n")
    for command, purpose in TERMINAL_COMMANDS:
        sys.stderr.write(f"  {command:<26} {purpose}\n")


def show_note(text: str) -> None:
    """Say something that is no part of the answer; standard output stays clean."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def left_out_text(event: LeftOut) -> str:
    """Say what the model does not get to read."""
    parts = [
        f"{count:,} lines {where}"
        for count, where in (
            (event.lines_before, "at the beginning"),
            (event.lines_after, "at the end"),
        )
        if count
    ]
    if event.messages:
        parts.append(f"{event.messages:,} earlier message{'s' if event.messages > 1 else ''}")
    parts += event.files
    tokens = f" ({event.tokens:,} tokens)" if event.tokens else ""
    summed_up = " The model summed the messages up." if event.summary else ""
    return f"Left out, because the context is too small: {', '.join(parts)}{tokens}.{summed_up}"


def ask_line(prompt: str) -> str:
    """Read one line from the terminal; nothing else runs meanwhile.

    Raises `EOFError` at its end and `KeyboardInterrupt` for Ctrl-C.
    """
    with raising():
        return input(prompt)


def read_all() -> str:
    """Read standard input to its end. Raises `KeyboardInterrupt` for Ctrl-C."""
    with raising():
        return sys.stdin.read()


def leave_output() -> int:
    """Write nothing more, as who read it has gone; return the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNREAD


async def show_answer(
    events: AsyncGenerator[GenerationEvent, None],
    *,
    as_json: bool,
    said: list[str] | None = None,
) -> Shown:
    """Print an answer as it streams. Ctrl-C stops it and keeps what was said.

    `said` is filled with the text as it comes, for who wants it where an error ends the answer.
    """
    screen = _JsonScreen() if as_json else _TextScreen()
    said = [] if said is None else said
    finished: Finished | None = None
    task = asyncio.current_task()
    assert task is not None
    with cancelling(task):
        try:
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, TextDelta):
                        said.append(event.text)
                    elif isinstance(event, Finished):
                        finished = event
                    screen.show(event)
        except asyncio.CancelledError:
            task.uncancel()
            screen.interrupted("".join(said))
        except AppError:
            screen.failed("".join(said))
            raise
    return Shown("".join(said), finished)


def run(work: Coroutine[Any, Any, int]) -> int:
    """Run a command's coroutine on an event loop of its own."""
    with asyncio.Runner() as runner:
        return runner.run(work)


class _TextScreen:
    def __init__(self) -> None:
        self._is_showing_progress = False

    def show(self, event: GenerationEvent) -> None:
        match event:
            case TextDelta(text=text):
                self._clear_progress()
                sys.stdout.write(text)
                sys.stdout.flush()
            case Loading(name, fraction):
                self._progress(f"Loading {name} … {fraction:.0%}")
            case Queued(ahead):
                self._progress(f"Waiting, {ahead} ahead")
            case Summarising(step, steps):
                self._progress(f"Summing up what does not fit … {step} of {steps}")
            case LeftOut():
                self._clear_progress()
                show_note(left_out_text(event))
            case Reading(done_tokens=done, total_tokens=total) if total - done > 0:
                self._progress(f"Reading the prompt … {done:,} of {total:,} tokens")
            case Finished():
                self._clear_progress()
                self._end(event)

    def interrupted(self, text: str) -> None:
        self.failed(text)
        show_note("Stopped.")

    def failed(self, text: str) -> None:
        """End the line, so that a message stands on its own."""
        self._clear_progress()
        sys.stdout.write("" if text.endswith("\n") or not text else "\n")
        sys.stdout.flush()

    def _end(self, finished: Finished) -> None:
        if not finished.text.endswith("\n"):
            sys.stdout.write("\n")
        sys.stdout.flush()
        if finished.reason is FinishReason.LENGTH:
            show_note("The answer reached --max-tokens and was cut there.")
        elif finished.reason is FinishReason.CONTEXT:
            show_note("The context is full: the answer was cut there.")
        if sys.stderr.isatty():
            times = finished.timings
            show_note(
                f"[{times.written_tokens} tokens, {times.written_tokens_per_s:.1f} tok/s, "
                f"first token {times.first_token_s:.2f} s]"
            )

    def _progress(self, text: str) -> None:
        if sys.stderr.isatty():
            self._is_showing_progress = True
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def _clear_progress(self) -> None:
        if self._is_showing_progress:
            self._is_showing_progress = False
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class _JsonScreen:
    def show(self, event: GenerationEvent) -> None:
        match event:
            case TextDelta(text=text, details=details):
                told = {"tokens": [_token_fields(detail) for detail in details]} if details else {}
                _print_json(event="text", text=text, **told)
            case Loading(name, fraction):
                _print_json(event="loading", model=name, fraction=round(fraction, 4))
            case Queued(ahead):
                _print_json(event="queued", ahead=ahead)
            case Summarising(step, steps):
                _print_json(event="summarising", step=step, steps=steps)
            case LeftOut():
                _print_json(event="left_out", **_left_out_fields(event))
            case Reading(done, total, reused):
                _print_json(event="reading", done=done, total=total, reused=reused)
            case Finished():
                _print_json(**_finished_fields(event))

    def interrupted(self, text: str) -> None:
        _print_json(event="finished", reason=str(FinishReason.CANCELLED), text=text)

    def failed(self, text: str) -> None:
        """Say nothing: the error is an object of its own."""


def _token_fields(token: TokenDetail | TokenLogprob) -> dict[str, object]:
    text = token.data.decode("utf-8", errors="replace")
    fields: dict[str, object] = {"id": token.token_id, "text": text, "logprob": token.logprob}
    if isinstance(token, TokenDetail):
        fields["likeliest"] = [_token_fields(candidate) for candidate in token.candidates]
    return fields


def _left_out_fields(event: LeftOut) -> dict[str, object]:
    fields = asdict(event)
    del fields["kept"]  # long, and known to who asked
    return fields


def _finished_fields(finished: Finished) -> dict[str, object]:
    times = finished.timings
    return {
        "event": "finished",
        "reason": str(finished.reason),
        "text": finished.text,
        "seed": finished.seed,
        "stopped_by": finished.stopped_by,
        "prompt_tokens": times.prompt_tokens,
        "reused_tokens": times.reused_tokens,
        "written_tokens": times.written_tokens,
        "load_s": round(times.load_s, 4),
        "first_token_s": round(times.first_token_s, 4),
        "prompt_tokens_per_s": round(times.prompt_tokens_per_s, 2),
        "written_tokens_per_s": round(times.written_tokens_per_s, 2),
    }


def _print_json(**fields: object) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
    sys.stdout.flush()
