"""What of a hole's surroundings fits the context: the nearest lines, whole."""

from __future__ import annotations

from dataclasses import replace

from app.generation.infill.holes import Hole

_SUFFIX_SHARE = 0.25
LONGEST_TOKEN = 16
"""Characters; a text longer than this for each token that fits is cut before it is counted."""


def clipped(hole: Hole, room_tokens: int) -> Hole:
    """Cut what can never fit, without counting: a file of any size costs no time."""
    most = room_tokens * LONGEST_TOKEN
    if len(hole.prefix) <= most and len(hole.suffix) <= most:
        return hole
    return replace(
        hole, prefix=_last_lines(hole.prefix, most), suffix=_first_lines(hole.suffix, most)
    )


def narrowed(hole: Hole, prefix_tokens: int, suffix_tokens: int, room_tokens: int) -> Hole:
    """Cut a hole's surroundings to about `room_tokens`, whole lines where there are any.

    A quarter is the suffix's, and what one side does not need is the other's. The counts are of
    the texts in `hole`; count again afterwards, as tokens are not spread evenly.
    """
    for_suffix = min(
        suffix_tokens, max(int(room_tokens * _SUFFIX_SHARE), room_tokens - prefix_tokens)
    )
    for_prefix = room_tokens - for_suffix
    prefix, suffix = hole.prefix, hole.suffix
    if prefix_tokens > for_prefix:
        prefix = _last_lines(prefix, int(len(prefix) * for_prefix / prefix_tokens * 0.97))
    if suffix_tokens > for_suffix:
        suffix = _first_lines(suffix, int(len(suffix) * for_suffix / suffix_tokens * 0.97))
    return replace(hole, prefix=prefix, suffix=suffix)


def lines_left_out(whole: Hole, kept: Hole) -> tuple[int, int]:
    """Return how many lines before and after the cursor are not in `kept`."""
    before = whole.prefix[: len(whole.prefix) - len(kept.prefix)]
    after = whole.suffix[len(kept.suffix) :]
    return len(before.splitlines()), len(after.splitlines())


def _last_lines(text: str, characters: int) -> str:
    if len(text) <= characters:
        return text
    kept = text[len(text) - characters :]
    cut = kept.find("\n") + 1
    return kept[cut:] if cut <= len(kept) // 2 else kept  # a line that is nearly all stays, cut


def _first_lines(text: str, characters: int) -> str:
    if len(text) <= characters:
        return text
    kept = text[:characters]
    cut = kept.rfind("\n") + 1
    return kept[:cut] if cut >= len(kept) // 2 else kept
