"""What is known of a tab of code before its editors are made, and how those are filled."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.tab_places import AT_START, TabPlace
from app.ui.widgets.code.code_editor import CodeEditor

_LARGE = 20_000  # characters that take more than a slice


@dataclass(slots=True)
class TabFacts:
    """What is known of a tab, also before its editors are made."""

    is_staying: bool = False
    has_file: bool = False
    is_edited: bool = False  # while its editors are not made
    line_end: str = "LF"
    encoding: str = "utf-8"
    is_exact: bool = True
    language: tuple[str, tuple[str, str]] | None = None
    place: TabPlace = AT_START


@dataclass(slots=True)
class WaitingTab:
    """A tab whose editors are not made yet: nobody has seen it. `is_open` while it is written."""

    title: str
    language: str
    comment: tuple[str, str]
    texts: list[tuple[str, str | None]]
    is_open: bool = False
    written: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Say that it is whole."""
        if self.is_open:
            self.texts, self.is_open = [("".join(self.written), None)], False


def fill(editor: CodeEditor, text: str, own: str | None) -> None:
    """Show a version's text, and the user's where that differs; from then on it may be edited."""
    is_own = own is not None and own != text
    if is_own and own is not None and len(text) + len(own) > _LARGE:
        editor.set_text(own, is_edited=True)  # in slices, so there is nothing to undo
        editor.set_editable()
        return
    editor.set_text(text)
    editor.set_editable()
    if is_own and own is not None:
        editor.replace_text(own)


def speak(editor: CodeEditor, language: str, comment: tuple[str, str]) -> None:
    """Colour and comment a whole text as a language."""
    editor.set_language(language)
    editor.set_comment(*comment)
    editor.finish()
