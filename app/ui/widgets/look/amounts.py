"""Numbers as people read them: sizes and counts with their units."""

from __future__ import annotations


def size_text(size_bytes: int) -> str:
    """Return a size as file managers do: `6.7 MB`, `160 MB`, `4.0 GB` (powers of a thousand)."""
    if size_bytes < 1_000_000:
        return f"{max(size_bytes / 1000, 1) if size_bytes else 0:.0f} kB"
    if size_bytes < 1_000_000_000:
        megabytes = size_bytes / 1e6
        return f"{megabytes:.1f} MB" if megabytes < 9.95 else f"{megabytes:.0f} MB"
    return f"{size_bytes / 1e9:.1f} GB"


def tokens_text(tokens: int) -> str:
    """Return a number of tokens: `1 token`, `2,531 tokens`."""
    return "1 token" if tokens == 1 else f"{tokens:,} tokens"
