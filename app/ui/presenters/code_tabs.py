"""Which code belongs together: the blocks of answers, kept as versions of tabs. Pure.

A block about the same code as a tab of an earlier answer is that tab's next version: it defines
the same name, or most of its lines are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.core.chats import StoredMessage
from app.core.messages import Role
from app.services.source_files import PLAIN, TextFormat
from app.text.detection import GENERAL, detect
from app.text.file_names import suggested_path
from app.text.hunks import line_counts, similarity
from app.text.languages import Language, language_of_fence
from app.text.markdown.whole import code_blocks
from app.text.names import NAMED_WITHIN, first_defined

SAME_CODE = 0.5
"""Share of lines from which on a block counts as a new version of a tab."""
MOST_TABS = 30
"""Tabs that a chat opens with, the newest; older code is a click away in its message."""

Source = tuple[int, int]
"""Where code comes from: a message's id, and which of its blocks, counted from 0."""


@dataclass(slots=True)
class Tab:
    """A tab: its versions' sources and the texts that the model gave them, oldest first.

    `edits` are the texts that the user made of versions, by their number from 0.
    """

    info: str
    title: str
    sources: list[Source] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    key: int = -1
    is_named: bool = False
    path: Path | None = None
    form: TextFormat = PLAIN
    lines: Counter[str] = field(default_factory=Counter)
    edits: dict[int, str] = field(default_factory=dict)
    shown_of: int | None = None
    """The message of a block that the user sent to the panel, which has no source."""
    name: str = ""
    """What the code defines first; a later block that defines it too is the next version."""
    growing: list[str] = field(default_factory=list)
    """What was written to the newest text since that was last looked at."""
    told: Language | None = None
    """What the content says, where the fence says nothing or too little."""

    @property
    def texts(self) -> list[str]:
        """Return the texts that the model gave its versions, oldest first."""
        if self.growing:
            self.stored[-1] += "".join(self.growing)
            self.growing.clear()
        return self.stored

    @property
    def language(self) -> Language | None:
        """Return the language that the content or the fence tells."""
        return self.told or language_of_fence(self.info)

    @property
    def label(self) -> str:
        """Return the language's label, or the fence's own word where that is unknown."""
        return self.language.label if self.language else self.info.strip().lower()

    @property
    def is_told_by_content(self) -> bool:
        """Tell whether its content is worth a look: the fence says nothing, or only YAML."""
        return not self.info.strip() or self.label in GENERAL

    @property
    def text(self) -> str:
        """Return the newest version as it is now."""
        newest = len(self.texts) - 1
        return self.edits.get(newest, self.texts[newest])

    @property
    def extension(self) -> str:
        """Return the ending of a file in this language."""
        return self.language.extension if self.language else ".txt"

    @property
    def comment(self) -> tuple[str, str]:
        """Return what begins and ends a line comment."""
        language = self.language
        return (language.comment, language.comment_end) if language else ("#", "")

    def settle(self) -> None:
        """Count the newest text's lines; call it once the text is whole."""
        self.lines = line_counts(self.texts[-1])


def new_tab(number: int, info: str) -> Tab:
    """Return a tab for a block that just opened; `number` makes its first title."""
    tab = Tab(info, "", stored=[""])
    tab.title = suggested_title(tab) or f"code-{number}{tab.extension}"
    return tab


def defined_name(tab: Tab, *, is_whole: bool = False) -> str:
    """Return what the code so far defines first, empty where it defines nothing yet."""
    text = tab.texts[-1][:NAMED_WITHIN]
    if not is_whole:
        lines, newline, _ = text.rpartition("\n")
        text = lines + newline
    return first_defined(text)


def suggested_title(tab: Tab) -> str:
    """Return the file name that the code so far suggests, empty where it suggests none."""
    path = suggested_path(tab.language, tab.texts[-1], tab.name)
    if not path and tab.name:
        path = f"{tab.name}{tab.extension}"
    return path.rpartition("/")[2]


def look_at(tab: Tab) -> Language | None:
    """Return what the content of a tab's newest text says it is. Some milliseconds: in a thread."""
    return detect(tab.texts[-1], fence=tab.info)


def named(tabs: Sequence[Tab], tab: Tab, name: str) -> Tab | None:
    """Return the earlier tab that defines the same name, of which `tab` is a version."""
    found = [other for other in _earlier(tabs, tab) if other.name == name]
    return found[-1] if found else None


def alike(tabs: Sequence[Tab], tab: Tab) -> Tab | None:
    """Return the earlier tab that shares most lines with `tab`, which is whole."""
    likeness = [(similarity(other.lines, tab.lines), other) for other in _earlier(tabs, tab)]
    best = max(likeness, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] >= SAME_CODE else None


def merge(tab: Tab, into: Tab) -> None:
    """Make a tab's text the next version of another one."""
    into.sources += tab.sources
    into.stored = [*into.texts, *tab.texts]
    into.lines = tab.lines


def tabs_of(messages: Iterable[StoredMessage]) -> list[Tab]:
    """Return the tabs of a whole chat, the newest `MOST_TABS` of them."""
    tabs: list[Tab] = []
    count = 0
    for message in messages:
        if message.role is not Role.ASSISTANT:
            continue
        blocks = list(code_blocks(message.text))
        for number, (info, text) in enumerate(blocks):
            count += 1
            if len(blocks) - number > MOST_TABS:
                continue  # a tab of its own would not be among the newest
            tab = new_tab(count, info)
            tab.stored, tab.sources = [text], [(message.id, number)]
            tab.settle()
            if tab.is_told_by_content:
                tab.told = look_at(tab)
            name = defined_name(tab, is_whole=True)
            same = named(tabs, tab, name) if name else None
            same = same or alike(tabs[-MOST_TABS:], tab)
            if same is not None:
                merge(tab, same)
                tabs.remove(same)
                tabs.append(same)
            else:
                tab.name, tab.is_named = name, True
                tab.title = suggested_title(tab) or f"code-{count}{tab.extension}"
                tabs.append(tab)
    return tabs[-MOST_TABS:]


def _earlier(tabs: Sequence[Tab], tab: Tab) -> list[Tab]:
    """Return the tabs of earlier answers in the same language."""
    message_id = tab.sources[-1][0] if tab.sources else 0
    return [
        other
        for other in tabs
        if other is not tab
        and other.language == tab.language
        and other.sources
        and other.sources[-1][0] != message_id
    ]
