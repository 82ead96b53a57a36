"""From a wish for selected code to a prompt, for instruct models and for base models.

An instruct model is asked, and answers with a code block. A base model completes, so each wish is
put as a text that goes on with what is wanted: a file that changed stands before and after in
StarCoder 2's repository format (arXiv:2402.19173, section 5.1), a docstring and an explanation are
holes in a comment, tests and a translation are further files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.edits import Edit, EditKind
from app.core.errors import RequestError
from app.core.messages import Message, Role
from app.core.models import ModelInfo
from app.generation.assembly import Assembler
from app.generation.chat.chat_prompts import ChatPrompt, is_base_model, render_chat
from app.generation.chat.templates import RunTemplate
from app.generation.edit.scope import fitted, is_about_definition
from app.generation.edit.shape import CodeOnly, CommentLines
from app.generation.families import infill_format
from app.generation.infill.holes import Hole, render_infill
from app.generation.infill.repository import SourceFile, render_completion
from app.text.languages import Language, language_named
from app.text.names import defined_at_left

_FRAMEWORKS = {
    "python": "pytest", "javascript": "Jest", "typescript": "Jest", "java": "JUnit 5",
    "kotlin": "kotlin.test", "go": "the testing package", "rust": "#[test] functions",
    "csharp": "xUnit", "ruby": "Minitest", "php": "PHPUnit", "swift": "XCTest",
    "scala": "ScalaTest", "elixir": "ExUnit", "bash": "Bats", "lua": "busted",
}  # fmt: skip
_REPOSITORY = "project"
_AROUND = 4_000
"""Characters of the file around the code that an infill reads, before and after."""
_LEAST_TOKENS, _NEW_TOKENS = 256, 1024


@dataclass(frozen=True, slots=True)
class EditPrompt:
    """A rendered wish, and what shapes its answer."""

    chat: ChatPrompt
    assembler: Assembler


def render_edit(edit: Edit, info: ModelInfo, *, run: RunTemplate | None = None) -> EditPrompt:
    """Render a wish, whose selection is `scoped`, for the loaded model.

    The answer's text is the new code in the place of the old, or a whole new file, or for EXPLAIN
    words; `run` is as in `render_chat`. Raises `RequestError` where a docstring is wanted for what
    is no definition.
    """
    if not edit.code.strip():
        raise RequestError("No code is selected.", hint="Select some code first.")
    if not is_about_definition(edit):
        raise RequestError(
            "There is no function or class here to document.",
            hint="Put the cursor inside one, or select it from its first line.",
        )
    if not is_base_model(info):
        asked = render_chat([Message(Role.USER, question(edit))], info, run=run)
        stops = asked.prompt.stop_texts
        shape = Assembler(stops) if edit.kind is EditKind.EXPLAIN else CodeOnly(stops)
        return EditPrompt(asked, shape)
    match edit.kind:
        case EditKind.DOCSTRING:
            return _documented(edit, info)
        case EditKind.EXPLAIN:
            return _explained(edit, info)
        case EditKind.TESTS:
            return _tested(edit, info)
        case _:
            return _changed(edit, info)


def most_tokens(edit: Edit) -> int:
    """Return a length that no sensible answer passes: a token has more than two characters."""
    if edit.kind in (EditKind.TESTS, EditKind.EXPLAIN):
        return _NEW_TOKENS
    return _LEAST_TOKENS + len(edit.code)


def question(edit: Edit) -> str:
    """Return what an instruct model is asked."""
    language = _language(edit)
    name = language.name if language else ""
    this = f"this {name} code" if name else "this code"
    match edit.kind:
        case EditKind.EDIT:
            wish = f"Change {this} as follows: {edit.words.strip()}"
        case EditKind.EXPLAIN:
            wish = f"Explain {this} step by step."
        case EditKind.TESTS:
            framework = _FRAMEWORKS.get(language.label if language else "", "")
            wish = f"Write unit tests for {this}" + (f" with {framework}." if framework else ".")
            wish += f" The code is in the file {edit.selected.name}."
        case EditKind.TYPES:
            wish = f"Add type annotations to {this}. Change nothing else."
        case EditKind.DOCSTRING:
            what = "a docstring" if name == "Python" else "a documentation comment"
            wish = f"Add {what} to {this}. Change nothing else."
        case EditKind.TRANSLATE:
            wish = f"Translate {this} to {edit.words}."
        case EditKind.REPAIR:
            wish = f"{this[:1].upper()}{this[1:]} is not valid. {edit.words.strip()} "
            wish += "Repair it. Change nothing else."
    if edit.kind is not EditKind.EXPLAIN:
        wish += " Answer with one code block and nothing else."
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", edit.code)), default=0) + 1)
    label = language.label if language else ""
    return f"{wish}\n\n{fence}{label}\n{fitted(edit.code, '')}\n{fence}"


def new_name(edit: Edit) -> str:
    """Return the name of the file that tests or a translation are written to."""
    stem, dot, ending = edit.selected.name.rpartition(".")
    stem, ending = (stem, dot + ending) if dot else (ending, "")
    if edit.kind is EditKind.TRANSLATE:
        target = language_named(edit.words)
        return stem + (target.extension if target else ".txt")
    label = _label(edit)
    if label in ("javascript", "typescript"):
        return f"{stem}.test{ending}"
    if label in ("java", "kotlin", "csharp", "swift", "scala", "php"):
        return f"{stem}Test{ending}"
    if label in ("go", "elixir"):
        return f"{stem}_test{ending}"
    return f"test_{stem}{ending}"


# --- base models --------------------------------------------------------------------------


def _changed(edit: Edit, info: ModelInfo) -> EditPrompt:
    """A file before and after: the name or a comment says what is different."""
    name = edit.selected.name
    code = fitted(edit.code, "") + "\n"
    if edit.kind is EditKind.TRANSLATE:
        target = language_named(edit.words)
        after, heading = new_name(edit), _comment(f"{name} in {edit.words}", target)
        before = name
    else:
        words = edit.words.strip() or "the same code with type annotations"
        before, after = f"before/{name}", f"after/{name}"
        done = "Repaired" if edit.kind is EditKind.REPAIR else "Changed"
        heading = _comment(f"{done}: {words}", _language(edit))
    chat = _files(edit, info, [(before, code)], after, heading)
    return EditPrompt(chat, Assembler())


def _tested(edit: Edit, info: ModelInfo) -> EditPrompt:
    """The file with the code, then one that begins as its tests do."""
    code = edit.selected.text
    if len(code) > 2 * _AROUND:
        code = fitted(edit.code, "") + "\n"
    begun = _begun_tests(edit)
    chat = _files(edit, info, [(edit.selected.name, code)], new_name(edit), begun)
    return EditPrompt(ChatPrompt(chat.prompt, opening=begun, is_completing=True), Assembler())


def _begun_tests(edit: Edit) -> str:
    """Return how a file of tests begins, up to the name of the first."""
    names = defined_at_left(edit.code)
    module = edit.selected.name.rpartition(".")[0]
    listed = ", ".join(names)
    match _label(edit):
        case "python":
            wanted = f"from {module} import {listed}\n\n\n" if names else f"import {module}\n\n\n"
            return f"{wanted}def test_"
        case "javascript":
            wanted = f"const {{ {listed} }} = require('./{module}');\n\n" if names else ""
            return f"{wanted}test('"
        case "typescript":
            wanted = f"import {{ {listed} }} from './{module}';\n\n" if names else ""
            return f"{wanted}test('"
        case "go":
            package = re.search(r"^package\s+(\w+)", edit.selected.text, re.MULTILINE)
            return f'package {package[1] if package else "main"}\n\nimport "testing"\n\nfunc Test'
        case "rust":
            return "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn "
        case _:
            return _comment(f"Unit tests for {edit.selected.name}", _language(edit))


def _documented(edit: Edit, info: ModelInfo) -> EditPrompt:
    """A hole where the documentation of a definition stands in this language."""
    code = edit.code
    margin = re.match(r"[ \t]*", code)
    blank = margin[0] if margin else ""
    match _label(edit):
        case "python":
            head, rest = _head_of_python(code)
            if not rest.strip():
                raise RequestError(
                    "This definition has no body on its own lines.",
                    hint="Write its body on the next line, then ask again.",
                )
            inner = re.match(r"[ \t]*", rest.lstrip("\n"))
            deeper = inner[0] if inner and len(inner[0]) > len(blank) else f"{blank}    "
            opening, closing = f'{head}{deeper}"""', f'"""\n{rest}'
            shape = Assembler(('"""',))
        case "rust" | "csharp" | "zig" | "fsharp" | "swift":
            opening, closing = f"{blank}/// ", f"\n{code}"
            shape = CommentLines("///", is_bare=False)
        case "go" | "lua" | "haskell" | "sql" | "r" | "ruby" | "bash" | "elixir" | "perl" | "julia":
            mark = _mark(edit)
            opening, closing = f"{blank}{mark} ", f"\n{code}"
            shape = CommentLines(mark, is_bare=False)
        case _:
            opening, closing = f"{blank}/**\n{blank} * ", f"\n{blank} */\n{code}"
            shape = Assembler(("*/",))
    chat = _hole(edit, info, opening, closing)
    return EditPrompt(chat, shape)


