"""Suggestions: asked for, typed along, walked through, cancelled; with real services and no Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core.engine import EngineFactory
from app.core.models import ModelInfo
from app.core.places import Place
from app.core.prompts import Prompt
from app.engines.scripted import Answer, Script, Scripted, ScriptedFactory, scripted_info
from app.generation.infill.repository import SourceFile
from app.services.answering.generation import Generation
from app.services.inference.pool import Pool
from app.services.models import Models
from app.services.tasks import Tasks
from app.store.settings import Settings
from app.ui.presenters.suggest import ContextFor, SuggestPresenter

PLACE = Place("def f(x):\n    ", "\n\nprint(f(2))\n", "a.py")
SLOW = 40.0


class Panel:
    """A code panel with one place, that remembers what it shows."""

    def __init__(self, place: Place | None) -> None:
        self.where = place
        self.ghost = ""
        self.ghosts: list[str] = []
        self.state = ""
        self.more = ""
        self.note = ""
        self.asked = 0

    def place(self) -> Place | None:
        self.asked += 1
        return self.where

    def show_suggestion(self, text: str) -> None:
        self.ghost = text
        self.ghosts.append(text)

    def clear_suggestion(self) -> None:
        self.ghost = ""

    def show_state(self, words: str, more: str = "") -> None:
        self.state, self.more = words, more

    def show_note(self, text: str) -> None:
        self.note = text


class Watched:
    """A factory of scripted engines that knows the prompts they read and the runs they stopped."""

    def __init__(self, script: Script, info: ModelInfo) -> None:
        self._factory = ScriptedFactory(script, info)
        self.prompts: list[str] = []
        self.running: Callable[[], int] = lambda: 0

    def __call__(self, *arguments: Any) -> Scripted:
        engine = self._factory(*arguments)
        start = engine.start

        def note(run: int, prompt: Prompt, sampling: Any) -> None:
            self.prompts.append(prompt.as_text())
            start(run, prompt, sampling)

        engine.start = note  # type: ignore[method-assign]
        self.running = lambda: len(engine._runs)
        return engine


class Rig:
    def __init__(
        self,
        folder: Path,
        model: Path,
        factory: EngineFactory,
        place: Place | None,
        context_for: ContextFor | None,
    ) -> None:
        self.panel = Panel(place)
        self.bugs: list[BaseException] = []
        self.settings = Settings(folder / "settings.toml")
        self.pool = Pool(factory, free_bytes=lambda: 10**12)
        self.models = Models(self.pool, self.settings, builtin=folder / "none")
        self.model = model
        self.tasks = Tasks(self.bugs.append)
        self.suggest = SuggestPresenter(
            self.panel,
            self.models,
            Generation(self.models),
            self.tasks,
            self.settings,
            context_for,
        )

    async def begin(self) -> None:
        await self.models.load(await self.models.open(self.model))

    async def until(self, is_so: Callable[[], bool]) -> None:
        for _ in range(6000):
            if is_so():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen within a minute")

    async def suggested(self) -> str:
        """Ask, and return the whole suggestion."""
        self.suggest.ask()
        await self.until(lambda: self.is_idle)
        return self.panel.ghost

    @property
    def is_idle(self) -> bool:
        return not self.tasks._running


Make = Callable[..., tuple[Rig, Watched]]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    rigs: list[Rig] = []

    def make(
        said: str | Script = "return x",
        *,
        place: Place | None = PLACE,
        info: ModelInfo | None = None,
        context_for: ContextFor | None = None,
        tokens_per_s: float = 0.0,
    ) -> tuple[Rig, Watched]:
        script = said
        if isinstance(script, str):
            script = Script(default=Answer.of(script), tokens_per_s=tokens_per_s)
        factory = Watched(script, info or scripted_info())
        rigs.append(Rig(tmp_path, tiny_model, factory, place, context_for))
        return rigs[-1], factory

    yield make
    for rig in rigs:
        rig.pool.close()
        assert not rig.bugs, rig.bugs


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


def test_what_is_asked_for_is_shown_and_ends_where_people_expect(make: Make) -> None:
    rig, factory = make("return x\n\n\ndef g():\n    pass")

    async def work() -> None:
        await rig.begin()
        assert await rig.suggested() == "return x"
        assert rig.panel.state == ""
        assert factory.prompts == [
            f"<fim_prefix>{PLACE.before}<fim_suffix>{PLACE.after}<fim_middle>"
        ]

    play(work())


def test_typing_along_keeps_it_and_the_last_letter_ends_it(make: Make) -> None:
    rig, factory = make()

    async def work() -> None:
        await rig.begin()
        await rig.suggested()
        for typed, left in (("r", "eturn x"), ("eturn", " x"), (" x", "")):
            rig.suggest.typed(typed)
            assert rig.panel.ghost == left
        assert rig.panel.state == ""
        rig.suggest.typed("y")  # nobody waits any more
        assert len(factory.prompts) == 1

    play(work())


@pytest.mark.parametrize("act", ["typed", "leave"])
def test_anything_else_ends_the_run_in_the_engine_at_once(make: Make, act: str) -> None:
    rig, factory = make("word " * 5_000, tokens_per_s=SLOW)

    async def work() -> None:
        await rig.begin()
        rig.suggest.ask()
        await rig.until(lambda: rig.panel.ghost.startswith("word word"))
        rig.suggest.typed("wo")
        assert rig.panel.ghost.startswith("rd word")
        await rig.until(lambda: factory.running() == 1)
        if act == "typed":
            rig.suggest.typed("x")
        else:
            rig.suggest.leave()
        assert rig.panel.ghost == ""
        await rig.until(lambda: factory.running() == 0)
        await asyncio.sleep(0.1)
        assert rig.panel.ghost == ""

    play(work())


def test_a_key_before_the_first_letter_came_cancels_it(make: Make) -> None:
    rig, factory = make(Script(prompt_slice_tokens=1, prompt_step_s=0.05))

    async def work() -> None:
        await rig.begin()
        rig.suggest.ask()
        await rig.until(lambda: factory.running() == 1)
        rig.suggest.typed("T")
        await rig.until(lambda: factory.running() == 0)
        assert rig.panel.ghosts == []

    play(work())


def test_other_suggestions_are_walked_through_and_typed_text_chooses_among_them(
    make: Make,
) -> None:
    said = iter(["return x", "return x", "return x + 1", "raise", "raise", "raise", "raise"])

    class Speaking(Script):
        def answer_to(self, prompt: Prompt) -> Answer:
            return Answer.of(next(said))

    rig, _ = make(Speaking())

    async def work() -> None:
        await rig.begin()
        assert await rig.suggested() == "return x"
        rig.suggest.walk(1)  # the same text comes again: another seed is tried
        await rig.until(lambda: rig.is_idle)
        assert rig.panel.ghost == "return x + 1"
        assert rig.panel.state == "2 of 2"
        rig.suggest.walk(1)
        await rig.until(lambda: rig.is_idle)
        assert (rig.panel.ghost, rig.panel.state) == ("raise", "3 of 3")
        rig.suggest.walk(1)
        await rig.until(lambda: rig.is_idle)
        assert (rig.panel.ghost, rig.panel.state) == ("raise", "No other suggestion")
        rig.suggest.walk(-1)
        assert (rig.panel.ghost, rig.panel.state) == ("return x + 1", "2 of 3")
        rig.suggest.typed("ret")
        rig.suggest.walk(-1)
        assert rig.panel.ghost == "urn x"
        rig.suggest.walk(-1)
        assert rig.panel.ghost == "urn x"
        rig.suggest.walk(1)
        assert rig.panel.ghost == "urn x + 1"

    play(work())


def test_another_one_after_typing_goes_on_from_what_was_typed(make: Make) -> None:
    script = Script(answers={"<fim_middle>return": Answer.of(" 2")}, default=Answer.of("return x"))
    rig, factory = make(script)

    async def work() -> None:
        await rig.begin()
        await rig.suggested()
        rig.suggest.typed("return ")
        assert await rig.suggested() == "2"
        assert factory.prompts[-1].endswith("<fim_middle>return")

    play(work())


def test_what_the_model_has_read_stays_while_text_is_written(make: Make) -> None:
    rig, factory = make()

    async def work() -> None:
        await rig.begin()
        for typed in ("", "if x", "if x:\n        ", "if x:\n        y = "):
            rig.panel.where = PLACE.moved(typed)
            await rig.suggested()
            rig.suggest.leave()
        read = f"<fim_prefix>{PLACE.before}<fim_suffix>{PLACE.after}<fim_middle>"
        assert all(prompt.startswith(read) for prompt in factory.prompts)
        # It does not write the last blank again, and gets it as it is.
        begun = f"{read}if x:\n        y ="
        assert factory.prompts[-2:] == [begun, f"{begun} "]

    play(work())


def test_a_pause_suggests_only_where_it_is_wanted(make: Make) -> None:
    rig, _ = make()

    async def work() -> None:
        await rig.begin()
        rig.suggest.written()
        await asyncio.sleep(0.05)
        assert rig.panel.asked == 0
        rig.settings.set_value("code.suggest_on_pause", True)
        rig.settings.set_value("code.suggest_delay_ms", 500)
        for _ in range(5):  # faster than the pause
            rig.suggest.written()
            await asyncio.sleep(0)
        assert rig.panel.asked == 0
        await rig.until(lambda: rig.panel.ghost == "return x")
        assert rig.panel.asked == 1
        rig.suggest.typed("return y")  # not what was suggested: after a pause another one
        await rig.until(lambda: rig.panel.asked == 2)

    play(work())


def test_inside_a_word_only_what_is_asked_for_is_suggested(make: Make) -> None:
    rig, factory = make("x", place=Place("de", "f f():\n"))

    async def work() -> None:
        await rig.begin()
        rig.settings.set_value("code.suggest_on_pause", True)
        rig.settings.set_value("code.suggest_delay_ms", 0)
        rig.suggest.written()
        await rig.until(lambda: rig.panel.asked == 1)
        await asyncio.sleep(0.05)
        assert factory.prompts == []
        rig.suggest.ask()
        await rig.until(lambda: bool(factory.prompts))

    play(work())


def test_suggesting_while_typing_is_switched_by_a_command_and_remembered(make: Make) -> None:
    rig, _ = make()

    async def work() -> None:
        rig.suggest.toggle_pause()
        await rig.until(lambda: rig.panel.state == "Suggests while you type")
        assert rig.settings.value("code.suggest_on_pause") is True
        rig.suggest.toggle_pause()
        await rig.until(lambda: rig.panel.state == "Suggests on request")
        assert rig.settings.value("code.suggest_on_pause") is False

    play(work())


def test_a_model_without_infill_is_named_and_one_that_has_it(make: Make) -> None:
    info = replace(scripted_info(), name="starcoder2-15b-instruct", control_tokens={})
    rig, _ = make(info=info)

    async def work() -> None:
        await rig.begin()
        assert await rig.suggested() == ""
        assert "starcoder2-15b-instruct cannot fill in the middle" in rig.panel.note
        assert "StarCoder 2 base model, 3B" in rig.panel.note
        rig.suggest.written()
        assert rig.panel.note == ""
        rig.settings.set_value("code.suggest_on_pause", True)
        rig.settings.set_value("code.suggest_delay_ms", 0)
        rig.suggest.written()
        await asyncio.sleep(0.05)
        assert (rig.panel.note, rig.panel.asked) == ("", 1)  # said once, not at every key

    play(work())


def test_what_does_not_fit_is_cut_around_the_cursor_and_said(make: Make) -> None:
    before = "".join(f"first_{n}\n" for n in range(900))
    after = "\n" + "".join(f"last_{n}\n" for n in range(900))
    place = Place(before, after, "a.py", lines_before=10_000, lines_after=0)
    rig, factory = make(place=place, info=scripted_info(context_tokens=2048))

    async def work() -> None:
        await rig.begin()
        await rig.suggested()
        prompt = factory.prompts[0]
        kept = sum(f"_{n}\n" in prompt for n in range(900))
        assert "first_899\n<fim_suffix>\nlast_0\n" in prompt
        assert "first_0\n" not in prompt
        left_out = int(rig.panel.state.split()[0].replace(",", ""))
        assert 11_000 < left_out < 11_800 - kept // 2
        assert "before" in rig.panel.more

    play(work())


@pytest.mark.parametrize(
    ("before", "after", "said", "shown"),
    [
        ('x = "مرحبا" + "', '" + "😀"\n', 'سلام😀"', "سلام😀"),
        ("a\r\n\tb\rc\n    ", "\r\nd\r", "e\r\n    f\r\n", "e\n    f"),
        ("\x01e\u0301\u200d", "\u2028", "x", "x"),
        ("", "", "é", "é"),
    ],
)
def test_all_characters_go_to_the_model_and_come_back_as_they_are(
    make: Make, before: str, after: str, said: str, shown: str
) -> None:
    rig, factory = make(said, place=Place(before, after))

    async def work() -> None:
        await rig.begin()
        assert await rig.suggested() == shown, rig.panel.note
        assert before in factory.prompts[0]
        assert after in factory.prompts[0]

    play(work())


def test_other_files_of_the_project_go_before_the_hole(make: Make) -> None:
    async def context_for(name: str, text: str) -> tuple[tuple[SourceFile, ...], str]:
        assert (name, text) == ("a.py", PLACE.before)
        return (SourceFile("b.py", "B = 1\n"),), "demo"

    rig, factory = make(context_for=context_for)

    async def work() -> None:
        await rig.begin()
        await rig.suggested()
        assert factory.prompts[0].startswith(
            "<repo_name>demo<file_sep>b.py\nB = 1\n<file_sep><fim_prefix>a.py\ndef f(x)"
        )

    play(work())


def test_where_there_is_no_place_nothing_happens(make: Make) -> None:
    rig, factory = make(place=None)

    async def work() -> None:
        await rig.begin()
        assert await rig.suggested() == ""
        rig.suggest.typed("x")
        rig.suggest.walk(1)
        rig.suggest.leave()
        assert factory.prompts == []

    play(work())


def test_nothing_to_suggest_is_said(make: Make) -> None:
    rig, _ = make("\n")

    async def work() -> None:
        await rig.begin()
        assert await rig.suggested() == ""
        assert rig.panel.state == "No suggestion"

    play(work())


def test_an_engine_that_dies_is_told_in_the_panel(make: Make) -> None:
    rig, _ = make(Script(default=Answer((b"ret", b"urn"), dies_after=1)))

    async def work() -> None:
        await rig.begin()
        await rig.suggested()
        await rig.until(lambda: "die" in rig.panel.note)
        assert rig.panel.ghost == ""

    play(work())
