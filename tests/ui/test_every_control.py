"""Every control of every screen is used with the mouse, and nothing is logged as an error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from desk import Desk, at_desk
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from screen_hand import Control, Hand, Monkey, by_hand, controls, front_window, troubles
from shiboken6 import isValid

from app.core.edits import EditKind

PAUSE_S = 0.01
Open = Callable[[Desk], object]


def find(desk: Desk) -> None:
    editor = desk.window.code_panel.editor()
    assert editor is not None
    desk.window.code_panel.find_bar.open_for(editor, can_replace=True)


IN_THE_WINDOW = {
    "the window",
    "an edited message",
    "find and replace",
    "a change of code",
    "settings",
}
SCREENS: dict[str, Open] = {
    "the window": lambda desk: None,
    "an edited message": lambda desk: desk.window.conversation.edit_last_question(),
    "find and replace": find,
    "a change of code": lambda desk: desk.window.code_panel.code_actions.do(EditKind.EDIT),
    "settings": lambda desk: desk.to.settings.open(),
    "a chat's settings": lambda desk: desk.to.chat_settings.open(),
    "snippets": lambda desk: desk.snippets.open_list(),
    "the palette": lambda desk: desk.window.open_palette(),
    "the sheet of keys": lambda desk: desk.window.open_sheet(),
    "about": lambda desk: desk.to.models.about(),
    "models": lambda desk: desk.window.model_picker.click(),
    "languages": lambda desk: desk.window.language_picker.click(),
    "actions": lambda desk: desk.window.composer.open_menu(),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def close_all(desk: Desk) -> None:
    """Leave every menu, list and dialog."""
    for _ in range(6):
        front = front_window()
        if front is None or front is desk.window:
            break
        await by_hand(partial(Hand().press, Qt.Key.Key_Escape))
        if isValid(front) and front.isVisible():
            front.close()
        await asyncio.sleep(0)
    desk.window.activateWindow()


async def use_all(
    desk: Desk, open_screen: Open, done: set[tuple[object, str]], *, is_main: bool
) -> int:
    """Click every control of a screen once; return how many there were."""

    async def opened() -> QWidget | None:
        open_screen(desk)
        for _ in range(1000):  # some ask the history first
            await asyncio.sleep(PAUSE_S)
            front = front_window()
            if front is not None and (front is desk.window) is is_main and controls(front):
                return front
        return None

    async def unused(screen: QWidget) -> list[Control]:
        rest = [one for one in controls(screen) if key(one) not in done]
        if not rest:  # or it was looked at before it was laid out
            await asyncio.sleep(4 * PAUSE_S)
            rest = [one for one in controls(screen) if key(one) not in done]
        return rest

    screen, count = await opened(), 0
    while screen is not None and (rest := await unused(screen)):
        done.add(key(rest[0]))
        await by_hand(partial(Hand().click, rest[0].place.center()))
        count += 1
        await asyncio.sleep(PAUSE_S)
        if front_window() is not screen:
            await close_all(desk)
            screen = await opened()
    await close_all(desk)
    return count


def key(control: Control) -> tuple[object, str]:
    return control.role, control.name


def test_every_control_of_every_screen_can_be_clicked(qapp: QApplication, home: Path) -> None:
    async def work(desk: Desk) -> None:
        in_window: set[tuple[object, str]] = set()
        total = 0
        with troubles() as found:
            for name, open_screen in SCREENS.items():
                is_main = name in IN_THE_WINDOW
                done = in_window if is_main else set()
                count = await use_all(desk, open_screen, done, is_main=is_main)
                total += count
                assert found == [], name
                assert count, name
        assert total > 130
        assert desk.bugs == []
        desk.to.chat.stop()
        await desk.until(lambda: not desk.to.chat.is_busy, "the end of the answer")

    at_desk(qapp, home, work)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_monkey_finds_nothing(qapp: QApplication, home: Path, seed: int) -> None:
    async def work(desk: Desk) -> None:
        monkey = Monkey(seed)
        with troubles() as found:
            for _ in range(80):
                await by_hand(monkey.act)
                await asyncio.sleep(PAUSE_S)
                assert found == [], monkey.done[-12:]
        await close_all(desk)
        assert desk.bugs == []

    at_desk(qapp, home, work)
