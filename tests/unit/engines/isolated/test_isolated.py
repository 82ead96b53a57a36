"""The engine in a child process: deaths, orphans, large messages, and ends that never hang."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from engine_driver import Heard, finish, step_until

from app.core.engine import Engine, LoadProgress
from app.core.errors import (
    EngineDiedError,
    EngineError,
    GrammarError,
    LoadCancelledError,
    ModelFileError,
    ModelLoadError,
)
from app.core.events import FinishReason
from app.core.machine import count_memory_kills
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.isolated import ByName, Isolated, open_isolated
from app.engines.scripted import Answer, Script, Scripted, ScriptedFactory, scripted_info

OPTIONS = LoadOptions(Path("scripted"))
HELLO = Prompt(("hello",))
LLAMA = ByName("app.engines.llamacpp:open_model")
ENDLESS = Answer(tuple(b"%d " % i for i in range(100_000)))


def open_scripted(script: Script) -> Isolated:
    return open_isolated(ScriptedFactory(script), OPTIONS, lambda _: True)


def step_until_death(engine: Isolated) -> tuple[Heard, EngineDiedError]:
    heard = Heard()
    with pytest.raises(EngineDiedError) as caught:
        step_until(engine, lambda _: False, heard)
    return heard, caught.value


def engine_processes() -> list[psutil.Process]:
    """Return our children that run an engine; other tests leave finished ones of other kinds."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


