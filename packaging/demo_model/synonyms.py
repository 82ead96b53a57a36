"""Words that mean the same in a request for code: training swaps them now and then.

A model this small knows only words it has seen in a place; with these it meets a task in the
words of many people. General usage only, written without a look at what is held out.
"""

from __future__ import annotations

import random
import re

_GROUPS = (
    "list array sequence collection",
    "lists arrays sequences collections",
    "string text",
    "strings texts",
    "dictionary dict mapping map",
    "dictionaries dicts mappings maps",
    "element item entry value",
    "elements items entries values",
    "number integer value",
    "numbers integers values",
    "function helper method routine",
    "folder directory",
    "folders directories",
    "script program",
    "check test tell verify determine",
    "checks tests tells verifies determines",
    "remove drop delete",
    "removes drops deletes",
    "removing dropping deleting",
    "find locate search get",
    "finds locates gets",
    "return give produce",
    "returns gives produces yields",
    "compute calculate",
    "computes calculates",
    "computing calculating",
    "make create build write",
    "count tally",
    "convert turn change transform",
    "converts turns changes transforms",
    "merge combine join unite",
    "merges combines joins unites",
    "split divide break cut",
    "splits divides breaks cuts",
    "sort order",
    "sorted ordered",
    "ascending rising increasing",
    "descending falling decreasing",
    "biggest largest greatest maximum max",
    "smallest lowest minimum min least",
    "duplicates repeats doubles",
    "duplicate repeated double",
    "unique distinct",
    "occurs appears",
    "occurrences appearances",
    "letters characters chars",
    "letter character char",
    "average mean",
    "sum total",
    "difference gap distance",
    "reverse invert",
    "reversed inverted backwards",
    "file document",
    "files documents",
    "read load",
    "reads loads",
    "save store",
    "writes saves stores",
    "print show display output",
    "prints shows displays outputs",
    "use apply employ",
    "using with",
    "whether if",
    "each every",
    "all every",
    "contains holds has includes",
    "contain hold have include",
    "between among",
    "several many multiple",
    "nested inner",
    "key name field",
    "keys names fields",
    "row line record",
    "rows lines records",
    "server host machine",
    "service daemon",
    "port socket",
    "container image",
    "deploy run launch start",
    "starts runs launches",
    "configuration config settings setup",
    "resource definition block",
    "simple basic small plain",
    "short brief compact",
    "quick fast efficient",
    "example sample demo",
    "code snippet implementation solution",
    "need want require",
    "error exception failure",
    "errors exceptions failures",
    "time duration",
    "date day",
    "word term token",
    "words terms tokens",
    "first initial leading",
    "last final trailing",
    "empty blank",
    "missing absent",
    "given passed supplied",
    "loop iterate",
    "recursive recursively",
    "start begin",
    "beginning start",
    "end finish",
    "size length",
    "big large huge",
    "pair couple tuple",
    "pairs couples tuples",
    "safely carefully",
    "page document",
    "button control",
    "center centre",
    "color colour",
)

_OTHERS: dict[str, list[str]] = {}
for _group in _GROUPS:
    for _word in _group.split():
        _OTHERS.setdefault(_word, []).extend(w for w in _group.split() if w != _word)

_WORD = re.compile(r"(?<![`\w.])[A-Za-z]+(?![`\w(])")


def in_other_words(text: str, rng: random.Random, share: float) -> str:
    """Swap this share of the words that have synonyms; names in backticks stay."""

    def swap(found: re.Match[str]) -> str:
        word = found[0]
        others = _OTHERS.get(word.lower())
        if not others or rng.random() >= share:
            return word
        other = rng.choice(others)
        return other.capitalize() if word[0].isupper() else other

    return _WORD.sub(swap, text)
