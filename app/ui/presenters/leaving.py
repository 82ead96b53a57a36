"""What is left behind when another chat is opened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

STOPPED_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Left:
    """A chat that another one takes the place of: its draft, and its answer if one is written."""

    chat_id: int
    draft: str
    answering: asyncio.Task[None] | None

    async def stopped(self) -> None:
        """Let the answer, which was told to stop, be saved, so that it ends in its own chat."""
        if self.answering is not None:
            await asyncio.wait({self.answering}, timeout=STOPPED_WITHIN_S)
