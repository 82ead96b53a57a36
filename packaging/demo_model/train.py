"""Trains the demo model on the CPU: `python -m demo_model.train --minutes 60`.

Seeded, and resumable: a checkpoint is written every two minutes and picked up at the next start.
The schedule follows the time that is left, so a slower machine trains less, not longer. With
`--go-on` training begins with the weights of the file that is shipped, not with none.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from itertools import chain
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from demo_model import tokenizer as tokenizers
from demo_model.bank import Task, read_bank
from demo_model.data import (
    Source,
    batch,
    instruction_prompt,
    library_files,
    names_by_shape,
)
from demo_model.model import Config, StarCoder2
from demo_model.shipped import SHIPPED, read_tokenizer, read_weights
from demo_model.split import training_phrasings

WORK = Path(__file__).parent / "work"
SEED = 20_261_123
PEAK_RATE = 3e-3
GO_ON_RATE = 1.5e-3
"""The peak where training begins with weights that have learned already."""
LONG_SHARE = 0.04
"""The last share of the time reads sequences of the whole context."""
CHECKPOINT_EVERY_S = 120


def prepare(work: Path, shipped: Path | None = None) -> Source:
    """Return the training source.

    The tokenizer is the one in the work folder, else the shipped file's, else newly trained.
    """
    tasks, library = read_bank(), library_files()
    names = names_by_shape(tasks)
    path = work / "tokenizer.json"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        made = (
            read_tokenizer(shipped)
            if shipped
            else tokenizers.train(_vocabulary_texts(tasks, sorted(chain(*names.values())), library))
        )
        made.save(str(path))
    return Source(tasks, library, tokenizers.load(path), names)


def _vocabulary_texts(tasks: list[Task], names: list[str], library: list[str]) -> list[str]:
    """Return what the tokenizer learns from, each kind repeated by how much it matters.

    A name must be one token with and without a space before it: a model this small copies a
    token far better than it spells.
    """
    texts = [code for task in tasks for code in task.codes.values()] * 4
    texts += [text for task in tasks for text in (*training_phrasings(task), task.answer)] * 3
    texts += [f"`{name}` ({name}, {name}: {name}" for name in names] * 30
    return [*texts, *[instruction_prompt("")] * 2000, *library[::8]]


def _optimizers(model: StarCoder2) -> list[torch.optim.Optimizer]:
    # Muon for the matrices learns in fewer tokens than AdamW alone; embeddings and vectors are
    # AdamW's, as Muon's authors advise.
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    return [
        torch.optim.Muon(matrices, lr=PEAK_RATE, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=PEAK_RATE, betas=(0.9, 0.95), weight_decay=0.0, fused=True),
    ]


def _rate(done: float, peak: float) -> float:
    """Warm up, hold, and go down over the last 45 % of the time."""
    warm = min(1.0, done / 0.01 + 0.02)
    return peak * warm * (1.0 if done < 0.55 else max(0.02, (1 - done) / 0.45))


class Training:
    """One training run: its model, optimizers, step number and the seconds it took so far."""

    def __init__(self, source: Source, work: Path, minutes: float) -> None:
        torch.manual_seed(SEED)
        self.seed = SEED
        self.source = source
        self.config = Config(vocabulary=source.tokenizer.get_vocab_size())
        self.model = StarCoder2(self.config)
        self.optimizers = _optimizers(self.model)
        self.checkpoint = work / "checkpoint.pt"
        self.seconds, self.step, self.tokens = 0.0, 0, 0
        self.budget_s = minutes * 60
        self.peak_rate = PEAK_RATE
        self._loss = torch.compile(self._plain_loss, dynamic=False)

    def resume(self) -> None:
        """Go on from the last checkpoint, if there is one."""
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, weights_only=True)
        self.model.load_state_dict(state["model"])
        for optimizer, values in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        self.seconds, self.step, self.tokens = state["seconds"], state["step"], state["tokens"]

    def begin_with(self, shipped: Path) -> None:
        """Take the weights of a converted file as the beginning."""
        names = list(self.model.state_dict())
        self.model.load_state_dict(read_weights(shipped, names))
        self.peak_rate = GO_ON_RATE

    def save(self) -> None:
        """Write a checkpoint, replacing the one before atomically."""
        staged = self.checkpoint.with_suffix(".new")
        torch.save(
            {
                "model": self.model.state_dict(),
                "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
                "seconds": self.seconds,
                "step": self.step,
                "tokens": self.tokens,
            },
            staged,
        )
        staged.replace(self.checkpoint)

    def run(self) -> None:
        """Train until the time is used up."""
        saved_at = time.monotonic()
        while self.seconds < self.budget_s:
            began = time.monotonic()
            loss = self._take_step(self.seconds / self.budget_s)
            self.seconds += time.monotonic() - began
            if self.step % 50 == 0:
                speed = self.tokens / self.seconds
                print(  # noqa: T201
                    f"step {self.step} {self.seconds / 60:.1f} min loss {loss:.4f} "
                    f"{self.tokens / 1e6:.1f} M tokens {speed:,.0f} tokens/s",
                    flush=True,
                )
            if time.monotonic() - saved_at > CHECKPOINT_EVERY_S:
                self.save()
                saved_at = time.monotonic()
        self.save()

    def _take_step(self, done: float) -> float:
        rows, length = (24, 256) if done < 1 - LONG_SHARE else (4, 1536)
        drawn = batch(self.source, seed=self.seed + self.step, rows=rows, length=length)
        x, w, parts = (torch.tensor(values) for values in drawn)
        rate = _rate(done, self.peak_rate)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        loss = self._loss(*(t.contiguous() for t in (x[:, :-1], parts[:, :-1], x[:, 1:], w[:, 1:])))
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += rows * length
        value = float(loss.detach())
        if not math.isfinite(value):
            raise ArithmeticError(f"the loss is {value} at step {self.step}")
        return value

    def _plain_loss(self, x: Tensor, parts: Tensor, y: Tensor, weights: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.model(x, parts)
        each = functional.cross_entropy(logits.flatten(0, 1).float(), y.flatten(), reduction="none")
        weights = weights.flatten()
        return (each * weights).sum() / weights.sum()


def main() -> None:
    """Train, or go on training, within the given time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=90, help="training time in all")
    parser.add_argument("--work", type=Path, default=WORK, help="where checkpoints go")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=SEED, help="another one draws other examples")
    parser.add_argument(
        "--go-on", action="store_true", help="begin with the weights of the shipped file"
    )
    found = parser.parse_args()
    torch.set_num_threads(found.threads)
    found.work.mkdir(parents=True, exist_ok=True)
    shipped = SHIPPED if found.go_on else None
    training = Training(prepare(found.work, shipped), found.work, found.minutes)
    training.seed = found.seed
    if shipped:
        training.begin_with(shipped)
    training.resume()
    print(f"{sum(p.numel() for p in training.model.parameters()):,} parameters")  # noqa: T201
    try:
        training.run()
    except KeyboardInterrupt:
        training.save()
        print("stopped; the same command goes on from here")  # noqa: T201
        sys.exit(130)


if __name__ == "__main__":
    main()
