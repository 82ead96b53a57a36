"""What parses, what does not and where, and what may still become whole."""

from __future__ import annotations

import random
import time

import pytest
from samples import SAMPLES, Sample

from app.core.syntax import SyntaxState
from app.generation.syntax.checking import check
from app.generation.syntax.labels import checked_label

TESTED = [pytest.param(sample, id=sample.label) for sample in SAMPLES]


@pytest.mark.parametrize("sample", TESTED)
def test_valid_code_parses(sample: Sample) -> None:
    assert check(sample.label, sample.valid).state is SyntaxState.PARSES


@pytest.mark.parametrize("sample", TESTED)
def test_the_first_error_is_found_where_it_is(sample: Sample) -> None:
    found = check(sample.label, sample.broken)
    assert (found.state, found.line) == (SyntaxState.ERROR, sample.line)
    assert found.message
    span = found.ranges[0]
    assert (span.line, span.column) == (found.line, found.column)
    assert (span.end_line, span.end_column) > (span.line, span.column)


@pytest.mark.parametrize("sample", TESTED)
def test_the_beginning_of_valid_code_is_no_error_while_it_streams(sample: Sample) -> None:
    for end in range(len(sample.valid)):
        found = check(sample.label, sample.valid[:end], is_whole=False)
        assert not found.is_error, (sample.valid[:end], found)


@pytest.mark.parametrize("sample", TESTED)
def test_an_error_well_before_the_end_is_told_while_it_streams(sample: Sample) -> None:
    if sample.line + 3 < sample.broken.count("\n"):
        found = check(sample.label, sample.broken, is_whole=False)
        assert (found.state, found.line) == (SyntaxState.ERROR, sample.line)


@pytest.mark.parametrize(
    ("label", "text", "line", "words"),
    [
        ("c", "int main(void) {\n    return 0;\n", 1, "“{” is never closed"),
        ("javascript", "f(1);\nconst a = [1,\n  2\n", 2, "“[” is never closed"),
        ("python", "x = (1,\n", 1, "never closed"),
        ("java", "class A {\n  void f() { g(; }\n}\n", 2, "“;” is not expected here"),
        ("json", '{"a": [1, 2\n', 2, "“,” is missing"),
        ("yaml", "a: 1\nb 2\nc: 3\n", 2, "“:” is missing after this key"),
        ("yaml", "a: 1\nb: 'x\nc: 3\n", 2, "never closed"),
        ("yaml", "a: 1\nb: *c\n", 2, "alias"),
        ("go", "func f() {\n\tx := [\n", 2, "“[” is never closed"),
    ],
)
def test_whole_code_that_ends_too_early(label: str, text: str, line: int, words: str) -> None:
    found = check(label, text)
    assert (found.state, found.line) == (SyntaxState.ERROR, line)
    assert words in found.message


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("java", "List<String> names = new ArrayList<>();\nfor (var n : names) { say(n); }\n"),
        ("csharp", "var x = 1;\nConsole.WriteLine(x);\n"),
        ("php", "$a = [1, 2];\nforeach ($a as $b) { echo $b; }\n"),
        ("go", "for i := range 3 {\n\tfmt.Println(i)\n}\n"),
        ("python", "    def f(self):\n        return self.x\n"),
        ("jsx", "const A = () => <p className='a'>{name}</p>;\n"),
        ("tsx", "const A = (p: Props) => <b>{p.name}</b>;\n"),
        ("typescript", "const a = <string>value;\n"),
        ("sql", "SELECT id FROM jobs FOR UPDATE SKIP LOCKED;\nPRAGMA foreign_keys = ON;\n"),
        ("yaml", "a: 1\n---\nb: 2\n"),
        ("h", "namespace a {\nclass B;\n}\n"),
        ("python", "x = 1\r\nif x:\r\n    print(x)\r\n"),
    ],
)
def test_parts_of_programs_parse_as_answers_give_them(label: str, text: str) -> None:
    assert check(label, text).state is SyntaxState.PARSES


@pytest.mark.parametrize(
    "text",
    [
        "type Names = list[str]\n",
        "def first[T](items: list[T]) -> T:\n    return items[0]\n",
        "class Box[T]:\n    pass\n",
        'x = f"{a["b"]}"\n',
    ],
)
def test_python_of_a_newer_version_is_not_called_wrong(text: str) -> None:
    assert not check("python", text).is_error
    assert check("python", 'x = f"{a b}"\n').is_error


@pytest.mark.parametrize(
    ("info", "text"),
    [
        ("", "anything"),
        ("text", "anything"),
        ("haskell", "main = ("),
        ("json", '// a comment\n{"a": 1}\n'),
        ("console", "$ ls ("),
        ("bash", "$ ls (\n"),
        ("python", ">>> 1 +\n"),
        ("yaml", "a: {{ .Values.a }}\n{{- if .Values.b }}\n"),
        ("python", "   \n"),
    ],
)
def test_what_is_not_code_of_a_known_language_is_not_judged(info: str, text: str) -> None:
    assert check(info, text).state is SyntaxState.UNKNOWN


def test_a_wrong_word_is_told_whole_and_not_the_one_before() -> None:
    found = check("dockerfile", "FROM python:3.12-slim\nxyz\nEXPOSED 1\n")
    assert (found.line, found.column) == (2, 1)
    assert "“xyz”" in found.message
    found = check("dockerfile", "FROM python:3.12-slim\nEXPOSED 1\n")
    assert (found.line, found.column) == (2, 1)
    assert "“EXPOSED”" in found.message


def test_columns_count_characters_and_not_bytes() -> None:
    found = check("javascript", 'const a = "😀é" + ;\n')
    assert (found.line, found.column) == (1, 18)
    found = check("python", 'a = "😀é" + ;\n')
    assert (found.line, found.column) == (1, 12)


HOSTILE = {
    "null bytes": "a\0b = 1\n\0",
    "astral": "😀 = “\U0001d54f”\n",
    "a lone surrogate": 'a = "\ud800"\n',
    "control characters": "\x01\x02\x0b\x0c\x1b\x85\n",
    "a byte order mark": "\ufeffx = 1\n",
    "one line of 10 MB": "x" * 10_000_000,
    "open brackets": "(" * 20_000,
    "minus signs": "-" * 20_000 + "1",
    "quotes": '"' * 5_001,
    "carriage returns": "a\rb\r\rc",
    "comments": "/*" * 2_000,
    "dollars": "$$" * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("sample", TESTED)
def test_hostile_text_is_survived(sample: Sample, name: str) -> None:
    began = time.thread_time()
    for is_whole in (True, False):
        check(sample.label, HOSTILE[name], is_whole=is_whole)
    assert time.thread_time() - began < 20


@pytest.mark.parametrize("sample", TESTED)
def test_damaged_code_never_raises(sample: Sample) -> None:
    dice = random.Random(1)
    wounds = ["", "{", "}", "(", '"', "'", "\0", "😀", "<<X", "/*", "`", "\n", "#{", "$(", ";"]
    for turn in range(40):
        text = list(sample.valid)
        for _ in range(dice.randint(1, 8)):
            at = dice.randrange(len(text))
            text[at : at + dice.choice((0, 0, 1, 3))] = dice.choice(wounds)
        found = check(sample.label, "".join(text), is_whole=turn % 2 == 0)
        lines = "".join(text).count("\n") + 1
        assert all(1 <= span.line <= lines + 1 and span.column >= 1 for span in found.ranges)


def test_every_language_that_is_told_has_its_sample() -> None:
    assert all(checked_label(sample.label) for sample in SAMPLES)
