"""Tiny vocabularies without weights, of each kind of tokenizer, loaded by llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gguf import GGUFWriter, TokenType
from llama_cpp import llama_cpp as lib
from tiny_model import MERGES, byte_letters

from app.core.models import ModelInfo
from app.engines.llamacpp.loading import infill_tokens
from app.engines.llamacpp.vocabulary import Vocabulary

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@contextmanager
def loaded(path: Path) -> Iterator[tuple[Vocabulary, ModelInfo]]:
    """Load a file's vocabulary only, and describe the model it would be."""
    params = lib.llama_model_default_params()
    params.vocab_only = True
    model = lib.llama_model_load_from_file(str(path).encode(), params)
    assert model, path
    vocabulary = Vocabulary(model)
    marked = infill_tokens(model, vocabulary)
    yield (
        vocabulary,
        ModelInfo(
            name=path.stem,
            architecture="starcoder2" if "starcoder" in path.stem else "llama",
            context_tokens=16_384,
            slots=1,
            vocabulary_size=vocabulary.size,
            control_tokens=vocabulary.control_tokens,
            end_token_ids=tuple(sorted(vocabulary.end_ids)),
            begin_token_id=vocabulary.begin_id,
            infill_tokens=marked,
        ),
    )
    lib.llama_model_free(model)


def write_bytes_vocabulary(
    path: Path,
    control: Sequence[str],
    *,
    marked: dict[str, int] | None = None,
    kind: TokenType = TokenType.CONTROL,
) -> Path:
    """Write a byte-level BPE vocabulary: the control tokens first, at their places."""
    letters = [letter for letter in byte_letters() if letter not in control]
    tokens = [*control, *letters, *(merge.replace(" ", "") for merge in MERGES)]
    kinds = [kind] * len(control)
    writer = GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("starcoder")
    writer.add_token_list(tokens)
    writer.add_token_types([*kinds, *[TokenType.NORMAL] * (len(tokens) - len(control))])
    writer.add_token_merges(list(MERGES))
    writer.add_eos_token_id(0)
    for key, token in (marked or {}).items():
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", token)
    return _written(writer, path)


def write_sentencepiece_vocabulary(path: Path, special: Sequence[str], kind: TokenType) -> Path:
    """Write a SentencePiece vocabulary: bytes, letters, letters after a space, special tokens."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL, *[TokenType.BYTE] * 256]
    words = ["▁", *LETTERS, *(f"▁{letter}" for letter in LETTERS)]
    writer = GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list([*tokens, *words, *special])
    writer.add_token_types([*kinds, *[TokenType.NORMAL] * len(words), *[kind] * len(special)])
    writer.add_token_scores([0.0] * 259 + [-float(i) for i in range(len(words) + len(special))])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    return _written(writer, path)


def _written(writer: GGUFWriter, path: Path) -> Path:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
