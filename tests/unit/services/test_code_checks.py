"""Code is checked in a child process, and whatever the text: the window lives on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from app.core.syntax import SyntaxState
from app.services.code_checks import CodeChecks


def with_checks(use: Callable[[CodeChecks], Coroutine[Any, Any, None]], **options: float) -> None:
    async def run() -> None:
        checks = CodeChecks(**options)
        try:
            await use(checks)
        finally:
            checks.close()

    asyncio.run(run())


def test_what_parses_and_what_does_not() -> None:
    async def use(checks: CodeChecks) -> None:
        assert (await checks.check("python", "x = 1\n")).state is SyntaxState.PARSES
        wrong = await checks.check("go", "package main\n\nfunc main( {\n}\n")
        assert (wrong.state, wrong.line) == (SyntaxState.ERROR, 3)
        assert (await checks.check("", "anything")).state is SyntaxState.UNKNOWN

    with_checks(use)


def test_a_text_that_keeps_the_parser_too_long_is_given_up_and_the_next_one_is_checked() -> None:
    async def use(checks: CodeChecks) -> None:
        await checks.check("yaml", "a: 1\n")
        began = time.monotonic()
        found = await checks.check("yaml", "[" * 100_000 + "]" * 100_000)
        assert found.state is SyntaxState.UNKNOWN
        assert time.monotonic() - began < 60
        assert (await checks.check("yaml", "a: 1\nb: 2\n")).state is SyntaxState.PARSES

    with_checks(use, longest_s=0.5)


def test_a_child_that_dies_is_replaced() -> None:
    async def use(checks: CodeChecks) -> None:
        await checks.check("python", "x = 1\n")
        os.kill(checks.process_id, signal.SIGKILL)
        assert (await checks.check("python", "x = 2\n")).state is SyntaxState.PARSES

    with_checks(use)


def test_the_child_ends_with_the_program() -> None:
    ids: list[int] = []

    async def use(checks: CodeChecks) -> None:
        await checks.check("python", "x = 1\n")
        ids.append(checks.process_id)

    with_checks(use)
    try:
        os.kill(ids[0], 0)
    except ProcessLookupError:
        return
    raise AssertionError("it lives on")


def test_the_loop_goes_on_while_a_long_file_is_checked() -> None:
    async def use(checks: CodeChecks) -> None:
        await checks.check("python", "x = 1\n")
        waits: list[float] = []

        async def tick() -> None:
            while True:
                began = time.process_time()  # the work of others must not count
                await asyncio.sleep(0.001)
                waits.append(time.process_time() - began)

        ticking = asyncio.create_task(tick())
        text = "def f(a):\n    return [a, {'b': a + 1}]\n" * 10_000
        assert (await checks.check("python", text)).state is SyntaxState.PARSES
        ticking.cancel()
        assert max(waits) < 0.1

    with_checks(use)


@pytest.mark.parametrize("label", ["bash", "lua", "html", "swift"])
def test_a_text_that_would_fill_the_memory_does_no_harm(label: str) -> None:
    async def use(checks: CodeChecks) -> None:
        began = time.monotonic()
        await checks.check(label, "<a>" * 60_000)
        await checks.check(label, "<<A\n" * 6_000)
        assert time.monotonic() - began < 120
        assert (await checks.check("python", "x = 1\n")).state is SyntaxState.PARSES

    with_checks(use)


def test_what_reads_strangers_texts_is_not_loaded_into_the_windows_process() -> None:
    code = "import sys, app.ui.start.run; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"tree_sitter", "yaml", "jsonschema", "sqlglot", "jinja2"}
