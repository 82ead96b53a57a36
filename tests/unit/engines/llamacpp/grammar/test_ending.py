"""A text that was cut gets the shortest end that its grammar allows."""

from __future__ import annotations

import itertools
import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engine_driver import finish
from grammar_texts import network_of, text_of
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
from app.engines.llamacpp.grammar.ending import ending, ending_in
from app.engines.llamacpp.grammar.gbnf import parse
from app.engines.llamacpp.grammar.reading import grammar_of

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
SCHEMA_NETWORK = network_of(grammar_of(Sampling(json_schema=SCHEMA)))
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
        ('root ::= root "a" | "b" "cd"', "b", "cd"),
        ('root ::= root "+" root | [0-9]', "1+", "0"),
        ('root ::= a "z"\na ::= b | c\nb ::= a | "q"\nc ::= ""', "", "z"),
        ('root ::= "x" | "(" root ")"', "(((x", ")))"),
        ('root ::= "x" | "(" root ")" | "[" endless\nendless ::= "y" endless', "((", "x))"),
    ],
)
def test_the_shortest_end(grammar: str, begun: str, end: str) -> None:
    assert ending(grammar, begun.encode()).decode() == end


@pytest.mark.parametrize(
    ("grammar", "begun", "end"),
    [
        ('root ::= "é!"', "é".encode()[:1], "é!".encode()[1:]),
        ("root ::= [a-zö-ü] | [日本]+", "日".encode()[:1], "日".encode()[1:]),
        ("root ::= [\\U0001F600-\\U0001F64F]", "😀".encode()[:2], "😀".encode()[2:]),
        ('root ::= "é" | "ab"', "日".encode()[:1], b""),
    ],
)
def test_a_character_that_was_cut_is_finished(grammar: str, begun: bytes, end: bytes) -> None:
    assert ending(grammar, begun) == end


TWICE = "\n".join(f"a{i} ::= a{i + 1} a{i + 1}" for i in range(30))


@pytest.mark.parametrize(
    ("grammar", "begun", "end"),
    [
        ('root ::= s\ns ::= "(" s ")" | "(" s ")" | ""', "(" * 400, ")" * 400),
        (f'root ::= a0 "!"\n{TWICE}\na30 ::= "x"?', "x" * 25, "!"),
        ('root ::= e "!"\ne ::= e e | "a" | e "+" e | "(" e ")"', "a+a(a" * 40, ")" * 40 + "!"),
        ('root ::= ("a"?){1000} "b"', "a" * 50, "b"),
        ('root ::= (("a"*)*)* "b"', "a" * 60, "b"),
        ("root ::= [a-z ]* [.]", "some words " * 2000, "."),
    ],
)
def test_an_ambiguous_grammar_takes_no_time_to_speak_of(grammar: str, begun: str, end: str) -> None:
    before = time.thread_time()
    assert ending(grammar, begun.encode()).decode() == end
    assert time.thread_time() - before < 10


def test_what_would_take_too_long_to_read_gets_no_end() -> None:
    network = network_of(f'root ::= a0 "!"\n{TWICE}\na30 ::= "x"?')
    assert ending_in(network, b"x" * 100, most_steps=1000) == b""


def test_an_end_is_always_the_shortest() -> None:
    """All texts of small grammars, written out: none that begins so is shorter."""
    for grammar in (
        'root ::= "a" (b | "c" root){1,2}\nb ::= [xy]? "z"',
        'root ::= root "a" | "b" | "(" root ")"',
        'root ::= "a"{2} ("b" | "cd"){0,2} "e"*',
    ):
        network = network_of(grammar)
        rng = random.Random(5)
        texts = {text_of(network, rng, steps=30) for _ in range(300)}
        for text in sorted(texts)[:60]:
            for cut in range(len(text) + 1):
                end = ending_in(network, text[:cut].encode()).decode()
                longer = [one for one in texts if one.startswith(text[:cut])]
                assert len(text[:cut] + end) <= min(map(len, longer))
                assert ending_in(network, (text[:cut] + end).encode()) == b""


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
    ordered = {name: value[name] for name in ("name", "size", "kind", "tags")}
    written = json.dumps(ordered, ensure_ascii=False).encode()
    begun = written[: data.draw(st.integers(0, len(written)))]
    whole = begun + ending_in(SCHEMA_NETWORK, begun)
    answer = json.loads(whole.decode(errors="replace"))
    assert set(answer) == {"name", "size", "kind", "tags"}
    assert answer["kind"] in ("a", "b")


