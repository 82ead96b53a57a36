"""A second start finds the window that is open, wherever its folders are, and nobody else's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.errors import DisplayError
from app.ui.start.meeting_place import Claim, is_own, new_address, remove_address
from app.ui.start.single_instance import SingleInstance

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets of Unix")

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.ui.start.single_instance import SingleInstance
application = QCoreApplication([])
second = SingleInstance(Path(sys.argv[1]))
print(second.hand_over([Path(word) for word in sys.argv[2:]]))
"""
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Callable[[Path], SingleInstance]]:
    made: list[SingleInstance] = []

    def make(state: Path) -> SingleInstance:
        instance = SingleInstance(state)
        assert not instance.hand_over([])
        instance.listen()
        made.append(instance)
        return instance

    yield make
    for instance in made:
        instance.close()


def start(state: Path, *words: str | bytes, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, state, *words],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


def long_folder(folder: Path) -> Path:
    return folder.joinpath(*["a-long-name-of-a-folder"] * 8)


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A folder with a short name: a socket's path has 107 bytes at most."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_a_second_start_hands_its_files_over(
    qtbot, first, tmp_path, monkeypatch, locale, runtime
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    state = long_folder(tmp_path)  # longer than a socket's path may be
    instance = first(state)
    (address,) = runtime.glob("starwright-*/window")
    assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700
    with qtbot.waitSignal(instance.raise_requested, timeout=30_000) as told:
        second = start(state, "/a/b.py", b"/caf\xe9.gguf", LC_ALL=locale)
    assert told.args == [[Path("/a/b.py"), Path(os.fsdecode(b"/caf\xe9.gguf"))]]
    assert second.communicate(timeout=30)[0].strip() == "True"
    instance.close()
    assert list(runtime.iterdir()) == []


def test_another_environment_finds_it_too(qtbot, first, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    instance = first(tmp_path)
    with qtbot.waitSignal(instance.raise_requested, timeout=30_000):
        second = start(tmp_path, XDG_RUNTIME_DIR=str(tmp_path))
    assert second.communicate(timeout=30)[0].strip() == "True"


@pytest.mark.parametrize("kind", ["open", "missing", "file", "relative", "link"])
def test_a_folder_that_is_not_ours_alone_is_not_used(tmp_path, monkeypatch, kind) -> None:
    runtime = tmp_path / "run"
    if kind == "file":
        runtime.touch()
    elif kind == "link":
        (tmp_path / "real").mkdir(mode=0o700)
        runtime.symlink_to(tmp_path / "real")
    elif kind != "missing":
        runtime.mkdir(mode=0o700)
    if kind == "open":
        runtime.chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "run" if kind == "relative" else str(runtime))
    monkeypatch.chdir(tmp_path)
    address = Path(new_address())
    assert not address.is_relative_to(tmp_path)
    assert is_own(address.parent)
    remove_address(str(address))
    assert not address.parent.exists()


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root can give folders away")
def test_a_foreign_owners_folder_is_not_used(tmp_path, monkeypatch) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    os.chown(runtime, 12345, 12345)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    address = Path(new_address())
    assert not address.is_relative_to(runtime)
    remove_address(str(address))


def test_a_killed_window_is_no_obstacle(qtbot, tmp_path) -> None:
    killed = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SECOND + "second.listen()\nprint('ready', flush=True)\nsys.stdin.read()",
            tmp_path,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    assert [killed.stdout.readline().strip() for _ in range(2)] == ["False", "ready"]
    left = Path(Claim(tmp_path / "window.lock").address())
    assert left.exists()
    killed.kill()
    killed.communicate(timeout=20)
    instance = SingleInstance(tmp_path)
    assert not instance.hand_over([])
    instance.listen()
    assert not left.parent.exists()
    instance.close()


def test_a_window_that_does_not_respond_is_said_to_be_there(qtbot, first, tmp_path) -> None:
    first(tmp_path)  # nobody runs its event loop while the second one waits
    with pytest.raises(DisplayError, match="already open"):
        SingleInstance(tmp_path).hand_over([], patience_s=0.3)


@pytest.mark.parametrize(
    "line", ["[]", "{", '{"open": 5}', '{"open": [5]}', "[" * 9000, '{"open": ["/\\ud800"]}']
)
def test_nonsense_at_the_socket_does_nothing(qtbot, first, tmp_path, line) -> None:
    instance = first(tmp_path)
    told: list[object] = []
    instance.raise_requested.connect(told.append)
    knock = (
        "import socket, sys; end = socket.socket(socket.AF_UNIX); end.connect(sys.argv[1]);"
        "end.sendall(sys.argv[2].encode() + b'\\n'); print(end.recv(99))"
    )
    address = Claim(tmp_path / "window.lock").address()
    process = subprocess.Popen(
        [sys.executable, "-c", knock, address, line], stdout=subprocess.PIPE, text=True
    )
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=30_000)
    assert process.communicate()[0].strip() == "b''"
    assert told == []


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root can be somebody else")
def test_another_user_is_not_answered(qtbot, first, tmp_path, monkeypatch, caplog) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    instance = first(tmp_path)
    told: list[object] = []
    instance.raise_requested.connect(told.append)
    address = Path(Claim(tmp_path / "window.lock").address())
    knock = (
        "import os, socket, sys; end = socket.socket(socket.AF_UNIX); os.setuid(12345);"
        "end.connect(sys.argv[1]); print(end.recv(99))"
    )
    # As if the folder had been open to all.
    address.parent.chmod(0o777)
    address.chmod(0o777)
    process = subprocess.Popen(
        [sys.executable, "-c", knock, address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=30_000)
    out, err = process.communicate()
    address.parent.chmod(0o700)
    if "PermissionError" in err:
        pytest.skip("folders above keep it out already")
    assert out.strip() == "b''" or "ConnectionReset" in err
    assert told == []
    assert "Another user" in caplog.text
