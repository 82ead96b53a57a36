"""Checks code in a child process, which parsers may hold up, fill or crash without harm.

A parser holds Python's lock for as long as it runs: half a second for a long file, in which the
window would stand still. A hostile text may take all memory or end the process. So the parsers and
their grammars live in a child; see `app.processes.asked`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from app.core.syntax import Syntax, SyntaxState
from app.processes.asked import Child, GaveUpError
from app.processes.settling import Limits

LONGEST_S = 8.0
"""How long a check may take. The child gives up by itself before that, mostly."""
_MOST_BYTES = 1_500_000_000
_REMEMBERED = 64
_LONGEST_REMEMBERED = 50_000
_CHECK = "app.generation.syntax.checking:check"

_GAVE_UP = Syntax(SyntaxState.UNKNOWN, message="could not be checked")


class CodeChecks:
    """The parsers of one program. `check` is used on the asyncio thread."""

    def __init__(self, *, longest_s: float = LONGEST_S) -> None:
        self._child = Child(_CHECK, name="code checks", limits=Limits(longest_s, _MOST_BYTES))
        self._known: OrderedDict[tuple[str, str], Syntax] = OrderedDict()

    async def check(self, info: str, text: str, *, is_whole: bool = True) -> Syntax:
        """Return whether `text` parses as the language that `info`, a fence's word, names.

        A text that is not whole is still being written. Never raises for any text: what cannot
        be checked is `UNKNOWN`.
        """
        key = (info, text)
        if is_whole and key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        found = await asyncio.to_thread(self._ask, info, text, is_whole)
        if is_whole and len(text) <= _LONGEST_REMEMBERED:
            self._known[key] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    @property
    def process_id(self) -> int:
        """Return the child's process id, 0 while there is none."""
        return self._child.process_id

    def close(self) -> None:
        """End the child, also in the middle of a check."""
        self._child.close()

    def _ask(self, info: str, text: str, is_whole: bool) -> Syntax:  # noqa: FBT001
        try:
            found = self._child.ask(info, text, is_whole=is_whole)
        except GaveUpError:
            return _GAVE_UP
        assert isinstance(found, Syntax)
        return found
