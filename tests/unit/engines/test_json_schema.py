"""A schema's grammar gives JSON that is valid by the schema, or is refused with the reason."""

from __future__ import annotations

import itertools
import json
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
from app.engines.llamacpp.ending import ending
from app.engines.llamacpp.gbnf import parse
from app.engines.llamacpp.json_schema import grammar_of_schema

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
        ('{"$ref": "#/nowhere"}', "not there"),
        ('{"$ref": "https://example.org/x"}', "outside the schema"),
        ('{"properties": {}, "required": ["a"], "type": "object"}', "requires 'a'"),
        ('{"type": "array", "minItems": 5, "maxItems": 2}', "from 5 to 2"),
        ('{"type": "string", "minLength": -1}', "minLength"),
        ('{"type": "integer", "minimum": 7}', "7"),
        ('{"enum": []}', "no list"),
        ('{"properties": [1], "type": "object"}', "wrong kind"),
        ('{"items": false, "type": "array"}', "no schema"),
        ('{"exclusiveMinimum": true, "type": "integer"}', "exclusiveMinimum"),
    ],
)
def test_what_cannot_be_held_is_named(schema: str, reason: str) -> None:
    with pytest.raises(GrammarError, match="The JSON schema cannot be used") as raised:
        grammar_of_schema(schema)
    assert reason in raised.value.message
    assert "Known are" in raised.value.hint


def test_a_schema_as_deep_as_a_well_is_refused() -> None:
    deep = '{"items": ' * 5000 + "{}" + "}" * 5000
    with pytest.raises(GrammarError):
        grammar_of_schema(deep)


def test_every_grammar_is_read_by_ours_too() -> None:
    for schema in ({}, {"type": "object"}, {"type": "array", "items": {"type": "string"}}):
        assert "root" in parse(grammar_of_schema(json.dumps(schema)))
