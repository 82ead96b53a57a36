"""Text and terminals in other locales: no encoding at all, a decimal comma, Turkish, Latin-1.

The tests of text run again in a process of each locale; and the real program meets bytes that
the locale cannot read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from desktop import PROGRAM
from tiny_model import write_tiny_model

ROOT = Path(__file__).parents[2]
TEXTS = (
    "tests/unit/text/test_for_terminals.py",
    "tests/unit/text/test_event_words.py",
    "tests/unit/cli/test_arguments.py",
    "tests/unit/cli/test_words.py",
    "tests/unit/cli/test_terminal_words.py",
    "tests/unit/store/test_presets.py",
)
LOCALES = ("C", "en_US.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "de_DE.ISO-8859-1")


def is_installed(name: str) -> bool:
    check = "import locale, sys; locale.setlocale(locale.LC_ALL, sys.argv[1])"
    return (
        subprocess.run(
            [sys.executable, "-c", check, name], check=False, capture_output=True
        ).returncode
        == 0
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_the_tests_of_text_pass(locale: str) -> None:
    skip_without(locale)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TEXTS],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": locale},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-3000:]


def skip_without(locale: str) -> None:
    if not is_installed(locale):
        pytest.skip(f"{locale} is not installed (locales-all)")


Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(params=["C", "tr_TR.UTF-8", "de_DE.ISO-8859-1"])
def locale(request: pytest.FixtureRequest) -> str:
    skip_without(request.param)
    return str(request.param)


@pytest.fixture
def run(tmp_path: Path, locale: str) -> Run:
    (tmp_path / "caf\udce9").mkdir()  # caf\xe9: no UTF-8

    def run(*words: str | bytes, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        home = {"STARWRIGHT_HOME": str(tmp_path / "caf\udce9" / "home"), "LC_ALL": locale}
        return subprocess.run(
            [PROGRAM, *words],
            input=data,
            cwd=os.fsencode(tmp_path),
            env=os.environ | home,
            capture_output=True,
            timeout=120,
            check=False,
        )

    return run


def test_names_and_texts_in_any_encoding(run: Run, locale: str, tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "plain.gguf", context_tokens=1024)
    (tmp_path / "plain.gguf").rename(tmp_path / "caf\udce9.gguf")
    (tmp_path / "caf\udce9.py").write_bytes("# Größe der Straße\nx = 1\n".encode("latin-1"))
    (tmp_path / "schema.json").write_bytes('{"const": "größer →"}'.encode("utf-8-sig"))
    (tmp_path / "only.gbnf").write_text('root ::= "größer → \\U0001f600"', encoding="utf-16")
    model = ("--model", b"./caf\xe9.gguf")

    done = run("chat", *model, "--json", "--schema", "schema.json", "-", data=b"gr\xf6\xdfer?\n")
    assert done.returncode == 0, done.stderr
    *_, finished = (json.loads(line) for line in done.stdout.splitlines())
    assert json.loads(finished["text"]) == "größer →"

    done = run("complete", *model, "--grammar", "only.gbnf", b"caf\xe9.py")
    assert done.returncode == 0, done.stderr
    wanted = "größer → 😀\n"
    if locale.endswith("8859-1"):  # what it lacks is written by its code, nothing is lost
        assert done.stdout == "größer \\u2192 \\U0001f600\n".encode("latin-1")
    else:
        assert done.stdout.decode() == wanted

    done = run("models", "show", "--json", b"no\xe9.gguf")
    assert (done.returncode, done.stderr) == (1, b"")
    assert "no" in json.loads(done.stdout)["message"]
