"""The flags of each command, and the words of `--help`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from app import __version__
from app.cli.sampling import add_sampling
from app.cli.words import as_text, whole_number
from app.core.context import Overflow
from app.core.errors import RequestError
from app.generation.chat.outputs import OUTPUT_FORMATS


class Parser(argparse.ArgumentParser):
    """Raises `RequestError` for bad words, instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found, in plain words."""
        message = message.removeprefix("argument ").removesuffix(".")
        raise RequestError(f"{message[:1].upper()}{message[1:]}.", hint=f"See {self.prog} --help.")


def make_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="starwright",
        usage="starwright [FILE ...] | starwright COMMAND [OPTIONS]",
        description="Chat and write code with StarCoder 2 on this computer, offline.",
        epilog="Without a command, the window opens, with any FILE you name. "
        "starwright COMMAND --help lists a command's options.",
    )
    parser.add_argument(
        "--version", action="version", version=f"starwright {__version__}",
        help="show the version and exit",
    )  # fmt: skip
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", prog="starwright"
    )
    for name, arguments, summary, add_flags in _COMMANDS:
        usage = f"starwright {name} {arguments}"
        add_flags(commands.add_parser(name, usage=usage, help=summary, description=_said(summary)))
    return parser


def _add_window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE",
        help="a GGUF model to load, a text file to edit, or a project folder",
    )  # fmt: skip


def _add_chat(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "prompt", nargs="?", type=as_text, metavar="PROMPT",
        help="the question (- reads it from standard input); without one, a conversation starts",
    )  # fmt: skip
    parser.add_argument(
        "--system", type=as_text, default="", metavar="TEXT",
        help="replace the model's own system prompt",
    )  # fmt: skip
    parser.add_argument(
        "--language", type=as_text, default="", metavar="NAME",
        help="the programming language to answer in",
    )  # fmt: skip
    _add_overflow(parser, [Overflow.FAIL, Overflow.TRIM, Overflow.SUMMARISE])
    _add_formats(parser)
    _add_generation(parser)


def _add_complete(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="default: standard input"
    )
    _add_overflow(parser, [Overflow.FAIL, Overflow.TRIM])
    _add_formats(parser)
    _add_context(parser)
    _add_generation(parser)


def _add_infill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="- reads standard input")
    parser.add_argument(
        "--line", type=whole_number, required=True, metavar="NUMBER", help="line, from 1"
    )
    parser.add_argument(
        "--column", type=whole_number, default=1, metavar="NUMBER",
        help="column, from 1 (default 1)",
    )  # fmt: skip
    _add_context(parser)
    parser.add_argument(
        "--project", type=Path, metavar="FOLDER",
        help="also send related files from this project, never secrets",
    )  # fmt: skip
    parser.add_argument(
        "--raw", action="store_true", help="print everything the model writes, untrimmed"
    )
    _add_generation(parser)


def _add_models(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, title="actions", prog="starwright models"
    )
    listed = actions.add_parser("list", help="list the built-in model and the files you opened")
    shown = actions.add_parser("show", help="show what a model file is and what it can do")
    shown.add_argument("model", metavar="MODEL", help="a GGUF file, or a name from the list")
    for action in (listed, shown):
        action.add_argument("--json", action="store_true", help="print one JSON object")


def _add_overflow(parser: argparse.ArgumentParser, choices: list[Overflow]) -> None:
    parser.add_argument(
        "--overflow", choices=[str(choice) for choice in choices], default=str(Overflow.FAIL),
        help="what to do when the prompt is too long (default: fail); "
        "what is not sent is always listed",
    )  # fmt: skip


def _add_formats(parser: argparse.ArgumentParser) -> None:
    names = [known.name.lower() for known in OUTPUT_FORMATS]
    parser.add_argument(
        "--format", choices=names, default="", help="write one valid document and nothing else"
    )
    parser.add_argument(
        "--schema", type=Path, metavar="FILE", help="write JSON that matches this JSON schema"
    )
    parser.add_argument(
        "--grammar", type=Path, metavar="FILE", help="write only what this GBNF grammar allows"
    )


def _add_context(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--context", type=Path, action="append", default=[], metavar="FILE",
        help="also send this file of the project; repeatable, the most relevant first",
    )  # fmt: skip


def _add_generation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", default="",
        help="a GGUF file, or a name from models list (default: the last model used)",
    )  # fmt: skip
    add_sampling(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object per event")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _said(summary: str) -> str:
    return f"{summary[:1].upper()}{summary[1:]}."


_COMMANDS = (
    ("window", "[FILE ...]", "open the window (the default)", _add_window),
    ("chat", "[OPTIONS] [PROMPT]", "ask one question, or chat in the terminal", _add_chat),
    ("complete", "[OPTIONS] [FILE]", "continue a file or standard input", _add_complete),
    ("infill", "[OPTIONS] --line NUMBER FILE", "fill in code at a position in a file", _add_infill),
    ("models", "ACTION ...", "list and inspect model files", _add_models),
    ("doctor", "[--json]", "check this computer and suggest fixes", _add_doctor),
)
COMMANDS = tuple(name for name, *_ in _COMMANDS)
