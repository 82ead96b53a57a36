"""Files that go with a question, as chips: above the draft, and in a message that was sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.core.attachments import Attached
from app.ui.widgets.code.file_dialog import FileDialog
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.controls.flow_layout import FlowLayout
from app.ui.widgets.controls.parting import part_with
from app.ui.widgets.controls.pill import Pill
from app.ui.widgets.look.amounts import tokens_text
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.look.icons import IconButton

MOST_CHIPS = 6
_WIDEST_NAME_PX = 260


class Attachments(QWidget):
    """Chips above the draft, in as many rows as they need; hidden while there are none."""

    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attachments")
        self.setAccessibleName("Attached files")
        self._flow = FlowLayout(self)
        self.hide()

    def show_files(self, attached: Sequence[Attached]) -> None:
        """Show what is attached, with token counts; 0 tokens: not counted yet.

        Beyond so many chips the rest is one, so that the draft is never pushed away.
        """
        _clear(self._flow)
        shown = attached if len(attached) <= MOST_CHIPS else attached[: MOST_CHIPS - 1]
        for number, one in enumerate(shown):
            self._add(one, _amount(one), [number])
        rest = attached[len(shown) :]
        if rest:
            files = tuple(file for one in rest for file in one.files)
            tokens = sum(one.tokens for one in rest) if all(one.tokens for one in rest) else 0
            more = Attached(f"{len(rest)} more", files, tokens=tokens)
            last_first = range(len(attached) - 1, len(shown) - 1, -1)
            self._add(more, _amount(more), list(last_first))
        self.setVisible(bool(attached))
        self.updateGeometry()

    def _add(self, one: Attached, amount: str, numbers: Sequence[int]) -> None:
        chip = Chip(one, amount, can_remove=True)
        chip.remove_requested.connect(partial(self._remove, numbers))
        self._flow.addWidget(chip)
        chip.show()

    def _remove(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.removed.emit(number)


class SentFiles(QWidget):
    """The files of a message that was sent."""

    def __init__(self, attached: Sequence[Attached], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sentFiles")
        self.setAccessibleName("Attached files")
        flow = FlowLayout(self)
        for one in attached:
            flow.addWidget(Chip(one, _amount(one)))


class Chip(QFrame):
    """One file or folder. A click shows what is in it; the cross takes it away."""

    remove_requested = Signal()

    def __init__(self, attached: Attached, amount: str, *, can_remove: bool = False) -> None:
        super().__init__()
        self.setObjectName("chip")
        self._attached = attached
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2 if can_remove else 0, 0)
        row.setSpacing(0)
        row.addWidget(self._words(amount))
        if can_remove:
            remove = IconButton("close", f"Remove {attached.name}", object_name="removeAttachment")
            remove.setProperty("role", "chipRemove")
            remove.clicked.connect(self.remove_requested)
            row.addWidget(remove)

    def _words(self, amount: str) -> QPushButton:
        words = _ChipWords()
        words.setObjectName("openAttachment")
        words.setProperty("role", "chip")
        name = Elided(self._attached.name, is_file_name=True)
        name.setProperty("role", "chipName")
        name.setMaximumWidth(scaled(_WIDEST_NAME_PX))
        words.row.addWidget(name)
        if amount:
            tokens = QLabel(amount)
            tokens.setProperty("role", "small")
            words.row.addWidget(tokens)
        words.setAccessibleName(f"{self._attached.name}, {amount}".removesuffix(", "))
        files = [file.name for file in self._attached.files]
        more = [f"and {len(files) - 20} more"] if len(files) > 20 else []
        words.setToolTip("\n".join([*files[:20], *more]))
        words.clicked.connect(self._open)
        return words

    def _open(self) -> None:
        FileDialog(self._attached.name, self._attached.files, self.window()).open()


class _ChipWords(Pill):
    height_px = 24

    def __init__(self) -> None:
        super().__init__()
        self.row.setContentsMargins(8, 0, 8, 0)
        self.row.setSpacing(6)


def _amount(one: Attached) -> str:
    """Say how much it is: in tokens where they are counted, in lines where it was sent."""
    files = f"{len(one.files)} files" if len(one.files) > 1 else ""
    if one.root is None and not one.tokens:
        lines = sum(file.text.count("\n") + (not file.text.endswith("\n")) for file in one.files)
        size = "1 line" if lines == 1 else f"{lines:,} lines"
    else:
        size = tokens_text(one.tokens) if one.tokens else ""
    return ", ".join(part for part in (files, size) if part)


def _clear(flow: FlowLayout) -> None:
    while (item := flow.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            part_with(widget)
