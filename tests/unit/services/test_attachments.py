"""Attached files are read in any encoding; what is no text is refused by name."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.core.attachments import Attached, Attachment
from app.core.errors import RequestError
from app.services.attachments import add, load
from app.text.attached import taken_apart, with_attachments


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_in_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.py"
    text = "größe = 'naïve'\r\nprint(größe)\n" * 5
    path.write_bytes(text.encode(encoding))
    (found,), errors = asyncio.run(load([path]))
    assert errors == []
    assert found.files == (Attachment("a.py", text),)


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
    assert [one.name for one in found] == ["project/"]
    assert [file.name for file in found[0].files] == ["project/a.py", "project/sub/b.go"]
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
    loaded, _ = asyncio.run(load([path, script]))
    found = [file for one in loaded for file in one.files]
    text = with_attachments("Explain", found)
    assert "```kubernetes\n" in text
    assert "```python\n" in text
    assert taken_apart(text) == ("Explain", tuple(found))


def attach(present: tuple[Attached, ...], *paths: Path) -> tuple[tuple[Attached, ...], list[str]]:
    loaded, errors = asyncio.run(load(paths))
    added = add(present, loaded)
    return added.attached, [*added.repeated, *(error.message for error in errors)]


def names(attached: tuple[Attached, ...]) -> list[str]:
    return [one.name for one in attached]


def test_what_is_attached_already_is_refused_whatever_its_path(tmp_path: Path) -> None:
    folder = tmp_path / "numbers"
    folder.mkdir()
    file, link = folder / "a.py", tmp_path / "link.py"
    file.write_text("x = 1\n")
    (folder / "b.py").write_text("y = 1\n")
    link.symlink_to(file)
    attached, said = attach((), file, folder / ".." / "numbers" / "a.py", link)
    assert names(attached) == ["a.py"]
    assert said == ["a.py", "link.py"]
    attached, said = attach(attached, folder)  # the folder takes in the file
    assert (names(attached), said) == (["numbers/"], [])
    assert [file.name for file in attached[0].files] == ["numbers/a.py", "numbers/b.py"]
    assert attach(attached, folder, file) == (attached, ["numbers/", "a.py"])


def test_a_file_that_has_changed_takes_its_own_place(tmp_path: Path) -> None:
    folder = tmp_path / "numbers"
    folder.mkdir()
    file, other = folder / "a.py", tmp_path / "z.py"
    file.write_text("x = 1\n")
    other.write_text("")
    attached, _ = attach((), file, other)
    file.write_text("x = 2\n")
    attached, said = attach(attached, file)
    assert (names(attached), said) == (["a.py", "z.py"], [])
    assert attached[0].files[0].text == "x = 2\n"
    attached, _ = attach((), folder)
    (folder / "new.py").write_text("z = 1\n")
    attached, said = attach(attached, folder)
    assert (names(attached), said) == (["numbers/"], [])
    assert len(attached[0].files) == 2


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for place in ("one/src", "two/src"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "util.py").write_text(place)
    one, two = tmp_path / "one/src/util.py", tmp_path / "two/src/util.py"
    attached, said = attach((), one, two)
    assert (names(attached), said) == (["one/src/util.py", "two/src/util.py"], [])
    assert attached[0].files[0].name == "one/src/util.py"
    attached, _ = attach((), one.parent, two.parent)
    assert names(attached) == ["one/src/", "two/src/"]
    assert attached[1].files[0].name == "two/src/util.py"


def test_a_name_that_is_no_text_stands_in_the_question_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9`\n.py"
    path.write_text("x = 1\n")
    attached, _ = attach((), path)
    text = with_attachments("Explain", attached[0].files)
    assert text.encode()
    assert taken_apart(text) == ("Explain", attached[0].files)


def test_a_pipe_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    attached, said = attach((), tmp_path / "pipe", tmp_path / "empty")
    assert attached == ()
    assert "not a file" in said[0]
    assert said[1] == "The folder empty has no text files."
