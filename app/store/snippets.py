"""Snippets: pieces of text the user keeps, with where they came from; and files' fingerprints.

They live in the history's database. Synchronous; services call it off the asyncio thread.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from app.core.snippets import Snippet, Written
from app.store.database import Database
from app.store.exported import FORMAT, read_exported
from app.store.origins import from_plain, pack, to_plain, unpack
from app.store.plain import text_of, time_of
from app.store.stored import readable, seconds_in, tags_in, tags_of
from app.text.folding import folded, words_of


class SnippetStore:
    """The snippets of a history's database. Raises `StoreError`, as all methods do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, snippet: Snippet, written: Written | None = None) -> Snippet:
        """Add a snippet; its id and, where they are 0, its times are given anew."""
        (added,) = self.add_all([(snippet, written)])
        return added

    def add_all(self, snippets: Sequence[tuple[Snippet, Written | None]]) -> list[Snippet]:
        """Add snippets, all of them or none."""
        with self._database.transaction() as connection:
            return [_add(connection, snippet, written) for snippet, written in snippets]

    def change(self, snippet: Snippet) -> Snippet:
        """Save name, text, language and tags."""
        now = time.time()
        tags = tags_of(snippet.tags)
        self._database.write(
            "UPDATE snippets SET name = ?, text = ?, language = ?, tags = ?, updated_at = ?"
            " WHERE id = ?",
            snippet.name,
            snippet.text,
            snippet.language,
            json.dumps(tags, ensure_ascii=False),
            now,
            snippet.id,
        )
        return replace(snippet, tags=tuple(tags), updated_at=now)

    def delete(self, snippet_id: int) -> None:
        """Hide a snippet; `restore` brings it back."""
        sql = "UPDATE snippets SET deleted_at = ? WHERE id = ?"
        self._database.write(sql, time.time(), snippet_id)

    def restore(self, snippet_id: int) -> None:
        """Undo `delete`."""
        self._database.write("UPDATE snippets SET deleted_at = NULL WHERE id = ?", snippet_id)

    def search(self, words: str = "") -> list[Snippet]:
        """Return the snippets that hold all the words, last changed first; none: all of them.

        A word is sought in name, text, language and model, in any case; `#word` is a tag.
        """
        rows = self._database.read(
            "SELECT id, name, text, language, tags, model, created_at, updated_at FROM snippets"
            " WHERE deleted_at IS NULL"
        )
        found = sorted(map(_snippet, rows), key=lambda one: (one.updated_at, one.id), reverse=True)
        wanted = words_of(words)
        return [one for one in found if all(_holds(one, word) for word in wanted)]

    def has_name(self, name: str) -> bool:
        """Tell whether a snippet is called so."""
        sql = "SELECT 1 FROM snippets WHERE name = ? AND deleted_at IS NULL LIMIT 1"
        return bool(self._database.read(sql, name))

    def written(self, snippet_id: int) -> Written | None:
        """Return the answer a snippet is of, None where nobody knows."""
        rows = self._database.read("SELECT source FROM snippets WHERE id = ?", snippet_id)
        with suppress(ValueError, KeyError, TypeError, AttributeError, zlib.error, RecursionError):
            return _written(unpack(rows[0][0])) if rows and rows[0][0] else None
        return None  # damaged: nobody knows any more

    def keep_written(self, snippet_id: int, written: Written) -> None:
        """Save what is known by now of the answer a snippet is of."""
        sql = "UPDATE snippets SET source = ? WHERE id = ?"
        self._database.write(sql, pack(_plain(written)), snippet_id)

    def fingerprint(self, path: Path, size_bytes: int, modified_ns: int) -> str:
        """Return the SHA-256 of a file that has not changed since it was found, else nothing."""
        rows = self._database.read(
            "SELECT sha256 FROM fingerprints WHERE path = ? AND size_bytes = ? AND modified_ns = ?",
            str(path),
            size_bytes,
            modified_ns,
        )
        return str(rows[0][0]) if rows else ""

    def keep_fingerprint(self, path: Path, size_bytes: int, modified_ns: int, sha256: str) -> None:
        """Remember the SHA-256 of a file as it is now."""
        sql = "REPLACE INTO fingerprints VALUES (?, ?, ?, ?)"
        self._database.write(sql, str(path), size_bytes, modified_ns, sha256)


def _snippet(row: Sequence[Any]) -> Snippet:
    number, name, text, language, tags, model, created_at, updated_at = row
    return Snippet(
        number,
        readable(name) or "Damaged snippet",
        readable(text),
        readable(language),
        tags_in(tags) or (),
        readable(model),
        seconds_in(created_at) or 0.0,
        seconds_in(updated_at) or 0.0,
    )


def _add(connection: Connection, snippet: Snippet, written: Written | None) -> Snippet:
    now = time.time()
    snippet = replace(
        snippet,
        tags=tuple(tags_of(snippet.tags)),
        created_at=snippet.created_at or now,
        updated_at=snippet.updated_at or now,
    )
    new_id = connection.execute(
        "INSERT INTO snippets (name, text, language, tags, model, source, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            snippet.name,
            snippet.text,
            snippet.language,
            json.dumps(snippet.tags, ensure_ascii=False),
            snippet.model,
            pack(_plain(written)) if written is not None else None,
            snippet.created_at,
            snippet.updated_at,
        ),
    ).lastrowid
    return replace(snippet, id=new_id or 0)


def to_json(snippets: Sequence[tuple[Snippet, Written | None]]) -> str:
    """Return snippets as JSON text."""
    return json.dumps(
        {
            "starwright": FORMAT,
            "snippets": [
                {
                    "name": snippet.name,
                    "text": snippet.text,
                    "language": snippet.language,
                    "tags": list(snippet.tags),
                    "model": snippet.model,
                    "created_at": snippet.created_at,
                    "updated_at": snippet.updated_at,
                    "written": _plain(written) if written is not None else None,
                }
                for snippet, written in snippets
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def from_json(text: str, *, name: str) -> list[tuple[Snippet, Written | None]]:
    """Read what `to_json` wrote; `name` is the file's. Raises `StoreError`."""
    return read_exported(
        text,
        lambda found: [_exported(one) for one in found["snippets"]],
        name=name,
        things="snippets",
        hint="Choose a .json file made with Export in Snippets.",
    )


def _exported(found: Any) -> tuple[Snippet, Written | None]:  # noqa: ANN401 - whatever it holds
    snippet = Snippet(
        0,
        text_of(found["name"]),
        text_of(found["text"]),
        text_of(found["language"]),
        tuple(tags_of([text_of(tag) for tag in found["tags"]])),
        text_of(found["model"]),
        time_of(found["created_at"], "the time of a snippet"),
        time_of(found["updated_at"], "the time of a snippet"),
    )
    written = found["written"]
    return snippet, _written(written) if written is not None else None


def _plain(written: Written) -> dict[str, Any]:
    return {
        "origin": to_plain(written.origin),
        "answer": written.answer,
        "is_whole": written.is_whole,
    }


def _written(found: Any) -> Written:  # noqa: ANN401 - whatever it holds
    return Written(from_plain(found["origin"]), text_of(found["answer"]), found["is_whole"] is True)


def _holds(snippet: Snippet, word: str) -> bool:
    if word.startswith("#") and len(word) > 1:
        return any(folded(tag).startswith(word[1:]) for tag in snippet.tags)
    places = (snippet.name, snippet.text, snippet.language, snippet.model, *snippet.tags)
    return any(word in folded(place) for place in places)
