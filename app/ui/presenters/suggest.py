"""Suggestions at the cursor: when one is asked for, which is shown, what ends its run.

What the user types along with a suggestion keeps it; anything else cancels its run at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from app.core.errors import AppError
from app.core.events import (
    Finished,
    GenerationEvent,
    LeftOut,
    Loading,
    Queued,
    Reading,
    TextDelta,
    WaitingForMemory,
)
from app.core.models import ModelFile
from app.core.places import Place
from app.core.sampling import Sampling
from app.generation.families import infill_format
from app.generation.infill.begun import continued
from app.generation.infill.holes import Hole
from app.generation.infill.repository import SourceFile
from app.services.answering.generation import Generation, InfillRequest
from app.services.models import Models
from app.services.tasks import Tasks
from app.store.settings import Settings
from app.text.event_words import activity_words

ON_PAUSE, DELAY_MS = "code.suggest_on_pause", "code.suggest_delay_ms"
MOST = 8
"""Alternatives that can be walked through at one place."""
SHOW_EVERY_S = 0.03
_SEEDS_TRIED = 3
_FIRST = Sampling(temperature=0, seed=1)
_OTHER_TEMPERATURE = 0.7

Context = tuple[tuple[SourceFile, ...], str]
ContextFor = Callable[[str, str], Awaitable[Context]]
"""Given a file's name and the text before the cursor: other files, nearest first, and the
repository's name; see `app.services.project`."""


class SuggestView(Protocol):
    """What the code panel does; see `app.ui.widgets.panel.suggestions`."""

    def place(self) -> Place | None: ...
    def show_suggestion(self, text: str) -> None: ...
    def clear_suggestion(self) -> None: ...
    def show_state(self, words: str, more: str = "") -> None: ...
    def show_note(self, text: str) -> None: ...


@dataclass(slots=True, eq=False)
class _Suggestion:
    """One text for a place, as far as it is written, and the run that writes it."""

    text: str = ""
    is_whole: bool = False
    run: asyncio.Task[None] | None = None


@dataclass(slots=True)
class _AtPlace:
    """A place where suggestions are wanted, and what the user typed there since."""

    place: Place
    model: ModelFile
    typed: str = ""
    at: int = 0
    suggestions: list[_Suggestion] = field(default_factory=list)
    seed: int = 1
    left_out: str = ""
    left_out_more: str = ""

    @property
    def current(self) -> _Suggestion:
        return self.suggestions[self.at]

    def rest(self, suggestion: _Suggestion) -> str | None:
        """Return what of a suggestion is still to be typed, None where something else was."""
        fits = suggestion.text.startswith(self.typed)
        return suggestion.text[len(self.typed) :] if fits else None


