"""Nothing is cut in silence: what does not fit fails, leaves, or is summed up, and that is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_engine
from app.core.attachments import Attachment
from app.core.context import ContextKind, Overflow
from app.core.engine import Engine, EngineFactory, LoadProgress
from app.core.errors import PromptTooLongError, RequestError
from app.core.events import Finished, GenerationEvent, LeftOut, Reading, Summarising
from app.core.messages import Message, Role
from app.core.models import LoadOptions
from app.core.paths import builtin_model_path
from app.core.prompts import Control, Prompt
from app.core.sampling import Sampling
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.services.answering.generation import ChatRequest, CompletionRequest, Generation
from app.services.inference.counting import TokenCounter
from app.services.inference.pool import Pool
from app.services.models import Models
from app.store.settings import Settings
from app.text.attached import with_attachments

CONTEXT = 2_000
INSTRUCT = replace(
    scripted_info(context_tokens=CONTEXT), name="starcoder2-instruct", architecture="starcoder2"
)
LINES = "".join(f"line {number}\n" for number in range(1, 301))  # 2,592 bytes
U, A = Role.USER, Role.ASSISTANT


def talk(turns: int, last: str = "and now?", said: str = "x" * 150) -> tuple[Message, ...]:
    """A chat of `turns` questions that are answered, and one that is not; 300 bytes each."""
    messages: list[Message] = []
    for number in range(turns):
        messages += [Message(U, f"question {number} {said}"), Message(A, f"answer {number} {said}")]
    return (*messages, Message(U, last))


class Rig:
    def __init__(self, factory: EngineFactory, builtin: Path, folder: Path, memory: int) -> None:
        self.pool = Pool(factory, free_bytes=lambda: memory)
        self.settings = Settings(folder / "settings.toml")
        self.models = Models(self.pool, self.settings, builtin=builtin)
        self.generation = Generation(self.models)
        self.model = asyncio.run(self.models.files.inspect(builtin))

    async def chat(self, request: ChatRequest) -> list[GenerationEvent]:
        return await heard(self.generation.chat(self.model, request))


Make = Callable[..., Rig]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def make(script: Script | None = None, info: Any = INSTRUCT, *, memory: int = 10**12) -> Rig:
        factory = ScriptedFactory(script, info) if script else open_engine
        builtin = tiny_model if script else builtin_model_path()
        made.append(Rig(factory, builtin, tmp_path, memory))
        return made[-1]

    yield make
    for rig in made:
        rig.pool.close()


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


async def heard(events: AsyncGenerator[GenerationEvent, None]) -> list[GenerationEvent]:
    async with aclosing(events):
        return [event async for event in events]


def left_out(events: list[GenerationEvent]) -> LeftOut:
    (found,) = [event for event in events if isinstance(event, LeftOut)]
    return found


def read_tokens(events: list[GenerationEvent]) -> int:
    return next(event.total_tokens for event in events if isinstance(event, Reading))


def test_by_default_what_does_not_fit_fails_with_the_numbers(make: Make) -> None:
    rig = make(Script())
    with pytest.raises(PromptTooLongError, match=r"2,\d\d\d tokens, but the context holds 2,000"):
        play(ignored(rig.chat(ChatRequest(talk(7)))))


async def ignored(work: Coroutine[Any, Any, Any]) -> None:
    await work


@pytest.mark.parametrize("turns", [0, 1, 5, 6, 7, 20])
def test_trimming_leaves_out_as_little_as_must_be_and_says_it(make: Make, turns: int) -> None:
    rig = make(Script())

    async def work() -> None:
        request = ChatRequest(talk(turns), overflow=Overflow.TRIM)
        events = await rig.chat(request)
        assert isinstance(events[-1], Finished)
        prompt = (await rig.generation.prompt(rig.model, request)).as_text()
        assert read_tokens(events) <= CONTEXT - CONTEXT // 8
        told = [event for event in events if isinstance(event, LeftOut)]
        gone = told[0].messages if told else 0
        assert gone % 2 == 0
        for number in range(turns):
            assert (f"question {number} " in prompt) == (number >= gone // 2)
            assert (f"answer {number} " in prompt) == (number >= gone // 2)
        assert "and now?" in prompt
        # Two exchanges more would not have fitted.
        assert not gone or read_tokens(events) + 800 > CONTEXT - CONTEXT // 8
        assert bool(gone) == (turns > 4)

    play(work())


def test_a_growing_chat_leaves_out_the_same_for_some_questions(make: Make) -> None:
    """Else its beginning would be another each time, and all of it be read anew."""
    rig = make(Script())

    async def work() -> None:
        gone = []
        for turns in range(20, 60):
            request = ChatRequest(talk(turns, said="x" * 12), overflow=Overflow.TRIM)
            gone.append(left_out(await rig.chat(request)).messages)
        assert gone == sorted(gone)
        assert len(set(gone)) < 25  # with some 70 tokens a turn, in steps of 250

    play(work())


def test_a_file_leaves_from_its_end(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        question = with_attachments("Explain", [Attachment("a.py", LINES)])
        request = ChatRequest((Message(U, question),), overflow=Overflow.TRIM)
        told = left_out(await rig.chat(request))
        (name,) = told.files
        assert name.startswith("a.py, lines ")
        assert name.endswith("–300")
        first = int(name.split()[2].partition("–")[0])
        prompt = (await rig.generation.prompt(rig.model, request)).as_text()
        assert f"File `a.py`, lines 1 to {first - 1} of 300:" in prompt
        assert f"line {first - 1}\n```" in prompt
        assert f"line {first}\n" not in prompt
        assert told.tokens == len("".join(f"line {n}\n" for n in range(first, 301)))

    play(work())


def test_the_question_alone_is_too_long(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        request = ChatRequest(talk(3, "y" * 2_100), overflow=Overflow.TRIM)
        with pytest.raises(
            PromptTooLongError, match=r"question alone takes 2,\d+ tokens"
        ) as failure:
            await rig.chat(request)
        assert failure.value.hint
        fit = await rig.generation.fit(rig.model, request)
        assert fit is not None
        assert (fit.fits, fit.can_trim, fit.losses) == (False, False, ())
        assert 2_100 < fit.least_tokens < 2_400 < fit.prompt_tokens

    play(work())


def test_what_leaves_is_summed_up_once_and_the_summary_is_in_the_prompt(make: Make) -> None:
    told = Answer.of("They spoke of\n numbers.")
    rig = make(Script(answers={"Sum up this conversation": told}, default=Answer.of("ok")))

    async def work() -> None:
        request = ChatRequest(talk(9), overflow=Overflow.SUMMARISE)
        events = await rig.chat(request)
        steps = [event for event in events if isinstance(event, Summarising)]
        assert [(one.step, one.steps) for one in steps] == [
            (n + 1, len(steps)) for n in range(len(steps))
        ]
        assert left_out(events).summary == "They spoke of numbers."
        assert left_out(events).messages >= 8
        assert isinstance(events[-1], Finished)
        assert events[-1].text == "ok"
        prompt = (await rig.generation.prompt(rig.model, request)).as_text()
        assert "Summary of the conversation before this: They spoke of numbers.\n\n" in prompt
        again = await rig.chat(request)
        assert not [event for event in again if isinstance(event, Summarising)]
        assert read_tokens(again) <= CONTEXT - CONTEXT // 8
        # A longer chat adds to the summary.
        longer = replace(request, messages=talk(14))
        more = [event for event in await rig.chat(longer) if isinstance(event, Summarising)]
        assert 0 < len(more) <= len(steps)

    play(work())


def test_a_base_model_cannot_sum_up(make: Make) -> None:
    rig = make(Script(), replace(INSTRUCT, name="starcoder2-3b"))
    with pytest.raises(RequestError, match="base model"):
        play(ignored(rig.chat(ChatRequest(talk(9), overflow=Overflow.SUMMARISE))))


def test_an_answer_that_filled_the_context_goes_on(make: Make) -> None:
    rig = make(Script(default=Answer.of("more")))

    async def work() -> None:
        begun = "Here:\n```python\n" + LINES[:1_800]
        request = ChatRequest((Message(U, "long code"), Message(A, begun)), overflow=Overflow.TRIM)
        events = await rig.chat(request)
        assert left_out(events).lines_before > 0
        prompt = (await rig.generation.prompt(rig.model, request)).as_text()
        assert prompt.endswith(LINES[1_700:1_800])
        assert "### Response\n```python\nline " in prompt

    play(work())


def test_a_text_to_complete_keeps_its_end(make: Make) -> None:
    rig = make(Script(), scripted_info(context_tokens=CONTEXT))

    async def work() -> None:
        with pytest.raises(PromptTooLongError):
            await heard(rig.generation.complete(rig.model, CompletionRequest(LINES)))
        request = CompletionRequest(LINES, overflow=Overflow.TRIM)
        events = await heard(rig.generation.complete(rig.model, request))
        assert 90 < left_out(events).lines_before < 200
        assert isinstance(events[-1], Finished)

    play(work())


def test_the_fit_says_what_can_be_done(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.models.choose(rig.model)
        await rig.models.load(rig.model)
        assert await rig.generation.fit(rig.model, ChatRequest(talk(0))) is None
        fits = await rig.generation.fit(rig.model, ChatRequest(talk(3)))
        assert fits is not None
        assert fits.fits
        fit = await rig.generation.fit(rig.model, ChatRequest(talk(9)))
        assert fit is not None
        assert not fit.fits
        assert (fit.can_trim, fit.can_summarise) == (True, True)
        assert fit.losses[0].name.startswith("“question 0…” and")
        assert fit.prompt_tokens - sum(loss.tokens for loss in fit.losses) >= fit.least_tokens
        assert fit.least_tokens + fit.answer_tokens <= CONTEXT

    play(work())


def test_the_context_is_raised_as_far_as_training_and_memory_allow(make: Make) -> None:
    for memory, setting, needed, raised in (
        (10**12, 512, 700, 1_024),
        (10**12, 512, 1_100, 2_048),
        (10**12, 512, 2_049, 0),  # more than it was trained with
        (10**12, 0, 1_000, 0),  # it has all it can already
        (10**6, 512, 700, 0),  # no memory
    ):
        rig = make(memory=memory)
        rig.models.loads.raise_context(setting)
        assert rig.models.loads.raised_context(rig.model, needed) == raised


def test_the_parts_of_the_context_are_the_prompt(make: Make) -> None:
    """With the built-in model's own tokenizer, against what the engine itself says it read."""
    rig = make()

    async def work() -> None:
        await rig.models.load(rig.model)
        files = [
            Attachment("a.py", "def größe(n):\n    return n * 2\n"),
            Attachment("b", "x\n\n\ty"),
        ]
        earlier = (Message(U, "Hello"), Message(A, "```python\nx = 1\n```\nDone."))
        for messages, draft, attached in (
            (earlier, "Explain  both\n\n", files),
            (earlier, "", []),
            ((), "Reverse a string", []),
            ((Message(Role.SYSTEM, "Be brief."),), "Reverse", files[:1]),
        ):
            request = ChatRequest(tuple(messages), Sampling(max_tokens=1))
            use = await rig.generation.use(rig.model, request, draft, attached)
            asked = with_attachments(draft, attached)
            question = (Message(U, asked),) if asked else ()
            events = await rig.chat(replace(request, messages=(*messages, *question)))
            assert use.used_tokens == read_tokens(events)
            counted = await rig.generation.count_tokens(
                rig.model, [draft, *(f.text for f in attached)]
            )
            of_files = [part.tokens for part in use.parts if part.kind is ContextKind.FILE]
            assert [use.tokens_of(ContextKind.DRAFT), *of_files] == counted
            assert use.context_tokens == 2_048
        empty = await rig.generation.use(rig.model, ChatRequest(()), "", [])
        assert (empty.parts, empty.context_tokens) == ((), 2_048)

    play(work())


