"""How one run's next token is chosen: a chain of samplers in C, in llama.cpp's own order.

Logit bias, penalties, top_k, typical, top_p, min_p, temperature, and a draw; greedy at
temperature 0 (llama.cpp `common/sampling.cpp`). The logits stay in C unless log-probabilities or
a grammar need them.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from llama_cpp import llama_cpp as lib

from app.core.errors import RequestError
from app.core.events import TokenLogprob
from app.core.sampling import Sampling
from app.engines.llamacpp.grammar.constraint import Constraint
from app.engines.llamacpp.grammar.ending import ending_in
from app.engines.llamacpp.grammar.reading import grammar_of, read_grammar
from app.engines.llamacpp.vocabulary import Vocabulary

_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen token; the log-probabilities are there only if the run asked for them."""

    token: int
    logprob: float | None = None
    candidates: tuple[TokenLogprob, ...] = ()


class Sampler:
    """The sampling state of one run. Owns C memory: `close` it."""

    def __init__(self, sampling: Sampling, vocabulary: Vocabulary, *, context_tokens: int) -> None:
        self._vocabulary = vocabulary
        self._n_logprobs = sampling.logprobs
        self._remembers = _has_penalties(sampling)
        text = grammar_of(sampling)
        self._grammar = read_grammar(text) if text else None
        self._constraint = (
            Constraint(self._grammar.lark, vocabulary.for_grammars) if self._grammar else None
        )
        self._chain = _chain(sampling, vocabulary.size, context_tokens)

    def read_prompt(self, tokens: list[int]) -> None:
        """Let the penalties count the prompt's tokens too, as llama.cpp's own server does."""
        if self._remembers:
            for token in tokens:
                lib.llama_sampler_accept(self._chain, token)

    def choose(self, context: Any, output: int) -> Choice | None:  # noqa: ANN401
        """Choose from the logits of one batch position; None where the grammar allows no token."""
        if self._constraint:
            token = self._choose_by_grammar(self._constraint, self._logits(context, output))
        else:
            token = int(lib.llama_sampler_sample(self._chain, context, output))
        if token is None or not self._n_logprobs:
            return None if token is None else Choice(token)
        return self._with_logprobs(token, self._logits(context, output))

    def _choose_by_grammar(
        self, constraint: Constraint, logits: npt.NDArray[np.float32]
    ) -> int | None:
        """Draw freely; only where the grammar forbids the token, draw again under the grammar.

        Testing one token takes microseconds, testing a vocabulary of 49,152 takes milliseconds.
        """
        token = _draw(self._chain, _candidates(logits))
        if token in self._vocabulary.silent_ids and self._vocabulary.end_ids:
            token = min(self._vocabulary.end_ids)  # no control token can mean anything but the end
        if not self._allows(constraint, token):
            allowed = constraint.allowed()
            allowed[list(self._vocabulary.end_ids)] = constraint.may_end
            if not allowed.any():
                return None
            left = _candidates(logits)
            left["logit"][~allowed] = -np.inf
            if not np.isfinite(left["logit"]).any():
                return None
            token = _draw(self._chain, left)
        lib.llama_sampler_accept(self._chain, token)
        if token not in self._vocabulary.end_ids:
            constraint.accept(token)
        return token

    def _allows(self, constraint: Constraint, token: int) -> bool:
        if token in self._vocabulary.end_ids:
            return constraint.may_end
        return constraint.allows(token)

    @property
    def problem(self) -> str:
        """Say why the grammar was given up, nothing where it holds."""
        if self._constraint and self._constraint.is_too_hard:
            return "The grammar is too ambiguous, so the answer ends here."
        return ""

    def ending(self, written: bytes) -> bytes:
        """Return what must follow for the grammar, where the answer is cut here."""
        return ending_in(self._grammar.network, written) if self._grammar else b""

    def _logits(self, context: Any, output: int) -> npt.NDArray[np.float32]:  # noqa: ANN401
        """Return a view of the `(n_vocab,) float32` logits; valid until the next decode."""
        pointer = lib.llama_get_logits_ith(context, output)
        return np.ctypeslib.as_array(pointer, shape=(self._vocabulary.size,))

    def _with_logprobs(self, token: int, logits: npt.NDArray[np.float32]) -> Choice:
        """Report natural-log probabilities of the model itself, before any sampling setting."""
        top = float(logits.max())
        normaliser = top + float(np.log(np.exp(logits - top, dtype=np.float64).sum()))
        count = min(self._n_logprobs, len(logits))
        likeliest = np.argpartition(-logits, count - 1)[:count]
        likeliest = likeliest[np.argsort(-logits[likeliest], kind="stable")]
        piece = self._vocabulary.piece
        return Choice(
            token,
            float(logits[token]) - normaliser,
            tuple(
                TokenLogprob(int(i), piece(int(i)), float(logits[i]) - normaliser)
                for i in likeliest
            ),
        )

    def close(self) -> None:
        """Give the C memory back."""
        if self._chain:
            lib.llama_sampler_free(self._chain)
            self._chain = None


