"""A tiny StarCoder 2 model file with random weights, made by the tests in a few milliseconds.

Width 64, two layers, a byte-level vocabulary with StarCoder 2's control tokens at their true ids.
It says nonsense, always the same nonsense, and never ends by itself: the embeddings of its control
tokens are near zero, so greedy decoding never picks one. Bias `<|endoftext|>` to end an answer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType

# fmt: off
CONTROL_TOKENS = (
    "<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>", "<repo_name>",
    "<file_sep>", "<issue_start>", "<issue_comment>", "<issue_closed>", "<jupyter_start>",
    "<jupyter_text>", "<jupyter_code>", "<jupyter_output>", "<jupyter_script>", "<empty_output>",
    "<code_to_intermediate>", "<intermediate_to_code>", "<pr>", "<pr_status>", "<pr_is_merged>",
    "<pr_base>", "<pr_file>", "<pr_base_code>", "<pr_diff>", "<pr_diff_hunk>", "<pr_comment>",
    "<pr_event_id>", "<pr_review>", "<pr_review_state>", "<pr_review_comment>",
    "<pr_in_reply_to_review_id>", "<pr_in_reply_to_comment_id>", "<pr_diff_hunk_comment_line>",
    "<NAME>", "<EMAIL>", "<KEY>", "<PASSWORD>",
)
# fmt: on
MERGES = ("h e", "l l", "Ġ Ġ", "i n", "r e", "ĠĠ ĠĠ")
WIDTH, LAYERS, HEADS, KV_HEADS, FEED_FORWARD = 64, 2, 4, 2, 128


def write_tiny_model(
    path: Path,
    *,
    context_tokens: int = 512,
    seed: int = 0,
    architecture: str = "starcoder2",
    adds_begin_token: bool = False,
    chat_template: str = "",
    name: str = "Tiny random StarCoder 2",
    control_tokens: tuple[str, ...] = CONTROL_TOKENS,
    tensors_in_part: int = 0,
    is_first_part_empty: bool = False,
) -> Path:
    """Write the model to `path` and return it.

    With `tensors_in_part` it is split, and what is returned is its first part, which may hold no
    tensors as `gguf-split --no-tensor-first-split` makes it.
    """
    tokens = [*control_tokens, *byte_letters(), *(merge.replace(" ", "") for merge in MERGES)]
    writer = GGUFWriter(
        path,
        architecture,
        split_max_tensors=tensors_in_part,
        small_first_shard=is_first_part_empty,
    )
    writer.add_name(name)
    writer.add_context_length(context_tokens)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_freq_base(1e5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("starcoder")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [
            TokenType.CONTROL if i < len(control_tokens) else TokenType.NORMAL
            for i in range(len(tokens))
        ]
    )
    writer.add_token_merges(list(MERGES))
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(adds_begin_token)
    if chat_template:
        writer.add_chat_template(chat_template)
    _add_weights(writer, len(tokens), np.random.default_rng(seed))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return next(path.parent.glob(f"{path.stem}-00001-of-*.gguf")) if tensors_in_part else path


def byte_letters() -> list[str]:
    """Return GPT-2's letter for each byte: itself where printable, else one from U+0100 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(hidden)) for byte in range(256)]


def _add_weights(writer: GGUFWriter, vocabulary: int, rng: np.random.Generator) -> None:
    def matrix(name: str, rows: int, columns: int) -> None:
        writer.add_tensor(name, rng.normal(0, 0.3, (rows, columns)).astype(np.float32))

    def vector(name: str, size: int, mean: float = 0.0) -> None:
        writer.add_tensor(name, rng.normal(mean, 0.02, size).astype(np.float32))

    embeddings = rng.normal(0, 1, (vocabulary, WIDTH)).astype(np.float32)
    embeddings[: len(CONTROL_TOKENS)] *= 1e-3
    writer.add_tensor("token_embd.weight", embeddings)
    vector("output_norm.weight", WIDTH, 1.0)
    vector("output_norm.bias", WIDTH)
    kv_width = WIDTH // HEADS * KV_HEADS
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        for norm in ("attn_norm", "ffn_norm"):
            vector(f"{block}{norm}.weight", WIDTH, 1.0)
            vector(f"{block}{norm}.bias", WIDTH)
        for part, rows, columns in (
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", kv_width, WIDTH),
            ("attn_v", kv_width, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_up", FEED_FORWARD, WIDTH),
            ("ffn_down", WIDTH, FEED_FORWARD),
        ):
            matrix(f"{block}{part}.weight", rows, columns)
            vector(f"{block}{part}.bias", rows)
