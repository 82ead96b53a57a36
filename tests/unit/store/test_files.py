"""Whatever lies at a path, reading it ends soon and takes little; what is ours is ours alone."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import StoreError
from app.core.paths import UserPaths, path_of_text, text_of_path
from app.core.privacy import make_private_file
from app.services.attachments import load
from app.store.files import read_any, read_data, read_json, read_text, write_private, write_text
from app.store.open_tabs import OpenTabs, load_open_tabs
from app.store.presets import Presets
from app.store.project.project_files import ProjectFile, read
from app.store.settings import Settings
from app.store.window_state import WindowState, load_window_state

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files of Unix")


@pytest.fixture(params=["pipe", "socket", "folder", "device", "endless", "large", "loop"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Something that is no ordinary file of a usual size."""
    path = tmp_path / "odd.toml"
    match request.param:
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(str(path))
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "endless":  # says that it is empty, and is not
            path.symlink_to("/proc/kallsyms")
        case "large":
            with path.open("wb") as file:
                file.truncate(3 << 30)
        case _:
            path.symlink_to(path.name)
    return path


@pytest.mark.timeout(300)
def test_what_is_no_file_is_named_at_once(odd: Path) -> None:
    for reader in (read_data, read_text, read_json, read_any):
        with pytest.raises(StoreError) as raised:
            reader(odd, most_bytes=10_000)
        assert odd.name in raised.value.message
        assert raised.value.hint


@pytest.mark.timeout(300)
def test_the_program_starts_whatever_stands_in_its_files_places(odd: Path) -> None:
    settings = Settings(odd)
    (problem,) = settings.problems
    assert str(odd) in problem.message
    before = odd.lstat()
    settings.set_value("chat.seed", 7)  # does not replace what may be mended
    assert odd.lstat() == before
    assert load_window_state(odd) == WindowState()
    presets, problems = Presets(odd.parent).all()
    assert (presets, len(problems)) == ([], 1)
    assert read(odd.parent, ProjectFile(odd.name, 0, 5)) is None
    assert load_open_tabs(odd) == OpenTabs()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_attaching_what_is_no_file_says_so(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "attached"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    attached, (error,) = asyncio.run(load([path]))
    assert attached == []
    assert f"is a {kind}, not a file" in error.message


def test_a_pipe_that_was_named_is_read(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"x = 1\n")
    os.close(writing)
    path = Path(f"/dev/fd/{reading}")
    if not path.exists():
        pytest.skip("no such paths here")
    assert read_text(path, takes_pipes=True) == "x = 1\n"
    os.close(reading)


@pytest.mark.parametrize("name", ["a\0b", "half \ud83d"])
def test_what_is_no_path_is_no_traceback(name: str) -> None:
    with pytest.raises(StoreError):
        read_data(Path(name))


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "1" + "0" * 5000, ""])
def test_what_is_no_json_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "window.json"
    path.write_text(text)
    with pytest.raises(StoreError, match=r"window\.json is not JSON"):
        read_json(path)
    assert load_window_state(path) == WindowState()


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_to_all")
def test_what_is_ours_is_ours_alone_also_where_it_existed(tmp_path: Path) -> None:
    root = tmp_path / "home" / "of" / "mine"
    paths = UserPaths(root / "data", root / "config", root / "state")
    paths.make()
    for folder in (tmp_path / "home", root, paths.data, paths.models):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    paths.data.chmod(0o777)
    paths.open_tabs.write_text("{}")
    paths.open_tabs.chmod(0o666)
    write_private(paths.open_tabs, "[]", name="list")
    make_private_file(paths.log)
    for file in (paths.open_tabs, paths.log):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(paths.data.stat().st_mode) == 0o700
    # A file of code is the user's to share, in a folder that is the user's to open.
    shared = tmp_path / "shared"
    shared.mkdir()
    write_text(shared / "a.py", "x")
    assert stat.S_IMODE(shared.stat().st_mode) == 0o777
    assert stat.S_IMODE((shared / "a.py").stat().st_mode) == 0o666


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles" / "settings.toml", tmp_path / "settings.toml"
    write_text(real, "")
    link.symlink_to(real)
    Settings(link).set_value("chat.seed", 7)
    assert link.is_symlink()
    assert "seed = 7" in real.read_text()


def test_a_long_name_is_saved(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 252 + ".py")
    write_text(path, "x")
    assert path.read_text() == "x"


@pytest.mark.parametrize("name", [b"caf\xe9.gguf", b"a b.gguf", "größe%41.gguf".encode(), b"file:"])
def test_every_path_has_a_text_and_comes_back(name: bytes) -> None:
    path = os.fsdecode(b"/models/" + name)
    text = text_of_path(path)
    assert text.encode()
    assert path_of_text(text) == path
