"""The words a person types: parsed once, here, into one value."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.cli.parser import COMMANDS, make_parser
from app.cli.sampling import sampling_from
from app.core.context import Overflow
from app.core.errors import RequestError
from app.core.sampling import DEFAULT_SAMPLING, Sampling

TERMINAL_COMMANDS = (
    ("starwright chat", "ask one question, or chat in the terminal"),
    ("starwright complete FILE", "continue a file or standard input"),
    ("starwright infill FILE", "fill in code at a position in a file"),
    ("starwright models list", "list the model files"),
    ("starwright doctor", "check this computer and suggest fixes"),
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """One command line.

    `path` is the file that `complete` continues or `infill` fills, `files` are what `window`
    opens; `context` are further files of a project, and `project` is its folder where near files
    are looked for. `action` is what `models` does.
    """

    command: str
    action: str = ""
    files: tuple[Path, ...] = ()
    path: Path | None = None
    prompt: str | None = None
    model: str = ""
    system: str = ""
    language: str = ""
    sampling: Sampling = DEFAULT_SAMPLING
    json: bool = False
    line: int = 1
    column: int = 1
    context: tuple[Path, ...] = ()
    project: Path | None = None
    raw: bool = False
    overflow: Overflow = Overflow.FAIL
    format: str = ""
    schema: Path | None = None
    grammar: Path | None = None


def parse(words: Sequence[str]) -> Arguments:
    """Parse the words after the program's name. Raises `RequestError`; --help ends the program."""
    found = make_parser().parse_args(_with_command(words))
    if getattr(found, "schema", None) is not None and found.format not in ("", "json"):
        raise RequestError("--schema only works with --format json.", hint="Leave out --format.")
    return Arguments(
        command=found.command or "window",
        action=getattr(found, "action", ""),
        files=tuple(getattr(found, "files", ())),
        path=getattr(found, "file", None),
        prompt=getattr(found, "prompt", None),
        model=getattr(found, "model", ""),
        system=getattr(found, "system", ""),
        language=getattr(found, "language", ""),
        sampling=sampling_from(found),
        json=getattr(found, "json", False),
        line=getattr(found, "line", 1),
        column=getattr(found, "column", 1),
        context=tuple(getattr(found, "context", ())),
        project=getattr(found, "project", None),
        raw=getattr(found, "raw", False),
        overflow=Overflow(getattr(found, "overflow", Overflow.FAIL)),
        format=getattr(found, "format", ""),
        schema=getattr(found, "schema", None),
        grammar=getattr(found, "grammar", None),
    )


def _with_command(words: Sequence[str]) -> Sequence[str]:
    """Return the words with the command that is meant: files alone are for the window."""
    if not words or words[0].startswith("-") or words[0] in COMMANDS:
        return words
    first = Path(words[0])
    if first.exists() or first.suffix or first.name != words[0]:
        return ("window", *words)
    if " " in words[0]:
        raise RequestError(
            f"There is no command or file {words[0]!r}.",
            hint="To ask a question, use starwright chat.",
        )
    near = difflib.get_close_matches(words[0], COMMANDS, n=1)
    hint = f"Did you mean starwright {near[0]}? " if near else ""
    raise RequestError(
        f"There is no command or file {words[0]!r}.", hint=f"{hint}See starwright --help."
    )
