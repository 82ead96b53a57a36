"""What is exported comes back whole; what is not ours is refused."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest

from app.core.chats import MessageState
from app.core.errors import StoreError
from app.core.messages import Role
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.store.archive import ArchivedChat, from_json, to_json, to_markdown
from app.store.history import History
from app.text.markdown.blocks import BlockKind
from app.text.markdown.whole import prose_blocks


def filled(history: History) -> int:
    """Add a chat whose answer has two versions; the first is shown."""
    chat = history.add_chat("Größen: <b>")
    question = history.add_message(
        chat.id, Role.USER, "Wie? 😀", parent_id=None, state=MessageState.DONE
    )
    first = history.add_message(
        chat.id, Role.ASSISTANT, "```python\nx = 1", parent_id=question.id,
        state=MessageState.LENGTH, model="m",
    )  # fmt: skip
    history.add_message(
        chat.id, Role.ASSISTANT, "so", parent_id=question.id, state=MessageState.DONE, model="m"
    )
    history.show_alternative(first.id)
    return chat.id


def test_all_versions_come_back(tmp_path: Path) -> None:
    path = tmp_path / "chats.json"
    with closing(History(None)) as one, closing(History(None)) as other:
        filled(one)
        asyncio.run(Chats(HistoryFile.of(one), None).export(None, path))  # type: ignore[arg-type]
        other.add_chat("there before")
        (added,) = asyncio.run(Chats(HistoryFile.of(other), None).import_(path))  # type: ignore[arg-type]
        before, after = one.messages(1), other.messages(added.id)
        assert [(m.role, m.text, m.state, m.model) for m in after] == [
            (m.role, m.text, m.state, m.model) for m in before
        ]
        assert len(after[1].alternatives) == 2
        assert added.title == "Größen: <b>"
        assert [hit.chat_id for hit in other.search("wie?")] == [added.id]


def test_markdown_is_for_people(tmp_path: Path) -> None:
    with closing(History(None)) as history:
        chat_id = filled(history)
        text = to_markdown("Title", history.messages(chat_id))
    assert text == "# Title\n\n## You\n\nWie? 😀\n\n## m\n\n```python\nx = 1\n```\n"


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        ("- Run\n\n  ~~~sh\n  ls", "  ls\n  ~~~\n"),
        ("> ````\n> ```", "> ```\n> ````\n"),
        ('```py\n"""\n    ```\n    x', "    x\n```\n"),
        ("text with ``` in it", "in it\n"),
        ("<details>\n\nmore", "more\n\n</details>\n"),
        ("A comment <!-- to the end", "the end\n\n-->\n"),
    ],
)
def test_what_an_answer_left_open_is_closed_where_it_stands(answer: str, end: str) -> None:
    with closing(History(None)) as history:
        chat = history.add_chat("t")
        message = history.add_message(
            chat.id, Role.ASSISTANT, answer, parent_id=None, state=MessageState.DONE, model="m"
        )
        text = to_markdown("T", [message, message])
    assert text.endswith(end)
    assert [block.text for block in prose_blocks(text) if block.kind is BlockKind.HEADING] == [
        "T", "m", "m",
    ]  # fmt: skip


GOOD = json.loads(to_json([ArchivedChat("t", 1.0, 2.0, None, ())]))
MESSAGE = {
    "id": 2, "parent": None, "role": "user", "text": "x", "state": "done", "model": "",
    "created_at": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"starwright": "x", "chats": []}',
        '{"starwright": 1, "chats": [1]}',
        "[" * 100_000,
        *(
            json.dumps(
                {"starwright": 1, "chats": [GOOD["chats"][0] | {"messages": [MESSAGE | bad]}]}
            )
            for bad in (
                {"role": "king"},
                {"parent": 7},
                {"parent": 1},
                {"text": 5},
                {"state": "?"},
                {"created_at": "soon"},
            )
        ),
    ],
)
def test_what_is_not_ours_is_refused_by_name(text: str) -> None:
    with pytest.raises(StoreError, match=r"mine\.json has no chats"):
        from_json(text, name="mine.json")


def test_a_newer_export_is_named() -> None:
    with pytest.raises(StoreError, match="newer Starwright"):
        from_json('{"starwright": 2, "chats": []}', name="mine.json")
