"""What holds for the open chat: the program's settings, and those that were changed for it alone.

From both, and the language that is chosen, follows how a question is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.core.context import Overflow, OverflowChoice
from app.core.settings import BY_KEY, CHAT_SETTINGS, Value, sampling_of
from app.generation.chat.outputs import output_of
from app.services.chats.asking import Asked
from app.services.chats.chats import Chats
from app.services.tasks import Tasks
from app.store.settings import Settings
from app.text.languages import Language, language_named
from app.ui.presenters.context import ContextPresenter
from app.ui.presenters.views import DialogsView


class ChatSettings:
    """The settings of one window's open chat. `overrides` are those that differ from the program's.

    `context` is told whenever the chat would be asked in another way.
    """

    def __init__(
        self,
        dialogs: DialogsView,
        chats: Chats,
        settings: Settings,
        context: ContextPresenter,
        tasks: Tasks,
    ) -> None:
        self._dialogs = dialogs
        self._chats = chats
        self._settings = settings
        self._context = context
        self._tasks = tasks
        self._chat_id: int | None = None
        self._overrides: dict[str, Value] = {}
        self._leaves_out = False
        self._language: Language | None = None
        context.show_output(self.asked())

    # --- what the user wishes ------------------------------------------------------------

    def open(self) -> None:
        """Show the settings of the open chat; those of the program hold where it has none."""
        self._dialogs.show_chat_settings(self.values())

    def change(self, key: str, value: Value) -> None:
        """Let a setting hold for the open chat alone; one like the program's is let go."""
        if value == self._settings.value(key):
            self._overrides.pop(key, None)
        else:
            self._overrides[key] = BY_KEY[key].check(value)
        self._keep()

    def use(self, values: Mapping[str, Value]) -> None:
        """Let these and no others hold for the open chat; what is not named is the program's."""
        self._overrides = {key: v for key, v in values.items() if v != self._settings.value(key)}
        self._keep()

    def choose_language(self, name: str) -> None:
        """Answer in this language from now on; an unknown name means any."""
        self._language = language_named(name)
        self.tell()

    # --- which chat it is ----------------------------------------------------------------

    def leave_for(self, chat_id: int | None) -> None:
        """From this moment on another chat is open; `read` brings what it has of its own."""
        self._chat_id, self._overrides, self._leaves_out = chat_id, {}, False

    async def read(self, chat_id: int) -> None:
        """Let hold what is kept for the open chat."""
        self._overrides = await self._chats.settings(chat_id)

    def take_over(self, chat_id: int) -> None:
        """The new chat is saved now under this id."""
        self._chat_id = chat_id
        self.tell()

    async def keep_taken_over(self, chat_id: int) -> None:
        """Keep what held for the new chat."""
        if self._overrides:
            await self._chats.keep_settings(chat_id, dict(self._overrides))

    # --- what holds ----------------------------------------------------------------------

    def values(self) -> dict[str, Value]:
        """Return the settings that hold for the open chat."""
        return self.values_with(self._overrides)

    def values_with(self, overrides: Mapping[str, Value]) -> dict[str, Value]:
        """Return what holds for a chat with these overrides."""
        return {one.key: self._settings.value(one.key) for one in CHAT_SETTINGS} | dict(overrides)

    @property
    def overflow(self) -> OverflowChoice:
        """Return what is done where the chat does not fit the context."""
        return OverflowChoice(str(self.values()["chat.overflow"]))

    def leave_out(self, *, is_wanted: bool) -> None:
        """Count from now on without what does not fit, or with it again."""
        self._leaves_out = is_wanted
        self.tell()

    def asked(self) -> Asked:
        """Return how a question is asked now."""
        values = self.values()
        output = output_of(str(values["chat.format"]), str(values["chat.schema"]))
        system = str(values["chat.system"])
        return Asked(self._language, sampling_of(values), system, output=output)

    def tell(self) -> None:
        """Have the open chat counted anew."""
        self._context.chat_changed(self._chat_id, self._counted())

    def _counted(self) -> Asked:
        """Return how the meter counts: what the user has left out of this chat stays out."""
        leaves_out = self.overflow in (OverflowChoice.TRIM, OverflowChoice.SUMMARISE)
        overflow = Overflow.TRIM if leaves_out or self._leaves_out else None
        return replace(self.asked(), overflow=overflow)

    def _keep(self) -> None:
        self.tell()
        if self._chat_id is not None:
            keep = self._chats.keep_settings(self._chat_id, dict(self._overrides))
            self._tasks.start(keep, name="keep settings")
