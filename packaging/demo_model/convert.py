"""Writes the trained model as a GGUF file in Q8_0: `python -m demo_model.convert`.

The shape is what llama.cpp's `starcoder2` architecture reads: fused nothing, biases everywhere,
the output layer tied to the embeddings. Matrices are Q8_0, vectors F32.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType
from tokenizers import Tokenizer

from demo_model import tokenizer as tokenizers
from demo_model.data import SYSTEM
from demo_model.model import Config, tensor_name
from demo_model.shipped import SHIPPED
from demo_model.train import WORK
from demo_model.vocabulary import END, SPECIAL_TOKENS

NAME = "Starwright demo"

# The instruct format of bigcode/starcoder2-15b-instruct-v0.1, as a chat template.
CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% if messages[0]['role'] == 'system' %}{{ messages[0]['content'] }}"
    "{% else %}" + SYSTEM + "{% endif %}{{ '\n\n' }}"
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}"
    "{{ '### Instruction\n' + message['content'] + '\n\n' }}"
    "{% elif message['role'] == 'assistant' %}"
    "{{ '### Response\n' + message['content'] + eos_token + '\n\n' }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '### Response\n' }}{% endif %}"
)


def write(
    state: dict[str, torch.Tensor], tokenizer: Tokenizer, config: Config, output: Path
) -> None:
    """Write the GGUF file, whole or not at all."""
    output.parent.mkdir(parents=True, exist_ok=True)
    staged = output.with_suffix(".new")
    writer = GGUFWriter(staged, "starcoder2")
    _add_facts(writer, config)
    _add_vocabulary(writer, tokenizer)
    for name, tensor in state.items():
        values = tensor.float().numpy().astype(np.float32)
        if values.ndim == 2:
            kind = GGMLQuantizationType.Q8_0
            writer.add_tensor(tensor_name(name), gguf.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(tensor_name(name), values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    staged.replace(output)


def _add_facts(writer: GGUFWriter, config: Config) -> None:
    writer.add_name(NAME)
    writer.add_author("The Starwright developers")
    writer.add_license("apache-2.0")
    writer.add_description("A tiny model of StarCoder 2's architecture; see MODEL_CARD.md.")
    writer.add_context_length(config.context)
    writer.add_embedding_length(config.width)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.feed_forward)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_freq_base(config.rope_base)
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)


def _add_vocabulary(writer: GGUFWriter, tokenizer: Tokenizer) -> None:
    by_id = {number: text for text, number in tokenizer.get_vocab(with_added_tokens=True).items()}
    tokens = [by_id[number] for number in range(len(by_id))]
    special = len(SPECIAL_TOKENS)
    assert tuple(tokens[:special]) == SPECIAL_TOKENS
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("starcoder")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [TokenType.CONTROL if i < special else TokenType.NORMAL for i in range(len(tokens))]
    )
    writer.add_token_merges(tokenizers.merges(tokenizer))
    for add in (writer.add_bos_token_id, writer.add_eos_token_id, writer.add_unk_token_id):
        add(END)
    writer.add_add_bos_token(value=False)
    writer.add_chat_template(CHAT_TEMPLATE)


def main() -> None:
    """Convert the last checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--output", type=Path, default=SHIPPED)
    found = parser.parse_args()
    tokenizer = tokenizers.load(found.work / "tokenizer.json")
    state = torch.load(found.work / "checkpoint.pt", weights_only=True)["model"]
    state = {name.removeprefix("_orig_mod."): tensor for name, tensor in state.items()}
    write(state, tokenizer, Config(vocabulary=tokenizer.get_vocab_size()), found.output)
    print(f"{found.output.name}: {found.output.stat().st_size / 2**20:.2f} MiB")  # noqa: T201


if __name__ == "__main__":
    main()
