"""`starwright doctor`: what this computer lacks to run the program, and the exact fix for each."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path

from app.cli.terminal import print_json
from app.core.engine import EngineFactory
from app.core.errors import AppError, ModelFileError
from app.core.machine import available_memory_bytes, free_disk_bytes
from app.core.models import LoadOptions
from app.core.paths import UserPaths, builtin_model_path
from app.library.headers import read_header
from app.store.secrets import describe_keyring
from app.store.settings import Settings

LEAST_MEMORY_BYTES = 1_000_000_000
LEAST_DISK_BYTES = 500_000_000
NEW_ENVIRONMENT = "In the clone: rm -rf .venv && make run"
_BUILTIN_FIX = "In the clone: git checkout -- resources/models"
_MODULES = ("PySide6.QtWidgets", "qasync", "pygments", "llama_cpp", "ctransformers")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `fix` is the exact thing to do where `is_ok` is False.

    What is optional is noted where it lacks, and the computer is well without it.
    """

    name: str
    is_ok: bool
    detail: str
    fix: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What the checks look at; tests hand in their own.

    `check_qt` raises `DisplayError`, with the fix as its hint, where Qt lacks a system library.
    """

    paths: UserPaths
    open_engine: EngineFactory
    has_display: Callable[[], bool]
    check_qt: Callable[[], None]
    modules: tuple[str, ...] = _MODULES
    builtin: Path = field(default_factory=builtin_model_path)
    available_memory: Callable[[], int] = available_memory_bytes
    free_disk: Callable[[Path], int] = free_disk_bytes


def run_doctor(examined: Examined, *, as_json: bool) -> int:
    """Print every finding; return 0 where nothing lacks that is needed, else 1."""
    findings = list(examine(examined))
    is_ok = all(finding.is_ok or finding.is_optional for finding in findings)
    if as_json:
        print_json(ok=is_ok, checks=[asdict(finding) for finding in findings])
        return 0 if is_ok else 1
    for finding in findings:
        optional = " (optional)" if finding.is_optional and not finding.is_ok else ""
        sys.stdout.write(f"{_mark(finding)}  {finding.name}{optional}: {finding.detail}\n")
        if not finding.is_ok:
            sys.stdout.write(f"      fix: {finding.fix}\n")
    sys.stdout.write("Everything works.\n" if is_ok else "Fixes are listed above.\n")
    return 0 if is_ok else 1


def _mark(finding: Finding) -> str:
    if finding.is_ok:
        return "ok  "
    return "note" if finding.is_optional else "FAIL"


def examine(examined: Examined) -> Iterator[Finding]:
    """Make every check, one after the other; none of them throws."""
    for finding in _checks(examined):
        yield replace(finding, fix="") if finding.is_ok else finding


def _checks(examined: Examined) -> Iterator[Finding]:
    yield _python()
    yield _libraries(examined)
    yield _display(examined)
    yield _engine(examined)
    yield _keyring()
    yield _memory(examined)
    yield _disk(examined)
    yield _writing(examined.paths)
    yield from _models(examined)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or later.")


def _libraries(examined: Examined) -> Finding:
    try:  # before Qt itself, which says less of what it lacks
        examined.check_qt()
    except AppError as error:
        return Finding("libraries", is_ok=False, detail=error.message, fix=error.hint)
    for name in examined.modules:
        try:
            import_module(name)
        except (ImportError, OSError, RuntimeError) as error:
            detail = f"{name} cannot be loaded: {error}"
            return Finding("libraries", is_ok=False, detail=detail, fix=NEW_ENVIRONMENT)
    return Finding("libraries", is_ok=True, detail="Qt, qasync, Pygments, llama.cpp, ctransformers")


def _display(examined: Examined) -> Finding:
    if examined.has_display():
        return Finding("display", is_ok=True, detail="a window can open")
    return Finding(
        "display",
        is_ok=False,
        detail="none found, so no window can open",
        fix="Start Starwright in a desktop session, or use starwright chat in the terminal.",
    )


def _engine(examined: Examined) -> Finding:
    options = LoadOptions(examined.builtin, context_tokens=256, slots=1, threads=1)
    try:
        with closing(examined.open_engine(options, lambda _: True)) as engine:
            return Finding("engine", is_ok=True, detail=f"llama.cpp loaded {engine.info.name}")
    except AppError as error:
        fix = _BUILTIN_FIX if isinstance(error, ModelFileError) else NEW_ENVIRONMENT
        return Finding("engine", is_ok=False, detail=error.message, fix=fix)


def _keyring() -> Finding:
    is_secure, detail = describe_keyring()
    return Finding(
        "keyring",
        is_secure,
        detail,
        "sudo apt-get install -y gnome-keyring, then log in again. "
        "Only API keys for remote endpoints need it.",
        is_optional=True,
    )


def _memory(examined: Examined) -> Finding:
    free = examined.available_memory()
    return Finding(
        "memory",
        free >= LEAST_MEMORY_BYTES,
        f"{free / 1e9:.1f} GB free; StarCoder 2 3B (Q4_0) needs 2.3 GB with its full context",
        "Close other programs. At least 1 GB should be free.",
    )


def _disk(examined: Examined) -> Finding:
    free = examined.free_disk(examined.paths.data)
    return Finding(
        "disk",
        free >= LEAST_DISK_BYTES,
        f"{free / 1e9:.1f} GB free at {examined.paths.data}",
        "Free some space, or set STARWRIGHT_HOME to a folder on another disk.",
    )


def _writing(paths: UserPaths) -> Finding:
    try:
        paths.make()
        for folder in (paths.data, paths.config, paths.state):
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        where = error.filename or paths.data
        return Finding(
            "user data",
            is_ok=False,
            detail=f"{where} is not writable: {error.strerror}",
            fix=f"Give {os.environ.get('USER', 'your user')} permission to write there, "
            "or set STARWRIGHT_HOME to another folder.",
        )
    return Finding("user data", is_ok=True, detail=str(paths.data))


def _models(examined: Examined) -> Iterator[Finding]:
    settings = Settings(examined.paths.settings)
    for problem in settings.problems:
        yield Finding("settings", is_ok=False, detail=problem.message, fix=problem.hint)
    for path in (examined.builtin, *map(Path, settings.opened_models)):
        try:
            model = read_header(path)
        except ModelFileError as error:
            fix = _BUILTIN_FIX if path == examined.builtin else error.hint
            yield Finding("model", is_ok=False, detail=error.message, fix=fix)
        else:
            yield Finding(
                "model",
                is_ok=True,
                detail=f"{model.name}, {model.quantization}, {model.size_bytes / 1e6:,.1f} MB",
            )
