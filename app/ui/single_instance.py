"""One window for one user's data: a second start raises the first and hands its file over."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_TIMEOUT_MS = 1000


class SingleInstance(QObject):
    """Listens for later starts. `raise_requested` carries the path they were given, or ""."""

    raise_requested = Signal(str)

    def __init__(self, data: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _name_of(data)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take)

    def hand_over(self, path: Path | None) -> bool:
        """Ask the window that is open already to come forward; False where there is none."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_TIMEOUT_MS):
            return False
        absolute = str(path.expanduser().absolute()) if path is not None else ""
        socket.write(json.dumps({"open": absolute}).encode() + b"\n")
        socket.waitForBytesWritten(_TIMEOUT_MS)
        # Wait for the answer: a socket left by a killed program takes words but never answers.
        return socket.waitForReadyRead(_TIMEOUT_MS)

    def listen(self) -> None:
        """Become the first; a socket that a killed program left behind is no obstacle."""
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _take(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.readyRead.connect(lambda: self._answer(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _answer(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        try:
            words = json.loads(bytes(socket.readLine().data()))
        except ValueError:
            words = None
        path = words.get("open") if isinstance(words, dict) else None
        if isinstance(path, str):
            socket.write(b"raised\n")
            socket.flush()
            self.raise_requested.emit(path)
        socket.disconnectFromServer()


def _name_of(data: Path) -> str:
    digest = hashlib.sha256(str(data.absolute()).encode()).hexdigest()[:16]
    return f"starwright-{digest}"
