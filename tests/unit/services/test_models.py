"""The model list: what can be chosen, what fits, and what is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_tiny_model

from app.core.engine import Engine, EngineFactory, LoadProgress
from app.core.errors import (
    AppError,
    LoadCancelledError,
    ModelFileError,
    ModelLoadError,
    ModelTooLargeError,
)
from app.core.models import LoadOptions, ModelState
from app.engines.scripted import Script, ScriptedFactory
from app.services.inference.marking import noting_loads
from app.services.inference.pool import Pool
from app.services.models import Models, ModelStatus
from app.store.load_mark import LoadMark
from app.store.settings import Settings


@dataclass
class Rig:
    models: Models
    pool: Pool
    settings: Settings
    free: list[int]
    seen: list[ModelStatus] = field(default_factory=list)

    @property
    def states(self) -> list[ModelState]:
        return list(dict.fromkeys(status.state for status in self.seen))


Make = Callable[..., Rig]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Pool] = []

    def make(factory: EngineFactory | None = None, memory: list[int] | None = None) -> Rig:
        settings, memory = Settings(tmp_path / "settings.toml"), memory or [10**12]
        mark = LoadMark(tmp_path / "state" / "loading.json")
        opened = noting_loads(factory or ScriptedFactory(), mark)
        pool = Pool(opened, free_bytes=lambda: memory[0])
        made.append(pool)
        models = Models(pool, settings, builtin=tiny_model, load_mark=mark)
        rig = Rig(models, pool, settings, memory)
        models.listen(rig.seen.append)
        return rig

    yield make
    for pool in made:
        pool.close()


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "other.gguf")


def test_the_list_holds_the_builtin_model_and_what_was_opened(
    make: Make, tiny_model: Path, other: Path, tmp_path: Path
) -> None:
    rig = make()

    async def work() -> None:
        gone = write_tiny_model(tmp_path / "gone.gguf")
        for path in (other, gone, other, tiny_model):
            await rig.models.open(path)
        gone.unlink()
        builtin, first, second = await rig.models.choices()
        assert builtin.model is not None
        assert builtin.model.is_builtin
        assert first.path == other
        assert first.model is not None
        assert not first.model.is_builtin
        assert (second.path, second.model, second.is_fitting) == (gone, None, False)
        assert isinstance(second.error, ModelFileError)
        await rig.models.files.forget(gone)
        assert [choice.path for choice in await rig.models.choices()] == [tiny_model, other]

    play(work())


def test_a_bad_file_changes_nothing(make: Make, tmp_path: Path) -> None:
    rig = make()

    async def work() -> None:
        await rig.models.restore_choice()
        before = rig.models.status
        with pytest.raises(ModelFileError):
            await rig.models.open(tmp_path / "missing.gguf")
        assert rig.models.status == before
        assert rig.settings.opened_models == []
        assert len(await rig.models.choices()) == 1

    play(work())


def test_the_choice_is_there_after_a_restart(make: Make, other: Path, tiny_model: Path) -> None:
    async def choose() -> None:
        await make().models.open(other)

    async def restore(rig: Rig) -> None:
        assert await rig.models.restore_choice() is None
        assert rig.models.status.model is not None
        assert rig.models.status.model.path == other

    async def restore_vanished(rig: Rig) -> None:
        problem = await rig.models.restore_choice()
        assert isinstance(problem, ModelFileError)
        assert str(other) in problem.message
        assert rig.models.status.model is not None
        assert rig.models.status.model.path == tiny_model

    play(choose())
    play(restore(make()))
    other.unlink()
    play(restore_vanished(make()))


def test_a_model_too_large_is_refused_before_it_loads_with_both_numbers(
    make: Make, other: Path
) -> None:
    rig = make(memory=[12])

    async def work() -> None:
        with pytest.raises(ModelTooLargeError, match=r"needs about 0\.0 GB.* 0\.0 GB is free"):
            await rig.models.open(other)
        assert rig.settings.opened_models == []
        (choice,) = await rig.models.choices()
        assert not choice.is_fitting
        assert isinstance(choice.error, ModelTooLargeError)
        assert choice.model is not None  # the picker can still show what it is
        with pytest.raises(ModelTooLargeError):
            await rig.models.load(choice.model)

    play(work())


def taking_all_but(left: int, free: list[int]) -> EngineFactory:
    """Return what loads models that leave only so much memory free until they are closed."""

    def load(options: LoadOptions, progress: LoadProgress) -> Engine:
        engine = ScriptedFactory()(options, progress)
        before, free[0], close = free[0], left, engine.close

        def give_back() -> None:
            free[0] = before
            close()

        engine.close = give_back  # type: ignore[method-assign]
        return engine

    return load


def test_the_loaded_models_memory_counts_for_the_next(make: Make, other: Path) -> None:
    free = [10**12]
    rig = make(taking_all_but(1000, free), free)

    async def work() -> None:
        await rig.models.restore_choice()
        builtin = rig.models.status.model
        assert builtin is not None
        await rig.models.load(builtin)
        model = await rig.models.open(other)
        await rig.models.load(model)
        assert rig.models.status.state is ModelState.READY
        assert rig.pool.status(rig.models.loads.options(model)).state is ModelState.READY
        assert rig.pool.status(rig.models.loads.options(builtin)).state is ModelState.IDLE

    play(work())


def test_who_asks_while_it_loads_is_not_told_that_memory_is_short(make: Make) -> None:
    rig = make(ScriptedFactory(Script(load_s=2)))

    async def work() -> None:
        await rig.models.restore_choice()
        model = rig.models.status.model
        assert model is not None
        begun = asyncio.Event()
        rig.models.listen(lambda status: status.fraction and begun.set())
        first = asyncio.create_task(rig.models.load(model))
        await begun.wait()
        rig.free[0] = 1000  # the load has taken it
        lease = rig.models.lease(model)
        async with aclosing(lease.news()) as news:
            fractions = [status.fraction async for status in news]
        lease.give_back()
        await first
        shown = [status.fraction for status in rig.seen if status.state is ModelState.LOADING]
        assert shown == sorted(shown)
        assert 0 < fractions[0] < 1

    play(work())


def test_the_states_of_a_load(make: Make) -> None:
    rig = make(ScriptedFactory(Script(load_s=0.05)))

    async def work() -> None:
        await rig.models.restore_choice()
        assert rig.models.status.model is not None
        info = await rig.models.load(rig.models.status.model)
        assert rig.states == [ModelState.IDLE, ModelState.LOADING, ModelState.READY]
        assert rig.models.status.info == info
        fractions = [s.fraction for s in rig.seen if s.state is ModelState.LOADING]
        assert fractions == sorted(fractions)

    play(work())


def test_a_failed_load_says_why_and_a_cancelled_one_is_idle_again(make: Make) -> None:
    error = ModelFileError("The engine does not know it.", hint="Get another.")
    failing, slow = (make(ScriptedFactory(s)) for s in (Script(load_error=error), Script(load_s=9)))

    async def fail() -> None:
        await failing.models.restore_choice()
        assert failing.models.status.model is not None
        with pytest.raises(ModelFileError):
            await failing.models.load(failing.models.status.model)
        assert failing.models.status.state is ModelState.FAILED
        assert failing.models.status.error == error

    async def cancel() -> None:
        await slow.models.restore_choice()
        assert slow.models.status.model is not None
        load = asyncio.create_task(slow.models.load(slow.models.status.model))
        await asyncio.sleep(0.05)
        load.cancel()
        with pytest.raises((asyncio.CancelledError, LoadCancelledError)):
            await load
        assert slow.models.status.state is ModelState.IDLE

    play(fail())
    play(cancel())


def test_a_finished_load_says_nothing_of_a_model_chosen_meanwhile(make: Make, other: Path) -> None:
    rig = make(ScriptedFactory(Script(load_s=0.2)))

    async def work() -> None:
        await rig.models.restore_choice()
        assert rig.models.status.model is not None
        load = asyncio.create_task(rig.models.load(rig.models.status.model))
        await asyncio.sleep(0.05)
        chosen = await rig.models.open(other)
        await load
        assert rig.models.status == ModelStatus(model=chosen)

    play(work())


def test_the_context_is_the_models_own_up_to_the_setting(
    make: Make, other: Path, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text("[engine]\ncontext_tokens = 100\nthreads = 3\n")
    rig = make()

    async def work() -> None:
        options = rig.models.loads.options(await rig.models.files.inspect(other))
        assert (options.context_tokens, options.threads) == (100, 3)

    play(work())


def test_a_model_whose_load_failed_is_not_loaded_again_unasked(
    make: Make, other: Path, tmp_path: Path
) -> None:
    died = ModelLoadError("The engine was killed by SIGSEGV while loading other.gguf.")
    failing = make(ScriptedFactory(Script(load_error=died)))

    async def fail() -> None:
        model = await failing.models.open(other)
        with pytest.raises(ModelLoadError):
            await failing.models.load(model)

    async def restart(rig: Rig) -> AppError | None:
        problem = await rig.models.restore_choice()
        assert rig.models.status.model is not None
        assert rig.models.status.model.path == other
        return problem

    async def ask() -> None:
        rig = make()
        problem = await restart(rig)
        assert isinstance(problem, ModelLoadError)
        assert "SIGSEGV" in problem.message
        assert rig.models.status.state is ModelState.FAILED
        model = await rig.models.open(other)  # the user chooses it again, and now it works
        await rig.models.load(model)
        assert await restart(make()) is None

    play(fail())
    play(ask())


def test_a_load_in_which_the_program_ended_is_not_begun_again_unasked(
    make: Make, other: Path, tmp_path: Path
) -> None:
    play(make().models.open(other))
    mark = LoadMark(tmp_path / "state" / "loading.json")
    mark.set(other)

    async def restart() -> None:
        problem = await make().models.restore_choice()
        assert problem is not None
        assert "Starwright ended before it was loaded" in problem.message

    play(restart())
    for text in ("", "[]", "{", '{"path": 1}', "[" * 100_000, '{"path": "x", "reason": "y"}'):
        (tmp_path / "state" / "loading.json").write_text(text)
        play(make().models.restore_choice())


def test_a_cancelled_load_is_begun_again_at_the_next_start(make: Make, other: Path) -> None:
    rig = make(ScriptedFactory(Script(load_s=30)))

    async def work() -> None:
        model = await rig.models.open(other)
        begun = asyncio.Event()
        rig.models.listen(lambda status: status.fraction and begun.set())
        loading = asyncio.create_task(rig.models.load(model))
        await begun.wait()
        loading.cancel()
        with pytest.raises((asyncio.CancelledError, LoadCancelledError)):
            await loading
        rig.pool.close()

    play(work())
    assert asyncio.run(make().models.restore_choice()) is None
