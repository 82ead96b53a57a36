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
        self.hide()

    def show_syntax(self, syntax: Syntax) -> None:
        """Show what was found."""
        is_known = syntax.is_error or syntax.state is SyntaxState.PARSES
        self.setText(f"error in line {syntax.line}" if syntax.is_error else "parses")
        self.setToolTip(syntax.message if syntax.is_error else "The code parses")
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(syntax.message)
        tone = "error" if syntax.is_error else ""
        if tone != (self.property("tone") or ""):
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(is_known)
