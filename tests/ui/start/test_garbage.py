"""Garbage goes on the window's thread, also what was in use for long."""

import gc
import threading
import weakref

import pytest
from PySide6.QtWidgets import QWidget

from app.ui.start.garbage import (
    FEW,
    LONGEST_WAIT_S,
    Collector,
    collect_here,
    may_look_through,
)


class Ring:
    """Holds itself."""

    def __init__(self):
        self.itself = self


@pytest.fixture
def window(qtbot):
    shown = QWidget()
    qtbot.addWidget(shown)
    shown.show()
    gc.collect()
    gc.freeze()
    gc.disable()
    yield shown
    gc.unfreeze()
    gc.enable()


def test_a_ring_that_survived_young_collections_goes_after_a_while(window, qtbot):
    ring = Ring()
    gone, threads = weakref.ref(ring), []
    weakref.finalize(ring, lambda: threads.append(threading.current_thread()))
    for generation in (0, 1):
        gc.collect(generation)
    collector = Collector(window, every_ms=10, whole_every_s=0.05)
    assert any(one is ring for one in gc.get_objects(generation=2))
    del ring
    assert gone() is not None
    qtbot.waitUntil(lambda: gone() is None)
    assert threads == [threading.main_thread()]
    collector.stop()


def test_a_ring_goes_while_the_program_runs_and_nothing_is_collected_elsewhere(window, qtbot):
    collector = collect_here(window)
    assert not gc.isenabled()
    gone = weakref.ref(Ring())
    assert gone() is not None
    qtbot.waitUntil(lambda: gone() is None)
    collector.stop()


def test_many_objects_are_looked_through_when_nobody_uses_the_window():
    assert may_look_through(FEW, 30, is_in_use=True)
    assert not may_look_through(FEW + 1, 30, is_in_use=True)
    assert may_look_through(1_000_000, 30, is_in_use=False)
    assert may_look_through(1_000_000, LONGEST_WAIT_S, is_in_use=True)
