"""Introduces the window to its presenters: who tells whom what.

A widget is the view of its presenter (`app.ui.presenters.views`), and tells by signals what the
user does. Each place of the window is connected in the file of its name beside this one; this room
and the start of the program are all that know both widgets and presenters.
"""

from __future__ import annotations

from functools import partial

from app.ui.presenters.ensemble import Ensemble
from app.ui.window import Window
from app.ui.wiring.chat import connect_chat, connect_presets
from app.ui.wiring.code import connect_code, connect_suggestions
from app.ui.wiring.commands import commands
from app.ui.wiring.sidebar import connect_sidebar


def introduce(window: Window, to: Ensemble) -> None:
    """Connect what the user does to the presenters."""
    connect_chat(window, to)
    connect_code(window, to)
    connect_suggestions(window, to)
    connect_sidebar(window, to)
    window.language_picker.language_chosen.connect(to.chat_settings.choose_language)
    window.language_picker.language_chosen.connect(to.languages.choose)
    window.language_picker.language_chosen.connect(to.answer_code.expect_language)
    window.language_hint.model_chosen.connect(to.models.choose)
    window.model_picker.model_chosen.connect(to.models.choose)
    window.model_picker.forget_requested.connect(to.models.forget_broken)
    window.model_picker.cancel_requested.connect(to.models.cancel)
    window.top_bar.chat_settings_requested.connect(to.chat_settings.open)
    window.dialogs.chat_settings_opened.connect(partial(connect_presets, to))
    window.pages.setting_changed.connect(to.settings.change)
    window.use_commands(commands(window, to))
