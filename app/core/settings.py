"""Every setting, declared once: the file is validated by these, and the form is made of them."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

from app.core.commands import SUGGEST
from app.core.errors import SettingsError
from app.core.sampling import Sampling

Value = str | int | float | bool
SHOWN_CHARACTERS = 80
"""How much of a wrong value a message shows."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting. `key` is table and name in the file; `effect` says what it does, in a line.

    The kind is that of `default`. `least` and `most` bound numbers, both included; a text with
    `choices` must be one of them; `is_long` texts are edited in several lines, `is_folder` texts
    are the path of a folder. `unit` follows a number; `least_word` stands for `least` where that
    means something of its own, such as "Auto"; `empty_words` say what an empty text means;
    `choice_words` are the choices as the window shows them. `section` and `card` are its place in
    the settings.
    """

    key: str
    label: str
    effect: str
    default: Value
    section: str
    card: str
    least: float | None = None
    most: float | None = None
    unit: str = ""
    least_word: str = ""
    choices: tuple[str, ...] = ()
    choice_words: tuple[str, ...] = ()
    empty_words: str = ""
    is_long: bool = False
    is_folder: bool = False

    def shown(self, value: Value) -> str:
        """Return a value as the window shows it."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, str):
            words = dict(zip(self.choices, self.choice_words, strict=False))
            return words.get(value, value) or "empty"
        if self.least_word and value == self.least:
            return self.least_word
        gap = "" if self.unit == "%" else " "
        return f"{value:,}{gap}{self.unit}".strip() if self.unit else f"{value:g}"

    @property
    def allowed(self) -> str:
        """Say in words what values there are."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if isinstance(self.default, bool):
            return "true or false"
        if isinstance(self.default, str):
            return "text"
        kind = "a whole number" if isinstance(self.default, int) else "a number"
        if self.most is None:
            return f"{kind} of {self.least:,} or more" if self.least is not None else kind
        return f"{kind} from {self.least or 0:,} to {self.most:,}"

    def check(self, value: object) -> Value:
        """Return a value of the right kind and range, else raise `SettingsError`."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(self.default, bool):
            is_valid = isinstance(value, bool)
        elif isinstance(self.default, str):
            is_valid = isinstance(value, str) and (not self.choices or value in self.choices)
        elif isinstance(self.default, int):
            is_valid = is_number and isinstance(value, int)
        else:
            is_valid = is_number
        if is_valid and is_number:
            assert isinstance(value, int | float)
            is_valid = (self.least is None or value >= self.least) and (
                self.most is None or value <= self.most
            )
        if not is_valid or not isinstance(value, str | int | float | bool):
            raise SettingsError(
                f"The setting {self.key} is {shortened(value)}.",
                hint=f"It must be {self.allowed}. Until then, {self.default!r} is used.",
            )
        return float(value) if isinstance(self.default, float) else value


_APPEARANCE = partial(Declared, section="General", card="Appearance")
_EDITOR = partial(Declared, section="Code", card="Editor")
_SUGGESTIONS = partial(Declared, section="Code", card="Suggestions")
_PROJECT = partial(Declared, section="Code", card="Project")
_ANSWERS = partial(Declared, section="Chat", card="Answers")
_SAMPLING = partial(Declared, section="Chat", card="Sampling")
_LENGTH = partial(Declared, section="Chat", card="Length")
_LOADING = partial(Declared, section="Models", card="Loading")

