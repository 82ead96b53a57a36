"""What of an edit's answer is shown: the code in an instruct model's fence, a base model's comment.

Both end the run where the rest would be of no use.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.generation.assembly import Assembler
from app.text.fences import CodeClosed, CodeOpened, CodeText, FenceReader

END_OF_CODE = "end of code"
END_OF_COMMENT = "end of comment"


class CodeOnly(Assembler):
    """Gives the first code block of an answer; all of the answer where there is no block."""

    def __init__(self, stop_texts: Iterable[str] = ()) -> None:
        super().__init__(stop_texts)
        self._reader = FenceReader()
        self._prose = ""
        self._is_in_code = False

    def feed(self, data: bytes) -> str:
        """Take the bytes of one token and return the code that is certain."""
        return self._read(super().feed(data), is_over=False)

    def finish(self) -> str:
        """Return the rest of the code."""
        if self.stopped_by == END_OF_CODE:
            return ""
        code = self._read(super().finish(), is_over=True)
        return code if self._is_in_code else self._prose.strip("\n")

    def _read(self, text: str, *, is_over: bool) -> str:
        if self.stopped_by == END_OF_CODE:
            return ""
        self._prose += text
        events = self._reader.feed(text)
        if is_over:
            events += self._reader.finish()
        code = ""
        for event in events:
            match event:
                case CodeOpened():
                    self._is_in_code = True
                case CodeText(text=more):
                    code += more
                case CodeClosed():
                    self.stopped_by = END_OF_CODE
                    return code
        return code


class CommentLines(Assembler):
    """Gives the lines of a comment that has begun, and ends where another line follows.

    The first line's mark stands in the prompt. With `is_bare` the marks are taken away. The last
    line's end is never given.
    """

    def __init__(self, mark: str, stop_texts: Iterable[str] = (), *, is_bare: bool) -> None:
        super().__init__(stop_texts)
        self._mark = mark.strip()
        self._is_bare = is_bare
        self._line = ""
        self._is_first = True

    def feed(self, data: bytes) -> str:
        """Take the bytes of one token and return the text that is certain."""
        return self._read(super().feed(data))

    def finish(self) -> str:
        """Return what was held back."""
        if self.stopped_by == END_OF_COMMENT:
            return ""
        text = self._read(super().finish())
        return text if self._is_first or self.stopped_by else text + self._end_line()

    def _read(self, text: str) -> str:
        out = ""
        for character in text:
            if self.stopped_by == END_OF_COMMENT:
                break
            if character == "\n":
                out += "" if self._is_first else self._end_line()
                self._is_first, self._line = False, ""
            elif self._is_first:
                out += character
            else:
                self._line += character
        return out

    def _end_line(self) -> str:
        if not self._line.strip().startswith(self._mark):
            self.stopped_by = END_OF_COMMENT
            return ""
        if not self._is_bare:
            return "\n" + self._line
        return "\n" + self._line.strip(" \t").removeprefix(self._mark).removeprefix(" ")
