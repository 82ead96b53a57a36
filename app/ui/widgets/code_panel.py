"""The code panel: a tab for each code block of the open chat, filled as the answer streams."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.ui.widgets.code_view import CodeView
from app.ui.widgets.syntax import language_label

FLUSH_MS = 33
_COPIED_MS = 1200
_EMPTY = "Code from the answers appears here.\nAsk for some, or pick an example."


class CodePanel(QFrame):
    """Editors in tabs. `open_tab`, `append` and `close_tab` follow a block as it is written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePanel")
        self.setAccessibleName("Code panel")
        self._pending: dict[CodeView, list[str]] = {}
        self._views: list[CodeView] = []
        self._flush_timer = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._flush_timer.timeout.connect(self.flush)
        self.tabs = self._make_tabs()
        self.copy = self._make_copy()
        self._stack = QStackedWidget()
        self._empty = self._make_empty()
        self._stack.addWidget(self._empty)
        self._status = QLabel()
        self._status.setObjectName("syntaxStatus")
        self._status.setAccessibleName("Language and position")
        self._lay_out()
        self._show_current(-1)

    # --- what the presenter says ---------------------------------------------------------

    def open_tab(self, title: str, language: str) -> int:
        """Open a tab, show it, and return its number."""
        view = CodeView(line_numbers=True)
        view.setObjectName("codeEditor")
        view.setAccessibleName(f"Code, {title}")
        view.set_language(language)
        view.cursorPositionChanged.connect(self._show_status)
        self._views.append(view)
        self._stack.addWidget(view)
        number = self.tabs.addTab(title)
        self.tabs.setCurrentIndex(number)
        return number

    def append(self, number: int, text: str) -> None:
        """Add text to a tab; it appears at the next flush."""
        self._pending.setdefault(self._views[number], []).append(text)
        if not self._flush_timer.isActive():
            self._flush_timer.start()

    def name_tab(self, number: int, title: str) -> None:
        """Give a tab its title, once the code says what it is."""
        self.tabs.setTabText(number, title)
        self._views[number].setAccessibleName(f"Code, {title}")

    def close_block(self, number: int) -> None:
        """Say that the block is whole: it is coloured as a whole and may be edited."""
        self.flush()
        view = self._views[number]
        view.finish()
        view.setReadOnly(False)
        view.setUndoRedoEnabled(True)

    def clear(self) -> None:
        """Close every tab: another chat is shown."""
        self._pending.clear()
        while self.tabs.count():
            self.tabs.removeTab(0)
        for view in self._views:
            self._stack.removeWidget(view)
            view.deleteLater()
        self._views.clear()
        self._show_current(-1)

    def flush(self) -> None:
        """Show what was appended."""
        self._flush_timer.stop()
        for view, texts in self._pending.items():
            bar = view.verticalScrollBar()
            was_at_end = bar.value() >= bar.maximum()
            view.append_text("".join(texts))
            if was_at_end:
                bar.setValue(bar.maximum())
        self._pending.clear()
        self._show_status()

    # --- what the user sees --------------------------------------------------------------

    def text(self) -> str:
        """Return the text of the tab that is shown."""
        view = self._current()
        return view.text() if view is not None else ""

    def copy_code(self) -> None:
        """Put the shown tab's text, exactly as it is, on the clipboard."""
        self.flush()
        QGuiApplication.clipboard().setText(self.text())
        self.copy.setText("Copied")
        QTimer.singleShot(_COPIED_MS, self, lambda: self.copy.setText("Copy"))

    def _current(self) -> CodeView | None:
        index = self.tabs.currentIndex()
        return self._views[index] if 0 <= index < len(self._views) else None

    def _show_current(self, _index: int) -> None:
        view = self._current()
        self._stack.setCurrentWidget(view if view is not None else self._empty)
        self.copy.setEnabled(view is not None)
        self.tabs.setVisible(view is not None)
        self._show_status()

    def _show_status(self) -> None:
        view = self._current()
        if view is None:
            self._status.setText("")
            return
        cursor = view.textCursor()
        place = f"Ln {cursor.blockNumber() + 1}, Col {cursor.positionInBlock() + 1}"
        language = language_label(view.language) or "Plain text"
        self._status.setText(f"{language}     {place}     LF     UTF-8")

    # --- building ------------------------------------------------------------------------

    def _make_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("codeTabs")
        tabs.setAccessibleName("Code blocks")
        tabs.setToolTip("The code blocks of this chat")
        tabs.setExpanding(False)
        tabs.setDrawBase(False)
        tabs.setUsesScrollButtons(True)
        tabs.currentChanged.connect(self._show_current)
        return tabs

    def _make_copy(self) -> QPushButton:
        copy = QPushButton("Copy")
        copy.setObjectName("copyCode")
        copy.setAccessibleName("Copy code")
        copy.setToolTip("Copy this tab's code (Ctrl+Shift+C)")
        copy.setShortcut(QKeySequence("Ctrl+Shift+C"))
        copy.clicked.connect(self.copy_code)
        return copy

    def _make_empty(self) -> QLabel:
        empty = QLabel(_EMPTY)
        empty.setObjectName("codePanelEmpty")
        empty.setProperty("role", "muted")
        empty.setContentsMargins(24, 24, 24, 24)
        empty.setWordWrap(True)
        return empty

    def _lay_out(self) -> None:
        head = QFrame()
        head.setObjectName("codePanelHead")
        head.setFixedHeight(52)
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 0, 12, 0)
        row.addWidget(self.tabs, 1)
        row.addStretch()
        row.addWidget(self.copy)
        foot = QFrame()
        foot.setObjectName("codePanelFoot")
        foot.setFixedHeight(30)
        foot_row = QHBoxLayout(foot)
        foot_row.setContentsMargins(12, 0, 12, 0)
        foot_row.addWidget(self._status)
        foot_row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._stack, 1)
        column.addWidget(foot)
