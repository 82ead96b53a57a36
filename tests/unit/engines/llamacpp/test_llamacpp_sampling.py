"""Sampling settings change what is written, on the real library with the tiny random model."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engine_driver import Heard, finish

from app.core.engine import Engine
from app.core.errors import GrammarError, RequestError
from app.core.events import FinishReason
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import open_model

GREEDY = Sampling(temperature=0, seed=1, max_tokens=40)
HELLO = Prompt(("def hello(name):",))
END_ID = 0
runs = itertools.count(1)


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Iterator[Engine]:
    engine = open_model(LoadOptions(tiny_model, threads=1), lambda _: True)
    yield engine
    engine.close()


def write(engine: Engine, sampling: Sampling, prompt: Prompt = HELLO) -> tuple[Heard, int]:
    run = next(runs)
    engine.start(run, prompt, sampling)
    return finish(engine, run), run


def ids(engine: Engine, sampling: Sampling, prompt: Prompt = HELLO) -> list[int]:
    heard, run = write(engine, sampling, prompt)
    return [piece.token_id for piece in heard.pieces(run)]


def test_seeds_differ_and_repeat(engine: Engine):
    hot = Sampling(temperature=2, top_k=0, top_p=1, min_p=0, max_tokens=30)
    first, again, other = (ids(engine, replace(hot, seed=seed)) for seed in (3, 3, 4))
    assert first == again != other


def test_the_seed_that_llama_cpp_reserves_repeats_too(engine: Engine):
    hot = Sampling(temperature=2, top_k=0, top_p=1, min_p=0, max_tokens=30, seed=2**32 - 1)
    assert ids(engine, hot) == ids(engine, hot)


@pytest.mark.parametrize(
    "narrow", [{"top_k": 1}, {"top_p": 1e-6}, {"min_p": 1.0}, {"typical_p": 1e-6}]
)
def test_each_filter_can_leave_one_candidate(engine: Engine, narrow: dict[str, float]):
    wide = {"top_k": 0, "top_p": 1.0, "min_p": 0.0}
    texts = {
        tuple(ids(engine, Sampling(temperature=1, seed=seed, max_tokens=8, **(wide | narrow))))
        for seed in range(4)
    }
    assert len(texts) == 1


def test_logit_bias_forbids_and_forces(engine: Engine):
    usual = ids(engine, GREEDY)
    assert usual[0] not in ids(engine, replace(GREEDY, logit_bias=((usual[0], -math.inf),)))
    assert set(ids(engine, replace(GREEDY, logit_bias=((100, 1e6),)))) == {100}


def test_logit_bias_on_a_token_that_is_not_there_is_refused(engine: Engine):
    with pytest.raises(RequestError, match="300"):
        engine.start(next(runs), HELLO, replace(GREEDY, logit_bias=((300, 1.0),)))
    assert len(ids(engine, GREEDY)) == 40


@pytest.mark.parametrize(
    "penalty", [{"repeat_penalty": 1e6}, {"presence_penalty": 1e6}, {"frequency_penalty": 1e6}]
)
def test_penalties_keep_tokens_from_coming_twice(engine: Engine, penalty: dict[str, float]):
    assert len(set(ids(engine, GREEDY))) < 40
    written = ids(engine, replace(GREEDY, repeat_last_n=-1, **penalty))
    assert len(set(written)) == 40
    assert not set(written) & set(engine.tokenize(HELLO.as_text()))  # the prompt counts too


def test_repeat_last_n_zero_turns_penalties_off(engine: Engine):
    off = replace(GREEDY, repeat_penalty=1e6, repeat_last_n=0)
    assert ids(engine, off) == ids(engine, GREEDY)


def test_log_probabilities_come_only_when_asked_for(engine: Engine):
    heard, run = write(engine, GREEDY)
    assert all(piece.logprob is None and not piece.candidates for piece in heard.pieces(run))
    plain = [piece.token_id for piece in heard.pieces(run)]
    heard, run = write(engine, replace(GREEDY, logprobs=5))
    assert [piece.token_id for piece in heard.pieces(run)] == plain
    for piece in heard.pieces(run):
        logprobs = [candidate.logprob for candidate in piece.candidates]
        assert len(logprobs) == 5
        assert logprobs == sorted(logprobs, reverse=True)
        assert piece.candidates[0].token_id == piece.token_id
        assert piece.candidates[0].data == piece.data
        assert piece.logprob == logprobs[0] <= 0


def test_all_log_probabilities_sum_to_one(engine: Engine):
    heard, run = write(engine, replace(GREEDY, logprobs=100, max_tokens=1))
    total = sum(math.exp(candidate.logprob) for candidate in heard.pieces(run)[0].candidates)
    assert 0.5 < total <= 1.0001


def test_a_grammar_is_followed_and_ends_the_answer(engine: Engine):
    sampling = replace(GREEDY, grammar='root ::= "yes " [0-9] [0-9] "!"', max_tokens=50)
    heard, run = write(engine, sampling)
    text = heard.data(run).decode()
    assert text.startswith("yes ")
    assert text.endswith("!")
    assert text[4:6].isdigit()
    assert heard.reason(run) is FinishReason.STOP


def test_a_grammar_repeats_with_its_seed(engine: Engine):
    hot = Sampling(temperature=1.5, seed=5, max_tokens=30, grammar="root ::= [a-z]+", logprobs=1)
    assert ids(engine, hot) == ids(engine, hot)


def test_a_json_schema_gives_json_of_that_shape(engine: Engine):
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}, "kind": {"enum": ["a", "b"]}},
        "required": ["ok", "kind"],
        "additionalProperties": False,
    }
    hot = Sampling(temperature=1, seed=2, max_tokens=400, json_schema=json.dumps(schema))
    heard, run = write(engine, hot)
    assert heard.reason(run) is FinishReason.STOP
    answer = json.loads(heard.data(run))
    assert isinstance(answer["ok"], bool)
    assert answer["kind"] in ("a", "b")


@pytest.mark.parametrize(
    ("grammar", "problem"),
    [
        ("root ::= foo", "foo"),
        ('root ::= "a', "ends inside"),
        ('start ::= "a"', "root"),
        ('root ::= root "a"', "never finish"),
        ("  ", "empty"),
    ],
)
def test_a_bad_grammar_is_refused_with_the_problem(
    engine: Engine, grammar: str, problem: str, capfd: pytest.CaptureFixture[str]
):
    with pytest.raises(GrammarError, match=problem):
        engine.start(next(runs), HELLO, replace(GREEDY, grammar=grammar))
    assert capfd.readouterr().err == ""  # nothing of a request may land in a log


@pytest.mark.parametrize(
    "schema",
    [
        "{",
        "[]",
        '"text"',
        '{"$ref": "#/nowhere"}',
        '{"$ref": "https://example.org/schema"}',
        '{"type": "nonsense"}',
        '{"type": "string", "pattern": "no anchors"}',
    ],
)
def test_a_bad_schema_is_refused(engine: Engine, schema: str):
    with pytest.raises(GrammarError, match="schema"):
        engine.start(next(runs), HELLO, replace(GREEDY, json_schema=schema))
