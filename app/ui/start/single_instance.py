"""One window for one user's data: a second start raises the first and hands its files over."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.core.errors import DisplayError
from app.ui.start.meeting_place import Claim, is_same_user, new_address, remove_address

_TIMEOUT_MS = 1000
PATIENCE_S = 8.0
"""How long a second start waits for the first window, which may be starting itself."""
_MOST_BYTES = 1_000_000
_RAISED = b"raised\n"

_log = logging.getLogger(__name__)


class SingleInstance(QObject):
    """Listens for later starts. `raise_requested` carries the paths that they were given."""

    raise_requested = Signal(list)

    def __init__(self, state: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._claim = Claim(state / "window.lock")
        self._address = ""
        self._server = QLocalServer(self)
        if sys.platform == "win32":  # elsewhere its folder keeps others out
            self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take)

    def hand_over(self, paths: Sequence[Path], *, patience_s: float = PATIENCE_S) -> bool:
        """Ask the window that is open already to come forward; False where there is none.

        Raises `DisplayError` where there is one and it does not answer.
        """
        deadline = time.monotonic() + patience_s
        while True:
            try:
                if self._claim.take():
                    return False
            except OSError as error:
                _log.warning("Another window cannot be looked for: %s", error)
                return False
            left_s = deadline - time.monotonic()
            if _is_raised(self._claim.address(), paths, patience_s=left_s):
                return True
            if left_s <= 0:
                raise DisplayError(
                    "Starwright is already open, but its window does not respond.",
                    hint="Wait for it or close it, then try again.",
                )
            time.sleep(0.05)

    def listen(self) -> None:
        """Be found by later starts, which then need no window of their own."""
        if not self._claim.is_held:
            return
        try:
            remove_address(self._claim.address())
            self._address = new_address()
            if not self._server.listen(self._address):
                raise OSError(self._server.errorString())
            self._claim.tell(self._address)
        except OSError as error:
            _log.warning("Later starts will not find this window: %s", error)

    def close(self) -> None:
        """Stop listening, and let another window be the first."""
        self._server.close()
        try:
            remove_address(self._address)
        except OSError as error:
            _log.warning("The socket could not be removed: %s", error)
        self._claim.give_back()

    def _take(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is None:
            return
        socket.disconnected.connect(socket.deleteLater)
        if not is_same_user(socket.socketDescriptor()):
            _log.warning("Another user knocked at this window's socket")
            socket.abort()
            return
        socket.setReadBufferSize(_MOST_BYTES)
        socket.readyRead.connect(lambda: self._answer(socket))
        self._answer(socket)  # what came before this was connected

    def _answer(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        paths = _paths_in(bytes(socket.readLine().data()))
        if paths is not None:
            socket.write(_RAISED)
            socket.flush()
            self.raise_requested.emit(paths)
        socket.disconnectFromServer()


def _is_raised(address: str, paths: Sequence[Path], *, patience_s: float) -> bool:
    """Tell the window at an address what to open, if it is there and this user's."""
    if not address:
        return False
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(_TIMEOUT_MS) or not is_same_user(socket.socketDescriptor()):
        return False
    # As addresses: the two may run in different locales, which read a name's bytes differently.
    opened = [quote_from_bytes(os.fsencode(path.expanduser().absolute())) for path in paths]
    socket.write(json.dumps({"open": opened}).encode() + b"\n")
    socket.waitForBytesWritten(_TIMEOUT_MS)
    # A window that is being closed takes words but never answers.
    is_answered = socket.waitForReadyRead(max(int(patience_s * 1000), 1))
    return is_answered and bytes(socket.readAll().data()) == _RAISED


def _paths_in(line: bytes) -> list[Path] | None:
    """Return the paths that another start was given, None where it makes no sense."""
    try:
        words = json.loads(line)
    except (ValueError, RecursionError):
        return None
    opened = words.get("open") if isinstance(words, dict) else None
    if not isinstance(opened, list):
        return None
    if not all(isinstance(path, str) and path.isascii() for path in opened):
        return None
    return [Path(os.fsdecode(unquote_to_bytes(path))) for path in opened]
