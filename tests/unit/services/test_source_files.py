"""A source file that is edited keeps its line ends and its encoding."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import RequestError, StoreError
from app.services.source_files import EditedText, read_source, write_source


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"a\nb\n", EditedText("a\nb\n")),
        (b"a\r\nb\r\n", EditedText("a\nb\n", "\r\n")),
        (b"\xef\xbb\xbfa\n", EditedText("a\n", encoding="utf-8-sig")),
        ("ä\n".encode("cp1252"), EditedText("ä\n", encoding="cp1252")),
        (b"no end", EditedText("no end")),
    ],
)
def test_what_is_read_is_written_the_same(tmp_path: Path, data: bytes, found: EditedText) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert read_source(path) == found
    write_source(path, found)
    assert path.read_bytes() == data


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"a\r\nb\n")
    with pytest.raises(RequestError, match="different ways"):
        read_source(path)
    path.write_bytes(b"x" * 5_000_001)
    with pytest.raises(RequestError, match="5 MB, too large"):
        read_source(path)
    path.write_bytes(b"\x00\x01")
    with pytest.raises(StoreError, match="no text"):
        read_source(path)
    with pytest.raises(StoreError, match="cannot be read"):
        read_source(tmp_path / "none.py")
