"""The line at the foot of the window: offline, context, speed, memory."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.core.context import ContextPart
from app.ui.widgets.amounts import tokens_text
from app.ui.widgets.context_meter import ContextMeter
from app.ui.widgets.elided import Elided

HEIGHT_PX = 30
_OFFLINE = "Offline: nothing leaves this computer"


class StatusLine(QFrame):
    """Small facts, always in the same places; what is not known is not shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setMinimumHeight(HEIGHT_PX)
        self._offline = _label("offlineBadge", "Whether anything leaves this computer")
        self.meter = ContextMeter()
        self._context = _label("contextText", "Tokens used of the context")
        self._speed = _label("speedLabel", "Speed of the answer")
        self._memory = _label("memoryLabel", "Memory in use on this computer, by all programs")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(18)
        row.addWidget(self._offline)
        row.addWidget(self.meter)
        row.addWidget(self._context)
        row.addWidget(self._speed)
        row.addStretch(1)
        row.addWidget(self._memory)
        self.set_offline(is_offline=True)
        self.set_activity("")
        self.set_memory(0, 0)
        self.set_context([], total=0)

    def set_offline(self, *, is_offline: bool) -> None:
        """Say whether the program may reach the network."""
        self._offline_words = _OFFLINE if is_offline else "Online"
        _say(self._offline, f"●  {self._offline_words}")
        self._offline.setAccessibleName(self._offline_words)
        self._offline.setProperty("tone", "" if is_offline else "warning")
        self._offline.style().polish(self._offline)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Say less where not all fits: the badge's first word says it."""
        others = self._row.sizeHint().width() - self._offline.sizeHint().width()
        whole = f"●  {self._offline_words}"
        is_whole = self._offline.fontMetrics().horizontalAdvance(whole) <= self.width() - others
        words = whole if is_whole else whole.partition(":")[0]
        if words != self._offline.text():
            self._offline.setText(words)

    def set_context(
        self, parts: Sequence[ContextPart], *, total: int, left_out_tokens: int = 0
    ) -> None:
        """Show the parts of the context in use, in tokens, of `total`; 0 hides it."""
        used = sum(part.tokens for part in parts)
        self.meter.show_parts(parts, total=total, left_out_tokens=left_out_tokens)
        self.meter.setVisible(total > 0)
        left_out = f", {left_out_tokens:,} left out" if left_out_tokens else ""
        _say(self._context, f"{used:,} of {tokens_text(total)}{left_out}" if total else "")
        self._context.setToolTip(self.meter.toolTip())
        self._fit()
        tone = "warning" if used > total else ""
        if tone != self._context.property("tone"):  # ten times a second: polishing takes its time
            self._context.setProperty("tone", tone)
            self._context.style().polish(self._context)

    def set_speed(self, tokens_per_s: float, first_token_s: float, *, is_writing: bool) -> None:
        """Show how fast the answer is or was written; zeros are left out."""
        verb = "Writing" if is_writing else "Wrote"
        parts = []
        if tokens_per_s:
            parts.append(f"{verb} {tokens_per_s:.1f} tok/s")
        if first_token_s:
            short = "< 0.1" if first_token_s < 0.1 else f"{first_token_s:.1f}"
            parts.append(f"first token {short} s")
        _say(self._speed, " · ".join(parts))
        self._fit()

    def set_activity(self, text: str) -> None:
        """Say what happens, in the place of the speed."""
        _say(self._speed, text)

    def set_memory(self, used_bytes: int, total_bytes: int) -> None:
        """Show the memory in use on this computer; a total of 0 hides it."""
        words = f"RAM {used_bytes / 1e9:.1f} of {total_bytes / 1e9:.0f} GB"
        _say(self._memory, words if total_bytes else "")
        self._fit()


def _label(name: str, tip: str) -> QLabel:
    label = Elided()
    label.setObjectName(name)
    label.setToolTip(tip)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setAccessibleName(text)
    label.setVisible(bool(text))
