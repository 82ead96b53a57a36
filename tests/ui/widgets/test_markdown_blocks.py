"""Markdown is cut into the same blocks, however it arrives, and can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.widgets.markdown_blocks import (
    LONGEST_LIVE_PROSE,
    BlockSplitter,
    CodeEnd,
    CodeStart,
    CodeText,
    ProseText,
    frozen_length,
    prose_html,
)

ANSWER = "Here:\n\n```python\ndef f():\n    return '```'\n```\nDone.\n"


def blocks(pieces):
    """Return the blocks as (language or None, text)."""
    splitter = BlockSplitter()
    result = []
    events = [event for piece in pieces for event in splitter.feed(piece)] + splitter.finish()
    is_code = False
    for event in events:
        match event:
            case CodeStart(language):
                is_code = True
                result.append((language, ""))
            case CodeEnd():
                is_code = False
            case ProseText(text) if not result or result[-1][0] is not None:
                result.append((None, text))
            case CodeText(text) | ProseText(text):
                result[-1] = (result[-1][0], result[-1][1] + text)
    assert not is_code
    return result


def test_prose_and_code_are_told_apart():
    assert blocks([ANSWER]) == [
        (None, "Here:\n\n"),
        ("python", "def f():\n    return '```'\n"),
        (None, "Done.\n"),
    ]


@given(st.lists(st.sampled_from(["`", "``", "```", "~~~", "\n", "a", " ", "    ", "py"])))
def test_the_size_of_the_pieces_does_not_matter(pieces):
    assert blocks(pieces) == blocks(["".join(pieces)])


@given(st.text(alphabet="ab \n-*_", max_size=80), st.integers(1, 9))
def test_text_without_fences_comes_through_whole(text, size):
    pieces = [text[n : n + size] for n in range(0, len(text), size)]
    assert "".join(part for _, part in blocks(pieces)) == text


def test_a_fence_inside_a_list_loses_its_indentation():
    text = "1. Do\n\n   ```bash\n   ls\n     -l\n   ```\n2. Then\n"
    assert blocks([text])[1] == ("bash", "ls\n  -l\n")


def test_a_fence_that_never_closes_is_code_to_the_end():
    assert blocks(["```js\nlet a", " = 1"]) == [("js", "let a = 1")]


def test_text_shows_at_once_unless_it_may_become_a_fence():
    splitter = BlockSplitter()
    assert splitter.feed("Hello") == [ProseText("Hello")]
    assert splitter.feed("\n``") == [ProseText("\n")]
    assert splitter.feed("x") == [ProseText("``x")]


@pytest.mark.parametrize(
    "text",
    [
        "A paragraph.\n\n" * 400,
        "".join(f"{n}. an item\n" for n in range(500)),
        "word " * 4_000,
        "x" * 20_000,
    ],
    ids=["paragraphs", "list", "one paragraph", "one word"],
)
def test_live_prose_stays_short(text):
    live = ""
    for start in range(0, len(text), 50):
        live += text[start : start + 50]
        while cut := frozen_length(live):
            live = live[cut:]
        assert len(live) <= 4 * LONGEST_LIVE_PROSE


def test_markup_cannot_do_harm():
    html = prose_html(
        '<script>alert(1)</script> <img src="http://x/y"> ![p](http://x/z.png) '
        "[a](javascript:alert(1)) [b](file:///etc/passwd)"
    )
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="file' not in html
