"""The files that are attached to a question which is not sent yet, as the history keeps them.

Their texts are kept, as a sent question keeps them: a file that is changed or gone by the next
start goes with the question as it was attached. Of what is too much only the paths are kept.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.core.attachments import Attached, Attachment
from app.store.database import Database

MOST_CHARACTERS = 10_000_000
MOST_ATTACHED = 1000
_MOST_BYTES = 12 * MOST_CHARACTERS
"""Each character of JSON is up to twelve bytes."""


def keep_draft_files(database: Database, attached: Sequence[Attached]) -> None:
    """Remember what is attached; nothing is forgotten. Raises `StoreError`."""
    if attached:
        packed = zlib.compress(json.dumps(_plain(attached)).encode(), 1)
        database.write("REPLACE INTO draft_files (id, attached) VALUES (1, ?)", packed)
    else:
        database.write("DELETE FROM draft_files")


def draft_files(database: Database) -> tuple[Attached, ...]:
    """Return what was attached. What was too much to keep has a root and no files."""
    rows = database.read("SELECT attached FROM draft_files WHERE id = 1")
    return unpacked(rows[0][0]) if rows else ()


def unpacked(packed: object) -> tuple[Attached, ...]:
    """Return what a column holds; nothing where that cannot be read."""
    with suppress(ValueError, KeyError, TypeError, zlib.error, RecursionError):
        if isinstance(packed, bytes):
            text = zlib.decompressobj().decompress(packed, _MOST_BYTES)
            return tuple(_attached(one) for one in json.loads(text)[:MOST_ATTACHED])
    return ()


def _plain(attached: Sequence[Attached]) -> list[dict[str, Any]]:
    room = MOST_CHARACTERS
    kept = []
    for one in attached[:MOST_ATTACHED]:
        room -= sum(len(file.text) for file in one.files)
        files = zip(one.files, one.paths, strict=True) if room >= 0 else ()
        kept.append(
            {
                "name": one.name,
                "root": str(one.root),
                "files": [[file.name, file.text, file.label, str(path)] for file, path in files],
            }
        )
    return kept


def _attached(one: dict[str, Any]) -> Attached:
    files = [[str(part) for part in file] for file in one["files"]]
    return Attached(
        str(one["name"]),
        tuple(Attachment(name, text, label) for name, text, label, _ in files),
        Path(str(one["root"])),
        tuple(Path(path) for _, _, _, path in files),
    )
