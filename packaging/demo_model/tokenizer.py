"""The demo model's tokenizer: a small byte-level BPE with StarCoder 2's special tokens in place.

Text is cut as llama.cpp's pre-tokenizer `starcoder` cuts it: single digits, then GPT-2's words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from demo_model.vocabulary import SPECIAL_TOKENS

VOCABULARY = 4096


def train(texts: Iterable[str]) -> Tokenizer:
    """Train on the texts. The special tokens get the ids 0 to 37."""
    tokenizer = _cutting(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    # Special tokens come from ids only, never from text that looks like one.
    tokenizer.encode_special_tokens = True
    return tokenizer


def rebuild(tokens: Sequence[str], merge_rules: Sequence[str]) -> Tokenizer:
    """Return the tokenizer that a GGUF file's tokens and merges describe."""
    vocabulary = {token: number for number, token in enumerate(tokens)}
    pairs = [(left, right) for left, _, right in (rule.partition(" ") for rule in merge_rules)]
    tokenizer = _cutting(models.BPE(vocab=vocabulary, merges=pairs))
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    tokenizer.encode_special_tokens = True
    return tokenizer


def _cutting(model: models.BPE) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def load(path: Path) -> Tokenizer:
    """Load what `train` saved."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return tokenizer


def merges(tokenizer: Tokenizer) -> list[str]:
    """Return the merges in rank order, as GGUF has them: two tokens and a space between."""
    pairs = json.loads(tokenizer.to_str())["model"]["merges"]
    return [pair if isinstance(pair, str) else " ".join(pair) for pair in pairs]
