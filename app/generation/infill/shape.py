"""What of an infill is shown: the end of a hole that people expect, where models run on.

A base model often goes on after the hole is filled: with the lines that follow it anyway, or with
the next function. Text is held back until it is certain to belong into the hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.generation.assembly import Assembler
from app.generation.infill.holes import Hole
from app.generation.infill.indentation import Indentation

END_OF_LINE = "end of line"
END_OF_BLOCK = "end of block"
SUFFIX_REPEATED = "suffix repeated"
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_CLOSER_OF = {opener: closer for closer, opener in _CLOSERS.items()}
_QUOTES = "\"'`"
_LINE_ENDS = "\r\n"
OTHER_WORDS = "other words"
_ENDS = (END_OF_LINE, END_OF_BLOCK, SUFFIX_REPEATED, OTHER_WORDS)


class InfillAssembler(Assembler):
    """An assembler that also ends a run where its hole ends.

    * With text after the cursor in its line, the hole is one line, and a bracket or a quote that
      the rest of the line closes already is not closed again, nor is that rest repeated.
    * Else it ends before a line that is indented less than the cursor's line, or below a line
      that opens a block, no deeper than that one; at the left edge before the block after next.
      A line of brackets is part of the block where nothing closes them yet,
    * and before the lines that follow the hole: two of them, or one where there is one.

    Lines are indented as the file is, see `Indentation`, and end in CR LF where its lines do.
    `unsure` is the end of the prefix, which the model must write again, or the run ends with
    `OTHER_WORDS`; see `begun_in_line`.
    """

    def __init__(self, hole: Hole, stop_texts: Iterable[str] = (), *, unsure: str = "") -> None:
        rest = re.split(r"[\r\n]", hole.suffix, maxsplit=1)[0].rstrip()
        self._repeated = rest if _is_telling(rest) else ""
        super().__init__((*stop_texts, self._repeated))
        self._unsure = unsure
        self._rest = rest.strip()
        line = hole.prefix.rpartition("\n")[2]
        quote = self._rest[:1] if self._rest[:1] in _QUOTES else ""
        self._quote = quote if quote and line.count(quote) % 2 else ""  # the string is open
        self._indent = len(line) - len(line.lstrip()) if line else _least_indent(hole.prefix)
        self._indentation = Indentation(f"{hole.prefix}\n{hole.suffix}", line)
        whole = hole.prefix + hole.suffix
        self._line_end = "\r\n" if whole.count("\r\n") * 2 > whole.count("\n") else ""
        self._is_closing = False  # the line begins by closing what nothing else closes
        self._is_first, self._went_deeper, self._is_parted = True, False, False
        self._following = [ln.rstrip() for ln in hole.suffix.splitlines() if ln.strip()][:2]
        self._ends_line = hole.suffix[:1] in ("\r", "\n")
        self._open: list[str] = []
        self._unclosed = {
            closer: _surplus(hole.prefix, opener, closer)
            - max(_surplus(hole.suffix, closer, opener), 0)
            for closer, opener in _CLOSERS.items()
        }  # brackets that nothing closes yet, neither the suffix nor what was written
        self._line = line  # the current line as it will stand in the file
        self._shown = len(line)  # how much of it was given out, or stood there before
        self._waiting = ""  # line ends and lines that may still turn out to repeat the suffix
        self._matched = 0

    def feed(self, data: bytes) -> str:
        """Take the bytes of one token and return the text that certainly belongs in the hole."""
        shown = self._shape(self._after_unsure(super().feed(data)))
        if self.stopped_by and self.stopped_by == self._repeated:
            self.stopped_by = SUFFIX_REPEATED
            return shown.rstrip() if self._repeated[0].isspace() else shown
        return shown

    def finish(self) -> str:
        """Return what was held back, but for what repeats the suffix or its line end."""
        if self.stopped_by in _ENDS:
            return ""
        text = self._shape(self._after_unsure(super().finish()))
        if self._unsure:
            self.stopped_by = OTHER_WORDS
        if self.stopped_by in _ENDS:
            return text
        if self._line.strip() and not self._repeats(self._line):
            text += self._give()
        elif not self._line.strip() and not self._ends_line:
            text += self._waiting + self._line[self._shown :]
        return text

    def _after_unsure(self, text: str) -> str:
        """Return what comes after the end of the prefix, which stands there already."""
        both = min(len(text), len(self._unsure))
        if text[:both] != self._unsure[:both]:
            self.stopped_by = OTHER_WORDS
            return ""
        self._unsure = self._unsure[both:]
        return text[both:]

    def _shape(self, text: str) -> str:
        out = ""
        for character in text:
            if character == "\r" and self._line_end:
                continue  # the file's own line end is written at the line feed
            if character in _LINE_ENDS:
                out += self._end_line(self._line_end or character)
            elif self._closes_too_much(character):
                self.stopped_by = END_OF_LINE
                out += self._give()
            else:
                if not (character.isspace() or self._line.strip() or self._shown):
                    self._line = self._indentation.fitted(self._line)
                    self._is_closing = self._unclosed.get(character, -1) >= 0
                self._line += character
            if self.stopped_by in _ENDS:
                return out
        return out + self._give_certain()

    def _end_line(self, character: str) -> str:
        if self._rest:
            self.stopped_by = END_OF_LINE
            return self._give()
        if not self._line.strip():
            # Blank lines wait: what follows them may not belong here.
            self._is_parted = True
            self._waiting += self._line[self._shown :] + character
            self._line, self._shown = "", 0
            return ""
        if self._is_dedent():
            self.stopped_by = END_OF_BLOCK
            return ""
        out = ""
        if self._matched and not self._repeats(self._line):
            out = self._waiting.rstrip(_LINE_ENDS)  # no repetition after all
            self._waiting, self._matched = self._waiting[len(out) :], 0
        if self._repeats(self._line):
            self._matched += 1
            if self._matched == len(self._following):
                self.stopped_by = SUFFIX_REPEATED
                return out
            self._waiting += self._line[self._shown :] + character
        else:
            out += self._give()
            self._waiting = character
        self._indentation.written(self._line)
        self._went_deeper = self._went_deeper or self._line[:1].isspace()
        self._is_parted = False
        self._line, self._shown, self._is_first = "", 0, False
        return out

    def _give_certain(self) -> str:
        """Give out the line so far, unless it may still have to be taken back."""
        if not self._line.strip() or len(self._line) == self._shown:
            return ""
        if self._is_dedent():
            self.stopped_by = END_OF_BLOCK
            return ""
        if self._is_fresh() and not self._rest:
            begun = self._line.rstrip()
            expected = {self._matched, 0} if self._following else ()
            if any(self._following[n].startswith(begun) for n in expected):
                return ""
        return self._give()

    def _give(self) -> str:
        out = self._waiting + self._line[self._shown :]
        self._waiting, self._shown, self._matched = "", len(self._line), 0
        return out

    def _is_dedent(self) -> bool:
        if self._shown or self._is_first:
            return False
        indent = len(self._line) - len(self._line.lstrip())
        if not self._indent and not indent:
            return self._went_deeper and self._is_parted
        return indent < self._indent and not self._is_closing

    def _repeats(self, line: str) -> bool:
        if not self._is_fresh() or not self._following or self._rest:
            return False
        return line.rstrip() == self._following[self._matched]

    def _is_fresh(self) -> bool:
        """Tell whether nothing but indentation of the current line was given out."""
        return not self._line[: self._shown].strip()

    def _closes_too_much(self, character: str) -> bool:
        if character in "([{":
            self._open.append(character)
            self._unclosed[_CLOSER_OF[character]] += 1
        elif character in _CLOSERS:
            self._unclosed[character] -= 1
            if self._open and self._open[-1] == _CLOSERS[character]:
                self._open.pop()
            elif self._rest.startswith(character):
                return True
        return character == self._quote and not self._line.endswith("\\")


def _surplus(text: str, more: str, less: str) -> int:
    return text.count(more) - text.count(less)


def _is_telling(rest: str) -> bool:
    """Tell whether what stands after the cursor in its line is too long to occur by chance."""
    return len(rest) >= 5 or (len(rest) >= 2 and not any(c.isalnum() for c in rest[:1]))


def _least_indent(prefix: str) -> int:
    """Return the indentation that a line at the left edge needs to belong to an open block."""
    lines = [line for line in prefix.splitlines() if line.strip()]
    if not lines or not lines[-1].rstrip().endswith((":", "{")):
        return 0
    return len(lines[-1]) - len(lines[-1].lstrip()) + 1
