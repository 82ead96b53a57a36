"""Introduces the sidebar to its presenters: the list of chats, and the links below it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.core.commands import CHOOSE_PROJECT
from app.ui.presenters.ensemble import Ensemble
from app.ui.widgets.controls.questions import ask_export, ask_folder
from app.ui.window import Window


def connect_sidebar(window: Window, to: Ensemble) -> None:
    """Connect what is done with chats and the project."""
    sidebar = window.sidebar
    for leads_back in (sidebar.new_chat_requested, sidebar.chat_chosen, sidebar.found_chosen):
        leads_back.connect(lambda *_: window.reach.leave_page())
    sidebar.new_chat_requested.connect(to.open_chat.new_chat)
    sidebar.new_chat_requested.connect(window.composer.setFocus)
    sidebar.chat_chosen.connect(to.open_chat.open_chat)
    sidebar.delete_requested.connect(to.chats.delete)
    sidebar.renamed.connect(to.chats.rename)
    sidebar.pin_requested.connect(to.chats.pin)
    sidebar.tags_changed.connect(to.chats.tag)
    sidebar.search_changed.connect(to.chats.search)
    sidebar.found_chosen.connect(to.chats.open_hit)
    sidebar.export_requested.connect(partial(export, window, to))
    sidebar.links.models_requested.connect(window.model_picker.click)
    sidebar.links.project_requested.connect(
        partial(ask_folder, window, to.project.choose, title=CHOOSE_PROJECT.words)
    )
    sidebar.links.project_left.connect(partial(to.project.choose, None))
    sidebar.links.seen_requested.connect(lambda: to.project.show_last(to.suggest.last))
    to.project.show()
    sidebar.links.settings_requested.connect(to.settings.open)


def export(window: Window, to: Ensemble, chat_id: int | None, title: str) -> None:
    """Ask where a chat, or all for None, is written to."""

    def save(path: Path) -> None:
        to.chats.export(chat_id, path)

    ask_export(window, title, save)
