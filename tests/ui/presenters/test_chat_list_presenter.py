"""The list of chats: searched, tagged, renamed, deleted, exported."""

from __future__ import annotations

from pathlib import Path

from presenter_rig import Make, play

from app.engines.scripted import Script


def test_a_deleted_chat_comes_back(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("keep me")
        await rig.until(lambda: rig.screen.chats == ["keep me"])
        rig.list.delete(1)
        await rig.until(lambda: rig.screen.chats == [])
        assert rig.screen.undo
        rig.screen.undo()
        await rig.until(lambda: rig.screen.chats == ["keep me"])

    play(work())


def test_what_was_said_is_found_also_in_another_version(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("about zebras")
        question = rig.history.messages(1)[0]
        rig.messages.edit(question.id, "about horses", False)
        await rig.until(lambda: len(rig.screen.endings) == 2)
        rig.list.search("zebra")
        await rig.until(lambda: rig.screen.hits == ["about zebras"])
        rig.list.open_hit(1, question.id)
        await rig.until(lambda: rig.screen.shown_message == question.id)
        assert rig.screen.turns[0] == "about zebras"

    play(work())


def test_tags_are_kept_and_narrow_the_search(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("zebras in the zoo #include")
        rig.open_chat.new_chat()
        await rig.until(lambda: rig.screen.turns == [])
        await rig.ask("zebras in the wild")
        rig.list.tag(2, ["work", "#work", "animals"])
        await rig.until(lambda: {chat.tags for chat in rig.history.chats()} != {()})
        assert {chat.id: chat.tags for chat in rig.history.chats()} == {
            1: (),
            2: ("work", "animals"),
        }
        rig.list.search("#wo zebras")
        await rig.until(lambda: rig.screen.hits == ["zebras in the wild"])
        rig.list.search("#include")  # no tag: it is what was said
        await rig.until(lambda: rig.screen.hits == ["zebras in the zoo #include"])

    play(work())


def test_chats_are_renamed_and_pinned(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.open_chat.new_chat()
        await rig.until(lambda: rig.screen.turns == [])
        await rig.ask("two")
        rig.list.rename(1, "  The first ")
        rig.list.pin(1, True)
        await rig.until(lambda: rig.screen.chats == ["The first", "two"])

    play(work())


# The tiny model is a base model, whose answers are code that our adapter puts between fences.


def test_a_chat_is_exported_and_imported_again(make: Make, tmp_path: Path) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        path = tmp_path / "chat.json"
        rig.list.export(1, path)
        await rig.until(path.exists)
        rig.list.import_(path)
        await rig.until(lambda: rig.screen.selected == 2)
        await rig.until(lambda: rig.screen.turns[:1] == ["one"])
        rig.list.import_(tmp_path / "settings.toml")
        await rig.until(lambda: bool(rig.bugs))
        assert "settings.toml" in str(rig.bugs.pop())

    play(work())
