"""Introduces the code panel, and code anywhere on the screen, to their presenters."""

from __future__ import annotations

from functools import partial

from app.ui.presenters.ensemble import Ensemble
from app.ui.widgets.controls.questions import ask_to_open
from app.ui.widgets.conversation.code_block import CodeAction
from app.ui.window import Window


def connect_code(window: Window, to: Ensemble) -> None:
    """Connect the tabs, their files, what is wished for code, and code in the conversation."""
    window.conversation.code_requested.connect(partial(_on_code, window, to))
    panel = window.code_panel
    panel.edited.connect(to.code.edited)
    panel.compare_requested.connect(to.code.compare)
    panel.save_requested.connect(to.code_files.save)
    panel.path_chosen.connect(to.code_files.save_to)
    panel.encoding_chosen.connect(to.code_files.save_in)
    panel.reopen_requested.connect(to.code_files.reopen)
    panel.open_requested.connect(to.code_files.open_outside)
    panel.file_requested.connect(to.code_files.give_file)
    panel.code_actions.wished.connect(to.edits.wish)
    panel.code_actions.scope_wished.connect(to.edits.show_scope)
    panel.code_actions.stop_requested.connect(to.edits.stop)
    panel.close_requested.connect(to.code.close)
    panel.editor_named.connect(window.conversation.name_editor)
    panel.new_requested.connect(lambda: to.code.new_tab(window.language_picker.language))
    panel.files_wanted.connect(partial(ask_to_open, window, to.own_tabs.open))
    panel.files_given.connect(to.own_tabs.open)
    panel.language_wanted.connect(to.code.choose_language)
    panel.check_requested.connect(to.syntax.check)
    window.conversation.check_requested.connect(to.syntax.check)
    window.conversation.check_requested.connect(to.languages.look)


def connect_suggestions(window: Window, to: Ensemble) -> None:
    """Connect the suggestions at the cursor."""
    suggestions = window.code_panel.suggestions
    suggestions.requested.connect(to.suggest.ask)
    suggestions.typed.connect(to.suggest.typed)
    suggestions.written.connect(to.suggest.written)
    suggestions.left.connect(to.suggest.leave)
    suggestions.refused.connect(to.suggest.leave)
    suggestions.walked.connect(to.suggest.walk)
    suggestions.pause_toggled.connect(to.suggest.toggle_pause)
    suggestions.is_while_typing = lambda: to.suggest.is_on_pause


def _on_code(
    window: Window, to: Ensemble, action: CodeAction, text: str, language: str, message_id: int
) -> None:
    """Do what the user wants of a code block; inserting needs an editor to insert in."""
    if action is CodeAction.KEEP:
        return  # see `app.ui.wiring.snippets`
    panel = window.code_panel
    window.reach.show_code()
    if action is not CodeAction.INSERT or not panel.insert_at_cursor(text):
        to.answer_code.show_block(text, language, message_id)
    if action is CodeAction.SAVE:
        panel.save_shown()
    elif action is CodeAction.OPEN:
        panel.open_shown()
    elif action is CodeAction.REPAIR:
        panel.repair()
