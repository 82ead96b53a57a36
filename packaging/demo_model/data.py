"""Training examples: the bank in three forms, and the standard library's source.

Every example is a list of token ids and a list of loss weights of the same length. All randomness
comes from the generator that is passed in, so a step's batch depends on its number alone.
"""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from demo_model.bank import DISPLAY_NAMES, Task, rename, renames
from demo_model.split import (
    held_out_name,
    is_held_out_hole,
    training_names,
    training_phrasings,
)
from demo_model.synonyms import in_other_words
from demo_model.vocabulary import (
    END,
    FILE_SEP,
    FIM_MIDDLE,
    FIM_PREFIX,
    FIM_SUFFIX,
    REPO_NAME,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SYSTEM = (
    "You are an exceptionally intelligent coding assistant that consistently delivers accurate "
    "and reliable responses to user instructions."
)
FENCE_LABELS = {
    "kubernetes": "yaml", "compose": "yaml", "ansible": "yaml", "github-actions": "yaml",
    "cloudformation": "yaml", "systemd": "ini",
}  # fmt: skip
COMMENTS = {
    "python": "# ", "bash": "# ", "terraform": "# ", "kubernetes": "# ", "dockerfile": "# ",
    "compose": "# ", "ansible": "# ", "github-actions": "# ", "cloudformation": "# ",
    "nginx": "# ", "systemd": "# ", "yaml": "# ", "makefile": "# ", "sql": "-- ",
    "html": "<!-- ", "css": "/* ",
}  # fmt: skip
COMMENT_ENDS = {"html": " -->", "css": " */"}
_SPOKEN = {
    "python": ("Python", "python", "Python 3", "py"),
    "javascript": ("JavaScript", "JS", "javascript"),
    "typescript": ("TypeScript", "TS", "typescript"), "bash": ("Bash", "bash", "shell"),
    "cpp": ("C++", "cpp"), "go": ("Go", "Golang", "golang"), "rust": ("Rust", "rust"),
    "kubernetes": ("Kubernetes YAML", "Kubernetes", "k8s"), "terraform": ("Terraform", "terraform"),
}  # fmt: skip
_OPENERS = (
    "Please ", "Can you ", "Could you ", "Hi, ", "Hello, ", "I want you to ", "Help me: ",
    "Could you please ", "Now ", "Show me how to ", "Task: ", "I would like you to ",
)  # fmt: skip
_CLOSERS = (" Thanks.", " Thank you.", " Please.", " Keep it short.", " Keep it simple.", " thanks")

SHORT_FILE = 350
"""Characters of another file shown before a hole: a row of training is short."""
REPOSITORIES = ("bank", "tools", "app", "service", "infra", "helpers", "library", "web")
FIRST_WORDS = 8
"""Tokens of an answer that count twice."""
NAME_WEIGHT = 3.0
"""What each token of a name that the question asks for counts in the answer."""
KEYWORDS_SHARE = 0.12
"""How often a question is words in any order: they alone must tell which task it is."""
BROKEN_SHARE = 0.04
"""How many words of a question are cut in two before they become tokens."""

Example = tuple[list[int], list[float]]

_LONG_WORD = re.compile(r"(?<![`\w])[A-Za-z]{4,}(?![`\w])")


@dataclass(frozen=True, slots=True)
class Source:
    """What examples are drawn from: the bank, the library's files, and how text becomes ids.

    `names` are identifiers from all over the bank by their shape: renaming to one that the task
    itself never lists is what teaches the model to copy a name from the prompt.
    """

    tasks: list[Task]
    library: list[str]
    tokenizer: Tokenizer
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def shares(self) -> list[float]:
        """How often each task is drawn: more often where it has more languages."""
        return [1 + len(task.codes) for task in self.tasks]

    def new_name(self, task: Task, names: tuple[str, ...], rng: random.Random) -> str:
        """Draw a name for an identifier: one of its own, or any; never the one held out."""
        alike = self.names.get(_shape(names[0]))
        if alike and rng.random() < 0.7:
            name = rng.choice(alike)
            if name != held_out_name(task, names) and not renames(
                "".join(task.codes.values()), name
            ):
                return name
        return rng.choice(training_names(task, names)[1:])

    def ids(self, text: str) -> list[int]:
        """Return the token ids of plain text."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def _shape(name: str) -> str:
    """Tell apart numbers, Classes, kebab-case and the rest, so that code stays code."""
    return "0" if name[0].isdigit() else "A" if name[0].isupper() else "-" if "-" in name else "a"


def names_by_shape(tasks: list[Task]) -> dict[str, tuple[str, ...]]:
    """Return every identifier that any task lists, by its shape, sorted."""
    found: dict[str, set[str]] = {}
    for task in tasks:
        for name in (name for names in task.names for name in names):
            found.setdefault(_shape(name), set()).add(name)
    return {shape: tuple(sorted(names)) for shape, names in found.items()}


def library_files(limit_bytes: int = 6_000_000) -> list[str]:
    """Return source files of the running Python's standard library, tests left out."""
    root = Path(sysconfig.get_path("stdlib"))
    skipped = {"test", "tests", "idlelib", "site-packages", "lib2to3", "ensurepip", "encodings"}
    texts: list[str] = []
    total = 0
    for path in sorted(root.rglob("*.py")):
        if (
            skipped & set(path.relative_to(root).parts[:-1])
            or not 500 < path.stat().st_size < 80_000
        ):
            continue
        try:
            text = path.read_text(encoding="ascii")
        except (UnicodeError, OSError):
            continue
        texts.append(text)
        total += len(text)
        if total > limit_bytes:
            break
    return texts


# --- instructions ------------------------------------------------------------------------


def instruction_prompt(question: str, *, is_first: bool = True) -> str:
    """Return a turn in StarCoder 2's instruct format, without the control token before it."""
    heading = f"{SYSTEM}\n\n" if is_first else "\n\n"
    return f"{heading}### Instruction\n{question}\n\n### Response\n"


def answer_text(task: Task, label: str, code: str) -> str:
    """Return the whole answer: a sentence, then the code in its fence."""
    return f"{task.answer}\n\n```{FENCE_LABELS.get(label, label)}\n{code}```"


def rename_request(task: Task, old: str, new: str, choice: int) -> str:
    """Return the sentence that asks for another name of an identifier."""
    if "python" in task.codes and len(task.names) == 1:
        return (
            f"Name the argument `{new}`.", f"Call the parameter `{new}`.",
            f"Use `{new}` as the argument name.", f"Use `{new}` instead of `{old}`.",
        )[choice % 4]  # fmt: skip
    return (
        f"Use `{new}` instead of `{old}`.", f"Call it `{new}` instead of `{old}`.",
    )[choice % 2]  # fmt: skip


def phrase(task: Task, phrasing: str, label: str, spoken: str) -> str:
    """Fill the language in; one that the phrasing does not name is asked for at the end."""
    if "{language}" in phrasing:
        return phrasing.replace("{language}", spoken)
    if label != task.default_language:
        return f"{phrasing} Use {spoken}."
    return phrasing


def instruction(source: Source, task: Task, rng: random.Random, turns: int = 1) -> Example:
    """A conversation of so many questions with their answers; `task` is the first's."""
    ids: list[int] = [END]
    weights = [0.0]
    for number in range(turns):
        question, answer, name = _asked(source, task, rng)
        prompt = _broken(source, question, rng, is_first=number == 0)
        written = [*source.ids(answer), END]
        ids += prompt + written
        # The first words decide which task it is; the rest follows from them, but for a name.
        named = {*source.ids(name), *source.ids(f" {name}")} if name else set()
        weights += [0.0] * len(prompt) + [
            NAME_WEIGHT if token in named else 2.0 if place < FIRST_WORDS else 1.0
            for place, token in enumerate(written)
        ]
        task = rng.choice(source.tasks)
    return ids, weights


def _broken(source: Source, question: str, rng: random.Random, *, is_first: bool) -> list[int]:
    """Return a turn's ids with a few words cut in two: rare words are known by their parts."""
    text = instruction_prompt(question, is_first=is_first)
    start = text.index(question)
    cuts = [
        found.start() + rng.randrange(1, len(found[0]))
        for found in _LONG_WORD.finditer(text, start, start + len(question))
        if rng.random() < BROKEN_SHARE
    ]
    return [i for a, b in pairwise([0, *cuts, len(text)]) for i in source.ids(text[a:b])]


def _asked(source: Source, task: Task, rng: random.Random) -> tuple[str, str, str]:
    """Return the question, its answer, and the name that it asks for or ""."""
    label = rng.choice(list(task.codes))
    if rng.random() < 0.3:
        label = task.default_language
    code = task.codes[label]
    spoken = DISPLAY_NAMES[label]
    if rng.random() < 0.35:
        spoken = rng.choice(_SPOKEN.get(label, (spoken,)))
    if rng.random() < KEYWORDS_SHARE:
        text = _keywords(task, label, spoken, rng)
    else:
        text = phrase(task, rng.choice(training_phrasings(task)), label, spoken)
        text = _varied(text, rng, kept=spoken)
    new = ""
    names = [n for n in task.names if renames(code, n[0])]
    if names and rng.random() < 0.5:
        chosen = rng.choice(names)
        new = source.new_name(task, chosen, rng)
        code = rename(code, chosen[0], new)
        text = f"{text} {rename_request(task, chosen[0], new, rng.randrange(4))}"
    return text, answer_text(task, label, code), new


def _keywords(task: Task, label: str, spoken: str, rng: random.Random) -> str:
    """Return most words of one or two phrasings in any order, then the language if it matters."""
    phrasings = rng.sample(training_phrasings(task), rng.choice((1, 2)))
    words = " ".join(phrasings).replace("{language}", "").split()
    if rng.random() < 0.5:
        words = in_other_words(" ".join(words), rng, 0.35).split()
    rng.shuffle(words)
    words = words[: max(4, round(len(words) * rng.uniform(0.5, 0.9)))]
    if label != task.default_language or rng.random() < 0.5:
        words.append(spoken)
    text = " ".join(words)
    return text.lower() if rng.random() < 0.3 else text


def _varied(text: str, rng: random.Random, kept: str) -> str:
    """Say the same as another person would type it; the words of `kept` stay."""
    if rng.random() < 0.5:
        text = in_other_words(text, rng, 0.35)
    if rng.random() < 0.2:
        opener = rng.choice(_OPENERS)
        text = opener + text[0].lower() + text[1:]
    if rng.random() < 0.12:
        text = text + ("" if text[-1] in ".?!" else ".") + rng.choice(_CLOSERS)
    draw = rng.random()
    if draw < 0.15:
        text = text.rstrip(".?!")
    elif draw < 0.25:
        text = text.lower()
    elif draw < 0.3:
        text = text[0].lower() + text[1:]
    if rng.random() < 0.4:  # some words lost: the rest must do
        stays = {*kept.lower().split(), *(word for word in text.split() if "`" in word)}
        words = text.split(" ")
        few = [w for w in words if w.lower().strip(".,?!") in stays or rng.random() > 0.12]
        text = " ".join(few if len(few) > 2 else words)
    return text


# --- completion --------------------------------------------------------------------------


def signature_lines(code: str) -> int:
    """Return how many lines a signature with its docstring takes, 0 where there is none."""
    lines = code.splitlines()
    for number, line in enumerate(lines[:-1]):
        if re.match(r"\s*(async )?(def|class) .*:$", line):
            text = lines[number + 1].strip()
            if text.startswith('"""') and text.endswith('"""') and len(text) > 5:
                return number + 2
            return 0
    return 0


def comment_prompt(task: Task, label: str, code: str, phrasing: str) -> tuple[str, str]:
    """Return (leading comment and first line, the rest)."""
    comment = COMMENTS.get(label, "// ")
    text = phrase(task, phrasing, label, DISPLAY_NAMES[label]).rstrip(".?!")
    first, _, rest = code.partition("\n")
    return f"{comment}{text}{COMMENT_ENDS.get(label, '')}\n{first}\n", rest


def signature_prompt(code: str) -> tuple[str, str]:
    """Return (signature and docstring, the body)."""
    lines = code.splitlines(keepends=True)
    count = signature_lines(code)
    return "".join(lines[:count]), "".join(lines[count:])


def renamed(source: Source, task: Task, visible: str, rng: random.Random) -> dict[str, str]:
    """Draw new names for identifiers that can be seen in `visible`, the given part of the code."""
    return {
        names[0]: source.new_name(task, names, rng)
        for names in task.names
        if renames(visible, names[0]) and rng.random() < 0.85
    }


def with_names(text: str, new: dict[str, str]) -> str:
    """Rename several identifiers."""
    for old, name in new.items():
        text = rename(text, old, name)
    return text


def completion(source: Source, task: Task, rng: random.Random) -> Example:
    """A beginning of a file and how it goes on."""
    label = rng.choice(list(task.codes))
    code = task.codes[label]
    if signature_lines(code) and rng.random() < 0.65:
        begun, rest = signature_prompt(code)
        visible = begun
    else:
        phrasing = rng.choice(training_phrasings(task))
        if rng.random() < 0.4:
            phrasing = in_other_words(phrasing, rng, 0.35)
        begun, rest = comment_prompt(task, label, code, phrasing)
        visible = code.partition("\n")[0]
    new = renamed(source, task, visible, rng)
    begun, rest = with_names(begun, new), with_names(rest, new)
    prompt = ([END] if rng.random() < 0.5 else []) + source.ids(begun)
    written = [*source.ids(rest), END]
    weights = [0.0] + [0.1] * (len(prompt) - 1) + [1.0] * len(written)
    return prompt + written, weights


# --- fill in the middle -------------------------------------------------------------------


def infill_ids(source: Source, prefix: str, suffix: str) -> list[int]:
    """Return a fill-in-the-middle prompt in StarCoder 2's order: prefix, suffix, middle."""
    return [
        FIM_PREFIX, *source.ids(prefix), FIM_SUFFIX, *source.ids(suffix), FIM_MIDDLE,
    ]  # fmt: skip


def holes(code: str) -> list[tuple[int, int]]:
    """Return every hole of one to four whole lines after the first, as (first, last)."""
    lines = code.splitlines()
    return [
        (first, last)
        for first in range(1, len(lines))
        for last in range(first, min(first + 4, len(lines)))
        if lines[first].strip() and lines[last].strip()
    ]


def dig(code: str, first: int, last: int) -> tuple[str, str, str]:
    """Return (prefix, middle, suffix); the hole begins after the indentation of its first line."""
    lines = code.splitlines(keepends=True)
    indent = len(lines[first]) - len(lines[first].lstrip())
    prefix = "".join(lines[:first]) + lines[first][:indent]
    middle = "".join(lines[first : last + 1])[indent:]
    return (
        prefix,
        middle.rstrip("\n"),
        middle[len(middle.rstrip("\n")) :] + "".join(lines[last + 1 :]),
    )


def infill(source: Source, task: Task, rng: random.Random) -> Example | None:
    """A hole in a task's code and what belongs there; None where all holes are held out."""
    label = rng.choice(list(task.codes))
    code = task.codes[label]
    open_holes = [h for h in holes(code) if not is_held_out_hole(task, label, *h)]
    if not open_holes:
        return None
    first, last = rng.choice(open_holes)
    prefix, middle, suffix = dig(code, first, last)
    new = renamed(source, task, prefix + suffix, rng) if rng.random() < 0.5 else {}
    prefix, middle, suffix = (with_names(text, new) for text in (prefix, middle, suffix))
    if rng.random() < 0.2:  # the cursor in the middle of a line
        cut = rng.randrange(len(middle.split("\n")[0]) + 1)
        prefix, middle = prefix + middle[:cut], middle[cut:]
    return _infill_example(source, prefix, middle, suffix)


def repository_infill(source: Source, task: Task, rng: random.Random, files: int) -> Example | None:
    """The same after other files, in StarCoder 2's layout, half of the time with names."""
    label = rng.choice(list(task.codes))
    code = task.codes[label]
    open_holes = [h for h in holes(code) if not is_held_out_hole(task, label, *h)]
    others = [t for t in source.tasks if label in t.codes and t.id != task.id]
    short = [t for t in others if len(t.codes[label]) < SHORT_FILE]
    if not open_holes or not short:
        return None
    prefix, middle, suffix = dig(code, *rng.choice(open_holes))
    has_names = rng.random() < 0.5
    ids = [REPO_NAME, *source.ids(rng.choice(REPOSITORIES))] if has_names else []
    for other in rng.sample(short, min(files, len(short))):
        heading = f"{other.id}.{label}\n" if has_names else ""
        ids += [FILE_SEP, *source.ids(heading + other.codes[label])]
    path = f"{task.id}.{label}\n" if has_names else ""
    asked, weights = _infill_example(source, path + prefix, middle, suffix)
    return [*ids, FILE_SEP, *asked], [0.0] * (len(ids) + 1) + weights


def _infill_example(source: Source, prefix: str, middle: str, suffix: str) -> Example:
    prompt = infill_ids(source, prefix, suffix)
    written = [*source.ids(middle), END]
    # Twice: a middle is short, and would count little beside whole answers.
    return prompt + written, [0.0] * len(prompt) + [2.0] * len(written)


# --- the standard library -----------------------------------------------------------------


def library(source: Source, rng: random.Random) -> Example:
    """A window of a library file, half of the time with a hole."""
    text = rng.choice(source.library)
    start = rng.randrange(max(1, len(text) - 1200))
    start = text.find("\n", start) + 1
    window = text[start : start + rng.randrange(300, 750)]
    if rng.random() < 0.5 and window.count("\n") > 6:
        possible = holes(window)
        if possible:
            prefix, middle, suffix = dig(window, *rng.choice(possible))
            return _infill_example(source, prefix, middle, suffix)
    ids = source.ids(window)
    return [*ids, END], [0.0] + [0.5] * (len(ids) - 1) + [0.0]


def example(source: Source, rng: random.Random, room: int) -> Example:
    """Draw one example. Where there is room for it, conversations take many turns."""
    draw = rng.random()
    if draw < 0.02:
        return library(source, rng)
    task = rng.choices(source.tasks, source.shares)[0]
    if draw < 0.86:
        turns = rng.randrange(2, 9) if room > 600 else 1 + (rng.random() < 0.06)
        return instruction(source, task, rng, turns)
    if draw < 0.92:
        return completion(source, task, rng)
    if draw < 0.94:
        files = rng.randrange(1, 4) if room > 600 else 1
        found = repository_infill(source, task, rng, files)
        return found or completion(source, task, rng)
    return infill(source, task, rng) or completion(source, task, rng)


def batch(
    source: Source, *, seed: int, rows: int, length: int
) -> tuple[list[list[int]], list[list[float]], list[list[int]]]:
    """Return `rows` rows of `length` + 1 ids, the weight of each id, and its example's number.

    The longest examples are placed first, each in the first row with room; what is too long
    for any row loses its end, and the last few that fit nowhere are left out.
    """
    rng = random.Random(seed)
    size = length + 1
    examples: list[Example] = []
    while sum(len(ids) for ids, _ in examples) < rows * size:
        ids, weights = example(source, rng, length)
        examples.append((ids[:size], weights[:size]))
    packed: list[list[Example]] = [[] for _ in range(rows)]
    room = [size] * rows
    for ids, weights in sorted(examples, key=lambda e: -len(e[0])):
        row = next((row for row in range(rows) if room[row] >= len(ids)), None)
        if row is not None:
            packed[row].append((ids, weights))
            room[row] -= len(ids)
    pads = [([END] * left, [0.0] * left) for left in room]
    filled = [[*row, pad] for row, pad in zip(packed, pads, strict=True)]
    return (
        [[i for ids, _ in row for i in ids] for row in filled],
        [[w for _, weights in row for w in weights] for row in filled],
        [[part for part, (ids, _) in enumerate(row) for _ in ids] for row in filled],
    )
