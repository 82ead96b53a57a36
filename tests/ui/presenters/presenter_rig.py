"""The presenters of a window with real services, and views that remember what they show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.core.attachments import Attached
from app.core.context import ContextPart, Fit, OverflowChoice
from app.core.engine import EngineFactory
from app.core.errors import AppError
from app.core.events import FinishReason
from app.core.models import ModelState
from app.core.tab_places import TabPlace
from app.services.answering.generation import Generation
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.editors import Editors
from app.services.inference.pool import Pool
from app.services.models import Models
from app.services.tasks import Tasks
from app.store.history import History
from app.store.settings import Settings
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.chat import ChatPresenter
from app.ui.presenters.chat_list import ChatListPresenter
from app.ui.presenters.chat_settings import ChatSettings
from app.ui.presenters.code import CodePresenter
from app.ui.presenters.code_files import CodeFiles
from app.ui.presenters.draft import DraftPresenter
from app.ui.presenters.messages import MessagePresenter
from app.ui.presenters.models import ModelPresenter
from app.ui.presenters.open_chat import OpenChat
from app.ui.presenters.own_tabs import OwnTabs


class Screen:
    """A window, and every place of it, that remembers what it shows."""

    def __init__(self) -> None:
        self.chats: list[str] = []
        self.selected: int | None = None
        self.turns: list[str] = []
        self.errors: list[AppError] = []
        self.notices: list[str] = []
        self.is_writing = False
        self.endings: list[FinishReason] = []
        self.draft = ""
        self.is_busy = False
        self.models: list[str] = []
        self.broken: dict[Path, str] = {}
        self.about_models: list[AppError] = []
        self.states: list[ModelState] = []
        self.note = ""
        self.undo: Callable[[], None] | None = None
        self.hits: list[str] = []
        self.shown_message = 0
        self.prompt = ""
        self.pages: dict[str, str] = {}
        self.attached: list[Attached] = []
        self.values: dict[str, Any] = {}
        self.parts: list[ContextPart] = []
        self.all_parts: list[list[ContextPart]] = []
        self.total = 0
        self.left_out_tokens = 0
        self.draft_tokens = (0, False)
        self.asked: list[Fit] = []
        self.choose: Callable[[OverflowChoice, bool], None] | None = None
        self.conversation = self.composer = self.sidebar = self.status_line = self
        self.undo_bar = self.dialogs = self.model_picker = self.model_note = self

    def set_chats(self, chats: Any) -> None:
        self.chats = [chat.title for chat in chats]

    def select(self, chat_id: int | None) -> None:
        self.selected = chat_id

    def clear(self) -> None:
        self.turns = []

    def load(self, messages: Any) -> None:
        self.turns = [message.text for message in messages]

    def set_found(self, hits: Any) -> None:
        self.hits = [hit.excerpt for hit in hits]

    def show_message(self, message_id: int) -> None:
        self.shown_message = message_id

    def add_question(self, message: Any) -> None:
        self.turns.append(message.text)

    def begin_answer(self, message: Any) -> None:
        self.turns.append("")

    def resume_answer(self, message: Any) -> None:
        self.turns[-1] = message.text

    def show_ending(self, reason: FinishReason) -> None:
        self.endings.append(reason)

    def show_prompt(self, prompt: Any) -> None:
        self.prompt = prompt.as_text()

    def append(self, text: str) -> None:
        self.turns[-1] += text

    def finish(self, reason: FinishReason) -> None:
        self.endings.append(reason)

    def fail(self, error: AppError, *, can_retry: bool) -> None:
        self.errors.append(error)

    def show_problem(self, error: AppError, *, about: str = "") -> None:
        self.errors.append(error)
        if about == "model":
            self.about_models.append(error)

    def show_about(self, pages: Any) -> None:
        self.pages = dict(pages)

    def show_notice(self, text: str) -> None:
        self.notices.append(text)

    def offer(self, text: str, undo: Callable[[], None]) -> None:
        self.undo = undo

    def set_busy(self, *, is_busy: bool) -> None:
        self.is_busy = is_busy

    def clear_draft(self) -> None:
        self.draft = ""

    def give_back(self, text: str) -> None:
        self.draft = text

    def show_chat_settings(self, values: Any) -> None:
        self.values = dict(values)

    def show_attachments(self, attached: Any) -> None:
        self.attached = list(attached)

    def show_draft(self, text: str) -> None:
        self.draft = text

    def show_activity(self, text: str) -> None: ...

    def set_draft_tokens(self, tokens: int, *, too_many: bool) -> None:
        self.draft_tokens = (tokens, too_many)

    def show_output(self, name: str) -> None:
        self.output = name

    def set_context(self, parts: Any, *, total: int, left_out_tokens: int = 0) -> None:
        self.left_out_tokens = left_out_tokens
        self.parts, self.total = list(parts), total
        self.all_parts.append(list(parts))

    @property
    def seen_parts(self) -> list[list[str]]:
        return [[part.name for part in parts] for parts in self.all_parts]

    def ask_overflow(self, fit: Fit, chosen: Callable[[OverflowChoice, bool], None]) -> None:
        self.asked.append(fit)
        self.choose = chosen

    def close_overflow(self) -> None:
        self.choose = None

    def set_speed(self, tokens_per_s: float, first_s: float, *, is_writing: bool) -> None:
        self.is_writing = is_writing

    def set_broken(self, broken: Any) -> None:
        self.broken = {path: error.message for path, error in broken}

    def clear_problem(self, about: str) -> None:
        self.errors = [error for error in self.errors if error not in self.about_models]

    def set_models(self, models: Any, *, memory_bytes: int) -> None:
        self.models = [model.name for model in models]

    def set_summary(self, text: str) -> None: ...

    def show_model(self, model: Any, state: ModelState, fraction: float) -> None:
        self.states.append(state)

    def say(self, text: str, link: str = "") -> None:
        self.note = f"{text} {link}".strip()


class Panel:
    """The code panel as lists: for each tab its title, language and versions."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.tabs: dict[int, list[str]] = {}
        self.names: dict[int, str] = {}
        self.languages: list[str] = []
        self.closed: list[int] = []
        self.shown = -1
        self.differences: list[Any] = []
        self.proposed: list[tuple[int, str]] = []
        self.asked: list[tuple[int, str, str]] = []
        self.files: list[tuple[int, Path]] = []
        self.saved: list[Path] = []
        self.next_key = 0
        self.places: dict[int, TabPlace] = {}
        self.staying: set[int] = set()
        self.hidden: set[int] = set()
        self.form = ""

    @property
    def codes(self) -> list[str]:
        return [versions[-1] for versions in self.tabs.values()]

    @property
    def titles(self) -> list[str]:
        return [self.names[key] for key in self.tabs]

    def open_tab(self, title: str, language: str, comment: tuple[str, str]) -> int:
        key, self.next_key = self.next_key, self.next_key + 1
        self.tabs[key] = [""]
        self.names[key] = title
        self.languages.append(language)
        self.shown = key
        return key

    def append(self, key: int, text: str) -> None:
        self.tabs[key][-1] += text

    def name_tab(self, key: int, title: str) -> None:
        self.names[key] = title

    def set_language(self, key: int, language: str, comment: tuple[str, str]) -> None:
        self.languages[list(self.tabs).index(key)] = language

    def merge(self, key: int, into: int) -> None:
        self.tabs[into] += self.tabs.pop(key)
        self.shown = into

    def close_block(self, key: int) -> None:
        self.closed.append(key)

    def add_tab(self, title: str, language: str, comment: tuple[str, str], texts: Any) -> int:
        key = self.open_tab(title, language, comment)
        self.tabs[key] = [text if own is None else own for text, own in texts]
        return key

    def text_of(self, key: int) -> str | None:
        return self.tabs[key][-1] if key in self.tabs else None

    def propose(self, key: int, text: str) -> None:
        self.proposed.append((key, text))

    def show_difference(self, key: int, old: str, hunks: Any) -> None:
        self.differences = list(hunks)

    def show_tab(self, key: int) -> None:
        self.shown = key

    def ask_path(self, key: int, title: str, text: str) -> None:
        self.asked.append((key, title, text))

    def show_file(self, key: int, path: Path) -> None:
        self.files.append((key, path))

    def show_saved(self, key: int, path: Path, text: str) -> None:
        self.saved.append(path)

    def clear(self) -> None:
        self.tabs = {key: texts for key, texts in self.tabs.items() if key in self.staying}
        self.names = {key: name for key, name in self.names.items() if key in self.staying}
        self.languages, self.closed = [], []

    def hide_tab(self, key: int) -> None:
        self.hidden.add(key)

    def is_writing(self, key: int) -> bool:
        return False

    def write_in(self, key: int) -> None:
        self.shown = key

    def keep_open(self, key: int) -> None:
        self.staying.add(key)

    def show_form(self, key: int, **form: object) -> None:
        self.form = form

    def is_edited(self, key: int) -> bool:
        return False

    def current_key(self) -> int:
        return self.shown

    def place_of(self, key: int) -> TabPlace:
        return self.places.get(key, TabPlace())

    def put_place(self, key: int, place: TabPlace) -> None:
        self.places[key] = place


