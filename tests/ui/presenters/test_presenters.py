"""What the window is told to show, with the real services and no Qt."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_tiny_model

from app.bootstrap import open_engine
from app.core.attachments import Attached
from app.core.context import ContextPart, Fit, OverflowChoice
from app.core.engine import EngineFactory
from app.core.errors import AppError
from app.core.events import FinishReason
from app.core.models import ModelState
from app.core.paths import builtin_model_path
from app.core.tab_places import TabPlace
from app.engines.scripted import Answer, Script, ScriptedFactory
from app.services.answering.generation import Generation
from app.services.chats.chats import Chats
from app.services.editors import Editors
from app.services.inference.host import Inference
from app.services.models import Models
from app.services.tasks import Tasks
from app.store.history import History, MessageState
from app.store.settings import Settings
from app.ui.presenters.chat import ChatPresenter
from app.ui.presenters.chat_list import ChatListPresenter
from app.ui.presenters.code import CodePresenter
from app.ui.presenters.draft import DraftPresenter
from app.ui.presenters.models import ModelPresenter
from app.ui.presenters.own_tabs import OwnTabs


class Screen:
    """A view of both presenters that remembers what it shows."""

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

    def show_chats(self, chats: Any) -> None:
        self.chats = [chat.title for chat in chats]

    def select_chat(self, chat_id: int | None) -> None:
        self.selected = chat_id

    def clear_conversation(self) -> None:
        self.turns = []

    def show_messages(self, messages: Any) -> None:
        self.turns = [message.text for message in messages]

    def show_hits(self, hits: Any) -> None:
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

    def append_answer(self, text: str) -> None:
        self.turns[-1] += text

    def finish_answer(self, reason: FinishReason) -> None:
        self.endings.append(reason)

    def fail_answer(self, error: AppError, *, can_retry: bool) -> None:
        self.errors.append(error)

    def show_problem(self, error: AppError) -> None:
        self.errors.append(error)

    def show_about(self, pages: Any) -> None:
        self.pages = {page.title: page.text for page in pages}

    def show_notice(self, text: str) -> None:
        self.notices.append(text)

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.undo = undo

    def set_busy(self, *, is_busy: bool) -> None:
        self.is_busy = is_busy

    def take_draft(self) -> None:
        self.draft = ""

    def give_draft_back(self, text: str) -> None:
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

    def show_context(self, parts: Any, total: int, *, left_out_tokens: int = 0) -> None:
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

    def show_speed(self, tokens_per_s: float, first_s: float, *, is_writing: bool) -> None:
        self.is_writing = is_writing

    def show_broken_models(self, broken: Any) -> None:
        self.broken = {path: error.message for path, error in broken}

    def show_model_problem(self, error: AppError) -> None:
        self.errors.append(error)
        self.about_models.append(error)

    def clear_model_problem(self) -> None:
        self.errors = [error for error in self.errors if error not in self.about_models]

    def show_models(self, models: Any) -> None:
        self.models = [model.name for model in models]

    def show_model(self, model: Any, state: ModelState, fraction: float) -> None:
        self.states.append(state)

    def show_model_note(self, text: str, link: str = "") -> None:
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
        self.inference = Inference(factory)
        models = Models(
            self.inference,
            Settings(folder / "settings.toml"),
            builtin=builtin,
            available_bytes=lambda: memory,
        )
        self.models_service = models
        self.generation = Generation(self.inference, models)
        self.history = History(folder / "history.sqlite3")
        self.screen, self.panel = Screen(), Panel()
        self.bugs: list[BaseException] = []
        tasks = Tasks(self.bugs.append)
        self.settings = Settings(folder / "settings.toml")
        self.editors = Editors(self.settings, folder / "scratch", {"PATH": str(folder / "bin")})
        own = OwnTabs(self.panel, tasks, folder / "open_tabs.json")
        self.code = CodePresenter(self.panel, own, tasks, self.editors)
        self.models = ModelPresenter(self.screen, models, tasks)
        self.draft = DraftPresenter(self.screen, models, self.generation, tasks)
        self.chat = ChatPresenter(self.screen, self.code, self.draft, models, tasks, self.settings)
        self.list = ChatListPresenter(self.screen, self.chat, tasks)

    async def begin(self) -> None:
        await self.models.begin(None)
        await self.until(lambda: ModelState.READY in self.screen.states)
        chats = Chats(self.history, self.generation)
        await self.chat.begin(chats, self.list.refresh)
        await self.draft.begin(chats)
        await self.list.begin(chats)

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
        self.inference.close()
        self.history.close()
        assert not self.bugs, self.bugs


Make = Callable[..., Rig]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def make(script: Script | None = None, memory: int = 10**12) -> Rig:
        factory = ScriptedFactory(script) if script else open_engine
        builtin = tiny_model if script else builtin_model_path()
        made.append(Rig(tmp_path, factory, builtin, memory))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


def test_a_question_sent_before_the_history_is_open_is_asked_then(make: Make) -> None:
    async def work(rig: Rig) -> None:
        rig.draft.changed("early")
        rig.chat.send("early")
        await rig.begin()
        rig.chat.send_early()
        await rig.until(lambda: rig.screen.turns[:1] == ["early"] and not rig.chat.is_busy)
        rig.chat.send_early()
        assert len(rig.screen.turns) == 2

    play(work(make()))


def test_a_question_changed_before_the_history_is_open_stays_a_draft(make: Make) -> None:
    async def work(rig: Rig) -> None:
        rig.chat.send("early")
        rig.draft.changed("early, and more")
        await rig.begin()
        rig.chat.send_early()
        assert not rig.chat.is_busy
        assert rig.screen.turns == []

    play(work(make()))


def test_the_first_prompt_gives_code_in_the_panel(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        await rig.ask("Write a Python function that checks whether a number is prime")
        assert "def " in rig.panel.codes[0]
        assert rig.panel.titles[0].endswith(".py")
        assert rig.panel.languages == ["python"]
        assert rig.panel.closed == [0]
        assert rig.screen.endings == [FinishReason.STOP]
        assert rig.screen.chats
        assert ["Prompt", "Answer"] in rig.screen.seen_parts
        assert rig.screen.total == 2048
        assert "built-in demo model" in rig.screen.note

    play(work())


def test_a_chat_is_opened_again_with_its_code(make: Make) -> None:
    rig = make(Script(default=Answer.of("Here:\n\n```go\nfunc Add() {}\n```\n")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("first")
        chat_id = rig.screen.selected or 1
        rig.chat.new_chat()
        await rig.until(lambda: rig.panel.codes == [])
        rig.chat.open_chat(chat_id)
        await rig.until(lambda: bool(rig.panel.codes))
        assert rig.screen.turns[0] == "first"
        assert "func Add() {}\n" in "".join(rig.panel.codes)

    play(work())


def test_stop_keeps_what_was_said(make: Make) -> None:
    rig = make(Script(default=Answer(tuple(b"w " for _ in range(90_000))), tokens_per_s=300))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("go")
        await rig.until(lambda: "w w w" in "".join(rig.screen.turns))
        rig.chat.stop()
        await rig.until(lambda: not rig.chat.is_busy)
        assert rig.screen.endings == [FinishReason.CANCELLED]
        assert not rig.screen.is_writing
        (chat,) = rig.history.chats()
        assert "w w w" in rig.history.messages(chat.id)[1].text

    play(work())


def test_a_failed_answer_can_be_asked_for_again(make: Make) -> None:
    rig = make(Script(default=Answer(tuple(b"w " for _ in range(9)), fails_after=4)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("go")
        assert len(rig.screen.errors) == 1
        rig.chat.retry()
        await rig.until(lambda: len(rig.screen.errors) == 2)
        (chat,) = rig.history.chats()
        assert len(rig.history.messages(chat.id)) == 2

    play(work())


def test_a_question_that_cannot_be_saved_goes_back_into_the_draft(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        rig.history.close()
        rig.screen.draft = "precious"
        await rig.ask("precious")
        assert rig.screen.draft == "precious"
        assert len(rig.screen.errors) == 1

    play(work())


def test_a_full_disk_is_told_once_and_the_answer_goes_on(make: Make) -> None:
    rig = make(Script(default=Answer(tuple(b"word " * 40 for _ in range(200))), tokens_per_s=200))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("go")
        await rig.until(lambda: len(rig.screen.turns) == 2)
        connection = rig.history.database.connection  # SQLite's own way to have no room
        connection.execute(
            f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}"
        )
        await rig.until(lambda: not rig.chat.is_busy)
        assert rig.screen.turns[1].count("word ") == 200 * 40
        (told,) = rig.screen.notices
        assert told.startswith("This answer is not saved yet.")
        assert "The disk is full: free some space." in told
        assert rig.screen.errors == []

    play(work())


def test_a_deleted_chat_comes_back(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("keep me")
        await rig.until(lambda: rig.screen.chats == ["keep me"])
        rig.list.delete(1)
        await rig.until(lambda: rig.screen.chats == [])
        assert rig.screen.undo
        rig.screen.undo()
        await rig.until(lambda: rig.screen.chats == ["keep me"])

    play(work())


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "There is no file"),
        ("unreadable", "cannot be read"),
        ("empty", "is empty"),
        ("text", "is not a GGUF model file"),
        ("truncated", "is incomplete"),
        ("header", "counts"),
        ("architecture", "nosuchthing"),
        ("folder", "is a folder"),
    ],
)
def test_a_bad_file_is_one_message_and_the_model_stays(
    make: Make, tmp_path: Path, kind: str, message: str
) -> None:
    rig = make()
    whole = builtin_model_path().read_bytes()
    path = tmp_path / f"{kind}.gguf"
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_bytes(b"no model\n" * 9)
        case "truncated":
            path.write_bytes(whole[: len(whole) // 2])
        case "header":
            path.write_bytes(whole[:8] + b"\xff" * 16 + whole[24:])
        case "architecture":
            write_tiny_model(path, architecture="nosuchthing")
        case "folder":
            path.mkdir()
        case "unreadable":
            path.symlink_to(path)

    async def work() -> None:
        await rig.begin()
        rig.models.choose(path)
        await rig.until(lambda: bool(rig.screen.errors))
        await asyncio.sleep(0.2)
        (error,) = rig.screen.errors
        assert message in error.message
        assert error.hint
        # An architecture is found unknown by the engine, after the file was chosen.
        service = rig.models_service
        await rig.until(lambda: service.status.state is ModelState.READY)
        assert service.status.model is not None
        assert service.status.model.is_builtin
        # What the engine refused stays in the list with the reason; other files never came there.
        stays = {path: error.message} if kind == "architecture" else {}
        assert rig.screen.broken == stays
        assert len(rig.screen.models) == 1
        await rig.ask("Reverse a string")
        assert rig.screen.endings == [FinishReason.STOP]

    play(work())


def test_a_remembered_file_that_broke_stays_with_its_reason(make: Make, tmp_path: Path) -> None:
    rig = make(Script())
    path, other = tmp_path / "old.gguf", write_tiny_model(tmp_path / "other.gguf")
    path.write_bytes(other.read_bytes())

    async def work() -> None:
        await rig.begin()
        rig.models.choose(path)
        await rig.until(lambda: len(rig.screen.models) == 2)
        path.write_text("no model any more")
        rig.models.choose(path)
        await rig.until(lambda: bool(rig.screen.broken))
        assert "is not a GGUF model file" in rig.screen.broken[path]
        await rig.until(lambda: len(rig.screen.errors) == 1)
        rig.models.choose(other)  # a good one: the message is past, the file stays in the list
        await rig.until(lambda: rig.screen.errors == [])
        assert path in rig.screen.broken
        path.write_bytes(other.read_bytes())
        rig.models.choose(path)
        await rig.until(lambda: rig.screen.broken == {})
        path.unlink()
        rig.models.choose(path)
        await rig.until(lambda: "There is no file" in rig.screen.broken.get(path, ""))
        rig.models.forget_broken()
        await rig.until(lambda: rig.screen.broken == {})
        assert str(path) not in rig.settings.opened_models

    play(work())


def test_a_file_too_large_is_refused_with_the_numbers(make: Make, tmp_path: Path) -> None:
    rig = make(Script(), memory=2_000_000)

    async def work() -> None:
        await rig.begin()
        huge = tmp_path / "huge.gguf"
        huge.write_bytes(builtin_model_path().read_bytes())
        rig.models.choose(huge)
        await rig.until(lambda: bool(rig.screen.errors))
        assert "GB of memory" in rig.screen.errors[0].message

    play(work())


def test_a_model_is_used_where_it_cannot_be_remembered(make: Make, tmp_path: Path) -> None:
    rig = make(Script())
    other = write_tiny_model(tmp_path / "other.gguf")

    async def work() -> None:
        await rig.begin()
        (tmp_path / "settings.toml").unlink(missing_ok=True)
        (tmp_path / "settings.toml").mkdir()
        rig.models.choose(other)
        await rig.until(lambda: bool(rig.screen.errors))
        await rig.until(lambda: rig.models_service.status.state is ModelState.READY)
        assert rig.models_service.status.model is not None
        assert rig.models_service.status.model.path == other
        (error,) = rig.screen.errors
        assert "settings cannot be saved" in error.message

    play(work())


def test_a_load_can_be_cancelled(make: Make) -> None:
    rig = make(Script(load_s=20))

    async def work() -> None:
        await rig.models.begin(None)
        await rig.until(lambda: ModelState.LOADING in rig.screen.states)
        rig.models.cancel()
        await rig.until(lambda: rig.screen.states[-1] is ModelState.IDLE)
        assert rig.screen.errors == []

    play(work())


def test_another_answer_stands_beside_the_first(make: Make) -> None:
    rig = make(Script(answers={"two": Answer.of("second")}, default=Answer.of("first")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        question, first = rig.history.messages(1)
        rig.chat.regenerate(first.id)
        await rig.until(lambda: len(rig.screen.endings) == 2 and not rig.screen.is_busy)
        again = rig.history.messages(1)[-1]
        assert again.alternatives == (first.id, again.id)
        rig.chat.step(again.id, -1)
        await rig.until(lambda: rig.history.messages(1)[-1].id == first.id)
        rig.chat.edit(question.id, "two", False)
        await rig.until(lambda: len(rig.screen.endings) == 3)
        assert rig.screen.turns[0] == "two"
        assert "second" in rig.screen.turns[1]
        assert rig.screen.draft == ""

    play(work())


def test_regenerate_clicked_twice_writes_one_answer(make: Make) -> None:
    rig = make(Script(default=Answer.of("answer")))

    def is_quiet() -> bool:
        return not {"message", "answer"} & {task.get_name() for task in asyncio.all_tasks()}

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        answer = rig.history.messages(1)[-1]
        rig.chat.regenerate(answer.id)
        rig.chat.regenerate(answer.id)
        await rig.until(is_quiet)
        assert len(rig.history.messages(1)[-1].alternatives) == 2

    play(work())


def test_the_view_is_idle_once_the_next_question_is_taken(make: Make) -> None:
    rig = make(Script(default=Answer.of("answer")))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("one")
        while rig.chat.is_busy:  # noqa: ASYNC110 - the very next moment
            await asyncio.sleep(0)
        assert not rig.screen.is_busy

    play(work())


def test_showing_a_rescued_chat_leaves_alone_who_went_on(make: Make) -> None:
    rig = make(Script(default=Answer.of("answer")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.screen.turns = []
        await rig.chat.show_anew()
        assert rig.screen.turns[0] == "one"
        again = asyncio.ensure_future(rig.chat.show_anew())
        await asyncio.sleep(0)
        rig.chat.new_chat()
        await again
        assert rig.chat.chat_id is None
        await rig.ask("two")
        assert rig.screen.endings == [FinishReason.STOP] * 2
        await asyncio.to_thread(rig.history.delete_chat, rig.chat.chat_id)
        await rig.chat.show_anew()
        assert rig.chat.chat_id is None

    play(work())


def test_an_edited_answer_is_gone_on_with(make: Make) -> None:
    rig = make(Script(default=Answer.of("and more")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        answer = rig.history.messages(1)[-1]
        rig.chat.edit(answer.id, "Mine: ", True)
        await rig.until(lambda: len(rig.screen.endings) == 2)
        last = rig.history.messages(1)[-1]
        assert last.text.startswith("Mine: ")
        assert "and more" in last.text
        assert rig.screen.turns[-1].startswith("Mine: ")
        assert len(last.alternatives) == 2

    play(work())


def test_a_message_is_deleted_and_comes_back(make: Make) -> None:
    rig = make(Script(default=Answer.of("text")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.chat.delete_message(rig.history.messages(1)[-1].id)
        await rig.until(lambda: rig.screen.undo is not None)
        assert rig.screen.turns == ["one"]
        assert rig.screen.undo
        rig.screen.undo()
        await rig.until(lambda: len(rig.screen.turns) == 2)

    play(work())


def test_a_branch_opens_as_a_chat_of_its_own(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        rig.chat.branch(rig.history.messages(1)[1].id)
        await rig.until(lambda: rig.screen.selected == 2)
        assert len(rig.history.messages(2)) == 2
        await rig.until(lambda: "Branch of one" in rig.screen.chats)
        assert len(rig.history.messages(1)) == 4

    play(work())


def test_what_was_said_is_found_also_in_another_version(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("about zebras")
        question = rig.history.messages(1)[0]
        rig.chat.edit(question.id, "about horses", False)
        await rig.until(lambda: len(rig.screen.endings) == 2)
        rig.list.search("zebra")
        await rig.until(lambda: rig.screen.hits == ["about zebras"])
        rig.list.open_hit(1, question.id)
        await rig.until(lambda: rig.screen.shown_message == question.id)
        assert rig.screen.turns[0] == "about zebras"

    play(work())


def test_tags_are_kept_and_narrow_the_search(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("zebras in the zoo #include")
        rig.chat.new_chat()
        await rig.until(lambda: rig.screen.turns == [])
        await rig.ask("zebras in the wild")
        rig.list.tag(2, ["work", "#work", "animals"])
        await rig.until(lambda: {chat.tags for chat in rig.history.chats()} != {()})
        assert {chat.id: chat.tags for chat in rig.history.chats()} == {
            1: (),
            2: ("work", "animals"),
        }
        rig.list.search("#wo zebras")
        await rig.until(lambda: rig.screen.hits == ["zebras in the wild"])
        rig.list.search("#include")  # no tag: it is what was said
        await rig.until(lambda: rig.screen.hits == ["zebras in the zoo #include"])

    play(work())


def test_a_draft_is_kept_while_one_types_without_a_pause(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        kept = ""
        text = ""
        while not kept:  # a key each 50 ms, for as long as nothing is kept
            text += "x"
            rig.draft.changed(text)
            await asyncio.sleep(0.05)
            kept = rig.history.draft(0)
            assert len(text) < 2000
        rig.draft.changed(text + " and the end")
        await rig.until(lambda: rig.history.draft(0) == text + " and the end")

    play(work())


def test_drafts_are_kept_for_each_chat(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.draft.changed("for the first")
        rig.chat.new_chat()
        await rig.until(lambda: rig.history.draft(1) == "for the first")
        await rig.until(lambda: rig.screen.turns == [])
        assert rig.screen.draft == ""
        rig.draft.changed("for a new one")
        rig.chat.open_chat(1)
        await rig.until(lambda: rig.screen.draft == "for the first")
        assert rig.history.draft(0) == "for a new one"

    play(work())


def test_what_is_typed_at_once_into_a_new_chat_stays(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.draft.changed("old")
        rig.chat.new_chat()
        rig.screen.draft = "typed at once"
        rig.draft.changed("typed at once")
        await rig.until(lambda: rig.screen.selected is None)
        await rig.until(lambda: rig.history.draft(0) == "typed at once")
        assert rig.screen.draft == "typed at once"
        assert rig.history.draft(1) == "old"

    play(work())


@pytest.mark.parametrize("chats_between", [0, 1])
def test_a_question_sent_at_once_is_asked_in_the_new_chat(make: Make, chats_between: int) -> None:
    rig = make(Script(default=Answer(tuple(b"w " for _ in range(90_000))), tokens_per_s=300))

    async def work() -> None:
        await rig.begin()
        rig.chat.send("one")
        await rig.until(lambda: "w w" in "".join(rig.screen.turns))
        for _ in range(chats_between):  # a window that was busy sees all of this at once
            rig.chat.new_chat()
            rig.chat.open_chat(1)
        rig.chat.new_chat()
        rig.chat.send("two")
        await rig.until(lambda: rig.screen.turns[:1] == ["two"] and "w w" in rig.screen.turns[-1])
        assert rig.chat.chat_id == 2
        assert rig.history.messages(2)[0].text == "two"
        rig.chat.stop()
        await rig.until(lambda: not rig.chat.is_busy)
        states = [rig.history.messages(chat)[-1].state for chat in (1, 2)]
        assert states == [MessageState.STOPPED, MessageState.STOPPED]

    play(work())


def test_the_exact_prompt_can_be_looked_at(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        await rig.ask("Reverse a string")
        rig.chat.show_prompt(rig.history.messages(1)[-1].id)
        await rig.until(lambda: bool(rig.screen.prompt))
        assert "### Instruction\nReverse a string" in rig.screen.prompt
        assert rig.screen.prompt.endswith("### Response\n")

    play(work())


def test_chats_are_renamed_and_pinned(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.chat.new_chat()
        await rig.until(lambda: rig.screen.turns == [])
        await rig.ask("two")
        rig.list.rename(1, "  The first ")
        rig.list.pin(1, True)
        await rig.until(lambda: rig.screen.chats == ["The first", "two"])

    play(work())


# The tiny model is a base model, whose answers are code that our adapter puts between fences.
FIRST = "def mean(xs):\n    return sum(xs) / len(xs)\n"
SECOND = "def mean(xs):\n    return sum(xs) / len(xs) if xs else 0\n"


def test_code_of_the_same_name_becomes_the_next_version(make: Make) -> None:
    rig = make(Script(answers={"two": Answer.of(SECOND)}, default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        (versions,) = rig.panel.tabs.values()
        assert [("if xs" in text) for text in versions] == [False, True]
        assert rig.panel.titles == ["mean.py"]
        rig.code.compare(0, versions[0], versions[1])
        await rig.until(lambda: bool(rig.panel.differences))
        (hunk,) = rig.panel.differences
        assert hunk.new_lines == ("    return sum(xs) / len(xs) if xs else 0\n",)

    play(work())


def test_other_code_gets_a_tab_of_its_own(make: Make) -> None:
    other = Answer.of("def other():\n    pass\n")
    rig = make(Script(answers={"two": other}, default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        assert rig.panel.titles == ["mean.py", "other.py"]
        rig.code.show_block("def other():\n    pass", "python")
        assert len(rig.panel.tabs) == 2
        rig.code.show_block("SELECT 1", "sql")
        assert len(rig.panel.tabs) == 3

    play(work())


def test_code_without_a_name_is_known_by_its_lines(make: Make) -> None:
    first = Answer.of("a: 1\nb: 2\nc: 3\n")
    second = Answer.of("a: 1\nb: 2\nc: 4\nd: 5\n")
    rig = make(Script(answers={"two": second}, default=first))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        (versions,) = rig.panel.tabs.values()
        assert len(versions) == 2

    play(work())


def test_what_the_user_made_of_code_comes_back(make: Make) -> None:
    rig = make(Script(answers={"two": Answer.of(SECOND)}, default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        rig.code.edited(0, 0, "mine")
        await rig.until(lambda: bool(rig.history.edits(1)))
        rig.chat.new_chat()
        await rig.until(lambda: not rig.panel.tabs)
        rig.chat.open_chat(1)
        await rig.until(lambda: bool(rig.panel.tabs))
        (versions,) = rig.panel.tabs.values()
        assert versions[0] == "mine"
        assert "if xs" in versions[1]

    play(work())


def test_a_change_is_proposed_with_what_the_user_typed_since(make: Make) -> None:
    rig = make(Script(default=Answer.of("```\none\ntwo\nthree\nfour\n```\n")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.panel.tabs[0][0] = "ONE\ntwo\nthree\nfour\n"
        rig.code.propose(0, "one\ntwo\nthree\nFOUR\n", of="one\ntwo\nthree\nfour\n")
        await rig.until(lambda: bool(rig.panel.proposed))
        assert rig.panel.proposed == [(0, "ONE\ntwo\nthree\nFOUR\n")]
        rig.code.propose(0, "mine\n", of="one\n")
        await rig.until(lambda: bool(rig.bugs))
        assert "was changed in the same place" in str(rig.bugs.pop())
        rig.code.propose(7, "no such tab")

    play(work())


def test_code_is_saved_once_asked_where_then_at_once(make: Make, tmp_path: Path) -> None:
    rig = make(Script(default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.code.save(0, "mean.py", "text\r\n")
        assert rig.panel.asked == [(0, "mean.py", "text\r\n")]
        path = tmp_path / "out" / "mean.py"
        rig.code.save_to(0, path, "text\r\n")
        await rig.until(lambda: rig.panel.saved == [path])
        assert path.read_bytes() == b"text\r\n"
        rig.code.save(0, "mean.py", "more")
        await rig.until(lambda: len(rig.panel.saved) == 2)
        assert path.read_text() == "more"

    play(work())


def test_a_dragged_tab_is_a_file_with_its_name(make: Make, tmp_path: Path) -> None:
    rig = make(Script(default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        rig.code.give_file(3, "../mean.py", "one\r\n")
        rig.code.give_file(4, "mean.py", "two")
        await rig.until(lambda: len(rig.panel.files) == 2)
        files = dict(rig.panel.files)
        assert {path.name for path in files.values()} == {"mean.py"}
        assert all(path.is_relative_to(tmp_path / "scratch") for path in files.values())
        assert files[3].read_bytes() == b"one\r\n"
        assert files[4].read_text() == "two"

    play(work())


def test_the_users_editor_opens_at_the_line(make: Make, tmp_path: Path) -> None:
    rig = make(Script(default=Answer.of(FIRST)))
    heard = tmp_path / "heard.txt"
    stand_in = tmp_path / "bin" / "code"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\necho "$@" > {heard}.new\nmv {heard}.new {heard}\n')
    stand_in.chmod(0o755)
    link = tmp_path / "bin" / "sh"
    link.symlink_to("/bin/sh")

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.settings.set_value("editor.command", f"{stand_in} --goto {{path}}:{{line}}")
        rig.code.open_outside(0, "mean.py", "def mean(xs): ...\n", 7)
        await rig.until(heard.exists)
        copy = tmp_path / "scratch" / "mean.py"
        assert heard.read_text() == f"--goto {copy}:7\n"
        assert copy.read_text() == "def mean(xs): ...\n"

    play(work())


def test_a_chat_is_exported_and_imported_again(make: Make, tmp_path: Path) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        path = tmp_path / "chat.json"
        rig.list.export(1, path)
        await rig.until(path.exists)
        rig.list.import_(path)
        await rig.until(lambda: rig.screen.selected == 2)
        await rig.until(lambda: rig.screen.turns[:1] == ["one"])
        rig.list.import_(tmp_path / "settings.toml")
        await rig.until(lambda: bool(rig.bugs))
        assert "settings.toml" in str(rig.bugs.pop())

    play(work())


def test_settings_hold_for_one_chat_and_come_back_with_it(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        rig.settings.set_value("chat.temperature", 0.0)
        rig.chat.change_setting("chat.system", "Be brief.")
        rig.chat.change_setting("chat.max_tokens", 3)
        await rig.ask("Reverse a string")
        assert rig.screen.endings == [FinishReason.LENGTH]
        rig.chat.show_prompt(rig.history.messages(1)[-1].id)
        await rig.until(lambda: "Be brief." in rig.screen.prompt)
        rig.chat.new_chat()
        await rig.until(lambda: rig.screen.turns == [])
        rig.chat.open_settings()
        assert (rig.screen.values["chat.system"], rig.screen.values["chat.temperature"]) == ("", 0)
        rig.chat.open_chat(1)
        await rig.until(lambda: rig.chat.chat_id == 1)
        await rig.until(lambda: len(rig.screen.turns) == 2)
        rig.chat.open_settings()
        assert rig.screen.values["chat.max_tokens"] == 3
        rig.chat.change_setting("chat.max_tokens", 0)
        await rig.until(lambda: rig.history.chat_settings(1) == {"chat.system": "Be brief."})

    play(work())


def test_what_was_attached_is_attached_after_a_restart(make: Make, tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.go"
    one.write_text("x = 1")
    two.write_text("package main")

    async def attach() -> None:
        rig = make(Script(default=Answer.of("text")))
        await rig.begin()
        rig.draft.attach([one, two])
        await rig.until(lambda: rig.history.database.read("SELECT 1 FROM draft_files") != [])
        rig.inference.close()  # killed: nothing more is saved
        rig.history.close()

    async def again() -> None:
        one.unlink()
        rig = make(Script(default=Answer.of("text")))
        await rig.begin()
        assert [kept.name for kept in rig.screen.attached] == ["one.py", "two.go"]
        rig.draft.detach(1)
        await rig.draft.keep()
        rig.inference.close()
        rig.history.close()

    async def send() -> None:
        rig = make(Script(default=Answer.of("text")))
        await rig.begin()
        assert [kept.name for kept in rig.screen.attached] == ["one.py"]
        await rig.ask("What is this?")
        assert "x = 1" in rig.history.messages(1)[0].text
        await rig.until(lambda: rig.history.database.read("SELECT 1 FROM draft_files") == [])

    for work in (attach, again, send):
        play(work())


def test_files_go_with_the_question(make: Make, tmp_path: Path) -> None:
    rig = make(Script())
    one, two = tmp_path / "one.py", tmp_path / "two.go"
    one.write_text("x = 1\n")
    two.write_text("package two\n")

    async def work() -> None:
        await rig.begin()
        rig.draft.attach([one, two, tmp_path / "gone.py"])
        await rig.until(lambda: bool(rig.screen.attached) and rig.screen.attached[0].tokens > 0)
        assert [one.name for one in rig.screen.attached] == ["one.py", "two.go"]
        assert "gone.py" in rig.screen.notices[0]
        rig.draft.attach([one])
        await rig.until(lambda: "one.py is already attached." in rig.screen.notices)
        assert [one.name for one in rig.screen.attached] == ["one.py", "two.go"]
        rig.draft.detach(1)
        await rig.until(lambda: len(rig.screen.attached) == 1)
        await rig.ask("Explain")
        question = rig.history.messages(1)[0].text
        assert question == "Explain\n\nFile `one.py`:\n\n```python\nx = 1\n```"
        assert rig.screen.attached == []

    play(work())


def test_licences_of_all_that_is_used_can_be_read(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        rig.models.about()
        await rig.until(lambda: bool(rig.screen.pages))
        libraries = rig.screen.pages["Libraries"]
        for name in ("llama_cpp_python", "ctransformers", "Pygments", "qasync", "keyring"):
            assert name.lower() in libraries.lower()
        assert "PySide6" in libraries
        assert "MIT" in libraries
        assert "Architecture: starcoder2" in rig.screen.pages["Model"]
        assert "Apache License" in rig.screen.pages["Licence"]
        assert rig.screen.pages["Fonts"].count("SIL OPEN FONT LICENSE") >= 2

    play(work())


def test_a_chat_writes_only_documents_where_it_is_told_to(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.begin()
        assert rig.screen.output == ""
        rig.chat.change_setting("chat.format", "TOML")
        assert rig.screen.output == "TOML"
        rig.chat.change_setting("chat.max_tokens", 25)
        await rig.ask("Settings of a shop")
        opening, _, rest = rig.screen.turns[-1].partition("\n")
        assert opening == "```toml"
        assert rest.endswith("\n```")
        assert tomllib.loads(rest.removesuffix("```")) == tomllib.loads(rig.panel.codes[0])
        rig.chat.go_on()
        await rig.until(lambda: bool(rig.screen.errors))
        assert "be continued" in rig.screen.errors[-1].message
        await rig.until(lambda: not rig.chat.is_busy)
        rig.chat.change_setting("chat.format", "JSON")
        rig.chat.change_setting("chat.schema", '{"type": "nonsense"}')
        await rig.ask("Settings of a shop")
        assert "The JSON schema cannot be used" in rig.screen.errors[-1].message
        assert rig.screen.errors[-1].hint

    play(work())


def test_bad_input_is_one_clear_message(make: Make, tmp_path: Path) -> None:
    rig = make()
    broken = write_tiny_model(tmp_path / "broken.gguf", chat_template="{{ nothing.at.all }}")

    async def work() -> None:
        await rig.begin()
        await rig.ask("a\0b")
        assert "The question has a NUL character in line 1" in rig.screen.errors[-1].message
        assert rig.screen.draft == "a\0b"
        rig.models.choose(broken)
        await rig.until(lambda: rig.models_service.status.model.path == broken)
        await rig.ask("Add")
        assert "The chat template of Tiny random StarCoder 2" in rig.screen.errors[-1].message
        assert all(error.hint for error in rig.screen.errors)

    play(work())


def test_code_is_called_as_its_tool_expects(make: Make, tmp_path: Path) -> None:
    workflow = "name: Run tests\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
    bucket = 'resource "aws_s3_bucket" "backups" {\n}\n'
    rig = make(Script(default=Answer.of(f"{bucket}```\n\n```yaml\n{workflow}```\n\n```\nx")))

    async def work() -> None:
        await rig.begin()
        rig.chat.choose_language("Terraform")
        await rig.ask("Write it")
        assert rig.panel.titles[0] == "main.tf"
        assert rig.panel.languages[0] == "terraform"
        await rig.until(lambda: "run-tests.yml" in rig.panel.titles)
        assert "github-actions" in rig.panel.languages
        key = list(rig.panel.tabs)[rig.panel.titles.index("run-tests.yml")]
        rig.code.save(key, "run-tests.yml", workflow)
        assert rig.panel.asked[-1][1] == ".github/workflows/run-tests.yml"
        rig.chat.new_chat()
        await rig.until(lambda: not rig.panel.tabs)
        rig.chat.open_chat(1)
        await rig.until(lambda: len(rig.panel.tabs) >= 2)
        assert {"main.tf", "run-tests.yml"} <= set(rig.panel.titles)

    play(work())


def test_code_that_says_nothing_of_its_language_is_told_by_its_content(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        rig.code.begin(7)
        rig.code.feed("```\npackage main\n\nfunc main() {\n\tx := 1\n}\n```\n")
        rig.code.finish()
        await rig.until(lambda: rig.panel.languages == ["go"])
        assert rig.panel.titles == ["main.go"]
        rig.code.expect_language("Haskell")
        rig.code.begin(8)
        rig.code.feed("```\nx y z\n```\n")
        rig.code.finish()
        await rig.until(lambda: rig.panel.languages[-1] == "haskell")
        assert rig.panel.titles[-1] == "code-2.hs"

    play(work())


def test_code_stands_where_it_was_left_and_what_was_closed_stays_closed(make: Make) -> None:
    rig = make(Script(default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("first")
        first = rig.chat.chat_id
        assert first is not None
        (key,) = rig.panel.tabs
        rig.panel.places[key] = TabPlace(-1, 12, 4)
        rig.chat.new_chat()
        await rig.until(lambda: not rig.panel.tabs)
        await rig.chat.show(first)
        (again,) = rig.panel.tabs
        assert rig.panel.places[again] == TabPlace(-1, 12, 4)
        rig.code.close(again)
        assert rig.panel.hidden == {again}
        await rig.code.keep()
        # As after a crash: another presenter, the same file.
        other = make(Script(default=Answer.of("x")))
        await other.begin()
        await other.code.restore()
        await other.chat.show(first)
        (there,) = other.panel.tabs
        assert other.panel.places[there] == TabPlace(-1, 12, 4)
        assert other.panel.hidden == {there}
        other.code.show_block(FIRST, "python", None)
        assert other.panel.shown == there

    play(work())
