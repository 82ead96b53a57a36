"""All presenters of one window, made in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.core.settings import Value
from app.services.chats.chats import Chats
from app.services.editors import Editors
from app.services.project import Project
from app.services.services import Services
from app.services.tasks import Tasks
from app.store.presets import Presets
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.chat import ChatPresenter
from app.ui.presenters.chat_list import ChatListPresenter
from app.ui.presenters.chat_settings import ChatSettings
from app.ui.presenters.code import CodePresenter
from app.ui.presenters.code_files import CodeFiles
from app.ui.presenters.draft import DraftPresenter
from app.ui.presenters.edits import EditPresenter, EditView
from app.ui.presenters.languages import LanguagePresenter
from app.ui.presenters.messages import MessagePresenter
from app.ui.presenters.models import ModelPresenter
from app.ui.presenters.open_chat import OpenChat
from app.ui.presenters.own_tabs import OwnTabs
from app.ui.presenters.presets import PresetsPresenter
from app.ui.presenters.project import ProjectPresenter
from app.ui.presenters.settings import SettingsPresenter
from app.ui.presenters.suggest import SuggestPresenter, SuggestView
from app.ui.presenters.syntax import SyntaxPresenter
from app.ui.presenters.views import (
    ChatView,
    CodeView,
    LanguageHintView,
    ModelView,
    ProjectView,
    SettingsView,
)


class PanelView(CodeView, Protocol):
    """What the code panel is to its presenters."""

    @property
    def suggestions(self) -> SuggestView: ...

    @property
    def code_actions(self) -> EditView: ...


class WindowView(ChatView, ModelView, Protocol):
    """What the window is to its presenters: the places that are their views."""

    @property
    def language_hint(self) -> LanguageHintView: ...
    @property
    def pages(self) -> SettingsView: ...
    @property
    def code_panel(self) -> PanelView: ...
    @property
    def project_views(self) -> Sequence[ProjectView]: ...


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The presenters of one window."""

    chat: ChatPresenter
    chat_settings: ChatSettings
    open_chat: OpenChat
    messages: MessagePresenter
    chats: ChatListPresenter
    draft: DraftPresenter
    answer_code: AnswerCode
    own_tabs: OwnTabs
    code: CodePresenter
    code_files: CodeFiles
    edits: EditPresenter
    languages: LanguagePresenter
    project: ProjectPresenter
    models: ModelPresenter
    settings: SettingsPresenter
    syntax: SyntaxPresenter
    suggest: SuggestPresenter
    presets: PresetsPresenter


def make_presenters(
    view: WindowView,
    services: Services,
    tasks: Tasks,
    follow: Callable[[str, Value], None],
    *,
    chats: Chats,
) -> Ensemble:
    """Make the presenters; `follow` is told of every setting that changes."""
    own_tabs = OwnTabs(view.code_panel, tasks, services.paths.open_tabs)
    answer_code = AnswerCode(view.code_panel, own_tabs, tasks)
    code = CodePresenter(view.code_panel, own_tabs, answer_code, chats, tasks)
    editors = Editors(services.settings, services.paths.scratch)
    draft = DraftPresenter(view, chats, services.models, services.generation, tasks)
    chat_settings = ChatSettings(view.dialogs, chats, services.settings, draft.context, tasks)
    opened = OpenChat(view, chats, answer_code, draft, chat_settings, tasks)
    chat = ChatPresenter(view, chats, opened, answer_code, draft, services.models)
    project = ProjectPresenter(
        view.project_views,
        view.dialogs,
        Project(services.settings, tasks),
        code,
        services.generation,
        tasks,
    )
    suggest = SuggestPresenter(
        view.code_panel.suggestions,
        services.models,
        services.generation,
        tasks,
        services.settings,
        project.context_for,
    )
    return Ensemble(
        chat=chat,
        chat_settings=chat_settings,
        open_chat=opened,
        messages=MessagePresenter(view, chats, opened, chat, services.models, tasks),
        chats=ChatListPresenter(view, chats, opened, tasks),
        draft=draft,
        answer_code=answer_code,
        own_tabs=own_tabs,
        code=code,
        code_files=CodeFiles(view.code_panel, own_tabs, answer_code, tasks, editors),
        edits=EditPresenter(
            view.code_panel.code_actions, code, chat, services.models, services.generation, tasks
        ),
        languages=LanguagePresenter(view.language_hint, services.models, tasks),
        project=project,
        models=ModelPresenter(view, services.models, tasks),
        settings=SettingsPresenter(view.pages, services.settings, tasks, follow, project.choose),
        syntax=SyntaxPresenter(services.code_checks, tasks),
        suggest=suggest,
        presets=PresetsPresenter(chat_settings, Presets(services.paths.presets), tasks),
    )
