"""The window: puts the widgets together and is the view of every presenter. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QMessageBox,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.core.attachments import Attached
from app.core.chats import Chat, Hit, StoredMessage
from app.core.commands import Command
from app.core.context import ContextPart, Fit, OverflowChoice
from app.core.errors import AppError
from app.core.events import FinishReason
from app.core.machine import available_memory_bytes, total_memory_bytes
from app.core.models import ModelFile, ModelState
from app.core.prompts import Prompt
from app.core.settings import DECLARED, Value
from app.core.syntax import Syntax
from app.generation.capabilities import capabilities
from app.services.about import Page
from app.store.window_state import WindowState
from app.ui.language_choices import language_choices
from app.ui.reach import Reach
from app.ui.widgets.code.syntax_watch import SyntaxWatch
from app.ui.widgets.composer.composer import Composer
from app.ui.widgets.composer.language_hint import LanguageHint
from app.ui.widgets.composer.model_note import ModelNote
from app.ui.widgets.controls.commands import CommandPalette, Offer, bind
from app.ui.widgets.controls.in_column import in_column
from app.ui.widgets.controls.questions import Leaving, ask_leave
from app.ui.widgets.controls.stray_keys import write_into
from app.ui.widgets.controls.undo_bar import UndoBar
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.find_in_chat import FindInChat
from app.ui.widgets.dialogs.about_dialog import AboutDialog
from app.ui.widgets.dialogs.overflow_dialog import OverflowDialog
from app.ui.widgets.dialogs.prompt_dialog import PromptDialog
from app.ui.widgets.dialogs.rescue_question import ask_rescue
from app.ui.widgets.dialogs.shortcut_sheet import ShortcutSheet
from app.ui.widgets.frame.window_body import Arrangement, WindowBody
from app.ui.widgets.panel.code_panel import CodePanel
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog
from app.ui.widgets.settings.settings_page import SettingsPage
from app.ui.widgets.sidebar.sidebar import Sidebar
from app.ui.widgets.status.status_line import StatusLine
from app.ui.widgets.top_bar.language_picker import LanguagePicker
from app.ui.widgets.top_bar.model_picker import ModelPicker
from app.ui.widgets.top_bar.top_bar import TopBar
from app.ui.window_place import begin_on_screen, place_of, put_back

MEMORY_EVERY_MS = 2000

EXAMPLES = (
    "Write a Python function that checks whether a number is prime.",
    "Write a Dockerfile for a Python application.",
    "Write a SQL query that finds duplicate emails.",
    "Write a Terraform resource for an S3 bucket.",
)


class Window(QWidget):
    """The main window. `app.ui.wiring.introduction` connects its signals."""

    setting_changed = Signal(str, object)  # its key, its value
    chat_setting_changed = Signal(str, object)
    chat_settings_opened = Signal(object)  # the ChatSettingsDialog

    def __init__(self, close_requested: Callable[[], None]) -> None:
        super().__init__()
        self._close_requested = close_requested
        self.setWindowTitle("Starwright")
        self.setObjectName("window")
        self.sidebar = Sidebar()
        self.model_picker = ModelPicker()
        self.language_picker = LanguagePicker()
        self.language_picker.set_languages(language_choices)
        self.conversation = Conversation()
        self.conversation.empty.set_examples(EXAMPLES)
        self.find_in_chat = FindInChat(self.conversation)
        self.composer = Composer()
        self.undo_bar = UndoBar()
        self.language_hint = LanguageHint()
        self.model_note = ModelNote()
        self.model_note.open_requested.connect(self.model_picker.open_dialog)
        self.code_panel = CodePanel()
        self.code_panel.code_actions.set_languages(language_choices)
        self.code_panel.language_choices = language_choices
        self.code_panel.find_elsewhere = self._find_in_chat
        self.status_line = StatusLine()
        self._lay_out()
        begin_on_screen(self)
        self.composer.setFocus()
        self._memory_timer = QTimer(self, interval=MEMORY_EVERY_MS)
        self._memory_timer.timeout.connect(self._show_memory)
        self._memory_timer.start()

    def use_commands(self, commands: list[Offer]) -> None:
        """Let these commands answer to their keys, and be found in palette and sheet."""
        self.commands = self.reach.reaching(commands)
        self.palette_popup = CommandPalette(self)
        is_the_panels = [command in self.code_panel.commands for command in commands]
        both = zip(self.commands, is_the_panels, strict=True)
        bind([command for command, is_bound in both if not is_bound], self)

    def open_palette(self) -> None:
        """Show all commands to search, with what was done lately and can be undone."""
        undoable = (
            Offer(Command("Undo", done.text.rstrip(".")), partial(bar.undo, done))
            for bar in self.findChildren(UndoBar)
            for done in bar.kept
        )
        self.palette_popup.open_with([*undoable, *self.commands])

    def open_sheet(self) -> None:
        """Show all keys."""
        self.sheet = ShortcutSheet(self.commands, self)
        self.sheet.open()

    def add_commands(self, commands: Sequence[Offer]) -> None:
        """Let more be done, by name and by key."""
        reaching = self.reach.reaching(commands)
        self.commands += reaching
        bind(reaching, self)

    # --- how it was left -----------------------------------------------------------------

    def state(self, chat_id: int | None) -> WindowState:
        """Return how the window stands, to be kept for the next start."""
        body = self.body.arrangement()
        return replace(
            place_of(self),
            panel_share=body.panel_share,
            sidebar_px=body.sidebar_px,
            is_sidebar_hidden=body.is_sidebar_hidden,
            is_panel_hidden=body.is_panel_hidden,
            zoom_px=self.code_panel.zoom_px,
            is_wrapped=self.code_panel.is_wrapped,
            chat_id=chat_id,
            scroll=self.conversation.scroll_share(),
        )

    def restore(self, state: WindowState) -> None:
        """Stand as the window was left, where that place is still on a screen."""
        put_back(self, state)
        self.body.arrange(
            Arrangement(
                state.sidebar_px,
                state.panel_share,
                state.is_sidebar_hidden,
                state.is_panel_hidden,
            )
        )
        self.code_panel.set_look(zoom_px=state.zoom_px, is_wrapped=state.is_wrapped)

    def scroll_to(self, share: float) -> None:
        """Scroll the conversation to where it was left."""
        self.conversation.scroll_to_share(share)

    def come_forward(self) -> None:
        """Raise the window: a second start was asked for."""
        self.reach.leave_page()
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what nobody else took: Esc leads back or stops the answer, letters are a message."""
        focus = self.focusWidget()
        is_code = focus is not None and self.code_panel.isAncestorOf(focus)
        can_write = self.composer.isVisible() and not is_code
        if event.key() == Qt.Key.Key_Escape:
            if not self.reach.leave_page():
                self.composer.stop()
        elif not can_write or not write_into(self.composer.editor, event):
            super().keyPressEvent(event)

    def _find_in_chat(self) -> bool:
        """Find in the chat where the keyboard is in it; tell whether it is."""
        focus = self.focusWidget()
        places = (self.conversation, self.composer, self.find_in_chat)
        is_here = any(place is focus or place.isAncestorOf(focus) for place in places if focus)
        if is_here and self.conversation.messages():
            self.find_in_chat.open()
            return True
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the program ask what there is to ask, save, and close in order."""
        event.ignore()
        self._close_requested()

    def ask_leave(
        self, titles: Sequence[str], answered: Callable[[Leaving], None], *, can_save: bool
    ) -> None:
        """Ask once what becomes of all tabs that are not saved."""
        if not any(box.isVisible() for box in self.findChildren(QMessageBox, "leaveQuestion")):
            ask_leave(self, titles, answered, can_save=can_save)

    def ask_rescue(self, rescue: Callable[[], None]) -> None:
        """Ask whether a damaged history is rescued now."""
        ask_rescue(self, rescue)

    # --- the chat list's view ------------------------------------------------------------

    def show_chats(self, chats: Sequence[Chat]) -> None:
        """Fill the list at the left."""
        self.sidebar.set_chats(chats)

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Show what was found in messages."""
        self.sidebar.set_found(hits)

    def show_message(self, message_id: int) -> None:
        """Bring a message into sight."""
        self.conversation.show_message(message_id)

    # --- the chat presenter's view -------------------------------------------------------

    def select_chat(self, chat_id: int | None) -> None:
        """Mark the open chat."""
        self.sidebar.select(chat_id)

    def clear_conversation(self) -> None:
        """Show the empty state."""
        self.conversation.clear()

    def show_messages(self, messages: Sequence[StoredMessage]) -> None:
        """Show a chat."""
        self.conversation.load(messages)

    def add_question(self, message: StoredMessage) -> None:
        """Show what the user said."""
        self.conversation.add_user(message)

    def begin_answer(self, message: StoredMessage) -> None:
        """Start an answer."""
        self.conversation.begin_answer(message)

    def resume_answer(self, message: StoredMessage) -> None:
        """Let the last answer go on."""
        self.conversation.resume_answer(message)

    def show_activity(self, text: str) -> None:
        """Say what happens before the first text."""
        self.conversation.show_activity(text)

    def append_answer(self, text: str) -> None:
        """Add to the answer."""
        self.conversation.append(text)

    def finish_answer(self, reason: FinishReason) -> None:
        """End the answer."""
        self.conversation.finish(reason)

    def fail_answer(self, error: AppError, *, can_retry: bool) -> None:
        """End the answer with an error."""
        self.conversation.fail(error.message, error.hint, can_retry=can_retry)

    def show_notice(self, text: str) -> None:
        """Say one quiet sentence in the conversation."""
        self.conversation.show_notice(text)

    def show_ending(self, reason: FinishReason) -> None:
        """Say why the last answer ended early."""
        self.conversation.show_ending(reason)

    def show_prompt(self, prompt: Prompt) -> None:
        """Show what the model reads."""
        self.prompt_dialog = PromptDialog(prompt, self)
        self.prompt_dialog.open()

    def show_project(self, folder: Path | None) -> None:
        """Show which folder's files an infill reads."""
        self.sidebar.links.show_project(folder)
        if self.body.page is not None:
            self.settings_page.show_values({"project.folder": str(folder or "")})

    def show_chat_settings(self, values: Mapping[str, Value]) -> None:
        """Show the settings that may differ in each chat."""
        dialog = ChatSettingsDialog(values, self)
        dialog.changed.connect(self.chat_setting_changed)
        self.settings_dialog = dialog
        self.chat_settings_opened.emit(dialog)
        dialog.open()

    @cached_property
    def settings_page(self) -> SettingsPage:
        """Return the page of settings, made when it is first wanted."""
        page = SettingsPage(DECLARED, self.body)
        page.changed.connect(self.setting_changed)
        page.left.connect(self.reach.leave_page)
        return page

    def show_settings(self, values: Mapping[str, Value]) -> None:
        """Show all settings of the program."""
        self.settings_page.show_values(values)
        if self.reach.show_page(self.settings_page):
            self.settings_page.open()

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        """Say what was done and offer to undo it."""
        self.undo_bar.offer(text, undo)

    def set_busy(self, *, is_busy: bool) -> None:
        """Swap Send and Stop."""
        self.composer.set_busy(is_busy=is_busy)
        self.conversation.set_busy(is_busy=is_busy)

    def show_output(self, name: str) -> None:
        """Say that answers are documents of one format; an empty name: they are not."""
        self.composer.editor.set_output(name)

    def take_draft(self) -> None:
        """Empty the composer: the question stands in the chat."""
        self.composer.clear_draft()

    def give_draft_back(self, text: str) -> None:
        """Put an unsent question back, unless the user writes another one already."""
        if not self.composer.draft():
            self.composer.set_draft(text)

    def show_attachments(self, attached: Sequence[Attached]) -> None:
        """Show the files that go with the draft."""
        self.composer.show_attachments(attached)

    def show_draft(self, text: str) -> None:
        """Put a kept draft into the composer."""
        if text != self.composer.draft():
            self.composer.set_draft(text)

    def set_draft_tokens(self, tokens: int, *, too_many: bool) -> None:
        """Show how long the draft is."""
        self.composer.set_draft_tokens(tokens, too_many=too_many)

    def show_context(
        self, parts: Sequence[ContextPart], total: int, *, left_out_tokens: int = 0
    ) -> None:
        """Show how much of the context is used, and by what."""
        self.status_line.set_context(parts, total=total, left_out_tokens=left_out_tokens)

    def ask_overflow(self, fit: Fit, chosen: Callable[[OverflowChoice, bool], None]) -> None:
        """Ask what to do with a chat that does not fit the context."""
        self.overflow_dialog = OverflowDialog(fit, self)
        self.overflow_dialog.chosen.connect(chosen)
        self.overflow_dialog.open()

    def close_overflow(self) -> None:
        """Nobody waits for that answer any more."""
        self.overflow_dialog.reject()

    def show_speed(self, tokens_per_s: float, first_s: float, *, is_writing: bool) -> None:
        """Show how fast the model writes."""
        self.status_line.set_speed(tokens_per_s, first_s, is_writing=is_writing)

    # --- the model presenter's view ------------------------------------------------------

    def show_models(self, models: Sequence[ModelFile]) -> None:
        """Fill the model picker."""
        self.model_picker.set_models(models, memory_bytes=available_memory_bytes())

    def show_broken_models(self, broken: Sequence[tuple[Path, AppError]]) -> None:
        """Keep files in the model picker that cannot be used, with the reason."""
        self.model_picker.set_broken(
            [
                (path, error.message.removeprefix(path.name).strip(), f"{error} {error.hint}")
                for path, error in broken
            ]
        )

    def show_model(self, model: ModelFile, state: ModelState, fraction: float) -> None:
        """Show the chosen model and its state."""
        self.model_picker.set_summary(capabilities(model).summary)
        self.model_picker.show_model(model, state, fraction)

    def show_language_hint(self, text: str, model: str, path: Path | None) -> None:
        """Say that the model does not know the language, and offer one that does."""
        self.language_hint.show_hint(text, model, path)

    def show_model_note(self, text: str, link: str = "") -> None:
        """Say in one line what a person must know of the model; `link` opens another."""
        self.model_note.say(text, link)

    def show_syntax(self, place: object, syntax: Syntax) -> None:
        """Show whether a piece of code parses, where it still stands."""
        if isinstance(place, SyntaxWatch) and isValid(place):
            place.show(syntax)

    def tell_language(self, place: object, label: str) -> None:
        """Say in which language a piece of code is, where it still stands."""
        if isinstance(place, SyntaxWatch) and isValid(place):
            place.tell(label)

    def show_about(self, pages: Sequence[Page]) -> None:
        """Show what the program and the model are."""
        self.about_dialog = AboutDialog([(page.title, page.text) for page in pages], self)
        self.about_dialog.open()

    def show_problem(self, error: AppError) -> None:
        """Show an error that belongs to no answer."""
        self.conversation.show_problem(error.message, error.hint)
        if self.body.page is not None:
            self.settings_page.show_problem(error)

    def show_model_problem(self, error: AppError) -> None:
        """Show why a model cannot be used, in the place of what was said of another."""
        self.conversation.show_problem(error.message, error.hint, about="model")

    def clear_model_problem(self) -> None:
        """Another model is loaded: what was said is past."""
        self.conversation.clear_problem("model")

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.top_bar = TopBar(self.model_picker, self.language_picker)
        column.addWidget(self.top_bar)
        column.addWidget(self.find_in_chat)
        column.addWidget(self.conversation, 1)
        column.addWidget(in_column(self.undo_bar))
        column.addWidget(self.language_hint)
        column.addWidget(self.composer)
        column.addWidget(self.model_note)
        self.body = WindowBody(self.sidebar, middle, self.code_panel)
        self.reach = Reach(self, self.body, self.top_bar, self.composer)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.status_line)

    def _show_memory(self) -> None:
        total = total_memory_bytes()
        self.status_line.set_memory(total - available_memory_bytes(), total)
