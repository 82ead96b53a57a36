"""What is found in a project's folder, what is passed over, and what is never opened."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.store.project.project_files import Limits, ProjectFile, read, scan

_opened: list[str] | None = None


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _opened is not None and event == "open":
        _opened.append(str(arguments[0]))


sys.addaudithook(_hear)  # one for the whole run: it cannot be taken away


@contextmanager
def opened() -> Iterator[list[str]]:
    """Give the names of all files that are opened in this block."""
    global _opened  # noqa: PLW0603
    _opened = names = []
    try:
        yield names
    finally:
        _opened = None


def put(root: Path, name: str, text: str = "x = 1\n") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(root: Path, limits: Limits | None = None) -> list[str]:
    return sorted(file.path for file in scan(root, limits=limits).files)


def test_text_files_are_found_and_what_git_ignores_is_not(tmp_path: Path) -> None:
    for name in ("a.py", "web/b.ts", "web/out/c.js", "build/d.py", "web/keep.log", "x.log"):
        put(tmp_path, name)
    put(tmp_path, ".gitignore", "build/\n*.log\n")
    put(tmp_path, "web/.gitignore", "out\n!keep.log\n")
    put(tmp_path, "node_modules/m/e.js")
    put(tmp_path, "picture.png")
    put(tmp_path, "empty.py", "")
    assert names(tmp_path) == [".gitignore", "a.py", "web/.gitignore", "web/b.ts", "web/keep.log"]


def test_rules_of_the_repository_above_hold_too(tmp_path: Path) -> None:
    put(tmp_path, ".git/info/exclude", "mine.py\n")
    put(tmp_path, ".gitignore", "/packages/*/dist\n*.tmp\n")
    for name in ("a.py", "mine.py", "dist/b.js", "c.tmp"):
        put(tmp_path, f"packages/web/{name}")
    assert names(tmp_path / "packages" / "web") == ["a.py"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root, "a.py")
    put(outside, "told.py")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "out").symlink_to(outside, target_is_directory=True)
    (root / "link.py").symlink_to(outside / "told.py")
    put(root, ".env", "KEY=1")
    (root / "harmless.txt").symlink_to(root / ".env")
    assert names(root) == ["a.py"]
    # A file or folder that becomes a link after it was found is not read either.
    for path in ("link.py", "out/told.py", "harmless.txt", "../outside/told.py"):
        assert read(root, ProjectFile(path, 0, 1)) is None
    assert read(root, ProjectFile("a.py", 0, 1)) == "x = 1\n"


SECRETS = [".env", "a/.env.local", "a.pem", "id_rsa", "k/server.key", "credentials", ".npmrc",
           ".netrc", "kubeconfig", "x.tfstate", "x.tfvars", ".aws/config"]  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    secrets=st.lists(st.sampled_from(SECRETS), unique=True),
    folders=st.lists(st.sampled_from(["", "src/", "Deep/er/"]), min_size=1, max_size=2),
    is_loud=st.booleans(),
)
def test_secrets_are_never_opened(
    tmp_path: Path, secrets: list[str], folders: list[str], *, is_loud: bool
) -> None:
    root = tmp_path / "root"
    shutil.rmtree(root, ignore_errors=True)
    put(root, "main.py")
    paths = [
        put(root, folder + (name.upper() if is_loud else name), "hush")
        for name in secrets
        for folder in folders
    ]
    with opened() as heard:
        index = scan(root)
        texts = [read(root, file) for file in index.files]
    assert not {str(path) for path in paths} & set(heard)
    assert texts == ["x = 1\n"]
    assert str(root / "main.py") in heard  # the hook does hear


def test_a_file_that_holds_a_key_gives_no_text(tmp_path: Path) -> None:
    put(tmp_path, "notes.md", "-----BEGIN RSA " + "PRIVATE KEY-----\nMII\n")
    put(tmp_path, "settings.py", "TOKEN = '" + "ghp_" + "a1B2" * 9 + "'\n")
    (tmp_path / "binary.dat").write_bytes(b"\x00\x01\x02" * 99)
    index = scan(tmp_path)
    assert len(index.files) == 3
    assert [read(tmp_path, file) for file in index.files] == [None] * 3


def test_limits_hold(tmp_path: Path) -> None:
    for number in range(9):
        put(tmp_path, f"f{number}/a.py")
    put(tmp_path, "large.py", "x" * 300)
    index = scan(tmp_path, limits=Limits(files=4))
    assert (len(index.files), index.is_cut) == (4, True)
    index = scan(tmp_path, limits=Limits(folders=3))
    assert (len(index.folders), index.is_cut) == (3, True)
    assert "large.py" not in names(tmp_path, Limits(file_bytes=200))
    put(tmp_path, "1/2/3/4/deep.py")
    assert "1/2/3/4/deep.py" not in names(tmp_path, Limits(depth=3))
    put(tmp_path, "near.py")
    assert "near.py" in names(tmp_path, Limits(folders=1))
    assert "1/2/3/4/deep.py" not in names(tmp_path, Limits(files=11))  # the farthest is cut


def test_a_folder_that_vanishes_holds_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root, "sub/a.py")
    before = scan(root)
    shutil.rmtree(root / "sub")
    assert scan(root, before).files == ()
    shutil.rmtree(root)
    assert scan(root, before).files == ()
    assert read(root, before.files[0]) is None


def test_only_what_changed_is_looked_at_again(tmp_path: Path) -> None:
    put(tmp_path, "one/a.py")
    put(tmp_path, "two/b.py")
    first = scan(tmp_path)
    second = scan(tmp_path, first)
    assert second.folders["one/"] is first.folders["one/"]
    put(tmp_path, "two/c.py")
    put(tmp_path, "one/.gitignore", "a.py\n")
    third = scan(tmp_path, second)
    assert sorted(file.path for file in third.files) == ["one/.gitignore", "two/b.py", "two/c.py"]
    time.sleep(0.01)
    put(tmp_path, "one/.gitignore", "b.py\n")  # the folder itself does not change by this
    fourth = scan(tmp_path, third)
    assert "one/a.py" in [file.path for file in fourth.files]


def test_ten_thousand_files_are_found_quickly(tmp_path: Path) -> None:
    for folder in range(100):
        (tmp_path / f"f{folder}").mkdir()
        for number in range(100):
            (tmp_path / f"f{folder}" / f"m{number}.py").write_text("x")
    began = time.process_time()
    index = scan(tmp_path)
    first_s = time.process_time() - began
    began = time.process_time()
    again = scan(tmp_path, index)
    again_s = time.process_time() - began
    assert len(again.files) == 10_000
    assert first_s < 5
    assert again_s < first_s
    print(f"10,000 files: {first_s:.3f} s, again {again_s:.3f} s")
