"""Finds what was said: all words of a search, of any length, in any case and script.

The index holds pieces of three characters. Longer words are looked up in it; one or two
characters are sought in the texts that are left, newest first, until enough are found.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.messages import Role
from app.store.database import Database
from app.store.stored import MessageState, message_of, readable
from app.text.characters import whole_characters
from app.text.folding import find, folded, marks, words_of

MIN_INDEXED = 3
"""Fewest characters of a word that the index can look up."""
_MOST_INDEXED = 12
"""How many words are looked up there; the others are sought in what that finds."""
_LONGEST_INDEXED = 200
_BATCH = 200
_MESSAGES = "messages ON messages.id = said.rowid"
_WHOLE = (
    "SELECT messages.id, chat_id, role, '', state, model, error, messages.created_at, parent_id,"
    " chats.title FROM messages JOIN chats ON chats.id = chat_id WHERE messages.id = ?"
)
_LEAD, _LENGTH = 20, 160
"""How much of an excerpt stands before the first hit, and how long it is in all."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds what was searched.

    `excerpt` is the text around its first hit in one line; `marks` are starts and ends of all
    hits in that.
    """

    chat_id: int
    chat_title: str
    message_id: int
    role: Role
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()


def search(
    database: Database, searched: str, *, limit: int, among: Container[int] | None = None
) -> list[Hit]:
    """Return messages that hold all the words, as parts of words too, newest first.

    `among` are the chats that are searched, None for all.
    """
    words = words_of(whole_characters(searched))
    hits: list[Hit] = []
    if not words:
        return hits
    for number, chat_id, found in _candidates(database, words):
        if among is not None and chat_id not in among:
            continue
        text = readable(found)
        whole = folded(text)
        if all(word in whole for word in words):
            hits += _hits(database, number, text, words)
            if len(hits) >= limit:
                break
    return hits


def _hits(database: Database, number: int, text: str, words: Sequence[str]) -> list[Hit]:
    """Return the hit in a message, nothing where that was taken out meanwhile."""
    excerpt, marked = _excerpt(text, words)
    found = [(message_of(row[:-1]), row[-1]) for row in database.read(_WHOLE, number)]
    return [
        Hit(message.chat_id, readable(title), number, message.role, excerpt, marked)
        for message, title in found
    ]


def _candidates(database: Database, words: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Yield messages that may hold the words, in batches: nobody waits for the database long."""
    query = _query(words)
    if query:
        key, source, condition = "said.rowid", f"said JOIN {_MESSAGES}", "said MATCH ?"
    else:
        key, source, condition = "messages.id", "messages", "messages.state <> ?"
    sql = (
        f"SELECT messages.id, chat_id, messages.text FROM {source} JOIN chats ON chats.id = chat_id"
        f" WHERE {condition} AND {key} < ? AND chats.deleted_at IS NULL"
        f" AND messages.deleted_at IS NULL ORDER BY {key} DESC LIMIT {_BATCH}"
    )
    before = 2**63 - 1
    while rows := database.read(sql, query or MessageState.WRITING, before):
        yield from rows
        before = rows[-1][0]


def _query(words: Sequence[str]) -> str:
    longest = sorted((w for w in words if len(w) >= MIN_INDEXED), key=len, reverse=True)
    parts = (word[:_LONGEST_INDEXED].replace('"', '""') for word in longest[:_MOST_INDEXED])
    return " ".join(f'"{part}"' for part in parts)


def _excerpt(text: str, words: Sequence[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    at = max(find(text, words[0]), 0)
    start = max(at - _LEAD, 0)
    if start:
        lead = text[start:at].split(maxsplit=1)
        start = at - len(lead[1]) if len(lead) > 1 else start  # at a word
    # A little more than is kept: spaces and line ends become single spaces.
    line = " ".join(text[start : at + 2 * _LENGTH].split())[:_LENGTH]
    if start:
        line = f"…{line}"
    return line, tuple(marks(line, words))
