"""Find and replace in the shown editor.

Searching goes line by line with Qt's own regular expressions, which give up on a hopeless pattern
instead of holding up the window; matches are counted in slices.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QRegularExpression, QRegularExpressionMatch, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from app.core.commands import LEAVE, NEXT_MATCH, PREVIOUS_MATCH
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.controls.plain_text import for_qt
from app.ui.widgets.look.icons import IconButton

MOST_MARKED = 1_000
_SLICE_S = 0.006


class FindBar(QFrame):
    """Finds as one types; Enter goes on, Shift+Enter back, Esc closes."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findBar")
        self._editor: CodeEditor | None = None
        self._found: list[QTextCursor] = []
        self._block = QTextBlock()
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._count_slice)
        self.wanted = _line("Find", "findText")
        self.replacement = _line("Replace with", "replaceText")
        self.is_regular = _toggle("Regular expression", "findRegular", ".*")
        self.has_case = _toggle("Match case", "findCase", "Aa")
        self.count = QLabel()
        self.count.setProperty("role", "small")
        self.count.setObjectName("findCount")
        self._replace = text_button("Replace", "replaceOne")
        self._replace_all = text_button("Replace all", "replaceAll")
        self._replace_row = [self.replacement, self._replace, self._replace_all]
        self._lay_out()
        self.wanted.textChanged.connect(self.search)
        self.is_regular.toggled.connect(self.search)
        self.has_case.toggled.connect(self.search)
        self._replace.clicked.connect(self.replace)
        self._replace_all.clicked.connect(self.replace_all)
        self.hide()

    def open_for(self, editor: CodeEditor, *, can_replace: bool) -> None:
        """Search in this editor, beginning with what is selected there."""
        self.set_editor(editor)
        selected = editor.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self.wanted.setText(selected)
        for widget in self._replace_row:
            widget.setVisible(can_replace and not editor.isReadOnly())
        self.show()
        self.wanted.selectAll()
        self.wanted.setFocus()
        self.search()

    def set_editor(self, editor: CodeEditor | None) -> None:
        """Search in another editor from now on."""
        if self._editor is not None and self._editor is not editor:
            self._editor.show_found([])
        self._editor = editor
        if self.isVisible():
            self.search()

    def close_bar(self) -> None:
        """Close, and give the keyboard back to the editor."""
        self._slices.stop()
        self.hide()
        if self._editor is not None:
            self._editor.show_found([])
            self._editor.setFocus()
        self.closed.emit()

    def search(self) -> None:
        """Count all matches, in slices, and mark them."""
        self._found = []
        self._slices.stop()
        if self._editor is None:
            return
        pattern = self._pattern()
        self.count.setText("" if pattern.isValid() else "Invalid regular expression")
        if not self.wanted.text() or not pattern.isValid():
            self._editor.show_found([])
            return
        self._block = self._editor.document().firstBlock()
        self._slices.start()
        self._count_slice()

    def go(self, step: int) -> bool:
        """Select the next match (or the one before, below 0), around the end; tell if there is."""
        editor, pattern = self._editor, self._pattern()
        if editor is None or not self.wanted.text() or not pattern.isValid():
            return False
        document = editor.document()
        cursor = editor.textCursor()
        start = cursor.selectionEnd() if step > 0 else cursor.selectionStart()
        flags = self._flags()
        if step < 0:
            flags |= QTextDocument.FindFlag.FindBackward
        found = document.find(pattern, start, flags)
        if found.isNull():
            found = document.find(pattern, 0 if step > 0 else document.characterCount() - 1, flags)
        if found.isNull():
            return False
        editor.setTextCursor(found)
        self._show_count()
        return True

    def replace(self) -> None:
        """Replace the selected match and go to the next."""
        editor = self._editor
        if editor is None or editor.isReadOnly():
            return
        cursor = editor.textCursor()
        match = self._pattern().match(cursor.selectedText())
        if (
            cursor.hasSelection()
            and match.hasMatch()
            and match.capturedLength() == len(cursor.selectedText())
        ):
            cursor.insertText(for_qt(self._replaced(match)))
        self.search()
        self.go(1)

    def replace_all(self) -> None:
        """Replace every match, as one step to undo."""
        editor, pattern = self._editor, self._pattern()
        if editor is None or editor.isReadOnly() or not self.wanted.text():
            return
        count, at = 0, 0
        outer = QTextCursor(editor.document())
        outer.beginEditBlock()
        while pattern.isValid():
            found = editor.document().find(pattern, at, self._flags())
            if found.isNull():
                break
            is_empty = not found.hasSelection()
            found.insertText(for_qt(self._replaced(pattern.match(found.selectedText()))))
            count, at = count + 1, found.position() + is_empty
        outer.endEditBlock()
        self.search()
        self.count.setText(f"{count} replaced")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.replacement.hasFocus():
                self.replace()
            else:
                self.go(-1 if is_back else 1)
        else:
            super().keyPressEvent(event)

    def _pattern(self) -> QRegularExpression:
        text = self.wanted.text()
        if not self.is_regular.isChecked():
            text = QRegularExpression.escape(text)
        options = QRegularExpression.PatternOption
        wanted = options.NoPatternOption
        if not self.has_case.isChecked():
            wanted = options.CaseInsensitiveOption
        return QRegularExpression(text, wanted)

    def _flags(self) -> QTextDocument.FindFlag:
        # The document minds this flag and not the pattern's own option.
        flags = QTextDocument.FindFlag
        return flags.FindCaseSensitively if self.has_case.isChecked() else flags(0)

    def _replaced(self, match: QRegularExpressionMatch) -> str:
        text = self.replacement.text()
        if not self.is_regular.isChecked():
            return text
        for number in range(9, -1, -1):
            text = text.replace(f"\\{number}", match.captured(number))
        return text

    def _count_slice(self) -> None:
        ends_at = time.perf_counter() + _SLICE_S
        pattern = self._pattern()
        while self._block.isValid() and time.perf_counter() < ends_at:
            matches = pattern.globalMatch(self._block.text())
            while matches.hasNext() and len(self._found) < MOST_MARKED:
                match = matches.next()
                if match.capturedLength():
                    cursor = QTextCursor(self._block)
                    cursor.setPosition(self._block.position() + match.capturedStart())
                    end = self._block.position() + match.capturedEnd()
                    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                    self._found.append(cursor)
            self._block = self._block.next()
        if not self._block.isValid() or len(self._found) >= MOST_MARKED:
            self._slices.stop()
            self._show_count()
            if self._editor is not None:
                self._editor.show_found(self._found)

    def _show_count(self) -> None:
        if self._slices.isActive() or self._editor is None:
            return
        total = f"{len(self._found)}{'+' if len(self._found) >= MOST_MARKED else ''}"
        at = self._editor.textCursor().selectionStart()
        here = next((n for n, c in enumerate(self._found, 1) if c.selectionStart() == at), 0)
        if not self._found:
            self.count.setText("No results")
        else:
            self.count.setText(f"{here} of {total}" if here else f"{total} found")

    def _lay_out(self) -> None:
        before = IconButton("chevron-left", tooltip(PREVIOUS_MATCH), object_name="findBefore")
        after = IconButton("chevron-right", tooltip(NEXT_MATCH), object_name="findNext")
        close = IconButton("close", tooltip(LEAVE), object_name="findClose")
        before.clicked.connect(lambda: self.go(-1))
        after.clicked.connect(lambda: self.go(1))
        close.clicked.connect(self.close_bar)
        options = QHBoxLayout()
        options.setSpacing(4)
        for widget in (self.has_case, self.is_regular, before, after, self.count):
            options.addWidget(widget)
        options.addStretch()
        options.addWidget(close)
        replacing = QHBoxLayout()
        replacing.setSpacing(6)
        replacing.addWidget(self._replace)
        replacing.addWidget(self._replace_all)
        replacing.addStretch()
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 8, 8)
        grid.setSpacing(6)
        grid.addWidget(self.wanted, 0, 0)
        grid.addLayout(options, 0, 1)
        grid.addWidget(self.replacement, 1, 0)
        grid.addLayout(replacing, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)


def _line(words: str, name: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setPlaceholderText(words)
    line.setAccessibleName(words)
    return line


def _toggle(words: str, name: str, label: str) -> QToolButton:
    toggle = QToolButton()
    toggle.setText(label)
    toggle.setCheckable(True)
    toggle.setObjectName(name)
    toggle.setProperty("role", "toggle")
    toggle.setAccessibleName(words)
    toggle.setToolTip(words)
    return toggle
