"""Starwright: StarCoder 2 on one's own machine, in a window, in the terminal and over HTTP."""

__version__ = "0.1.0"
