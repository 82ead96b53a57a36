"""How many tokens a step gets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.engines.llamacpp.batch import Pace, even_slice


def test_a_first_slice_is_small_and_then_follows_the_speed():
    pace = Pace(1000)
    assert pace.tokens_in(0.15) == 16
    pace.learn(16, 0.16)  # 100 tokens a second
    assert pace.tokens_in(0.15) == 15
    assert pace.tokens_in(10.0) == 64  # no more than four times what was tried
    pace.learn(64, 0.0001)
    assert pace.tokens_in(0.15) == 256


def test_a_slow_machine_still_reads_on():
    pace = Pace(1000)
    pace.learn(16, 60.0)
    assert pace.tokens_in(0.15) == 4


def test_a_small_rest_of_a_prompt_teaches_nothing():
    pace = Pace(1000)
    pace.learn(400, 0.1)
    pace.learn(3, 0.1)
    assert pace.tokens_in(0.1) == 400


@given(lacking=st.integers(1, 20_000), allowed=st.integers(1, 2048))
def test_slices_fill_the_kernels_and_reach_the_end(lacking: int, allowed: int):
    slices = []
    while lacking:
        slices.append(even_slice(lacking, allowed))
        lacking -= slices[-1]
    assert min(slices) > 0
    most = allowed * 1.25
    assert max(slices) <= max(most + 3, 4)
    assert all(size % (64 if size >= 64 else 4) == 0 for size in slices[:-1])
    assert all(size >= int(most) / 4 for size in slices[:-1])
    assert len(slices) < 2 or slices[-1] >= int(most) / 2 - 4  # no small rest
    assert len(slices) < 2 or most >= 64 or max(slices) - min(slices[:-1]) <= 4
