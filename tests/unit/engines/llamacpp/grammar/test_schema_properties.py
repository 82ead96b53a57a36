"""Whatever the schema: what its grammar admits is valid by it, or it is refused by name."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema
from grammar_texts import network_of, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import GrammarError
from app.engines.llamacpp.grammar.ending import ending_in
from app.engines.llamacpp.grammar.json_schema import grammar_of_schema

NAMES = st.sampled_from(["a", "b", "c", "größe", 'q"uote', "a/b"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-20, 20)
    | st.sampled_from([0.5, 1.0, -2.25, 1e3, "", "a", "abcd", "é\n", 'x"y'])
    | st.text(max_size=4),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=4,
)
COUNTS = st.integers(0, 6)
BOUNDS = st.integers(-300, 300) | st.sampled_from([0, 1, 0.5, -0.25, 12.5, 1e6, 99.99])
KINDS = st.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null"])
REFERENCES = st.sampled_from(
    ["#", "#/$defs/a", "#/$defs/b", "#/$defs/c", "#near", "#/$defs/list/prefixItems/0",
     "#/$defs/with%20space", "https://example.org/s#/$defs/a", "other"]
)  # fmt: skip


def some_of(**words: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={word.rstrip("_"): of for word, of in words.items()})


def schemas(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(below, min_size=1, max_size=3)
    properties = st.dictionaries(NAMES, below, min_size=1, max_size=3)
    words = {
        "type": KINDS | st.lists(KINDS, min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, min_size=1, max_size=5),
        "const": VALUES,
        "minLength": COUNTS, "maxLength": COUNTS, "minItems": COUNTS, "maxItems": COUNTS,
        "minProperties": COUNTS, "maxProperties": COUNTS,
        "minimum": BOUNDS, "maximum": BOUNDS,
        "exclusiveMinimum": BOUNDS, "exclusiveMaximum": BOUNDS,
        "properties": properties, "required": st.lists(NAMES, max_size=2, unique=True),
        "additionalProperties": below, "items": below, "prefixItems": several,
        "anyOf": several, "oneOf": several, "allOf": several, "$ref": REFERENCES,
        "uniqueItems": st.booleans(), "not": below, "pattern": st.just("^a"),
        "format": st.sampled_from(["date", "uuid", "email", "ipv4", "uri", "int32", "mine"]),
    }  # fmt: skip
    chosen = st.lists(st.sampled_from(sorted(words)), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({n: words[n] for n in names}))


SCHEMAS = st.recursive(
    st.booleans() | st.builds(dict) | schemas(st.booleans()), schemas, max_leaves=6
)


def with_definitions(schema: Any, one: Any, two: Any, three: Any) -> dict[str, Any]:
    whole = dict(schema) if isinstance(schema, dict) else {"allOf": [schema]}
    whole["$id"] = "https://example.org/s"
    whole["$defs"] = {
        "a": one, "b": two, "with space": three,
        "c": {"$anchor": "near", "type": "object", "properties": {"c": {"$ref": "#near"}}},
        "list": {"prefixItems": [two]},
        "far": {"$id": "other", "$defs": {"in": one}, "anyOf": [{"$ref": "#/$defs/in"}, three]},
    }  # fmt: skip
    return whole


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(st.builds(with_definitions, SCHEMAS, SCHEMAS, SCHEMAS, SCHEMAS), st.integers(0, 2**32))
def test_what_a_schemas_grammar_admits_is_valid_by_the_schema(
    schema: dict[str, Any], seed: int
) -> None:
    try:
        network = network_of(grammar_of_schema(json.dumps(schema)))
    except GrammarError:
        return  # refused; that the reason is named is tested elsewhere
    validator = jsonschema.Draft202012Validator(schema)
    rng = random.Random(seed)
    for _ in range(4):
        text = text_of(network, rng)
        validator.validate(json.loads(text))
        begun = text.encode()[: rng.randrange(len(text) + 1)]
        validator.validate(json.loads((begun + ending_in(network, begun)).decode()))
