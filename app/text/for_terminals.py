"""What may reach a terminal of text that comes from outside: characters, never commands.

A model's answer, its name, a file's name or another program's message can hold sequences that set
the window's title, write the clipboard, make the terminal type, or overwrite and reorder what
stands on the screen. Nothing is dropped in silence: each such character is shown by its name, as
`cat -v` and `less` do (`^[` for escape, `<U+202E>` for a bidi override).
"""

from __future__ import annotations

import re

from app.text.characters import byte_kept

# C0 but tab and line feed, delete and C1; what reorders text (Unicode's explicit bidi marks, the
# deprecated ones too); separators that some terminals take for line ends; and lone surrogates,
# which stand for bytes of a file's name that are no text.
_REORDERING = "\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u206f\\ufff9-\\ufffb\\ud800-\\udfff"
_UNSAFE = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{_REORDERING}]")
_OUT_OF_ORDER = re.compile(f"[{_REORDERING}]")
_STAND_IN = "\ufffd"
_ENDS = re.compile("[\\n\\t]")


class TerminalText:
    """Makes the pieces of one stream safe, wherever they are cut."""

    def __init__(self) -> None:
        self._held = ""  # a carriage return that may be half of a line end

    def feed(self, piece: str) -> str:
        """Return what may be written now."""
        text = self._held + piece
        self._held = "\r" if text.endswith("\r") else ""
        return shown(text.removesuffix(self._held) if self._held else text)


def shown(text: str) -> str:
    """Return a text as a terminal may have it: lines and tabs stay, Windows' line ends too."""
    return _UNSAFE.sub(_name, text.replace("\r\n", "\n"))


def in_one_line(text: str) -> str:
    """Return a text, such as a model's name, that can neither end its line nor indent it."""
    return _ENDS.sub(_name, shown(text))


def in_order(text: str) -> str:
    """Return a text of the same length without marks that reorder it; controls stay."""
    return _OUT_OF_ORDER.sub(_STAND_IN, text)


def _name(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return f"^{chr(code + 0x40)}"
    if code == 0x7F:
        return "^?"
    byte = byte_kept(match[0])
    if byte is not None:
        return f"\\x{byte:02x}"
    return f"<U+{code:04X}>"
