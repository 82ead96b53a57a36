"""The models of the window: chosen, loaded, refused, and what is told of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from presenter_rig import Make, play
from tiny_model import write_tiny_model

from app.core.events import FinishReason
from app.core.models import ModelState
from app.core.paths import builtin_model_path
from app.engines.scripted import Script


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "There is no file"),
        ("unreadable", "cannot be read"),
        ("empty", "is empty"),
        ("text", "is not a GGUF model file"),
        ("truncated", "is incomplete"),
        ("header", "counts"),
        ("architecture", "nosuchthing"),
        ("folder", "is a folder"),
    ],
)
def test_a_bad_file_is_one_message_and_the_model_stays(
    make: Make, tmp_path: Path, kind: str, message: str
) -> None:
    rig = make()
    whole = builtin_model_path().read_bytes()
    path = tmp_path / f"{kind}.gguf"
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_bytes(b"no model\n" * 9)
        case "truncated":
            path.write_bytes(whole[: len(whole) // 2])
        case "header":
            path.write_bytes(whole[:8] + b"\xff" * 16 + whole[24:])
        case "architecture":
            write_tiny_model(path, architecture="nosuchthing")
        case "folder":
            path.mkdir()
        case "unreadable":
            path.symlink_to(path)

    async def work() -> None:
        await rig.begin()
        rig.models.choose(path)
        await rig.until(lambda: bool(rig.screen.errors))
        await asyncio.sleep(0.2)
        (error,) = rig.screen.errors
        assert message in error.message
        assert error.hint
        # An architecture is found unknown by the engine, after the file was chosen.
        service = rig.models_service
        await rig.until(lambda: service.status.state is ModelState.READY)
        assert service.status.model is not None
        assert service.status.model.is_builtin
        # What the engine refused stays in the list with the reason; other files never came there.
        stays = {path: error.message} if kind == "architecture" else {}
        assert rig.screen.broken == stays
        assert len(rig.screen.models) == 1
        await rig.ask("Reverse a string")
        assert rig.screen.endings == [FinishReason.STOP]

    play(work())


def test_a_remembered_file_that_broke_stays_with_its_reason(make: Make, tmp_path: Path) -> None:
    rig = make(Script())
    path, other = tmp_path / "old.gguf", write_tiny_model(tmp_path / "other.gguf")
    path.write_bytes(other.read_bytes())

    async def work() -> None:
        await rig.begin()
        rig.models.choose(path)
        await rig.until(lambda: len(rig.screen.models) == 2)
        await rig.until(lambda: rig.models_service.status.state is ModelState.READY)
        path.write_text("no model any more")
        rig.models.choose(path)
        await rig.until(lambda: bool(rig.screen.broken))
        assert "is not a GGUF model file" in rig.screen.broken[path]
        await rig.until(lambda: len(rig.screen.errors) == 1)
        rig.models.choose(other)  # a good one: the message is past, the file stays in the list
        await rig.until(lambda: rig.screen.errors == [])
        assert path in rig.screen.broken
        path.write_bytes(other.read_bytes())
        rig.models.choose(path)
        await rig.until(lambda: rig.screen.broken == {})
        path.unlink()
        rig.models.choose(path)
        await rig.until(lambda: "There is no file" in rig.screen.broken.get(path, ""))
        rig.models.forget_broken()
        await rig.until(lambda: rig.screen.broken == {})
        assert str(path) not in rig.settings.opened_models

    play(work())


def test_a_file_too_large_is_refused_with_the_numbers(make: Make, tmp_path: Path) -> None:
    rig = make(Script(), memory=2_000_000)

    async def work() -> None:
        await rig.begin()
        huge = tmp_path / "huge.gguf"
        huge.write_bytes(builtin_model_path().read_bytes())
        rig.models.choose(huge)
        await rig.until(lambda: bool(rig.screen.errors))
        assert "GB of memory" in rig.screen.errors[0].message

    play(work())


def test_a_model_is_used_where_it_cannot_be_remembered(make: Make, tmp_path: Path) -> None:
    rig = make(Script())
    other = write_tiny_model(tmp_path / "other.gguf")

    async def work() -> None:
        await rig.begin()
        (tmp_path / "settings.toml").unlink(missing_ok=True)
        (tmp_path / "settings.toml").mkdir()
        rig.models.choose(other)
        await rig.until(lambda: bool(rig.screen.errors))
        await rig.until(lambda: rig.models_service.status.state is ModelState.READY)
        assert rig.models_service.status.model is not None
        assert rig.models_service.status.model.path == other
        (error,) = rig.screen.errors
        assert "settings cannot be saved" in error.message

    play(work())


def test_a_load_can_be_cancelled(make: Make) -> None:
    rig = make(Script(load_s=20))

    async def work() -> None:
        await rig.models.begin(None)
        await rig.until(lambda: ModelState.LOADING in rig.screen.states)
        rig.models.cancel()
        await rig.until(lambda: rig.screen.states[-1] is ModelState.IDLE)
        assert rig.screen.errors == []

    play(work())


def test_licences_of_all_that_is_used_can_be_read(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        rig.models.about()
        await rig.until(lambda: bool(rig.screen.pages))
        libraries = rig.screen.pages["Libraries"]
        for name in ("llama_cpp_python", "ctransformers", "Pygments", "qasync", "keyring"):
            assert name.lower() in libraries.lower()
        assert "PySide6" in libraries
        assert "MIT" in libraries
        assert "Architecture: starcoder2" in rig.screen.pages["Model"]
        assert "Apache License" in rig.screen.pages["Licence"]
        assert rig.screen.pages["Fonts"].count("SIL OPEN FONT LICENSE") >= 2

    play(work())
