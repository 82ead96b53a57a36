"""Histories whose files were torn, cut, zeroed or shuffled, each told by its seed."""

from __future__ import annotations

import random
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.core.chats import MessageState
from app.core.errors import DamagedError, StoreError
from app.core.messages import Role
from app.services.chats.rescue import rescue_file
from app.store.history import History
from app.store.rescue import Rescued, rescue
from app.store.whole_chats import all_messages

PAGE_BYTES = 4096
CHATS, TURNS = 60, 8
LONGEST_S = 10.0


def whole_history(path: Path, *, chats: int = CHATS) -> bytes:
    """Return the bytes of a history with 8 messages a chat, some long, with drafts and edits."""
    with closing(History(path)) as history:
        with history.database.transaction() as connection:
            connection.execute("PRAGMA wal_autocheckpoint = 0")
        for number in range(chats):
            chat = history.add_chat(f"chat {number}")
            parent = None
            for turn in range(TURNS):
                role = Role.ASSISTANT if turn % 2 else Role.USER
                text = f"message {number}.{turn} " + "words of it " * (800 if turn == 3 else 20)
                parent = history.add_message(
                    chat.id, role, text, parent_id=parent, state=MessageState.DONE, model="m"
                ).id
            history.keep_draft(chat.id, f"draft {number}")
            history.keep_edit(parent or 0, 0, f"edit {number}")
    return path.read_bytes()


def damaged(whole: bytes, seed: int) -> bytes:
    """Return the bytes with the damage of this seed: one kind of it, or several."""
    chosen = random.Random(seed)
    data = bytearray(whole)
    for _ in range(chosen.choice((1, 1, 1, 2, 5))):
        _damage(data, chosen)
    return bytes(data)


def _damage(data: bytearray, chosen: random.Random) -> None:
    pages = max(len(data) // PAGE_BYTES, 1)
    # The first page and those near it hold the definitions and the roots of all trees.
    page = chosen.randrange(pages if chosen.random() < 0.7 else min(pages, 12))
    start, end = page * PAGE_BYTES, (page + 1) * PAGE_BYTES
    match chosen.choice(("torn", "torn", "cut", "zeroed", "swapped", "twice", "bytes")):
        case "torn":  # the new half of a page beside the old one, or beside garbage
            at = start + chosen.choice((8, 100, 512, 2048))
            data[at:end] = chosen.randbytes(end - at)
        case "cut":
            del data[start + chosen.choice((0, 1, 100, 2048)) :]
        case "zeroed":
            data[start:end] = bytes(PAGE_BYTES)
        case "swapped":
            other = chosen.randrange(pages) * PAGE_BYTES
            here, there = data[start:end], data[other : other + PAGE_BYTES]
            data[start:end], data[other : other + PAGE_BYTES] = there, here
        case "twice":
            other = chosen.randrange(pages) * PAGE_BYTES
            data[start:end] = data[other : other + PAGE_BYTES]
        case _:
            for _ in range(20):
                at = start + chosen.randrange(PAGE_BYTES)
                if at < len(data):
                    data[at] = chosen.randrange(256)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a damaged file, how long it took, and how many messages are there."""

    words: str
    seconds: float
    messages: int


def use(path: Path, *, in_child: bool) -> Outcome:
    """Open a damaged file as the program does; rescue it where it says that it is damaged.

    Raises `AssertionError` where a text is there that was never said, or twice, and whatever else
    is not one of our errors.
    """
    began = time.monotonic()
    words = "opens"
    try:
        count = _read_all(path)
    except DamagedError:
        try:
            found: Rescued = rescue_file(path) if in_child else rescue(path)
            words = "rescued"
            count = _read_all(path)
            assert found.messages == count, (found, count)
            assert found.kept_as.exists()
        except StoreError as error:
            words, count = f"named: {error.message}", 0
    except StoreError as error:
        words, count = f"named: {error.message}", 0
    assert not list(path.parent.glob("*.rescued-*"))
    return Outcome(words, time.monotonic() - began, count)


def _read_all(path: Path) -> int:
    """Read, search and change everything; return how many messages there are."""
    with closing(History(path)) as history:
        chats = history.chats()
        said: list[str] = []
        count = 0
        for chat in chats:
            history.messages(chat.id)
            history.edits(chat.id)
            history.draft(chat.id)
            history.chat_settings(chat.id)
            history.origins(chat.id)
            messages = all_messages(history.database, chat.id)[1]
            count += len(messages)
            said += [message.text for message in messages if message.text.startswith("message")]
        assert len(said) == len(set(said)), "something is there twice"
        assert len(said) <= CHATS * TURNS
        history.search("words")
        history.search("x")
        chat = history.add_chat("new")
        message = history.add_message(
            chat.id, Role.USER, "said now", parent_id=None, state=MessageState.DONE
        )
        assert [one.text for one in history.messages(chat.id)] == ["said now"]
        history.remove_message(message.id)
        history.database.write("DELETE FROM chats WHERE id = ?", chat.id)
        return count
