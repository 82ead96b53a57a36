"""Wishes for code: proposals, new tabs, questions and words, with scripted models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from presenter_rig import Rig, play

from app.core.edits import Edit, EditKind, Selected
from app.core.models import ModelInfo
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.services.tasks import Tasks
from app.ui.presenters.edits import EditPresenter

BASE = scripted_info()
INSTRUCT = replace(BASE, name="starcoder2-instruct", architecture="starcoder2")
TEXT = "import math\n\n\ndef mean(xs):\n    return sum(xs) / len(xs)\n"
HEAD = "def mean(xs):\n"


class Shown:
    """The code panel's words."""

    def __init__(self) -> None:
        self.activities: list[str] = []
        self.troubles: list[str] = []
        self.words: list[tuple[str, str]] = []
        self.done = 0
        self.scopes: list[str] = []

    def show_scope(self, selected: Selected) -> None:
        self.scopes.append(selected.text[selected.start : selected.end])

    def show_activity(self, words: str) -> None:
        self.activities.append(words)

    def show_trouble(self, words: str) -> None:
        self.troubles.append(words)

    def show_done(self) -> None:
        self.done += 1

    def show_words(self, title: str, text: str) -> None:
        self.words.append((title, text))


class EditRig(Rig):
    def __init__(self, folder: Path, tiny: Path, script: Script, info: ModelInfo) -> None:
        super().__init__(folder, ScriptedFactory(script, info), tiny, 10**12)
        self.shown = Shown()
        self.edits = EditPresenter(
            self.shown,
            self.code,
            self.chat,
            self.models_service,
            self.generation,
            Tasks(self.bugs.append),
        )

    async def wish(self, kind: EditKind, words: str = "") -> None:
        self.edits.wish(self.at_mean(kind, words))
        await self.until(lambda: not self.edits.is_busy)

    def at_mean(self, kind: EditKind, words: str = "") -> Edit:
        key = next(iter(self.panel.tabs), -1)
        place = TEXT.index("return")
        return Edit(kind, Selected(key, "mean.py", "python", TEXT, place, place), words)

    async def open(self) -> None:
        await self.begin()
        self.answer_code.show_block(TEXT, "python")


Make = Callable[..., EditRig]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[EditRig] = []

    def make(said: str | Answer, info: ModelInfo = BASE, tokens_per_s: float = 0.0) -> EditRig:
        answer = Answer.of(said) if isinstance(said, str) else said
        script = Script(default=answer, tokens_per_s=tokens_per_s)
        made.append(EditRig(tmp_path, tiny_model, script, info))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


@pytest.mark.parametrize(
    ("info", "said", "kind", "changed"),
    [
        (BASE, 'The mean.""" x', EditKind.DOCSTRING, f'{HEAD}    """The mean."""\n'),
        (INSTRUCT, f'```\n{HEAD}    """M."""\n```', EditKind.DOCSTRING, f'{HEAD}    """M."""\n'),
        (BASE, "def mean(xs: list):\n    return 0\n", EditKind.TYPES, "def mean(xs: list):\n"),
        (INSTRUCT, "```\ndef m(xs):\n  pass\n```", EditKind.EDIT, "def m(xs):\n"),
        (BASE, "def m(xs):\n    pass\n", EditKind.REPAIR, "def m(xs):\n"),
        (INSTRUCT, "```\ndef m(xs):\n  pass\n```", EditKind.REPAIR, "def m(xs):\n"),
    ],
)
def test_a_change_is_proposed_and_not_made(
    make: Make, info: ModelInfo, said: str, kind: EditKind, changed: str
) -> None:
    rig = make(said, info)

    async def work() -> None:
        await rig.open()
        await rig.wish(kind, "words")
        await rig.until(lambda: bool(rig.panel.proposed))
        ((key, text),) = rig.panel.proposed
        assert text.startswith("import math\n\n\n" + changed)
        assert rig.panel.tabs[key] == [TEXT]
        assert rig.shown.troubles == []
        assert rig.shown.done

    play(work())


def test_tests_are_written_into_a_tab_of_their_own(make: Make) -> None:
    rig = make("mean():\n    assert mean([1]) == 1\n")

    async def work() -> None:
        await rig.open()
        await rig.wish(EditKind.TESTS)
        assert rig.panel.titles[-1] == "test_mean.py"
        assert rig.panel.languages[-1] == "python"
        assert rig.panel.codes[-1].startswith("from mean import mean\n\n\ndef test_mean():\n")
        assert rig.panel.names[rig.panel.closed[-1]] == "test_mean.py"

    play(work())


def test_a_translation_is_a_file_of_the_other_language(make: Make) -> None:
    rig = make("Here:\n```go\nfunc Mean() {}\n```\n", INSTRUCT)

    async def work() -> None:
        await rig.open()
        await rig.wish(EditKind.TRANSLATE, "Go")
        assert rig.panel.titles[-1] == "mean.go"
        assert rig.panel.codes[-1] == "func Mean() {}\n"

    play(work())


def test_an_instruct_model_explains_in_the_chat_and_the_draft_stays(make: Make) -> None:
    rig = make("It divides.", INSTRUCT)

    async def work() -> None:
        await rig.open()
        rig.screen.draft = "half a question"
        await rig.wish(EditKind.EXPLAIN)
        await rig.until(lambda: rig.screen.turns[-1:] == ["It divides."])
        assert rig.screen.turns[0].startswith("Explain this Python code step by step.\n\n```python")
        assert rig.screen.draft == "half a question"

    play(work())


def test_a_base_model_explains_below_the_code(make: Make) -> None:
    rig = make("Adds up.\n# Divides.\ndef mean")

    async def work() -> None:
        await rig.open()
        await rig.wish(EditKind.EXPLAIN)
        assert rig.shown.words == [("What this code does", "Adds up.\nDivides.")]
        assert rig.screen.turns == []

    play(work())


def test_it_shows_what_an_edit_is_about(make: Make) -> None:
    rig = make("x")

    async def work() -> None:
        await rig.open()
        rig.edits.show_scope(rig.at_mean(EditKind.EDIT))
        await rig.until(lambda: bool(rig.shown.scopes))
        assert rig.shown.scopes == [f"{HEAD}    return sum(xs) / len(xs)\n"]

    play(work())


def test_stopped_nothing_is_proposed(make: Make) -> None:
    rig = make(Answer(tuple(b"w " for _ in range(90_000))), tokens_per_s=300)

    async def work() -> None:
        await rig.open()
        rig.edits.wish(rig.at_mean(EditKind.EDIT, "x"))
        await rig.until(lambda: len(rig.shown.activities) > 5)
        rig.edits.stop()
        await rig.until(lambda: not rig.edits.is_busy)
        assert rig.shown.done == 1
        assert rig.panel.proposed == []

    play(work())


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("", EditKind.EDIT, "The model wrote nothing."),
        ("w " * 900, EditKind.EDIT, "The model never finished"),
        (f"{HEAD}    return sum(xs) / len(xs)\n", EditKind.TYPES, "The model changed nothing."),
        ("", EditKind.TESTS, ""),
    ],
)
def test_what_is_of_no_use_is_said(make: Make, said: str, kind: EditKind, words: str) -> None:
    rig = make(said)

    async def work() -> None:
        await rig.open()
        await rig.wish(kind, "x")
        assert words in "".join(rig.shown.troubles)
        assert rig.panel.proposed == []
        assert rig.panel.tabs[0] == [TEXT]

    play(work())
