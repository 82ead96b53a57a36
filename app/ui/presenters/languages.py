"""The presenter of languages: which is chosen, which a piece of code is in, who knows it."""

from __future__ import annotations

import asyncio

from app.core.models import ModelFile
from app.generation.training import FILE_TO_GET, lacks, starcoder2_size
from app.services.models import ModelChoice, Models, ModelStatus
from app.services.tasks import Tasks
from app.text.detection import GENERAL, detect
from app.text.languages import Language, language_named
from app.ui.presenters.views import CodePlace, LanguageHintView


class LanguagePresenter:
    """Compares the language with the model whenever one of them changes."""

    def __init__(self, hint: LanguageHintView, models: Models, tasks: Tasks) -> None:
        self._hint_shown = hint
        self._models = models
        self._tasks = tasks
        self._language: Language | None = None
        self._asked: Language | None = None
        self._model: ModelFile | None = None
        models.listen(self._on_model)

    def choose(self, name: str) -> None:
        """The user wants code in this language; an unknown name means any."""
        self._language = language_named(name)
        self._compare()

    def consider(self, name: str) -> None:
        """The draft asks for this language, which is not chosen for what follows."""
        chosen, language = self._language, language_named(name)
        if chosen is None and language is not None:
            self._compare(language)

    def asked(self) -> None:
        """The draft was sent: what was said of its language only is over."""
        if self._language is None:
            self._compare()

    def look(self, place: CodePlace, info: str, text: str, is_whole: bool) -> None:  # noqa: FBT001
        """Find out the language of a whole piece of code whose fence says nothing, or only YAML."""
        label = info.strip().lower()
        if is_whole and text.strip() and (not label or label in GENERAL):
            self._tasks.start(self._look(place, label, text), name="detect language")

    async def _look(self, place: CodePlace, label: str, text: str) -> None:
        found = await asyncio.to_thread(detect, text, fence=label)
        if found is None and not label:
            found = self._language
        if found is not None and found.label != label:
            place.tell(found.label)

    def _on_model(self, status: ModelStatus) -> None:
        if status.model != self._model:
            self._model = status.model
            self._compare()

    def _compare(self, asked: Language | None = None) -> None:
        language, model = asked or self._language, self._models.status.model
        self._asked = language
        if language is None or model is None or not lacks(model, language):
            self._hint_shown.show_hint("", "", None)
            return
        self._tasks.start(self._hint(model, language), name="language hint")

    async def _hint(self, model: ModelFile, language: Language) -> None:
        choices = await self._models.choices()
        if (language, model) != (self._asked, self._models.status.model):
            return
        large = largest(choices)
        was_not = f"StarCoder 2 {starcoder2_size(model)} was not trained on {language.name}."
        if large is None or large.model is None:
            hint = f"The 15B was: get {FILE_TO_GET} and open it from the model picker."
            self._hint_shown.show_hint(f"{was_not} {hint}", "", None)
            return
        fits = "" if large.is_fitting else " It needs more memory than is free right now."
        hint = f"{large.path.name} in your list was.{fits}"
        self._hint_shown.show_hint(f"{was_not} {hint}", large.model.name, large.path)


def largest(choices: list[ModelChoice]) -> ModelChoice | None:
    """Return the StarCoder 2 15B among the files, one that fits in memory before others.

    Of several the last opened comes first, as in the list.
    """
    found = [one for one in choices if one.model and starcoder2_size(one.model) == "15B"]
    return next((one for one in found if one.is_fitting), found[0] if found else None)