class SuggestPresenter:
    """The suggestions of one code panel. `context_for` finds other files of the project."""

    def __init__(
        self,
        view: SuggestView,
        models: Models,
        generation: Generation,
        tasks: Tasks,
        settings: Settings,
        context_for: ContextFor | None = None,
    ) -> None:
        self._view = view
        self._models = models
        self._generation = generation
        self._tasks = tasks
        self._settings = settings
        self._context_for = context_for
        self._asked: _AtPlace | None = None
        self._hole: Hole | None = None  # the last one, which the model has read
        self.last: tuple[ModelFile, InfillRequest] | None = None  # what was asked last
        self._pause: asyncio.Task[None] | None = None

    # --- what the user does --------------------------------------------------------------

    def ask(self) -> None:
        """Suggest something at the cursor; where that is done already, something else."""
        if self._asked is not None:
            self.walk(1)
        else:
            self._begin(is_wanted=True)

    def typed(self, text: str) -> None:
        """The user wrote this at the cursor: the suggestion goes on, or ends."""
        asked = self._asked
        if asked is None:
            return
        asked.typed += text
        rest = asked.rest(asked.current)
        if rest is None or (not rest and asked.current.is_whole):
            self.leave()
            self.written()
        else:
            self._show()

    def written(self) -> None:
        """The user wrote something: suggest, if that is wanted, when the keys rest."""
        self._stop_pause()
        self._view.show_note("")
        self._view.show_state("")
        if self._settings.value(ON_PAUSE):
            self._pause = self._tasks.start(self._begin_later(), name="pause")

    @property
    def is_on_pause(self) -> bool:
        """Tell whether suggestions come while the user types."""
        return bool(self._settings.value(ON_PAUSE))

    def toggle_pause(self) -> None:
        """Suggest after each pause from now on, or no longer; remembered."""
        is_wanted = not self.is_on_pause

        async def keep() -> None:
            await asyncio.to_thread(self._settings.set_value, ON_PAUSE, is_wanted)
            self._view.show_state("Suggests while you type" if is_wanted else "Suggests on request")

        self._tasks.start(keep(), name="suggest while typing")

    def leave(self) -> None:
        """The user turned to something else: end every run of this place now."""
        self._stop_pause()
        asked, self._asked = self._asked, None
        if asked is None:
            return
        for suggestion in asked.suggestions:
            if suggestion.run is not None:
                suggestion.run.cancel()
        self._view.clear_suggestion()
        self._view.show_state("")

    def walk(self, step: int) -> None:
        """Show the suggestion after or before; past the last one another is written."""
        asked = self._asked
        if asked is None:
            return
        at = asked.at + step
        while 0 <= at < len(asked.suggestions) and asked.rest(asked.suggestions[at]) is None:
            at += step
        if 0 <= at < len(asked.suggestions):
            asked.at = at
            self._show()
        elif step > 0 and asked.current.is_whole and len(asked.suggestions) < MOST:
            self._write(asked)

    # --- how it is done ------------------------------------------------------------------

    async def _begin_later(self) -> None:
        await asyncio.sleep(int(self._settings.value(DELAY_MS)) / 1000)
        self._pause = None
        info = self._models.status.info
        if self._asked is None and info is not None and infill_format(info) is not None:
            self._begin(is_wanted=False)

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _begin(self, *, is_wanted: bool) -> None:
        self._stop_pause()
        model = self._models.status.model
        if model is None:
            if is_wanted:
                self._view.show_note("No model is chosen. Choose one first.")
            return
        place = self._view.place()
        if place is None:
            return
        if not is_wanted and (place.after[:1].isalnum() or place.after[:1] == "_"):
            self._view.clear_suggestion()  # inside a word a suggestion is in the way
            return
        self._asked = _AtPlace(place, model)
        if place.lines_before or place.lines_after:
            self._asked.left_out, self._asked.left_out_more = _left_out(place, LeftOut())
        self._view.show_note("")
        self._write(self._asked)

    def _write(self, asked: _AtPlace) -> None:
        """Let one more suggestion be written for the place as it is now."""
        suggestion = _Suggestion(text=asked.typed)
        asked.suggestions.append(suggestion)
        asked.at = len(asked.suggestions) - 1
        suggestion.run = self._tasks.start(
            self._fill(asked, suggestion),
            name="suggest",
            rest=(partial(self._give_up, asked, suggestion),),
        )

    def _give_up(self, asked: _AtPlace, suggestion: _Suggestion) -> None:
        """Wait no longer for a suggestion whose run ended without one, by a bug of ours."""
        is_waited_for = asked is self._asked and suggestion in asked.suggestions
        if is_waited_for and not suggestion.is_whole:
            self.leave()

    async def _fill(self, asked: _AtPlace, suggestion: _Suggestion) -> None:
        typed = asked.typed
        try:
            is_first = len(asked.suggestions) == 1
            for _ in range(1 if is_first else _SEEDS_TRIED):
                suggestion.text = typed
                await self._run(asked, suggestion, typed)
                if self._is_new(asked, suggestion):
                    break
        except AppError as error:
            if asked is self._asked:
                self.leave()
                self._view.show_note(str(error))
            return
        if asked is not self._asked:
            return
        suggestion.is_whole = True
        if not self._is_new(asked, suggestion):
            self._take_back(asked, suggestion)
        elif suggestion is asked.current:
            self._show()

    async def _run(self, asked: _AtPlace, suggestion: _Suggestion, typed: str) -> None:
        place = asked.place.moved(typed)
        files, repository = await self._context(asked.model, place)
        hole = Hole(place.before, place.after, place.name if repository else "")
        self._hole = hole = continued(hole, self._hole)
        request = InfillRequest(
            hole,
            files=files,
            repository=repository,
            sampling=self._sampling(asked),
            files_tokens=int(self._settings.value("project.context_tokens")),
        )
        written = ""
        shown_at = 0.0
        self.last = (asked.model, request)
        async with aclosing(self._generation.infill(asked.model, request)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    written += event.text
                    # A line feed that ends the text may be the first half of nothing.
                    suggestion.text = typed + _plain(written).rstrip("\n")
                    now = time.perf_counter()
                    if asked.current is suggestion and now - shown_at > SHOW_EVERY_S:
                        shown_at = now
                        self._show()
                elif isinstance(event, Finished):
                    suggestion.text = typed + _ended(_plain(written), place)
                elif asked.current is suggestion and not written:
                    self._tell(asked, event)

    async def _context(self, model: ModelFile, place: Place) -> Context:
        # The demo model was trained on single files: after two others it filled 18 % of held-out
        # holes, alone 76 %; `demo_model.evaluate` measures both.
        if self._context_for is None or model.is_builtin:
            return (), ""
        return await self._context_for(place.name, place.before)

    def _sampling(self, asked: _AtPlace) -> Sampling:
        if len(asked.suggestions) == 1:
            return _FIRST
        asked.seed += 1
        return Sampling(temperature=_OTHER_TEMPERATURE, seed=asked.seed)

    def _is_new(self, asked: _AtPlace, suggestion: _Suggestion) -> bool:
        others = [one.text for one in asked.suggestions if one is not suggestion]
        return suggestion.text not in ("", asked.typed, *others)

    def _take_back(self, asked: _AtPlace, suggestion: _Suggestion) -> None:
        """Nothing new came: show what was there before, if anything was."""
        asked.suggestions.remove(suggestion)
        if not asked.suggestions:
            self.leave()
            self._view.show_state("No suggestion")
            return
        asked.at = min(asked.at, len(asked.suggestions) - 1)
        self._show()
        self._view.show_state("No other suggestion")

    def _tell(self, asked: _AtPlace, event: GenerationEvent) -> None:
        """Say what happens before the first text."""
        match event:
            case WaitingForMemory() | Loading() | Queued() | Reading():
                self._view.show_state(activity_words(event))
            case LeftOut():
                asked.left_out, asked.left_out_more = _left_out(asked.place, event)

    def _show(self) -> None:
        asked = self._asked
        if asked is None:
            return
        rest = asked.rest(asked.current)
        if rest is None or (not rest and asked.current.is_whole):
            self.leave()
        elif rest or asked.typed:
            self._view.show_suggestion(rest)
            count = len(asked.suggestions)
            number = f"{asked.at + 1} of {count}" if count > 1 else ""
            words = ", ".join(word for word in (number, asked.left_out) if word)
            self._view.show_state(words, asked.left_out_more)


def _plain(text: str) -> str:
    """Return a text with the editor's line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ended(text: str, place: Place) -> str:
    """Return a whole text without the blanks at its end, where nothing stands behind them."""
    has_rest = bool(place.after.partition("\n")[0].strip())
    return text if has_rest else text.rstrip()


def _left_out(place: Place, event: LeftOut) -> tuple[str, str]:
    """Say what of a long file, and which files, the model does not read."""
    before = place.lines_before + event.lines_before
    after = place.lines_after + event.lines_after
    lines = before + after
    words = f"{lines:,} lines left out" if lines else f"{len(event.files)} files left out"
    more = f"Not read: {before:,} lines before and {after:,} lines after the cursor, too far away."
    if event.files:
        more += f" Also not read: {', '.join(event.files)}."
    return words, more
