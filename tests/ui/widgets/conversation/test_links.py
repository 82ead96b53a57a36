"""Only web and mail addresses are opened, after a question that shows what they are."""

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from app.ui.widgets.controls.questions import ask_link


class Opened(QObject):
    """Takes the place of the desktop's own programs."""

    def __init__(self):
        super().__init__()
        self.addresses = []
        for scheme in ("http", "https", "mailto", "file", "smb", "javascript", "vscode"):
            QDesktopServices.setUrlHandler(scheme, self, "take")

    @Slot(QUrl)
    def take(self, url):
        self.addresses.append(url.toString())

    def close(self):
        for scheme in ("http", "https", "mailto", "file", "smb", "javascript", "vscode"):
            QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture
def opened():
    there = Opened()
    yield there
    there.close()


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def asked(qtbot, window, address):
    ask_link(window, address)
    (box,) = window.findChildren(QMessageBox)
    qtbot.waitUntil(box.isVisible)
    return box


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c", "HTTP://example.org/", "mailto:me@example.org"]
)
def test_web_and_mail_addresses_open_once_they_are_confirmed(qtbot, window, opened, address):
    box = asked(qtbot, window, address)
    (follow,) = [button for button in box.buttons() if button.text() == "Open"]
    qtbot.mouseClick(follow, Qt.MouseButton.LeftButton)
    assert opened.addresses == [QUrl(address).toString()]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "javascript:alert(1)", "vscode://file/x", "smb://host/x", "other.md",
        "www.example.org", "\\\\host\\share", "", "#top", "https:", "https:///x", " https://a.b",
        "data:text/html,x", "http", "half \ud83d",
    ],
)  # fmt: skip
def test_no_other_address_can_be_opened(qtbot, window, opened, address):
    box = asked(qtbot, window, address)
    assert [button.text() for button in box.buttons()] == ["Close"]
    assert "is not a web or mail address" in box.text()
    with qtbot.waitSignal(box.finished):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert opened.addresses == []


def test_an_address_is_shown_as_it_is_sent_and_at_most_a_screen_long(qtbot, window, opened):
    box = asked(qtbot, window, "https://example.org/\u202egpj.exe/" + "x" * 5000)
    assert "%E2%80%AE" in box.text()
    assert len(box.text()) < 500
