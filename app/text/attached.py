"""Files inside a question: written into its text, and found in it again.

What the model sees is what the chat shows: each file stands in a fence under its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.core.attachments import Attachment
from app.text.languages import label_of_file

_BEGIN = re.compile(r"File `(?P<name>[^`\n]+)`:\n\n(?P<fence>`{3,})(?P<label>[^`\n]*)\n")


def with_attachments(question: str, attachments: Sequence[Attachment]) -> str:
    """Return the text that is sent and saved."""
    parts = [question.rstrip()] if question.strip() else []
    parts += [_fenced(f"File `{one.name}`:", one) for one in attachments]
    return "\n\n".join(parts)


def with_beginnings(question: str, begun: Sequence[tuple[Attachment, int, int]]) -> str:
    """Return the same where of each file only so many of so many lines are there, and say so."""
    parts = [question.rstrip()] if question.strip() else []
    for one, lines, of_lines in begun:
        share = "" if lines >= of_lines else f", lines 1 to {lines} of {of_lines}"
        parts.append(_fenced(f"File `{one.name}`{share}:", one))
    return "\n\n".join(parts)


def taken_apart(text: str) -> tuple[str, tuple[Attachment, ...]]:
    """Return the question and the files that `with_attachments` wrote into `text`.

    What stands between or after files is not that function's work: then all is the question.
    """
    at = _first_file(text)
    if at < 0:
        return text, ()
    question = text[: max(at - len("\n\n"), 0)]
    attachments: list[Attachment] = []
    while at < len(text):
        found = _BEGIN.match(text, at)
        # Found without a pattern: one would hold up all threads while it reads a large file.
        end = -1 if found is None else text.find(f"\n{found['fence']}", found.end() - 1)
        if found is None or end < 0:
            return text, ()
        name, label = found["name"], found["label"]
        label = "" if label == label_of_file(name) else label
        attachments.append(Attachment(name, text[found.end() : end + 1], label))
        at = end + 1 + len(found["fence"]) + len("\n\n")
    if with_attachments(question, attachments) != text:
        return text, ()
    return question, tuple(attachments)


def _first_file(text: str) -> int:
    """Return where the first file begins, -1 where there is none."""
    at = text.find("File `")
    while at >= 0:
        if (at == 0 or text.endswith("\n\n", 0, at)) and _BEGIN.match(text, at):
            return at
        at = text.find("File `", at + 1)
    return -1


def _fenced(head: str, attachment: Attachment) -> str:
    fence = "`" * max(3, _longest_run(attachment.text) + 1)
    text = attachment.text if attachment.text.endswith("\n") else attachment.text + "\n"
    label = attachment.label or label_of_file(attachment.name)
    return f"{head}\n\n{fence}{label}\n{text}{fence}"


def _longest_run(text: str) -> int:
    length = 0
    while "`" * (length + 1) in text:
        length += 1
    return length
