"""What each family of code models was trained on: one table, and which row a file belongs to.

StarCoder 2: arXiv:2402.19173, section 5.1. Others: arXiv:2308.12950 and `codellama/llama`
(Code Llama), mistral-common's `encode_fim` (Codestral), arXiv:2409.12186, figure 4
(Qwen2.5-Coder), and the model cards of DeepSeek-Coder, CodeGemma, Granite Code and SantaCoder.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.models import ModelFile, ModelInfo


@dataclass(frozen=True, slots=True)
class InfillFormat:
    """How one family of models is asked to fill a hole.

    `middle` is empty where nothing follows the prefix (Codestral). `is_suffix_first` says that the
    suffix comes before the prefix. `repository` and `file` are the control tokens before a
    repository's name and between its files, empty where the family has none. `is_path_inside`:
    the path of the file with the hole comes after the prefix token, not before it.
    """

    family: str
    prefix: str
    suffix: str
    middle: str
    ends: tuple[str, ...] = ()
    repository: str = ""
    file: str = ""
    is_suffix_first: bool = False
    is_path_inside: bool = False

    @property
    def tokens(self) -> tuple[str, ...]:
        """Return the control tokens without which there is no infill."""
        return tuple(token for token in (self.prefix, self.suffix, self.middle) if token)

    @property
    def layout(self) -> str:
        """Spell out how a hole is asked for, for people to read."""
        sides = [f"{self.prefix} before", f"{self.suffix} after"]
        if self.is_suffix_first:
            sides.reverse()
        return " ".join([*sides, self.middle]).rstrip()


_STARCODER = ("<|endoftext|>", "<fim_pad>", "<file_sep>", "<repo_name>")
_QWEN = ("<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>", "<|im_end|>",
         "<|file_separator|>", "<|end_of_text|>", "<|cursor|>")  # fmt: skip

FORMATS: tuple[InfillFormat, ...] = (
    InfillFormat(
        "StarCoder 2", "<fim_prefix>", "<fim_suffix>", "<fim_middle>", _STARCODER,
        repository="<repo_name>", file="<file_sep>", is_path_inside=True,
    ),
    InfillFormat(
        "StarCoder, Granite Code", "<fim_prefix>", "<fim_suffix>", "<fim_middle>",
        (*_STARCODER, "<filename>", "<reponame>"),
    ),
    InfillFormat(
        "Qwen2.5-Coder", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", _QWEN,
        repository="<|repo_name|>", file="<|file_sep|>",
    ),
    InfillFormat(
        "CodeGemma, Granite", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", _QWEN,
    ),
    InfillFormat("SantaCoder", "<fim-prefix>", "<fim-suffix>", "<fim-middle>", ("<|endoftext|>",)),
    InfillFormat(
        "DeepSeek-Coder", "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>",  # noqa: RUF001
        ("<｜end▁of▁sentence｜>", "<|EOT|>"),  # noqa: RUF001
    ),
    InfillFormat("Code Llama", "▁<PRE>", "▁<SUF>", "▁<MID>", ("▁<EOT>", "</s>")),
    InfillFormat("Codestral", "[PREFIX]", "[SUFFIX]", "", ("</s>",), is_suffix_first=True),
)  # fmt: skip
"""A format with more tokens stands before its plainer kin: the first that fits is taken."""

_TOKENS = tuple(
    dict.fromkeys(
        text for known in FORMATS for text in (*known.ends, *known.tokens, known.repository) if text
    )
)


def infill_format(model: ModelInfo | ModelFile) -> InfillFormat | None:
    """Return how the file's model fills holes, None where it was not trained for that.

    Tokens that the file's metadata names come before those that only look like a family's.
    """
    if is_starcoder2_instruct(model):
        return None  # the tokens are there, but its second training did without them
    for known in FORMATS:
        needed = (*known.tokens, *((known.repository, known.file) if known.repository else ()))
        if model.has_control(*needed) and model.infill_tokens in ((), known.tokens):
            return known
    if not model.infill_tokens:
        return None
    prefix, suffix, middle = model.infill_tokens
    return InfillFormat("the file's own", prefix, suffix, middle)


def is_starcoder2_instruct(model: ModelInfo | ModelFile) -> bool:
    """Tell whether this is StarCoder 2 15B instruct, which its name alone gives away."""
    return model.architecture == "starcoder2" and "instruct" in model.name.lower()


def stop_tokens(model: ModelInfo) -> tuple[str, ...]:
    """Return every control token of the vocabulary that ends an answer in some family."""
    return tuple(text for text in (*_TOKENS, *model.infill_tokens) if model.has_control(text))
