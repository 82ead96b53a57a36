"""The draft: kept for each chat with its files, and sent whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

from presenter_rig import Make, play

from app.engines.scripted import Answer, Script


def test_a_draft_is_kept_while_one_types_without_a_pause(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        kept = ""
        text = ""
        while not kept:  # a key each 50 ms, for as long as nothing is kept
            text += "x"
            rig.draft.changed(text)
            await asyncio.sleep(0.05)
            kept = rig.history.draft(0)
            assert len(text) < 2000
        rig.draft.changed(text + " and the end")
        await rig.until(lambda: rig.history.draft(0) == text + " and the end")

    play(work())


def test_drafts_are_kept_for_each_chat(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.draft.changed("for the first")
        rig.open_chat.new_chat()
        await rig.until(lambda: rig.history.draft(1) == "for the first")
        await rig.until(lambda: rig.screen.turns == [])
        assert rig.screen.draft == ""
        rig.draft.changed("for a new one")
        rig.open_chat.open_chat(1)
        await rig.until(lambda: rig.screen.draft == "for the first")
        assert rig.history.draft(0) == "for a new one"

    play(work())


def test_what_is_typed_at_once_into_a_new_chat_stays(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.draft.changed("old")
        rig.open_chat.new_chat()
        rig.screen.draft = "typed at once"
        rig.draft.changed("typed at once")
        await rig.until(lambda: rig.screen.selected is None)
        await rig.until(lambda: rig.history.draft(0) == "typed at once")
        assert rig.screen.draft == "typed at once"
        assert rig.history.draft(1) == "old"

    play(work())


def test_what_was_attached_is_attached_after_a_restart(make: Make, tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.go"
    one.write_text("x = 1")
    two.write_text("package main")

    async def attach() -> None:
        rig = make(Script(default=Answer.of("text")))
        await rig.begin()
        rig.draft.attach([one, two])
        await rig.until(lambda: rig.history.database.read("SELECT 1 FROM draft_files") != [])
        rig.pool.close()  # killed: nothing more is saved
        rig.history.close()

    async def again() -> None:
        one.unlink()
        rig = make(Script(default=Answer.of("text")))
        await rig.begin()
        assert [kept.name for kept in rig.screen.attached] == ["one.py", "two.go"]
        rig.draft.detach(1)
        await rig.draft.keep()
        rig.pool.close()
        rig.history.close()

    async def send() -> None:
        rig = make(Script(default=Answer.of("text")))
        await rig.begin()
        assert [kept.name for kept in rig.screen.attached] == ["one.py"]
        await rig.ask("What is this?")
        assert "x = 1" in rig.history.messages(1)[0].text
        await rig.until(lambda: rig.history.database.read("SELECT 1 FROM draft_files") == [])

    for work in (attach, again, send):
        play(work())


def test_files_go_with_the_question(make: Make, tmp_path: Path) -> None:
    rig = make(Script())
    one, two = tmp_path / "one.py", tmp_path / "two.go"
    one.write_text("x = 1\n")
    two.write_text("package two\n")

    async def work() -> None:
        await rig.begin()
        rig.draft.attach([one, two, tmp_path / "gone.py"])
        await rig.until(lambda: bool(rig.screen.attached) and rig.screen.attached[0].tokens > 0)
        assert [one.name for one in rig.screen.attached] == ["one.py", "two.go"]
        assert "gone.py" in rig.screen.notices[0]
        rig.draft.attach([one])
        await rig.until(lambda: "one.py is already attached." in rig.screen.notices)
        assert [one.name for one in rig.screen.attached] == ["one.py", "two.go"]
        rig.draft.detach(1)
        await rig.until(lambda: len(rig.screen.attached) == 1)
        await rig.ask("Explain")
        question = rig.history.messages(1)[0].text
        assert question == "Explain\n\nFile `one.py`:\n\n```python\nx = 1\n```"
        assert rig.screen.attached == []

    play(work())
