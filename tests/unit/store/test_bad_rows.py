"""One bad row takes nothing but itself: the list stands, and what is bad can be kept or left."""

from __future__ import annotations

import asyncio
import json
import math
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.chats import MessageState
from app.core.errors import StoreError
from app.core.messages import Role
from app.core.snippets import Snippet
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.store.archive import from_json
from app.store.history import History
from app.store.snippets import SnippetStore
from app.store.snippets import from_json as snippets_from_json

SECONDS = 1_735_689_600


def exported(**changes: Any) -> str:
    """Return a chat of another program as a file to import, with something changed."""
    message = {
        "id": 1, "parent": None, "role": "user", "text": "How?", "state": "done", "model": "",
        "created_at": SECONDS,
    }  # fmt: skip
    chat = {
        "title": "Mine", "created_at": SECONDS, "updated_at": SECONDS, "head": 1, "tags": [],
        "messages": [message],
    }  # fmt: skip
    for name, value in changes.items():
        of_message = name.removeprefix("message_")
        (message if of_message != name else chat)[of_message] = value
    return json.dumps({"starwright": 1, "chats": [chat]})


@pytest.mark.parametrize("factor", [1, 1000, 1_000_000, 1_000_000_000])
def test_smaller_units_of_time_are_told_by_their_size(tmp_path: Path, factor: int) -> None:
    path = tmp_path / "chats.json"
    time_there = (SECONDS + 0.5) * factor
    path.write_text(
        exported(created_at=time_there, updated_at=time_there, message_created_at=time_there)
    )
    with closing(History(tmp_path / "h.sqlite3")) as history:
        chats = Chats(HistoryFile.of(history), None)  # type: ignore[arg-type]
        (chat,) = asyncio.run(chats.import_(path))
        assert (chat.created_at, chat.updated_at) == (SECONDS + 0.5, SECONDS + 0.5)
        (message,) = history.messages(chat.id)
        assert message.created_at == SECONDS + 0.5


def test_a_date_in_words_is_a_time_and_one_to_come_is_now() -> None:
    (chat,) = from_json(exported(created_at="2025-01-01T00:00:00Z", updated_at=9e10), name="x")
    assert chat.created_at == SECONDS
    assert chat.updated_at <= time.time()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"updated_at": math.inf}, "last change is inf"),
        ({"updated_at": math.nan}, "last change is nan"),
        ({"created_at": -1}, "out of range"),
        ({"created_at": 1e300}, "out of range"),
        ({"created_at": 10**400}, "out of range"),
        ({"created_at": True}, "not a number"),
        ({"created_at": None}, "not a number"),
        ({"updated_at": "soon"}, "not a date"),
        ({"message_created_at": -math.inf}, "a message is -inf"),
        ({"message_id": math.inf}, "the id of a message"),
        ({"message_id": 2**70}, "the id of a message is out of range"),
        ({"message_id": 1.5}, "not a whole number"),
        ({"message_parent": math.inf}, "what a message follows"),
        ({"message_text": "half \ud83d"}, "half a character (U+D83D)"),
        ({"message_model": "\udce9"}, "half a character (U+DCE9)"),
        ({"title": "\ud83d"}, "title contains half a character"),
        ({"tags": ["\ud83d"]}, "a tag contains half a character"),
        ({"title": 7}, "title is not text"),
        ({"tags": 7}, "exported"),
        ({"messages": 7}, "exported"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_taken(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(StoreError) as raised:
        from_json(exported(**changes), name="mine.json")
    assert raised.value.message.startswith("mine.json has no chats")
    assert words in raised.value.message
    raised.value.message.encode()


@pytest.mark.parametrize("version", ["Infinity", "NaN", "1e400", '"1"', "null", "true", "[]"])
def test_a_version_that_is_none_is_refused(version: str) -> None:
    for read in (from_json, snippets_from_json):
        with pytest.raises(StoreError, match="x has no"):
            read(f'{{"starwright": {version}, "chats": [], "snippets": []}}', name="x")


BAD = {
    "title": [b"\xff\xfe"],
    "created_at": [math.inf, "soon", b"\x00", -5, 1e300],
    "updated_at": [math.inf, -math.inf, "soon", b"\x00", 1e15 * 1e15, "inf"],
    "tags": ["", "{", "7", '{"a": 1}', b"\x00", "[" * 100_000],
    "settings": ["", "{", "[]", b"\x00"],
    "is_pinned": ["x", b"\x00"],
    "head_id": ["x", 10**12, b"\x00", -1],
}


@pytest.mark.parametrize(
    ("column", "value"), [(column, value) for column, values in BAD.items() for value in values]
)
def test_a_bad_row_of_a_chat_takes_no_other(tmp_path: Path, column: str, value: object) -> None:
    path = tmp_path / "h.sqlite3"
    with closing(History(path)) as history:
        bad, good = history.add_chat("bad"), history.add_chat("good")
        history.add_message(bad.id, Role.USER, "kept", parent_id=None, state=MessageState.DONE)
        history.database.connection.execute("PRAGMA foreign_keys = OFF")
        history.database.write(f"UPDATE chats SET {column} = ? WHERE id = ?", value, bad.id)
    with closing(History(path)) as history:
        found = {chat.id: chat for chat in history.chats()}
        assert found[good.id].title == "good"
        assert not found[good.id].damage
        is_told = column in ("title", "created_at", "updated_at", "tags")
        assert bool(found[bad.id].damage) == is_told
        assert 0 <= found[bad.id].updated_at <= time.time() + 60
        assert history.chat_settings(bad.id) == {}
        assert [message.text for message in history.messages(bad.id)] == ["kept"]
        copy = tmp_path / "copy.json"
        asyncio.run(Chats(HistoryFile.of(history), None).export(bad.id, copy))  # type: ignore[arg-type]
        (again,) = from_json(copy.read_text(), name="copy.json")
        assert again.messages[0].text == "kept"
        history.delete_chat(bad.id)
        assert [chat.id for chat in history.chats()] == [good.id]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("role", "king"), ("role", b"\x00"), ("state", "?"), ("state", 7), ("text", b"caf\xc3\xa9"),
        ("text", 7), ("model", b"\xff"), ("error", 7), ("created_at", "soon"),
        ("created_at", math.inf), ("parent_id", 3), ("parent_id", 2), ("parent_id", "x"),
    ],
)  # fmt: skip
def test_a_bad_row_of_a_message_takes_no_other(tmp_path: Path, column: str, value: object) -> None:
    path = tmp_path / "h.sqlite3"
    with closing(History(path)) as history:
        chat = history.add_chat("chat")
        parent = None
        for role, text in ((Role.USER, "one"), (Role.ASSISTANT, "two"), (Role.USER, "three")):
            parent = history.add_message(
                chat.id, role, text, parent_id=parent, state=MessageState.DONE
            ).id
        history.database.connection.execute("PRAGMA foreign_keys = OFF")
        history.database.write(f"UPDATE messages SET {column} = ? WHERE id = 2", value)
    with closing(History(path)) as history:
        shown = history.messages(chat.id)
        assert shown[-1].text == "three"
        if column != "parent_id":
            assert [message.role for message in shown] == [Role.USER, Role.ASSISTANT, Role.USER]
        if column == "text":
            assert shown[1].text == ("café" if isinstance(value, bytes) else "7")
        copy = tmp_path / "copy.json"
        asyncio.run(Chats(HistoryFile.of(history), None).export(None, copy))  # type: ignore[arg-type]
        assert len(from_json(copy.read_text(), name="copy.json")[0].messages) == 3


