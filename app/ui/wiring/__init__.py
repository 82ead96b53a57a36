"""Introduces the window to its presenters: who tells whom what."""
