"""The row of buttons over the code: which version this is, and what can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.core.commands import COMPARE, COPY_CODE, OPEN_OUTSIDE, SAVE, SAVE_SNIPPET
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.icons import IconButton, icon, icon_px
from app.ui.widgets.look.palette import colours, is_theme_change

_MARGIN_PX = 10
_GAP_PX = 4


class CodeTools(QFrame):
    """Buttons with words; where the panel is narrow they keep their icons alone."""

    step_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("codeTools")
        self.setMinimumHeight(43)
        self._versions = QFrame()
        self._versions.setObjectName("versions")
        self.before = IconButton("chevron-left", "Previous version", object_name="codeBefore")
        self.after = IconButton("chevron-right", "Next version", object_name="codeAfter")
        self.before.clicked.connect(partial(self.step_requested.emit, -1))
        self.after.clicked.connect(partial(self.step_requested.emit, 1))
        self._version = QLabel()
        self._version.setObjectName("versionLabel")
        pill = QHBoxLayout(self._versions)
        pill.setContentsMargins(2, 0, 2, 0)
        pill.setSpacing(0)
        for widget in (self.before, self._version, self.after):
            pill.addWidget(widget)
        self.compare = Tool("diff", "Compare", "compareVersions")
        self.compare.set_tip(tooltip(COMPARE))
        self.copy = Tool("copy", "Copy", "copyCode")
        self.copy.setAccessibleName("Copy code")
        self.copy.set_tip(tooltip(COPY_CODE))
        self.open_outside = Tool("external", "Open in your editor", "openInEditor")
        self.open_outside.set_tip(tooltip(OPEN_OUTSIDE))
        self.save = Tool("download", "Save as…", "saveCode")
        self.save.set_tip(tooltip(SAVE, "Save as a file"))
        self.keep = IconButton(
            "bookmark",
            tooltip(SAVE_SNIPPET),
            object_name="keepSnippet",
        )
        self._with_keys: tuple[QWidget, ...] = (self.keep, self.open_outside, self.save)
        """What goes where icons alone are too many: the command palette has it too."""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
        self._row.setSpacing(_GAP_PX)
        self._row.addWidget(self._versions, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.compare)
        self._row.addStretch(1)
        self._row.addWidget(self.keep)
        for tool in (self.copy, self.open_outside, self.save):
            self._row.addWidget(tool)
        self.show_version(0, 1)

    def add(self, widget: QWidget) -> None:
        """Place a small button before those with words."""
        self._row.insertWidget(self._row.indexOf(self.keep), widget)
        self._with_keys = (*self._with_keys, widget)

    def show_version(self, number: int, count: int) -> None:
        """Show which version is shown, counted from 0; a single one needs no word."""
        self._number, self._count = number, count
        self._versions.setVisible(count > 1)
        self.compare.setVisible(count > 1)
        self.before.setEnabled(number > 0)
        self.after.setEnabled(number < count - 1)
        self.compare.setEnabled(number > 0)
        self.compare.setAccessibleName(f"Compare with version {max(number, 1)}")
        self._fit()

    def name_editor(self, name: str) -> None:
        """Say which editor code is opened in; empty: none was found yet."""
        self.open_outside.set_words(f"Open in {name or 'your editor'}")
        self._fit()

    def set_saved(self, *, has_file: bool) -> None:
        """Say whether saving has a place already."""
        words = "Save" if has_file else "Save as…"
        if words != self.save.accessibleName():
            self.save.set_words(words)
            self.save.set_tip(tooltip(SAVE, "Save" if has_file else "Save as a file"))
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Leave words out, from the least needed on, until all has room."""
        tools = (self.save, self.open_outside, self.compare, self.copy)
        for tool in tools:
            tool.set_narrow(is_narrow=False)
        for extra in self._with_keys:
            extra.show()
        self._version.setText(f"Version {self._number + 1} of {self._count}")
        for tool in tools:
            if self._row.sizeHint().width() <= self.width():
                return
            if not tool.isHidden():
                tool.set_narrow(is_narrow=True)
                self._row.invalidate()
        if self._row.sizeHint().width() > self.width():
            self._version.setText(f"{self._number + 1}/{self._count}")
            self._row.invalidate()
        for extra in self._with_keys:
            extra.setVisible(self._row.sizeHint().width() <= self.width())
            self._row.invalidate()


class Tool(QPushButton):
    """A button with words, or with its icon where there is no room for words."""

    def __init__(self, icon_name: str, words: str, name: str) -> None:
        super().__init__(words)
        self.setObjectName(name)
        self.setProperty("role", "tool")
        self._icon_name, self._words, self._is_narrow = icon_name, words, False
        self.setAccessibleName(words)
        self.setToolTip(words)
        self._tip = ""

    def set_tip(self, tip: str) -> None:
        """Say more than the words do, for a pointer that rests here."""
        self._tip = tip
        self.setToolTip(tip)

    def set_words(self, words: str) -> None:
        """Say something else."""
        if self._words != words:
            self._words = words
            self.setAccessibleName(words)
            self._show()

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Show the icon alone, or the words alone."""
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event) and hasattr(self, "_tip"):
            self._show()

    def _show(self) -> None:
        self.setText("" if self._is_narrow else self._words)
        if self._is_narrow:
            self.setIconSize(QSize(icon_px(), icon_px()))
            self.setIcon(icon(self._icon_name, colours().muted))
            self.setToolTip(f"{self._words}: {self._tip}" if self._tip else self._words)
        else:
            self.setIcon(QIcon())
            self.setToolTip(self._tip or self._words)
