"""A damaged history is read as far as it goes; the damaged file is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from damage import damaged, use, whole_history

from app.core.chats import MessageState
from app.core.errors import DamagedError
from app.core.messages import Role
from app.services.chats.rescue import rescue_file, rescue_open
from app.store.history import History
from app.store.rescue import rescue
from app.store.rescue.pages import rows_of_pages


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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return whole_history(tmp_path_factory.mktemp("whole") / "history.sqlite3", chats=20)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(40))
def test_every_damaged_file_opens_or_is_rescued_soon(
    tmp_path: Path, whole: bytes, seed: int
) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(damaged(whole, seed))
    outcome = use(path, in_child=False)
    assert outcome.words in ("opens", "rescued")


def test_a_rescue_keeps_ids_drafts_edits_and_what_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(History(path)) as history:
        history.add_chat("empty")
        chat = history.add_chat("chat")
        question = history.add_message(
            chat.id, Role.USER, "q", parent_id=None, state=MessageState.DONE
        )
        first, second = (
            history.add_message(
                chat.id, Role.ASSISTANT, text, parent_id=question.id, state=MessageState.DONE
            )
            for text in ("first", "second")
        )
        history.show_alternative(first.id)
        history.keep_draft(chat.id, "draft")
        history.keep_draft(0, "new draft")
        history.keep_edit(second.id, 3, "edit")
        history.keep_chat_settings(chat.id, {"chat.seed": 7})
        history.pin_chat(chat.id, is_pinned=True)
        gone = history.add_chat("deleted")
        history.delete_chat(gone.id)
        before = (history.chats(), history.messages(chat.id), history.edits(chat.id))
    assert rescue_file(path).chats == 2
    with closing(History(path)) as history:
        assert (history.chats(), history.messages(chat.id), history.edits(chat.id)) == before
        assert [message.text for message in history.messages(chat.id)] == ["q", "first"]
        assert (history.draft(chat.id), history.draft(0)) == ("draft", "new draft")
        assert history.chat_settings(chat.id) == {"chat.seed": 7}
        history.restore_chat(gone.id)
        assert len(history.chats()) == 3


def test_damage_met_later_is_told_and_rescued_while_the_history_is_open(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    fill(path, 100)
    with closing(History(path)) as history:
        told: list[DamagedError] = []
        history.database.damage_found = told.append
        history.database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        history.database.connection.execute("PRAGMA shrink_memory")
        damage(path, at=0.3, length=40_960)
        numbers = [chat.id for chat in history.chats()]
        with pytest.raises(DamagedError):
            [history.messages(number) for number in numbers]
        assert len(told) == 1
        rescued = rescue_open(history)
        assert 60 < rescued.messages < 200
        assert {chat.id for chat in history.chats()} >= set(numbers)
        assert history.search("question")
        history.add_message(1, Role.USER, "works", parent_id=None, state=MessageState.DONE)


@pytest.mark.parametrize("first", ["zeroed", "garbage"])
def test_without_its_first_page_a_file_is_read_page_by_page(
    tmp_path: Path, whole: bytes, first: str
) -> None:
    path = tmp_path / "history.sqlite3"
    page = bytes(4096) if first == "zeroed" else b"\xaa" * 4096
    path.write_bytes(page + whole[4096:])
    outcome = use(path, in_child=True)
    assert (outcome.words, outcome.messages) == ("rescued", 160)
    with closing(History(path)) as history:
        titles = {chat.title for chat in history.chats()}
        assert titles == {f"chat {number}" for number in range(20)}
        for chat in history.chats():
            assert len(history.messages(chat.id)) == 8  # in one path, long texts and all


def test_pages_hold_what_the_tables_hold(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    values = [None, 0, 1, -1, 2**40, -(2**62), 1.5, "", "é" * 9000, b"\x00" * 70_000, "x" * 4000]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, one, other)")
        for number, value in enumerate(values, start=1):
            connection.execute(
                "INSERT INTO things VALUES (?, ?, ?)", (number * 1000, value, number)
            )
    found = {key: row[1:] for key, row in rows_of_pages(path) if len(row) == 3}
    assert found == {n * 1000: [value, n] for n, value in enumerate(values, start=1)}


@pytest.mark.parametrize(
    "sql", ["UPDATE said_config SET v = 0 WHERE k = 'version'", "DROP TABLE drafts"]
)
def test_a_definition_that_is_torn_is_damage_too(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "history.sqlite3"
    fill(path, 3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)
    with pytest.raises(DamagedError), closing(History(path)) as history:
        history.draft(1)
    assert rescue_file(path).messages == 6
    with closing(History(path)) as history:
        assert history.draft(1) == ""


def test_what_is_left_of_a_rescue_that_was_killed_goes(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    tmp_path.joinpath("history.rescued-x.sqlite3").write_text("left by a rescue that was killed")
    rescue_file(path)
    assert not list(tmp_path.glob("*rescued-*"))


def test_torn_text_in_what_sqlite_says_is_damage_too(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    whole = whole_history(path)
    torn = whole.replace(b"CREATE TABLE chats", b"CREAT\xd2 TABLE chats", 1)
    assert torn != whole
    path.write_bytes(torn)
    for name in ("history.sqlite3-wal", "history.sqlite3-shm"):
        path.with_name(name).unlink(missing_ok=True)
    with pytest.raises(DamagedError, match="damaged"):
        History(path)
    rescued = rescue(path)
    assert rescued.chats
    assert rescued.messages
