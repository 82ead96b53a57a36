"""The line at the foot of the window: offline, context, speed, memory."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.core.context import ContextPart
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.look.amounts import tokens_text
from app.ui.widgets.status.context_meter import ContextMeter

HEIGHT_PX = 30
_MARGIN_PX = 14
_OFFLINE = "Offline: nothing leaves this computer"
_METER = "contextMeter"
_SHORTER = (
    "offlineBadge", "speedLabel", _METER, "contextText", "memoryLabel", "speedLabel", "contextText",
)  # fmt: skip
"""What says less, step by step, where there is little room: names of its parts, the least needed
first. The meter goes before the words beside it, which say the same."""


class StatusLine(QFrame):
    """Small facts, always in the same places; what is not known is not shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setMinimumHeight(HEIGHT_PX)
        self._forms: dict[QLabel, tuple[str, ...]] = {}
        self._total = 0
        self._offline = _label("offlineBadge", "Shows whether anything leaves this computer")
        self.meter = ContextMeter()
        self._context = _label("contextText", "Tokens used of the context")
        self._speed = _label("speedLabel", "Speed of the answer")
        self._memory = _label("memoryLabel", "Memory in use on this computer, by all programs")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
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
        words = _OFFLINE if is_offline else "Online"
        self._say(self._offline, f"●  {words}", f"●  {words.partition(':')[0]}")
        self._offline.setAccessibleName(words)
        self._offline.setProperty("tone", "" if is_offline else "warning")
        self._offline.style().polish(self._offline)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Say less where not all fits, what matters least first."""
        steps = next(
            (count for count in range(len(_SHORTER)) if self._width(count) <= self.width()),
            len(_SHORTER),
        )
        self.meter.setVisible(self._total > 0 and _METER not in _SHORTER[:steps])
        for label, words in self._words(steps).items():
            label.setText(words)
            label.setVisible(bool(words))

    def _words(self, steps: int) -> dict[QLabel, str]:
        """Return what each label says after so many steps towards less."""
        gone = _SHORTER[:steps]
        return {
            label: forms[min(gone.count(label.objectName()), len(forms) - 1)]
            for label, forms in self._forms.items()
        }

    def _width(self, steps: int) -> int:
        words = [(label, text) for label, text in self._words(steps).items() if text]
        widths = [label.fontMetrics().horizontalAdvance(text) + 1 for label, text in words]
        if self._total > 0 and _METER not in _SHORTER[:steps]:
            widths.append(self.meter.sizeHint().width())
        return sum(widths) + len(widths) * self._row.spacing() + 2 * _MARGIN_PX

    def _say(self, label: QLabel, *forms: str) -> None:
        """Let a label say the first of these, or a later, shorter one where it must."""
        label.setAccessibleName(forms[0])
        self._forms[label] = forms
        self._fit()

    def set_context(
        self, parts: Sequence[ContextPart], *, total: int, left_out_tokens: int = 0
    ) -> None:
        """Show the parts of the context in use, in tokens, of `total`; 0 hides it."""
        used = sum(part.tokens for part in parts)
        self.meter.show_parts(parts, total=total, left_out_tokens=left_out_tokens)
        self._total = total
        left_out = f", {left_out_tokens:,} left out" if left_out_tokens else ""
        self._context.setToolTip(self.meter.toolTip())
        whole = f"{used:,} of {tokens_text(total)}{left_out}"
        self._say(self._context, *((whole, f"{used:,} of {total:,}", "") if total else ("",)))
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
        self._speed.setToolTip(" · ".join(parts))
        self._say(self._speed, " · ".join(parts), parts[0] if parts else "", "")

    def set_activity(self, text: str) -> None:
        """Say what happens, in the place of the speed."""
        self._speed.setToolTip(text)
        self._say(self._speed, text)

    def set_memory(self, used_bytes: int, total_bytes: int) -> None:
        """Show the memory in use on this computer; a total of 0 hides it."""
        words = f"RAM {used_bytes / 1e9:.1f} of {total_bytes / 1e9:.0f} GB"
        self._say(self._memory, *((words, "") if total_bytes else ("",)))


def _label(name: str, tip: str) -> QLabel:
    label = Elided()
    label.setObjectName(name)
    label.setToolTip(tip)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
