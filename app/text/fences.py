"""Fenced code of an answer while it streams, for whoever wants nothing else of it.

What code is says `app.text.markdown.reader`, the one reader of Markdown.
"""

from __future__ import annotations

from app.text.markdown.blocks import Block, CodeClosed, CodeEvent, CodeOpened, CodeText
from app.text.markdown.reader import MarkdownReader
from app.text.markdown.whole import code_blocks

FenceEvent = CodeEvent

__all__ = ["CodeClosed", "CodeOpened", "CodeText", "FenceEvent", "FenceReader", "code_blocks"]


class FenceReader:
    """Reads an answer as it streams and tells of its fenced code only."""

    def __init__(self) -> None:
        self._reader = MarkdownReader()

    def feed(self, text: str) -> list[FenceEvent]:
        """Take more of the answer."""
        return [event for event in self._reader.feed(text) if not isinstance(event, Block)]

    def finish(self) -> list[FenceEvent]:
        """Tell that the answer is over."""
        return [event for event in self._reader.finish() if not isinstance(event, Block)]
