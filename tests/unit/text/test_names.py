"""What code defines, and what texts are called."""

from __future__ import annotations

import time

import pytest

from app.text.names import begins_definition, defined_at_left, first_defined, name_of_code, title_of

HEADS = [
    ("    async def inner(): ...", "inner"),
    ("export default async function* walk(tree) {", "walk"),
    ("pub(crate) unsafe fn read(at: usize) {", "read"),
    ("func (r *Row) Len() int {}", "Len"),
    ("override fun onCreate(state: Bundle?) {", "onCreate"),
    ("public abstract class Shape {", "Shape"),
    ("protected interface Door {", "Door"),
]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        *HEADS,
        ("import os\n\n\ndef is_prime(n):\n    pass", "is_prime"),
        ("type Rows []Row", "Rows"),
        ('resource "aws_vpc" "main" {', "main"),
        ("x = 1", ""),
        ("a class of its own", ""),
        ("type(x)", ""),
        ("", ""),
    ],
)
def test_the_first_name_that_code_defines(code: str, name: str) -> None:
    assert first_defined(code) == name


@pytest.mark.parametrize("line", [line for line, _ in HEADS])
def test_a_line_that_begins_a_definition(line: str) -> None:
    assert begins_definition(line)
    assert not begins_definition(f"x = 1  # {line}")


def test_decorators_belong_to_the_definition() -> None:
    assert begins_definition("  @cache\n  @other(1)\n  def one(): ...")
    assert not begins_definition("@cache\nx = 1")


def test_the_names_at_the_left_edge() -> None:
    assert defined_at_left("@cache\ndef one(): ...\nclass Two:\n    def inner(self): ...") == [
        "one",
        "Two",
    ]
    assert defined_at_left("func (r *Row) Len() int {}\nfunc New() {}\n") == ["Len", "New"]
    assert defined_at_left("def _hidden(): ...\n  def inside(): ...\n") == []


def test_names_of_code_come_from_what_it_defines_or_its_first_line() -> None:
    assert name_of_code("import os\n\n\ndef is_prime(n):\n    pass") == "is_prime"
    assert name_of_code("\n\nSELECT 1;") == "SELECT 1;"
    assert name_of_code("x" * 100) == "x" * 59 + "…"
    assert name_of_code(" ") == ""


def test_titles_end_at_a_word() -> None:
    assert title_of("\n  Short one \nmore") == "Short one"
    assert title_of("word " * 40) == "word " * 11 + "word…"
    assert title_of(" \n") == ""


@pytest.mark.parametrize("text", ["\n" * 4_000, "public " * 600, "@a\n" * 1_400, "func (" * 700])
def test_no_text_holds_the_search_up(text: str) -> None:
    start = time.thread_time()
    first_defined(text)
    begins_definition(text)
    defined_at_left(text)
    assert time.thread_time() - start < 0.2
