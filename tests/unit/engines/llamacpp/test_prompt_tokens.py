"""Every StarCoder 2 format to the exact token, and no text that becomes a control token.

With the real vocabulary where it is there, and with the built-in model's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_cpp import llama_cpp as lib
from tiny_vocabulary import loaded

from app.core.edits import Edit, EditKind, Selected
from app.core.messages import Message, Role
from app.core.models import ModelInfo
from app.core.paths import builtin_model_path
from app.core.prompts import Control, Prompt
from app.engines.llamacpp.vocabulary import Vocabulary
from app.generation.chat.chat_prompts import INSTRUCT_SYSTEM, render_chat
from app.generation.chat.outputs import OUTPUT_FORMATS, Output, as_document
from app.generation.chat.sandbox import run_template
from app.generation.edit.prompts import render_edit
from app.generation.infill.holes import Hole, render_infill
from app.generation.infill.repository import SourceFile, render_completion
from app.text.languages import language_named

REAL = Path(__file__).parents[5] / "shared" / "data" / "ggml-vocab-starcoder.gguf"
ENDOFTEXT, PREFIX, MIDDLE, SUFFIX, PAD, REPO, SEP = range(7)
STOPS = {ENDOFTEXT, PREFIX, MIDDLE, SUFFIX, PAD, REPO, SEP}
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{{ '### ' ~ m.role ~ '\n' ~ m.content }}"
    "{{ eos_token }}{% endfor %}"
)
FILES = (SourceFile("g.py", "c"), SourceFile("h.py", "d\n"))
Model = tuple[Vocabulary, ModelInfo]
render = partial(render_chat, run=run_template)


@pytest.fixture(scope="module", params=["real", "builtin"])
def model(request: pytest.FixtureRequest) -> Iterator[Model]:
    path = REAL if request.param == "real" else builtin_model_path()
    if not path.exists():
        pytest.skip("StarCoder 2's real vocabulary is not here")
    with loaded(path) as (vocabulary, info):
        yield vocabulary, replace(info, name="starcoder2-3b", architecture="starcoder2")


def ids(model: Model, prompt: Prompt) -> list[int]:
    return model[0].render(prompt)


def plain(model: Model, text: str) -> list[int]:
    return model[0].tokenize(text, special=False)


def test_plain_completion(model: Model) -> None:
    prompt = render_completion("def f(", model[1])
    assert ids(model, prompt) == plain(model, "def f(")
    assert model[0].stop_ids(prompt) >= STOPS


def test_infill_ends_exactly_at_the_middle_token(model: Model) -> None:
    prompt = render_infill(Hole("a\n", "\nb"), model[1])
    assert ids(model, prompt) == [
        PREFIX, *plain(model, "a\n"), SUFFIX, *plain(model, "\nb"), MIDDLE,
    ]  # fmt: skip
    assert model[0].stop_ids(prompt) >= STOPS


def test_repository_context_with_and_without_names(model: Model) -> None:
    named = render_completion("x", model[1], path="f.py", files=FILES, repository="r")
    assert ids(model, named) == [
        REPO, *plain(model, "r"), SEP, *plain(model, "g.py\nc"), SEP, *plain(model, "h.py\nd\n"),
        SEP, *plain(model, "f.py\nx"),
    ]  # fmt: skip
    bare = render_completion("x", model[1], files=FILES)
    assert ids(model, bare) == [
        SEP, *plain(model, "c"), SEP, *plain(model, "d\n"), SEP, *plain(model, "x"),
    ]  # fmt: skip
    assert model[0].stop_ids(named) >= STOPS


def test_repository_and_infill_have_the_path_after_the_prefix_token(model: Model) -> None:
    hole = Hole("a", "b", "f.py")
    named = render_infill(hole, model[1], files=FILES[:1], repository="r")
    assert ids(model, named) == [
        REPO, *plain(model, "r"), SEP, *plain(model, "g.py\nc"), SEP,
        PREFIX, *plain(model, "f.py\na"), SUFFIX, *plain(model, "b"), MIDDLE,
    ]  # fmt: skip
    bare = render_infill(hole, model[1], files=FILES[:1])
    assert ids(model, bare) == [
        SEP, *plain(model, "c"), SEP,
        PREFIX, *plain(model, "a"), SUFFIX, *plain(model, "b"), MIDDLE,
    ]  # fmt: skip


def test_instruct_without_a_template(model: Model) -> None:
    instruct = replace(model[1], name="starcoder2-15b-instruct-v0.1")
    asked = (Message(Role.USER, "Add"),)
    prompt = render(asked, instruct).prompt
    said = f"{INSTRUCT_SYSTEM}\n\n### Instruction\nAdd\n\n### Response\n"
    assert ids(model, prompt) == [ENDOFTEXT, *plain(model, said)]
    assert model[0].stop_ids(prompt) >= STOPS
    assert set(prompt.stop_texts) == {"\n### Instruction", "\n### Response"}
    own = render((Message(Role.SYSTEM, "Be brief."), *asked), instruct).prompt
    said = "Be brief.\n\n### Instruction\nAdd\n\n### Response\n"
    assert ids(model, own) == [ENDOFTEXT, *plain(model, said)]


def test_a_template_in_the_file_wins(model: Model) -> None:
    with_template = replace(
        model[1], name="starcoder2-15b-instruct", chat_template=TEMPLATE, end_token_id=0
    )
    prompt = render((Message(Role.USER, "Add"),), with_template).prompt
    assert ids(model, prompt) == [ENDOFTEXT, *plain(model, "### user\nAdd"), ENDOFTEXT]
    assert model[0].stop_ids(prompt) >= STOPS


def test_a_base_model_gets_a_comment(model: Model) -> None:
    prompt = render((Message(Role.USER, "Add\ntwo"),), model[1], language=language_named("go"))
    assert ids(model, prompt.prompt) == plain(model, "// Add\n// two\n")
    assert model[0].stop_ids(prompt.prompt) >= STOPS


def every_prompt(info: ModelInfo, text: str) -> list[Prompt]:
    """Return the prompts of every renderer, the text in each of their places."""
    turns = (
        Message(Role.SYSTEM, text), Message(Role.USER, text), Message(Role.ASSISTANT, text),
        Message(Role.USER, text),
    )  # fmt: skip
    instruct = replace(info, name="starcoder2-instruct")
    template = replace(info, chat_template=TEMPLATE, end_token_id=0)
    kinds = (info, instruct, template)
    files = (SourceFile(text, text), SourceFile("b", text))
    chats = [
        render(said, kind, language=language)
        for said in (turns, turns[:3])
        for kind in kinds
        for language in (None, language_named("python"), language_named("html"))
    ]
    documents = [as_document(chat, Output(known)) for chat in chats[:3] for known in OUTPUT_FORMATS]
    code = f"def f():\n    return {text!r}\n"
    selected = Selected(1, text, "python", f"{text}\n{code}{text}\n", len(text) + 1,
                        len(text) + 1 + len(code))  # fmt: skip
    edits = [
        render_edit(Edit(kind, selected, text), model, run=run_template).chat
        for kind in EditKind
        for model in kinds
    ]
    return [
        *(chat.prompt for chat in (*chats, *documents, *edits)),
        render_completion(text, info),
        render_completion(text, info, path=text, files=files, repository=text),
        render_completion(text, info, files=files),
        render_infill(Hole(text, text, text), info),
        render_infill(Hole(text, text, text), info, files=files, repository=text),
        render_infill(Hole(text, text), info, files=files),
    ]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_text_becomes_a_control_token_through_any_renderer(
    model: Model, data: st.DataObject
) -> None:
    vocabulary, info = model
    pieces = [
        *sorted(vocabulary.control_tokens),
        "<",
        ">",
        "|",
        "fim_",
        "{{ eos_token }}",
        "é",
        "x\n",
    ]
    text = "".join(data.draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=9)))
    controls = {
        i for i in vocabulary.control_tokens.values()
        if lib.llama_vocab_is_control(vocabulary.pointer, i)
    }  # fmt: skip
    for prompt in every_prompt(info, text):
        wanted = [vocabulary.control_tokens[p.text] for p in prompt.parts if isinstance(p, Control)]
        assert [i for i in vocabulary.render(prompt) if i in controls] == wanted
    for hostile, tame in zip(every_prompt(info, text), every_prompt(info, "x"), strict=True):
        assert controls_of(hostile) == controls_of(tame)


def controls_of(prompt: Prompt) -> list[Control]:
    return [part for part in prompt.parts if isinstance(part, Control)]
