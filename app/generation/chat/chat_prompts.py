"""From a conversation to a prompt, for each kind of model.

Three cases: the file carries a chat template (Jinja, run in a sandbox); it is StarCoder 2 instruct
without one; or it is a base model, which has no chat format, so the question goes in as a comment
and the answer is code. Formats: bigcode/starcoder2-15b-instruct-v0.1 model card and
arXiv:2402.19173.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.messages import Message, Role
from app.core.models import ModelInfo
from app.core.prompts import Control, Prompt
from app.generation.chat.templates import RunTemplate, render_template
from app.generation.families import is_starcoder2_instruct, stop_tokens
from app.text.detection import mentioned
from app.text.languages import Language, language_named
from app.text.markdown.whole import is_in_code, without_fences

INSTRUCT_SYSTEM = (
    "You are an exceptionally intelligent coding assistant that consistently delivers accurate "
    "and reliable responses to user instructions."
)
_INSTRUCT_STOPS = ("\n### Instruction", "\n### Response")


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """A rendered conversation.

    `opening` and `closing` are text that belongs to the answer but is not written by the model:
    a base model's code stands between fences, the second of which ends only an answer that is
    whole, or with `is_always_closed` any. `is_completing` says that a base model answers.
    """

    prompt: Prompt
    opening: str = ""
    closing: str = ""
    is_completing: bool = False
    is_always_closed: bool = False


def render_chat(
    messages: Sequence[Message],
    info: ModelInfo,
    *,
    language: Language | None = None,
    run: RunTemplate | None = None,
) -> ChatPrompt:
    """Render a conversation for the loaded model. Raises `RequestError` for a bad template.

    Where the last message is an answer, the model goes on with it. `run` runs the template of a
    file that has one; there is no default, since it is a stranger's program.
    """
    if messages and messages[-1].role is Role.ASSISTANT:
        asked = render_chat(messages[:-1], info, language=language, run=run)
        return _going_on(messages[-1].text, asked)
    if info.chat_template:
        assert run is not None
        return ChatPrompt(_from_template(_turns(messages, language), info, run))
    if is_starcoder2_instruct(info):
        return ChatPrompt(_instruct(_turns(messages, language), info))
    return _completing(messages, info, language or _named(messages) or _python())


def _going_on(answer: str, asked: ChatPrompt) -> ChatPrompt:
    """Let the prompt end with the beginning of the answer."""
    if asked.is_completing:
        begun, opening = (
            without_fences(answer),
            "" if is_in_code(answer) else f"\n\n{asked.opening}",
        )
    else:
        begun, opening = answer, ""
    prompt = replace(asked.prompt, parts=_merged([*asked.prompt.parts, begun]))
    return replace(asked, prompt=prompt, opening=opening)


def is_base_model(info: ModelInfo) -> bool:
    """Tell whether the model has no chat format, so that chatting completes code."""
    return not info.chat_template and not is_starcoder2_instruct(info)


def _named(messages: Sequence[Message]) -> Language | None:
    """Return the language that the newest question with one names."""
    questions = (message.text for message in reversed(messages) if message.role is Role.USER)
    return next((named for text in questions if (named := mentioned(text))), None)


def _python() -> Language:
    python = language_named("python")
    assert python is not None
    return python


def _turns(messages: Sequence[Message], language: Language | None) -> list[Message]:
    """Return a conversation as chat formats want it: roles alternate, the last names a language."""
    return _with_language(_joined(messages), language)


def _joined(messages: Sequence[Message]) -> list[Message]:
    """Join neighbours of one role: a stop before the first word, or a deleted answer, leaves such.

    Many templates refuse them, and none was trained on them.
    """
    turns: list[Message] = []
    for message in messages:
        if turns and turns[-1].role is message.role:
            texts = [text for text in (turns[-1].text, message.text) if text]
            turns[-1] = replace(message, text="\n\n".join(texts))
        else:
            turns.append(message)
    return turns


def _with_language(turns: list[Message], language: Language | None) -> list[Message]:
    """Add the picked language to the last question, where its text does not name it already."""
    last = turns[-1] if turns else None
    if language is None or last is None or last.role is not Role.USER:
        return turns
    if re.search(rf"(?<!\w){re.escape(language.name)}(?!\w)", last.text, re.IGNORECASE):
        return turns
    turns[-1] = Message(Role.USER, f"{last.text}\nUse {language.name}.")
    return turns


def _instruct(messages: Sequence[Message], info: ModelInfo) -> Prompt:
    system = next((m.text for m in messages if m.role is Role.SYSTEM), INSTRUCT_SYSTEM)
    parts: list[str | Control] = [Control("<|endoftext|>"), f"{system}\n\n"]
    for message in messages:
        if message.role is Role.USER:
            parts.append(f"### Instruction\n{message.text}\n\n### Response\n")
        elif message.role is Role.ASSISTANT:
            parts += [message.text, Control("<|endoftext|>"), "\n\n"]
    return Prompt(_merged(parts), stop_tokens=stop_tokens(info), stop_texts=_INSTRUCT_STOPS)


def _completing(messages: Sequence[Message], info: ModelInfo, language: Language) -> ChatPrompt:
    """The base-model adapter: questions as comments, earlier answers as the code between."""
    lines: list[str] = []
    for message in messages:
        if message.role is Role.ASSISTANT:
            lines.append(without_fences(message.text))
        else:
            lines.append(_as_comment(message.text, language))
    return ChatPrompt(
        Prompt(("\n".join(lines) + "\n",), stop_tokens=stop_tokens(info)),
        opening=f"```{language.label}\n",
        closing="\n```",
        is_completing=True,
    )


def _as_comment(text: str, language: Language) -> str:
    end = f" {language.comment_end}" if language.comment_end else ""
    start = language.comment or "#"  # where none is known, what most languages have
    return "\n".join(f"{start} {line}{end}" for line in text.splitlines())


def _from_template(messages: Sequence[Message], info: ModelInfo, run: RunTemplate) -> Prompt:
    parts = render_template(messages, info, run)
    stops = _INSTRUCT_STOPS if "### Response" in info.chat_template else ()
    return Prompt(_merged(parts), stop_tokens=stop_tokens(info), stop_texts=stops)


def _merged(parts: Sequence[str | Control]) -> tuple[str | Control, ...]:
    """Join neighbouring texts, so that the tokenizer sees them as training did."""
    merged: list[str | Control] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged)
