"""Puts the list of snippets beside the window, and introduces it to its presenter."""

from __future__ import annotations

from app.core.commands import SNIPPETS
from app.services.snippets import Snippets
from app.services.tasks import Tasks
from app.ui.presenters.ensemble import Ensemble
from app.ui.presenters.snippets import SnippetsPresenter
from app.ui.widgets.controls.commands import Offer
from app.ui.widgets.conversation.code_block import CodeAction
from app.ui.widgets.snippets.snippets_dialog import SnippetsDialog
from app.ui.window import Window


def add_snippets(
    window: Window, to: Ensemble, snippets: Snippets, tasks: Tasks
) -> SnippetsPresenter:
    """Make the list, wire it with the window, and return its presenter."""
    dialog = SnippetsDialog(window)
    presenter = SnippetsPresenter(
        dialog, snippets, tasks, is_busy=lambda: to.chat.is_busy, offer_undo=window.undo_bar.offer
    )
    dialog.search_changed.connect(presenter.search)
    dialog.chosen.connect(presenter.show)
    dialog.changed.connect(presenter.change)
    dialog.delete_requested.connect(presenter.delete)
    dialog.export_chosen.connect(presenter.export)
    dialog.import_chosen.connect(presenter.import_)
    dialog.run_requested.connect(presenter.run_again)
    dialog.stop_requested.connect(presenter.stop)

    def insert(text: str, language: str) -> None:
        window.reach.show_code()
        if not window.code_panel.insert_at_cursor(text):
            to.answer_code.show_block(text, language)

    def keep_block(action: CodeAction, text: str, language: str, message_id: int) -> None:
        if action is CodeAction.KEEP:
            presenter.keep(text, language, message_id)

    dialog.insert_requested.connect(insert)
    window.conversation.code_requested.connect(keep_block)
    window.code_panel.keep_requested.connect(
        lambda key, version, text: presenter.keep(text, *to.answer_code.source_of(key, version))
    )
    window.sidebar.links.snippets_requested.connect(dialog.open_list)
    window.add_commands([Offer(SNIPPETS, dialog.open_list)])
    return presenter
