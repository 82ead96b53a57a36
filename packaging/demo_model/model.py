"""StarCoder 2's architecture, small, in PyTorch (arXiv:2402.19173, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Config:
    """The shape of the model."""

    vocabulary: int = 4096
    width: int = 256
    layers: int = 7
    heads: int = 8
    kv_heads: int = 2
    feed_forward: int = 1024
    context: int = 2048
    rope_base: float = 10_000.0


class Attention(nn.Module):
    def __init__(self, c: Config) -> None:
        super().__init__()
        self.c = c
        self.head = c.width // c.heads
        self.q = nn.Linear(c.width, c.width)
        self.k = nn.Linear(c.width, self.head * c.kv_heads)
        self.v = nn.Linear(c.width, self.head * c.kv_heads)
        self.out = nn.Linear(c.width, c.width)

    def forward(self, x, cos, sin, mask):
        b, t, _ = x.shape
        q = self.q(x).view(b, t, self.c.heads, self.head).transpose(1, 2)
        k = self.k(x).view(b, t, self.c.kv_heads, self.head).transpose(1, 2)
        v = self.v(x).view(b, t, self.c.kv_heads, self.head).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        n = self.c.heads // self.c.kv_heads
        k, v = k.repeat_interleave(n, 1), v.repeat_interleave(n, 1)
        y = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        return self.out(y.transpose(1, 2).reshape(b, t, -1))


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm1 = nn.LayerNorm(c.width)
        self.attention = Attention(c)
        self.norm2 = nn.LayerNorm(c.width)
        self.up = nn.Linear(c.width, c.feed_forward)
        self.down = nn.Linear(c.feed_forward, c.width)

    def forward(self, x, cos, sin, mask):
        x = x + self.attention(self.norm1(x), cos, sin, mask)
        return x + self.down(functional.gelu(self.up(self.norm2(x)), approximate="tanh"))


class StarCoder2(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.embed = nn.Embedding(c.vocabulary, c.width)
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.norm = nn.LayerNorm(c.width)
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.Embedding)):
                nn.init.normal_(m.weight, std=0.02)
                if getattr(m, "bias", None) is not None:
                    nn.init.zeros_(m.bias)
        head = c.width // c.heads
        f = c.rope_base ** (-torch.arange(0, head, 2).float() / head)
        a = torch.outer(torch.arange(c.context).float(), f)
        self.register_buffer("cos", a.cos(), persistent=False)
        self.register_buffer("sin", a.sin(), persistent=False)

    def forward(self, tokens, positions=None, mask=None):
        x = self.embed(tokens)
        if positions is None:
            cos, sin = self.cos[: tokens.shape[1]], self.sin[: tokens.shape[1]]
        else:
            cos, sin = self.cos[positions][:, None], self.sin[positions][:, None]
        cos, sin = cos.to(x.dtype), sin.to(x.dtype)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return functional.linear(self.norm(x), self.embed.weight)
