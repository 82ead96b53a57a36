"""The small word beside a code block's language that says whether it parses."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from app.core.syntax import Syntax, SyntaxState


class SyntaxBadge(QLabel):
    """`parses`, or the line of the first error; hidden where nothing is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("syntaxBadge")
        self.setProperty("role", "badge")
        self._forms = ("", "")
        self._is_short = False
        self.hide()

    def show_syntax(self, syntax: Syntax) -> None:
        """Show what was found."""
        is_known = syntax.is_error or syntax.state is SyntaxState.PARSES
        whole = f"error in line {syntax.line}" if syntax.is_error else "parses"
        self._forms = (whole, f"line {syntax.line}" if syntax.is_error else "✓")
        self.set_short(is_short=self._is_short)
        self.setToolTip(syntax.message if syntax.is_error else "No syntax errors")
        self.setAccessibleName(whole)
        self.setAccessibleDescription(syntax.message)
        tone = "error" if syntax.is_error else ""
        if tone != (self.property("tone") or ""):
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(is_known)

    def set_short(self, *, is_short: bool) -> None:
        """Say it in fewer letters where there is little room."""
        self._is_short = is_short
        self.setText(self._forms[is_short])
