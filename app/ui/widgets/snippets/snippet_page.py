"""The right side of the snippets: one of them, what is known of it, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.snippets import Snippet
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.controls.button_row import ButtonRow
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.snippets.run_again import RunAgainCard

_LONGEST_TIP = 1500
_LANGUAGE_PX = 120


class SnippetPage(QWidget):
    """Shows a snippet; name, language, tags and text can be written in after Edit."""

    insert_requested = Signal(str, str)  # the text, its language
    changed = Signal(object)  # the Snippet as it is now
    delete_requested = Signal(object)  # the Snippet
    export_requested = Signal(object)
    run_requested = Signal(object)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snippet: Snippet | None = None
        self._is_editing = False
        self.name = _line("snippetName", "Name")
        self.language = _line("snippetLanguage", "Language")
        self.language.setMaximumWidth(scaled(_LANGUAGE_PX))
        self.tags = _line("snippetTags", "Tags, separated by commas")
        self.text = CodeEditor()
        self.text.setObjectName("snippetText")
        self.text.setAccessibleName("The snippet's text")
        self.run = RunAgainCard()
        self.run.stop_requested.connect(self.stop_requested)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(3)
        self._facts.setColumnStretch(1, 1)
        card = QFrame()
        card.setObjectName("snippetCard")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 8, 1, 8)
        inside.addWidget(self.text)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name, 3)
        head.addWidget(self.language)
        head.addWidget(self.tags, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(card, 3)
        column.addLayout(self._facts)
        column.addWidget(self.run, 2)
        column.addWidget(self._make_actions())
        self._show_editing(is_editing=False)
        self.show_snippet(None)

    def show_snippet(self, snippet: Snippet | None) -> None:
        """Show a snippet in place of the one that is shown, whose changes are told first."""
        if self._is_editing:
            if snippet is not None and self._snippet is not None and snippet.id == self._snippet.id:
                return
            self.save()
        if snippet == self._snippet and snippet is not None:
            return
        self._snippet = snippet
        self.run.clear()
        self.show_facts([])
        self.name.setText(snippet.name if snippet is not None else "")
        self.language.setText(snippet.language if snippet is not None else "")
        self.tags.setText(", ".join(snippet.tags) if snippet is not None else "")
        self.text.set_language(snippet.language if snippet is not None else "")
        self.text.set_text(snippet.text if snippet is not None else "")
        for button in self._buttons:
            button.setEnabled(snippet is not None)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show what is known of where the snippet came from, in rows of a word and a value."""
        while (item := self._facts.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for row, (word, value) in enumerate(facts):
            label, shown = QLabel(word), _fact(value)
            label.setProperty("role", "small")
            self._facts.addWidget(label, row, 0)
            self._facts.addWidget(shown, row, 1)

    @property
    def is_editing(self) -> bool:
        """Tell whether the snippet can be written in."""
        return self._is_editing

    def save(self) -> None:
        """Tell what was changed, and end editing."""
        snippet = self._snippet
        if snippet is None or not self._is_editing:
            return
        is_text_changed = self.text.document().isModified()
        self._show_editing(is_editing=False)
        tags = (tag.strip().lstrip("#").strip() for tag in self.tags.text().split(","))
        now = replace(
            snippet,
            name=self.name.text().strip() or snippet.name,
            language=self.language.text().strip().lower(),
            tags=tuple(tag for tag in tags if tag),
            text=self.text.text() if is_text_changed else snippet.text,
        )
        if now != snippet:
            self._snippet = now
            self.text.set_language(now.language)
            self.changed.emit(now)

    def edit(self) -> None:
        """Let the user write in the name, the language, the tags and the text."""
        if self._snippet is not None:
            self._show_editing(is_editing=True)
            self.text.setFocus()

    def cancel(self) -> None:
        """Show the snippet as it was before Edit."""
        self._show_editing(is_editing=False)
        snippet, self._snippet = self._snippet, None
        self.show_snippet(snippet)

    def _show_editing(self, *, is_editing: bool) -> None:
        self._is_editing = is_editing
        self.name.setReadOnly(not is_editing)
        self.language.setReadOnly(not is_editing)
        self.tags.setReadOnly(not is_editing)
        with QSignalBlocker(self.text):
            if is_editing:
                self.text.set_editable()
            else:
                self.text.setReadOnly(True)
        for button in (self.save_button, self._cancel):
            button.setVisible(is_editing)
        for button in self._buttons:
            button.setVisible(not is_editing)

    def _make_actions(self) -> ButtonRow:
        insert = text_button(
            "Insert at cursor", "insertSnippet", "Put it at the code panel's cursor", role="primary"
        )
        copy = text_button("Copy", "copySnippet", "Copy the snippet")
        edit = text_button("Edit", "editSnippet", "Change the name, language, tags or text")
        again = text_button(
            "Run again",
            "runSnippet",
            "Ask the same model again with the same seed and compare",
        )
        export = text_button("Export…", "exportSnippet", "Export this snippet to a file")
        delete = text_button("Delete", "deleteSnippet", "Delete this snippet; this can be undone")
        self.save_button = text_button("Save", "saveSnippet", "Save your changes", role="primary")
        self._cancel = text_button("Cancel", "cancelSnippet", "Discard your changes")
        insert.clicked.connect(self._insert)
        copy.clicked.connect(self._copy)
        edit.clicked.connect(self.edit)
        again.clicked.connect(lambda: self.run_requested.emit(self._snippet))
        export.clicked.connect(lambda: self.export_requested.emit(self._snippet))
        delete.clicked.connect(lambda: self.delete_requested.emit(self._snippet))
        self.save_button.clicked.connect(self.save)
        self._cancel.clicked.connect(self.cancel)
        self._buttons: list[QPushButton] = [insert, copy, edit, again, export, delete]
        return ButtonRow(self._buttons[:4], [self.save_button, self._cancel, export, delete])

    def _insert(self) -> None:
        if self._snippet is not None:
            self.insert_requested.emit(self._snippet.text, self._snippet.language)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.text())


def _fact(value: str) -> Elided:
    """Return one line of a value, all of it in the tooltip; it can be marked and copied."""
    shown = Elided(" ".join(value.split()))
    shown.setTextFormat(Qt.TextFormat.PlainText)
    shown.setProperty("role", "small")
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    tip = value if len(value) <= _LONGEST_TIP else value[:_LONGEST_TIP] + " …"
    # Rich text would be made of what a model or a user wrote.
    shown.setToolTip(f"<qt>{_escaped(tip)}</qt>")
    policy = shown.sizePolicy()
    policy.setHorizontalPolicy(policy.Policy.Ignored)
    shown.setSizePolicy(policy)
    return shown


def _escaped(text: str) -> str:
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "<br>")):
        text = text.replace(sign, name)
    return text


def _line(name: str, words: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(words)
    line.setPlaceholderText(words)
    line.setToolTip(words)
    return line
