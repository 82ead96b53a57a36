"""The reader of streaming Markdown finds what markdown-it finds in the whole text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.text.markdown.blocks import (
    Block,
    BlockKind,
    CodeClosed,
    CodeOpened,
    CodeText,
    Container,
    ContainerKind,
    MarkdownEvent,
)
from app.text.markdown.reader import MarkdownReader, read

_ORACLE = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable("table")
_PARAGRAPHS = {BlockKind.PARAGRAPH: "p", BlockKind.HEADING: "h", BlockKind.RULE: "hr"}

Shape = list[tuple[object, ...]]


def expected(text: str) -> Shape:
    """Return what markdown-it finds: containers as they open and close, and leaves."""
    shape: Shape = []
    tokens = _ORACLE.parse(text)
    counts: list[int] = []
    for place, token in enumerate(tokens):
        match token.type:
            case "blockquote_open" | "blockquote_close":
                shape.append(("quote", token.nesting))
            case "bullet_list_open" | "ordered_list_open":
                counts.append(int(token.attrGet("start") or 1) if token.tag == "ol" else 0)
                shape.append((token.tag, 1))
            case "bullet_list_close" | "ordered_list_close":
                counts.pop()
                shape.append((token.tag, -1))
            case "list_item_open":
                is_counted = token.markup in (".", ")")
                shape.append(("li", 1, counts[-1] if is_counted else 0))
                counts[-1] += 1
            case "list_item_close":
                shape.append(("li", -1))
            case "paragraph_open":
                shape.append(("p", plain(tokens[place + 1].content)))
            case "heading_open":
                shape.append(("h", token.tag[1], plain(tokens[place + 1].content)))
            case "fence":
                shape.append(("fence", token.info.strip(), token.content))
            case "code_block":
                shape.append(("indented", token.content))
            case "hr":
                shape.append(("hr",))
            case "table_open":
                shape.append(("table", []))
            case "th_open" | "td_open":
                shape[-1][1].append(tokens[place + 1].content)
    return shape


def plain(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def found(events: list[MarkdownEvent]) -> Shape:
    """Return the same of what the reader tells."""
    shape: Shape = []
    path: tuple[Container, ...] = ()
    for event in events:
        match event:
            case Block(kind=kind):
                path = walk(path, event.path, shape)
                shape += leaf(event, kind)
            case CodeOpened(info=info):
                path = walk(path, event.path, shape)
                shape.append(("fence", info, ""))
            case CodeText(text=text):
                shape[-1] = (*shape[-1][:2], shape[-1][2] + text)
            case CodeClosed():
                pass
    walk(path, (), shape)
    return shape


def leaf(block: Block, kind: BlockKind) -> Shape:
    match kind:
        case BlockKind.PARAGRAPH:
            return [("p", plain(block.text))]
        case BlockKind.HEADING:
            return [("h", str(block.level), plain(block.text))]
        case BlockKind.RULE:
            return [("hr",)]
        case BlockKind.INDENTED:
            return [("indented", block.text)]
        case BlockKind.TABLE:
            assert block.table is not None
            rows = [block.table.header, *block.table.rows]
            return [("table", [cell for row in rows for cell in row])]
        case BlockKind.NOTHING:
            return []


def walk(
    old: tuple[Container, ...], new: tuple[Container, ...], shape: Shape
) -> tuple[Container, ...]:
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    for depth in range(len(old) - 1, same - 1, -1):
        one = old[depth]
        if one.kind is ContainerKind.QUOTE:
            shape.append(("quote", -1))
            continue
        shape.append(("li", -1))
        goes_on = depth == same and depth < len(new) and new[depth].list_key == one.list_key
        if not goes_on:
            shape.append((tag(one), -1))
    for depth in range(same, len(new)):
        one = new[depth]
        if one.kind is ContainerKind.QUOTE:
            shape.append(("quote", 1))
            continue
        goes_on = depth == same and depth < len(old) and old[depth].list_key == one.list_key
        if not goes_on:
            shape.append((tag(one), 1))
        shape.append(("li", 1, one.number))
    return new


def tag(one: Container) -> str:
    return "ol" if one.kind is ContainerKind.ORDERED else "ul"


def streamed(text: str, cuts: list[int]) -> list[MarkdownEvent]:
    reader = MarkdownReader()
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[a:b] for a, b in pairwise(edges)]
    events: list[MarkdownEvent] = []
    for piece in pieces:
        events += reader.feed(piece)
        reader.unfinished()
    return events + reader.finish()


_FENCES = ["```", "````", "~~~", "~~~~", "```python", "~~~ a`b", "``` a`b"]
_ITEMS = ["- ", "* ", "+ ", "1. ", "2) ", "10. ", "-", "1.", "- - ", "-     "]
_QUOTES = ["> ", ">", ">> ", "> > "]
_OTHERS = ["# ", "##", "***", "---", "===", "[a]: b"]
_BLANKS = ["", " ", "  ", "   ", "    ", "     ", "      "]
_WORDS = ["", "a", "b c", "`d`", "x```", "    e"]


def soups_of(marks: list[str], blanks: list[str]) -> st.SearchStrategy[str]:
    """Return texts whose lines begin with up to two of the marks."""
    marked = st.lists(st.sampled_from(marks), max_size=2).map("".join)
    line = st.tuples(
        st.sampled_from(blanks), marked, st.sampled_from(blanks), st.sampled_from(_WORDS)
    ).map(lambda parts: ("\n" if len(parts[0].expandtabs(4)) > 3 else "") + "".join(parts))
    return st.lists(line, min_size=1, max_size=9).map(lambda lines: "\n".join(lines) + "\n")


# markdown-it itself leaves CommonMark where a line that goes on with a paragraph is indented by
# four and more but less than its item, or than a quote in a quote, and where tabs follow such
# quotes. So lines that are indented by more stand apart, and two kinds of soup are cooked.
deep = soups_of(_FENCES + _ITEMS + _OTHERS[:-1], [*_BLANKS, "\t"])
quoted = soups_of(_FENCES + _ITEMS + _QUOTES, _BLANKS[:4])
soups = deep | quoted


@given(soups)
def test_a_soup_of_fences_lists_and_quotes_is_what_markdown_it_finds(text: str) -> None:
    assert found(read(text)) == expected(text)


@given(soups, st.lists(st.integers(0, 200), max_size=20))
def test_any_cut_finds_the_same(text: str, cuts: list[int]) -> None:
    assert found(streamed(text, cuts)) == found(read(text))
