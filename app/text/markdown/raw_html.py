"""HTML that a text opens and does not close: in a file it would take all that follows with it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from app.text.markdown.blocks import Block, BlockKind
from app.text.markdown.whole import prose_blocks

# Elements that enclose what follows. Others are words to a reader: `List<String>` in a sentence.
_NAMES = """
a abbr address article aside audio b bdi bdo big blockquote body button center cite code dd del
details dfn dialog div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6
head header html i iframe ins kbd label legend main mark menu nav noscript object ol optgroup
option pre q s samp script section select small span strike strong style sub summary sup svg
table tbody td template textarea tfoot th thead title tr tt u ul var video
"""
_ENCLOSE = frozenset(_NAMES.split())
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_ESCAPED = re.compile(r"\\[<\\]")
_CLOSERS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_OPENERS = re.compile("|".join(map(re.escape, _CLOSERS)))


def closing_html(text: str) -> str:
    """Return what closes the comments and elements that the words of a text leave open.

    Empty where none is open. Code, also that between backticks, opens nothing.
    """
    words = "\n\n".join(_words(block) for block in prose_blocks(text))
    words = _ESCAPED.sub(" ", _CODE.sub(" ", words))
    kept: list[str] = []
    at = 0
    while (opener := _OPENERS.search(words, at)) is not None:
        kept.append(words[at : opener.start()])
        closer = _CLOSERS[opener.group()]
        end = words.find(closer, opener.end())
        if end < 0:
            return closer + _closing_tags(" ".join(kept))
        at = end + len(closer)
    return _closing_tags(" ".join([*kept, words[at:]]))


def _words(block: Block) -> str:
    if block.kind is BlockKind.INDENTED:
        return ""
    if block.table is not None:
        return "\n".join(cell for row in (block.table.header, *block.table.rows) for cell in row)
    return block.text


def _closing_tags(words: str) -> str:
    tags = _Tags()
    tags.feed(words)
    return "".join(f"</{name}>" for name in reversed(tags.open))


class _Tags(HTMLParser):
    """Keeps the elements that are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ENCLOSE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
