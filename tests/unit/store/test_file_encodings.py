"""Text files are read whatever their encoding, and what is no text is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.errors import StoreError
from app.store.files import read_any, read_text, write_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'\xef\xbb\xbf{"type": "object"}', '{"type": "object"}'),
        ("{}\r\n".encode("utf-16"), "{}\r\n"),
        ("# Это проверка\n".encode("koi8-r"), "# Это проверка\n"),
    ],
)
def test_a_file_in_any_encoding_is_text(tmp_path: Path, data: bytes, text: str) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.json"))
    path.write_bytes(data)
    assert read_text(path) == text
    found = read_any(path)
    write_text(path, found.text, encoding=found.encoding)
    assert path.read_bytes() == data


def test_an_encoding_can_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"caf\xe9")
    assert read_any(path, "cp1250").text == "café"
    assert read_any(path, "koi8-r").text == "cafИ"
    assert not read_any(path, "utf-8").is_exact


def test_what_is_not_text_is_named_in_letters_that_can_be_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.bin"))
    path.write_bytes(b"\x00\x01")
    with pytest.raises(StoreError, match=r"caf�\.bin is not a text file"):
        read_text(path)
    with pytest.raises(StoreError, match="cannot be read"):
        read_text(tmp_path / "none.txt")
