"""Reads the task bank (`bank/*.md`, format in `bank/FORMAT.md`) and checks it.

Run as a script it lists what is wrong with the files and counts what they hold.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

BANK = Path(__file__).parent / "bank"
LEAST_PHRASINGS = 12

DISPLAY_NAMES = {
    "python": "Python", "javascript": "JavaScript", "typescript": "TypeScript", "bash": "Bash",
    "sql": "SQL", "c": "C", "cpp": "C++", "go": "Go", "rust": "Rust", "java": "Java",
    "html": "HTML", "css": "CSS", "terraform": "Terraform", "kubernetes": "Kubernetes YAML",
    "dockerfile": "Dockerfile", "compose": "Docker Compose", "ansible": "Ansible",
    "github-actions": "GitHub Actions", "cloudformation": "CloudFormation", "nginx": "nginx",
    "systemd": "systemd", "json": "JSON", "yaml": "YAML", "makefile": "Makefile",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `codes` maps a language's label to its code, the default language first.

    `names` holds, for each identifier that may be renamed, itself and its alternatives.
    """

    id: str
    answer: str
    names: tuple[tuple[str, ...], ...]
    phrasings: tuple[str, ...]
    codes: dict[str, str]
    check: str = ""

    @property
    def default_language(self) -> str:
        """Return the label of the language that a phrasing without one means."""
        return next(iter(self.codes))


def read_bank(folder: Path = BANK) -> list[Task]:
    """Return every task of every file, in a fixed order. Raises `ValueError` for a bad one."""
    tasks: list[Task] = []
    for path in sorted(folder.glob("*.md")):
        if path.name != "FORMAT.md":
            tasks += [_parse(block) for block in _blocks(path.read_text(encoding="utf-8"))]
    duplicates = {task.id for task in tasks if sum(t.id == task.id for t in tasks) > 1}
    if duplicates:
        raise ValueError(f"tasks with the same id: {', '.join(sorted(duplicates))}")
    return tasks


def problems(task: Task) -> list[str]:
    """Say what is wrong with a task."""
    found = []
    if len(set(task.phrasings)) < LEAST_PHRASINGS:
        found.append(f"{len(set(task.phrasings))} phrasings")
    if "python" in task.codes and not task.check:
        found.append("no check")
    found += [f"unknown language {label}" for label in task.codes if label not in DISPLAY_NAMES]
    for names in task.names:
        if not any(renames(code, names[0]) for code in task.codes.values()):
            found.append(f"no {names[0]} to rename")
    return found


def rename(code: str, old: str, new: str) -> str:
    """Rename an identifier everywhere in a piece of code."""
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, code)


def renames(code: str, old: str) -> bool:
    """Tell whether the identifier occurs in the code."""
    return rename(code, old, old + "_") != code


def _blocks(text: str) -> list[str]:
    return re.split(r"^## ", text, flags=re.MULTILINE)[1:]


def _parse(block: str) -> Task:
    head, *fenced = re.split(r"^~~~(\S+)\n(.*?)^~~~[ \t]*$", block, flags=re.MULTILINE | re.DOTALL)
    lines = head.strip().splitlines()
    codes = {
        label: code.rstrip() + "\n"
        for label, code in zip(fenced[::3], fenced[1::3], strict=True)
        if label != "check"
    }
    checks = [c for label, c in zip(fenced[::3], fenced[1::3], strict=True) if label == "check"]
    task_id = lines[0].strip()
    if not codes:
        raise ValueError(f"{task_id} has no code")
    return Task(
        id=task_id,
        answer=" ".join(_after(lines, "answer:")),
        names=tuple(tuple(words.split()) for words in _after(lines, "names:")),
        phrasings=tuple(dict.fromkeys(_after(lines, "- "))),
        codes=codes,
        check="\n".join(checks),
    )


def _after(lines: list[str], prefix: str) -> list[str]:
    return [line[len(prefix) :].strip() for line in lines if line.startswith(prefix)]


def main() -> int:
    """Print what the bank holds and what is wrong with it."""
    tasks = read_bank()
    wrong = [(task.id, fault) for task in tasks for fault in problems(task)]
    for task_id, fault in wrong:
        print(f"{task_id}: {fault}")  # noqa: T201
    languages: dict[str, int] = {}
    for task in tasks:
        for label in task.codes:
            languages[label] = languages.get(label, 0) + 1
    print(f"{len(tasks)} tasks, {sum(len(t.phrasings) for t in tasks)} phrasings, {languages}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