def _head_of_python(code: str) -> tuple[str, str]:
    """Cut a definition after its head, which may go over several lines."""
    depth = 0
    for found in re.finditer(r"""[(\[{]|[)\]}]|:[ \t]*(?:#[^\n]*)?\n|"[^"\n]*"|'[^'\n]*'""", code):
        if found[0][0] in "([{":
            depth += 1
        elif found[0][0] in ")]}":
            depth -= 1
        elif found[0][0] == ":" and depth <= 0:
            return code[: found.end()], code[found.end() :]
    return code, ""


def _explained(edit: Edit, info: ModelInfo) -> EditPrompt:
    """A hole in a comment before the code."""
    mark = _mark(edit)
    opening = f"{mark} What the code below does, step by step:\n{mark} "
    asked = _hole(edit, info, opening, f"\n{edit.code}")
    return EditPrompt(
        ChatPrompt(asked.prompt, is_completing=True), CommentLines(mark, is_bare=True)
    )


def _hole(edit: Edit, info: ModelInfo, opening: str, closing: str) -> ChatPrompt:
    """Ask for what stands between; the answer is all three. A model without infill completes."""
    chosen = edit.selected
    before = chosen.text[max(chosen.start - _AROUND, 0) : chosen.start]
    hole = Hole(before + opening, closing + chosen.text[chosen.end : chosen.end + _AROUND])
    if infill_format(info) is not None:
        prompt = render_infill(hole, info)
    else:
        shown = f"{before}{edit.code.rstrip()}\n\n{opening}"
        prompt = render_completion(shown, info)
    return ChatPrompt(prompt, opening=opening, closing=closing, is_completing=True)


