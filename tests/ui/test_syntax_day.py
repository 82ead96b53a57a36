"""The whole window and code: it parses, it is broken, it is repaired."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from test_snippet_day import Desk

from app.bootstrap import open_engine, services
from app.core.engine import EngineFactory
from app.core.syntax import SyntaxState
from app.engines.scripted import Answer, Script, ScriptedFactory
from app.store.history import History

Day = Callable[[EngineFactory, Callable[[Desk], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def day(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Day:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))

    def spend(engine: EngineFactory, work: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
        loop = qasync.QEventLoop(qapp)
        with loop, services(engine) as built, closing(History(tmp_path / "h.sqlite3")) as history:
            desk = Desk(built, history)

            async def whole() -> None:
                await desk.begin()
                await work(desk)
                desk.window.code_panel.tell_edits()
                await desk.tasks.close()

            try:
                loop.run_until_complete(asyncio.wait_for(whole(), 300))
            finally:
                desk.window.deleteLater()
            assert not desk.bugs, desk.bugs

    return spend


async def ask(desk: Desk, question: str) -> None:
    desk.window.composer.set_draft(question)
    desk.press("send")
    await desk.until(lambda: desk.to.chat.is_busy, "the question")
    await desk.until(lambda: not desk.to.chat.is_busy, "the answer")


def state(desk: Desk) -> SyntaxState:
    editor = desk.window.code_panel.editor()
    return editor.syntax_watch.syntax.state if editor is not None else SyntaxState.UNKNOWN


def test_what_the_built_in_model_writes_parses_until_it_is_broken(day: Day) -> None:
    async def work(desk: Desk) -> None:
        panel = desk.window.code_panel
        await ask(desk, "Write a Python function that checks whether a number is prime")
        await desk.until(lambda: panel.foot.status.words() == "✓ parses", "the strip's word")
        badge = desk.window.conversation.findChild(object, "syntaxBadge")
        await desk.until(lambda: badge.isVisible() and badge.text() == "parses", "the badge")
        QTest.keyClicks(panel.editor(), "(")
        await desk.until(lambda: state(desk) is SyntaxState.ERROR, "the error")
        assert panel.foot.status.words().startswith("Line 1: ")
        panel.editor().undo()
        await desk.until(lambda: state(desk) is SyntaxState.PARSES, "that it parses again")

    day(open_engine, work)


def test_a_broken_answer_is_repaired_as_a_change_to_take(day: Day) -> None:
    script = Script(
        {
            "Repaired": Answer.of("def f(a):\n    return sorted(a)\n"),
            "sort": Answer.of("def f(a:\n    return sorted(a)\n"),
        }
    )

    async def work(desk: Desk) -> None:
        panel = desk.window.code_panel
        await ask(desk, "sort")
        await desk.until(lambda: state(desk) is SyntaxState.ERROR, "the error")
        await desk.until(panel.foot.repair.isVisible, "the offer")
        desk.press("repairBlock")
        diff = panel.findChild(object, "diffText")
        await desk.until(diff.isVisible, "the change")
        assert "+ def f(a):" in diff.toPlainText()
        assert panel.text().startswith("def f(a:")
        desk.press("takeHunk")
        await desk.until(lambda: panel.text().startswith("def f(a):"), "the repaired code")
        await desk.until(lambda: state(desk) is SyntaxState.PARSES, "that it parses")

    day(ScriptedFactory(script), work)