def test_prompts_are_counted_as_the_engine_does(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.models.load(rig.model)
        counter = TokenCounter()
        end = Control("<|endoftext|>")
        for parts in (("a b",), (end,), (end, "x\n", "\n  y", end, "z"), ("def f", "oo():")):
            prompt = Prompt(parts)
            sampling = Sampling(seed=1, max_tokens=1)
            async with rig.models.lease(rig.model) as model:
                events = await heard(model.run(prompt, sampling))
                assert await counter.count_prompt(model, prompt) == read_tokens(events)

    play(work())


class Listening:
    """Loads scripted engines that remember what they tokenize."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, options: LoadOptions, progress: LoadProgress) -> Engine:
        engine = ScriptedFactory(Script(), INSTRUCT)(options, progress)
        tokenize = engine.tokenize

        def listen(text: str, *, special: bool = False) -> list[int]:
            self.texts.append(text)
            return tokenize(text, special=special)

        engine.tokenize = listen  # type: ignore[method-assign]
        return engine


def test_each_text_is_tokenized_once_while_one_types(tmp_path: Path, tiny_model: Path) -> None:
    heard_by = Listening()
    rig = Rig(heard_by, tiny_model, tmp_path, 10**12)
    long = Attachment("a.log", "one line\n" * 40_000)

    async def work() -> None:
        await rig.models.load(rig.model)
        request = ChatRequest(talk(3)[:-1])
        for draft in ("a", "ab", "abc"):
            await asyncio.gather(
                rig.generation.use(rig.model, request, draft, [long]),
                rig.generation.count_tokens(rig.model, [long.text]),
            )
        assert sum(len(text) for text in heard_by.texts if "one line" in text) == len(long.text)
        assert sum("question 0" in text for text in heard_by.texts) == 1

    try:
        play(work())
    finally:
        rig.pool.close()


def test_a_long_text_is_counted_in_slices_to_the_same_number(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.models.load(rig.model)
        text = "def f(x):\n    return [x, 'größe']\n\n\nclass A:\n\tpass\n" * 6_000
        counter = TokenCounter()
        assert len(text) > 300_000
        async with rig.models.lease(rig.model) as model:
            (whole,) = await model.tokenize(text)
            assert await counter.count(model, [text, "x", text]) == [len(whole), 1, len(whole)]

    play(work())


def test_what_is_left_out_is_not_counted_and_what_stays_is_the_prompt(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.models.load(rig.model)
        said = "def f(x):\n    return x + 1\n" * 10
        files = [Attachment("a.py", LINES * 2), Attachment("b.py", "x = 1\n")]
        for earlier, draft, attached in (
            (talk(9, said=said)[:-1], "Why?", []),
            ((), "Why?", files),
        ):
            request = ChatRequest(earlier, Sampling(max_tokens=1), overflow=Overflow.TRIM)
            use = await rig.generation.use(rig.model, request, draft, attached)
            question = Message(U, with_attachments(draft, attached))
            events = await rig.chat(replace(request, messages=(*earlier, question)))
            assert use.used_tokens == read_tokens(events) < use.context_tokens
            assert use.left_out_tokens == left_out(events).tokens

    play(work())
