"""The words for what happens while a model answers."""

from __future__ import annotations

import pytest

from app.core.events import LeftOut, Loading, Queued, Reading, Summarising, TextDelta
from app.text.event_words import activity_words, left_out_words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Queued(0), "Queued: 1 ahead"),
        (Queued(1), "Queued: 2 ahead"),
        (Loading("starcoder2-3b", 0.5), "Loading starcoder2-3b: 50%"),
        (Summarising(2, 3), "Summarising earlier messages: 2 of 3"),
        (Reading(512, 10_512, 0), "Reading: 512 of 10,512 tokens"),
        (Reading(9, 9, 9), ""),
        (TextDelta("word"), ""),
    ],
)
def test_what_the_model_is_doing(event: object, words: str) -> None:
    assert activity_words(event) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s left"), (8, "about 8 s left"), (1000, "about 17 min left")],
)
def test_how_long_reading_goes_on(seconds: float, words: str) -> None:
    told = activity_words(Reading(512, 10_512, 0), left_s=seconds)
    assert told == f"Reading: 512 of 10,512 tokens, {words}"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (LeftOut(lines_before=1200), "Not sent: the first 1,200 lines."),
        (
            LeftOut(lines_before=1, lines_after=2),
            "Not sent: the first line; the last 2 lines.",
        ),
        (
            LeftOut(messages=1, files=("a.py, lines 3\u20139", "b.py"), tokens=1234),
            "Not sent: 1 earlier message; a.py, lines 3\u20139; b.py (1,234 tokens).",
        ),
        (
            LeftOut(messages=7, tokens=900, summary="They spoke of Go."),
            "Not sent: 7 earlier messages (900 tokens). A summary of the messages is sent instead.",
        ),
    ],
)
def test_what_does_not_fit_is_named(event: LeftOut, words: str) -> None:
    assert left_out_words(event) == words
