"""What is said where the chosen model was not trained on the chosen language."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFWriter

from app.core.models import FileFamily, ModelFile
from app.core.syntax import Syntax
from app.engines.scripted import Script, ScriptedFactory
from app.generation.training import lacks, starcoder2_size
from app.services.inference.pool import Pool
from app.services.models import Models
from app.services.tasks import Tasks
from app.store.settings import Settings
from app.text.languages import language_named
from app.ui.presenters.languages import LanguagePresenter

PARAMETERS = {"3B": 3_030_371_328, "7B": 7_399_600_128, "15B": 15_957_889_024}


def write_header(path: Path, parameters: int, *, architecture: str = "starcoder2") -> Path:
    """Write a file with the header of a model of this size, and a hole in place of its weights."""
    writer = GGUFWriter(path, architecture)
    writer.add_name(path.stem)
    rows = parameters // 32
    size_bytes = rows * 18
    kind = GGMLQuantizationType.Q4_0
    writer.add_tensor_info(
        "token_embd.weight", (rows, 18), np.dtype(np.uint8), size_bytes, raw_dtype=kind
    )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + size_bytes + 64)
    return path


class Screen:
    def __init__(self) -> None:
        self.hints: list[tuple[str, str, Path | None]] = []
        self.told: list[tuple[str, str]] = []

    def show_hint(self, text: str, model: str, path: Path | None) -> None:
        self.hints.append((text, model, path))

    def place(self, name: str) -> Place:
        return Place(self, name)


class Place:
    """A piece of code on the screen."""

    def __init__(self, screen: Screen, name: str) -> None:
        self.screen, self.name = screen, name

    def show(self, syntax: Syntax) -> None: ...

    def tell(self, language: str) -> None:
        self.screen.told.append((self.name, language))


class Rig:
    def __init__(self, folder: Path) -> None:
        self.memory = 10**12
        self.pool = Pool(ScriptedFactory(Script()), free_bytes=lambda: self.memory)
        self.models = Models(self.pool, Settings(folder / "settings.toml"))
        self.screen = Screen()
        self.tasks = Tasks(self.fail)
        self.presenter = LanguagePresenter(self.screen, self.models, self.tasks)

    def fail(self, error: BaseException) -> None:
        raise error

    async def last_told(self, count: int) -> None:
        await self.rest()
        assert len(self.screen.told) >= count

    async def last(self) -> tuple[str, str, Path | None]:
        await self.rest()
        return self.screen.hints[-1]

    async def rest(self) -> None:
        """Wait until nothing is done any more."""
        while running := set(self.tasks._running):
            await asyncio.wait(running)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.pool.close()


@pytest.mark.parametrize("size", PARAMETERS)
def test_the_size_is_told_by_the_header_and_not_by_the_name(tmp_path: Path, size: str) -> None:
    path = write_header(tmp_path / "some-name.gguf", PARAMETERS[size])
    pool = Pool(ScriptedFactory(Script()))
    try:
        models = Models(pool, Settings(tmp_path / "settings.toml"))
        model = asyncio.run(models.files.inspect(path))
    finally:
        pool.close()
    assert starcoder2_size(model) == size
    terraform, python = language_named("hcl"), language_named("py")
    assert terraform is not None
    assert python is not None
    assert lacks(model, terraform) is (size != "15B")
    assert not lacks(model, python)


def test_other_models_are_not_judged() -> None:
    other = ModelFile(
        Path("starcoder2-3b.gguf"), "x", FileFamily.GGUF, 1, "llama", parameters=3**20
    )
    haskell = language_named("haskell")
    assert haskell is not None
    assert not lacks(other, haskell)


def test_a_small_model_names_the_15b_in_the_list(rig: Rig, tmp_path: Path) -> None:
    small = write_header(tmp_path / "three.gguf", PARAMETERS["3B"])
    large = write_header(tmp_path / "fifteen.gguf", PARAMETERS["15B"])

    async def work() -> None:
        await rig.models.open(large)
        await rig.models.open(small)
        rig.presenter.choose("Python")
        assert (await rig.last())[0] == ""
        rig.presenter.choose("Terraform")
        text, model, path = await rig.last()
        assert text == (
            "StarCoder 2 3B was not trained on Terraform. fifteen.gguf in your list was."
        )
        assert (model, path) == ("fifteen", large)
        rig.memory = 10**9
        rig.presenter.choose("HCL")
        assert "needs more memory than is free right now" in (await rig.last())[0]
        rig.memory = 10**12
        await rig.models.open(large)
        assert (await rig.last())[0] == ""
        await rig.tasks.close()

    asyncio.run(work())


def test_without_a_15b_it_says_which_file_to_get(rig: Rig, tmp_path: Path) -> None:
    small = write_header(tmp_path / "seven.gguf", PARAMETERS["7B"])

    async def work() -> None:
        rig.presenter.choose("Helm")
        await rig.models.open(small)
        text, _, path = await rig.last()
        assert "StarCoder 2 7B was not trained on Helm" in text
        assert "starcoder2-15b-Q4_0.gguf (9.1 GB)" in text
        assert path is None
        rig.presenter.choose("Auto")
        assert (await rig.last())[0] == ""
        await rig.tasks.close()

    asyncio.run(work())


def test_blocks_are_told_what_they_are(rig: Rig) -> None:
    async def work() -> None:
        rig.presenter.look(rig.screen.place("a"), "", "def f(x):\n    return x\n", True)
        rig.presenter.look(
            rig.screen.place("b"), "yaml", "apiVersion: v1\nkind: Service\nmetadata:\n", True
        )
        rig.presenter.look(rig.screen.place("c"), "yaml", "a: 1\n", True)
        rig.presenter.look(
            rig.screen.place("d"), "", "def f(x):\n", False
        )  # it is still being written
        rig.presenter.look(rig.screen.place("e"), "ruby", "def f(x):\n    return x\n", True)
        rig.presenter.look(rig.screen.place("f"), "", "some words", True)
        await rig.last_told(2)
        assert sorted(rig.screen.told) == [("a", "python"), ("b", "kubernetes")]
        rig.presenter.choose("Haskell")
        rig.presenter.look(rig.screen.place("f"), "", "some words", True)
        await rig.last_told(3)
        assert rig.screen.told[-1] == ("f", "haskell")
        await rig.tasks.close()

    asyncio.run(work())


def test_a_template_says_it_for_its_own_question_only(rig: Rig, tmp_path: Path) -> None:
    small = write_header(tmp_path / "three.gguf", PARAMETERS["3B"])

    async def work() -> None:
        await rig.models.open(small)
        rig.presenter.consider("dockerfile")
        assert "was not trained on Dockerfile" in (await rig.last())[0]
        rig.presenter.asked()
        assert (await rig.last())[0] == ""
        await rig.tasks.close()

    asyncio.run(work())
