"""Reads a converted model back, so that training can go on from the file that is shipped.

Q8_0 keeps weights to within half a percent, which the first steps of training make good.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import torch
from gguf import GGUFReader
from tokenizers import Tokenizer

from demo_model import tokenizer as tokenizers
from demo_model.model import tensor_name

SHIPPED = Path(__file__).parents[2] / "resources" / "models" / "starwright-demo-q8_0.gguf"


def read_tokenizer(path: Path) -> Tokenizer:
    """Return the file's tokenizer, as `demo_model.tokenizer.train` made it."""
    fields = GGUFReader(path).fields
    tokens = [str(token) for token in fields["tokenizer.ggml.tokens"].contents()]
    merges = [str(merge) for merge in fields["tokenizer.ggml.merges"].contents()]
    return tokenizers.rebuild(tokens, merges)


def read_weights(path: Path, names: list[str]) -> dict[str, torch.Tensor]:
    """Return the tensors of these names of the model's own, as float32."""
    tensors = {tensor.name: tensor for tensor in GGUFReader(path).tensors}
    weights = {}
    for name in names:
        tensor = tensors[tensor_name(name)]
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        weights[name] = torch.tensor(values)
    return weights
