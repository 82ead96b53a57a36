"""The index of words of one and two characters, which grows back to the first message.

A history of an earlier version has no such index. Making it takes some ten seconds for 40 MB, so
it is made step by step while the program runs, newest messages first; see `app.store.schema`.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.core.chats import MessageState
from app.store.database import Database
from app.text.folding import folded
from app.text.short_pieces import LONGEST, short_pieces, token_of

NOTHING_INDEXED = 2**63 - 1
_MOST_MESSAGES = 50
_MOST_CHARACTERS = 50_000
"""What one step indexes at most, beyond its first message: about 20 ms."""
_OLDER = (
    "SELECT id, text, state FROM messages WHERE id <= ? AND id > 0 ORDER BY id DESC"
    f" LIMIT {_MOST_MESSAGES}"
)


def indexed_after(database: Database) -> int:
    """Return the id after which all messages are in the index."""
    rows = database.read("SELECT id FROM said_short_after")
    is_known = len(rows) == 1 and isinstance(rows[0][0], int)
    return rows[0][0] if is_known else NOTHING_INDEXED


def index_older(database: Database) -> bool:
    """Index some more messages of before there was the index; tell whether there may be others.

    Raises `StoreError`; what was indexed by then stays.
    """
    if indexed_after(database) in (0, NOTHING_INDEXED):
        return False
    with database.transaction() as connection:
        # A write first: nobody else may index the same messages beside this.
        connection.execute("UPDATE said_short_after SET id = id")
        (after,) = connection.execute("SELECT id FROM said_short_after").fetchone()
        characters = 0
        rest = 0
        for number, text, state in connection.execute(_OLDER, (after,)):
            if characters > _MOST_CHARACTERS:
                break
            if state != MessageState.WRITING:  # that one comes in when it is whole
                pieces = short_pieces(folded(text)) if isinstance(text, str) else ""
                connection.execute(
                    "INSERT INTO said_short(rowid, pieces) VALUES (?, ?)", (number, pieces)
                )
                characters += len(pieces)
            rest = number - 1
        connection.execute("UPDATE said_short_after SET id = ?", (rest,))
    return rest > 0


def query_of(words: Sequence[str]) -> str:
    """Return what the index is asked for the short ones of folded words, empty without any."""
    return " ".join(token_of(word) for word in words if 0 < len(word) <= LONGEST)
