"""Introduces the window to its presenters: every signal, and every command with its keys."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.core.commands import (
    ABOUT,
    ALL_COMMANDS,
    ATTACH_FILES,
    ATTACH_FOLDER,
    CHAT_SETTINGS,
    CHOOSE_LANGUAGE,
    CHOOSE_MODEL,
    CHOOSE_PROJECT,
    CLOSE_PROJECT,
    CONTINUE_ANSWER,
    EXPORT_CHATS,
    IMPORT_CHATS,
    NEW_CHAT,
    NEXT_MESSAGE,
    PREVIOUS_MESSAGE,
    QUIT,
    REGENERATE,
    SEARCH_ACTIONS,
    SEARCH_CHATS,
    SETTINGS,
    SHOW_KEYS,
    SHOW_LAST_PROMPT,
    STOP_ANSWER,
    TOGGLE_PANEL,
    TOGGLE_SIDEBAR,
    WRITE_MESSAGE,
)
from app.ui.presenters.ensemble import Ensemble
from app.ui.widgets.controls.commands import Offer
from app.ui.widgets.controls.questions import (
    ask_export,
    ask_files,
    ask_folder,
    ask_import,
    ask_link,
    ask_to_open,
)
from app.ui.widgets.conversation.code_block import CodeAction
from app.ui.widgets.conversation.message_actions import MessageAction
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog
from app.ui.window import Window
from app.ui.wiring.composer_actions import composer_actions, template_commands


def introduce(window: Window, to: Ensemble) -> None:
    """Connect what the user does to the presenters."""
    _connect_chat(window, to)
    _connect_code(window, to)
    _connect_suggestions(window, to)
    _connect_sidebar(window, to)
    window.language_picker.language_chosen.connect(to.chat_settings.choose_language)
    window.language_picker.language_chosen.connect(to.languages.choose)
    window.language_picker.language_chosen.connect(to.answer_code.expect_language)
    window.language_hint.model_chosen.connect(to.models.choose)
    window.model_picker.model_chosen.connect(to.models.choose)
    window.model_picker.forget_requested.connect(to.models.forget_broken)
    window.model_picker.cancel_requested.connect(to.models.cancel)
    window.top_bar.chat_settings_requested.connect(to.chat_settings.open)
    window.dialogs.chat_settings_opened.connect(partial(_connect_presets, to))
    window.pages.setting_changed.connect(to.settings.change)
    window.use_commands(commands(window, to))


def commands(window: Window, to: Ensemble) -> list[Offer]:
    """Return everything that can be done, for the palette and the sheet of keys."""
    bound = partial(Offer, is_bound=True)
    composer, sidebar, talk = window.composer, window.sidebar, window.conversation
    ask_to_attach = partial(ask_files, window, to.draft.attach)
    ask_project = partial(ask_folder, window, to.project.choose, title=CHOOSE_PROJECT.words)
    return [
        bound(NEW_CHAT, sidebar.new_chat.click),
        bound(SEARCH_CHATS, window.reach.search_chats),
        bound(WRITE_MESSAGE, composer.setFocus),
        Offer(SEARCH_ACTIONS, composer.open_menu),
        bound(STOP_ANSWER, to.chat.stop),
        bound(PREVIOUS_MESSAGE, partial(talk.walk, -1)),
        bound(NEXT_MESSAGE, partial(talk.walk, 1)),
        Offer(ATTACH_FILES, ask_to_attach),
        Offer(ATTACH_FOLDER, partial(ask_folder, window, lambda p: to.draft.attach([p]))),
        Offer(REGENERATE, to.messages.retry),
        Offer(CONTINUE_ANSWER, to.chat.go_on),
        bound(CHOOSE_MODEL, window.model_picker.click),
        bound(CHOOSE_LANGUAGE, window.language_picker.click),
        Offer(EXPORT_CHATS, partial(_export, window, to, None, "Chats")),
        Offer(IMPORT_CHATS, partial(ask_import, window, to.chats.import_)),
        *window.code_panel.commands,
        Offer(CHOOSE_PROJECT, ask_project),
        Offer(CLOSE_PROJECT, partial(to.project.choose, None)),
        Offer(SHOW_LAST_PROMPT, lambda: to.project.show_last(to.suggest.last)),
        Offer(CHAT_SETTINGS, to.chat_settings.open),
        *template_commands(window),
        Offer(SETTINGS, to.settings.open),
        Offer(TOGGLE_SIDEBAR, window.reach.toggle_sidebar),
        Offer(TOGGLE_PANEL, window.reach.toggle_panel),
        Offer(ALL_COMMANDS, window.open_palette),
        Offer(SHOW_KEYS, window.open_sheet),
        Offer(ABOUT, to.models.about),
        Offer(QUIT, window.close),
    ]


def _connect_chat(window: Window, to: Ensemble) -> None:
    composer, talk = window.composer, window.conversation
    composer.sent.connect(to.chat.send)
    composer.stop_requested.connect(to.chat.stop)
    composer.draft_changed.connect(to.draft.changed)
    composer.attach_requested.connect(partial(ask_files, window, to.draft.attach))
    composer.attach_folder_requested.connect(
        partial(ask_folder, window, lambda path: to.draft.attach([path]))
    )
    composer.files_given.connect(to.draft.attach)
    composer.set_actions(partial(composer_actions, window))
    composer.template_used.connect(to.languages.consider)
    composer.sent.connect(lambda _: to.languages.asked())
    composer.attachments.removed.connect(to.draft.detach)
    talk.example_chosen.connect(to.chat.send)
    talk.retry_requested.connect(to.messages.retry)
    talk.code_requested.connect(partial(_on_code, window, to))
    talk.link_activated.connect(partial(ask_link, window))
    talk.step_requested.connect(to.messages.step)
    talk.edited.connect(to.messages.edit)
    talk.left.connect(composer.setFocus)
    composer.editor.went_up.connect(talk.edit_last_question)
    window.find_in_chat.closed.connect(composer.setFocus)
    acts = {
        MessageAction.REGENERATE: to.messages.regenerate,
        MessageAction.CONTINUE: lambda _: to.chat.go_on(),
        MessageAction.BRANCH: to.messages.branch,
        MessageAction.PROMPT: to.messages.show_prompt,
        MessageAction.DELETE: to.messages.delete,
    }
    talk.action_requested.connect(lambda action, message_id: acts[action](message_id))


def _connect_code(window: Window, to: Ensemble) -> None:
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


def _connect_suggestions(window: Window, to: Ensemble) -> None:
    suggestions = window.code_panel.suggestions
    suggestions.requested.connect(to.suggest.ask)
    suggestions.typed.connect(to.suggest.typed)
    suggestions.written.connect(to.suggest.written)
    suggestions.left.connect(to.suggest.leave)
    suggestions.refused.connect(to.suggest.leave)
    suggestions.walked.connect(to.suggest.walk)
    suggestions.pause_toggled.connect(to.suggest.toggle_pause)
    suggestions.is_while_typing = lambda: to.suggest.is_on_pause


def _connect_sidebar(window: Window, to: Ensemble) -> None:
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
    sidebar.export_requested.connect(partial(_export, window, to))
    sidebar.links.models_requested.connect(window.model_picker.click)
    sidebar.links.project_requested.connect(
        partial(ask_folder, window, to.project.choose, title=CHOOSE_PROJECT.words)
    )
    sidebar.links.project_left.connect(partial(to.project.choose, None))
    sidebar.links.seen_requested.connect(lambda: to.project.show_last(to.suggest.last))
    to.project.show()
    sidebar.links.settings_requested.connect(to.settings.open)


def _connect_presets(to: Ensemble, dialog: ChatSettingsDialog) -> None:
    dialog.changed.connect(to.chat_settings.change)
    dialog.presets.chosen.connect(to.presets.choose)
    dialog.presets.kept.connect(to.presets.keep)
    dialog.presets.removed.connect(to.presets.remove)
    dialog.presets.export_chosen.connect(to.presets.export)
    dialog.presets.import_chosen.connect(to.presets.import_)
    dialog.reset_requested.connect(to.presets.reset)
    dialog.changed.connect(to.presets.changed)
    dialog.finished.connect(lambda: to.presets.use(None))
    to.presets.use(dialog)


def _export(window: Window, to: Ensemble, chat_id: int | None, title: str) -> None:
    def save(path: Path) -> None:
        to.chats.export(chat_id, path)

    ask_export(window, title, save)


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
