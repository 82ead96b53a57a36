"""A model in several files is one model, and whatever is wrong with a part is named."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from pathlib import Path

import pytest
from engine_driver import finish
from tiny_model import write_tiny_model

from app.core.errors import ModelFileError, ModelTooLargeError
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import open_model
from app.engines.scripted import ScriptedFactory
from app.library.fingerprints import mark_of, sha256_of
from app.library.headers import read_header
from app.services.inference.pool import Pool
from app.services.models import Models
from app.store.load_mark import LoadMark
from app.store.settings import Settings


@pytest.fixture
def first(tmp_path: Path) -> Path:
    folder = tmp_path / "split"
    folder.mkdir()
    return write_tiny_model(folder / "tiny.gguf", tensors_in_part=16, is_first_part_empty=True)


def parts_of(first: Path) -> list[Path]:
    return sorted(first.parent.iterdir())


@pytest.mark.parametrize("kind", ["no weights in the first", "weights in each"])
def test_all_parts_are_one_model(tmp_path: Path, kind: str) -> None:
    whole = write_tiny_model(tmp_path / "whole.gguf")
    first = write_tiny_model(
        tmp_path / "tiny.gguf",
        tensors_in_part=16,
        is_first_part_empty=kind.startswith("no"),
    )
    model, same = read_header(first), read_header(whole)
    parts = sorted(tmp_path.glob("tiny-*"))
    assert len(parts) > 2
    assert model.size_bytes == sum(part.stat().st_size for part in parts)
    for fact in ("name", "parameters", "quantization", "context_tokens", "control_tokens"):
        assert getattr(model, fact) == getattr(same, fact)
    answers = []
    for path in (first, whole):
        engine = open_model(LoadOptions(path, threads=1), lambda _: True)
        engine.start(1, Prompt(("x",)), Sampling(temperature=0, max_tokens=5))
        answers.append(finish(engine, 1).data(1))
        engine.close()
    assert answers[0] == answers[1]


def test_a_later_part_says_which_file_to_open(first: Path) -> None:
    second = parts_of(first)[1]
    with pytest.raises(ModelFileError, match=r"00002-of-0000\d.gguf is part 2 of \d of") as raised:
        read_header(second)
    assert raised.value.hint == f"Open {first.name}, which is in the same folder."
    first.unlink()
    with pytest.raises(ModelFileError, match="is part 2") as raised:
        read_header(second)
    assert raised.value.hint == f"Put {first.name} in the same folder and open that."
    renamed = second.rename(second.with_name("second.gguf"))
    with pytest.raises(ModelFileError, match=r"second.gguf is part 2 of \d"):
        read_header(renamed)


def test_a_missing_part_is_named(first: Path) -> None:
    second, third = parts_of(first)[1:3]
    third.unlink()
    with pytest.raises(ModelFileError, match=f"{third.name} is missing") as raised:
        read_header(first)
    assert "one folder" in raised.value.hint
    second.unlink()
    with pytest.raises(ModelFileError, match=rf"{second.name} \(and \d more\) is missing"):
        read_header(first)


def test_a_first_part_that_is_not_named_as_one_is_told_its_name(first: Path) -> None:
    count = len(parts_of(first))
    renamed = first.rename(first.with_name("model.gguf"))
    with pytest.raises(ModelFileError, match=f"is the first of {count} parts") as raised:
        read_header(renamed)
    assert f"model-00001-of-{count:05}.gguf" in raised.value.hint


def test_a_part_that_is_cut_or_another_is_named(first: Path) -> None:
    second, third = parts_of(first)[1:3]
    shutil.copy(third, second)
    with pytest.raises(ModelFileError, match=f"{second.name} is not part 2 of"):
        read_header(first)
    second.write_text("<!DOCTYPE html>")
    with pytest.raises(ModelFileError, match=f"{second.name} is not a GGUF file"):
        read_header(first)
    os.truncate(third, third.stat().st_size - 1)
    second.unlink()
    shutil.copy(first, second)
    with pytest.raises(ModelFileError, match=second.name):
        read_header(first)


def test_a_cut_part_is_named(first: Path) -> None:
    last = parts_of(first)[-1]
    os.truncate(last, last.stat().st_size // 2)
    with pytest.raises(ModelFileError, match=f"{last.name} is incomplete"):
        read_header(first)


def test_a_first_part_alone_that_says_nothing_of_others_is_a_model(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "x-00001-of-00002.gguf")
    size = path.stat().st_size
    assert read_header(path).size_bytes == mark_of(path, "x").size_bytes == size
    open_model(LoadOptions(path, threads=1), lambda _: True).close()


def test_a_fingerprint_is_of_all_parts(first: Path) -> None:
    parts = parts_of(first)
    before = mark_of(first, "tiny")
    assert before.size_bytes == sum(part.stat().st_size for part in parts)
    whole = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    assert sha256_of(first) == whole
    os.utime(parts[-1], ns=(2 * 10**18, 2 * 10**18))
    assert mark_of(first, "tiny").modified_ns == 2 * 10**18
    parts[1].unlink()
    with pytest.raises(ModelFileError, match=f"{parts[1].name} of tiny is missing"):
        mark_of(first, "tiny")


def test_whether_it_fits_is_told_by_all_parts(first: Path, tmp_path: Path) -> None:
    model = read_header(first)
    free = model.needed_bytes(512) - 1000
    assert first.stat().st_size < free
    pool = Pool(ScriptedFactory(), free_bytes=lambda: free)
    models = Models(
        pool,
        Settings(tmp_path / "settings.toml"),
        load_mark=LoadMark(tmp_path / "loading.json"),
    )
    with pytest.raises(ModelTooLargeError):
        asyncio.run(models.open(first))
    pool.close()


@pytest.mark.parametrize("ends", [(".part1of2", ".part2of2"), ("-split-a", "-split-b")])
def test_pieces_of_a_file_that_was_cut_up_are_to_be_joined(
    tmp_path: Path, ends: tuple[str, str]
) -> None:
    data = write_tiny_model(tmp_path / "whole.gguf").read_bytes()
    for end, piece in zip(ends, (data[:50_000], data[50_000:]), strict=True):
        path = tmp_path / f"Tiny.gguf{end}"
        path.write_bytes(piece)
        with pytest.raises(ModelFileError, match=path.name) as raised:
            read_header(path)
        assert "join all pieces" in raised.value.hint
