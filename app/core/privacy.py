"""Folders and files that are the user's alone, whatever the umask, also where they existed."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder, and those it lies in, for the user alone; one that exists is left as it is.

    Raises `OSError`.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):  # `parents=True` would give those the permissions of the umask
        one.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def make_private(folder: Path) -> None:
    """Make a folder of the program's own; one that others may read is closed to them.

    Raises `OSError`.
    """
    make_folder(folder)
    close_to_others(folder)


def make_private_file(path: Path) -> None:
    """Make an empty file in a folder of the program's own; one that exists is closed to others.

    Raises `OSError`.
    """
    make_private(path.parent)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        close_to_others(path)


def close_to_others(path: Path) -> None:
    """Take a file or folder of the program's own away from everybody but the user."""
    if os.name != "posix":
        return  # there, a user's folder has its own list of who may read
    found = path.stat()
    permissions = stat.S_IMODE(found.st_mode)
    if found.st_uid == os.geteuid() and permissions & 0o077:
        path.chmod(permissions & 0o700)
