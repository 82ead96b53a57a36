"""What Qt needs to open a window is asked for before Qt aborts for the lack of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.core.errors import DisplayError
from app.ui.start.qt_libraries import APT_LINE, check_qt_libraries

PACKAGES = Path(__file__).parents[3] / "packaging" / "system_packages.txt"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="plugins of Linux")


def test_a_plugin_that_cannot_be_loaded_is_told_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland;xcb")
    with pytest.raises(
        DisplayError, match=r"Qt lacks a system library .*libqwayland\.so"
    ) as raised:
        check_qt_libraries(tmp_path)
    assert raised.value.hint == APT_LINE


def test_without_a_display_and_for_other_plugins_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    check_qt_libraries(tmp_path)
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    check_qt_libraries(tmp_path)


def test_here_x11_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    check_qt_libraries()


def test_the_fix_installs_what_set_up_installs() -> None:
    lines = [line.split() for line in PACKAGES.read_text().splitlines() if line.startswith("lib")]
    assert APT_LINE.split()[5:] == [words[0] for words in lines if len(words) == 1]
