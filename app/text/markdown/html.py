"""HTML of blocks of Markdown, for a reader that fetches nothing and runs nothing.

Raw HTML stays text, but for `<br>` in the cells of tables, which have no other way to break a
line. Blocks may go on in a list or a quote that earlier blocks have begun.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from app.text.markdown.blocks import Block, BlockKind, Container, ContainerKind, Path, Table
from app.text.markdown.definitions import Definitions

_MAY_BE_MARKED = re.compile(r"[\\`*_\[\]<>&!~\n]")
_LEFT = ' align="left"'
# Qt makes one plain space of any spaces in HTML but U+00A0, where nothing says to keep them.
_SPECIAL_SPACES = re.compile(r"[^\S \t\n\r\xa0\u2028\u2029]+")
_SPACES_OF_CODE = re.compile(r"[^\S \t\n\r\xa0\u2028\u2029]+|  +")
_KEPT = r'<span style="white-space:pre-wrap">\g<0></span>'
_TASK = re.compile(r"\[([ xX])\] ")
_MARKS = (' class="checked"', ' class="unchecked"')  # Qt draws boxes for these
_BREAK = re.compile(r"&lt;br\s*/?&gt;", re.IGNORECASE)


class _SafeRenderer(RendererHTML):
    """Pictures become their words with a link to the address."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        words = self.renderInlineAsText(token.children or [], options, env)
        link = Token("link_open", "a", 1)
        link.attrSet("href", str(token.attrGet("src") or ""))
        return f"<a{self.renderAttrs(link)}>{words or 'picture'}</a>"

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        words = _words(tokens[idx].content)
        return _BREAK.sub("<br>", words) if env.get("is_cell") else words

    def code_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f"<code>{_SPACES_OF_CODE.sub(_KEPT, escape(tokens[idx].content))}</code>"


def _words(text: str) -> str:
    return _SPECIAL_SPACES.sub(_KEPT, escape(text))


_INLINE = MarkdownIt("commonmark", {"html": False}, renderer_cls=_SafeRenderer).enable(
    "strikethrough"
)

_MOST_MARKS = 300
"""Brackets, stars and the like in a block; one with more is shown as it is written. Links are
looked for from each bracket anew: 3,000 of them take 100 ms."""


def html_of(
    blocks: Sequence[Block],
    *,
    begun: Collection[int] = (),
    definitions: Definitions | None = None,
) -> str:
    """Return blocks as HTML. `begun` are the keys of containers that earlier blocks stand in."""
    writer = _Writer(begun, definitions or {})
    for block in blocks:
        writer.write(block)
    return writer.finish()


class _Writer:
    def __init__(self, begun: Collection[int], definitions: Definitions) -> None:
        self._parts: list[str] = []
        self._path: Path = ()
        self._begun = begun
        self._env = {"references": definitions}

    def write(self, block: Block) -> None:
        mark = self._mark(block)
        is_first = self._enter(block.path, is_apart=block.is_apart, mark=mark)
        add = self._parts.append
        match block.kind:
            case BlockKind.PARAGRAPH if is_first:
                add(self._inline(block.text[4:] if mark else block.text))
            case BlockKind.PARAGRAPH:
                add(f"<p>{self._inline(block.text)}</p>")
            case BlockKind.HEADING:
                add(f"<h{block.level}>{self._inline(block.text)}</h{block.level}>")
            case BlockKind.RULE:
                add("<hr>")
            case BlockKind.INDENTED:
                add(f"<pre><code>{escape(block.text)}</code></pre>")
            case BlockKind.TABLE if block.table is not None:
                self._table(block.table)
            case BlockKind.NOTHING:
                add("&nbsp;" if is_first else "")

    def finish(self) -> str:
        self._leave(0, ())
        return "".join(self._parts)

    def _inline(self, text: str, *, is_cell: bool = False) -> str:
        if not _MAY_BE_MARKED.search(text):
            return _words(text)
        if any(text.count(mark) > _MOST_MARKS for mark in "[*_~"):
            return _words(text)
        env = {**self._env, "is_cell": is_cell}
        return str(_INLINE.renderInline(text, env))

    def _table(self, table: Table) -> None:
        add = self._parts.append
        tags = [f' align="{align}"' if align else "" for align in table.aligns]
        add('<table border="0" cellspacing="1" cellpadding="6"><thead><tr>')
        for tag, cell in zip(tags, table.header, strict=True):
            add(f"<th{tag or _LEFT}>{self._inline(cell, is_cell=True)}</th>")
        add("</tr></thead>")
        for row in table.rows:
            add("<tr>")
            for tag, cell in zip(tags, row, strict=True):
                add(f"<td{tag}>{self._inline(cell, is_cell=True)}</td>")
            add("</tr>")
        add("</table>")

    # --- lists and quotes ----------------------------------------------------------------

    def _enter(self, path: Path, *, is_apart: bool, mark: str) -> bool:
        """Close and open what lies between; tell whether an item begins here.

        `mark` is what an item of the innermost list has in place of its dot.
        """
        same = 0
        while same < min(len(self._path), len(path)) and self._path[same] == path[same]:
            same += 1
        before = self._path
        self._leave(same, path)
        is_first = False
        for depth in range(same, len(path)):
            one = path[depth]
            is_first = one.kind is not ContainerKind.QUOTE
            if not is_first:
                self._parts.append("<blockquote>")
                continue
            if not (depth == same and self._goes_on(before, path, depth)):
                self._parts.append(self._list_tag(one))
            style = ' style="margin-top:8px"' if is_apart else ""
            self._parts.append(f"<li{mark if depth == len(path) - 1 else ''}{style}>")
        self._path = path
        return is_first

    def _mark(self, block: Block) -> str:
        """Return the box of a task, where the block begins the item of one."""
        item = block.path[-1] if block.path else None
        if item is None or item.kind is not ContainerKind.BULLET or item.key in self._begun:
            return ""
        task = _TASK.match(block.text) if block.kind is BlockKind.PARAGRAPH else None
        return "" if task is None else _MARKS[task[1] == " "]

    def _list_tag(self, one: Container) -> str:
        if one.key in self._begun:
            return '<ul style="list-style-type:none">'
        return f'<ol start="{one.number}">' if one.kind is ContainerKind.ORDERED else "<ul>"

    def _leave(self, depth: int, path: Path) -> None:
        for number in range(len(self._path) - 1, depth - 1, -1):
            one = self._path[number]
            if one.kind is ContainerKind.QUOTE:
                self._parts.append("</blockquote>")
                continue
            self._parts.append("</li>")
            if not (number == depth and self._goes_on(self._path, path, number)):
                is_counted = one.kind is ContainerKind.ORDERED and one.key not in self._begun
                self._parts.append("</ol>" if is_counted else "</ul>")

    def _goes_on(self, before: Path, path: Path, depth: int) -> bool:
        """Tell whether both have an item of the same list at a depth, in one list of the HTML."""
        if depth >= min(len(before), len(path)) or before[depth].key in self._begun:
            return False
        return before[depth].list_key == path[depth].list_key != 0
