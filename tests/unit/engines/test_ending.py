"""A text that was cut gets the shortest end that its grammar allows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engine_driver import finish
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import write_tiny_model

from app.core.engine import Engine
from app.core.errors import GrammarError
from app.core.events import NO_TOKEN, FinishReason
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import open_model
from app.engines.llamacpp.ending import ending
from app.engines.llamacpp.gbnf import parse
from app.engines.llamacpp.grammar import grammar_of

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "number"},
            "kind": {"enum": ["a", "b"]},
            "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "on": {"type": "boolean"},
        },
        "required": ["name", "size", "kind", "tags"],
        "additionalProperties": False,
    }
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=9)
runs = itertools.count(1)


@pytest.mark.parametrize(
    ("grammar", "begun", "end"),
    [
        ('root ::= "abc"', "", "abc"),
        ('root ::= "abc"', "ab", "c"),
        ('root ::= "abc"', "abc", ""),
        ("root ::= [0-9]{3}", "1", "00"),
        ("root ::= [0-9]{2,5}", "123", ""),
        ("root ::= [a-c]+ [^a-z]*", "", "a"),
        ('root ::= ("long" | "s") "!"', "", "s!"),
        ('root ::= ("long" | "s") "!"', "lo", "ng!"),
        ('root ::= item ("," item){2}\nitem ::= "x" | "(" root ")"', "x,(x", ",x,x),x"),
        ('root ::= "a"? b # and a comment\nb ::= "\\x42" "\\u0043" "\\"" .', "a", 'BC"0'),
        ("root ::= (\n  [x]  # inside\n  | [y] [z] ){2}", "y", "zx"),
        ('root ::= a a\na ::= "" | "é"', "", ""),
        ('root ::= "a" | root2\nroot2 ::= "" "b"', "b", ""),
        ("root ::= [^0x_ -]", "", "!"),
        ('root ::= "a" "bc"? "de"{2}', "a", "dede"),
        ('root ::= "a" "bc"? "de"{2}', "ab", "cdede"),
        ('root ::= "no match"', "other", ""),
        ("root ::= ", "", ""),
        ("nothing of a grammar", "a", ""),
        ("root ::= missing", "", ""),
    ],
)
def test_the_shortest_end(grammar: str, begun: str, end: str) -> None:
    assert ending(grammar, begun.encode()).decode() == end


@given(
    st.fixed_dictionaries(
        {
            "name": TEXT,
            "size": st.integers(-(10**9), 10**9),
            "kind": st.sampled_from("ab"),
            "tags": st.lists(TEXT, min_size=1, max_size=3),
        }
    ),
    st.data(),
)
def test_json_cut_anywhere_becomes_json_of_its_schema(
    value: dict[str, object], data: st.DataObject
) -> None:
    grammar = grammar_of(Sampling(json_schema=SCHEMA))
    ordered = {name: value[name] for name in ("name", "size", "kind", "tags")}
    written = json.dumps(ordered, ensure_ascii=False).encode()
    begun = written[: data.draw(st.integers(0, len(written)))]
    whole = begun + ending(grammar, begun)
    answer = json.loads(whole.decode(errors="replace"))
    assert set(answer) == {"name", "size", "kind", "tags"}
    assert answer["kind"] in ("a", "b")


@pytest.mark.parametrize(
    "grammar",
    ['root ::= "a', "root ::= [a", 'root ::= "a" )', "root ::= a{x}", "root = 1", 'r ::= "\\xZZ"'],
)
def test_what_is_no_grammar_is_said(grammar: str) -> None:
    with pytest.raises(GrammarError, match="The grammar"):
        parse(grammar)


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Iterator[Engine]:
    engine = open_model(LoadOptions(tiny_model, threads=1), lambda _: True)
    yield engine
    engine.close()


@pytest.mark.parametrize("max_tokens", [1, 2, 3, 5, 8, 13, 21, 34, 55])
def test_a_model_that_says_nonsense_still_gives_json(engine: Engine, max_tokens: int) -> None:
    for seed in range(6):
        run = next(runs)
        sampling = Sampling(
            temperature=1.5, top_k=0, seed=seed, max_tokens=max_tokens, json_schema=SCHEMA
        )
        engine.start(run, Prompt(("x",)), sampling)
        heard = finish(engine, run)
        json.loads(heard.data(run).decode(errors="replace"))
        written = [piece for piece in heard.pieces(run) if piece.token_id != NO_TOKEN]
        assert len(written) <= max_tokens
        assert heard.reason(run) in (FinishReason.LENGTH, FinishReason.STOP)


def test_a_full_context_ends_a_document_too(tmp_path: Path) -> None:
    small = write_tiny_model(tmp_path / "small.gguf", context_tokens=256)
    engine = open_model(LoadOptions(small, threads=1, context_tokens=256, slots=1), lambda _: True)
    prompt = Prompt(("x" * 150,))
    engine.start(1, prompt, Sampling(temperature=1.5, seed=3, grammar='root ::= "a"+ "-" [0-9]{3}'))
    heard = finish(engine, 1)
    engine.close()
    assert heard.reason(1) is FinishReason.CONTEXT
    assert heard.data(1).endswith(b"a-000")


def test_a_control_token_is_the_end_where_there_may_be_one_and_else_nothing(
    engine: Engine,
) -> None:
    likely = tuple((token, 1e5) for token in range(1, 30))
    sampling = Sampling(
        temperature=0, seed=1, max_tokens=40, logit_bias=likely, grammar='root ::= "ab" [a-z<>_]*'
    )
    for stops in ((), ("<file_sep>",)):
        run = next(runs)
        engine.start(run, Prompt(("x",), stop_tokens=stops), sampling)
        heard = finish(engine, run)
        assert heard.data(run) == b"ab"
        assert heard.reason(run) is FinishReason.STOP


def test_a_grammar_that_is_none_is_named_and_the_engine_lives(engine: Engine) -> None:
    for grammar in ("root ::= (", 'root ::= "a"\0', "root ::= nothing", "", "  \n"):
        with pytest.raises(GrammarError):
            engine.start(next(runs), Prompt(("x",)), Sampling(seed=1, grammar=grammar))
    run = next(runs)
    engine.start(run, Prompt(("x",)), replace(Sampling(seed=1), max_tokens=3))
    assert len(finish(engine, run).pieces(run)) == 3