def is_gone(pid: int, within_s: float = 60.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def open_talking(options: LoadOptions, progress: LoadProgress) -> Engine:
    logging.getLogger("app.engines.talking").warning("a word from the child")
    return ScriptedFactory(Script())(options, progress)


def test_the_childs_log_lines_arrive_as_they_were_written(caplog: pytest.LogCaptureFixture):
    engine = open_isolated(open_talking, OPTIONS, lambda _: True)
    engine.close()
    assert ("app.engines.talking", logging.WARNING, "a word from the child") in caplog.record_tuples


class Sharing(Scripted):
    def share_cores(self, among: int) -> None:
        logging.getLogger("app.engines").warning("one of %d", among)


def open_sharing(options: LoadOptions, progress: LoadProgress) -> Engine:
    return Sharing(scripted_info(), Script())


def test_the_child_hears_among_how_many_it_shares_the_cores(caplog: pytest.LogCaptureFixture):
    with contextlib.closing(open_isolated(open_sharing, OPTIONS, lambda _: True)) as engine:
        engine.share_cores(2)
        engine.tokenize("a")
    engine.share_cores(1)  # closed: nobody is there to be told
    assert [record.message for record in caplog.records] == ["one of 2"]


def test_a_killed_child_is_an_error_that_names_the_signal():
    engine = open_scripted(Script(default=ENDLESS, tokens_per_s=500))
    engine.start(1, HELLO, Sampling())
    step_until(engine, lambda heard: bool(heard.pieces(1)))
    os.kill(engine.process_id, signal.SIGKILL)
    _, error = step_until_death(engine)
    assert "SIGKILL" in error.message
    for use in (
        engine.step,
        lambda: engine.tokenize("x"),
        lambda: engine.start(2, HELLO, Sampling()),
    ):
        with pytest.raises(EngineDiedError, match="SIGKILL"):
            use()
    engine.stop(1)
    engine.close()


def test_all_that_was_said_before_a_death_arrives():
    pieces = tuple(b"%d " % i for i in range(50))
    engine = open_scripted(
        Script(default=Answer(pieces, dies_after=30), tokens_per_s=1000, kills_process=True)
    )
    engine.start(1, HELLO, Sampling())
    heard, _ = step_until_death(engine)
    engine.close()
    said = [piece.data for piece in heard.pieces(1)]
    assert said == list(pieces[: len(said)])
    assert len(said) > 15  # the child sends every 4 ms


def test_a_native_abort_in_an_idle_child_is_noticed():
    engine = open_scripted(Script())
    os.kill(engine.process_id, signal.SIGABRT)
    with pytest.raises(EngineDiedError, match="SIGABRT"):
        engine.tokenize("x")
    engine.close()


def test_a_step_that_raises_in_the_child_raises_here():
    engine = open_scripted(Script(default=Answer((b"a", b"b"), dies_after=1)))
    engine.start(1, HELLO, Sampling())
    heard, error = step_until_death(engine)
    assert "script says" in error.message
    assert heard.data(1) in (b"", b"a")
    engine.close()


def test_a_failed_run_leaves_the_engine_alive():
    engine = open_scripted(Script(default=Answer((b"a", b"b"), fails_after=1)))
    for run in (1, 2):
        engine.start(run, HELLO, Sampling())
        assert finish(engine, run).reason(run) is FinishReason.ERROR
    engine.close()


def test_errors_of_loading_cross_the_border_whole():
    script = Script(load_error=ModelFileError("x.gguf is damaged.", hint="Get it again."))
    with pytest.raises(ModelFileError) as caught:
        open_scripted(script)
    assert (caught.value.message, caught.value.hint) == ("x.gguf is damaged.", "Get it again.")


def test_errors_of_start_cross_the_border(tiny_model: Path):
    engine = open_isolated(LLAMA, LoadOptions(tiny_model, threads=1), lambda _: True)
    with pytest.raises(GrammarError, match="nothing"):
        engine.start(1, HELLO, Sampling(grammar="root ::= nothing"))
    engine.close()


def test_a_child_that_dies_while_loading_is_an_error():
    killer = ScriptedFactory(Script(load_s=30))
    pids: list[int] = []

    def kill_it(fraction: float) -> bool:
        children = engine_processes()
        if fraction > 0 and not pids:
            pids.append(max(child.pid for child in children))
            os.kill(pids[0], signal.SIGKILL)
        return True

    with pytest.raises(ModelLoadError, match="SIGKILL while loading") as said:
        open_isolated(killer, OPTIONS, kill_it)
    assert OPTIONS.path.name in said.value.message
    assert "emory" not in str(said.value)  # nothing says that it ran out


def test_an_engine_that_crashes_leaves_no_dump_and_no_stack() -> None:
    engine = open_isolated(ScriptedFactory(Script(tokens_per_s=1)), OPTIONS, lambda _: True)
    try:
        limits = psutil.Process(engine.process_id)
        assert limits.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    finally:
        engine.close()


def test_what_the_kernel_says_of_memory_is_believed(tmp_path: Path) -> None:
    kernel, group = tmp_path / "vmstat", tmp_path / "group"
    assert count_memory_kills(kernel, group) == 0
    group.mkdir()
    kernel.write_text("nr_free_pages 12\noom_kill 3\n")
    (group / "memory.events").write_text("low 0\noom 1\noom_kill 2\noom_group_kill 0\n")
    assert count_memory_kills(kernel, group) == 5
    kernel.write_bytes(b"oom_kill many\n\xff\n")
    assert count_memory_kills(kernel, group) == 2


def test_cancelling_a_load_is_quick_and_leaves_nothing():
    before = {child.pid for child in psutil.Process().children()}
    started = time.monotonic()
    with pytest.raises(LoadCancelledError):
        open_isolated(ScriptedFactory(Script(load_s=20)), OPTIONS, lambda fraction: fraction < 0.05)
    assert time.monotonic() - started < 15
    after = {child.pid for child in engine_processes()}
    assert after <= before


def test_large_requests_and_many_unread_events_do_not_lock_up():
    engine = open_scripted(Script(default=ENDLESS))
    engine.start(1, HELLO, Sampling())
    time.sleep(0.5)  # the child fills the pipe and waits
    text = "x" * 3_000_000
    assert len(engine.tokenize(text)) == len(text)
    engine.stop(1)
    engine.start(2, HELLO, replace(Sampling(), max_tokens=3))
    heard = finish(engine, 2)
    assert not heard.of(1)
    engine.close()


def test_a_child_that_waits_to_speak_ends_by_itself():
    engine = open_scripted(Script(default=ENDLESS))
    engine.start(1, HELLO, Sampling())
    time.sleep(0.3)
    pid = engine.process_id
    started = time.monotonic()
    engine._link.close(wait_s=120)  # so long before it would be killed
    assert time.monotonic() - started < 60
    engine.close()
    assert is_gone(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="stops a process by a signal")
def test_closing_a_child_that_hangs_ends_it():
    engine = open_scripted(Script())
    pid = engine.process_id
    os.kill(pid, signal.SIGSTOP)
    engine.close()
    assert is_gone(pid)


def test_a_closed_engine_refuses():
    engine = open_scripted(Script())
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.tokenize("x")


def test_the_child_is_modest_and_ignores_ctrl_c():
    engine = open_scripted(Script(default=Answer.of("still here")))
    child = psutil.Process(engine.process_id)
    assert child.nice() > psutil.Process().nice()
    if sys.platform == "linux":
        assert Path(f"/proc/{child.pid}/oom_score_adj").read_text().strip() == "1000"
    os.kill(child.pid, signal.SIGINT)
    engine.start(1, HELLO, Sampling())
    assert finish(engine, 1).data(1) == b"still here"
    engine.close()


PARENT = """
import sys, time
from pathlib import Path
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.isolated import open_isolated
from app.engines.scripted import Answer, Script, Scripted, ScriptedFactory, scripted_info

if __name__ == "__main__":
    script = Script(default=Answer((b"x",) * 1_000_000), tokens_per_s={tokens_per_s})
    engine = open_isolated(ScriptedFactory(script), LoadOptions(Path("x")), lambda _: True)
    engine.start(1, Prompt(("hello",)), Sampling())
    print(engine.process_id, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("tokens_per_s", [50, 0])
def test_a_parent_killed_outright_leaves_no_orphan(tmp_path: Path, tokens_per_s: int):
    program = tmp_path / "parent.py"
    program.write_text(PARENT.format(tokens_per_s=tokens_per_s))
    root = Path(__file__).parents[4]
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
    assert is_gone(pid)


def test_the_native_library_stays_out_of_this_process(tmp_path: Path, tiny_model: Path):
    program = tmp_path / "light.py"
    program.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from app.core.models import LoadOptions\n"
        "from app.engines.isolated import ByName, open_isolated\n"
        "if __name__ == '__main__':\n"
        f"    e = open_isolated(ByName({LLAMA.name!r}), LoadOptions(Path({str(tiny_model)!r})),"
        " lambda _: True)\n"
        "    print(e.info.architecture, 'llama_cpp' in sys.modules)\n"
        "    e.close()\n"
    )
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])},
    )
    assert done.stdout.split() == ["starcoder2", "False"]
