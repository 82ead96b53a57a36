"""The words for what happens while a model answers: the same in the window and in the terminal."""

from __future__ import annotations

from app.core.events import (
    FinishReason,
    LeftOut,
    Loading,
    Queued,
    Reading,
    Summarising,
    WaitingForMemory,
)

STOPPED = "Stopped."
CUT = {
    FinishReason.CANCELLED: STOPPED,
    FinishReason.LENGTH: "The answer was cut at its token limit.",
    FinishReason.CONTEXT: "The answer was cut because the context is full.",
}
"""Why an answer ended before the model ended it."""


def activity_words(event: object, *, left_s: float | None = None) -> str:
    """Say what the model is doing before its first word, "" where that is nothing.

    `left_s` is how long reading will go on, where that is known.
    """
    match event:
        case Queued(ahead):
            return f"Queued: {ahead + 1:,} ahead"  # one more than waits: the one that is running
        case WaitingForMemory(name):
            return f"{name} waits for memory that another model uses"
        case Loading(name, fraction):
            return f"Loading {name}: {fraction:.0%}"
        case Summarising(step, steps):
            return f"Summarising earlier messages: {step:,} of {steps:,}"
        case Reading(done_tokens=done, total_tokens=total) if done < total:
            left = "" if left_s is None else f", {_left_words(left_s)}"
            return f"Reading: {done:,} of {total:,} tokens{left}"
        case _:
            return ""


def left_out_words(event: LeftOut) -> str:
    """Say what the model does not get to read, as it does not fit the context."""
    parts = []
    if event.lines_before:
        parts.append(_lines("first", event.lines_before))
    if event.lines_after:
        parts.append(_lines("last", event.lines_after))
    if event.messages:
        parts.append(_counted(event.messages, "earlier message"))
    parts += event.files
    tokens = f" ({_counted(event.tokens, 'token')})" if event.tokens else ""
    summary = " A summary of the messages is sent instead." if event.summary else ""
    return f"Not sent: {'; '.join(parts)}{tokens}.{summary}"


def _lines(where: str, count: int) -> str:
    return f"the {where} line" if count == 1 else f"the {where} {count:,} lines"


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def _left_words(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s left"
    return f"about {round(seconds / 60)} min left"
