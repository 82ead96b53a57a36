"""Puts something into the column in which the conversation and the composer stand."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.widgets.look.measures import COLUMN_PX, MARGIN_PX


def in_column(widget: QWidget) -> QWidget:
    """Return a row that holds `widget` in the middle; it has no height while that is hidden."""
    row = QWidget()
    inside = QHBoxLayout(row)
    inside.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 0)
    inside.addStretch(1)
    widget.setMaximumWidth(COLUMN_PX)
    inside.addWidget(widget, 1000)
    inside.addStretch(1)
    return row
