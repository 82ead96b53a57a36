"""The whole window on a scripted engine, put together as the program does it, without a display."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import qasync
from hands import Stillness
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QAccessible, QDesktopServices
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from app.bootstrap import services
from app.core.chats import MessageState
from app.core.errors import AppError
from app.core.messages import Role
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.services import Services
from app.services.snippets import Snippets
from app.services.tasks import Tasks
from app.store.history import History
from app.ui.presenters.ensemble import make_presenters
from app.ui.widgets.snippets.snippets_dialog import SnippetsDialog
from app.ui.window import Window
from app.ui.wiring.introduction import introduce
from app.ui.wiring.snippets import add_snippets

_log = logging.getLogger("tests.desk")
ANSWER = """Here is **one**, see [the docs](https://example.org/docs):

```python
def f(x):
    return x + 1
```

| a | b |
|---|---|
| 1 | 2 |

```yaml
name: x
```
"""
TOKENS_PER_S = 200.0
ENDLESS = "Count for ever"
"""What a question says that is answered until somebody stops it."""


class _Links(QObject):
    """Takes links, so that no browser opens."""

    @Slot(QUrl)
    def open(self, _url: QUrl) -> None: ...


class Desk:
    """A window whose presenters all work; `bugs` are what a user would be shown as ours."""

    def __init__(self, built: Services, history: History) -> None:
        self.bugs: list[BaseException] = []
        self.history = history
        self.window = Window(lambda: None)
        self.tasks = Tasks(self._report)
        file = HistoryFile.of(history)
        self.chats = Chats(file, built.generation)
        self.to = make_presenters(
            self.window, built, self.tasks, lambda key, value: None, chats=self.chats
        )
        introduce(self.window, self.to)
        snippets = Snippets(file, built.generation, built.models)
        add_snippets(self.window, self.to, snippets, self.tasks)
        found = self.window.findChild(SnippetsDialog)
        assert isinstance(found, SnippetsDialog)
        self.snippets = found
        self.chat_ids: list[int] = []

    async def begin(self) -> None:
        """Show the window with some chats, one of them open."""
        for title in ("Prime test", "Regex for logs"):
            chat, parent = self.history.add_chat(title), None
            for role, text in ((Role.USER, f"{title}, please."), (Role.ASSISTANT, ANSWER)) * 2:
                parent = self.history.add_message(
                    chat.id, role, text, parent_id=parent, state=MessageState.DONE
                ).id
            self.chat_ids.append(chat.id)
        self.window.resize(1280, 860)
        self.window.show()
        self.window.activateWindow()
        await self.to.models.begin(None)
        await self.to.draft.begin()
        await self.to.chats.begin()
        await self.to.open_chat.show(self.chat_ids[0])
        await self.until(self.window.isActiveWindow, "the window in front")
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing in the window moves any more, as a person does who aims."""
        await self.until(Stillness(self.window), "rest")

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""
        for _ in range(6000):
            if is_so():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{what} did not happen within two minutes")

    def _report(self, error: BaseException) -> None:
        if isinstance(error, AppError):
            self.window.conversation.show_problem(error)
            return
        self.bugs.append(error)
        _log.error("A bug", exc_info=error)


def at_desk(
    application: QApplication, folder: Path, work: Callable[[Desk], Coroutine[Any, Any, None]]
) -> None:
    """Open a window, do the work in it, and close it. STARWRIGHT_HOME must be set."""
    application.setQuitOnLastWindowClosed(False)  # as the program does: its loop ends in order
    QAccessible.setActive(True)
    links = _Links()
    for scheme in ("http", "https", "mailto"):
        QDesktopServices.setUrlHandler(scheme, links, "open")
    script = Script(
        answers={ENDLESS: Answer.of("one more " * 10_000)},
        default=Answer.of(ANSWER),
        tokens_per_s=TOKENS_PER_S,
    )
    factory = ScriptedFactory(script, scripted_info(context_tokens=4096))
    loop = qasync.QEventLoop(application)
    with loop, services(factory) as built, closing(History(folder / "h.sqlite3")) as history:
        built.settings.set_value("editor.command", "true")
        desk = Desk(built, history)

        async def whole() -> None:
            await desk.begin()
            await work(desk)
            desk.window.code_panel.tell_edits()
            await desk.to.draft.keep()
            delete(desk.window)  # its timers ask for nothing once the loop has ended
            await desk.tasks.close()

        loop.run_until_complete(whole())
    for scheme in ("http", "https", "mailto"):
        QDesktopServices.unsetUrlHandler(scheme)
    QAccessible.setActive(False)
