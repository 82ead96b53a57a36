"""Attached files are read in any encoding; what is no text is refused by name."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.core.errors import RequestError
from app.generation.attached import Attachment, taken_apart, with_attachments
from app.services.attachments import load


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_in_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.py"
    text = "größe = 'naïve'\r\nprint(größe)\n" * 5
    path.write_bytes(text.encode(encoding))
    (found,), errors = asyncio.run(load([path]))
    assert errors == []
    assert found == Attachment("a.py", text)


def test_binary_and_missing_files_are_refused_by_name(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)
    found, errors = asyncio.run(load([picture, tmp_path / "gone.py"]))
    assert found == []
    assert "picture.png" in errors[0].message
    assert "gone.py" in errors[1].message
    assert all(error.hint for error in errors)


def test_a_folder_gives_its_text_files(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    for name in ("a.py", "sub/b.go", ".git/config", "node_modules/x.js", "sub/.hidden", "key.pem"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (folder / "logo.png").write_bytes(b"\x00\x01\x02" * 50)
    found, errors = asyncio.run(load([folder]))
    assert [attachment.name for attachment in found] == ["project/a.py", "project/sub/b.go"]
    assert errors == []


def test_too_many_files_are_said(tmp_path: Path) -> None:
    for number in range(102):
        (tmp_path / f"{number}.txt").write_text("x")
    with pytest.raises(RequestError, match="more than 100"):
        asyncio.run(load([tmp_path]))


def test_files_stand_in_fences_that_they_cannot_close() -> None:
    text = with_attachments(
        "Explain\n", [Attachment("a.py", "x = 1"), Attachment("b.notes", "```\n")]
    )
    assert text == (
        "Explain\n\nFile `a.py`:\n\n```python\nx = 1\n```\n\nFile `b.notes`:\n\n````\n```\n````"
    )
    assert with_attachments(" ", [Attachment("a.py", "")]).startswith("File `a.py`")


def test_a_file_whose_name_says_little_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    path.write_text("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n")
    script = tmp_path / "run"
    script.write_text("#!/usr/bin/env python3\nprint(1)\n")
    found, _ = asyncio.run(load([path, script]))
    text = with_attachments("Explain", found)
    assert "```kubernetes\n" in text
    assert "```python\n" in text
    assert taken_apart(text) == ("Explain", tuple(found))
