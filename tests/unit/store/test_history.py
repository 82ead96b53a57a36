# ruff: noqa: RUF001 - a search must tell letters that look alike
"""The history survives what happens to files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.chats import NEW_CHAT, MessageState, StoredMessage
from app.core.errors import StoreError
from app.core.messages import Role
from app.store.history import History
from app.store.schema import MIGRATIONS
from app.store.whole_chats import branch


def say(
    history: History,
    chat_id: int,
    text: str,
    role: Role = Role.USER,
    parent_id: int | None = None,
    state: MessageState = MessageState.DONE,
) -> StoredMessage:
    return history.add_message(chat_id, role, text, parent_id=parent_id, state=state, model="m")


def texts(history: History, chat_id: int) -> list[str]:
    return [message.text for message in history.messages(chat_id)]


def test_chats_and_messages_come_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "history.sqlite3"
    with closing(History(path)) as history:
        first, second = history.add_chat("first"), history.add_chat("second")
        question = say(history, first.id, "hé 😀")
        answer = say(history, first.id, "", Role.ASSISTANT, question.id, MessageState.WRITING)
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
        say(history, chat.id, "half", Role.ASSISTANT, None, MessageState.WRITING)
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
    assert "move it to another folder" in raised.value.hint
    assert path.read_bytes().startswith(b"this is no database")


def test_a_folder_in_the_histories_place(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.mkdir()
    with pytest.raises(StoreError) as raised:
        History(path)
    assert raised.value.hint


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="cannot be opened: Not a directory") as raised:
        History(tmp_path / "data" / "history.sqlite3")
    assert "Errno" not in raised.value.message


def test_without_a_file_it_lives_in_memory() -> None:
    with closing(History(None)) as history:
        history.add_chat("chat")
        assert len(history.chats()) == 1


FIRST_SCHEMA = """
    CREATE TABLE chats (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, created_at REAL NOT NULL,
        updated_at REAL NOT NULL, deleted_at REAL);
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
        role TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL,
        model TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', created_at REAL NOT NULL);
    CREATE INDEX messages_of_chat ON messages(chat_id, id);
    INSERT INTO chats VALUES (1, 'old', 1, 1, NULL), (2, 'other', 2, 2, NULL);
    INSERT INTO messages VALUES
        (1, 1, 'user', 'first question', 'done', '', '', 1),
        (2, 2, 'user', 'elsewhere', 'done', '', '', 1),
        (3, 1, 'assistant', 'first answer', 'done', 'm', '', 1),
        (4, 1, 'user', 'second question', 'done', '', '', 1);
    PRAGMA user_version = 1;
