"""Snippets: keep a piece of an answer with where it came from, find it, and make it again.

The window's presenter uses this on the asyncio thread; files and the database work off it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from app.core.chats import MessageState
from app.core.errors import ModelFileError, RequestError
from app.core.events import Finished, GenerationEvent, TextDelta
from app.core.messages import Role
from app.core.models import ModelFile
from app.core.origins import ModelMark, Origin
from app.core.snippets import RanAgain, Snippet, Written
from app.generation.chat.outputs import output_of
from app.library.fingerprints import mark_of, sha256_of
from app.services.answering.generation import ChatRequest, Generation
from app.services.chats.history_file import HistoryFile
from app.services.models import Models
from app.store.files import LARGEST_EXPORT_BYTES, read_text, write_text
from app.store.history import History
from app.store.snippets import SnippetStore, from_json, to_json
from app.text.attached import taken_apart
from app.text.languages import language_named
from app.text.names import name_of_code, title_of

_SHOWN_DIGITS = 12
_P = ParamSpec("_P")
_T = TypeVar("_T")
_WHOLE = (MessageState.DONE, MessageState.LENGTH, MessageState.CONTEXT)


class Snippets:
    """The user's snippets. Raises `StoreError`, as all methods here do."""

    def __init__(self, file: HistoryFile, generation: Generation, models: Models) -> None:
        self._file = file
        self._generation = generation
        self._models = models
        self._closing = threading.Event()
        self._is_taken = False

    def close(self) -> None:
        """Stop reading model files."""
        self._closing.set()

    async def search(self, words: str = "") -> list[Snippet]:
        """Return the snippets that hold all the words (`#word`: a tag), last changed first."""
        return await self._use(SnippetStore.search, words)

    async def written(self, snippet: Snippet) -> Written | None:
        """Return the answer that a snippet is of and how it was made, None where unknown."""
        return await self._use(SnippetStore.written, snippet.id)

    async def keep(
        self, text: str, language: str, *, name: str = "", message_id: int | None = None
    ) -> Snippet:
        """Keep a text; `message_id` is the answer it is of. Call `identify` next."""
        return await self._file.use(_keep, text, language, name, message_id)

    async def identify(self, snippet: Snippet) -> None:
        """Find out the model file's SHA-256, where it is still the file that wrote the answer."""
        written = await self.written(snippet)
        if written is None or written.origin.model.sha256:
            return
        mark = written.origin.model
        try:
            now = await asyncio.to_thread(mark_of, mark.path, mark.name)
            if now != mark:
                return  # another file by now: nobody can tell any more
            sha256 = await self._sha256(now)
        except ModelFileError:
            return  # the file is gone: running again says so
        if sha256:
            origin = replace(written.origin, model=replace(mark, sha256=sha256))
            whole = replace(written, origin=origin)
            await self._use(SnippetStore.keep_written, snippet.id, whole)

    async def change(self, snippet: Snippet) -> Snippet:
        """Save a snippet's name, text, language and tags."""
        return await self._use(SnippetStore.change, snippet)

    async def delete(self, snippet: Snippet) -> None:
        """Delete a snippet; `restore` undoes it."""
        await self._use(SnippetStore.delete, snippet.id)

    async def restore(self, snippet: Snippet) -> None:
        """Bring a deleted snippet back."""
        await self._use(SnippetStore.restore, snippet.id)

    async def export(self, snippets: Sequence[Snippet], path: Path) -> None:
        """Write snippets, with all that is known of them, to a file for `import_`."""
        await self._use(_write, snippets, path)

    async def import_(self, path: Path) -> list[Snippet]:
        """Add the snippets of a file that `export` wrote; all of them or none."""
        return await self._use(_read, path)

    async def run_again(self, snippet: Snippet) -> AsyncGenerator[GenerationEvent | RanAgain, None]:
        """Ask the same model the same with the same seed: its events, then `RanAgain`.

        Raises `RequestError` where nobody knows how the text was made, `ModelFileError` where the
        model file is gone or another one, and what the generation raises.
        """
        written = await self.written(snippet)
        if written is None:
            raise RequestError(
                f"“{snippet.name}” cannot be run again: how it was made is unknown.",
                hint="Only unedited answers that a model wrote here keep their seed.",
            )
        model = await self._same_model(written.origin)
        chosen = self._models.status.model
        self._is_taken = chosen is not None and chosen.path != model.path
        origin = written.origin
        language = language_named(origin.language)
        output = output_of(origin.output, origin.schema)
        sampling = replace(origin.sampling, is_exact=True)
        request = ChatRequest(origin.messages, sampling, language, origin.overflow, output)
        last = origin.messages[-1] if origin.messages else None
        said = [last.text] if last is not None and last.role is Role.ASSISTANT else []
        async with aclosing(self._generation.chat(model, request)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    said.append(event.text)
                    if not written.is_whole and sum(map(len, said)) >= len(written.answer):
                        break  # as far as it went then
                if not isinstance(event, Finished):
                    yield event
        yield self._compared(snippet, written, "".join(said), model)

    async def load_chosen(self) -> None:
        """Load the chosen model again, where running again took its place."""
        model = self._models.status.model
        if model is not None and self._is_taken and not self._closing.is_set():
            self._is_taken = False
            await self._models.load(model)

    def _compared(self, snippet: Snippet, written: Written, now: str, model: ModelFile) -> RanAgain:
        if not written.is_whole:
            now = now[: len(written.answer)]
        notes = []
        context_tokens = self._generation.context_tokens(model)
        if written.origin.context_tokens != context_tokens:
            notes.append(
                f"The context was {written.origin.context_tokens:,} tokens then and is "
                f"{context_tokens:,} now."
            )
        if now != written.answer and not written.origin.sampling.is_exact:
            notes.append(
                "It was written without “Reproducible answers” (in Chat settings), so "
                "earlier turns that the model still holds can change the result."
            )
        if not written.is_whole:
            notes.append("The answer was stopped then, so only that part is compared.")
        return RanAgain(
            written.answer,
            now,
            now == written.answer,
            snippet.text.strip() in now,
            " ".join(notes),
        )

    async def _same_model(self, origin: Origin) -> ModelFile:
        """Return the model file that wrote the answer, also from another place where it moved."""
        known = [choice.path for choice in await self._models.choices()]
        problem: ModelFileError | None = None
        for path in dict.fromkeys([origin.model.path, *known]):
            is_where_it_was = path == origin.model.path
            try:
                now = await asyncio.to_thread(mark_of, path, origin.model.name)
                if is_where_it_was or now.size_bytes == origin.model.size_bytes:
                    found = await self._difference(origin.model, now)
                    if found is None:
                        return await self._models.files.inspect(path)
                    problem = problem or found
            except ModelFileError as error:
                if is_where_it_was:
                    problem = error
        assert problem is not None
        raise problem

    async def _difference(self, then: ModelMark, now: ModelMark) -> ModelFileError | None:
        """Say why a file is not the one that wrote an answer, None where it is the one."""
        hint = f"Open the {then.name} file that wrote it."
        if not then.sha256:
            if (then.size_bytes, then.modified_ns) == (now.size_bytes, now.modified_ns):
                return None
            return ModelFileError(f"{now.path.name} has changed since it wrote this.", hint=hint)
        sha256 = await self._sha256(now)
        if sha256 == then.sha256:
            return None
        return ModelFileError(
            f"{now.path.name} is not the file that wrote this: its SHA-256 begins with "
            f"{sha256[:_SHOWN_DIGITS]} instead of {then.sha256[:_SHOWN_DIGITS]}.",
            hint=hint,
        )

    async def _sha256(self, mark: ModelMark) -> str:
        key = (mark.path, mark.size_bytes, mark.modified_ns)
        known = await self._use(SnippetStore.fingerprint, *key)
        if known:
            return known
        found = await asyncio.to_thread(sha256_of, mark.path, is_stopped=self._closing.is_set)
        if found:
            await self._use(SnippetStore.keep_fingerprint, *key, found)
        return found

    async def _use(
        self, work: Callable[Concatenate[SnippetStore, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        store = SnippetStore((await self._file.history()).database)
        return await asyncio.to_thread(work, store, *args, **kwargs)


def _write(store: SnippetStore, snippets: Sequence[Snippet], path: Path) -> None:
    write_text(path, to_json([(snippet, store.written(snippet.id)) for snippet in snippets]))


def _read(store: SnippetStore, path: Path) -> list[Snippet]:
    text = read_text(path, most_bytes=LARGEST_EXPORT_BYTES)
    return store.add_all(from_json(text, name=path.name))


def _keep(history: History, text: str, language: str, name: str, message_id: int | None) -> Snippet:
    store = SnippetStore(history.database)
    answer = history.answer_of(message_id) if message_id is not None else None
    written: Written | None = None
    model = ""
    if answer is not None:
        said, state, model, origin = answer
        if origin is not None:
            written = Written(origin, said, state in _WHOLE)
    if not name:
        asked = history.question_of(message_id) if message_id is not None else ""
        name = _name(store, text, asked)
    return store.add(Snippet(0, name, text, language, model=model), written)


def _name(store: SnippetStore, text: str, asked: str) -> str:
    """Return the question that a text answers, and what it defines where that is taken."""
    words, _ = taken_apart(asked)
    name = name_of_code(text) or "Snippet"
    if not words.strip():
        return name
    title = title_of(words) or name
    return f"{title} ({name})" if store.has_name(title) else title
