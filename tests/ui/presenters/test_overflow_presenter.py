"""What does not fit is decided before it is sent, with the built-in model and its own tokenizer."""

from __future__ import annotations

from pathlib import Path

from presenter_rig import Make, Rig, play

from app.core.chats import MessageState
from app.core.context import ContextKind, OverflowChoice
from app.core.events import FinishReason
from app.core.messages import Role

CONTEXT = 2_048
SAID = "def f(x):\n    return x + 1\n" * 10  # some 130 tokens


def long_chat(rig: Rig, turns: int = 10, *, last: str = "") -> int:
    """Write a chat into the history: questions with answers, the last one unanswered or `last`."""
    chat = rig.history.add_chat("long")
    parent: int | None = None
    for number in range(turns):
        for role, text in (
            (Role.USER, f"Question {number}: {SAID}"),
            (Role.ASSISTANT, last if last and number == turns - 1 else f"```python\n{SAID}```"),
        ):
            state = MessageState.CONTEXT if text == last else MessageState.DONE
            message = rig.history.add_message(chat.id, role, text, parent_id=parent, state=state)
            parent = message.id
    return chat.id


async def opened(rig: Rig, turns: int = 10, *, last: str = "") -> int:
    await rig.begin()
    chat_id = long_chat(rig, turns, last=last)
    await rig.open_chat.show(chat_id)
    rig.chat_settings.change("chat.max_tokens", 20)
    return chat_id


async def ask_until_asked(rig: Rig, text: str) -> None:
    before = len(rig.screen.asked)
    rig.screen.draft = text
    rig.chat.send(text)
    await rig.until(lambda: len(rig.screen.asked) > before)


def choose(rig: Rig, choice: OverflowChoice, *, for_good: bool = False) -> None:
    assert rig.screen.choose is not None
    rig.screen.choose(choice, for_good)


async def idle(rig: Rig) -> None:
    await rig.until(lambda: not rig.chat.is_busy)


def test_cancelling_sends_nothing_and_keeps_the_draft(make: Make) -> None:
    rig = make()

    async def work() -> None:
        chat_id = await opened(rig)
        await ask_until_asked(rig, "Reverse a string")
        (fit,) = rig.screen.asked
        assert fit.context_tokens == CONTEXT
        assert fit.prompt_tokens > CONTEXT
        assert fit.losses[0].name.startswith("“Question 0: ")
        assert (fit.can_trim, fit.can_summarise, fit.raised_tokens) == (True, True, 0)
        choose(rig, OverflowChoice.CANCEL)
        await idle(rig)
        assert rig.screen.draft == "Reverse a string"
        assert len(rig.history.messages(chat_id)) == 20
        assert len(rig.screen.turns) == 20
        assert rig.screen.endings == []

    play(work())


def test_leaving_out_is_told_and_remembered_for_the_chat(make: Make) -> None:
    rig = make()

    async def work() -> None:
        chat_id = await opened(rig)
        await ask_until_asked(rig, "Reverse a string")
        choose(rig, OverflowChoice.TRIM, for_good=True)
        await rig.until(lambda: bool(rig.screen.endings))
        assert "Not sent:" in rig.screen.notices[0]
        assert "earlier messages" in rig.screen.notices[0]
        assert rig.screen.draft == ""
        assert len(rig.history.messages(chat_id)) == 22  # all of it is still there
        await idle(rig)
        rig.messages.show_prompt(rig.history.messages(chat_id)[-1].id)
        await rig.until(lambda: bool(rig.screen.prompt))
        assert "Question 0:" not in rig.screen.prompt
        assert "Question 9:" in rig.screen.prompt
        await rig.ask("And now?")
        assert len(rig.screen.asked) == 1
        assert len(rig.screen.endings) == 2
        await rig.until(lambda: rig.history.chat_settings(chat_id).get("chat.overflow") == "trim")

    play(work())


def test_the_model_sums_up_what_leaves(make: Make) -> None:
    rig = make()

    async def work() -> None:
        chat_id = await opened(rig)
        await ask_until_asked(rig, "Reverse a string")
        choose(rig, OverflowChoice.SUMMARISE)
        await rig.until(lambda: bool(rig.screen.endings))
        assert "A summary of the messages is sent instead" in rig.screen.notices[0]
        await idle(rig)
        rig.messages.show_prompt(rig.history.messages(chat_id)[-1].id)
        await rig.until(lambda: bool(rig.screen.prompt))
        assert "Summary of the conversation before this:" in rig.screen.prompt
        assert "chat.overflow" not in rig.history.chat_settings(chat_id)

    play(work())


def test_the_context_is_raised_where_the_model_can(make: Make) -> None:
    rig = make()

    async def work() -> None:
        rig.models_service.loads.raise_context(512)
        await opened(rig, 3)
        await ask_until_asked(rig, "Reverse a string")
        (fit,) = rig.screen.asked
        assert fit.context_tokens == 512
        assert 1_024 <= fit.raised_tokens <= CONTEXT
        choose(rig, OverflowChoice.RAISE)
        await rig.until(lambda: bool(rig.screen.endings))
        assert rig.models_service.loads.context_setting == fit.raised_tokens
        assert rig.screen.notices == []  # all of it was read
        await rig.until(lambda: rig.screen.total == fit.raised_tokens)

    play(work())


