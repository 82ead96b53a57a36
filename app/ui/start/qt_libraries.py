"""Whether the system libraries are there that Qt opens its window with: Qt aborts without them.

They belong to plugins that Qt loads by itself, so importing it says nothing of them. Imports no
Qt, which may be what cannot be loaded.
"""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from app.core.errors import DisplayError

APT_LINE = (
    "sudo apt-get install -y --no-install-recommends libgl1 libegl1 libxkbcommon-x11-0 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-util1 "
    "libxcb-shape0 libxcb-xkb1 libwayland-cursor0 libwayland-egl1 libdbus-1-3 libfontconfig1 "
    "libfreetype6 libglib2.0-0"
)
"""What `packaging/system_packages.txt` says of Qt, as one command."""
_PLUGINS = {"xcb": "libqxcb.so", "wayland": "libqwayland.so"}


def check_qt_libraries(folder: Path | None = None) -> None:
    """Raise `DisplayError`, with the fix, where no plugin for this display can be loaded.

    Qt tries another one where the first cannot be loaded, and so does this. `folder` is where the
    plugins are, by default those of PySide6.
    """
    folder = folder or _plugin_folder()
    if sys.platform != "linux" or folder is None:
        return
    problems = []
    for name in _wanted():
        try:
            ctypes.CDLL(str(folder / _PLUGINS[name]))
        except OSError as error:
            problems.append(str(error))
        else:
            return
    if problems:
        raise DisplayError(
            f"Qt lacks a system library to open a window: {problems[0]}.", hint=APT_LINE
        )


def _plugin_folder() -> Path | None:
    found = find_spec("PySide6")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "Qt" / "plugins" / "platforms"
    return folder if folder.is_dir() else None


def _wanted() -> list[str]:
    """Return the plugins that Qt would try here, by name; none of them without a display."""
    named = os.environ.get("QT_QPA_PLATFORM", "")
    if named:
        return [name for part in named.split(";") for name in _PLUGINS if part.startswith(name)]
    by_display = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}
    return [name for name, variable in by_display.items() if os.environ.get(variable)]
