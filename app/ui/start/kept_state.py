"""How the window was left: restored at the start, kept while the program runs."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from app.core.errors import StoreError
from app.services.chats.chats import Chats
from app.store.window_state import load_window_state, save_window_state
from app.ui.presenters.code import CodePresenter
from app.ui.presenters.open_chat import OpenChat
from app.ui.window import Window

_log = logging.getLogger(__name__)
KEEP_EVERY_S = 3.0


class KeptState:
    """The state of one window, in its file."""

    def __init__(self, window: Window, path: Path) -> None:
        self._window = window
        self._path = path
        self._state = load_window_state(path)
        window.restore(self._state)

    async def reopen(self, chats: Chats, opened: OpenChat) -> None:
        """Show the chat that was open when the window was left, unless the user went on already."""
        chat_id = self._state.chat_id
        known = [one.id for one in await chats.chats()]
        if chat_id in known and opened.chat_id is None and not opened.answering.is_busy:
            await opened.show(chat_id)
            self._window.conversation.scroll_to_share(self._state.scroll)

    async def keep_on(self, opened: OpenChat, code: CodePresenter) -> None:
        """Save the state when it has changed, so that a crash loses little of it."""
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            await self.keep(opened, code)

    async def keep(self, opened: OpenChat, code: CodePresenter) -> None:
        """Save the state now; what cannot be saved is in the log."""
        try:
            await code.keep()
        except StoreError as error:
            _log.warning("%s", error)
        state = self._window.state(opened.chat_id)
        if state != self._state:
            self._state = state
            try:
                await asyncio.to_thread(save_window_state, self._path, state)
            except StoreError as error:
                _log.warning("%s", error)
