"""A child process: how it is started, told that it is gone, and ended."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

import psutil
import pytest

from app.processes.process import ChildGoneError, ChildProcess
from app.processes.settling import compute_at_most, hold_at_most, settle


def echo(pipe: Connection) -> None:
    settle()
    try:
        while True:
            pipe.send(pipe.recv())
    except EOFError:
        return


def deaf(pipe: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe.send("ready")
    time.sleep(600)


def leaves(pipe: Connection, code: int) -> None:
    pipe.send("last words")
    pipe.close()
    sys.exit(code)


def tells_of_itself(pipe: Connection) -> None:
    settle()
    me = psutil.Process()
    core = me.rlimit(psutil.RLIMIT_CORE)
    with open("/proc/self/oom_score_adj") as score:  # noqa: PTH123
        pipe.send((me.nice() - os.getpriority(os.PRIO_PROCESS, os.getppid()), core, score.read()))
    pipe.recv()


def takes_too_much(pipe: Connection, what: str) -> None:
    hold_at_most(1_000_000_000)
    compute_at_most(0.2)
    if what == "time":
        while True:
            pass
    try:
        pipe.send(len(bytearray(4_000_000_000)))
    except MemoryError:
        pipe.send("refused")


def test_messages_go_there_and_back_and_a_closed_child_is_gone() -> None:
    child = ChildProcess(echo, (), name="echo")
    process = psutil.Process(child.process_id)
    child.send(["a", 1])
    assert child.has_message(30)
    assert child.receive() == ["a", 1]
    assert not child.has_message(0)
    child.close()
    child.close()
    assert child.is_closed
    assert not process.is_running()
    with pytest.raises(ChildGoneError):
        child.send("b")
    with pytest.raises(ChildGoneError):
        child.receive()


def test_what_was_said_before_the_end_arrives_and_the_end_is_told() -> None:
    child = ChildProcess(leaves, (3,), name="leaves")
    assert child.receive() == "last words"
    with pytest.raises(ChildGoneError):
        child.receive()
    assert child.death().cause == "ended with exit code 3"
    child.close()


def test_a_child_may_be_killed_while_it_is_waited_for() -> None:
    child = ChildProcess(echo, (), name="echo")
    threading.Timer(0.2, child.kill).start()
    with pytest.raises(ChildGoneError):
        child.receive()
    death = child.death()
    assert death.cause == "was killed by SIGKILL"
    assert not death.was_short_of_memory
    child.close()
    child.kill()  # too late, and no harm


def test_a_child_that_listens_to_nothing_is_ended_all_the_same() -> None:
    child = ChildProcess(deaf, (), name="deaf")
    process = psutil.Process(child.process_id)
    assert child.receive() == "ready"
    child.close(wait_s=0.0)
    assert not process.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="as Linux tells it")
def test_a_settled_child_is_modest() -> None:
    child = ChildProcess(tells_of_itself, (), name="modest")
    niceness, core, score = child.receive()
    child.close()
    assert niceness >= 5 or niceness + os.getpriority(os.PRIO_PROCESS, 0) == 19
    assert core == (0, 0)
    assert int(score) == 1000


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limits")
def test_the_kernel_holds_the_limits() -> None:
    child = ChildProcess(takes_too_much, ("memory",), name="fills")
    assert child.receive() == "refused"
    child.close()
    child = ChildProcess(takes_too_much, ("time",), name="hangs")
    with pytest.raises(ChildGoneError):
        child.receive()
    assert child.death().cause == "was killed by SIGPROF"
    child.close()
