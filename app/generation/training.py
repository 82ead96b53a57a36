"""Which languages a model was trained on, told by its file's header. Pure.

StarCoder 2 3B and 7B saw seventeen languages, 15B saw more than six hundred (arXiv:2402.19173).
"""

from __future__ import annotations

from app.core.models import ModelFile
from app.text.languages import Language

# Parameters in the header of the real files: 3.03, 7.40 and 15.96 thousand million.
_SIZES = ((2e9, "3B"), (5e9, "7B"), (12e9, "15B"))
_LARGEST = 20e9

FILE_TO_GET = "starcoder2-15b-Q4_0.gguf (9.1 GB)"


def starcoder2_size(model: ModelFile) -> str:
    """Return `3B`, `7B` or `15B`, empty for any other model, the demo model too."""
    if model.architecture != "starcoder2" or model.is_builtin or model.parameters >= _LARGEST:
        return ""
    found = [size for least, size in _SIZES if model.parameters >= least]
    return found[-1] if found else ""


def lacks(model: ModelFile, language: Language) -> bool:
    """Tell whether this model is known not to have been trained on a language."""
    return starcoder2_size(model) in ("3B", "7B") and not language.is_known_to_small_models
