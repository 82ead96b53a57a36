"""A model file's vocabulary: text to token ids and back, control tokens by name.

User text is tokenized with special parsing off; a control token gets into a prompt only as a
`Control` part, looked up here.
"""

from __future__ import annotations

import ctypes
from itertools import groupby
from typing import Any

from llama_cpp import llama_cpp as lib

from app.core.errors import EngineError
from app.core.prompts import Control, Prompt

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
        begin = int(lib.llama_vocab_bos(self.pointer))
        self.begin_id = begin if begin >= 0 else None
        self.adds_begin = bool(lib.llama_vocab_get_add_bos(self.pointer))
        self._pieces: dict[int, bytes] = {}

    def _named(self, attributes: int) -> dict[str, int]:
        return {
            lib.llama_vocab_get_text(self.pointer, i).decode("utf-8", "replace"): i
            for i in range(self.size)
            if lib.llama_vocab_get_attr(self.pointer, i) & attributes
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

    def render(self, prompt: Prompt) -> list[int]:
        """Return the token ids of a prompt, begin token included where the file asks for one.

        Raises `EngineError` naming a control token that the vocabulary lacks.
        """
        ids: list[int] = []
        for is_text, parts in groupby(prompt.parts, lambda part: isinstance(part, str)):
            if is_text:  # neighbours are joined first: a token may span their border
                ids += self.tokenize("".join(map(str, parts)), special=False)
            else:
                ids += [self._control(part) for part in parts if isinstance(part, Control)]
        wants_begin = self.adds_begin or not ids  # nothing can be written after nothing
        if wants_begin and self.begin_id is not None and ids[:1] != [self.begin_id]:
            ids.insert(0, self.begin_id)
        if not ids:
            raise EngineError("The prompt is empty.", hint="Write something for the model to read.")
        return ids

    def _control(self, part: Control) -> int:
        try:
            return self.control_tokens[part.text]
        except KeyError:
            raise EngineError(
                f"This model has no control token {part.text}.",
                hint="It cannot do what was asked; choose a model that knows this token.",
            ) from None

    def stop_ids(self, prompt: Prompt) -> frozenset[int]:
        """Return the ids that end an answer: the vocabulary's own and the prompt's."""
        known = (self.control_tokens.get(text) for text in prompt.stop_tokens)
        return self.end_ids | {i for i in known if i is not None}
