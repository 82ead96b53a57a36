"""Finds what was said: all words of a search, of any length, in any case and script.

One index holds pieces of three characters, which longer words are looked up in, and one those of
one and two. What the second does not hold yet is sought in the texts, newest first, until enough
are found.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from app.core.chats import Hit, MessageState
from app.store.database import Database
from app.store.short_index import indexed_after, query_of
from app.store.stored import message_of, readable
from app.text.characters import whole_characters
from app.text.folding import find, holds, marks, words_of

MIN_INDEXED = 3
"""Fewest characters of a word that the index can look up."""
_MOST_INDEXED = 12
"""How many words are looked up there; the others are sought in what that finds."""
_LONGEST_INDEXED = 200
_BATCH = 200
_FIRST, _LAST = -(2**63), 2**63 - 1
_WHOLE = (
    "SELECT messages.id, chat_id, role, '', state, model, error, messages.created_at, parent_id,"
    " chats.title FROM messages JOIN chats ON chats.id = chat_id WHERE messages.id = ?"
)
_LEAD, _LENGTH = 20, 160
"""How much of an excerpt stands before the first hit, and how long it is in all."""


def search(
    database: Database, searched: str, *, limit: int, among: Collection[int] | None = None
) -> list[Hit]:
    """Return messages that hold all the words, as parts of words too, newest first.

    `among` are the chats that are searched, None for all.
    """
    words = words_of(whole_characters(searched))
    hits: list[Hit] = []
    if not words:
        return hits
    for number, found in _candidates(database, words, among, limit):
        text = readable(found)
        if holds(text, words):
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


def _candidates(
    database: Database, words: Sequence[str], among: Collection[int] | None, limit: int
) -> Iterator[tuple[int, Any]]:
    """Yield id and text of messages that may hold the words, newest first.

    They are read in batches, so that nobody waits for the database long; the first is as long as
    the list of hits that is wanted, which are often all.
    """
    after = indexed_after(database)
    chats = None if among is None else json.dumps(list(among))
    long, short = _query(words), query_of(words)
    for above, below, asked in ((after, _LAST, short), (_FIRST, after + 1, "")):
        sql, values = _selection(long, asked, chats)
        before, count = min(below, _LAST), limit
        while rows := database.read(sql, *values, above, before, count):
            yield from rows
            before, count = rows[-1][0], _BATCH


def _selection(long: str, short: str, chats: str | None) -> tuple[str, list[str]]:
    """Return the query of a batch and its values, to which above, below and the count come."""
    if long:
        source, key, conditions = "said", "said.rowid", ["said MATCH ?"]
        values = [long]
        if short:  # with the + that list is made once, and not the other index asked for each
            conditions.append("+said.rowid IN (SELECT rowid FROM said_short(?))")
            values.append(short)
    elif short:
        source, key, conditions, values = (
            "said_short",
            "said_short.rowid",
            ["said_short MATCH ?"],
            [short],
        )
    else:
        source, key, conditions, values = (
            "messages",
            "messages.id",
            ["messages.state <> ?"],
            [MessageState.WRITING],
        )
    if chats is not None:
        conditions.append("+chat_id IN (SELECT value FROM json_each(?))")
        values.append(chats)
    joined = "" if source == "messages" else f" JOIN messages ON messages.id = {key}"
    return (
        f"SELECT messages.id, messages.text FROM {source}{joined} JOIN chats ON chats.id = chat_id"
        f" WHERE {' AND '.join(conditions)} AND {key} > ? AND {key} < ?"
        " AND chats.deleted_at IS NULL AND messages.deleted_at IS NULL"
        f" ORDER BY {key} DESC LIMIT ?"
    ), values


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
    found = marks(line, words)
    if not start:
        return line, tuple(found)
    return f"…{line}", tuple((first + 1, last + 1) for first, last in found)
