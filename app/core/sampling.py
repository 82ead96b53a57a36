"""How the next token is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.errors import RequestError


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling settings of one run; the defaults are those of a code assistant.

    `temperature` 0 is greedy. `seed` None draws one. `max_tokens` None means up to the end of the
    context. `logprobs` is how many of the likeliest tokens are reported with each piece, 0 for
    none. `grammar` is GBNF with the rule `root`; `json_schema` is JSON text and is turned
    into a grammar; at most one of both may be set. An answer that is cut gets the shortest end that
    satisfies the grammar, beyond `max_tokens`. With `is_exact` the run has the engine to itself and
    reuses nothing, so that the same prompt and seed give the same text to the letter.
    """

    temperature: float = 0.2
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    typical_p: float = 1.0
    repeat_penalty: float = 1.0
    repeat_last_n: int = 64
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    seed: int | None = None
    max_tokens: int | None = None
    stop_texts: tuple[str, ...] = ()
    logit_bias: tuple[tuple[int, float], ...] = field(default=())
    logprobs: int = 0
    grammar: str | None = None
    json_schema: str | None = None
    is_exact: bool = False

    def __post_init__(self) -> None:
        _check(0 <= self.temperature <= 100, "temperature", self.temperature, "0 or more")
        _check(0 <= self.top_k < 2**31, "top_k", self.top_k, "0 (off) or more")
        _check(0 < self.top_p <= 1, "top_p", self.top_p, "above 0 and at most 1")
        _check(0 <= self.min_p <= 1, "min_p", self.min_p, "from 0 to 1")
        _check(0 < self.typical_p <= 1, "typical_p", self.typical_p, "above 0 and at most 1")
        _check(self.repeat_penalty > 0, "repeat_penalty", self.repeat_penalty, "above 0")
        _check(-1 <= self.repeat_last_n < 2**31, "repeat_last_n", self.repeat_last_n, "-1 or more")
        _check(0 <= self.logprobs <= 100, "logprobs", self.logprobs, "from 0 to 100")
        if self.max_tokens is not None:
            _check(self.max_tokens >= 1, "max_tokens", self.max_tokens, "1 or more")
        if self.grammar is not None and self.json_schema is not None:
            raise RequestError(
                "A grammar and a JSON schema are both set.", hint="Set only one of them."
            )


def _check(is_valid: bool, name: str, value: object, range_text: str) -> None:  # noqa: FBT001
    if not is_valid:
        raise RequestError(f"{name} is {value}.", hint=f"It must be {range_text}.")


DEFAULT_SAMPLING = Sampling()
