"""What is filled in ends its lines as the file does."""

import pytest

from app.generation.infill.holes import Hole
from app.generation.infill.shape import InfillAssembler


@pytest.mark.parametrize("pieces", [["a = 1\n", "    b = 2\n"], ["a = 1\r\n    b", " = 2\r", "\n"]])
def test_a_file_with_crlf_gets_crlf(pieces: list[str]) -> None:
    hole = Hole("def f():\r\n    ", "\r\n\r\n\r\nprint(f())\r\n")
    assembler = InfillAssembler(hole)
    written = "".join(assembler.feed(piece.encode()) for piece in pieces) + assembler.finish()
    assert written == "a = 1\r\n    b = 2"


def test_a_file_with_line_feeds_gets_those() -> None:
    assembler = InfillAssembler(Hole("def f():\n    ", "\n\n\nprint(f())\n"))
    written = assembler.feed(b"a = 1\n    b = 2\n") + assembler.finish()
    assert written == "a = 1\n    b = 2"
