"""The program's beginning: read the command line, hand over to `app.bootstrap`."""

from __future__ import annotations

import multiprocessing
import sys

from app.bootstrap import start
from app.cli.arguments import parse


def main() -> int:
    """Run `starwright` with the process's arguments; return the exit code."""
    # In a frozen bundle the engine's child process begins here, too.
    multiprocessing.freeze_support()
    return start(parse(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
