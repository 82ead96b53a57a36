"""The demo model's task bank is whole, and what is held out stays out."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "packaging"))

from demo_model.bank import DISPLAY_NAMES, Task, problems, read_bank, rename
from demo_model.data import dig, holes, signature_prompt
from demo_model.evaluate import runs
from demo_model.split import (
    held_out_name,
    held_out_phrasings,
    is_held_out_hole,
    training_names,
    training_phrasings,
)


@pytest.fixture(scope="module")
def bank() -> list[Task]:
    return read_bank()


def test_the_bank_is_as_large_and_as_wide_as_it_should_be(bank: list[Task]) -> None:
    assert len(bank) >= 250
    assert [(task.id, fault) for task in bank for fault in problems(task)] == []
    languages = {label for task in bank for label in task.codes}
    assert languages <= set(DISPLAY_NAMES)
    assert languages >= {
        "python", "javascript", "typescript", "bash", "sql", "c", "cpp", "go", "rust", "java",
        "html", "css", "terraform", "kubernetes", "dockerfile", "ansible", "github-actions",
        "cloudformation",
    }  # fmt: skip


def test_held_out_words_are_never_in_training(bank: list[Task]) -> None:
    for task in bank:
        assert len(held_out_phrasings(task)) == 2
        assert not set(held_out_phrasings(task)) & set(training_phrasings(task))
        assert len(training_phrasings(task)) >= 10
        for names in task.names:
            assert held_out_name(task, names) not in training_names(task, names)


def test_some_holes_are_held_out(bank: list[Task]) -> None:
    all_holes = [
        is_held_out_hole(task, label, *hole)
        for task in bank
        for label, code in task.codes.items()
        for hole in holes(code)
    ]
    assert 0.12 < sum(all_holes) / len(all_holes) < 0.18


def test_a_hole_and_its_surroundings_make_the_code_again(bank: list[Task]) -> None:
    for task in bank[::7]:
        code = task.codes[task.default_language]
        for hole in holes(code):
            assert "".join(dig(code, *hole)) == code
        begun, rest = signature_prompt(code)
        assert begun + rest == code


def test_the_banks_own_python_passes_its_checks(bank: list[Task]) -> None:
    rng = random.Random(3)
    for task in rng.sample([task for task in bank if task.check], 12):
        code = task.codes["python"]
        assert runs(code + "\n" + task.check), task.id


def test_a_check_can_fail_and_a_loop_is_ended() -> None:
    assert not runs("assert 1 + 1 == 3")
    assert not runs("open('/etc/nothing-here')")


def test_renaming_takes_whole_words_only() -> None:
    assert rename("n + max(n, nn)", "n", "count") == "count + max(count, nn)"
