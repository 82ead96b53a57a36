"""Introduces the conversation and the composer, and the settings of a chat, to their presenters."""

from __future__ import annotations

from functools import partial

from app.ui.presenters.ensemble import Ensemble
from app.ui.widgets.controls.questions import ask_files, ask_folder, ask_link
from app.ui.widgets.conversation.message_actions import MessageAction
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog
from app.ui.window import Window
from app.ui.wiring.composer_actions import composer_actions


def connect_chat(window: Window, to: Ensemble) -> None:
    """Connect what is written, sent, and done with messages."""
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


def connect_presets(to: Ensemble, dialog: ChatSettingsDialog) -> None:
    """Connect the settings of the open chat, a dialog that is made anew each time."""
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
