"""Measures the shipped model on what training never saw: `make demo-model-eval` prints the table.

Greedy decoding through the project's own prompts and engine. Python answers are run against the
task's check in a limited process; other languages must equal the bank's code after normalising.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.events import FinishReason, Piece, RunEnded
from app.core.messages import Message, Role
from app.core.models import LoadOptions, ModelInfo
from app.core.paths import builtin_model_path
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import open_model
from app.generation.assembly import Assembler
from app.generation.chat.chat_prompts import render_chat
from app.generation.infill.begun import begun_in_line
from app.generation.infill.holes import Hole, render_infill
from app.generation.infill.repository import SourceFile, render_completion
from app.text.fences import code_blocks
from app.text.languages import language_named
from demo_model.bank import DISPLAY_NAMES, Task, read_bank, rename, renames
from demo_model.data import (
    comment_prompt,
    dig,
    holes,
    phrase,
    rename_request,
    signature_lines,
    signature_prompt,
)
from demo_model.split import held_out_name, held_out_phrasings, is_held_out_hole

MAX_TOKENS = 600
HOLES_A_CODE = 2
OTHER_FILES = 2
INFILL = "infill"
INFILL_BEGUN, INFILL_AFTER_FILES = "infill of a partly written line", "infill after other files"
FORMS = ("instruction", "completion", INFILL)
CHECK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One thing asked of the model. `before` and `after` complete what it writes to a program.

    `unsure` is the end of `before`, which the model must write again.
    """

    form: str
    task: Task
    label: str
    prompt: Prompt
    code: str
    before: str = ""
    after: str = ""
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model wrote for a case."""

    case: Case
    text: str
    has_ended: bool


def instruction_cases(task: Task, info: ModelInfo) -> Iterator[Case]:
    """Held-out phrasings, the languages in turn; then one with a held-out name."""
    labels = list(task.codes)
    phrasings = held_out_phrasings(task)
    for number, phrasing in enumerate(phrasings):
        label = labels[number % len(labels)]
        yield _instruction(task, label, phrasing, "", task.codes[label], info)
    label = labels[-1]
    names = _renamable(task, label)
    if names:
        new = held_out_name(task, names)
        request = " " + rename_request(task, names[0], new, 0)
        code = rename(task.codes[label], names[0], new)
        yield _instruction(task, label, phrasings[0], request, code, info)


def _instruction(
    task: Task, label: str, phrasing: str, request: str, code: str, info: ModelInfo
) -> Case:
    question = phrase(task, phrasing, label, DISPLAY_NAMES[label]) + request
    prompt = render_chat((Message(Role.USER, question),), info).prompt
    return Case("instruction", task, label, prompt, code)


def completion_cases(task: Task, info: ModelInfo) -> Iterator[Case]:
    """A signature with held-out names, or a held-out phrasing as comment, per language."""
    for label, plain in task.codes.items():
        # Only names that the prompt shows can be asked for.
        lines = max(1, signature_lines(plain))
        visible = "".join(plain.splitlines(keepends=True)[:lines])
        code = plain
        for names in task.names:
            if renames(visible, names[0]):
                code = rename(code, names[0], held_out_name(task, names))
        if signature_lines(code):
            begun, _ = signature_prompt(code)
        else:
            begun, _ = comment_prompt(task, label, code, held_out_phrasings(task)[0])
        prompt = render_completion(begun, info)
        first_line = code.partition("\n")[0] + "\n"
        before = begun if signature_lines(code) else first_line
        yield Case("completion", task, label, prompt, code, before=before)


def infill_cases(
    task: Task, info: ModelInfo, others: Sequence[Task] = (), *, form: str = INFILL
) -> Iterator[Case]:
    """Held-out holes, spread over the code; after the code of `others` in the same language."""
    for label, code in task.codes.items():
        files = [
            SourceFile(_file_name(other, label), other.codes[label])
            for other in others
            if label in other.codes
        ][:OTHER_FILES]
        path = _file_name(task, label) if files else ""
        held_out = [hole for hole in holes(code) if is_held_out_hole(task, label, *hole)]
        for hole in held_out[:: max(1, len(held_out) // HOLES_A_CODE)][:HOLES_A_CODE]:
            before, _, after = dig(code, *hole)
            prompt = render_infill(
                Hole(before, after, path), info, files=files, repository="bank" if files else ""
            )
            yield Case(form, task, label, prompt, code, before=before, after=after)


def begun_cases(task: Task, info: ModelInfo) -> Iterator[Case]:
    """The same holes as `infill_cases`, with half of their first line there already."""
    for case in infill_cases(task, info):
        line = case.code[len(case.before) :].partition("\n")[0]
        before = case.before + line[: len(line) // 2]
        hole, unsure = begun_in_line(Hole(before, case.after))
        prompt = render_infill(hole, info)
        yield replace(case, form=INFILL_BEGUN, prompt=prompt, before=before, unsure=unsure)


def _file_name(task: Task, label: str) -> str:
    language = language_named(label)
    return f"{task.id}{language.extension if language else ''}"


def all_cases(tasks: list[Task], info: ModelInfo, forms: Collection[str]) -> Iterator[Case]:
    """Everything that is asked in these forms, task by task."""
    for number, task in enumerate(tasks):
        if "instruction" in forms:
            yield from instruction_cases(task, info)
        if "completion" in forms:
            yield from completion_cases(task, info)
        if INFILL in forms:
            yield from infill_cases(task, info)
            yield from begun_cases(task, info)
            others = [*tasks[number + 1 :], *tasks[:number]]
            yield from infill_cases(task, info, others, form=INFILL_AFTER_FILES)


def _renamable(task: Task, label: str) -> tuple[str, ...] | None:
    return next((names for names in task.names if renames(task.codes[label], names[0])), None)


def answer_all(
    path: Path, tasks: list[Task], forms: Collection[str] = FORMS, slots: int = 4
) -> list[Outcome]:
    """Ask the model everything, several cases at once."""
    outcomes: list[Outcome] = []
    options = LoadOptions(path, context_tokens=2048, slots=slots)
    with closing(open_model(options, lambda _: True)) as engine:
        waiting = list(all_cases(tasks, engine.info, forms))[::-1]
        live: dict[int, tuple[Case, Assembler, list[str]]] = {}
        run = 0
        sampling = Sampling(temperature=0, seed=0, max_tokens=MAX_TOKENS)
        while waiting or live:
            while waiting and len(live) < slots:
                case = waiting.pop()
                run += 1
                live[run] = (case, Assembler(case.prompt.stop_texts), [])
                engine.start(run, case.prompt, sampling)
            for event in engine.step():
                if isinstance(event, Piece) and event.run in live:
                    _, assembler, said = live[event.run]
                    said.append(assembler.feed(event.data))
                    if assembler.stopped_by:
                        engine.stop(event.run)
                        outcomes.append(_outcome(live.pop(event.run), has_ended=True))
                elif isinstance(event, RunEnded) and event.run in live:
                    has_ended = event.reason is FinishReason.STOP
                    outcomes.append(_outcome(live.pop(event.run), has_ended=has_ended))
    return outcomes


def _outcome(finished: tuple[Case, Assembler, list[str]], *, has_ended: bool) -> Outcome:
    case, assembler, said = finished
    return Outcome(case, "".join(said) + assembler.finish(), has_ended)


def passes(outcome: Outcome) -> bool:
    """Tell whether what was written does the task."""
    case = outcome.case
    if case.form == "instruction":
        blocks = code_blocks(outcome.text)
        if not blocks:
            return False
        written = blocks[0][1]
    else:
        if not outcome.text.startswith(case.unsure):
            return False
        written = case.before + outcome.text[len(case.unsure) :] + case.after
    if normalised(written) == normalised(case.code):
        return True
    if case.label != "python":
        return False
    asked_names = [n for names in case.task.names for n in names if renames(case.code, n)]
    return all(renames(written, name) for name in asked_names) and runs(
        written + "\n" + case.task.check
    )


def normalised(code: str) -> str:
    """Return code without comments at line ends, blank lines and runs of spaces."""
    lines = (re.sub(r"\s+", " ", line.strip()) for line in code.splitlines())
    return "\n".join(line for line in lines if line)


def runs(program: str) -> bool:
    """Run a Python program with limits on time, memory, files; True where it ends well."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", program],
                cwd=folder,
                env={"HOME": folder, "PATH": "/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=CHECK_SECONDS,
                preexec_fn=_limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CHECK_SECONDS, CHECK_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**24, 2**24))


