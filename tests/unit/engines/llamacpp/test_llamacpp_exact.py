"""An exact run says the same to the letter, whatever the engine did before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engine_driver import finish, step_until

from app.core.engine import Engine
from app.core.models import LoadOptions
from app.core.paths import builtin_model_path
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import open_model

FREE = Sampling(temperature=1.5, top_k=0, top_p=1, min_p=0, seed=5, max_tokens=60, is_exact=True)
GREEDY = Sampling(temperature=0, seed=1, max_tokens=40)
# Long enough that a prompt read in one piece and in many rounds its numbers another way.
QUESTION = "### Instruction\nWrite a Python function that adds two numbers.\n\n### Response\n" * 6


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    opened = open_model(LoadOptions(builtin_model_path(), threads=1), lambda _: True)
    yield opened
    opened.close()


def say(engine: Engine, run: int, text: str, sampling: Sampling) -> bytes:
    engine.start(run, Prompt((text,)), sampling)
    return finish(engine, run).data(run)


def test_it_says_the_same_after_other_prompts_and_beginnings(engine: Engine):
    first = say(engine, 1, QUESTION, FREE)
    assert len(first) > 20
    say(engine, 2, "Some other text. " * 20, GREEDY)
    say(engine, 3, QUESTION, GREEDY)  # its prompt stays in the cache
    assert say(engine, 4, QUESTION, FREE) == first
    said = QUESTION + first.decode(errors="replace") + QUESTION
    second = say(engine, 5, said, FREE)
    say(engine, 6, "Quite another text. " * 30, GREEDY)
    assert say(engine, 7, said, FREE) == second


def test_it_waits_until_it_is_alone_and_the_others_wait_for_it(engine: Engine):
    alone = say(engine, 11, QUESTION, FREE)
    for run, sampling in ((12, GREEDY), (13, FREE), (14, GREEDY)):
        engine.start(run, Prompt((QUESTION,)), sampling)
    heard = step_until(engine, lambda heard: bool(heard.pieces(13)))
    assert heard.reason(12) is not None
    assert not heard.of(14)
    finish(engine, 13, 14, heard=heard)
    assert heard.data(13) == alone


def test_one_that_is_stopped_lets_the_others_go_on(engine: Engine):
    engine.start(21, Prompt((QUESTION,)), FREE)
    step_until(engine, lambda heard: bool(heard.pieces(21)))
    engine.start(22, Prompt((QUESTION,)), GREEDY)
    engine.stop(21)
    assert finish(engine, 22).data(22)
