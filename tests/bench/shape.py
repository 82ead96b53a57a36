"""Writes a StarCoder 2 3B file of true shape with random weights in Q4_0, for speed only.

Quantized blocks are filled directly, so 1.7 GB take seconds. It says nonsense.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, TokenType

WIDTH, LAYERS, HEADS, KV_HEADS, FEED_FORWARD, VOCABULARY = 3072, 30, 24, 2, 12288, 49_152
BLOCK, BLOCK_BYTES = 32, 18


def write_3b(path: Path) -> Path:
    """Write the file and return its path."""
    writer = GGUFWriter(path, "starcoder2")
    writer.add_name("StarCoder 2 3B shape, random")
    writer.add_context_length(16_384)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_freq_base(999_999.44)
    _add_vocabulary(writer)
    _add_weights(writer, np.random.default_rng(0))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: GGUFWriter) -> None:
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = iter(range(256, 512))
    letters = [chr(b) if b in printable else chr(next(hidden)) for b in range(256)]
    tokens = ["<|endoftext|>", *letters]
    tokens += [f"Ġw{number}" for number in range(VOCABULARY - len(tokens))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("starcoder")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL] + [TokenType.NORMAL] * (VOCABULARY - 1))
    writer.add_token_merges(["h e"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(False)


def _add_weights(writer: GGUFWriter, rng: np.random.Generator) -> None:
    scale = np.frombuffer(np.float16(0.02 / 4.6).tobytes(), np.uint8)

    def matrix(name: str, rows: int, columns: int) -> None:
        blocks = rng.integers(0, 256, (rows, columns // BLOCK, BLOCK_BYTES), dtype=np.uint8)
        blocks[:, :, 0:2] = scale
        data = blocks.reshape(rows, -1)
        writer.add_tensor(name, data, raw_dtype=GGMLQuantizationType.Q4_0)

    def vector(name: str, size: int, mean: float = 0.0) -> None:
        writer.add_tensor(name, rng.normal(mean, 0.01, size).astype(np.float32))

    matrix("token_embd.weight", VOCABULARY, WIDTH)
    vector("output_norm.weight", WIDTH, 1.0)
    vector("output_norm.bias", WIDTH)
    kv_width = WIDTH // HEADS * KV_HEADS
    parts = {
        "attn_q": (WIDTH, WIDTH), "attn_k": (kv_width, WIDTH), "attn_v": (kv_width, WIDTH),
        "attn_output": (WIDTH, WIDTH), "ffn_up": (FEED_FORWARD, WIDTH),
        "ffn_down": (WIDTH, FEED_FORWARD),
    }  # fmt: skip
    for layer in range(LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            vector(f"blk.{layer}.{norm}.weight", WIDTH, 1.0)
            vector(f"blk.{layer}.{norm}.bias", WIDTH)
        for part, (rows, columns) in parts.items():
            matrix(f"blk.{layer}.{part}.weight", rows, columns)
            vector(f"blk.{layer}.{part}.bias", rows)
