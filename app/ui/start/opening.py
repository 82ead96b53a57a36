"""What the files on a command line are to the window: a model, text, or the project's folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import RequestError
from app.library.headers import is_model_file


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to open. Of several models or folders, the last one."""

    model: Path | None = None
    folder: Path | None = None
    files: tuple[Path, ...] = ()


def sorted_out(paths: Sequence[Path]) -> Wanted:
    """Tell models, folders and text files apart, by what is in them. Reads four bytes of each."""
    whole = [path.expanduser().absolute() for path in paths]
    folders = [path for path in whole if path.is_dir()]
    models = [path for path in whole if path not in folders and is_model_file(path)]
    return Wanted(
        model=models[-1] if models else None,
        folder=folders[-1] if folders else None,
        files=tuple(path for path in whole if path not in folders and path not in models),
    )


def refuse_missing(paths: Sequence[Path]) -> None:
    """Raise `RequestError` that names the first path with nothing there."""
    for path in paths:
        try:
            path.expanduser().stat()
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise RequestError(
                f"{path} cannot be opened: {reason}.", hint="Check the path."
            ) from error
