"""HTML of Markdown shows what was meant, and can do no harm."""

from __future__ import annotations

import pytest

from app.text.markdown.html import html_of
from app.text.markdown.reader import MarkdownReader
from app.text.markdown.whole import prose_blocks


def html(text: str) -> str:
    return html_of(prose_blocks(text))


def test_markup_cannot_do_harm() -> None:
    found = html(
        '<script>alert(1)</script> <img src="http://x/y"> ![p](http://x/z.png) '
        "[a](javascript:alert(1)) [b](file:///etc/passwd)"
    )
    assert "<script" not in found
    assert "<img" not in found
    assert 'href="javascript' not in found
    assert 'href="file' not in found


@pytest.mark.parametrize("tag", ["<br>", "<br/>", "<br />", "<BR>"])
def test_a_break_in_a_cell_breaks_the_line(tag: str) -> None:
    found = html(f"|a|b|\n|-|-|\n|one{tag}two|`{tag}`|\n\nin words {tag} it is text")
    assert "<td>one<br>two</td>" in found
    assert found.count("<br>") == 1


def test_numbers_go_on_whatever_the_markers_say() -> None:
    blocks = prose_blocks("1. a\n1. b\n\n   ```\n   code\n   ```\n1. c\n")
    begun = {container.key for block in blocks[:2] for container in block.path}
    assert html_of(blocks[:2]) == '<ol start="1"><li>a</li><li>b</li></ol>'
    assert html_of(blocks[2:], begun=begun) == '<ol start="3"><li>c</li></ol>'


def test_what_goes_on_in_an_item_has_no_second_mark() -> None:
    blocks = prose_blocks("- a\n\n  b\n- c\n")
    rest = html_of(blocks[1:], begun={blocks[0].path[0].key})
    assert rest.startswith('<ul style="list-style-type:none"><li')
    assert rest.endswith("<ul><li>c</li></ul>")


def test_definitions_of_links_are_found_wherever_they_stand() -> None:
    reader = MarkdownReader()
    blocks = [*reader.feed("See [it].\n\n[it]: https://x.org\n"), *reader.finish()]
    assert html_of(blocks, definitions=reader.definitions) == (  # type: ignore[arg-type]
        '<p>See <a href="https://x.org">it</a>.</p>'
    )


def test_too_many_marks_are_shown_as_they_are() -> None:
    assert html("[" * 2_000) == f"<p>{'[' * 2_000}</p>"


def test_tasks_have_boxes() -> None:
    assert html("- [x] done\n- [ ] to *do*\n- [y] no task\n\n[x] nor this") == (
        '<ul><li class="checked">done</li><li class="unchecked">to <em>do</em></li>'
        "<li>[y] no task</li></ul><p>[x] nor this</p>"
    )
    assert html("1. [x] numbers stay") == '<ol start="1"><li>[x] numbers stay</li></ol>'
    assert html("- > [x] quoted") == "<ul><li><blockquote><p>[x] quoted</p></blockquote></li></ul>"
