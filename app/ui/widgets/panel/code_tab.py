"""One tab of the code panel: the versions of a piece of code, each in an editor of its own.

A new version never touches an older one, so nothing that the user typed is overwritten. A change
that is proposed for a version stands beside it until the user takes it over, hunk by hunk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.core.hunks import Hunk, lines_of
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.code.diff_view import DiffView


class CodeTab(QWidget):
    """Shows one version at a time, or how a version differs from the one before."""

    editor_shown = Signal()
    compare_requested = Signal(str, str)  # the older text, the newer text

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self._versions: list[CodeEditor | Callable[[], CodeEditor]] = []
        self._shown = 0
        self._proposed: str | None = None
        self._compared = ""
        self._stack = QStackedWidget()
        self._diff = DiffView()
        self._diff.closed.connect(self._drop_proposal)
        self._diff.hunk_accepted.connect(self._accept)
        self._diff.hunk_rejected.connect(self._reject)
        self._diff.all_accepted.connect(self._accept_all)
        self._stack.addWidget(self._diff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)

    @property
    def editor(self) -> CodeEditor:
        """Return the editor of the version that is shown."""
        return self.version(self._shown)

    @property
    def newest(self) -> CodeEditor:
        """Return the editor of the newest version."""
        return self.version(len(self._versions) - 1)

    @property
    def editors(self) -> list[CodeEditor]:
        """Return the editors that were made so far."""
        return [editor for editor in self._versions if isinstance(editor, CodeEditor)]

    @property
    def shown(self) -> int:
        """Return which version is shown, counted from 0."""
        return self._shown

    @property
    def count(self) -> int:
        """Return how many versions there are."""
        return len(self._versions)

    @property
    def is_edited(self) -> bool:
        """Tell whether the user changed a version since it came or was saved."""
        return any(editor.is_edited for editor in self.editors)

    def version(self, number: int) -> CodeEditor:
        """Return the editor of a version, counted from 0; one that was never needed is made now."""
        found = self._versions[number]
        if not isinstance(found, CodeEditor):
            found = self._versions[number] = found()
            self._stack.addWidget(found)
        return found

    def number_of(self, editor: CodeEditor) -> int:
        """Return which version an editor holds, counted from 0; -1 where it is none of these."""
        return self._versions.index(editor) if editor in self._versions else -1

    @property
    def is_comparing(self) -> bool:
        """Tell whether the differences are shown in place of an editor."""
        return self._stack.currentWidget() is self._diff

    def add_version(self, editor: CodeEditor) -> None:
        """Show a new version, after those there are."""
        self._versions.append(editor)
        self._stack.addWidget(editor)
        self.show_version(len(self._versions) - 1)

    def add_waiting(self, make: Callable[[], CodeEditor]) -> None:
        """Add a version after those there are, whose editor is made when it is needed."""
        self._versions.append(make)

    def show_version(self, number: int) -> None:
        """Show a version, counted from 0."""
        self._proposed = None
        self._shown = min(max(number, 0), len(self._versions) - 1)
        self._show_editor()

    def propose(self, text: str) -> None:
        """Propose `text` in place of the shown version's; nothing changes until it is taken."""
        self._proposed = text
        self.compare()

    def compare(self) -> None:
        """Ask how the shown version differs from what is proposed, or from the one before."""
        if self._proposed is not None:
            self.compare_requested.emit(self.editor.text(), self._proposed)
        elif self._shown > 0:
            before = self.version(self._shown - 1)
            self.compare_requested.emit(before.text(), self.editor.text())

    def show_difference(self, old: str, hunks: Sequence[Hunk]) -> None:
        """Show how `old`, the shown version or the one before, differs from what is newer."""
        is_proposal = self._proposed is not None
        if is_proposal and self.is_comparing and not hunks:
            self._drop_proposal()  # every hunk was decided on
            return
        self._compared = old
        self._diff.show_hunks(old, hunks, is_proposal=is_proposal)
        self._stack.setCurrentWidget(self._diff)

    @property
    def _changing(self) -> CodeEditor:
        """Return the editor that takes changes over."""
        return self.editor if self._proposed is not None else self.version(self._shown - 1)

    def _accept(self, hunk: Hunk) -> None:
        """Take a change over, as one step that can be undone."""
        if self._changing.text() == self._compared:  # else its lines are elsewhere by now
            self._changing.replace_lines(hunk.old_start, hunk.old_end, "".join(hunk.new_lines))
        self.compare()

    def _reject(self, hunk: Hunk) -> None:
        if self._proposed is not None:
            lines = lines_of(self._proposed)
            lines[hunk.new_start : hunk.new_end] = hunk.old_lines
            self.propose("".join(lines))

    def _accept_all(self) -> None:
        new = self._proposed if self._proposed is not None else self.editor.text()
        if self._changing.text() == self._compared:
            self._changing.replace_text(new)
        self.compare()

    def _drop_proposal(self) -> None:
        self._proposed = None
        self._show_editor()

    def _show_editor(self) -> None:
        self._stack.setCurrentWidget(self.editor)
        self.editor_shown.emit()

    def step(self, by: int) -> None:
        """Show the version before or after."""
        self.show_version(self._shown + by)
