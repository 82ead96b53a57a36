"""Words of one and two characters are found by an index, whatever version wrote the history."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.chats import MessageState
from app.core.messages import Role
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.store.history import History
from app.store.schema import MIGRATIONS
from app.store.short_index import index_older, indexed_after
from app.text.folding import folded, words_of

LETTERS = "aAb C#ßéÉ\u0301Жжя编程が\u304b\u3099코드\n…ﬁ𝐀½-\0"
BEFORE = 4
"""How many steps a history of the version before the index had taken."""


def old_history(path: Path, texts: list[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("folded", 1, folded, deterministic=True)
        for number, step in enumerate(MIGRATIONS[:BEFORE], start=1):
            connection.executescript(f"{step} PRAGMA user_version = {number};")
        connection.execute("INSERT INTO chats (title, created_at, updated_at) VALUES ('old', 1, 1)")
        connection.executemany(
            "INSERT INTO messages (chat_id, role, text, state, created_at)"
            " VALUES (1, 'user', ?, 'done', 1)",
            [(text,) for text in texts],
        )
        connection.commit()


def by_hand(texts: dict[int, str], searched: str) -> list[int]:
    words = words_of(searched)
    found = [n for n, text in texts.items() if words and all(w in folded(text) for w in words)]
    return sorted(found, reverse=True)


def found_by(history: History, searched: str) -> list[int]:
    return [hit.message_id for hit in history.search(searched, limit=1000)]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_searched_while_the_index_grows_is_found(tmp_path: Path, seed: int) -> None:
    chosen = random.Random(seed)

    def text() -> str:
        return "".join(chosen.choices(LETTERS, k=chosen.randint(0, 12)))

    path = tmp_path / "history.sqlite3"
    texts = {number: text() for number in range(1, 161)}
    old_history(path, list(texts.values()))
    searches = [text()[: chosen.choice((1, 2, 2, 3, 6))] for _ in range(25)]
    with closing(History(path)) as history:
        steps = 0
        while True:
            for searched in searches:
                assert found_by(history, searched) == by_hand(texts, searched), ascii(searched)
            for _ in range(12):  # on both sides of where the index has come to
                changed = chosen.choice(list(texts))
                if chosen.random() < 0.3:
                    history.remove_message(changed)
                    del texts[changed]
                else:
                    texts[changed] = text()
                    history.update_message(changed, texts[changed], state=MessageState.DONE)
            added = history.add_message(
                1, Role.USER, text(), parent_id=None, state=MessageState.DONE
            )
            texts[added.id] = added.text
            if not index_older(history.database):
                break
            steps += 1
        assert steps >= 2
        assert indexed_after(history.database) == 0
        for searched in searches:
            assert found_by(history, searched) == by_hand(texts, searched), ascii(searched)


def test_the_index_is_made_after_the_start_and_only_once(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    old_history(path, [f"message {number} in R" for number in range(120)])
    with closing(History(path)) as history:
        assert indexed_after(history.database) == 120
        assert len(found_by(history, "R")) == 120
        asyncio.run(Chats(HistoryFile.of(history), None).index_older())  # type: ignore[arg-type]
        assert indexed_after(history.database) == 0
        assert len(found_by(history, "R")) == 120
    with closing(History(path)) as history:
        assert not index_older(history.database)
        assert len(found_by(history, "9 R")) == len([n for n in range(120) if "9" in str(n)])


def test_an_answer_that_was_being_written_is_indexed_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    old_history(path, ["one", "half an ox"])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.create_function("folded", 1, folded, deterministic=True)
        connection.execute("UPDATE messages SET state = 'writing' WHERE id = 2")
    with closing(History(path)) as history:
        writing = history.add_message(
            1, Role.ASSISTANT, "", parent_id=None, state=MessageState.WRITING
        )
        assert found_by(history, "ox") == [2]
        assert not index_older(history.database)
        assert found_by(history, "ox") == [2]
        history.update_message(writing.id, "an ox", state=MessageState.WRITING)
        assert found_by(history, "ox") == [2]
        history.update_message(writing.id, "an ox", state=MessageState.DONE)
        assert found_by(history, "ox") == [3, 2]
        history.delete_chat(1)
        assert found_by(history, "ox") == []


@pytest.mark.parametrize(
    "sql", ["DELETE FROM said_short_after", "UPDATE said_short_after SET id = 'x'"]
)
def test_where_nobody_knows_how_far_the_index_goes_texts_are_searched(sql: str) -> None:
    with closing(History(None)) as history:
        history.add_chat("chat")
        history.add_message(1, Role.USER, "an ox", parent_id=None, state=MessageState.DONE)
        history.database.write(sql)
        assert found_by(history, "ox") == [1]
        assert not index_older(history.database)


def test_a_long_chat_of_a_tag_is_searched_for_itself() -> None:
    with closing(History(None)) as history:
        one, other = history.add_chat("one"), history.add_chat("other")
        for chat in (one, other):
            for _ in range(60):
                history.add_message(
                    chat.id, Role.USER, "an ox", parent_id=None, state=MessageState.DONE
                )
        assert {hit.chat_id for hit in history.search("ox an", among={one.id})} == {one.id}
        assert {hit.chat_id for hit in history.search("an ox", among=[one.id])} == {one.id}
        assert history.search("ox", among=()) == []