DECLARED = (
    _APPEARANCE(
        "window.theme", "Theme", "System follows your desktop.", "system",
        choices=("system", "light", "dark", "high contrast light", "high contrast dark"),
        choice_words=("System", "Light", "Dark", "High contrast, light", "High contrast, dark"),
    ),
    _APPEARANCE(
        "window.text_percent", "Text size", "Percent of normal size.",
        100, least=100, most=200, unit="%",
    ),
    _EDITOR(
        "editor.command", "External editor",
        "The command that opens code in your editor. {path} and {line} are filled in.",
        "", empty_words="Auto: the first editor found",
    ),
    _SUGGESTIONS(
        "code.suggest_on_pause", "Suggest while typing",
        "Shows grey text at the cursor after a pause. "
        f"{SUGGEST.named_keys} asks for it at any time.",
        default=False,
    ),
    _SUGGESTIONS(
        "code.suggest_delay_ms", "Pause before a suggestion",
        "How long to wait after the last key.",
        250, least=0, most=10_000, unit="ms",
    ),
    _PROJECT(
        "project.folder", "Project folder",
        "Related files in this folder are read before code is suggested.",
        "", is_folder=True, empty_words="No folder",
    ),
    _PROJECT(
        "project.context_tokens", "Context from other files",
        "How much of open tabs and related files is read before code is suggested.",
        1024, least=0, most=100_000, unit="tokens", least_word="Off",
    ),
    _ANSWERS(
        "chat.system", "System prompt", "Sent before every chat. Empty uses the model's default.",
        "", is_long=True, empty_words="The model's default",
    ),
    _ANSWERS(
        "chat.format", "Output format",
        "Every answer is one document in this format and nothing else.",
        "off", choices=("off", "JSON", "YAML", "TOML", "CSV", "SQL"),
        choice_words=("Any", "JSON", "YAML", "TOML", "CSV", "SQL"),
    ),
    _ANSWERS(
        "chat.schema", "JSON schema", "JSON must match this schema. Empty allows any JSON.",
        "", is_long=True, empty_words="Any JSON",
    ),
    _SAMPLING(
        "chat.temperature", "Temperature",
        "How freely words are chosen. 0 always picks the most likely one.", 0.2, least=0, most=2,
    ),
    _SAMPLING(
        "chat.top_k", "Top k", "Limits choice to the k most likely tokens.",
        40, least=0, most=1000, least_word="Off",
    ),
    _SAMPLING(
        "chat.top_p", "Top p",
        "Limits choice to the most likely tokens that together reach this probability.",
        0.95, least=0.01, most=1,
    ),
    _SAMPLING(
        "chat.min_p", "Min p",
        "Drops tokens that are less likely than this share of the most likely one.",
        0.05, least=0, most=1,
    ),
    _SAMPLING(
        "chat.repeat_penalty", "Repeat penalty",
        "Makes words that were just used less likely. 1 is off.", 1.0, least=0.5, most=2,
    ),
    _LENGTH(
        "chat.max_tokens", "Longest answer",
        "Auto lets an answer run to the end of the context.",
        0, least=0, most=1_048_576, unit="tokens", least_word="Auto",
    ),
    _SAMPLING(
        "chat.exact", "Reproducible answers",
        "Reads every chat from its start, so that the same question gives the same text. Slower in "
        "long chats.",
        default=False,
    ),
    _SAMPLING(
        "chat.seed", "Seed",
        "The same seed gives the same answer to the same question. Auto picks a new one each time.",
        -1, least=-1, most=2_147_483_647, least_word="Auto",
    ),
    _LENGTH(
        "chat.overflow", "When a chat gets too long",
        "What happens to messages that no longer fit the context.",
        "ask", choices=("ask", "trim", "summarise", "raise"),
        choice_words=("Ask me", "Leave out", "Summarise", "Increase the context"),
    ),
    _LOADING(
        "engine.context_tokens", "Context",
        "How many tokens a chat and its answer share. Auto is the model's own size, up to 16,384 "
        "tokens. A larger context takes more memory.",
        0, least=0, most=1_048_576, unit="tokens", least_word="Auto",
    ),
    _LOADING(
        "engine.threads", "Processor threads", "Auto picks a number that suits the model.",
        0, least=0, most=512, least_word="Auto",
    ),
)  # fmt: skip

BY_KEY = {declared.key: declared for declared in DECLARED}
CHAT_SETTINGS = tuple(declared for declared in DECLARED if declared.key.startswith("chat."))


def shortened(value: object) -> str:
    """Return a value as Python writes it, cut where a file holds far too much of it."""
    words = reprlib.Repr()
    words.maxstring = words.maxother = words.maxlong = SHOWN_CHARACTERS
    return words.repr(value)


def unknown_key(key: str) -> SettingsError:
    """Return the error for a key that is not declared, with the nearest that is."""
    hint = f"{nearest_key(key)} It is kept but has no effect.".strip()
    return SettingsError(f"There is no setting {key}.", hint=hint)


def nearest_key(key: str) -> str:
    """Ask whether a declared key was meant; empty where none is like this one."""
    near = get_close_matches(key, BY_KEY.keys() - {key}, n=1, cutoff=0.75)
    return f"Did you mean {near[0]}?" if near else ""


def sampling_of(values: Mapping[str, Value]) -> Sampling:
    """Return the sampling that chat settings ask for; keys that are missing have their default."""

    def number(key: str) -> float:
        value = values.get(key, BY_KEY[key].default)
        assert isinstance(value, int | float)
        return value

    return Sampling(
        temperature=number("chat.temperature"),
        top_k=int(number("chat.top_k")),
        top_p=number("chat.top_p"),
        min_p=number("chat.min_p"),
        repeat_penalty=number("chat.repeat_penalty"),
        max_tokens=int(number("chat.max_tokens")) or None,
        seed=int(number("chat.seed")) if number("chat.seed") >= 0 else None,
        is_exact=bool(values.get("chat.exact", False)),
    )