def _files(
    edit: Edit, info: ModelInfo, files: Sequence[tuple[str, str]], name: str, begun: str
) -> ChatPrompt:
    """Return files of a repository, the last of which has only begun."""
    known = infill_format(info)
    if known is not None and known.file:
        shown = [SourceFile(path, text) for path, text in files]
        prompt = render_completion(begun, info, path=name, files=shown, repository=_REPOSITORY)
        return ChatPrompt(prompt, is_completing=True)
    language = _language(edit)
    before = "".join(f"{_comment(path, language)}{text}\n\n" for path, text in files)
    asked = render_completion(f"{before}{_comment(name, language)}{begun}", info)
    # Where another file would begin, this one is over.
    ends = tuple(f"\n{_comment(path, language)}" for path, _ in files)
    return ChatPrompt(replace(asked, stop_texts=ends), is_completing=True)


# --- words --------------------------------------------------------------------------------


def _language(edit: Edit) -> Language | None:
    return language_named(edit.selected.language)


def _label(edit: Edit) -> str:
    language = _language(edit)
    return language.label if language else ""


def _mark(edit: Edit) -> str:
    language = _language(edit)
    return language.comment if language and language.comment else "#"


def _comment(words: str, language: Language | None) -> str:
    """Return a comment of its own line."""
    mark = language.comment if language and language.comment else "#"
    end = f" {language.comment_end}" if language and language.comment_end else ""
    return "".join(f"{mark} {line}{end}\n" for line in words.splitlines())
