"""What of a conversation is left out where it does not fit: the parts it has, and their order.

Pure: whoever counts tokens is told which parts there are, and says how much is too much. What is
kept and what leaves are always all parts together; the last question's own words never leave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.attachments import Attachment
from app.core.context import Loss
from app.core.messages import Message, Role
from app.text.attached import taken_apart, with_beginnings
from app.text.markdown.whole import opening_of
from app.text.names import shortened

LINES_TOGETHER = 40
_CHARACTERS_TOGETHER = 1_500
_GROWTH = 20
_QUOTED_CHARACTERS = 48


class PartKind(StrEnum):
    """What a part is of its message."""

    WORDS = "words"  # all of a message but its files
    LINES = "lines"  # lines of a file in a question
    BEGUN = "begun"  # lines of the answer that goes on


@dataclass(frozen=True, slots=True)
class Part:
    """What is kept or leaves as one. Lines are counted from 1, both ends included."""

    kind: PartKind
    message: int
    role: Role
    text: str
    file: str = ""
    file_number: int = 0
    first_line: int = 0
    last_line: int = 0
    of_lines: int = 0
    label: str = ""


Group = tuple[int, ...]
"""Numbers of parts that leave together."""


def answer_room(context_tokens: int, max_tokens: int | None) -> int:
    """Return how many tokens are kept for an answer: an eighth, or what it may have at most."""
    return max(min(max_tokens or context_tokens // 8, context_tokens // 4), 1)


def parts_of(messages: Sequence[Message]) -> tuple[Part, ...]:
    """Take a conversation apart."""
    parts: list[Part] = []
    for number, message in enumerate(messages):
        if message.role is Role.USER:
            words, files = taken_apart(message.text)
            parts.append(Part(PartKind.WORDS, number, message.role, words))
            for file_number, file in enumerate(files):
                parts += _lines(PartKind.LINES, number, message.role, file, file_number)
        elif message.role is Role.ASSISTANT and number == len(messages) - 1:
            answer = Attachment("", message.text)
            parts += _lines(PartKind.BEGUN, number, message.role, answer, 0)
        else:
            parts.append(Part(PartKind.WORDS, number, message.role, message.text))
    return tuple(parts)


def order_of_leaving(parts: Sequence[Part]) -> list[Group]:
    """Return what may leave, in the order in which it does.

    The oldest question goes first with its answer, but the files in it before its words, from
    their ends. Then the files of the last question, and the beginning of an answer that goes on.
    """
    exchanges = _exchanges(parts)
    if not exchanges:
        return []
    groups: list[Group] = []
    for exchange in exchanges[:-1]:
        groups += [(number,) for number in _file_lines(parts, exchange)]
        words = [n for n in exchange if parts[n].kind is not PartKind.LINES]
        groups.append(tuple(words))
    last = exchanges[-1]
    lines = _file_lines(parts, last)
    if not any(parts[n].kind is PartKind.WORDS and parts[n].text.strip() for n in last):
        lines = lines[:-1]  # a question that is a file keeps its beginning
    begun = [n for n in last if parts[n].kind is PartKind.BEGUN]
    return groups + [(n,) for n in lines] + [(n,) for n in begun[:-1]]


def count_to_leave(
    order: Sequence[Group], tokens: Sequence[int], begun: int, excess_tokens: int
) -> int:
    """Return how many groups must leave so that, after the first `begun`, enough tokens are free.

    At least one more than `begun`, where there is one. `tokens` are those of each part.
    """
    freed = 0
    for number in range(begun, len(order)):
        freed += sum(tokens[part] for part in order[number])
        if freed >= excess_tokens:
            return number + 1
    return len(order)


def count_in_steps(
    order: Sequence[Group],
    parts: Sequence[Part],
    tokens: Sequence[int],
    excess_tokens: int,
    *,
    step_tokens: int,
) -> int:
    """Return how many groups leave first: where only earlier messages do, some more than must.

    What leaves is rounded up to whole steps. So the next questions leave out the same, and the
    model, which keeps what it has read, need not read the chat anew each time.
    """
    least = count_to_leave(order, tokens, 0, excess_tokens)
    last = max((part.message for part in parts if part.role is Role.USER), default=0)
    earlier = sum(parts[group[0]].message < last for group in order)
    if least > earlier:
        return least
    steps = -(-excess_tokens // step_tokens)
    return min(count_to_leave(order, tokens, 0, steps * step_tokens), earlier)


def without(
    messages: Sequence[Message], parts: Sequence[Part], gone: Collection[int]
) -> tuple[Message, ...]:
    """Return the conversation without the parts `gone`; a message that keeps none is no more."""
    by_message: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        by_message.setdefault(part.message, []).append(number)
    kept: list[Message] = []
    for number, message in enumerate(messages):
        of_it = by_message.get(number, [])
        left = [parts[n] for n in of_it if n not in gone]
        if len(left) == len(of_it):
            kept.append(message)
        elif left:
            kept.append(Message(message.role, _put_together(message, left)))
    return tuple(kept)


def losses(parts: Sequence[Part], gone: Collection[int], tokens: Sequence[int]) -> list[Loss]:
    """Say in words what leaves: questions with their answers, files, lines of files."""
    found: dict[tuple[object, ...], list[int]] = {}
    for exchange in _exchanges(parts):
        is_whole = all(number in gone for number in exchange)
        for number in exchange:
            if number in gone:
                part = parts[number]
                place = (part.kind, part.message, part.file_number)
                found.setdefault((exchange[0],) if is_whole else place, []).append(number)
    return [
        Loss(_name([parts[n] for n in numbers]), sum(tokens[n] for n in numbers))
        for numbers in found.values()
    ]


def files_left_out(parts: Sequence[Part], gone: Collection[int]) -> tuple[str, ...]:
    """Return the files of messages that stay, or the lines of them, which leave."""
    stay = {part.message for number, part in enumerate(parts) if number not in gone}
    found: dict[tuple[int, int], list[Part]] = {}
    for number in sorted(gone):
        part = parts[number]
        if part.kind is PartKind.LINES and part.message in stay:
            found.setdefault((part.message, part.file_number), []).append(part)
    return tuple(_name(lines) for lines in found.values())


def words_left_out(parts: Sequence[Part], gone: Collection[int]) -> list[Part]:
    """Return the messages whose words leave, oldest first."""
    return [parts[n] for n in sorted(gone) if parts[n].kind is PartKind.WORDS]


def with_summary(messages: Sequence[Message], summary: str) -> tuple[Message, ...]:
    """Return the conversation with a summary of what came before in its first question."""
    turns = list(messages)
    for number, turn in enumerate(turns):
        if turn.role is Role.USER and summary:
            words = f"Summary of the conversation before this: {summary}\n\n{turn.text}"
            turns[number] = Message(turn.role, words)
            break
    return tuple(turns)


def batches(texts: Sequence[str], tokens: Sequence[int], room_tokens: int) -> list[str]:
    """Join texts to batches of at most about `room_tokens`; a text that is longer is divided."""
    found: list[str] = []
    open_tokens = 0
    for text, count in zip(texts, tokens, strict=True):
        share = min(len(text), max(len(text) * room_tokens // max(count, 1), 1))
        for begin in range(0, len(text), max(share, 1)):
            piece = text[begin : begin + share]
            needed = min(count, room_tokens)
            if found and open_tokens + needed <= room_tokens:
                found[-1] += f"\n\n{piece}"
                open_tokens += needed
            else:
                found.append(piece)
                open_tokens = needed
    return found


# --- inside ------------------------------------------------------------------------------


def _exchanges(parts: Sequence[Part]) -> list[list[int]]:
    """Return the parts of each question and what follows it; system messages are no part of any."""
    exchanges: list[list[int]] = []
    begun_by = -1
    for number, part in enumerate(parts):
        if part.role is Role.SYSTEM:
            continue
        is_new = part.role is Role.USER and part.message != begun_by
        if is_new or not exchanges:
            exchanges.append([])
            begun_by = part.message
        exchanges[-1].append(number)
    return exchanges


def _file_lines(parts: Sequence[Part], exchange: Sequence[int]) -> list[int]:
    return [n for n in reversed(exchange) if parts[n].kind is PartKind.LINES]


def _lines(
    kind: PartKind, message: int, role: Role, file: Attachment, file_number: int
) -> Iterator[Part]:
    of_lines = len(_split(file.text))
    for text, first, last in _runs(file.text, is_growing=kind is PartKind.LINES):
        yield Part(
            kind, message, role, text, file.name, file_number, first, last, of_lines, file.label
        )


def _runs(text: str, *, is_growing: bool) -> Iterator[tuple[str, int, int]]:
    """Divide a text into runs of lines; the farther on, the longer, so that there are never many.

    A line that is longer than a run is divided too.
    """
    taken: list[str] = []
    size = offset = 0
    first = line_number = 1
    for line_number, line in enumerate(_split(text), start=1):
        for begin in range(0, len(line), _CHARACTERS_TOGETHER):
            piece = line[begin : begin + _CHARACTERS_TOGETHER]
            taken.append(piece)
            size += len(piece)
            longest = max(_CHARACTERS_TOGETHER, offset // _GROWTH if is_growing else 0)
            is_long = len(taken) >= LINES_TOGETHER and longest == _CHARACTERS_TOGETHER
            if size >= longest or is_long:
                yield "".join(taken), first, line_number
                offset += size
                taken, size = [], 0
                first = line_number if begin + len(piece) < len(line) else line_number + 1
    if taken or not text:
        yield "".join(taken), first, line_number


def _split(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _put_together(message: Message, left: Sequence[Part]) -> str:
    if left[0].kind is PartKind.BEGUN:
        return _end_of(message.text, "".join(part.text for part in left))
    words = "".join(part.text for part in left if part.kind is PartKind.WORDS)
    files: dict[int, list[Part]] = {}
    for part in left:
        if part.kind is PartKind.LINES:
            files.setdefault(part.file_number, []).append(part)
    return with_beginnings(
        words,
        [
            (
                Attachment(
                    lines[0].file, "".join(part.text for part in lines), label=lines[0].label
                ),
                lines[-1].last_line if lines[-1].text.endswith("\n") else lines[-1].of_lines,
                lines[0].of_lines,
            )
            for lines in files.values()
        ],
    )


def _end_of(answer: str, kept: str) -> str:
    """Return the end of an answer; where that begins inside a code block, so that it still does."""
    before = answer[: len(answer) - len(kept)]
    opening = opening_of(before)
    return f"{opening}\n{kept}" if opening else kept


def _name(parts: Sequence[Part]) -> str:
    first = parts[0]
    if first.kind is PartKind.BEGUN:
        return f"the first {parts[-1].last_line} lines of the answer"
    if first.kind is PartKind.LINES:
        last = parts[-1].last_line
        if first.first_line == 1 and last == first.of_lines:
            return first.file
        return f"{first.file}, lines {first.first_line}–{last}"
    words = shortened(" ".join(first.text.split()) or "a question", _QUOTED_CHARACTERS)
    more = " and its answer" if any(part.role is Role.ASSISTANT for part in parts[1:]) else ""
    with_files = " with its files" if any(part.kind is PartKind.LINES for part in parts) else ""
    return f"“{words}”{with_files}{more}"
