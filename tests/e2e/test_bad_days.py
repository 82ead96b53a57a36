"""The real window on a bad day: it opens, says one thing, works on, and loses nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from desktop import Program, wait_until

from app.core.chats import MessageState
from app.core.messages import Role
from app.store.history import History

PROMPT = "Write a Python function that checks whether a number is prime"


def filled(home: Path, *, words: int = 60) -> Path:
    path = home / "data" / "history.sqlite3"
    with closing(History(path)) as history:
        for number in range(200):
            chat = history.add_chat(f"chat {number}")
            history.add_message(
                chat.id, Role.USER, "question " * words, parent_id=None, state=MessageState.DONE
            )
    return path


def answers_all_the_same(program: Program) -> None:
    program.start()
    program.key("ctrl+j")
    program.type(PROMPT)
    program.key("Return")  # the history may not be open yet: then the question waits for it
    wait_until(lambda: "def " in program.clipboard_code(), what="the answer's code")


def test_a_history_of_a_newer_version_is_left_alone(program: Program) -> None:
    path = filled(program.home)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    before = path.read_bytes()
    answers_all_the_same(program)
    assert program.close() == 0
    assert path.read_bytes() == before


def test_a_history_that_another_program_holds_is_left_alone(program: Program) -> None:
    path = filled(program.home)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        answers_all_the_same(program)
        assert program.close() == 0
        assert other.execute("SELECT count(*) FROM chats").fetchone() == (200,)


def test_a_damaged_history_is_rescued_and_kept(program: Program) -> None:
    path = filled(program.home)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 9000] = b"\xaa" * 9000
    path.write_bytes(data)
    answers_all_the_same(program)
    chats = program.rows("SELECT count(*) FROM chats")[0][0]
    assert isinstance(chats, int)
    assert chats > 50
    kept = [file for file in path.parent.iterdir() if file.read_bytes()[:9000] == data[:9000]]
    assert kept


def test_damage_that_is_met_later_is_rescued_when_the_user_says_so(program: Program) -> None:
    path = filled(program.home, words=3000)  # more than the program keeps in memory
    answers_all_the_same(program)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(b"\xaa" * (path.stat().st_size // 3))
    program.key("ctrl+k")
    program.type("question")  # the search meets it, and the window asks

    def kept() -> list[Path]:
        return list(path.parent.glob("history.damaged-*.sqlite3"))

    def answered() -> bool:
        program.key("Return")  # "Rescue chats" is the button that Enter presses
        return bool(kept())

    wait_until(answered, what="the rescue")
    wait_until(lambda: len(program.rows("SELECT id FROM chats")) > 50, what="the new history")
    before = len(program.answers("done"))
    program.key("ctrl+n", "ctrl+j")
    program.type(PROMPT)
    program.key("Return")
    wait_until(lambda: len(program.answers("done")) > before, what="an answer in the new history")
    assert program.close() == 0


def test_a_list_of_chats_that_cannot_be_read_keeps_nothing_else_from_working(
    program: Program,
) -> None:
    path = filled(program.home)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE chats DROP COLUMN tags")
    program.start()

    def rescued() -> bool:
        program.key("Return")  # "Rescue chats", once the window asks
        return bool(list(path.parent.glob("history.damaged-*.sqlite3")))

    wait_until(rescued, what="the rescue")
    wait_until(lambda: len(program.rows("SELECT id FROM chats")) == 200, what="the new history")
    state = program.home / "state" / "window.json"
    wait_until(state.exists, what="the window's state to be kept while it is open")
    assert program.close() == 0


def test_settings_with_a_typo_hold_but_for_the_bad_key(program: Program) -> None:
    settings = program.home / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    text = '[window]\ntheem = "dark"\ntext_percent = 900\n[chat]\nmax_tokens = 5\n'
    settings.write_text(text)
    program.start()
    program.type(PROMPT)
    program.key("Return")
    wait_until(lambda: bool(program.answers("length")), what="an answer of five tokens")
    assert settings.read_text() == text
