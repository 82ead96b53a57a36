"""Makes the presenters of a window for the tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from presenter_rig import Make, Rig

from app.bootstrap import open_engine
from app.core.paths import builtin_model_path
from app.engines.scripted import Script, ScriptedFactory


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def make(script: Script | None = None, memory: int = 10**12) -> Rig:
        factory = ScriptedFactory(script) if script else open_engine
        builtin = tiny_model if script else builtin_model_path()
        made.append(Rig(tmp_path, factory, builtin, memory))
        return made[-1]

    yield make
    for rig in made:
        rig.close()
