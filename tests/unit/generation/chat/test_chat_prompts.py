"""Prompts are what the models were trained on, and text never becomes a control token."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import RequestError
from app.core.messages import Message, Role
from app.core.models import ModelInfo
from app.core.prompts import Control
from app.generation.chat.chat_prompts import INSTRUCT_SYSTEM, is_base_model, render_chat
from app.generation.chat.sandbox import run_template
from app.text.languages import language_named

BASE = ModelInfo(
    name="starcoder2-3b",
    architecture="starcoder2",
    context_tokens=16_384,
    slots=4,
    vocabulary_size=49_152,
    control_tokens={"<|endoftext|>": 0, "<fim_middle>": 2, "<file_sep>": 6},
    end_token_ids=(0,),
    begin_token_id=0,
)
INSTRUCT = replace(BASE, name="starcoder2-15b-instruct-v0.1")
TEMPLATE = replace(
    BASE,
    name="other",
    chat_template=(
        "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}"
    ),
)
QUESTION = Message(Role.USER, "Add two numbers")
render = partial(render_chat, run=run_template)


def test_the_instruct_format_to_the_letter() -> None:
    rendered = render((QUESTION,), INSTRUCT)
    assert rendered.prompt.parts == (
        Control("<|endoftext|>"),
        f"{INSTRUCT_SYSTEM}\n\n### Instruction\nAdd two numbers\n\n### Response\n",
    )
    assert "\n### Instruction" in rendered.prompt.stop_texts
    assert not rendered.is_completing


def test_a_conversation_in_the_instruct_format() -> None:
    turns = (Message(Role.SYSTEM, "Be brief."), QUESTION, Message(Role.ASSISTANT, "a+b"), QUESTION)
    assert render(turns, INSTRUCT).prompt.as_text() == (
        "<|endoftext|>Be brief.\n\n### Instruction\nAdd two numbers\n\n### Response\na+b"
        "<|endoftext|>\n\n### Instruction\nAdd two numbers\n\n### Response\n"
    )


def test_a_base_model_completes_below_a_comment() -> None:
    rendered = render((QUESTION,), BASE, language=language_named("go"))
    assert rendered.prompt.parts == ("// Add two numbers\n",)
    assert (rendered.opening, rendered.closing) == ("```go\n", "\n```")
    assert rendered.is_completing
    assert is_base_model(BASE)
    assert not is_base_model(INSTRUCT)


def test_a_base_model_goes_on_inside_code_whose_text_has_fences() -> None:
    code = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n'
    begun = Message(Role.ASSISTANT, f"```python\n{code}")
    rendered = render_chat((QUESTION, begun), BASE)
    assert rendered.prompt.parts == (f"# Add two numbers\n{code}",)
    assert rendered.opening == ""
    ended = Message(Role.ASSISTANT, f"```python\n{code}```\n")
    assert render_chat((QUESTION, ended), BASE).opening == "\n\n```python\n"


def test_the_files_own_template_wins() -> None:
    prompt = render((QUESTION,), TEMPLATE).prompt
    assert prompt.parts == (Control("<|endoftext|>"), "<user>Add two numbers\n")


@given(
    st.lists(
        st.sampled_from(
            ["<|endoftext|>", "<fim_middle>", "<file_sep>", "{{ bos_token }}", "\x00", "a", "\n"]
        ),
        max_size=8,
    )
)
def test_no_text_ever_becomes_a_control_token(words: list[str]) -> None:
    text = "".join(words)
    for info in (BASE, INSTRUCT, TEMPLATE):
        parts = render((Message(Role.USER, text),), info).prompt.parts
        # The format's own begin token, and nothing the user wrote.
        assert [part for part in parts if isinstance(part, Control)] in (
            [],
            [Control("<|endoftext|>")],
        )
        assert info is BASE or text in "".join(part for part in parts if isinstance(part, str))


@pytest.mark.parametrize(
    "template",
    ["{% for %}", "{{ messages[9].content }}", "{{ raise_exception('no') }}", "{{ 1 / 0 }}"],
)
def test_a_template_that_fails_is_named(template: str) -> None:
    with pytest.raises(RequestError, match="chat template of other"):
        render((QUESTION,), replace(TEMPLATE, chat_template=template))


def test_the_picked_language_is_asked_for_once() -> None:
    rust = language_named("Rust")
    asked = render((QUESTION,), INSTRUCT, language=rust).prompt.as_text()
    assert "Add two numbers\nUse Rust.\n" in asked
    named = (Message(Role.USER, "Add two numbers in rust"),)
    assert "Use Rust" not in render(named, INSTRUCT, language=rust).prompt.as_text()


def test_a_base_model_is_asked_in_the_language_that_the_question_names() -> None:
    asked = (Message(Role.USER, "Write an SQL query for duplicate emails"),)
    rendered = render(asked, BASE)
    assert rendered.opening == "```sql\n"
    assert rendered.prompt.as_text().startswith("-- Write an SQL query")
    follow_up = (*asked, Message(Role.ASSISTANT, "SELECT 1"), Message(Role.USER, "Sort it"))
    assert render(follow_up, BASE).opening == "```sql\n"
    plain = render(asked, BASE, language=language_named("json"))
    assert plain.prompt.as_text().startswith("# Write")  # JSON has no comments


def test_what_the_user_writes_changes_no_stop_of_a_template() -> None:
    asked = (Message(Role.USER, "what does ### Response mean?"),)
    assert render(asked, TEMPLATE).prompt.stop_texts == ()
