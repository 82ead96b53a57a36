"""A damaged history is read as far as it goes; the damaged file is kept."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import DamagedError
from app.core.messages import Role
from app.store.history import History, MessageState
from app.store.rescue import rescue


def fill(path: Path, chats: int) -> None:
    with closing(History(path)) as history:
        for number in range(chats):
            chat = history.add_chat(f"chat {number}")
            first = history.add_message(
                chat.id, Role.USER, f"question {number} " * 60, parent_id=None,
                state=MessageState.DONE,
            )  # fmt: skip
            history.add_message(
                chat.id, Role.ASSISTANT, "answer " * 60, parent_id=first.id,
                state=MessageState.DONE,
            )  # fmt: skip


def damage(path: Path, *, at: float, length: int) -> bytes:
    data = bytearray(path.read_bytes())
    start = int(len(data) * at)
    data[start : start + length] = b"\xaa" * length
    path.write_bytes(data)
    return bytes(data)


@pytest.mark.parametrize("at", [0.2, 0.4, 0.6, 0.8])
def test_what_can_be_read_is_brought_over(tmp_path: Path, at: float) -> None:
    path = tmp_path / "history.sqlite3"
    fill(path, 100)
    before = damage(path, at=at, length=12_288)
    with pytest.raises(DamagedError, match="cannot be opened") as raised:
        History(path)
    assert "is damaged" in raised.value.hint
    rescued = rescue(path)
    assert rescued.kept_as.read_bytes() == before
    with closing(History(path)) as history:
        assert len(history.chats()) == rescued.chats
        assert rescued.messages > 60
        chat = history.chats()[0]
        assert history.messages(chat.id)
        assert history.search("question")
        history.add_chat("works")


def test_a_file_that_is_no_history_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    rescued = rescue(path)
    assert (rescued.chats, rescued.messages) == (0, 0)
    assert rescued.kept_as.read_bytes().startswith(b"this is no database")
    with closing(History(path)) as history:
        assert history.chats() == []
