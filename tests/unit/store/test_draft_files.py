"""What is attached to a question that is not sent yet survives, within bounds."""

from __future__ import annotations

import zlib
from contextlib import closing
from pathlib import Path

import pytest

from app.core.attachments import Attached, Attachment
from app.store import draft_files as module
from app.store.draft_files import draft_files, keep_draft_files, unpacked
from app.store.history import History
from app.store.rescue import rescue


def chip(name: str, *texts: str) -> Attached:
    root = Path("/home") / name
    files = tuple(Attachment(f"{name}{n}", text, "py") for n, text in enumerate(texts))
    return Attached(name, files, root, tuple(root / str(n) for n in range(len(texts))))


def test_files_and_folders_come_back_also_from_a_rescue(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    kept = (
        chip("größe.py", "x\0\u2029 = '😀'\r\n"),
        chip("folder/", "one", "two"),
        chip("caf\udce9", ""),
    )
    with closing(History(path)) as history:
        assert draft_files(history.database) == ()
        keep_draft_files(history.database, kept[:1])
        keep_draft_files(history.database, kept)
    rescue(path)
    with closing(History(path)) as history:
        assert draft_files(history.database) == kept
        keep_draft_files(history.database, ())
        assert draft_files(history.database) == ()


def test_of_what_is_too_much_the_path_is_kept() -> None:
    large = chip("large", "x" * (module.MOST_CHARACTERS - 10))
    with closing(History(None)) as history:
        keep_draft_files(history.database, [chip("small", "123"), large, chip("other", "y" * 20)])
        small, kept_large, other = draft_files(history.database)
    assert (small.files[0].text, kept_large) == ("123", large)
    assert (other.root, other.files, other.paths) == (Path("/home/other"), (), ())


@pytest.mark.parametrize(
    "packed",
    [b"", b"x", "text", None, 7]
    + [
        zlib.compress(t)
        for t in (b"[", b"{}", b"[1]", b"[{}]", b'[{"name": 1, "root": 2, "files": [[1]]}]', b"7")
    ],
)
def test_what_cannot_be_read_is_nothing(packed: object) -> None:
    assert unpacked(packed) == ()