def main() -> int:
    """Print the table; with --failures also what went wrong; exit 1 below the thresholds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=builtin_model_path())
    parser.add_argument("--form", choices=FORMS, help="ask in this form only")
    parser.add_argument("--failures", type=Path, help="write what failed, a JSON object a line")
    found = parser.parse_args()
    forms = (found.form,) if found.form else FORMS
    outcomes = answer_all(found.model, read_bank(), forms)
    with ThreadPoolExecutor(2) as pool:
        results = list(zip(outcomes, pool.map(passes, outcomes), strict=True))
    if found.failures:
        found.failures.write_text(
            "\n".join(
                json.dumps(
                    {
                        "form": o.case.form, "task": o.case.task.id, "language": o.case.label,
                        "prompt": o.case.prompt.as_text()[-300:], "text": o.text,
                        "ended": o.has_ended,
                    }
                )
                for o, is_passed in results
                if not is_passed
            )
        )  # fmt: skip
    return _print_table(results)


def _print_table(results: list[tuple[Outcome, bool]]) -> int:
    # What stands before a hole from other tasks shows what it costs, and has no threshold.
    least = {"instruction": 0.85, "completion": 0.85, INFILL: 0.60, INFILL_BEGUN: 0.60,
             INFILL_AFTER_FILES: 0.0}  # fmt: skip
    is_good = True
    print("| form | cases | pass | needed |\n|---|---|---|---|")  # noqa: T201
    for form, needed in least.items():
        mine = [is_passed for outcome, is_passed in results if outcome.case.form == form]
        if mine:
            share = sum(mine) / len(mine)
            is_good = is_good and share >= needed
            print(f"| {form} | {len(mine)} | {share:.1%} | {needed:.0%} |")  # noqa: T201
    ended = sum(outcome.has_ended for outcome, _ in results) / len(results)
    print(f"| stops by itself | {len(results)} | {ended:.1%} | 95% |")  # noqa: T201
    return 0 if is_good and ended >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
