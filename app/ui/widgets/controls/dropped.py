"""What is dropped on the window from outside."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl


def dropped_files(data: QMimeData) -> list[Path]:
    """Return the files of this computer that are being dropped; folders are none."""
    paths = [path_of(url) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_file()]


def path_of(url: QUrl) -> Path:
    """Return a local address as a path; a name need not be UTF-8 everywhere."""
    if sys.platform in ("win32", "darwin"):
        return Path(url.toLocalFile())
    encoded = bytes(url.toEncoded(QUrl.ComponentFormattingOption.FullyEncoded).data())
    return Path(os.fsdecode(unquote_to_bytes(encoded.removeprefix(b"file://"))))