def test_a_question_that_is_too_long_by_itself_is_refused_with_the_numbers(make: Make) -> None:
    rig = make()

    async def work() -> None:
        chat_id = await opened(rig, 1)
        rig.screen.draft = "why " * 2_100
        await rig.ask("why " * 2_100)
        (error,) = rig.screen.errors
        assert "The question alone takes 4," in error.message
        assert "2,048" in error.message
        assert error.hint
        assert rig.screen.draft == "why " * 2_100
        assert len(rig.history.messages(chat_id)) == 2
        assert rig.screen.asked == []

    play(work())


def test_an_answer_that_filled_the_context_goes_on_once_there_is_room(make: Make) -> None:
    rig = make()

    async def work() -> None:
        filled = "```python\n" + SAID * 18
        chat_id = await opened(rig, 1, last=filled)
        assert rig.screen.endings == [FinishReason.CONTEXT]
        rig.chat.go_on()
        await rig.until(lambda: bool(rig.screen.asked))
        assert rig.screen.asked[0].losses[0].name.endswith("lines of the answer")
        choose(rig, OverflowChoice.TRIM)
        await rig.until(lambda: len(rig.screen.endings) == 2)
        (_, answer) = rig.history.messages(chat_id)
        assert answer.text.startswith(filled)  # and whatever the model said then
        assert "the first" in rig.screen.notices[0]

    play(work())


def test_stopping_closes_the_question(make: Make) -> None:
    rig = make()

    async def work() -> None:
        chat_id = await opened(rig)
        await ask_until_asked(rig, "Reverse a string")
        rig.chat.stop()
        await rig.until(lambda: rig.screen.choose is None)
        await idle(rig)
        assert len(rig.history.messages(chat_id)) == 20
        assert rig.screen.draft == "Reverse a string"

    play(work())


def test_another_answer_asks_too_and_cancelling_shows_the_first_again(make: Make) -> None:
    rig = make()

    async def work() -> None:
        chat_id = await opened(rig)
        last = rig.history.messages(chat_id)[-1]
        rig.messages.regenerate(last.id)
        await rig.until(lambda: bool(rig.screen.asked))
        assert len(rig.screen.turns) == 19
        choose(rig, OverflowChoice.CANCEL)
        await rig.until(lambda: len(rig.screen.turns) == 20)
        assert rig.history.messages(chat_id)[-1].alternatives == (last.id,)

    play(work())


def test_the_bar_counts_as_the_user_types_and_shows_the_last(make: Make, tmp_path: Path) -> None:
    rig = make()
    file = tmp_path / "a.py"
    file.write_text("x = 1\n" * 20)

    async def work() -> None:
        await opened(rig, 2)
        rig.draft.attach([file])
        await rig.until(lambda: any(p.kind is ContextKind.FILE for p in rig.screen.parts))
        text = ""
        for word in ("Explain ", "this ", "file ", "and ", "say ", "why."):
            text += word
            rig.draft.changed(text)
        model = rig.models_service.status.model
        assert model is not None
        (wanted, of_file) = await rig.generation.count_tokens(model, [text, file.read_text()])

        def shows_all() -> bool:
            tokens = {part.kind: part.tokens for part in rig.screen.parts}
            return (tokens.get(ContextKind.DRAFT), tokens.get(ContextKind.FILE)) == (
                wanted,
                of_file,
            )

        await rig.until(shows_all)
        assert rig.screen.draft_tokens == (wanted + of_file, False)
        names = [part.name for part in rig.screen.parts]
        assert names == ["System prompt and format", "Chat so far", "a.py", "Draft"]
        assert rig.screen.total == CONTEXT
        whole = sum(part.tokens for part in rig.screen.parts)
        await rig.ask(text)
        assert any("Question" in seen for seen in rig.screen.seen_parts)
        assert whole in [
            sum(part.tokens for part in parts if part.kind is not ContextKind.ANSWER)
            for parts in rig.screen.all_parts
            if any(part.kind is ContextKind.ANSWER for part in parts)
        ]
        rig.draft.changed("why " * 3_000)
        await rig.until(lambda: rig.screen.draft_tokens[1])

    play(work())


def used(rig: Rig) -> int:
    return sum(part.tokens for part in rig.screen.parts)


def test_after_leaving_out_the_bar_is_calm_and_says_so(make: Make) -> None:
    rig = make()

    async def work() -> None:
        chat_id = await opened(rig)
        await rig.until(lambda: used(rig) > CONTEXT)  # nobody has decided anything yet
        await ask_until_asked(rig, "Reverse a string")
        choose(rig, OverflowChoice.TRIM)
        await idle(rig)
        await rig.until(lambda: rig.screen.left_out_tokens > 0)
        assert used(rig) <= CONTEXT
        rig.draft.changed("And another question, which is longer than the one before was")
        await rig.until(lambda: rig.screen.parts[-1].kind is ContextKind.DRAFT)
        assert used(rig) <= CONTEXT
        rig.open_chat.new_chat()
        await rig.until(lambda: used(rig) == 0)
        await rig.open_chat.show(chat_id)  # it was for that question only
        await rig.until(lambda: used(rig) > CONTEXT)
        assert rig.screen.left_out_tokens == 0
        await ask_until_asked(rig, "Reverse a string")
        choose(rig, OverflowChoice.TRIM, for_good=True)
        await idle(rig)
        rig.open_chat.new_chat()
        await rig.until(lambda: used(rig) == 0)
        await rig.open_chat.show(chat_id)
        await rig.until(lambda: rig.screen.left_out_tokens > 0)
        assert used(rig) <= CONTEXT

    play(work())
