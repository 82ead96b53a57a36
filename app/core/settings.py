"""Every setting, declared once: the file is validated by these, and the dialog is made of them."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from app.core.errors import SettingsError
from app.core.sampling import Sampling

Value = str | int | float | bool
SHOWN_CHARACTERS = 80
"""How much of a wrong value a message shows."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting. `key` is table and name in the file; `effect` one sentence on what it does.

    The kind is that of `default`. `least` and `most` bound numbers, both included; a text with
    `choices` must be one of them; `is_long` texts are edited in several lines.
    """

    key: str
    label: str
    effect: str
    default: Value
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    is_long: bool = False

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
                hint=f"It must be {self.allowed}. Until then it is {self.default!r}.",
            )
        return float(value) if isinstance(self.default, float) else value


DECLARED = (
    Declared(
        "window.theme", "Theme", "The colours of the window.", "system",
        choices=("system", "light", "dark", "high contrast light", "high contrast dark"),
    ),
    Declared(
        "window.text_percent", "Text size",
        "How large all text is, in per cent of its usual size.", 100, least=100, most=200,
    ),
    Declared(
        "editor.command", "Your editor",
        "The command that opens code outside, with {path} and {line}; empty: one that is found.",
        "",
    ),
    Declared(
        "code.suggest_on_pause", "Suggest while I type",
        "Grey text at the cursor after a pause; Ctrl+Space asks for it at any time.",
        default=False,
    ),
    Declared(
        "code.suggest_delay_ms", "Pause before a suggestion",
        "Milliseconds without a key after which a suggestion is written.",
        250, least=0, most=10_000,
    ),
    Declared(
        "engine.context_tokens", "Context",
        "Tokens that question and answer share; 0: the model's own, at most 16,384.",
        0, least=0, most=1_048_576,
    ),
    Declared(
        "engine.threads", "Threads",
        "Processor threads for a model; 0: chosen by its size.", 0, least=0, most=512,
    ),
    Declared(
        "project.folder", "Project folder",
        "Its files are read, where they are near, before the model fills in code; empty: none.",
        "",
    ),
    Declared(
        "project.context_tokens", "Other files",
        "Tokens of open tabs and near files that go before an infill; 0: none.",
        1024, least=0, most=100_000,
    ),
    Declared(
        "chat.system", "System prompt",
        "Said to the model before each chat; empty: the model's own.", "", is_long=True,
    ),
    Declared(
        "chat.format", "Only valid output",
        "Every answer is one document of this format and nothing else.",
        "off", choices=("off", "JSON", "YAML", "TOML", "CSV", "SQL"),
    ),
    Declared(
        "chat.schema", "JSON schema",
        "What JSON must be valid by, where only JSON is written; empty: any JSON.",
        "", is_long=True,
    ),
    Declared(
        "chat.temperature", "Temperature",
        "How freely words are chosen; 0 always takes the likeliest.", 0.2, least=0, most=2,
    ),
    Declared(
        "chat.top_k", "Top k",
        "Only so many of the likeliest tokens may come next; 0 is off.", 40, least=0, most=1000,
    ),
    Declared(
        "chat.top_p", "Top p",
        "Only the likeliest tokens that together reach this probability may come next.",
        0.95, least=0.01, most=1,
    ),
    Declared(
        "chat.min_p", "Min p",
        "Tokens less likely than this share of the likeliest one never come next.",
        0.05, least=0, most=1,
    ),
    Declared(
        "chat.repeat_penalty", "Repeat penalty",
        "Makes what was just said less likely; 1 is off.", 1.0, least=0.5, most=2,
    ),
    Declared(
        "chat.max_tokens", "Longest answer",
        "Tokens after which an answer ends; 0: up to the end of the context.",
        0, least=0, most=1_048_576,
    ),
    Declared(
        "chat.exact", "Same text each time",
        "Reads each question alone and from its beginning, so that running it again gives the same "
        "text to the letter; long chats begin to answer later.",
        default=False,
    ),
    Declared(
        "chat.seed", "Seed",
        "The same seed gives the same answer to the same question; -1 draws one each time.",
        -1, least=-1, most=2_147_483_647,
    ),
    Declared(
        "chat.overflow", "When a chat gets too long",
        "What does not fit the context is asked about, left out, summed up by the model, "
        "or the context is raised where memory allows.",
        "ask", choices=("ask", "trim", "summarise", "raise"),
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
    near = get_close_matches(key, BY_KEY, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return SettingsError(f"There is no setting {key}.", hint=f"{hint}It is kept and does nothing.")


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
