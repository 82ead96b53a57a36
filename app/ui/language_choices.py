"""The table of languages as rows of a popup: the common ones first."""

from __future__ import annotations

from functools import cache

from app.text.languages import Language, languages
from app.ui.widgets.controls.popup import Choice


@cache
def language_choices() -> tuple[Choice, ...]:
    """Return a row for each language, found by its name, its aliases and its file endings."""
    return tuple(_choice(language) for language in languages())


def _choice(language: Language) -> Choice:
    words = language.words()
    dotless = (word.removeprefix(".") for word in words)
    ending = language.extension if language.files or language.extension != ".txt" else ""
    is_small = language.is_known_to_small_models
    trained = "" if is_small else "; StarCoder 2 3B and 7B were not trained on it, 15B was"
    comments = f"comments begin with {language.comment}" if language.comment else ""
    return Choice(
        language.name,
        language.name,
        " · ".join(part for part in (ending, "" if is_small else "15B") if part),
        more=tuple(dict.fromkeys(word.lower() for word in (*words, *dotless))),
        tip=f"{language.name}: {comments or 'no comment syntax is known'}{trained}",
    )
