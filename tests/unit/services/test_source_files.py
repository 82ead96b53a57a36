"""A source file that is edited keeps its line ends and its encoding."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import RequestError, StoreError
from app.services.source_files import TextFormat, read_source, write_source


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"a\nb\n", ("a\nb\n", TextFormat())),
        (b"a\r\nb\r\n", ("a\nb\n", TextFormat("\r\n"))),
        (b"\xef\xbb\xbfa\n", ("a\n", TextFormat(encoding="utf-8-sig"))),
        ("ä\n".encode("cp1252"), ("ä\n", TextFormat(encoding="cp1252"))),
        ("\ufeffä\n".encode("utf-16-le"), ("ä\n", TextFormat(encoding="utf-16"))),
        ("\ufeffä\n".encode("utf-16-be"), ("ä\n", TextFormat(encoding="utf-16-be-sig"))),
        (b"a\rb\r", ("a\nb\n", TextFormat("\r"))),
        (b"a\r\nb\nc\n", ("a\nb\nc\n", TextFormat(mixed="a\r\nb\nc\n"))),
        (b"no end", ("no end", TextFormat())),
        (b"", ("", TextFormat())),
    ],
)
def test_what_is_read_is_written_the_same(
    tmp_path: Path, data: bytes, found: tuple[str, TextFormat]
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert read_source(path) == found
    write_source(path, *found)
    assert path.read_bytes() == data


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x" * 5_000_001)
    with pytest.raises(RequestError, match="5 MB, too large"):
        read_source(path)
    path.write_bytes(b"\x00\x01")
    with pytest.raises(StoreError, match="not a text file"):
        read_source(path)
    with pytest.raises(StoreError, match="cannot be read"):
        read_source(tmp_path / "none.py")


def test_a_line_that_is_left_alone_keeps_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.bat"
    path.write_bytes(b"one\r\ntwo\nthree\r\n\rfive\n\x0c\r\nlast")
    text, form = read_source(path)
    assert text == "one\ntwo\nthree\n\nfive\n\x0c\nlast"
    assert form.line_end_words == "CRLF, mixed"
    form = write_source(path, text.replace("three", "3\nnew").removeprefix("one\n"), form)
    assert path.read_bytes() == b"two\n3\r\nnew\r\n\rfive\n\x0c\r\nlast"
    write_source(path, read_source(path)[0] + "\n", form)
    assert path.read_bytes() == b"two\n3\r\nnew\r\n\rfive\n\x0c\r\nlast\r\n"
    form = write_source(path, "two\nfive", form)  # the only end that is left is not the usual one
    assert path.read_bytes() == b"two\nfive"
    assert form.line_end_words == "LF"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    write_source(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_sign_that_the_encoding_lacks_is_named_and_the_file_is_left_alone(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(StoreError, match="'→'"):
        write_source(path, "a → b", TextFormat(encoding="cp1252"))
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("target", ["loop.txt", "other.txt"])
def test_a_link_that_leads_to_itself_is_named_and_left_alone(tmp_path: Path, target: str) -> None:
    link = tmp_path / "loop.txt"
    link.symlink_to(target)
    if target != link.name:
        (tmp_path / target).symlink_to(link.name)
    with pytest.raises(StoreError, match=r"loop\.txt") as found:
        write_source(link, "new")
    assert "leads to itself" in found.value.hint
    assert link.is_symlink()
    with pytest.raises(StoreError, match=r"loop\.txt"):
        write_source(link / "under.txt", "new")
