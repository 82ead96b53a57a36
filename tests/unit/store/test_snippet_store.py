"""Snippets survive restarts, old files and exports; what is not ours is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.chats import MessageState
from app.core.context import Overflow
from app.core.errors import StoreError
from app.core.messages import Message, Role
from app.core.origins import ModelMark, Origin
from app.core.sampling import Sampling
from app.core.snippets import Snippet, Written
from app.store.archive import ArchivedChat
from app.store.archive import from_json as chats_from_json
from app.store.archive import to_json as chats_to_json
from app.store.faults import StatementError
from app.store.history import History
from app.store.rescue import rescue
from app.store.schema import MIGRATIONS
from app.store.snippets import SnippetStore, from_json, to_json
from app.store.whole_chats import all_messages, branch
from app.text.folding import folded
from app.text.short_pieces import short_pieces

ORIGIN = Origin(
    ModelMark("StarCoder2 3B", Path("models") / "größe.gguf", 17, 123_456_789_012_345, "ab" * 32),
    (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Write `x` 😀")),
    Sampling(temperature=0.7, seed=42, max_tokens=9, stop_texts=("\n\n",), logit_bias=((1, 2.0),)),
    "Python",
    4096,
    1_700_000_000.5,
    Overflow.TRIM,
)
WRITTEN = Written(ORIGIN, "```python\nx = 1\n```", is_whole=False)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "history.sqlite3")) as opened:
        yield opened


def names(store: SnippetStore, words: str = "") -> list[str]:
    return [snippet.name for snippet in store.search(words)]


def test_what_is_kept_comes_back_with_its_origin(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(History(path)) as history:
        store = SnippetStore(history.database)
        store.add(Snippet(0, "x", "x = 1", "python", ("tiny", "#math ", "tiny"), "m"), WRITTEN)
        store.add(Snippet(0, "by hand", "y"))
    with closing(History(path)) as history:
        store = SnippetStore(history.database)
        by_hand, kept = store.search()
        assert (kept.name, kept.text, kept.language, kept.model) == ("x", "x = 1", "python", "m")
        assert kept.tags == ("tiny", "math")
        assert store.written(kept.id) == WRITTEN
        assert store.written(by_hand.id) is None


def test_words_and_tags_are_found_in_any_case(history: History) -> None:
    store = SnippetStore(history.database)
    store.add(Snippet(0, "Größe", "def size(): ...", "python", ("Util",)))
    store.add(Snippet(0, "sieve", "fn sieve() {}", "rust", ("math",)))
    assert names(store, "GRÖSSE") == names(store, "größe") == ["Größe"]
    assert names(store, "sieve rust") == ["sieve"]
    assert names(store, "#ut") == names(store, "util") == ["Größe"]
    assert names(store, "#rust") == names(store, "nothing") == []
    assert names(store, "  ") == ["sieve", "Größe"]


def test_a_change_a_deletion_and_its_undo(history: History) -> None:
    store = SnippetStore(history.database)
    kept = store.add(Snippet(0, "a", "1"), WRITTEN)
    changed = store.change(replace(kept, name="b", text="2", tags=("#new",)))
    assert store.search() == [changed]
    assert store.written(kept.id) == WRITTEN
    store.delete(kept.id)
    assert store.search() == []
    store.restore(kept.id)
    assert store.search() == [changed]


def test_an_export_comes_back_whole(history: History) -> None:
    store = SnippetStore(history.database)
    kept = store.add(Snippet(0, "x", "x = '😀'", "python", ("t",), "m", 5.0, 6.0), WRITTEN)
    by_hand = store.add(Snippet(0, "y", "y", created_at=7.0, updated_at=8.0))
    text = to_json([(kept, WRITTEN), (by_hand, None)])
    assert from_json(text, name="mine.json") == [
        (replace(kept, id=0), WRITTEN),
        (replace(by_hand, id=0), None),
    ]


GOOD = json.loads(to_json([(Snippet(0, "x", "x", created_at=1.0), WRITTEN)]))


def broken(change: dict[str, object]) -> str:
    return json.dumps(GOOD | {"snippets": [GOOD["snippets"][0] | change]})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "print('hello')",
        "[]",
        '{"starwright": 1, "chats": []}',
        "[" * 100_000,
        broken({"name": 5}),
        broken({"tags": [1]}),
        broken({"created_at": "soon"}),
        broken({"written": {"answer": "x"}}),
        broken({"written": {"origin": {}, "answer": "x", "is_whole": True}}),
    ],
)
def test_what_is_not_ours_is_refused_by_name(text: str) -> None:
    with pytest.raises(StoreError, match=r"mine\.json has no snippets"):
        from_json(text, name="mine.json")


@pytest.mark.parametrize(
    "sampling", [{"temperature": -1.0}, {"heat": 1.0}, {"stop_texts": [3]}, {"seed": "x"}]
)
def test_an_origin_that_makes_no_sense_is_refused(sampling: dict[str, object]) -> None:
    written = GOOD["snippets"][0]["written"]
    origin = written["origin"] | {"sampling": sampling}
    with pytest.raises(StoreError, match="has no snippets"):
        from_json(broken({"written": written | {"origin": origin}}), name="mine.json")


def test_a_newer_export_is_named() -> None:
    with pytest.raises(StoreError, match="newer Starwright"):
        from_json('{"starwright": 2, "snippets": []}', name="mine.json")


def test_nothing_is_added_of_an_import_that_fails(history: History) -> None:
    store = SnippetStore(history.database)
    bad = Snippet(0, None, "x")  # type: ignore[arg-type]
    with pytest.raises(StatementError, match="NOT NULL"):
        store.add_all([(Snippet(0, "x", "x"), None), (bad, None)])
    assert store.search() == []


def test_a_locked_database_is_named(tmp_path: Path, history: History) -> None:
    store = SnippetStore(history.database)
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked") as raised:
            store.add(Snippet(0, "x", "x"))
    assert "Another program" in raised.value.hint


def test_a_fingerprint_holds_only_for_the_file_as_it_was(history: History) -> None:
    store = SnippetStore(history.database)
    path = Path("models") / "m.gguf"
    store.keep_fingerprint(path, 10, 20, "aa")
    assert store.fingerprint(path, 10, 20) == "aa"
    assert store.fingerprint(path, 10, 21) == store.fingerprint(path, 11, 20) == ""
    store.keep_fingerprint(path, 11, 21, "bb")
    assert store.fingerprint(path, 11, 21) == "bb"


@pytest.mark.parametrize("steps", range(len(MIGRATIONS)))
def test_a_history_of_every_version_is_carried_over(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("folded", 1, folded, deterministic=True)
        connection.create_function("short_pieces", 1, short_pieces, deterministic=True)
        for step in MIGRATIONS[:steps]:
            connection.executescript(step)
        if steps:
            connection.executescript(
                "INSERT INTO chats (title, created_at, updated_at) VALUES ('old', 1, 1);"
                "INSERT INTO messages (chat_id, role, text, state, created_at)"
                " VALUES (1, 'assistant', 'said', 'done', 1);"
            )
        connection.execute(f"PRAGMA user_version = {steps}")
        connection.commit()
    with closing(History(path)) as history:
        if steps:
            (chat,) = history.chats()
            assert (chat.title, chat.tags) == ("old", ())
            assert history.answer_of(1) == ("said", MessageState.DONE, "", None)
        history.keep_origin(1, ORIGIN) if steps else None
        assert SnippetStore(history.database).search() == []


def answered(history: History) -> tuple[int, int]:
    """Add a chat with one answer that has an origin; return the ids of both."""
    chat = history.add_chat("chat")
    answer = history.add_message(
        chat.id, Role.ASSISTANT, "said", parent_id=None, state=MessageState.STOPPED, model="m"
    )
    history.keep_origin(answer.id, ORIGIN)
    return chat.id, answer.id


def test_how_an_answer_was_made_goes_with_branches_and_exports(history: History) -> None:
    chat_id, answer_id = answered(history)
    history.tag_chat(chat_id, ["#work", "work", " "])
    assert history.answer_of(answer_id) == ("said", MessageState.STOPPED, "m", ORIGIN)
    copy = branch(history.database, answer_id)
    assert history.origins(copy.id) == {history.messages(copy.id)[0].id: ORIGIN}
    assert [chat.tags for chat in history.chats()] == [("work",), ("work",)]
    head, messages = all_messages(history.database, chat_id)
    archived = ArchivedChat("t", 1.0, 2.0, head, tuple(messages), ("work",), {answer_id: ORIGIN})
    (found,) = chats_from_json(chats_to_json([archived]), name="chats.json")
    assert (found.tags, dict(found.origins)) == (("work",), {answer_id: ORIGIN})


def test_snippets_tags_and_origins_are_rescued(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(History(path)) as history:
        chat_id, _ = answered(history)
        history.tag_chat(chat_id, ["work"])
        SnippetStore(history.database).add(Snippet(0, "x", "x"), WRITTEN)
    rescue(path)
    with closing(History(path)) as history:
        store = SnippetStore(history.database)
        (snippet,) = store.search()
        assert (snippet.name, store.written(snippet.id)) == ("x", WRITTEN)
        assert [chat.tags for chat in history.chats()] == [("work",)]
        assert list(history.origins(1).values()) == [ORIGIN]
