"""Files of one name are told apart by their folders, and others keep their bare names."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from app.text.short_paths import short_paths


def of(*paths: str) -> list[str]:
    return short_paths([PurePosixPath(path) for path in paths])


def test_only_what_is_alike_gets_folders() -> None:
    assert of("/a/x.py", "/a/y.py") == ["x.py", "y.py"]
    assert of("/a/x.py", "/b/x.py", "/a/y.py") == ["a/x.py", "b/x.py", "y.py"]
    assert of("/one/src/x", "/two/src/x", "/two/lib/x") == ["one/src/x", "two/src/x", "lib/x"]


def test_a_path_that_ends_another_and_equal_ones_come_to_an_end() -> None:
    assert of("/x", "/a/x") == ["/x", "a/x"]
    assert of("/a/x", "/a/x") == ["/a/x", "/a/x"]
    assert short_paths([PureWindowsPath("C:/a/x"), PureWindowsPath("D:/a/x")]) == [
        "C:/a/x",
        "D:/a/x",
    ]
