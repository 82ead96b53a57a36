"""Fixtures for all tests. Modules beside this file are imported by their bare names."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest
from tiny_model import write_tiny_model

# A busy machine is no fault of the code's.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A StarCoder 2 file of 0.3 MB with random weights and a context of 4,096 tokens."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny.gguf", context_tokens=4096)
