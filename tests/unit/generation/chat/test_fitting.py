"""What does not fit leaves in a known order, and never in silence."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from app.core.attachments import Attachment
from app.core.messages import Message, Role
from app.generation.chat.fitting import (
    PartKind,
    answer_room,
    batches,
    count_to_leave,
    files_left_out,
    losses,
    order_of_leaving,
    parts_of,
    with_summary,
    without,
    words_left_out,
)
from app.text.attached import taken_apart, with_attachments

U, A, S = Role.USER, Role.ASSISTANT, Role.SYSTEM
LINES = "".join(f"line {number}\n" for number in range(1, 121))

names = st.sampled_from(["a.py", "b/c.go", "notes", "größe.md"])
file_texts = st.text("ab `\n", max_size=3000).map(lambda text: text or "x")
attachments = st.builds(Attachment, names, file_texts, st.sampled_from(["", "sql"]))
questions = st.builds(
    lambda words, files: Message(U, with_attachments(words, files)),
    st.text("wo rd\n", min_size=1, max_size=40).filter(str.strip),
    st.lists(attachments, max_size=2),
)
answers = st.builds(Message, st.just(A), st.text("xy\n`", min_size=1, max_size=4000))
chats = st.builds(
    lambda system, turns, question, begun: (
        *system, *(message for turn in turns for message in turn), question, *begun
    ),
    st.lists(st.builds(Message, st.just(S), st.just("Be brief.")), max_size=1),
    st.lists(st.tuples(questions, answers), max_size=4),
    questions,
    st.lists(answers, max_size=1),
)  # fmt: skip


def cost(text: str) -> int:
    return len(text)


@given(st.text("wo rd\n", max_size=40), st.lists(attachments, max_size=3))
def test_files_are_found_again_in_the_question(words: str, files: list[Attachment]) -> None:
    text = with_attachments(words, files)
    question, found = taken_apart(text)
    assert with_attachments(question, found) == text
    if files and "\n\nFile" not in words:
        assert [one.name for one in found] == [one.name for one in files]


def test_text_that_only_looks_like_a_file_stays_a_question() -> None:
    for text in ("File `a.py`:\n\n```\nx", "File `a.py`: what is it", "```\nFile `a`:\n```"):
        assert taken_apart(text) == (text, ())
    after = with_attachments("q", [Attachment("a.py", "x")]) + "\n\nand more"
    assert taken_apart(after) == (after, ())


@given(chats)
def test_the_parts_are_all_of_the_conversation(chat: tuple[Message, ...]) -> None:
    parts = parts_of(chat)
    assert {part.message for part in parts} == set(range(len(chat)))
    assert without(chat, parts, ()) == chat
    for number, message in enumerate(chat):
        of_it = [part for part in parts if part.message == number]
        words, files = taken_apart(message.text) if message.role is U else (message.text, ())
        assert all(
            "".join(p.text for p in of_it if p.kind is PartKind.LINES and p.file_number == n)
            == file.text
            for n, file in enumerate(files)
        )
        rest = "".join(p.text for p in of_it if p.kind is not PartKind.LINES)
        assert rest == words


@given(chats, st.integers(1, 9000))
def test_nothing_leaves_in_silence_and_what_stays_fits(
    chat: tuple[Message, ...], room: int
) -> None:
    parts = parts_of(chat)
    tokens = [cost(part.text) for part in parts]
    order = order_of_leaving(parts)
    excess = sum(tokens) - room
    number = count_to_leave(order, tokens, 0, excess) if excess > 0 else 0
    gone = {part for group in order[:number] for part in group}
    kept = set(range(len(parts))) - gone
    # All is either kept or told, once.
    assert sum(loss.tokens for loss in losses(parts, gone, tokens)) + sum(
        tokens[n] for n in kept
    ) == sum(tokens)
    assert len([n for group in order for n in group]) == len({n for g in order for n in g})
    # What is kept fits, unless all that may leave has left.
    assert sum(tokens[n] for n in kept) <= room or number == len(order)
    # No more leaves than must.
    assert (
        not number
        or sum(tokens[n] for n in kept) + sum(tokens[n] for n in order[number - 1]) > room
    )
    # The last question's own words and system messages stay.
    last = max(n for n, message in enumerate(chat) if message.role is U)
    for n, part in enumerate(parts):
        if part.role is S or (part.message == last and part.kind is PartKind.WORDS):
            assert n in kept
    rebuilt = without(chat, parts, gone)
    assert not gone or rebuilt != chat
    assert [m for m in rebuilt if m.role is S] == [m for m in chat if m.role is S]
    told = {part.message for part in words_left_out(parts, gone)}
    assert len(rebuilt) == len(chat) - len(told)
    assert [rebuilt_one.role for rebuilt_one in rebuilt] == [
        message.role for n, message in enumerate(chat) if n not in told
    ]
    stays = {parts[n].message for n in kept}
    assert bool(files_left_out(parts, gone)) == any(
        parts[n].kind is PartKind.LINES and parts[n].message in stays for n in gone
    )


def test_the_oldest_exchange_leaves_first_and_its_file_before_its_words() -> None:
    chat = (
        Message(S, "Be brief."),
        Message(U, with_attachments("first", [Attachment("log.txt", LINES)])),
        Message(A, "one"),
        Message(U, "second"),
        Message(A, "two"),
        Message(U, with_attachments("third", [Attachment("a.py", LINES)])),
    )
    parts = parts_of(chat)
    order = order_of_leaving(parts)
    said = [[(parts[n].message, parts[n].kind, parts[n].first_line) for n in g] for g in order]
    assert said == [
        [(1, PartKind.LINES, 81)],
        [(1, PartKind.LINES, 41)],
        [(1, PartKind.LINES, 1)],
        [(1, PartKind.WORDS, 0), (2, PartKind.WORDS, 0)],
        [(3, PartKind.WORDS, 0), (4, PartKind.WORDS, 0)],
        [(5, PartKind.LINES, 81)],
        [(5, PartKind.LINES, 41)],
        [(5, PartKind.LINES, 1)],
    ]
    tokens = [10] * len(parts)
    gone = {n for group in order[:6] for n in group}
    assert [loss.name for loss in losses(parts, gone, tokens)] == [
        "“first” with its files and its answer",
        "“second” and its answer",
        "a.py, lines 81–120",
    ]
    assert files_left_out(parts, gone) == ("a.py, lines 81–120",)
    left = without(chat, parts, gone)
    assert [message.role for message in left] == [S, U]
    assert left[1].text.startswith(
        "third\n\nFile `a.py`, lines 1 to 80 of 120:\n\n```python\nline 1"
    )
    assert left[1].text.endswith("line 80\n```")


def test_an_answer_that_goes_on_keeps_its_end_inside_its_code_block() -> None:
    answer = "Here:\n```python\n" + LINES
    chat = (Message(U, "long code"), Message(A, answer))
    parts = parts_of(chat)
    order = order_of_leaving(parts)
    assert len(order) == len(parts) - 2  # neither the question nor the last lines
    gone = {n for group in order for n in group}
    kept = without(chat, parts, gone)[1].text
    assert kept.startswith("```python\nline ")
    assert answer.endswith(kept.removeprefix("```python\n"))
    assert losses(parts, gone, [1] * len(parts))[0].name.endswith("lines of the answer")


def test_a_question_that_is_a_file_keeps_its_beginning() -> None:
    chat = (Message(U, with_attachments("", [Attachment("a.py", LINES)])),)
    parts = parts_of(chat)
    order = order_of_leaving(parts)
    kept = without(chat, parts, {n for group in order for n in group})
    assert "line 1\n" in kept[0].text


def test_a_question_alone_has_nothing_to_leave_out() -> None:
    assert order_of_leaving(parts_of((Message(U, "x" * 9999),))) == []
    assert order_of_leaving(parts_of(())) == []


def test_a_huge_file_has_few_parts_and_costs_little_time() -> None:
    chat = (Message(U, with_attachments("q", [Attachment("big.log", "x = 1\n" * 800_000)])),)
    began = time.thread_time()
    parts = parts_of(chat)
    assert time.thread_time() - began < 5
    assert len(parts) < 400
    assert len(parts[1].text) <= 1500 + 6  # the beginning is cut finely


def test_the_summary_stands_before_the_first_question_that_stays() -> None:
    chat = (Message(S, "s"), Message(U, "now"))
    assert with_summary(chat, "They said hello.")[1].text == (
        "Summary of the conversation before this: They said hello.\n\nnow"
    )
    assert with_summary(chat, "") == chat


@given(st.lists(st.text("ab ", min_size=1, max_size=50), max_size=8), st.integers(1, 60))
def test_batches_hold_all_texts_and_are_no_longer_than_they_may(
    texts: list[str], room: int
) -> None:
    found = batches(texts, [len(text) for text in texts], room)
    assert "".join(found).replace("\n\n", "") == "".join(texts)
    assert all(len(one.replace("\n\n", "")) <= room for one in found)


def test_the_room_for_an_answer() -> None:
    assert answer_room(2048, None) == 256
    assert answer_room(16_384, None) == 2048
    assert answer_room(2048, 100) == 100
    assert answer_room(2048, 5000) == 512