@pytest.mark.parametrize(
    "grammar",
    [
        'root ::= "a',
        "root ::= [a",
        'root ::= "a" )',
        "root ::= a{x}",
        "root = 1",
        'r ::= "\\xZZ"',
        'root ::= "\\q"',
        "root ::= []",
        "root ::= [z-a]",
        "root ::= [\\uD800-\\uDBFF]",
        'root ::= "a"{5,2}',
        'root ::= "a"{0,99999999999999999999}',
        'root ::= "a"{0,2001}',
        "root ::= <think> .*",
        "root ::= " + "(" * 60000 + '"a"' + ")" * 60000,
        'root ::= "a"' + "?" * 1000,
        'root ::= "' + "a" * 400_000 + '"',
    ],
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


@pytest.mark.parametrize(
    "grammar",
    [
        'root ::= "a" root',
        'root ::= a\na ::= "x" b\nb ::= "y" a',
        'root ::= ("a" root)+',
        'root ::= root "a"',
        'root ::= "a" ("b" | "c") root | root root',
        'root ::= ("a"{2000}){2000}',
        f'root ::= a0\n{TWICE}\na30 ::= "x"',
    ],
)
def test_a_grammar_without_an_end_is_refused_before_it_starts(engine: Engine, grammar: str) -> None:
    with pytest.raises(GrammarError, match=r"never finish|shortest text") as raised:
        engine.start(next(runs), Prompt(("x",)), Sampling(seed=1, grammar=grammar))
    assert raised.value.hint


CHAIN = "\n".join(f"a{i} ::= a{i + 1}" for i in range(3000))
DEEP = "(" * 90 + '"a"' + ")" * 90


@pytest.mark.parametrize(
    ("grammar", "valid"),
    [
        ('root ::= "a"* | "b" trap\ntrap ::= "c" trap', "a*"),
        ('root ::= root "a" | "b"', "ba*"),
        ('root ::= hidden root "x" | "y"\nhidden ::= more\nmore ::= ""', "yx*"),
        ('root ::= ("")* "a"', "a"),
        ('root ::= s "!"\ns ::= [a-z] s "b" | [a-z] s "c" | ""', "[a-z]*!"),
        ('root ::= e\ne ::= e e | [a-z ] | e "+" e | "(" e ")"', "[a-z +()]+"),
        (f'root ::= a0\n{CHAIN}\na3000 ::= "a" "b"', "ab"),
        (f"root ::= {DEEP}", "a"),
        ("root ::= (.*)* (.*)* [.]", r"(?s:.)*\."),
    ],
)
def test_a_hard_grammar_is_held_and_ends(engine: Engine, grammar: str, valid: str) -> None:
    run = next(runs)
    before = time.thread_time()
    sampling = Sampling(temperature=1.5, top_k=0, seed=3, max_tokens=30, grammar=grammar)
    engine.start(run, Prompt(("x",)), sampling)
    heard = finish(engine, run)
    assert re.fullmatch(valid, heard.data(run).decode())
    assert heard.reason(run) in (FinishReason.STOP, FinishReason.LENGTH)
    assert time.thread_time() - before < 20


def test_a_grammar_with_too_many_readings_ends_with_a_reason(engine: Engine) -> None:
    run = next(runs)
    grammar = f'root ::= a0 "!"\n{TWICE}\na30 ::= [a-z]?'
    sampling = Sampling(temperature=1.5, top_k=0, seed=3, max_tokens=200, grammar=grammar)
    engine.start(run, Prompt(("x",)), sampling)
    heard = finish(engine, run)
    assert heard.reason(run) is FinishReason.ERROR
    assert heard.data(run).endswith(b"!")
    again = next(runs)
    engine.start(again, Prompt(("x",)), Sampling(seed=1, max_tokens=3))
    assert len(finish(engine, again).pieces(again)) == 3


def test_tokens_that_are_sure_to_come_may_be_cut_in_any_way(engine: Engine) -> None:
    """The vocabulary has `ll` and `he`: a text that is forced is not written byte by byte."""
    for bias, expected in ((((b"he", 50.0), (b"ll", 50.0)), [b"he", b"ll", b"o"]), ((), None)):
        run = next(runs)
        ids = tuple((engine.tokenize(text.decode())[0], by) for text, by in bias)
        sampling = Sampling(temperature=0, seed=1, logit_bias=ids, grammar='root ::= "hello"')
        engine.start(run, Prompt(("x",)), sampling)
        pieces = [piece.data for piece in finish(engine, run).pieces(run)]
        assert b"".join(pieces) == b"hello"
        assert expected is None or pieces == expected


def test_a_grammar_that_is_none_is_named_and_the_engine_lives(engine: Engine) -> None:
    for grammar in ("root ::= (", 'root ::= "a"\0', "root ::= nothing", "", "  \n"):
        with pytest.raises(GrammarError):
            engine.start(next(runs), Prompt(("x",)), Sampling(seed=1, grammar=grammar))
    run = next(runs)
    engine.start(run, Prompt(("x",)), replace(Sampling(seed=1), max_tokens=3))
    assert len(finish(engine, run).pieces(run)) == 3
