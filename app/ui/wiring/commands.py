"""Everything that can be done, by name and by key: what the palette and the sheet of keys list."""

from __future__ import annotations

from functools import partial

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
from app.ui.widgets.controls.questions import ask_files, ask_folder, ask_import
from app.ui.window import Window
from app.ui.wiring.composer_actions import template_commands
from app.ui.wiring.sidebar import export


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
        Offer(EXPORT_CHATS, partial(export, window, to, None, "Chats")),
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
