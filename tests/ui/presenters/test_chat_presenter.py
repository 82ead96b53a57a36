"""The open chat: questions, answers, and what is done with a message; no Qt."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import pytest
from presenter_rig import Make, Rig, play
from tiny_model import write_tiny_model

from app.core.events import FinishReason
from app.engines.scripted import Answer, Script
from app.store.history import MessageState


def test_a_question_sent_before_the_history_is_open_is_asked_then(make: Make) -> None:
    async def work(rig: Rig) -> None:
        rig.draft.changed("early")
        rig.chat.send("early")
        await asyncio.sleep(0.05)
        assert (rig.screen.turns, rig.draft.text) == ([], "early")
        rig.chat.send("early")  # an impatient second time
        await rig.begin()
        await rig.until(lambda: rig.screen.turns[:1] == ["early"] and not rig.chat.is_busy)
        assert len(rig.screen.turns) == 2
        assert [message.text for message in rig.history.messages(1)][:1] == ["early"]

    play(work(make()))


def test_a_question_changed_before_the_history_is_open_stays_a_draft(make: Make) -> None:
    async def work(rig: Rig) -> None:
        rig.chat.send("early")
        rig.draft.changed("early, and more")
        await rig.begin()
        await rig.until(lambda: not rig.chat.is_busy)
        assert rig.screen.turns == []
        assert rig.history.chats() == []
        await rig.until(lambda: rig.history.draft(0) == "early, and more")

    play(work(make()))


def test_the_first_prompt_gives_code_in_the_panel(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        await rig.ask("Write a Python function that checks whether a number is prime")
        assert "def " in rig.panel.codes[0]
        assert rig.panel.titles[0].endswith(".py")
        assert rig.panel.languages == ["python"]
        assert rig.panel.closed == [0]
        assert rig.screen.endings == [FinishReason.STOP]
        assert rig.screen.chats
        assert ["Prompt", "Answer"] in rig.screen.seen_parts
        assert rig.screen.total == 2048
        assert "built-in demo model" in rig.screen.note

    play(work())


def test_stop_keeps_what_was_said(make: Make) -> None:
    rig = make(Script(default=Answer(tuple(b"w " for _ in range(90_000))), tokens_per_s=300))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("go")
        await rig.until(lambda: "w w w" in "".join(rig.screen.turns))
        rig.chat.stop()
        await rig.until(lambda: not rig.chat.is_busy)
        assert rig.screen.endings == [FinishReason.CANCELLED]
        assert not rig.screen.is_writing
        (chat,) = rig.history.chats()
        assert "w w w" in rig.history.messages(chat.id)[1].text

    play(work())


def test_a_failed_answer_can_be_asked_for_again(make: Make) -> None:
    rig = make(Script(default=Answer(tuple(b"w " for _ in range(9)), fails_after=4)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("go")
        assert len(rig.screen.errors) == 1
        rig.messages.retry()
        await rig.until(lambda: len(rig.screen.errors) == 2)
        (chat,) = rig.history.chats()
        assert len(rig.history.messages(chat.id)) == 2

    play(work())


def test_a_question_that_cannot_be_saved_goes_back_into_the_draft(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        rig.history.close()
        rig.screen.draft = "precious"
        await rig.ask("precious")
        assert rig.screen.draft == "precious"
        assert len(rig.screen.errors) == 1

    play(work())


def test_a_full_disk_is_told_once_and_the_answer_goes_on(make: Make) -> None:
    rig = make(Script(default=Answer(tuple(b"word " * 40 for _ in range(200))), tokens_per_s=200))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("go")
        await rig.until(lambda: len(rig.screen.turns) == 2)
        connection = rig.history.database.connection  # SQLite's own way to have no room
        connection.execute(
            f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}"
        )
        await rig.until(lambda: not rig.chat.is_busy)
        assert rig.screen.turns[1].count("word ") == 200 * 40
        (told,) = rig.screen.notices
        assert told.startswith("This answer is not saved yet.")
        assert "The disk is full: free some space." in told
        assert rig.screen.errors == []

    play(work())


def test_another_answer_stands_beside_the_first(make: Make) -> None:
    rig = make(Script(answers={"two": Answer.of("second")}, default=Answer.of("first")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        question, first = rig.history.messages(1)
        rig.messages.regenerate(first.id)
        await rig.until(lambda: len(rig.screen.endings) == 2 and not rig.screen.is_busy)
        again = rig.history.messages(1)[-1]
        assert again.alternatives == (first.id, again.id)
        rig.messages.step(again.id, -1)
        await rig.until(lambda: rig.history.messages(1)[-1].id == first.id)
        rig.messages.edit(question.id, "two", False)
        await rig.until(lambda: len(rig.screen.endings) == 3)
        assert rig.screen.turns[0] == "two"
        assert "second" in rig.screen.turns[1]
        assert rig.screen.draft == ""

    play(work())


def test_regenerate_clicked_twice_writes_one_answer(make: Make) -> None:
    rig = make(Script(default=Answer.of("answer")))

    def is_quiet() -> bool:
        return not {"message", "answer"} & {task.get_name() for task in asyncio.all_tasks()}

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        answer = rig.history.messages(1)[-1]
        rig.messages.regenerate(answer.id)
        rig.messages.regenerate(answer.id)
        await rig.until(is_quiet)
        assert len(rig.history.messages(1)[-1].alternatives) == 2

    play(work())


def test_the_view_is_idle_once_the_next_question_is_taken(make: Make) -> None:
    rig = make(Script(default=Answer.of("answer")))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("one")
        while rig.chat.is_busy:  # noqa: ASYNC110 - the very next moment
            await asyncio.sleep(0)
        assert not rig.screen.is_busy

    play(work())


def test_showing_a_rescued_chat_leaves_alone_who_went_on(make: Make) -> None:
    rig = make(Script(default=Answer.of("answer")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.screen.turns = []
        await rig.open_chat.show_anew()
        assert rig.screen.turns[0] == "one"
        again = asyncio.ensure_future(rig.open_chat.show_anew())
        await asyncio.sleep(0)
        rig.open_chat.new_chat()
        await again
        assert rig.open_chat.chat_id is None
        await rig.ask("two")
        assert rig.screen.endings == [FinishReason.STOP] * 2
        await asyncio.to_thread(rig.history.delete_chat, rig.open_chat.chat_id)
        await rig.open_chat.show_anew()
        assert rig.open_chat.chat_id is None

    play(work())


def test_an_edited_answer_is_gone_on_with(make: Make) -> None:
    rig = make(Script(default=Answer.of("and more")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        answer = rig.history.messages(1)[-1]
        rig.messages.edit(answer.id, "Mine: ", True)
        await rig.until(lambda: len(rig.screen.endings) == 2)
        last = rig.history.messages(1)[-1]
        assert last.text.startswith("Mine: ")
        assert "and more" in last.text
        assert rig.screen.turns[-1].startswith("Mine: ")
        assert len(last.alternatives) == 2

    play(work())


def test_a_message_is_deleted_and_comes_back(make: Make) -> None:
    rig = make(Script(default=Answer.of("text")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.messages.delete(rig.history.messages(1)[-1].id)
        await rig.until(lambda: rig.screen.undo is not None)
        assert rig.screen.turns == ["one"]
        assert rig.screen.undo
        rig.screen.undo()
        await rig.until(lambda: len(rig.screen.turns) == 2)

    play(work())


def test_a_branch_opens_as_a_chat_of_its_own(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        rig.messages.branch(rig.history.messages(1)[1].id)
        await rig.until(lambda: rig.screen.selected == 2)
        assert len(rig.history.messages(2)) == 2
        await rig.until(lambda: "Branch of one" in rig.screen.chats)
        assert len(rig.history.messages(1)) == 4

    play(work())


@pytest.mark.parametrize("chats_between", [0, 1])
def test_a_question_sent_at_once_is_asked_in_the_new_chat(make: Make, chats_between: int) -> None:
    rig = make(Script(default=Answer(tuple(b"w " for _ in range(90_000))), tokens_per_s=300))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("one")
        await rig.until(lambda: "w w" in "".join(rig.screen.turns))
        for _ in range(chats_between):  # a window that was busy sees all of this at once
            rig.open_chat.new_chat()
            rig.open_chat.open_chat(1)
        rig.open_chat.new_chat()
        rig.chat.send("two")
        await rig.until(lambda: rig.screen.turns[:1] == ["two"] and "w w" in rig.screen.turns[-1])
        assert rig.open_chat.chat_id == 2
        assert rig.history.messages(2)[0].text == "two"
        rig.chat.stop()
        await rig.until(lambda: not rig.chat.is_busy)
        states = [rig.history.messages(chat)[-1].state for chat in (1, 2)]
        assert states == [MessageState.STOPPED, MessageState.STOPPED]

    play(work())


def test_the_exact_prompt_can_be_looked_at(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        await rig.ask("Reverse a string")
        rig.messages.show_prompt(rig.history.messages(1)[-1].id)
        await rig.until(lambda: bool(rig.screen.prompt))
        assert "### Instruction\nReverse a string" in rig.screen.prompt
        assert rig.screen.prompt.endswith("### Response\n")

    play(work())


def test_settings_hold_for_one_chat_and_come_back_with_it(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        rig.settings.set_value("chat.temperature", 0.0)
        rig.chat_settings.change("chat.system", "Be brief.")
        rig.chat_settings.change("chat.max_tokens", 3)
        await rig.ask("Reverse a string")
        assert rig.screen.endings == [FinishReason.LENGTH]
        rig.messages.show_prompt(rig.history.messages(1)[-1].id)
        await rig.until(lambda: "Be brief." in rig.screen.prompt)
        rig.open_chat.new_chat()
        await rig.until(lambda: rig.screen.turns == [])
        rig.chat_settings.open()
        assert (rig.screen.values["chat.system"], rig.screen.values["chat.temperature"]) == ("", 0)
        rig.open_chat.open_chat(1)
        await rig.until(lambda: rig.open_chat.chat_id == 1)
        await rig.until(lambda: len(rig.screen.turns) == 2)
        rig.chat_settings.open()
        assert rig.screen.values["chat.max_tokens"] == 3
        rig.chat_settings.change("chat.max_tokens", 0)
        await rig.until(lambda: rig.history.chat_settings(1) == {"chat.system": "Be brief."})

    play(work())


def test_a_chat_writes_only_documents_where_it_is_told_to(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        assert rig.screen.output == ""
        rig.chat_settings.change("chat.format", "TOML")
        assert rig.screen.output == "TOML"
        rig.chat_settings.change("chat.max_tokens", 25)
        await rig.ask("Settings of a shop")
        opening, _, rest = rig.screen.turns[-1].partition("\n")
        assert opening == "```toml"
        assert rest.endswith("\n```")
        assert tomllib.loads(rest.removesuffix("```")) == tomllib.loads(rig.panel.codes[0])
        rig.chat.go_on()
        await rig.until(lambda: bool(rig.screen.errors))
        assert "be continued" in rig.screen.errors[-1].message
        await rig.until(lambda: not rig.chat.is_busy)
        rig.chat_settings.change("chat.format", "JSON")
        rig.chat_settings.change("chat.schema", '{"type": "nonsense"}')
        await rig.ask("Settings of a shop")
        assert "The JSON schema cannot be used" in rig.screen.errors[-1].message
        assert rig.screen.errors[-1].hint

    play(work())


def test_bad_input_is_one_clear_message(make: Make, tmp_path: Path) -> None:
    rig = make()
    broken = write_tiny_model(tmp_path / "broken.gguf", chat_template="{{ nothing.at.all }}")

    async def work() -> None:
        await rig.begin()
        await rig.ask("a\0b")
        assert "The question has a NUL character in line 1" in rig.screen.errors[-1].message
        assert rig.screen.draft == "a\0b"
        rig.models.choose(broken)
        await rig.until(lambda: rig.models_service.status.model.path == broken)
        await rig.ask("Add")
        assert "The chat template of Tiny random StarCoder 2" in rig.screen.errors[-1].message
        assert all(error.hint for error in rig.screen.errors)

    play(work())
