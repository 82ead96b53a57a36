"""The history survives what happens to files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import StoreError
from app.core.messages import Role
from app.store.history import History, MessageState


def test_chats_and_messages_come_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "history.sqlite3"
    with closing(History(path)) as history:
        first, second = history.add_chat("first"), history.add_chat("second")
        history.add_message(first.id, Role.USER, "hé 😀", state=MessageState.DONE)
        answer = history.add_message(
            first.id, Role.ASSISTANT, "", state=MessageState.WRITING, model="m"
        )
        history.update_message(answer.id, "text", state=MessageState.DONE)
        history.rename_chat(second.id, "renamed")
    with closing(History(path)) as history:
        assert [chat.title for chat in history.chats()] == ["first", "renamed"]
        messages = history.messages(first.id)
        assert [(m.role, m.text) for m in messages] == [
            (Role.USER, "hé 😀"),
            (Role.ASSISTANT, "text"),
        ]
        history.remove_message(messages[1].id)
        assert len(history.messages(first.id)) == 1


def test_an_answer_cut_off_by_a_kill_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(History(path)) as history:
        chat = history.add_chat("chat")
        history.add_message(chat.id, Role.ASSISTANT, "half", state=MessageState.WRITING)
    with closing(History(path)) as history:
        (message,) = history.messages(chat.id)
        assert (message.state, message.text) == (MessageState.INTERRUPTED, "half")


def test_a_history_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreError, match="newer Starwright"):
        History(path)


def test_a_damaged_history_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StoreError, match="cannot be opened") as raised:
        History(path)
    assert "kept" in raised.value.hint
    assert path.read_bytes().startswith(b"this is no database")


def test_a_folder_in_the_histories_place(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.mkdir()
    with pytest.raises(StoreError) as raised:
        History(path)
    assert raised.value.hint


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError):
        History(tmp_path / "data" / "history.sqlite3")


def test_without_a_file_it_lives_in_memory() -> None:
    with closing(History(None)) as history:
        history.add_chat("chat")
        assert len(history.chats()) == 1
