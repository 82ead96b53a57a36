"""Whole texts of Markdown: their code, what is open at their end, what closes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.markdown.blocks import Block, BlockKind
from app.text.markdown.reader import MarkdownReader, read
from app.text.markdown.whole import (
    closed,
    code_blocks,
    first_line,
    is_in_code,
    opening_of,
    prose_blocks,
    without_fences,
)

LAST = "Last words: this is ordinary text."


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "- ```bash\n  docker up\n  ```\n- Again:\n  ```bash\n  docker up --build\n  ```\n",
            ["docker up\n", "docker up --build\n"],
        ),
        ('1. ```python\n   print("one")\n   ```\n2. Then look.\n', ['print("one")\n']),
        ("```python\ndef f():\n    ```\n    f()\n    ```\n```\n", None),
        ("- a\n  - b\n\n    ~~~ sh\n    ls\n      -l\n    ~~~\n", ["ls\n  -l\n"]),
        ("> ```c\n> int x;\n>\n> int y;\n> ```\n", ["int x;\n\nint y;\n"]),
        ("> - ```\n>   a\n>   ```\n", ["a\n"]),
        ("> ```\nnot in it\n\n", [""]),
        ("- ```\n  a\nnot in it\n\n", ["a\n"]),
        ("1. Do:\n\n    ```sh\n    ls\n    ```\n", ["ls\n"]),
        ("````markdown\n```sh\nls\n```\n````\n", ["```sh\nls\n```\n"]),
        ("~~~ a`b ~ c\nx\n```\n~~~\n", ["x\n```\n"]),
        ("\t```\n\tx\n\t```\n", []),
        ("- a\n\n\t```\n\tx\n\t```\n", ["x\n"]),
        ("```\r\na\r\nb\r\n```\r\n", ["a\nb\n"]),
    ],
)
def test_code_is_what_commonmark_says(text: str, codes: list[str] | None) -> None:
    whole = f"{text}\n{LAST}\n"
    wanted = codes if codes is not None else ["def f():\n    ```\n    f()\n    ```\n"]
    assert [code for _, code in code_blocks(whole)] == wanted
    assert prose_blocks(whole)[-1].text.endswith(LAST)


def test_three_in_three_ends_at_the_first_three() -> None:
    text = f"```markdown\n# Tool\n\n```bash\npip install tool\n```\n\nThen use it.\n```\n\n{LAST}\n"
    assert code_blocks(text) == [
        ("markdown", "# Tool\n\n```bash\npip install tool\n"),
        ("", f"\n{LAST}\n"),
    ]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("```py\nx", "\n```"),
        ("~~~~\nx", "\n~~~~"),
        ("- a\n\n  ```\n  x", "\n  ```"),
        ("> ```\n> x", "\n> ```"),
        ("1. > ```\n   > ~~~", "\n   > ```"),
        ("```\n    ```", "\n```"),
        ("- ```\n  x\nand on", ""),
        ("```\nx\n```", ""),
        ("a ``` b", ""),
    ],
)
def test_what_is_open_is_closed_where_it_stands(text: str, end: str) -> None:
    assert closed(text) == text + end
    assert code_blocks(f"{closed(text)}\n\n# Next\n")[:9] == code_blocks(f"{closed(text)}\n")
    assert prose_blocks(f"{closed(text)}\n\n# Next\n")[-1].text == "Next"


_SOUP = st.lists(
    st.sampled_from(["```", "~~~", "- ", "> ", "1. ", "\n", "\n", "  ", "    ", "a", "````"])
).map("".join)


@given(_SOUP)
def test_whatever_is_closed_swallows_nothing(text: str) -> None:
    assert not is_in_code(closed(text))
    last = read(f"{closed(text)}\n\n# Next\n")[-1]
    assert isinstance(last, Block)
    assert (last.kind, last.path, last.text) == (BlockKind.HEADING, (), "Next")


@given(_SOUP, st.integers(0, 80))
def test_the_end_of_a_text_begins_in_the_code_in_which_it_was_cut(text: str, at: int) -> None:
    lines = text.splitlines(keepends=True)
    before, after = "".join(lines[:at]), "".join(lines[at:])
    opening = opening_of(before)
    assert bool(opening) == is_in_code(before)
    if opening and after:
        whole, rest = code_blocks(f"{text}\n"), code_blocks(f"{opening}\n{after}\n")
        assert whole[len(code_blocks(before)) :] == rest[1:]
        assert whole[len(code_blocks(before)) - 1][1].endswith(rest[0][1])


def test_fences_are_taken_out_and_all_else_stays() -> None:
    text = 'So:\n\n```python\nx = """\n    ```\n"""\n```\nand\n> ~~~\n> b\n> ~~~\n'
    assert without_fences(text) == 'So:\n\nx = """\n    ```\n"""\nand\n> b\n'


def test_a_very_long_line_is_given_out_in_blocks_that_do_not_depend_on_the_cuts() -> None:
    text = "word [x] " * 4_000 + "end\nand on\n\nLast.\n"
    whole = read(text)
    reader = MarkdownReader()
    pieces = [
        event for at in range(0, len(text), 700) for event in reader.feed(text[at : at + 700])
    ]
    assert pieces + reader.finish() == whole
    blocks = [event for event in whole if isinstance(event, Block)]
    assert all(len(block.text) < 7_000 for block in blocks)
    assert [block.is_continued for block in blocks] == [False, *[True] * (len(blocks) - 2), False]
    joined = "".join(block.text + " " for block in blocks[:-1])
    assert joined.split() == text.replace("Last.", "").split()


def test_code_of_a_megabyte_in_one_line_comes_as_it_is_written() -> None:
    reader = MarkdownReader()
    reader.feed("- ```json\n  ")
    given_out = "".join(event.text for _ in range(20_000) for event in reader.feed("[1,2,3]," * 6))
    assert given_out == "[1,2,3]," * 120_000


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("```python\nx = 1\n```\n\nWhy does this fail?", "Why does this fail?"),
        ("```python\n\nx = 1\n```", "x = 1"),
        ("\n# Plan\nand more", "Plan"),
        ("1. > First", "First"),
        ("a\u2028b\nc", "a"),
        (" \n", ""),
    ],
)
def test_the_first_line_is_of_words(text: str, line: str) -> None:
    assert first_line(text) == line
