"""An engine that says what it is told: for tests and demos, with no model and no native code.

A `Script` gives the answer to each prompt, how fast it is said, and where it fails. All of it is
plain data, so a `ScriptedFactory` can be sent to a child process.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from app.core.engine import LoadProgress
from app.core.errors import (
    AppError,
    EngineDiedError,
    EngineError,
    LoadCancelledError,
    PromptTooLongError,
)
from app.core.events import FinishReason, Piece, PromptProgress, RunEnded, RunId, StepEvent
from app.core.models import LoadOptions, ModelInfo
from app.core.prompts import Control, Prompt
from app.core.sampling import Sampling

_WORD = re.compile(r"\s*\S+|\s+")
_BEGIN = "<|endoftext|>"
_CONTROL_TOKENS = (_BEGIN, "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>",
                   "<repo_name>", "<file_sep>")  # fmt: skip
_FIRST_BYTE_ID = 38  # as in StarCoder 2, where the control tokens are 0 to 37
_FIRST_WORD_ID = _FIRST_BYTE_ID + 256
_VOCABULARY_SIZE = 49_152


def scripted_info(*, context_tokens: int = 16_384, slots: int = 4) -> ModelInfo:
    """Return the description of a scripted model with StarCoder 2's commonest control tokens."""
    return ModelInfo(
        name="Scripted",
        architecture="scripted",
        context_tokens=context_tokens,
        slots=slots,
        vocabulary_size=_VOCABULARY_SIZE,
        control_tokens={text: i for i, text in enumerate(_CONTROL_TOKENS)},
        end_token_ids=(0,),
        begin_token_id=0,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a prompt, one piece per token.

    `fails_after` ends the run with an error after so many pieces, `dies_after` the whole engine.
    """

    pieces: tuple[bytes, ...]
    fails_after: int | None = None
    dies_after: int | None = None

    @classmethod
    def of(cls, text: str) -> Answer:
        """Return an answer that says `text` word by word."""
        return cls(tuple(word.encode() for word in _WORD.findall(text)))


@dataclass(frozen=True, slots=True)
class Script:
    """How a scripted engine behaves.

    `answers` maps a part of the prompt's text to what is said; the first that is found counts,
    else `default`. `tokens_per_s` 0 means: as fast as it goes. A prompt is read in slices of
    `prompt_slice_tokens`, each taking `prompt_step_s`. `kills_process` makes death real: in a
    child process, the process is killed.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    default: Answer = field(default_factory=lambda: Answer.of("This is a scripted answer."))
    tokens_per_s: float = 0.0
    prompt_slice_tokens: int = 64
    prompt_step_s: float = 0.0
    tokenizes_words: bool = False
    load_s: float = 0.0
    load_error: AppError | None = None
    kills_process: bool = False

    def answer_to(self, prompt: Prompt) -> Answer:
        """Return the answer for a prompt."""
        text = prompt.as_text()
        found = (answer for part, answer in self.answers.items() if part in text)
        return next(found, self.default)


@dataclass(frozen=True, slots=True)
class ScriptedFactory:
    """Makes scripted engines; a picklable `EngineFactory`."""

    script: Script = field(default_factory=Script)
    info: ModelInfo = field(default_factory=scripted_info)

    def __call__(self, options: LoadOptions, progress: LoadProgress) -> Scripted:
        """Pretend to load for `load_s`, telling the progress in twenty steps."""
        for step in range(21):
            if not progress(step / 20):
                raise LoadCancelledError(f"Loading {options.path.name} was cancelled.")
            time.sleep(self.script.load_s / 20)
        if self.script.load_error is not None:
            raise self.script.load_error
        return Scripted(self.info, self.script)


@dataclass(slots=True, eq=False)
class _Run:
    id: RunId
    answer: Answer
    prompt_tokens: int
    limit: int
    reason_at_limit: FinishReason
    read_tokens: int = 0
    said: int = 0


class Scripted:
    """Says what its script tells; satisfies `app.core.engine.Engine`."""

    def __init__(self, info: ModelInfo, script: Script) -> None:
        self._info = info
        self._script = script
        self._runs: dict[RunId, _Run] = {}
        self._words: dict[str, int] = {}
        self._is_open = True
        self._next_token_at = 0.0

    @property
    def info(self) -> ModelInfo:
        """Describe the model that is played."""
        return self._info

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Return an id per byte, or per word where the script says so."""
        ids: list[int] = []
        parts = [text]
        if special:
            names = "|".join(re.escape(name) for name in self._info.control_tokens)
            parts = re.split(f"({names})", text)
        for part in parts:
            known = self._info.control_tokens.get(part) if special else None
            ids += self._plain_ids(part) if known is None else [known]
        return ids

    def _plain_ids(self, text: str) -> list[int]:
        if not self._script.tokenizes_words:
            return [_FIRST_BYTE_ID + byte for byte in text.encode("utf-8", "replace")]
        words = _WORD.findall(text)
        return [self._words.setdefault(w, _FIRST_WORD_ID + len(self._words)) for w in words]

    def start(self, run: RunId, prompt: Prompt, sampling: Sampling) -> None:
        """Begin a run; see `Engine.start` for what is raised."""
        if not self._is_open:
            raise EngineError("The model is closed.")
        if len(self._runs) >= self._info.slots:
            raise EngineError(f"All {self._info.slots} slots of the model are busy.")
        n_tokens = self._count(prompt)
        room = self._info.context_tokens - n_tokens
        if room < 1:
            raise PromptTooLongError(
                f"The prompt has {n_tokens:,} tokens, but the context holds "
                f"{self._info.context_tokens:,}, including the answer.",
                hint="Shorten the prompt.",
            )
        limit = room + 1 if sampling.max_tokens is None else sampling.max_tokens
        reason = FinishReason.LENGTH if limit <= room else FinishReason.CONTEXT
        answer = self._script.answer_to(prompt)
        self._runs[run] = _Run(run, answer, n_tokens, min(limit, room), reason)

    def _count(self, prompt: Prompt) -> int:
        count = 0
        for part in prompt.parts:
            if isinstance(part, Control):
                if part.text not in self._info.control_tokens:
                    raise EngineError(f"This model has no control token {part.text}.")
                count += 1
            else:
                count += len(self._plain_ids(part))
        return max(count, 1)

    def step(self) -> list[StepEvent]:
        """Advance every run by a slice of its prompt or a piece of its answer."""
        runs = tuple(self._runs.values())
        if not runs:
            return []
        self._wait(is_reading=any(run.read_tokens < run.prompt_tokens for run in runs))
        return [event for run in runs for event in self._advance(run)]

    def _wait(self, *, is_reading: bool) -> None:
        """Keep the script's speed on average, though a sleep always lasts a little longer."""
        if is_reading:
            time.sleep(self._script.prompt_step_s)
            self._next_token_at = time.perf_counter()
        elif self._script.tokens_per_s:
            now = time.perf_counter()
            self._next_token_at = (
                max(self._next_token_at, now - 0.1) + 1 / self._script.tokens_per_s
            )
            time.sleep(max(self._next_token_at - now, 0.0))

    def _advance(self, run: _Run) -> list[StepEvent]:
        if run.read_tokens < run.prompt_tokens:
            slice_end = run.read_tokens + self._script.prompt_slice_tokens
            run.read_tokens = min(slice_end, run.prompt_tokens)
            return [PromptProgress(run.id, run.read_tokens, run.prompt_tokens)]
        if run.said == run.answer.dies_after:
            self._die()
        if run.said == run.answer.fails_after:
            return [self._end(run, FinishReason.ERROR, "The script says to fail here.")]
        if run.said == len(run.answer.pieces):
            return [self._end(run, FinishReason.STOP)]
        return self._say(run)

    def _say(self, run: _Run) -> list[StepEvent]:
        data = run.answer.pieces[run.said]
        run.said += 1
        piece = Piece(run.id, _FIRST_BYTE_ID + (data[0] if data else 0), data)
        if run.said < run.limit:
            return [piece]
        return [piece, self._end(run, run.reason_at_limit)]

    def _end(self, run: _Run, reason: FinishReason, error: str = "") -> RunEnded:
        del self._runs[run.id]
        return RunEnded(run.id, reason, error)

    def _die(self) -> NoReturn:
        if self._script.kills_process:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        self.close()
        raise EngineDiedError("The script says to die here.")

    def stop(self, run: RunId) -> None:
        """End a run now; see `Engine.stop`."""
        self._runs.pop(run, None)

    def close(self) -> None:
        """Forget all runs; safe to call twice."""
        self._runs.clear()
        self._is_open = False
