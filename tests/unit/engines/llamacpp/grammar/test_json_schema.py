"""A schema's grammar gives JSON that is valid by the schema, or is refused with the reason."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from engine_driver import finish

from app.core.engine import Engine
from app.core.errors import GrammarError
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import open_model
from app.engines.llamacpp.grammar.ending import ending
from app.engines.llamacpp.grammar.gbnf import parse
from app.engines.llamacpp.grammar.json_schema import grammar_of_schema

runs = itertools.count(1)


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Iterator[Engine]:
    engine = open_model(LoadOptions(tiny_model, threads=1), lambda _: True)
    yield engine
    engine.close()


def answers(engine: Engine, schema: dict[str, Any], count: int = 8) -> list[Any]:
    found = []
    for seed in range(count):
        run = next(runs)
        sampling = Sampling(
            temperature=1.2, top_k=0, seed=seed, max_tokens=60, json_schema=json.dumps(schema)
        )
        engine.start(run, Prompt(("x",)), sampling)
        found.append(json.loads(finish(engine, run).data(run).decode(errors="replace")))
    return found


def test_members_come_in_order_and_those_that_may_lack_sometimes_do(engine: Engine) -> None:
    schema = {
        "properties": {
            "a": {"type": "boolean"},
            "b": {"type": "null"},
            "c": {"const": "x"},
            "d": {"type": "boolean"},
        },
        "required": ["b"],
    }
    for answer in answers(engine, schema):
        assert "b" in answer
        assert list(answer) == sorted(answer)
    grammar = grammar_of_schema('{"properties": {"a": {}, "b": {"const": true}, "c": {}}}')
    for begun, end in (("{", "}"), ('{"b":t', "rue}"), ('{"a":1,"b":t', "rue}"), ('{"c":1', "}")):
        assert ending(grammar, begun.encode()).decode() == end


@pytest.mark.parametrize(
    ("schema", "check"),
    [
        ({"type": "integer", "minimum": 3, "maximum": 5}, lambda v: v in (3, 4, 5)),
        ({"type": "integer", "exclusiveMinimum": 0}, lambda v: isinstance(v, int) and v >= 1),
        ({"type": "number", "minimum": 0}, lambda v: v >= 0),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3},
         lambda v: 2 <= len(v) <= 3 and all(isinstance(one, bool) for one in v)),
        ({"type": "array", "maxItems": 0}, lambda v: v == []),
        ({"prefixItems": [{"const": 1}, {"type": "null"}], "type": "array"},
         lambda v: v == [1, None]),
        ({"type": "string", "minLength": 2, "maxLength": 4}, lambda v: 2 <= len(v) <= 4),
        ({"enum": ['a"b\\c\n', None, {"x": [1]}]}, lambda v: v in ['a"b\\c\n', None, {"x": [1]}]),
        ({"anyOf": [{"type": "boolean"}, {"const": "é"}]}, lambda v: v in (True, False, "é")),
        ({"type": ["boolean", "null"]}, lambda v: v in (True, False, None)),
        ({"type": "boolean", "nullable": True}, lambda v: v in (True, False, None)),
        ({"type": "string", "format": "date"}, lambda v: len(v) == 10 and v[4] == "-"),
        ({"type": "string", "format": "uuid"}, lambda v: len(v) == 36),
        ({"type": "object", "additionalProperties": {"type": "boolean"}},
         lambda v: all(isinstance(one, bool) for one in v.values())),
        ({"type": "object", "additionalProperties": False}, lambda v: v == {}),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"const": "there"}}}, lambda v: v == "there"),
        ({"$defs": {"tree": {"type": "object", "properties": {
            "left": {"$ref": "#/$defs/tree"}, "leaf": {"type": "boolean"}}}},
          "$ref": "#/$defs/tree"}, lambda v: isinstance(v, dict)),
        ({"title": "anything"}, lambda v: True),
        ({}, lambda v: True),
        ({"type": "integer", "minimum": 1, "maximum": 65535}, lambda v: 1 <= v <= 65535),
        ({"type": "integer", "minimum": 2, "exclusiveMinimum": 0, "maximum": 3},
         lambda v: v in (2, 3)),
        ({"type": "integer", "minimum": 7}, lambda v: v >= 7),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, lambda v: 0 < v <= 1),
        ({"type": "number", "minimum": -0.5, "maximum": 0.25}, lambda v: -0.5 <= v <= 0.25),
        ({"enum": ["a", "abcd", 7], "type": "string", "minLength": 3}, lambda v: v == "abcd"),
        ({"const": 5, "maximum": 9, "type": "integer"}, lambda v: v == 5),
        ({"$ref": "#/$defs/text", "enum": ["red", "green"], "$defs": {"text": {"type": "string"}}},
         lambda v: v in ("red", "green")),
        ({"$ref": "#small", "$defs": {"s": {"$anchor": "small", "const": 3}}}, lambda v: v == 3),
        ({"$ref": "#/$defs/my%20type", "$defs": {"my type": {"const": 3}}}, lambda v: v == 3),
        ({"$ref": "#/$defs/a/anyOf/1", "$defs": {"a": {"anyOf": [{}, {"const": 3}]}}},
         lambda v: v == 3),
        ({"$id": "https://example.org/s", "$ref": "t#x", "$defs": {
            "t": {"$id": "t", "$defs": {"u": {"$anchor": "x", "const": 3}}}}}, lambda v: v == 3),
        ({"allOf": [{"type": "object", "properties": {"a": {"type": "boolean"}}},
                    {"required": ["a"], "properties": {"a": {"const": True}}}]},
         lambda v: v == {"a": True}),
        ({"oneOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}, lambda v: v in (1, 3)),
        ({"oneOf": [{"type": "object", "required": ["k"], "properties": {"k": {"const": kind}}}
                    for kind in "ab"]}, lambda v: v["k"] in ("a", "b")),
        ({"type": "object", "minProperties": 2, "maxProperties": 2,
          "properties": {name: {"type": "null"} for name in "abc"}}, lambda v: len(v) == 2),
        ({"prefixItems": [{"const": 1}], "items": {"type": "null"}, "minItems": 3, "maxItems": 4,
          "type": "array"}, lambda v: v in ([1, None, None], [1, None, None, None])),
        ({"items": False, "type": "array"}, lambda v: v == []),
        ({"type": "object", "properties": {"a": False, "b": {"type": "null"}}},
         lambda v: v in ({}, {"b": None})),
        ({"anyOf": [False, {"const": "x"}]}, lambda v: v == "x"),
        ({"const": "größe\ud800\u2028"}, lambda v: v == "größe\ud800\u2028"),
    ],
)  # fmt: skip
def test_each_keyword_is_held(engine: Engine, schema: dict[str, Any], check: Any) -> None:
    for answer in answers(engine, schema, 4):
        assert check(answer), answer
        if not schema.get("nullable"):  # OpenAPI's word, not JSON Schema's
            jsonschema.validate(answer, schema)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"type": "nonsense"}', "nonsense"),
        ('{"type": "string", "pattern": "^a$"}', "pattern"),
        ('{"properties": {"a": {"not": {}}}}', "the schema, a uses not"),
        ('{"$ref": "#/nowhere"}', "does not exist"),
        ('{"$ref": "https://example.org/x"}', "outside the schema"),
        ('{"properties": {}, "required": ["a"], "type": "object"}', "requires 'a'"),
        ('{"type": "array", "minItems": 5, "maxItems": 2}', "from 5 to 2"),
        ('{"type": "string", "minLength": -1}', "minLength"),
        ('{"type": "integer", "minimum": 1e300}', "numbers between"),
        ('{"type": "integer", "minimum": 9, "exclusiveMaximum": 9}', "from 9 to 9"),
        ('{"enum": []}', "not a list"),
        ('{"properties": [1], "type": "object"}', "wrong kind"),
        ('{"items": [{}], "type": "array"}', "prefixItems"),
        ('{"items": 3, "type": "array"}', "is not a schema"),
        ('{"exclusiveMinimum": true, "type": "integer"}', "exclusiveMinimum"),
        ('{"type": "string", "minLength": 100000}', "100000 characters"),
        ('{"type": "array", "minItems": 100000}', "100000 items"),
        ('{"minProperties": 3, "type": "object"}', "minProperties"),
        ('{"type": "string", "format": "date", "minLength": 11}', "format date"),
        ('{"type": "string", "format": "regex"}', "format regex"),
        ('{"$dynamicRef": "#a"}', "$dynamicRef"),
        ('{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}', "refers to itself"),
        ('{"$ref": "#", "type": "object"}', "refers to itself"),
        ('{"$ref": "#gone"}', "#gone, which does not exist"),
        ('{"$ref": "#/enum/7", "enum": [1]}', "does not exist"),
        ('{"$ref": 3}', "$ref"),
        ('{"oneOf": [{"type": "integer"}, {"type": "number"}]}', "oneOf"),
        (
            '{"oneOf": [{"minimum": 0, "type": "integer"}, {"maximum": 0, "type": "integer"}]}',
            "oneOf",
        ),
        ('{"type": "array", "uniqueItems": true}', "uniqueItems"),
        ('{"if": {}, "then": false}', "if"),
        ('{"enum": [1e999]}', "not finite"),
        ('{"const": NaN}', "NaN"),
        ('{"dependentRequired": {"a": ["b"]}}', "dependentRequired"),
    ],
)
def test_what_cannot_be_held_is_named(schema: str, reason: str) -> None:
    with pytest.raises(GrammarError, match="The JSON schema cannot be used") as raised:
        grammar_of_schema(schema)
    assert reason in raised.value.message
    assert "Supported: type" in raised.value.hint


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/n", "$defs": {"n": {
            "type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/$defs/n"}}}}},
        {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
        {"type": "array", "prefixItems": [{"$ref": "#"}], "minItems": 1},
        {"anyOf": [{"type": "array", "minItems": 2, "items": {"$ref": "#"}}, False]},
        {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#"}},
        {"allOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "string", "enum": [1, 2]},
        {"enum": [1], "const": 2},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
    ],
)  # fmt: skip
def test_a_schema_without_a_finite_document_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(GrammarError, match="no document can match it"):
        grammar_of_schema(json.dumps(schema))


def test_a_way_without_an_end_is_never_begun(engine: Engine) -> None:
    tree = {"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/$defs/n"}}}
    schema = {
        "type": "object",
        "properties": {"a": {"type": "null"}, "n": {"$ref": "#/$defs/n"}},
        "$defs": {"n": tree},
    }
    for answer in answers(engine, schema):
        assert answer in ({}, {"a": None})


@pytest.mark.parametrize(
    "schema",
    [
        '{"items": ' * 5000 + "{}" + "}" * 5000,
        '{"anyOf": [' * 5000 + "{}" + "]}" * 5000,
        json.dumps({"$defs": {f"a{i}": {"allOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 2}
                              for i in range(60)} | {"a60": {"type": "null"}},
                    "$ref": "#/$defs/a0"}),
        json.dumps({"$defs": {f"a{i}": {"anyOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 2}
                              for i in range(60)} | {"a60": {"type": "null"}},
                    "$ref": "#/$defs/a0"}),
        json.dumps({"enum": [[[[[[[["x"]]]]]]]] * 8, "$defs": {"a": {"type": "array", "anyOf": [
            {"items": {"$ref": "#/$defs/a"}}] * 8}}, "$ref": "#/$defs/a"}),
        json.dumps({"type": "object", "properties": {
            f"p{i}": {"type": "object", "minProperties": 9, "properties": {
                f"q{j}": {} for j in range(40)}} for i in range(400)}}),
        json.dumps({"enum": ["x" * 500] * 2000}),
        json.dumps({"enum": [f"value {i}" for i in range(3000)]}),
    ],
    ids=["wells", "ways", "both of two", "one of two", "values", "members", "long", "choices"],
)  # fmt: skip
def test_a_hostile_schema_is_refused_or_read_in_time(schema: str) -> None:
    begun = time.thread_time()
    with contextlib.suppress(GrammarError):
        grammar_of_schema(schema)
    assert time.thread_time() - begun < 15


def test_every_grammar_is_read_by_ours_too() -> None:
    for schema in ({}, {"type": "object"}, {"type": "array", "items": {"type": "string"}}):
        assert "root" in parse(grammar_of_schema(json.dumps(schema)))
