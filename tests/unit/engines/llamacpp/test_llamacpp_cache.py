"""Slots, prefix reuse and shared room, on the real library with the tiny random model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engine_driver import finish, step_until
from tiny_model import HEADS, KV_HEADS, LAYERS, WIDTH, write_tiny_model

from app.core.engine import Engine
from app.core.errors import EngineError
from app.core.events import FinishReason
from app.core.models import LoadOptions
from app.core.prompts import Control, Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import engine as engine_module
from app.engines.llamacpp import loading, open_model

GREEDY = Sampling(temperature=0, seed=1, max_tokens=20)
STORY = "Once upon a time there was a function. " * 20
Opener = Callable[..., Engine]
TOKEN_BYTES = LAYERS * WIDTH // HEADS * KV_HEADS * 2 * 2  # keys and values at f16


@pytest.fixture
def open_tiny(tiny_model: Path) -> Iterator[Opener]:
    opened: list[Engine] = []

    def open_it(path: Path = tiny_model, **options: int) -> Engine:
        engine = open_model(LoadOptions(path, **({"threads": 1} | options)), lambda _: True)
        opened.append(engine)
        return engine

    yield open_it
    for engine in opened:
        engine.close()


@pytest.fixture
def open_cramped(open_tiny: Opener, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """All slots share one small context, as they do for large models."""
    monkeypatch.setattr(loading.memory, "_SPARE_CACHE_BYTES", 0)
    return open_tiny


def read(engine: Engine, run: int, text: str) -> tuple[int, int, bytes]:
    """Return the tokens in all and reused ones of a prompt, and the answer."""
    engine.start(run, Prompt((text,)), GREEDY)
    heard = finish(engine, run)
    last = heard.progress(run)[-1]
    return last.total_tokens, last.reused_tokens, heard.data(run)


def test_a_repeated_prompt_is_read_but_for_its_last_token(open_tiny: Opener):
    engine = open_tiny()
    total, reused, answer = read(engine, 1, STORY)
    assert reused == 0
    assert read(engine, 2, STORY) == (total, total - 1, answer)


def test_a_longer_prompt_reuses_the_shorter_one_and_its_answer(open_tiny: Opener):
    engine = open_tiny()
    total, _, _ = read(engine, 1, STORY)
    longer, reused, answer = read(engine, 2, STORY + "The end.")
    assert total - 2 <= reused < longer
    assert read(open_tiny(), 1, STORY + "The end.")[2] == answer


def test_branches_share_a_prefix_without_destroying_each_other(
    open_tiny: Opener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine_module, "_CHEAP_S", 0.0)
    engine = open_tiny()
    start = STORY[:100]
    total, _, _ = read(engine, 1, STORY)
    branch, reused, answer = read(engine, 2, start + "Another way.")
    assert 90 < reused < branch
    assert read(engine, 3, STORY)[1] == total - 1
    assert read(open_tiny(), 1, start + "Another way.")[2] == answer


def test_what_is_read_in_a_moment_is_not_kept_in_the_way_of_others(open_tiny: Opener):
    engine = open_tiny()
    read(engine, 1, STORY)
    read(engine, 2, "Another story altogether. " * 20)
    assert read(engine, 3, STORY)[1] < 10


def test_more_chats_than_slots_are_all_found_again(
    open_tiny: Opener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine_module, "_CHEAP_S", 0.0)
    engine = open_tiny(slots=2)
    chats = [f"{number} " + STORY for number in range(6)]
    first = [read(engine, number, chat) for number, chat in enumerate(chats)]
    for number, chat in enumerate(chats):
        total, _, answer = first[number]
        assert read(engine, 10 + number, chat) == (total, total - 1, answer)
    longer = chats[0] + "The end."
    assert read(engine, 20, longer)[2] == read(open_tiny(), 1, longer)[2]


def test_chats_beyond_the_memory_for_them_are_forgotten_the_oldest_first(
    open_tiny: Opener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine_module, "_CHEAP_S", 0.0)
    chats = [f"{number} " + STORY for number in range(5)]
    tokens = len(open_tiny().tokenize(chats[0])) + 20
    monkeypatch.setattr(loading.memory, "_ASIDE_BYTES", int(3.5 * tokens * TOKEN_BYTES))
    engine = open_tiny(slots=1)
    for number, chat in enumerate(chats):
        read(engine, number, chat)
    assert read(engine, 10, chats[4])[1] > 100
    assert read(engine, 11, chats[2])[1] > 100
    assert read(engine, 12, chats[0])[1] < 10


def test_an_exact_run_does_not_lose_the_chat_before_it(
    open_tiny: Opener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine_module, "_CHEAP_S", 0.0)
    engine = open_tiny()
    total, _, answer = read(engine, 1, STORY)
    engine.start(2, Prompt((STORY + "And?",)), replace(GREEDY, is_exact=True))
    assert finish(engine, 2).progress(2)[-1].reused_tokens == 0
    assert read(engine, 3, STORY) == (total, total - 1, answer)


def test_a_prefix_is_shared_with_a_run_that_is_still_live(open_tiny: Opener):
    engine = open_tiny()
    engine.start(1, Prompt((STORY,)), replace(GREEDY, max_tokens=None))
    step_until(engine, lambda heard: bool(heard.pieces(1)))
    total, reused, _ = read(engine, 2, STORY)
    assert reused == total - 1


def test_runs_that_do_not_fit_together_take_turns(open_cramped: Opener):
    engine = open_cramped(context_tokens=512)
    for run in range(4):
        engine.start(run, Prompt((f"{run} " * 100,)), replace(GREEDY, max_tokens=100))
    heard = finish(engine, 0, 1, 2, 3)
    for run in range(4):
        assert heard.reason(run) is FinishReason.LENGTH
        assert len(heard.pieces(run)) == 100
    order = [event.run for event in heard.all]
    assert order.index(3) > len(order) - 1 - order[::-1].index(0)


def test_leftovers_make_room_for_a_run_that_needs_it(open_cramped: Opener):
    engine = open_cramped(context_tokens=512)
    for run in range(4):
        read(engine, run, f"{run} " * 100)
    engine.start(9, Prompt(("z" * 400,)), replace(GREEDY, max_tokens=None))
    assert finish(engine, 9).reason(9) is FinishReason.CONTEXT


def test_endless_runs_all_reach_the_end_of_the_context(open_cramped: Opener):
    alone = open_cramped(context_tokens=1024)
    endless = replace(GREEDY, max_tokens=None)
    alone.start(0, Prompt(("a",)), endless)
    text = finish(alone, 0).data(0)
    engine = open_cramped(context_tokens=1024)
    for run in range(3):
        engine.start(run, Prompt(("a",)), endless)
    heard = finish(engine, 0, 1, 2)
    for run in range(3):
        assert heard.reason(run) is FinishReason.CONTEXT
        assert len(heard.pieces(run)) == 1023
        assert heard.data(run)[:200] == text[:200]


def test_a_stop_token_of_the_prompt_ends_the_answer(open_tiny: Opener):
    engine = open_tiny()
    file_sep = engine.info.control_tokens["<file_sep>"]
    sampling = replace(GREEDY, logit_bias=((file_sep, 1e6),))
    engine.start(1, Prompt(("x",), stop_tokens=("<no_such_token>", "<file_sep>")), sampling)
    assert finish(engine, 1).reason(1) is FinishReason.STOP
    engine.start(2, Prompt(("x",)), sampling)
    assert finish(engine, 2).reason(2) is FinishReason.LENGTH


def test_the_begin_token_is_added_once_and_only_where_the_file_says_so(
    open_tiny: Opener, tmp_path: Path
):
    def count(engine: Engine, *parts: str | Control) -> int:
        engine.start(1, Prompt(parts), replace(GREEDY, max_tokens=1))
        return finish(engine, 1).progress(1)[-1].total_tokens

    begin = Control("<|endoftext|>")
    assert count(open_tiny(), "ab") == 2
    adding = open_tiny(write_tiny_model(tmp_path / "bos.gguf", adds_begin_token=True))
    assert count(adding, "ab") == 3
    assert count(adding, begin, "ab", "cd") == 5
    assert count(adding, "ab", "cd") == 5


def test_an_empty_prompt_begins_with_the_begin_token(open_tiny: Opener):
    engine = open_tiny()
    engine.start(1, Prompt(()), GREEDY)
    assert finish(engine, 1).progress(1)[-1].total_tokens == 1


def test_tokens_span_the_border_of_neighbouring_texts(open_tiny: Opener):
    engine = open_tiny()
    engine.start(1, Prompt(("h", "e")), GREEDY)  # "he" is one token of the tiny vocabulary
    assert finish(engine, 1).progress(1)[-1].total_tokens == 1


@pytest.mark.parametrize("text", ["", "äöü€🙂", "a\x00b", "\ud800"])
def test_any_text_can_be_tokenized(open_tiny: Opener, text: str):
    assert len(open_tiny().tokenize(text)) == len(text.encode("utf-8", "replace"))


def test_a_closed_engine_refuses_to_tokenize(open_tiny: Opener):
    engine = open_tiny()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.tokenize("x")


def test_a_long_step_that_is_broken_off_loses_nothing_but_time(open_tiny: Opener):
    prompt = Prompt(("All work and no play. " * 170,))
    quiet = open_tiny()
    quiet.start(1, prompt, GREEDY)
    answer = finish(quiet, 1).data(1)
    engine = open_tiny()
    asked: list[float] = []

    def is_wanted() -> bool:
        asked.append(time.monotonic())
        return True

    engine.interrupt_when(is_wanted)
    engine.start(1, prompt, GREEDY)
    heard = finish(engine, 1)
    assert heard.data(1) == answer
    done = [event.done_tokens for event in heard.progress(1)]
    assert done == sorted(set(done))
    assert len(asked) == 1  # the steps that follow are short ones, which nobody needs to break off


def test_nobody_is_asked_while_a_run_writes(open_tiny: Opener):
    engine = open_tiny()
    engine.start(1, Prompt(("x",)), replace(GREEDY, max_tokens=2000))
    step_until(engine, lambda heard: bool(heard.pieces(1)))
    engine.interrupt_when(lambda: pytest.fail("a step with a writer in it is short"))
    engine.start(2, Prompt(("All work and no play. " * 100,)), GREEDY)
    assert finish(engine, 2).reason(2) is FinishReason.LENGTH
