"""What a run may write next: its grammar held over the vocabulary's tokens, by llguidance.

llguidance parses with Earley's algorithm and gives up at limits of its own, so that no grammar
takes for ever. llama.cpp's grammars keep a list of stacks instead, which grows exponentially for
some grammars, and without an end for some that call themselves first.
"""

from __future__ import annotations

import logging
from functools import cached_property

import numpy as np
import numpy.typing as npt
from llguidance import LLMatcher, LLParserLimits, LLTokenizer, TokenizerWrapper

from app.core.errors import GrammarError

_MOST_ITEMS_IN_ROW = 2_000
_MOST_ITEMS_IN_STEP = 400_000  # about a tenth of a second; 50,000 do not do for our CSV grammar

logger = logging.getLogger(__name__)


class GrammarTokens:
    """The pieces of a vocabulary in the order of their ids, as grammars are held over them.

    A token without a piece writes nothing and is never allowed, nor is one with a NUL.
    """

    def __init__(self, pieces: list[bytes]) -> None:
        self.size = len(pieces)
        self._pieces = [b"" if b"\0" in piece else piece for piece in pieces]

    @cached_property
    def tokenizer(self) -> LLTokenizer:
        """Return llguidance's trie of the pieces; takes a third of a second for 49,152 tokens."""
        return LLTokenizer(TokenizerWrapper(_Pieces(self._pieces)))


class _Pieces:
    """A vocabulary as llguidance wants it, with a last token of its own that ends a text."""

    bos_token_id = None

    def __init__(self, pieces: list[bytes]) -> None:
        self.tokens = [*(piece or b"<>" for piece in pieces), b"<end>"]
        self.eos_token_id = len(pieces)
        self.special_token_ids = [i for i, piece in enumerate(pieces) if not piece]
        self.special_token_ids.append(self.eos_token_id)

    def __call__(self, text: bytes) -> list[int]:
        """Return no ids: only texts that are forced would be cut, and no grammar here forces."""
        return []


class Constraint:
    """One run's place in its grammar."""

    def __init__(self, lark: str, tokens: GrammarTokens) -> None:
        """Raises `GrammarError` for a grammar that is too large."""
        self._size = tokens.size
        limits = LLParserLimits(
            max_items_in_row=_MOST_ITEMS_IN_ROW, step_max_items=_MOST_ITEMS_IN_STEP
        )
        self._matcher = LLMatcher(
            tokens.tokenizer, LLMatcher.grammar_from_lark(lark), log_level=0, limits=limits
        )
        if self._matcher.is_error():
            logger.info("llguidance refused a grammar: %s", self._matcher.get_error())
            raise GrammarError("The grammar is too large.", hint="Use fewer or shorter rules.")

    @property
    def is_too_hard(self) -> bool:
        """Tell whether the grammar was given up, as it can be read in too many ways at once."""
        return bool(self._matcher.is_error())

    @property
    def may_end(self) -> bool:
        """Tell whether what is written satisfies the grammar."""
        return bool(self._matcher.is_accepting())

    def allows(self, token: int) -> bool:
        """Tell whether a token that writes something may come next."""
        return bool(self._matcher.validate_tokens([token]))

    def allowed(self) -> npt.NDArray[np.bool_]:
        """Return which tokens may come next, `(n_vocab,)`; none once the grammar is given up."""
        if self.is_too_hard:
            return np.zeros(self._size, dtype=np.bool_)
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        if self.is_too_hard:
            return np.zeros(self._size, dtype=np.bool_)
        return np.unpackbits(bits, bitorder="little")[: self._size].astype(np.bool_)

    def accept(self, token: int) -> None:
        """Go past a token that was allowed."""
        self._matcher.consume_token(token)
