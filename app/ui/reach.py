"""What is in sight, and how a command brings into sight what it acts on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from app.core.commands import STOP_ANSWER
from app.ui.widgets.composer.composer import Composer
from app.ui.widgets.controls.commands import Offer
from app.ui.widgets.frame.stand_in_keys import StandInKeys
from app.ui.widgets.frame.window_body import WindowBody
from app.ui.widgets.panel.code_panel import CodePanel
from app.ui.widgets.sidebar.sidebar import Sidebar
from app.ui.widgets.top_bar.top_bar import TopBar

_STAYS = "Window"
"""Commands of this group do not lead back from a page."""


class Reach:
    """Shows and hides sidebar, code panel and pages, and keeps keys alive meanwhile."""

    def __init__(
        self, window: QWidget, body: WindowBody, top_bar: TopBar, composer: Composer
    ) -> None:
        self._body, self._top_bar, self._composer = body, top_bar, composer
        self._sidebar = body.findChildren(Sidebar)[0]
        self._panel = body.findChildren(CodePanel)[0]
        self._keys = StandInKeys(window)
        self._commands: list[Offer] = []
        top_bar.sidebar_toggled.connect(self.toggle_sidebar)
        top_bar.panel_toggled.connect(self.toggle_panel)
        self._sidebar.hide_requested.connect(self.toggle_sidebar)
        body.changed.connect(self._fit)

    def reaching(self, commands: Sequence[Offer]) -> list[Offer]:
        """Return commands that first bring into sight what they act on."""
        reaching = [replace(command, act=partial(self._do, command)) for command in commands]
        self._commands += reaching
        self._fit()
        return reaching

    def show_page(self, page: QWidget) -> bool:
        """Show a page in place of conversation and panel; return whether it was not shown yet."""
        is_new = self._body.page is not page
        self._body.show_page(page)
        return is_new

    def leave_page(self) -> bool:
        """Show the chat in place of a page; return whether there was one."""
        if self._body.page is None:
            return False
        self._body.leave_page()
        self._composer.setFocus()
        return True

    def toggle_sidebar(self) -> None:
        """Hide the sidebar, or show it again."""
        has_focus = self._sidebar.isAncestorOf(self._sidebar.window().focusWidget() or self._panel)
        self._body.show_sidebar(is_shown=self._body.is_sidebar_hidden)
        if has_focus and self._body.page is None:
            self._composer.setFocus()

    def toggle_panel(self) -> None:
        """Hide the code panel, or show it again."""
        self.leave_page()
        has_focus = self._panel.isAncestorOf(self._panel.window().focusWidget() or self._sidebar)
        self._body.show_panel(is_shown=self._body.is_panel_hidden)
        if has_focus:
            self._composer.setFocus()

    def show_code(self) -> None:
        """Bring the code panel into sight."""
        self.leave_page()
        self._body.show_panel(is_shown=True)

    def search_chats(self) -> None:
        """Let the user search, wherever the sidebar was."""
        self._body.show_sidebar(is_shown=True)
        self._sidebar.search.setFocus()

    def _do(self, command: Offer) -> None:
        if command.group != _STAYS:
            self.leave_page()
        if command in self._panel.commands:
            self.show_code()
        command.act()

    def _fit(self) -> None:
        """Fit buttons, marks and keys to what is in sight now."""
        body = self._body
        self._top_bar.offer(
            is_sidebar_hidden=body.is_sidebar_hidden, is_panel_hidden=body.is_panel_hidden
        )
        self._sidebar.mark_page(is_shown=body.page is not None)
        self._keys.fit([one for one in self._commands if one.command is not STOP_ANSWER])
