"""The words a person types: parsed once, here, into one value."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.cli.sampling import add_sampling, sampling_from
from app.core.context import Overflow
from app.core.errors import RequestError
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.generation.outputs import OUTPUT_FORMATS

TERMINAL_COMMANDS = (
    ("starwright chat", "one answer or a conversation in the terminal"),
    ("starwright complete FILE", "continue a file or standard input"),
    ("starwright infill FILE", "fill in the middle of a file"),
    ("starwright models list", "the model files, and what each can do"),
    ("starwright doctor", "say what this machine lacks, and the fix"),
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """One command line.

    `path` is the file that `window` opens, `complete` continues or `infill` fills; `context` are
    further files of its project, and `project` is its folder where near files are looked for.
    `action` is what `models` does.
    """

    command: str
    action: str = ""
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
    """Parse the words after the program's name. Ends the program for --help and bad words."""
    parser = _parser()
    found = parser.parse_args(words)
    if getattr(found, "schema", None) is not None and found.format not in ("", "json"):
        parser.error("--schema is for --format json")
    try:
        sampling = sampling_from(found)
    except RequestError as error:
        parser.error(str(error))
    return Arguments(
        command=found.command or "window",
        action=getattr(found, "action", ""),
        path=getattr(found, "file", None),
        prompt=getattr(found, "prompt", None),
        model=getattr(found, "model", ""),
        system=getattr(found, "system", ""),
        language=getattr(found, "language", ""),
        sampling=sampling,
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="starwright",
        description="Chat and write code with StarCoder 2 on this machine. "
        "Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"starwright {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    window = commands.add_parser("window", help="open the window (the default)")
    window.add_argument("file", nargs="?", type=Path, help="a GGUF file to open")

    chat = commands.add_parser("chat", help="one answer, or a conversation without PROMPT")
    chat.add_argument("prompt", nargs="?", metavar="PROMPT", help="the question; - reads it all")
    chat.add_argument("--system", default="", help="a system message instead of the model's own")
    chat.add_argument("--language", default="", help="the programming language to answer in")
    _add_overflow(chat, [Overflow.FAIL, Overflow.TRIM, Overflow.SUMMARISE])
    _add_formats(chat)
    _add_generation(chat)

    complete = commands.add_parser("complete", help="continue a file as a base model does")
    complete.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: stdin")
    _add_overflow(complete, [Overflow.FAIL, Overflow.TRIM])
    _add_formats(complete)
    _add_context(complete)
    _add_generation(complete)

    infill = commands.add_parser("infill", help="write what belongs at a cursor inside a file")
    infill.add_argument("file", type=Path, metavar="FILE", help="- reads standard input")
    infill.add_argument("--line", type=int, required=True, help="the cursor's line, from 1")
    infill.add_argument("--column", type=int, default=1, help="the cursor's column, from 1")
    _add_context(infill)
    infill.add_argument(
        "--project", type=Path, metavar="DIR",
        help="the project's folder: files near to FILE are read first (never secrets)",
    )  # fmt: skip
    infill.add_argument(
        "--raw", action="store_true", help="print all that the model writes, where it runs on too"
    )
    _add_generation(infill)

    _add_models(commands.add_parser("models", help="which models there are, and what they can do"))

    doctor = commands.add_parser("doctor", help="say what this machine lacks, and the fix")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _add_overflow(parser: argparse.ArgumentParser, choices: list[Overflow]) -> None:
    parser.add_argument(
        "--overflow", choices=[str(choice) for choice in choices], default=str(Overflow.FAIL),
        help="what to do where not all fits the context: fail, which is the default, or leave out "
        "what is oldest; what was left out is said",
    )  # fmt: skip


def _add_models(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="the built-in model and the files you opened")
    shown = actions.add_parser("show", help="what a model file is, and the formats it supports")
    shown.add_argument("model", metavar="MODEL", help="a GGUF file, or a name from the list")
    for action in (listed, shown):
        action.add_argument("--json", action="store_true", help="print one JSON object")


def _add_formats(parser: argparse.ArgumentParser) -> None:
    names = [known.name.lower() for known in OUTPUT_FORMATS]
    parser.add_argument(
        "--format", choices=names, default="", help="write one valid document and nothing else"
    )
    parser.add_argument(
        "--schema", type=Path, metavar="FILE", help="a JSON schema that the JSON must be valid by"
    )
    parser.add_argument(
        "--grammar", type=Path, metavar="FILE", help="write only what a GBNF grammar allows"
    )


def _add_context(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--context", type=Path, action="append", default=[], metavar="FILE",
        help="another file of the project to read first, the nearest first; repeatable",
    )  # fmt: skip


def _add_generation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="", help="a GGUF file, or a name from the window's list")
    add_sampling(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object an event")
