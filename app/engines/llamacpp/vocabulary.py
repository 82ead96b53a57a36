"""A model file's vocabulary: text to token ids and back, control tokens by name.

User text is tokenized with special parsing off; a control token gets into a prompt only as a
`Control` part, looked up here.
"""

from __future__ import annotations

import ctypes
from functools import cached_property
from itertools import groupby
from typing import Any

from llama_cpp import llama_cpp as lib

from app.core.errors import EngineError
from app.core.prompts import Control, Prompt
from app.engines.llamacpp.grammar.constraint import GrammarTokens

_SIGN = "\u263a"  # a token or its bytes, and never the beginning of a longer token
_CODE_LLAMA_END = "▁<EOT>"  # llama.cpp looks for it as `_<EOT>` and so leaves it a usual token
_CONTROL = lib.LLAMA_TOKEN_ATTR_CONTROL | lib.LLAMA_TOKEN_ATTR_USER_DEFINED


class Vocabulary:
    """The vocabulary of one loaded model; lives no longer than the model."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - an opaque C pointer
        self.pointer = lib.llama_model_get_vocab(model)
        self.size = int(lib.llama_vocab_n_tokens(self.pointer))
        self.control_tokens = self._named(_CONTROL)
        self.end_ids = frozenset(
            i for i in range(self.size) if lib.llama_vocab_is_eog(self.pointer, i)
        )
        self.silent_ids = [  # control tokens that write nothing and do not end an answer
            i
            for i in self.control_tokens.values()
            if i not in self.end_ids and lib.llama_vocab_is_control(self.pointer, i)
        ]
        begin = int(lib.llama_vocab_bos(self.pointer))
        self.begin_id = begin if begin >= 0 else None
        end = int(lib.llama_vocab_eos(self.pointer))
        self.end_id = end if end >= 0 else None
        self.adds_begin = bool(lib.llama_vocab_get_add_bos(self.pointer))
        self._is_sentencepiece = lib.llama_vocab_type(self.pointer) == lib.LLAMA_VOCAB_TYPE_SPM
        self._pieces: dict[int, bytes] = {}

    def name(self, token: int) -> str:
        """Return a token's text and let it be used as a control token: the file says it is one.

        Empty where the vocabulary ends before it.
        """
        if not 0 <= token < self.size:
            return ""
        text = str(lib.llama_vocab_get_text(self.pointer, token).decode("utf-8", "replace"))
        self.control_tokens.setdefault(text, token)
        return text

    def _named(self, attributes: int) -> dict[str, int]:
        return {
            lib.llama_vocab_get_text(self.pointer, i).decode("utf-8", "replace"): i
            for i in range(self.size)
            if lib.llama_vocab_get_attr(self.pointer, i) & attributes
            or lib.llama_vocab_get_text(self.pointer, i) == _CODE_LLAMA_END.encode()
        }

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the ids of `text`, with no begin token added."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8  # a token is at least a byte long; sentencepiece may add a space
        ids = (ctypes.c_int32 * room)()
        count = lib.llama_tokenize(self.pointer, data, len(data), ids, room, False, special)  # noqa: FBT003
        if count < 0:
            raise EngineError("The text could not be turned into tokens.")
        return list(ids[:count])

    def piece(self, token: int) -> bytes:
        """Return the bytes of one token; a control token has none."""
        known = self._pieces.get(token)
        if known is None:
            known = self._pieces[token] = self._read_piece(token)
        return known

    def _read_piece(self, token: int, room: int = 64) -> bytes:
        buffer = ctypes.create_string_buffer(room)
        length = lib.llama_token_to_piece(self.pointer, token, buffer, room, 0, False)  # noqa: FBT003
        return self._read_piece(token, -length) if length < 0 else buffer.raw[:length]

    @cached_property
    def for_grammars(self) -> GrammarTokens:
        """Return the tokens that a grammar allows or forbids; end tokens write nothing."""
        return GrammarTokens(
            [b"" if i in self.end_ids else self.piece(i) for i in range(self.size)]
        )

    def render(self, prompt: Prompt) -> list[int]:
        """Return the token ids of a prompt, begin token included where the file asks for one.

        Raises `EngineError` naming a control token that the vocabulary lacks.
        """
        ids: list[int] = []
        is_glued = False
        guarded = self._found_in_text(prompt)
        for is_text, parts in groupby(prompt.parts, lambda part: isinstance(part, str)):
            if is_text:  # neighbours are joined first: a token may span their border
                for piece in _cut_through("".join(map(str, parts)), guarded):
                    ids += self._inside(piece) if is_glued else self.tokenize(piece, special=False)
                    is_glued = True
            else:
                controls = [part for part in parts if isinstance(part, Control)]
                ids += [self._control(part) for part in controls]
                is_glued = controls[-1].is_glued
        wants_begin = self.adds_begin or not ids  # nothing can be written after nothing
        if wants_begin and self.begin_id is not None and ids[:1] != [self.begin_id]:
            ids.insert(0, self.begin_id)
        if not ids:
            raise EngineError("The prompt is empty.", hint="Write something for the model to read.")
        return ids

    def _found_in_text(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the format's control tokens that llama.cpp would make of plain text too.

        It does so where a file marks them as user-defined instead of control.
        """
        controls = (part.text for part in prompt.parts if isinstance(part, Control))
        return tuple(
            text
            for text in dict.fromkeys((*controls, *prompt.stop_tokens))
            if lib.llama_vocab_get_attr(self.pointer, self.control_tokens.get(text, 0))
            & lib.LLAMA_TOKEN_ATTR_USER_DEFINED
        )

    def _inside(self, text: str) -> list[int]:
        """Return the ids of a text with no space put before it, where SentencePiece does that.

        As `encode_infilling` of Code Llama and Codestral: behind a sign that is taken off again.
        """
        if not self._is_sentencepiece:
            return self.tokenize(text, special=False)
        sign = len(self.tokenize(_SIGN, special=False))
        return self.tokenize(_SIGN + text, special=False)[sign:]

    def _control(self, part: Control) -> int:
        try:
            return self.control_tokens[part.text]
        except KeyError:
            raise EngineError(
                f"This model has no control token {part.text}.",
                hint="Choose a model that has it.",
            ) from None

    def stop_ids(self, prompt: Prompt) -> frozenset[int]:
        """Return the ids that end an answer: the vocabulary's own and the prompt's."""
        known = (self.control_tokens.get(text) for text in prompt.stop_tokens)
        return self.end_ids | {i for i in known if i is not None}


def _cut_through(text: str, unwanted: tuple[str, ...]) -> list[str]:
    """Cut a text so that none of its pieces, which are tokenized alone, holds an unwanted text."""
    pieces = []
    while found := [at for one in unwanted if (at := text.find(one)) >= 0]:
        pieces.append(text[: min(found) + 1])
        text = text[min(found) + 1 :]
    return [piece for piece in (*pieces, text) if piece]
