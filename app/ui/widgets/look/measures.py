"""Measures that more than one place keeps to, in pixels."""

from __future__ import annotations

COLUMN_PX = 760
"""The widest that the column of conversation and composer gets."""
MARGIN_PX = 28
"""What the column keeps at its left and right."""
