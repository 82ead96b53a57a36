"""An answer while it streams: text for people, one JSON object per event for scripts."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass

from prompt_toolkit.utils import get_cwidth

from app.cli.interruption import cancelling
from app.cli.streams import can_overwrite, control
from app.cli.terminal import print_json, show_note
from app.core.errors import AppError
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
    WaitingForMemory,
)
from app.text.event_words import CUT, STOPPED, activity_words, left_out_words
from app.text.for_terminals import in_one_line

_CLEAR_LINE = "\r\x1b[K"


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer that was shown came to; `finished` is None where Ctrl+C ended it."""

    text: str
    finished: Finished | None


async def show_answer(
    events: AsyncGenerator[GenerationEvent, None],
    *,
    as_json: bool,
    said: list[str] | None = None,
) -> Shown:
    """Print an answer as it streams. Ctrl+C stops it and keeps what was said.

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


class _TextScreen:
    def __init__(self) -> None:
        self._is_showing_progress = False

    def show(self, event: GenerationEvent) -> None:
        match event:
            case TextDelta(text=text):
                self._clear_progress()
                sys.stdout.write(text)
                sys.stdout.flush()
            case LeftOut():
                self._clear_progress()
                show_note(left_out_words(event))
            case Finished():
                self._clear_progress()
                self._end(event)
            case _:
                self._progress(activity_words(event))

    def interrupted(self, text: str) -> None:
        self.failed(text)
        show_note(STOPPED)

    def failed(self, text: str) -> None:
        """End the line, so that a message stands on its own."""
        self._clear_progress()
        sys.stdout.write("" if text.endswith("\n") or not text else "\n")
        sys.stdout.flush()

    def _end(self, finished: Finished) -> None:
        if not finished.text.endswith("\n"):
            sys.stdout.write("\n")
        sys.stdout.flush()
        if finished.reason in CUT:
            show_note(CUT[finished.reason])
        if sys.stderr.isatty():
            times = finished.timings
            show_note(
                f"[{times.written_tokens:,} tokens, {times.written_tokens_per_s:.1f} tokens/s, "
                f"first token {times.first_token_s:.2f} s]"
            )

    def _progress(self, words: str) -> None:
        if words and can_overwrite(sys.stderr):
            self._is_showing_progress = True
            control(sys.stderr, _CLEAR_LINE)
            sys.stderr.write(fitted(words, shutil.get_terminal_size().columns - 1))
            sys.stderr.flush()

    def _clear_progress(self) -> None:
        if self._is_showing_progress:
            self._is_showing_progress = False
            control(sys.stderr, _CLEAR_LINE)
            sys.stderr.flush()


def fitted(words: str, columns: int) -> str:
    """Return words that take one row of a terminal, cut where they are too long.

    Only one row can be cleared again; a model's name may be as long as it likes.
    """
    words = in_one_line(words[: 4 * columns])
    if get_cwidth(words) <= columns:
        return words
    while get_cwidth(words) >= columns > 1:
        words = words[:-1]
    return words + "…"


class _JsonScreen:
    def show(self, event: GenerationEvent) -> None:
        match event:
            case TextDelta(text=text, details=details):
                told = {"tokens": [_token_fields(detail) for detail in details]} if details else {}
                print_json(event="text", text=text, **told)
            case WaitingForMemory(name):
                print_json(event="waiting_for_memory", model=name)
            case Loading(name, fraction):
                print_json(event="loading", model=name, fraction=round(fraction, 4))
            case Queued(ahead):
                print_json(event="queued", ahead=ahead)
            case Summarising(step, steps):
                print_json(event="summarising", step=step, steps=steps)
            case LeftOut():
                print_json(event="left_out", **_left_out_fields(event))
            case Reading(done, total, reused):
                print_json(event="reading", done=done, total=total, reused=reused)
            case Finished():
                print_json(**_finished_fields(event))

    def interrupted(self, text: str) -> None:
        print_json(event="finished", reason=str(FinishReason.CANCELLED), text=text)

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
