"""How many threads evaluate while other programs keep the processor busy."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.engines.llamacpp.threads import Threads


class Machine:
    """Evaluates for a second at a time; only so many cores are free."""

    def __init__(self, threads: int, free: float) -> None:
        self.now = 100.0
        self.free = free
        self.used: list[int] = []
        self.threads = Threads(threads, self.used.append)

    def evaluate(self, seconds: float = 1.0) -> int:
        """Return how many threads did it."""
        self.threads.begin(self.now)
        count = self.threads.count
        self.now += seconds
        self.threads.learn(min(count, self.free) * seconds, seconds, self.now)
        return count

    def pass_time(self, seconds: float) -> list[int]:
        return [self.evaluate() for _ in range(int(seconds))]


def test_all_threads_stay_while_cores_are_free() -> None:
    machine = Machine(8, free=8)
    assert machine.pass_time(60) == [8] * 60
    assert machine.used == []


@pytest.mark.parametrize(("free", "count"), [(7.7, 8), (7.25, 7), (4, 4), (2.5, 2), (0.5, 1)])
def test_fewer_threads_work_where_others_have_the_cores(free: float, count: int) -> None:
    machine = Machine(8, free=free)
    machine.pass_time(4)
    assert machine.threads.count == count


def test_all_work_again_once_the_cores_are_free() -> None:
    machine = Machine(8, free=1)
    machine.pass_time(4)
    machine.free = 8
    machine.pass_time(60)
    assert machine.threads.count == 8


def test_while_the_cores_stay_busy_more_threads_are_tried_ever_less_often() -> None:
    machine = Machine(2, free=1)
    tried = [number for number, count in enumerate(machine.pass_time(1_000)) if count == 2]
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[0] < 10
    assert pauses == sorted(pauses)
    assert len(tried) < 12


def test_one_moment_of_another_program_changes_nothing() -> None:
    machine = Machine(2, free=2)
    for _ in range(50):
        machine.free = 1
        machine.evaluate(0.04)
        machine.free = 2
        for _ in range(9):
            machine.evaluate(0.04)
    assert machine.used == []


def test_exact_evaluations_always_have_all_threads() -> None:
    machine = Machine(4, free=1)
    machine.pass_time(4)
    assert machine.threads.count == 1
    with machine.threads.all_at_work():
        assert machine.used[-1] == 4
    assert machine.used[-1] == 1


def test_one_thread_is_never_changed() -> None:
    machine = Machine(1, free=0.1)
    machine.pass_time(30)
    assert machine.used == []


def test_models_that_compute_at_once_share_the_cores_and_have_them_all_again() -> None:
    machine = Machine(8, free=8)
    machine.threads.share(2)
    assert machine.pass_time(9) == [4] * 9
    machine.threads.share(20)
    assert machine.threads.count == 1
    machine.threads.share(1)
    assert machine.threads.count == 8
    assert machine.pass_time(9) == [8] * 9


def test_a_part_of_the_cores_gives_nothing_back_that_other_programs_took() -> None:
    machine = Machine(8, free=2)
    machine.pass_time(3)
    machine.threads.share(2)
    assert machine.threads.count == 2
    machine.threads.share(1)
    assert machine.threads.count == 2
    with machine.threads.all_at_work():  # an exact run rounds its numbers as it does alone
        assert machine.used[-1] == 8
