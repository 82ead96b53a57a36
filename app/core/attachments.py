"""Files that go with a question: one file's text, and what the user attached as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file's text under the name that the chat shows.

    `label` is the word after its fence where the name alone does not tell it.
    """

    name: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file or a folder, shown as one chip. A folder's name ends with a slash.

    `root` is what the user chose and `paths` are those of `files`, resolved; both are empty for
    what is read back from a message. `tokens` is 0 while they are not counted.
    """

    name: str
    files: tuple[Attachment, ...]
    root: Path | None = None
    paths: tuple[Path, ...] = ()
    tokens: int = 0

    @property
    def is_folder(self) -> bool:
        """Tell whether this is a folder."""
        return self.name.endswith("/")


def grouped(files: Sequence[Attachment]) -> tuple[Attached, ...]:
    """Return the files of a message as chips: neighbours of one folder are one."""
    groups: dict[str, list[Attachment]] = {}
    for file in files:
        folder, slash, _ = file.name.partition("/")
        groups.setdefault(folder + slash, []).append(file)
    return tuple(
        Attached(name if len(found) > 1 else found[0].name, tuple(found))
        for name, found in groups.items()
    )
