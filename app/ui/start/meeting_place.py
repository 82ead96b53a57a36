"""Where the windows of one user's data meet: a lock that the first one holds, and its socket.

The lock lies with the user's data, so that it is found from everywhere, and says where the socket
is. That stands in a folder which belongs to this user alone, never in the common temporary folder
itself: whoever came first could take its name there, and be told what another user opens.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from app.core.privacy import make_private_file

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PREFIX = "starwright-"
_LONGEST_ADDRESS = 100
"""Bytes of a socket's path: 108 on Linux, 104 on macOS, the NUL at the end included."""
_MOST_BYTES = 4096


class Claim:
    """The lock file of a data folder. Who holds it is the first window.

    The system gives it back when the process ends, however that was.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    @property
    def is_held(self) -> bool:
        """Tell whether this is the first window."""
        return self._file is not None

    def take(self) -> bool:
        """Try to be the first. Raises `OSError` where the file cannot be made."""
        make_private_file(self._path)
        file = self._path.open("r+b")
        if not _is_locked(file):
            file.close()
            return False
        self._file = file
        return True

    def address(self) -> str:
        """Return where the first window listens, "" where it does not do so yet."""
        try:
            with self._path.open("rb") as file:
                return os.fsdecode(file.read(_MOST_BYTES).strip())
        except OSError:
            return ""

    def tell(self, address: str) -> None:
        """Say where this first window listens."""
        assert self._file is not None, "not the first"
        self._file.seek(0)
        self._file.truncate()
        self._file.write(os.fsencode(address))
        self._file.flush()

    def give_back(self) -> None:
        """Let another window be the first."""
        if self._file is not None:
            self._file.close()
            self._file = None


def new_address() -> str:
    """Return an address to listen at: the path of a socket in a new folder that is ours alone.

    Raises `OSError` where no folder can be made.
    """
    if sys.platform == "win32":  # a pipe's name; Qt lets only this user connect. Untested.
        return f"{_PREFIX}{os.urandom(16).hex()}"
    roots = [root for root in _runtime_folders() if is_own(root)]
    for root in (*roots, Path(tempfile.gettempdir()), Path("/tmp")):
        try:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))  # 0700
        except OSError:
            continue
        address = str(folder / "window")
        if len(os.fsencode(address)) <= _LONGEST_ADDRESS:
            return address
        folder.rmdir()
    raise OSError("no folder for a socket")


def remove_address(address: str) -> None:
    """Remove a socket and its folder, where they are ours: one that was killed left them."""
    place = Path(address)
    if place.is_absolute() and place.parent.name.startswith(_PREFIX) and is_own(place.parent):
        place.unlink(missing_ok=True)
        place.parent.rmdir()


def is_own(folder: Path) -> bool:
    """Tell whether a folder is this user's, and nobody else may enter it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if sys.platform == "win32":
        return stat.S_ISDIR(found.st_mode)
    is_private = not found.st_mode & 0o077
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and is_private


def is_same_user(descriptor: int) -> bool:
    """Tell whether the process at the other end of a connected socket is this user's."""
    if sys.platform == "win32":
        return True  # the pipe's own rights say so
    with socket.socket(fileno=os.dup(descriptor)) as end:
        try:
            return _user_at(end) == os.getuid()
        except OSError:
            return False


def _user_at(end: socket.socket) -> int:
    if sys.platform == "darwin":  # untested: SOL_LOCAL, LOCAL_PEERCRED, struct xucred
        return int(struct.unpack("2I", end.getsockopt(0, 1, struct.calcsize("2I")))[1])
    credentials = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def _runtime_folders() -> list[Path]:
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    usual = Path(f"/run/user/{os.getuid()}")
    return [Path(given), usual] if Path(given).is_absolute() else [usual]


def _is_locked(file: BinaryIO) -> bool:
    """Lock the file for this process, or tell that another one has it."""
    try:
        if sys.platform == "win32":  # untested
            file.seek(_MOST_BYTES)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network folders know no locks: then nobody can be the second.
        return sys.platform != "win32"
    return True
