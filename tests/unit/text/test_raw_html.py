"""A message's own HTML ends with the message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.markdown.raw_html import closing_html


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("<details>\n<summary>More</summary>\n\nIt goes on.", "</details>"),
        ("A <!-- note", "-->"),
        ("<details><!-- note", "--></details>"),
        ("<!-- a --> and <b>bold</b>", ""),
        ("<?php echo 1;", "?>"),
        ("<table><tr><td>1", "</td></tr></table>"),
        ("<script>\nlet a = 1;", "</script>"),
        ("<DIV class='x'>", "</div>"),
        ("Line<br>and <img src=x>", ""),
        ("A List<String> is no element.", ""),
        ("Type `<details>` to fold.", ""),
        ("```html\n<details>\n```\nDone.", ""),
        ("    <details>\n", ""),
        ("Write \\<details> so.", ""),
        ("a < b and c > d", ""),
        ("| a |\n|---|\n| <b>x |", "</b>"),
        ("</div> <i>x", "</i>"),
        ("", ""),
    ],
)
def test_what_is_open_is_closed(text: str, closing: str) -> None:
    assert closing_html(text) == closing


PIECES = ["<b>", "</b>", "<!--", "-->", "<details>", "</details>", "x ", "<br>", "<?", "?>"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_once_closed_nothing_is_open(text: str) -> None:
    assert closing_html(text + closing_html(text)) == ""


def test_much_of_it_takes_no_time() -> None:
    assert closing_html("<!-" * 50_000) == ""
    assert closing_html("<div>" * 20_000).count("</div>") == 20_000
    assert closing_html("x " + "`" * 50_000 + "<b>") == "</b>"
