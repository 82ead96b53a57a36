"""Whose fault it is when SQLite fails: the disk's, another program's, the file's, or ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.chats import MessageState
from app.core.errors import DamagedError, StoreError
from app.core.messages import Role
from app.store.database import Database
from app.store.faults import StatementError
from app.store.history import History
from app.store.schema import MIGRATIONS

SECRET = "what the user said"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with closing(History(path)) as opened:
        opened.add_chat("kept")
        yield opened


def test_a_disk_without_room(history: History) -> None:
    (pages,) = history.database.connection.execute("PRAGMA page_count").fetchone()
    history.database.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="cannot be written") as raised:
        history.add_chat("x" * 100_000)
    assert "disk is full" in raised.value.hint
    assert [chat.title for chat in history.chats()] == ["kept"]


def test_another_program_that_writes(history: History, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as raised:
            history.add_chat("later")
        assert "Another program is using it" in raised.value.hint
        assert [chat.title for chat in history.chats()] == ["kept"]  # reading goes on
    history.add_chat("now")


def test_a_file_that_may_not_be_written(history: History) -> None:
    history.database.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError) as raised:
        history.add_chat("later")
    assert "read-only" in raised.value.hint


def test_a_text_longer_than_a_database_takes(history: History) -> None:
    history.database.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000)
    with pytest.raises(StoreError) as raised:
        history.add_chat("x" * 2_000)
    assert "too long" in raised.value.hint


def test_a_chat_that_is_gone_takes_no_message(history: History) -> None:
    with pytest.raises(StoreError) as raised:
        history.add_message(77, Role.USER, SECRET, parent_id=None, state=MessageState.DONE)
    assert not isinstance(raised.value, DamagedError)
    assert "is gone" in raised.value.hint


@pytest.mark.parametrize("torn", ["DROP TABLE drafts", "ALTER TABLE drafts RENAME TO lost"])
def test_a_table_that_is_missing_is_the_files_fault(
    history: History, path: Path, torn: str
) -> None:
    told: list[DamagedError] = []
    history.database.damage_found = told.append
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(torn)
    with pytest.raises(DamagedError) as raised:
        history.draft(1)
    assert "rescue" in raised.value.hint
    assert told == [raised.value]


def test_a_migration_that_finds_another_file_is_the_files_fault(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE chats (something)")
    with pytest.raises(DamagedError, match="cannot be opened"):
        History(path)


def test_a_torn_index_is_the_files_fault(path: Path) -> None:
    with closing(History(path)) as history:
        history.add_chat("kept")
        history.add_message(1, Role.USER, SECRET, parent_id=None, state=MessageState.DONE)
        with pytest.raises(DamagedError):
            history.database.write("INSERT INTO messages SELECT * FROM messages")


@pytest.mark.parametrize(
    ("sql", "values", "words"),
    [
        ("SELEC title FROM chats", (), "syntax error"),
        ("SELECT titel FROM chats WHERE title = ?", (SECRET,), "no such column"),
        ("SELECT title FROM chat WHERE title = ?", (SECRET,), "no such table"),
        ("SELECT title FROM chats WHERE title = ?", (), "bindings"),
        ("SELECT title FROM chats WHERE title = ?", (object(),), "binding"),
        ("SELECT rowid FROM said WHERE said MATCH ?", ('"' + SECRET,), "unterminated string"),
        ("INSERT INTO chats (title, created_at) VALUES (?, NULL)", (SECRET,), "NULL"),
        ("INSERT INTO chats (id, title) VALUES ('x', ?)", (SECRET,), "mismatch"),
    ],
)  # fmt: skip
def test_a_wrong_statement_is_a_bug_that_names_it(
    history: History, sql: str, values: tuple[object, ...], words: str
) -> None:
    told: list[DamagedError] = []
    history.database.damage_found = told.append
    with pytest.raises(StatementError, match=words) as raised:
        history.database.write(sql, *values)
    assert sql in str(raised.value)
    assert SECRET not in str(raised.value)
    assert not told
    assert [chat.title for chat in history.chats()] == ["kept"]


def test_a_wrong_statement_of_a_migration_is_a_bug(path: Path) -> None:
    History(path).close()
    with pytest.raises(StatementError, match="nowhere"):
        Database(path, name="chat history", migrations=[*MIGRATIONS, "DROP TABLE nowhere;"])


def test_what_is_closed_says_so(path: Path) -> None:
    history = History(path)
    history.close()
    for use in (history.chats, lambda: history.add_chat("late")):
        with pytest.raises(StoreError, match="it is closed"):
            use()
