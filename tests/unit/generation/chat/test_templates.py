"""Strangers' chat templates: what real ones need works, what harms is ended, text stays text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import RequestError
from app.core.messages import Message, Role
from app.core.models import ModelInfo
from app.core.prompts import Control
from app.generation.chat.chat_prompts import render_chat
from app.generation.chat.sandbox import run_template

TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<fim_prefix>", "<fim_middle>",
          "<fim_suffix>", "<file_sep>", "[INST]", "[/INST]")  # fmt: skip
MODEL = ModelInfo(
    name="other",
    architecture="llama",
    context_tokens=4096,
    slots=1,
    vocabulary_size=1000,
    control_tokens={text: number for number, text in enumerate(TOKENS)},
    end_token_ids=(0, 2),
    end_token_id=2,
    begin_token_id=0,
)
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' ~ message.role + '\n' }}"
    "{{ message['content'] | trim }}{{ '<|im_end|>' }}\n{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
STARCODER2_INSTRUCT = (
    "{{bos_token}}{{'Be exact.\n\n'}}\n{%- for message in messages %}\n"
    "    {%- if message['role'] == 'system' %}\n"
    "        {{ raise_exception('System messages are not allowed in this template.') }}\n"
    "    {%- else %}\n        {%- if message['role'] == 'user' %}\n"
    "{{'### Instruction\n' + message['content'] + '\n\n'}}\n        {%- else %}\n"
    "{{'### Response\n' + message['content'] + eos_token + '\n\n'}}\n        {%- endif %}\n"
    "    {%- endif %}\n{%- endfor %}\n{{'### Response\n'}}"
)
ODD = (
    "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}"
    "[INST]{{ ns.n }}{{ m.content | tojson }}{{ m.content.strip() | upper }}"
    "{{ '%s:%d' % (m.role, ns.n) }}{{ '{0}'.format(m.role) }}{{ m.role.replace('u', 'v') }}"
    "{{ ['a', 'b'] | join(', ') }}{{ ', '.join(['c', m.role]) }}{{ 'x' | indent(2) }}[/INST]"
    "{% endfor %}"
)
TEMPLATES = (CHATML, STARCODER2_INSTRUCT, ODD)
QUESTION = Message(Role.USER, "Add")


def rendered(template: str, *messages: Message) -> tuple[str | Control, ...]:
    info = replace(MODEL, chat_template=template)
    return render_chat(messages, info, run=run_template).prompt.parts


def test_chatml_to_the_token() -> None:
    turns = (Message(Role.SYSTEM, "S"), QUESTION, Message(Role.ASSISTANT, "A"), QUESTION)
    start, end = Control("<|im_start|>"), Control("<|im_end|>")
    assert rendered(CHATML, *turns) == (
        start, "system\nS", end, "\n", start, "user\nAdd", end, "\n",
        start, "assistant\nA", end, "\n", start, "user\nAdd", end, "\n", start, "assistant\n",
    )  # fmt: skip


def test_starcoder2_instructs_own_template_and_its_end_token() -> None:
    turns = (QUESTION, Message(Role.ASSISTANT, "a+b"), QUESTION)
    assert rendered(STARCODER2_INSTRUCT, *turns) == (
        Control("<|endoftext|>"),
        "Be exact.\n\n### Instruction\nAdd\n\n### Response\na+b",
        Control("<|im_end|>"),  # what this model calls its end
        "\n\n### Instruction\nAdd\n\n### Response\n",
    )


def test_what_a_template_does_with_texts_loses_none() -> None:
    parts = rendered(ODD, Message(Role.USER, "a <|im_end|> b"))
    text = "".join(part for part in parts if isinstance(part, str))
    assert text == ('1"a <|im_end|> b"a <|im_end|> buser:1uservsera, bc, userx')


def test_a_template_that_takes_no_system_prompt_says_so() -> None:
    with pytest.raises(
        RequestError, match="does not accept this conversation: System mess"
    ) as said:
        rendered(STARCODER2_INSTRUCT, Message(Role.SYSTEM, "S"), QUESTION)
    assert "leave that empty" in said.value.hint


HOSTILE = st.lists(
    st.sampled_from([*TOKENS, "{{ eos_token }}", "{% raw %}", "\0", "0" * 40, "<", "|", "x", "\n"]),
    max_size=8,
).map("".join)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(list(Role)), HOSTILE), min_size=1, max_size=4), HOSTILE)
def test_no_text_of_any_role_becomes_a_control_token(
    turns: list[tuple[Role, str]], last: str
) -> None:
    said = [Message(role, text) for role, text in turns if role is not Role.SYSTEM]
    said.append(Message(Role.USER, last))
    harmless = [Message(message.role, "x") for message in said]
    for template in TEMPLATES:
        controls = [p for p in rendered(template, *said) if isinstance(p, Control)]
        assert controls == [p for p in rendered(template, *harmless) if isinstance(p, Control)]


@pytest.mark.parametrize(
    "template",
    [
        "{% if %}", "{{ messages", "{% endfor %}", "{{ nothing.at.all }}", "{{ 1 / 0 }}",
        "{{ messages | nosuchfilter }}", "{% include 'x' %}", "{{ messages[0].__class__.mro() }}",
        "{{ ''.__class__.__base__.__subclasses__() }}", "{{ messages.append(1) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "{% generation %}{{ messages }}",
    ],
)  # fmt: skip
def test_a_template_that_fails_is_one_message(template: str) -> None:
    with pytest.raises(RequestError, match="chat template of other does not work") as said:
        rendered(template, QUESTION)
    assert said.value.hint


def test_a_text_in_json_keeps_its_place() -> None:
    parts = rendered("{{ messages | map(attribute='content') | list | tojson }}", QUESTION)
    assert json.loads("".join(map(str, parts))) == ["Add"]


ALTERNATING = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant') }}{% endif %}"
    "[{{ m.role }}:{{ m.content }}]{% endfor %}"
)


def test_neighbours_of_one_role_are_one_turn() -> None:
    """After a stop before the first word, or a deleted answer, two questions are neighbours."""
    answer = Message(Role.ASSISTANT, "A")
    turns = (QUESTION, Message(Role.USER, ""), Message(Role.USER, "Now"), answer, answer, QUESTION)
    assert rendered(ALTERNATING, *turns) == ("[user:Add\n\nNow][assistant:A\n\nA][user:Add]",)
    instruct = replace(MODEL, architecture="starcoder2", name="starcoder2-15b-instruct")
    said = render_chat((QUESTION, QUESTION), instruct).prompt.as_text()
    assert said.count("### Instruction") == 1


def test_what_marks_the_models_own_words_for_training_is_rendered_as_if_it_were_not_there() -> None:
    template = (
        "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}"
        "{% set said = m.content %}<{{ said }}>{% endgeneration %}{{ said }}"
        "{%- else %}{{ m.content }}{% endif %}{% endfor %}"
    )
    assert rendered(template, QUESTION, Message(Role.ASSISTANT, "A"), QUESTION) == ("Add<A>Add",)


def test_json_is_written_as_those_who_wrote_the_templates_saw_it() -> None:
    template = (
        "{{ {'z': '<é&>', 'a': 1} | tojson(ensure_ascii=False) }}{{ 'é' | tojson }}"
        "{{ 'é' | tojson(ensure_ascii=True) }}{{ {'b': 1, 'a': [2]} | tojson(sort_keys=True) }}"
        "{{ [1, 2] | tojson(indent=1) }}{{ [1, 2] | tojson(separators=(',', ':')) }}"
        "{{ messages[-1].content }}"
    )
    (text,) = rendered(template, QUESTION)
    assert text == ('{"z": "<é&>", "a": 1}"é""\\u00e9"{"a": [2], "b": 1}[\n 1,\n 2\n][1,2]Add')


def test_a_template_that_wants_the_parts_of_a_message_gets_them() -> None:
    parts = "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endfor %}"
    assert rendered(parts, QUESTION) == ("Add",)


@pytest.mark.parametrize("template", ["", "Hello", "{{ messages[0].role }}"])
def test_a_template_that_leaves_the_question_out_is_refused(template: str) -> None:
    with pytest.raises(RequestError, match="leaves the last message out"):
        rendered(template or " ", QUESTION)


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(9) %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endfor %}",
        "{{ strftime_now('%Y') | length }}", "{{ none is none and undefined_name is not defined }}",
        "{{ (tools or []) | length }}", "{{ ' a b '.strip().split(' ') | first }}",
        "{% set ns = namespace(x=0) %}{% set ns.x = 1 %}{{ ns.x }}",
        "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}",
        "{{ 'abc'[::-1] }}{{ 'abc'.startswith('a') }}{{ {'a': 1}.items() | list }}",
    ],
)  # fmt: skip
def test_what_real_templates_use_works(template: str) -> None:
    text = "".join(map(str, rendered(template + "{{ messages[-1].content }}", QUESTION)))
    assert text.endswith("Add")
