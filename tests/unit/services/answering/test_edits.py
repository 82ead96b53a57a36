"""Wishes for code, asked of a scripted base and a scripted instruct model."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.edits import Edit, EditKind, Selected
from app.core.events import Finished, FinishReason
from app.core.models import ModelInfo
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.generation.edit.scope import applied, scoped
from app.generation.infill.holes import Hole, SourceFile
from app.services.answering.generation import Generation, InfillRequest
from app.services.inference.pool import Pool
from app.services.models import Models
from app.store.settings import Settings

BASE = scripted_info()
INSTRUCT = replace(BASE, name="starcoder2-instruct", architecture="starcoder2")
TEXT = "x = 1\n\n\nclass A:\n    def mean(self, xs):\n        return sum(xs) / len(xs)\n"
HEAD = "    def mean(self, xs):\n"


def play(folder: Path, tiny: Path, info: ModelInfo, said: str, edit: Edit) -> Finished:
    pool = Pool(ScriptedFactory(Script(default=Answer.of(said)), info), free_bytes=lambda: 10**12)
    models = Models(pool, Settings(folder / "settings.toml"), builtin=tiny)
    generation = Generation(models)

    async def work() -> Finished:
        model = await models.files.inspect(tiny)
        async with aclosing(generation.edit(model, edit)) as events:
            *_, last = [event async for event in events]
        assert isinstance(last, Finished)
        return last

    try:
        return asyncio.run(asyncio.wait_for(work(), 300))
    finally:
        pool.close()


def at_mean(kind: EditKind) -> Edit:
    place = TEXT.index("return")
    return scoped(Edit(kind, Selected(0, "a.py", "python", TEXT, place, place), "words"))


@pytest.mark.parametrize(
    ("info", "said", "documented"),
    [
        (BASE, 'The mean.""" and more', f'{HEAD}        """The mean."""\n'),
        (
            INSTRUCT,
            f'Sure:\n```python\n{HEAD[4:]}    """The mean."""\n    return sum(xs) / len(xs)\n```\n',
            f'{HEAD}        """The mean."""\n',
        ),
    ],
)
def test_a_docstring_comes_to_its_place(
    tmp_path: Path, tiny_model: Path, info: ModelInfo, said: str, documented: str
) -> None:
    edit = at_mean(EditKind.DOCSTRING)
    finished = play(tmp_path, tiny_model, info, said, edit)
    assert finished.reason is FinishReason.STOP
    assert applied(edit, finished.text) == TEXT.replace(HEAD, documented)


def test_tests_of_a_base_model_have_their_beginning(tmp_path: Path, tiny_model: Path) -> None:
    finished = play(tmp_path, tiny_model, BASE, "mean(): ...", at_mean(EditKind.TESTS))
    assert finished.text == "import a\n\n\ndef test_mean(): ..."


def test_what_an_infill_sends_can_be_looked_at(tmp_path: Path, tiny_model: Path) -> None:
    pool = Pool(ScriptedFactory(Script()), free_bytes=lambda: 10**12)
    models = Models(
        pool,
        Settings(tmp_path / "settings.toml"),
        builtin=tiny_model,
    )

    async def work() -> None:
        model = await models.files.inspect(tiny_model)
        request = InfillRequest(
            Hole("a = 1\n", "\n", "b.py"), (SourceFile("c.py", "c = 3\n"),), "shop"
        )
        prompt = await Generation(models).infill_prompt(model, request)
        assert prompt.as_text() == (
            "<repo_name>shop<file_sep>c.py\nc = 3\n<file_sep><fim_prefix>b.py\na = 1\n"
            "<fim_suffix>\n<fim_middle>"
        )
        small = replace(request, files_tokens=60)  # a file takes 64 beside its own
        prompt = await Generation(models).infill_prompt(model, small)
        assert prompt.as_text() == "<fim_prefix>a = 1\n<fim_suffix>\n<fim_middle>"

    try:
        asyncio.run(asyncio.wait_for(work(), 300))
    finally:
        pool.close()
