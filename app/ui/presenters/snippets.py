"""The snippets of one window: kept, found, changed, and run again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.core.errors import AppError
from app.core.events import TextDelta
from app.core.hunks import Hunk
from app.core.messages import Role
from app.core.origins import Origin
from app.core.snippets import RanAgain, Snippet, Written
from app.services.snippets import Snippets
from app.services.tasks import Tasks
from app.text.event_words import activity_words
from app.text.hunks import compare

SEARCH_AFTER_S = 0.1
TELL_EVERY_CHARACTERS = 40
_BUSY = "An answer is being written. Wait for it to finish, or stop it with Esc."


class SnippetsView(Protocol):
    """What the list of snippets does; see `app.ui.widgets.snippets.snippets_dialog`."""

    def show_snippets(self, snippets: Sequence[Snippet]) -> None: ...
    def select_snippet(self, snippet_id: int) -> None: ...
    def show_facts(self, snippet_id: int, facts: Sequence[tuple[str, str]]) -> None: ...
    def show_activity(self, text: str) -> None: ...
    def show_result(self, result: RanAgain, hunks: Sequence[Hunk]) -> None: ...
    def show_run_error(self, error: AppError) -> None: ...
    def end_run(self) -> None: ...
    def show_problem(self, error: AppError) -> None: ...
    def clear_problem(self) -> None: ...
    def offer_undo(self, text: str, undo: Callable[[], None]) -> None: ...


class SnippetsPresenter:
    """`is_busy` tells whether an answer is being written; `offer_undo` is the main window's."""

    def __init__(
        self,
        view: SnippetsView,
        snippets: Snippets,
        tasks: Tasks,
        *,
        is_busy: Callable[[], bool],
        offer_undo: Callable[[str, Callable[[], None]], None],
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._is_busy = is_busy
        self._offer_undo = offer_undo
        self._snippets = snippets
        self._words = ""
        self._searching: asyncio.Task[None] | None = None
        self._running: asyncio.Task[None] | None = None

    def search(self, words: str) -> None:
        """List what holds these words, once typing pauses."""
        if self._searching is not None:
            self._searching.cancel()
        wait_s = SEARCH_AFTER_S if words != self._words else 0
        self._words = words

        async def search(snippets: Snippets) -> None:
            await asyncio.sleep(wait_s)
            await self._list(snippets)

        self._searching = self._do(search)

    def show(self, snippet: Snippet) -> None:
        """Show where a snippet came from; another one's running again is stopped."""
        self.stop()

        async def show(snippets: Snippets) -> None:
            facts = facts_of(snippet, await snippets.written(snippet))
            self._view.show_facts(snippet.id, facts)

        self._do(show)

    def keep(self, text: str, language: str, message_id: int | None) -> None:
        """Keep a text that stands in an answer, and offer to take that back."""

        async def keep() -> None:
            snippets = self._snippets
            if not text.strip():
                return
            kept = await snippets.keep(text, language, message_id=message_id)

            def undo() -> None:
                self._do(lambda snippets: self._delete(snippets, kept))

            self._offer_undo(f"Saved as the snippet “{kept.name}”.", undo)
            await self._list(snippets)
            await snippets.identify(kept)

        # Not `_do`: the list may be closed, so the main window says what went wrong.
        self._tasks.start(keep(), name="keep snippet")

    def change(self, snippet: Snippet) -> None:
        """Save name, tags and text."""

        async def change(snippets: Snippets) -> None:
            await snippets.change(snippet)
            await self._list(snippets)
            self._view.select_snippet(snippet.id)

        self._do(change)

    def delete(self, snippet: Snippet) -> None:
        """Delete a snippet and offer undo."""

        async def delete(snippets: Snippets) -> None:
            await self._delete(snippets, snippet)

            def undo() -> None:
                self._do(restore)

            self._view.offer_undo(f"“{snippet.name}” was deleted.", undo)

        async def restore(snippets: Snippets) -> None:
            await snippets.restore(snippet)
            await self._list(snippets)
            self._view.select_snippet(snippet.id)

        self._do(delete)

    def export(self, wanted: Sequence[Snippet], path: Path) -> None:
        """Write snippets to a file."""
        self._do(lambda snippets: snippets.export(wanted, path))

    def import_(self, path: Path) -> None:
        """Add the snippets of an exported file."""

        async def import_(snippets: Snippets) -> None:
            added = await snippets.import_(path)
            await self._list(snippets)
            if added:
                self._view.select_snippet(added[0].id)

        self._do(import_)

    def run_again(self, snippet: Snippet) -> None:
        """Ask the same model the same, and compare."""
        self.stop()
        if self._is_busy():
            self._view.show_run_error(AppError(_BUSY))
            return
        self._running = self._do(lambda snippets: self._run(snippets, snippet))

    def stop(self) -> None:
        """Stop running again."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self, snippets: Snippets, snippet: Snippet) -> None:
        said, told, is_shown = 0, 0, False
        try:
            self._view.show_activity("Checking the model file…")
            async with aclosing(snippets.run_again(snippet)) as events:
                async for event in events:
                    if isinstance(event, RanAgain):
                        hunks = await asyncio.to_thread(compare, event.then, event.now)
                        self._view.show_result(event, hunks)
                        is_shown = True
                    elif isinstance(event, TextDelta):
                        said += len(event.text)
                        if said - told >= TELL_EVERY_CHARACTERS:
                            told = said
                            self._view.show_activity(f"Writing: {said:,} characters")
                    elif words := activity_words(event):
                        self._view.show_activity(words)
        except AppError as error:
            self._view.show_run_error(error)
            is_shown = True
        finally:  # also after a bug, which is told elsewhere
            if not is_shown:
                self._view.end_run()
            self._tasks.start(snippets.load_chosen(), name="load the chosen model")

    async def _list(self, snippets: Snippets) -> None:
        self._view.show_snippets(await snippets.search(self._words))

    async def _delete(self, snippets: Snippets, snippet: Snippet) -> None:
        await snippets.delete(snippet)
        await self._list(snippets)

    def _do(self, work: Callable[[Snippets], Coroutine[None, None, None]]) -> asyncio.Task[None]:
        async def do() -> None:
            try:
                await work(self._snippets)
                self._view.clear_problem()
            except AppError as error:
                self._view.show_problem(error)

        return self._tasks.start(do(), name="snippets")


def facts_of(snippet: Snippet, written: Written | None) -> list[tuple[str, str]]:
    """Return in words where a snippet came from."""
    kept = ("Saved", _date(snippet.created_at))
    if written is None:
        model = f"{snippet.model}; " if snippet.model else ""
        return [("Made by", f"{model}seed and prompt unknown"), kept]
    origin = written.origin
    asked = [m.text for m in origin.messages if m.role is Role.USER]
    mark = origin.model
    sha256 = f"SHA-256 {mark.sha256}" if mark.sha256 else "SHA-256 unknown"
    return [
        ("Made by", f"{mark.name}, {mark.path.name}, {sha256}"),
        ("Prompt", asked[-1] if asked else ""),
        ("Seed", str(origin.sampling.seed)),
        ("Settings", _settings(origin)),
        ("Written", f"{_date(origin.asked_at)}; saved {kept[1]}"),
    ]


def _settings(origin: Origin) -> str:
    sampling = origin.sampling
    words = [
        f"temperature {sampling.temperature:g}",
        f"top k {sampling.top_k}",
        f"top p {sampling.top_p:g}",
        f"min p {sampling.min_p:g}",
        f"repeat penalty {sampling.repeat_penalty:g}",
    ]
    if sampling.max_tokens is not None:
        words.append(f"at most {sampling.max_tokens:,} tokens")
    if sampling.is_exact:
        words.append("reproducible")
    if origin.language:
        words.append(f"language {origin.language}")
    system = next((m.text for m in origin.messages if m.role is Role.SYSTEM), "")
    if system:
        words.append(f"system prompt “{system}”")
    if origin.context_tokens:
        words.append(f"context {origin.context_tokens:,} tokens")
    return ", ".join(words)


def _date(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%d %b %Y %H:%M}"  # noqa: DTZ006 - the user's clock
