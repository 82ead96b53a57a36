"""The program's beginning: read the command line, hand over to `app.bootstrap`."""

from __future__ import annotations

import multiprocessing
import os
import sys

from app.bootstrap import start
from app.cli.arguments import parse
from app.cli.streams import guard_streams
from app.cli.terminal import show_error
from app.core.errors import RequestError

BAD_WORDS = 2
"""The exit code for a command line that cannot be understood, as shells and argparse have it."""


def main() -> int:
    """Run `starwright` with the process's arguments; return the exit code."""
    # In a frozen bundle the engine's child process begins here, too.
    multiprocessing.freeze_support()
    guard_streams()
    words = sys.argv[1:]
    try:
        arguments = parse(words)
    except RequestError as error:
        show_error(error, as_json="--json" in words)
        return BAD_WORDS
    if arguments.command == "window":
        _read_names_as_qt()
    return start(arguments)


def _read_names_as_qt() -> None:
    """Begin again in UTF-8 where the locale is another: Qt reads file names so in every locale.

    Else a name that its dialogs give would be another file's for Python. In the terminal the
    locale holds, as for every program there.
    """
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