class Rig:
    def __init__(self, folder: Path, factory: EngineFactory, builtin: Path, memory: int) -> None:
        self.pool = Pool(factory, free_bytes=lambda: memory)
        models = Models(
            self.pool,
            Settings(folder / "settings.toml"),
            builtin=builtin,
        )
        self.models_service = models
        self.generation = Generation(models)
        self.history = History(folder / "history.sqlite3")
        self.file = HistoryFile(folder / "history.sqlite3")  # opened by `begin`
        self.chats = Chats(self.file, self.generation)
        self.screen, self.panel = Screen(), Panel()
        self.bugs: list[BaseException] = []
        tasks = Tasks(self.bugs.append)
        self.settings = Settings(folder / "settings.toml")
        self.editors = Editors(self.settings, folder / "scratch", {"PATH": str(folder / "bin")})
        own_tabs = self.own_tabs = OwnTabs(self.panel, tasks, folder / "open_tabs.json")
        self.answer_code = AnswerCode(self.panel, own_tabs, tasks)
        self.code = CodePresenter(self.panel, own_tabs, self.answer_code, self.chats, tasks)
        self.code_files = CodeFiles(self.panel, own_tabs, self.answer_code, tasks, self.editors)
        self.models = ModelPresenter(self.screen, models, tasks)
        self.draft = DraftPresenter(self.screen, self.chats, models, self.generation, tasks)
        self.chat_settings = ChatSettings(
            self.screen, self.chats, self.settings, self.draft.context, tasks
        )
        self.open_chat = OpenChat(
            self.screen, self.chats, self.answer_code, self.draft, self.chat_settings, tasks
        )
        self.chat = ChatPresenter(
            self.screen, self.chats, self.open_chat, self.answer_code, self.draft, models
        )
        self.messages = MessagePresenter(
            self.screen, self.chats, self.open_chat, self.chat, models, tasks
        )
        self.list = ChatListPresenter(self.screen, self.chats, self.open_chat, tasks)

    async def begin(self) -> None:
        await self.models.begin(None)
        await self.until(lambda: ModelState.READY in self.screen.states)
        self.history.close()
        await self.file.open()
        self.history = await self.file.history()
        await self.draft.begin()
        await self.list.begin()

    async def until(self, is_so: Callable[[], bool]) -> None:
        for _ in range(2400):
            if is_so():
                return
            await asyncio.sleep(0.05)
        raise AssertionError("it did not happen within 120 s")

    async def ask(self, text: str) -> None:
        self.chat.send(text)
        await self.until(lambda: not self.chat.is_busy)

    def close(self) -> None:
        self.pool.close()
        self.history.close()
        assert not self.bugs, self.bugs


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


Make = Callable[..., Rig]