"""


def test_a_history_of_the_first_version_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_SCHEMA)
    with closing(History(path)) as history:
        assert texts(history, 1) == ["first question", "first answer", "second question"]
        assert texts(history, 2) == ["elsewhere"]
        assert [hit.message_id for hit in history.search("question")] == [4, 1]


def test_what_was_indexed_before_accents_were_folded_is_found(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        for number, step in enumerate(MIGRATIONS[:3], start=1):
            connection.executescript(f"{step} PRAGMA user_version = {number};")
        connection.executescript(
            "INSERT INTO chats (id, title, created_at, updated_at)"
            " VALUES (1, 'milliseconds', 1735689600000, 1735689600000);"
            "INSERT INTO messages (chat_id, role, text, state, created_at) VALUES"
            " (1, 'user', 'Die Straße', 'done', 1735689600000), (1, 'user', 'PLAIN', 'done', 1),"
            " (1, 'user', 'Straße: being written', 'writing', 1), (1, 'user', 'Café', 'done', 1)"
        )
    with closing(History(path)) as history:
        assert [hit.message_id for hit in history.search("STRASSE")] == [3, 1]
        assert [hit.message_id for hit in history.search("plain")] == [2]
        history.update_message(1, "Der Weg", state=MessageState.DONE)
        history.update_message(3, "Straße", state=MessageState.DONE)
        history.remove_message(4)
        assert [hit.message_id for hit in history.search("strasse")] == [3]
        assert history.search("cafe") == []
        assert history.database.read("SELECT updated_at FROM chats") == [(1735689600,)]


def test_a_deleted_message_comes_back_where_it_was() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        one = say(history, chat.id, "one")
        two = say(history, chat.id, "two", Role.ASSISTANT, one.id)
        say(history, chat.id, "three", Role.USER, two.id)
        history.delete_message(two.id)
        assert texts(history, chat.id) == ["one", "three"]
        history.restore_message(two.id)
        assert texts(history, chat.id) == ["one", "two", "three"]


def test_undoing_a_deletion_shows_the_answer_that_was_shown() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        question = say(history, chat.id, "question")
        first = say(history, chat.id, "first", Role.ASSISTANT, question.id)
        say(history, chat.id, "second", Role.ASSISTANT, question.id)
        history.show_alternative(first.id)
        history.delete_message(question.id)
        assert texts(history, chat.id) == ["first"]
        history.restore_message(question.id)
        assert texts(history, chat.id) == ["question", "first"]


def test_deleting_an_alternative_shows_another_one() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        question = say(history, chat.id, "question")
        first = say(history, chat.id, "first", Role.ASSISTANT, question.id)
        say(history, chat.id, "thanks", Role.USER, first.id)
        second = say(history, chat.id, "second", Role.ASSISTANT, question.id)
        assert second.alternatives == (first.id, second.id)
        history.delete_message(second.id)
        assert texts(history, chat.id) == ["question", "first", "thanks"]
        assert history.messages(chat.id)[1].alternatives == (first.id,)
        history.restore_message(second.id)
        assert texts(history, chat.id) == ["question", "second"]


def test_undoing_shows_the_very_path_that_was_shown() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        question = say(history, chat.id, "question")
        say(history, chat.id, "first", Role.ASSISTANT, question.id)
        second = say(history, chat.id, "second", Role.ASSISTANT, question.id)
        older = say(history, chat.id, "why", Role.USER, second.id)
        say(history, chat.id, "newer why", Role.USER, second.id)
        history.show_alternative(older.id)
        head_id = history.delete_message(second.id)
        assert texts(history, chat.id) == ["question", "first"]
        history.restore_message(second.id, head_id)
        assert texts(history, chat.id) == ["question", "second", "why"]
        head_id = history.delete_message(second.id)
        history.delete_message(older.id)  # what was shown is gone meanwhile
        history.restore_message(second.id, head_id)
        assert texts(history, chat.id)[:2] == ["question", "second"]


def test_a_branch_is_a_chat_of_its_own() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        one = say(history, chat.id, "one")
        two = say(history, chat.id, "two", Role.ASSISTANT, one.id)
        say(history, chat.id, "three", Role.USER, two.id)
        copy = branch(history.database, two.id)
        assert copy.title == "Branch of chat"
        again = branch(history.database, history.messages(copy.id)[-1].id)
        assert again.title == "Branch 2 of chat"  # a branch of a branch names the first chat
        assert texts(history, copy.id) == ["one", "two"]
        last = history.messages(copy.id)[-1]
        say(history, copy.id, "other", Role.USER, last.id)
        assert texts(history, copy.id) == ["one", "two", "other"]
        assert texts(history, chat.id) == ["one", "two", "three"]


def test_search_finds_parts_of_words_in_context() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        one = say(history, chat.id, "Please explain is_prime() to me" + " and more" * 50)
        two = say(history, chat.id, "", Role.ASSISTANT, one.id, MessageState.WRITING)
        history.update_message(two.id, "Größe of a prime", state=MessageState.DONE)
        assert [hit.message_id for hit in history.search("PRIME")] == [two.id, one.id]
        (hit,) = history.search("prime explain")
        assert (hit.message_id, hit.chat_title, hit.role) == (one.id, "chat", Role.USER)
        assert "explain is_prime()" in hit.excerpt
        assert len(hit.excerpt) < 200
        assert history.search('"') == history.search("nothing here") == []
        assert [hit.message_id for hit in history.search("größe")] == [two.id]
        history.update_message(two.id, "something else", state=MessageState.DONE)
        assert history.search("größe") == []
        history.delete_message(one.id)
        assert history.search("explain") == []
        history.delete_chat(chat.id)
        assert history.search("something") == []


@pytest.mark.parametrize(
    ("searched", "found"),
    [
        ("Go", ["learn Go", "gone"]),
        ("go learn", ["learn Go"]),
        ("R", ["plot in R", "learn Go"]),
        ("C#", ["C# or F#"]),
        ("c# f#", ["C# or F#"]),
        ("#", ["C# or F#"]),
        ("编程", ["我喜欢编程"]),
        ("编", ["我喜欢编程"]),
        ("好き", ["プログラミングが好き"]),
        ("코드", ["한국어 코드"]),
        ("strasse", ["Straße nach ISTANBUL"]),
        ("STRASSE İstanbul", ["Straße nach ISTANBUL"]),
        ("ıstanbul", ["Straße nach ISTANBUL"]),
        ("cafe", ["Café\u0301 ﬁn"]),
        ("CAFÉ fin", ["Café\u0301 ﬁn"]),
        ("go nothing", []),
        ("R zz", []),
        ('"', ['a "quote" and\0nul']),
        ("nul", ['a "quote" and\0nul']),
        ("a\0nul", ['a "quote" and\0nul']),
        ("NEAR( * ^ -", []),
        ("x" * 5000, []),
        (" ".join(f"w{number}" for number in range(2000)), []),
        ("", []),
    ],
)
def test_words_of_any_length_case_and_script_are_found(searched: str, found: list[str]) -> None:
    texts_there = [
        "gone", "learn Go", "plot in R", "C# or F#", "我喜欢编程", "プログラミングが好き",
        "한국어 코드",
        "Straße nach ISTANBUL", "Café\u0301 ﬁn", 'a "quote" and\0nul',
    ]  # fmt: skip
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        by_id = {say(history, chat.id, text).id: text for text in texts_there}
        hits = history.search(searched)
        whole = [by_id[hit.message_id] for hit in hits]
        if searched == "R":  # also inside of words
            assert set(found) < set(whole)
        else:
            assert sorted(whole) == sorted(found)
        for hit in hits:
            assert hit.marks
            assert all(hit.excerpt[start:end] for start, end in hit.marks)


def test_the_excerpt_shows_the_hit_wherever_it_stands() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        say(history, chat.id, "Ärger\n" * 5000 + "vor der Straße\n\tsteht  ein Haus" + " und" * 99)
        (hit,) = history.search("STRASSE haus")
        assert hit.excerpt.startswith("…Ärger vor der Straße steht ein Haus und")
        assert [hit.excerpt[start:end] for start, end in hit.marks] == ["Straße", "Haus"]


def test_short_words_are_sought_in_all_messages_and_only_in_some_chats() -> None:
    with closing(History(None)) as history:
        chat, other = history.add_chat("chat"), history.add_chat("other")
        first = say(history, chat.id, "an ox")
        for _ in range(450):
            say(history, other.id, "nothing")
        assert [hit.message_id for hit in history.search("ox")] == [first.id]
        assert len(history.search("th", among={other.id})) == 50
        assert history.search("ox", among={other.id}) == []
        writing = say(history, chat.id, "an ox", Role.ASSISTANT, None, MessageState.WRITING)
        assert len(history.search("ox")) == 1
        history.update_message(writing.id, "an OX", state=MessageState.DONE)
        assert len(history.search("ox")) == 2


def test_pinned_chats_come_first_and_drafts_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(History(path)) as history:
        first, second = history.add_chat("first"), history.add_chat("second")
        history.pin_chat(first.id, is_pinned=True)
        history.keep_draft(NEW_CHAT, "new")
        history.keep_draft(second.id, "half a question")
        history.keep_draft(first.id, "sent")
        history.keep_draft(first.id, "")
    with closing(History(path)) as history:
        assert [(chat.title, chat.is_pinned) for chat in history.chats()] == [
            ("first", True),
            ("second", False),
        ]
        drafts = [history.draft(chat_id) for chat_id in (NEW_CHAT, first.id, second.id)]
        assert drafts == ["new", "", "half a question"]


def test_a_history_that_another_program_holds_is_named_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    History(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked") as raised:
            History(path)
    assert "Another program is using it" in raised.value.hint
    History(path).close()
