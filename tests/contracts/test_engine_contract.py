"""What every engine does, whoever it is. The same inputs go to all of them.

The scripted engines say an endless answer, except to a prompt with "ends"; the tiny random model
writes endlessly too, and `ENDS` biases it to its end token.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from engine_driver import Heard, finish, step_until

from app.core.engine import Engine, EngineFactory
from app.core.errors import EngineError, LoadCancelledError, PromptTooLongError
from app.core.events import FinishReason, Piece, PromptProgress
from app.core.models import LoadOptions
from app.core.prompts import Control, Prompt
from app.core.sampling import Sampling
from app.engines.isolated import ByName, Isolated, open_isolated
from app.engines.llamacpp import open_model
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info

GREEDY = Sampling(temperature=0, seed=1)
ENDS = replace(GREEDY, logit_bias=((0, 1000.0),))
HELLO = Prompt(("def hello(name):",))
LONG = Prompt(("word " * 700,))
SCRIPT = Script(
    answers={"ends": Answer(())},
    default=Answer(tuple(b"%d " % i for i in range(20_000))),
    prompt_slice_tokens=64,
    prompt_step_s=0.002,
    tokens_per_s=4000,
)


@dataclass(frozen=True)
class Kind:
    """One kind of engine under test."""

    name: str
    path: Path

    def open(
        self, *, context_tokens: int = 4096, slots: int = 4, progress=lambda _: True
    ) -> Engine:
        options = LoadOptions(self.path, context_tokens=context_tokens, slots=slots, threads=1)
        scripted = ScriptedFactory(
            SCRIPT, scripted_info(context_tokens=context_tokens, slots=slots)
        )
        open_it: dict[str, EngineFactory] = {
            "scripted": scripted,
            "isolated-scripted": partial(open_isolated, scripted),
            "llamacpp": open_model,
            "isolated-llamacpp": partial(open_isolated, ByName("app.engines.llamacpp:open_model")),
        }
        return open_it[self.name](options, progress)


@pytest.fixture(
    scope="module", params=["scripted", "isolated-scripted", "llamacpp", "isolated-llamacpp"]
)
def kind(request: pytest.FixtureRequest, tiny_model: Path) -> Kind:
    return Kind(request.param, tiny_model)


@pytest.fixture(scope="module")
def shared_engine(kind: Kind) -> Iterator[Engine]:
    engine = kind.open()
    yield engine
    engine.close()


@pytest.fixture
def engine(shared_engine: Engine) -> Iterator[Engine]:
    """An engine with no live run; loading a new one for each test would cost seconds."""
    yield shared_engine
    for run in range(10):
        shared_engine.stop(run)


def limited(max_tokens: int) -> Sampling:
    return replace(GREEDY, max_tokens=max_tokens)


def test_it_describes_itself(engine: Engine):
    assert engine.info.name
    assert engine.info.context_tokens == 4096
    assert engine.info.slots == 4
    assert engine.info.has_control("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<file_sep>")


def test_it_writes_max_tokens_pieces_and_ends_with_length(engine: Engine):
    engine.start(1, HELLO, limited(7))
    heard = finish(engine, 1)
    assert len(heard.pieces(1)) == 7
    assert heard.reason(1) is FinishReason.LENGTH


def test_it_ends_with_stop_when_the_model_ends_its_answer(engine: Engine):
    engine.start(1, Prompt(("this ends",)), replace(ENDS, max_tokens=50))
    heard = finish(engine, 1)
    assert heard.reason(1) is FinishReason.STOP
    assert heard.data(1) == b""


def test_it_ends_with_context_when_the_context_is_full(kind: Kind):
    engine = kind.open(context_tokens=64)
    prompt_tokens = len(engine.tokenize(HELLO.as_text()))
    engine.start(1, HELLO, GREEDY)
    heard = finish(engine, 1)
    engine.close()
    assert heard.reason(1) is FinishReason.CONTEXT
    assert prompt_tokens + len(heard.pieces(1)) == 64


def test_a_prompt_is_read_in_steps_before_anything_is_written(engine: Engine):
    engine.start(1, LONG, limited(3))
    heard = finish(engine, 1)
    progress = heard.progress(1)
    done = [event.done_tokens for event in progress]
    assert len(progress) > 1
    assert done == sorted(done)
    assert done[-1] == progress[-1].total_tokens == len(engine.tokenize(LONG.as_text()))
    kinds = [type(event) for event in heard.of(1)]
    assert kinds.index(Piece) > len(kinds) - 1 - kinds[::-1].index(PromptProgress)


def test_several_runs_go_on_side_by_side(engine: Engine):
    for run in range(4):
        engine.start(run, HELLO, limited(400))
    heard = finish(engine, 0, 1, 2, 3)
    for run in range(4):
        assert len(heard.pieces(run)) == 400
    order = [event.run for event in heard.all]
    assert order.index(3) < len(order) - 1 - order[::-1].index(
        0
    )  # the last began before the first ended


def test_a_short_prompt_does_not_wait_for_a_long_answer(engine: Engine):
    engine.start(1, HELLO, limited(3000))
    heard = step_until(engine, lambda h: bool(h.pieces(1)))
    engine.start(2, HELLO, limited(5))
    finish(engine, 2, heard=heard)
    assert heard.reason(1) is None


def test_more_runs_than_slots_are_refused_until_one_ends(engine: Engine):
    for run in range(4):
        engine.start(run, HELLO, GREEDY)
    with pytest.raises(EngineError, match="slots"):
        engine.start(4, HELLO, GREEDY)
    engine.stop(2)
    engine.start(5, HELLO, limited(2))
    assert finish(engine, 5).reason(5) is FinishReason.LENGTH


def test_a_stopped_run_is_silent_and_the_others_go_on(engine: Engine):
    engine.start(1, HELLO, GREEDY)
    engine.start(2, HELLO, limited(300))
    step_until(engine, lambda h: bool(h.pieces(1)))
    engine.stop(1)
    heard = finish(engine, 2)
    assert not heard.of(1)
    assert heard.reason(2) is FinishReason.LENGTH


def test_stopping_ends_the_reading_of_a_prompt_at_once(engine: Engine):
    prompt = Prompt(("a different word " * 240,))
    engine.start(1, prompt, GREEDY)
    heard = step_until(engine, lambda h: bool(h.progress(1)))
    first = heard.progress(1)[0]
    assert first.done_tokens < first.total_tokens
    engine.stop(1)
    after = Heard()
    engine.start(2, HELLO, limited(2))
    finish(engine, 2, heard=after)
    assert not after.of(1)


def test_stopping_what_is_not_there_is_no_error(engine: Engine):
    engine.stop(77)
    engine.start(1, HELLO, limited(1))
    finish(engine, 1)
    engine.stop(1)
    engine.stop(1)


def test_control_tokens_are_one_token_each(engine: Engine):
    parts = (Control("<fim_prefix>"), "ab", Control("<fim_suffix>"), Control("<fim_middle>"))
    engine.start(1, Prompt(parts), limited(1))
    assert finish(engine, 1).progress(1)[-1].total_tokens == 3 + len(engine.tokenize("ab"))


def test_text_that_looks_like_a_control_token_stays_text(engine: Engine):
    text = "<fim_middle>"
    engine.start(1, Prompt((text,)), limited(1))
    assert finish(engine, 1).progress(1)[-1].total_tokens == len(engine.tokenize(text)) > 1
    assert len(engine.tokenize(text, special=True)) == 1


def test_an_unknown_control_token_is_named_and_takes_no_slot(engine: Engine):
    for run in range(5):
        with pytest.raises(EngineError, match="<no_such_token>"):
            engine.start(run, Prompt((Control("<no_such_token>"),)), GREEDY)
    engine.start(6, HELLO, limited(1))
    assert finish(engine, 6).reason(6) is FinishReason.LENGTH


def test_a_prompt_that_does_not_fit_is_refused_with_the_numbers(engine: Engine):
    for run in range(5):
        with pytest.raises(PromptTooLongError, match="4,096"):
            engine.start(run, Prompt(("many words " * 4096,)), GREEDY)
    engine.start(6, HELLO, limited(1))
    assert finish(engine, 6).reason(6) is FinishReason.LENGTH


def test_the_same_seed_gives_the_same_text(engine: Engine):
    sampling = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, seed=7, max_tokens=40)
    texts = []
    for run in (1, 2):
        engine.start(run, HELLO, sampling)
        texts.append(finish(engine, run).data(run))
    assert texts[0] == texts[1]


def test_a_run_says_the_same_alone_and_beside_others(engine: Engine):
    engine.start(1, HELLO, limited(60))
    alone = finish(engine, 1).data(1)
    engine.start(2, Prompt(("class Other:\n    pass\n",)), limited(100))
    engine.start(3, LONG, limited(50))
    engine.start(4, HELLO, limited(60))
    assert finish(engine, 2, 3, 4).data(4) == alone


def test_tokenizing_works_while_a_run_is_live(engine: Engine):
    before = engine.tokenize("x = 12\n")
    engine.start(1, HELLO, limited(200))
    heard = step_until(engine, lambda h: bool(h.pieces(1)))
    assert engine.tokenize("x = 12\n") == before
    finish(engine, 1, heard=heard)
    assert len(heard.pieces(1)) == 200


def test_nothing_happens_while_nothing_runs(engine: Engine):
    assert list(engine.step()) == []


def test_closing_with_live_runs_and_twice_is_fine(kind: Kind):
    engine = kind.open()
    engine.start(1, HELLO, GREEDY)
    engine.step()
    engine.close()
    engine.close()
    assert list(engine.step()) == []
    with pytest.raises(EngineError, match="closed"):
        engine.start(2, HELLO, GREEDY)


def test_loading_tells_a_growing_fraction(kind: Kind):
    fractions: list[float] = []
    engine = kind.open(progress=lambda f: fractions.append(f) is None)
    engine.close()
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 2
    assert fractions[0] >= 0
    assert fractions[-1] <= 1


def test_loading_can_be_cancelled(kind: Kind):
    with pytest.raises(LoadCancelledError):
        kind.open(progress=lambda _: False)


def test_an_isolated_engine_lives_in_another_process(kind: Kind):
    engine = kind.open()
    is_isolated = kind.name.startswith("isolated")
    assert isinstance(engine, Isolated) is is_isolated
    engine.close()