def _has_penalties(sampling: Sampling) -> bool:
    return sampling.repeat_last_n != 0 and (
        sampling.repeat_penalty != 1.0
        or sampling.presence_penalty != 0.0
        or sampling.frequency_penalty != 0.0
    )


def _chain(sampling: Sampling, n_vocab: int, context_tokens: int) -> Any:  # noqa: ANN401
    """Build the chain; samplers that would do nothing are left out."""
    steps = []
    if sampling.logit_bias:
        steps.append(_logit_bias(sampling.logit_bias, n_vocab))
    if _has_penalties(sampling):
        last_n = sampling.repeat_last_n if sampling.repeat_last_n >= 0 else context_tokens
        steps.append(
            lib.llama_sampler_init_penalties(
                n_vocab,
                last_n,
                sampling.repeat_penalty,
                sampling.frequency_penalty,
                sampling.presence_penalty,
            )
        )
    if sampling.temperature == 0:
        steps.append(lib.llama_sampler_init_greedy())
    else:
        steps += _random_steps(sampling)
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    for step in steps:
        lib.llama_sampler_chain_add(chain, step)
    return chain


def _random_steps(sampling: Sampling) -> list[Any]:
    steps = []
    if sampling.top_k:
        steps.append(lib.llama_sampler_init_top_k(sampling.top_k))
    if sampling.typical_p < 1:
        steps.append(lib.llama_sampler_init_typical(sampling.typical_p, 1))
    if sampling.top_p < 1:
        steps.append(lib.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p > 0:
        steps.append(lib.llama_sampler_init_min_p(sampling.min_p, 1))
    steps.append(lib.llama_sampler_init_temp(sampling.temperature))
    # llama.cpp draws a seed of its own for LLAMA_DEFAULT_SEED (2**32 - 1), so none becomes that.
    steps.append(lib.llama_sampler_init_dist((sampling.seed or 0) % lib.LLAMA_DEFAULT_SEED))
    return steps


def _logit_bias(biases: tuple[tuple[int, float], ...], n_vocab: int) -> Any:  # noqa: ANN401
    for token, _ in biases:
        if not 0 <= token < n_vocab:
            raise RequestError(
                f"logit_bias names token {token}.", hint=f"Token ids go from 0 to {n_vocab - 1}."
            )
    array = (lib.llama_logit_bias * len(biases))(*biases)
    return lib.llama_sampler_init_logit_bias(n_vocab, len(biases), array)


def _candidates(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.void]:
    candidates = np.zeros(len(logits), dtype=_CANDIDATE)
    candidates["id"] = np.arange(len(logits), dtype=np.int32)
    candidates["logit"] = logits
    return candidates


def _view(candidates: npt.NDArray[np.void]) -> Any:  # noqa: ANN401
    """Return the C view of an array, which the caller keeps alive."""
    data = candidates.ctypes.data_as(lib.llama_token_data_p)
    return lib.llama_token_data_array(data, len(candidates), -1, False)  # noqa: FBT003


def _draw(chain: Any, candidates: npt.NDArray[np.void]) -> int:  # noqa: ANN401
    view = _view(candidates)
    lib.llama_sampler_apply(chain, ctypes.byref(view))
    return int(view.data[view.selected].id)