def test_milliseconds_of_an_earlier_import_are_seconds(tmp_path: Path) -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        sql = "UPDATE chats SET created_at = ?, updated_at = ? WHERE id = ?"
        history.database.write(sql, SECONDS * 1000, SECONDS * 1000 + 500, chat.id)
        (found,) = history.chats()
        assert (found.created_at, found.updated_at) == (SECONDS, SECONDS + 0.5)
        assert not found.damage


def test_text_that_is_no_utf8_any_more_keeps_no_row_from_being_read(tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite3"
    with closing(History(path)) as history:
        history.add_chat("good")
        history.database.write(
            "INSERT INTO chats (title, created_at, updated_at)"
            " VALUES (CAST(x'6361666520ff' AS TEXT), 1, 1)"
        )
        assert [chat.title for chat in history.chats()] == ["good", "cafe \ufffd"]


def test_a_bad_origin_is_as_if_it_were_not_known(tmp_path: Path) -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("chat")
        answer = history.add_message(
            chat.id, Role.ASSISTANT, "text", parent_id=None, state=MessageState.DONE
        )
        for origin in (b"", b"no zlib", "text", b"x\x9c\x03\x00\x00\x00\x00\x01"):
            history.database.write("REPLACE INTO origins VALUES (?, ?)", answer.id, origin)
            assert history.origins(chat.id) == {}
            assert history.answer_of(answer.id) == ("text", MessageState.DONE, "", None)


def test_a_bad_snippet_takes_no_other() -> None:
    with closing(History(None)) as history:
        store = SnippetStore(history.database)
        bad = store.add(Snippet(0, "bad", "x", "", (), "", 0, 0))
        store.add(Snippet(0, "good", "y", "", (), "", 0, 0))
        history.database.write(
            "UPDATE snippets SET tags = '{', updated_at = 'x', text = x'ff', source = x'00'"
            " WHERE id = ?",
            bad.id,
        )
        assert [snippet.name for snippet in store.search()] == ["good", "bad"]
        assert store.written(bad.id) is None


def test_a_clock_that_goes_back_leaves_new_chats_on_top() -> None:
    with closing(History(None)) as history:
        old = history.add_chat("from tomorrow")
        tomorrow = time.time() + 86_400
        history.database.write("UPDATE chats SET updated_at = ? WHERE id = ?", tomorrow, old.id)
        history.add_chat("new")
        assert [chat.title for chat in history.chats()] == ["new", "from tomorrow"]
        history.add_message(old.id, Role.USER, "x", parent_id=None, state=MessageState.DONE)
        assert [chat.title for chat in history.chats()] == ["from tomorrow", "new"]


def test_half_a_character_is_stored_as_one_that_nobody_can_tell() -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("half \ud83d")
        history.rename_chat(chat.id, "name \ud83d")
        history.tag_chat(chat.id, ["tag \ud83d"])
        history.keep_draft(chat.id, "draft \ud83d")
        history.add_message(
            chat.id, Role.USER, "said \udce9 \ud83d\ude00", parent_id=None, state=MessageState.DONE
        )
        (found,) = history.chats()
        assert (found.title, found.tags) == ("name \ufffd", ("tag \ufffd",))
        assert history.draft(chat.id) == "draft \ufffd"
        assert history.messages(chat.id)[0].text == "said \ufffd 😀"
        assert [hit.chat_id for hit in history.search("said \ud83d")] == [chat.id]
