"""Opens the chat history for a window, says how that went, and offers a rescue of later damage."""

from __future__ import annotations

import logging

from app.core.errors import DamagedError
from app.services.chats.history_file import HistoryFile
from app.services.tasks import Tasks
from app.store.rescue import Rescued
from app.ui.presenters.chat_list import ChatListPresenter
from app.ui.presenters.open_chat import OpenChat
from app.ui.presenters.views import ChatView

_log = logging.getLogger(__name__)


class HistoryPresenter:
    """The history's file as one window shows it."""

    def __init__(
        self,
        view: ChatView,
        file: HistoryFile,
        opened: OpenChat,
        chats: ChatListPresenter,
        tasks: Tasks,
    ) -> None:
        self._conversation = view.conversation
        self._dialogs = view.dialogs
        self._file = file
        self._open = opened
        self._chats = chats
        self._tasks = tasks
        self._is_offered = False

    async def begin(self) -> None:
        """Open the history. Where that fails the window works all the same, and says so."""
        opened = await self._file.open()
        if opened.rescued is not None:
            self._conversation.show_notice(_words_of(opened.rescued))
        if opened.problem is not None:
            self._conversation.show_problem(opened.problem)
            self._conversation.show_notice("Until this is fixed, chats are not saved.")
        await self._file.tell_damage(self._offer_rescue)

    def _offer_rescue(self, error: DamagedError) -> None:
        """Damage was met after the start: offer the rescue once, until the next start."""
        _log.error("%s", error)
        if not self._is_offered:
            self._is_offered = True
            self._dialogs.ask_rescue(self._rescue)

    def _rescue(self) -> None:
        self._tasks.start(self._use_rescued(), name="rescue")

    async def _use_rescued(self) -> None:
        rescued = await self._file.rescue()
        self._is_offered = False
        self._chats.refresh()
        await self._open.show_anew()
        self._conversation.show_notice(_words_of(rescued))


def _words_of(rescued: Rescued) -> str:
    return (
        f"Your chat history was damaged. {rescued.chats:,} chats with {rescued.messages:,} "
        f"messages were rescued. The damaged file is kept as {rescued.kept_as}."
    )
