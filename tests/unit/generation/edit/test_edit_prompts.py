"""Wishes for selected code, to the letter, as instruct and as base models read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.edits import Edit, EditKind, Selected
from app.core.errors import RequestError
from app.engines.scripted import scripted_info
from app.generation.edit.prompts import new_name, question, render_edit
from app.generation.edit.scope import scoped

BASE = scripted_info()
PLAIN = replace(BASE, control_tokens={"<|endoftext|>": 0})
INSTRUCT = replace(BASE, name="starcoder2-instruct", architecture="starcoder2")
TEXT = "import math\n\n\ndef mean(xs):\n    return sum(xs) / len(xs)\n\n\nprint(1)\n"
CODE = "def mean(xs):\n    return sum(xs) / len(xs)\n"


def wish(
    kind: EditKind, words: str = "", text: str = TEXT, mark: str = "def mean", **more: str
) -> Edit:
    place = text.index(mark)
    named = {"name": "mean.py", "language": "python"} | more
    chosen = Selected(0, named["name"], named["language"], text, place, place)
    return scoped(Edit(kind, chosen, words))


def asked(edit: Edit) -> str:
    return render_edit(edit, BASE).chat.prompt.as_text()


def answer(edit: Edit, said: str, info: object = BASE) -> str:
    """Return the whole answer where the model says this, piece by piece."""
    rendered = render_edit(edit, info)  # type: ignore[arg-type]
    out = ""
    for character in said:
        out += rendered.assembler.feed(character.encode())
        if rendered.assembler.stopped_by:
            break
    out += rendered.assembler.finish()
    return rendered.chat.opening + out + rendered.chat.closing


# --- instruct models ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words", "sentence"),
    [
        (EditKind.EDIT, "use fmean", "Change this Python code as follows: use fmean"),
        (
            EditKind.TESTS,
            "",
            "Write unit tests for this Python code with pytest. The code is in the file mean.py.",
        ),
        (EditKind.TYPES, "", "Add type annotations to this Python code. Change nothing else."),
        (EditKind.DOCSTRING, "", "Add a docstring to this Python code. Change nothing else."),
        (EditKind.TRANSLATE, "Go", "Translate this Python code to Go."),
        (
            EditKind.REPAIR,
            "Line 2: no.",
            "This Python code is not valid. Line 2: no. Repair it. Change nothing else.",
        ),
    ],
)
def test_an_instruct_model_is_asked(kind: EditKind, words: str, sentence: str) -> None:
    edit = wish(kind, words)
    asked = f"{sentence} Answer with one code block and nothing else.\n\n```python\n{CODE}```"
    assert question(edit) == asked
    prompt = render_edit(edit, INSTRUCT).chat.prompt.as_text()
    assert prompt.endswith(f"### Instruction\n{asked}\n\n### Response\n")


def test_an_explanation_is_words() -> None:
    assert question(wish(EditKind.EXPLAIN)) == (
        f"Explain this Python code step by step.\n\n```python\n{CODE}```"
    )


def test_code_with_fences_in_it_stands_in_a_longer_fence() -> None:
    text = 'x = """\n```\n"""\n'
    assert question(wish(EditKind.EDIT, "y", text, "x")).endswith(f"\n````python\n{text}````")


def test_of_an_instruct_answer_only_the_code_counts() -> None:
    edit = wish(EditKind.TYPES)
    said = "Here it is:\n\n```python\ndef mean(xs: list[float]): ...\n```\nDone. ```\nno\n```"
    assert answer(edit, said, INSTRUCT) == "def mean(xs: list[float]): ...\n"
    assert answer(edit, "def mean(xs): ...\n", INSTRUCT) == "def mean(xs): ..."
    assert answer(edit, "```\nunfinished", INSTRUCT) == "unfinished"


# --- base models --------------------------------------------------------------------------


def test_an_edit_is_a_file_before_and_after() -> None:
    assert asked(wish(EditKind.EDIT, "use fmean")) == (
        f"<repo_name>project<file_sep>before/mean.py\n{CODE}"
        "<file_sep>after/mean.py\n# Changed: use fmean\n"
    )
    assert asked(wish(EditKind.TYPES)).endswith(
        "<file_sep>after/mean.py\n# Changed: the same code with type annotations\n"
    )


def test_a_translation_is_a_file_of_another_name() -> None:
    assert asked(wish(EditKind.TRANSLATE, "JavaScript")) == (
        f"<repo_name>project<file_sep>mean.py\n{CODE}<file_sep>mean.js\n// mean.py in JavaScript\n"
    )


def test_tests_are_a_file_that_has_begun() -> None:
    edit = wish(EditKind.TESTS)
    begun = "from mean import mean\n\n\ndef test_"
    assert asked(edit) == (
        f"<repo_name>project<file_sep>mean.py\n{TEXT}<file_sep>test_mean.py\n{begun}"
    )
    assert answer(edit, "mean():\n    assert mean([1]) == 1\n") == (
        begun + "mean():\n    assert mean([1]) == 1\n"
    )


@pytest.mark.parametrize(
    ("name", "language", "text", "begun"),
    [
        ("a.js", "javascript", "function f() {}\n", "const { f } = require('./a');\n\ntest('"),
        ("a.ts", "typescript", "export class F {}\n", "import { F } from './a';\n\ntest('"),
        ("a.go", "go", "package x\nfunc F() {}\n", 'package x\n\nimport "testing"\n\nfunc Test'),
        ("a.lua", "lua", "function f() end\n", "-- Unit tests for a.lua\n"),
    ],
)
def test_tests_begin_as_their_language_does(
    name: str, language: str, text: str, begun: str
) -> None:
    edit = wish(EditKind.TESTS, text=text, mark=text[-9:-2], name=name, language=language)
    assert asked(edit).endswith(f"<file_sep>{new_name(edit)}\n{begun}")


def test_a_docstring_is_a_hole_after_the_head() -> None:
    edit = wish(EditKind.DOCSTRING)
    assert asked(edit) == (
        '<fim_prefix>import math\n\n\ndef mean(xs):\n    """<fim_suffix>"""\n'
        "    return sum(xs) / len(xs)\n\n\nprint(1)\n<fim_middle>"
    )
    assert answer(edit, 'Return the mean."""\n    return 0') == (
        'def mean(xs):\n    """Return the mean."""\n    return sum(xs) / len(xs)\n'
    )


def test_a_head_may_go_over_lines_and_hold_colons() -> None:
    head = 'class A:\n    def f(\n        self, a: dict[str, int] = {":": 1}\n    ) -> None:\n'
    text = head + "        pass\n"
    edit = wish(EditKind.DOCSTRING, text=text, mark="def f")
    assert '    ) -> None:\n        """<fim_suffix>"""\n        pass\n' in asked(edit)


@pytest.mark.parametrize(
    ("name", "language", "text", "documented"),
    [
        (
            "a.js",
            "javascript",
            "  function f() {\n  }\n",
            "  /**\n   * One. \n   */\n  function f() {\n  }\n",
        ),
        ("a.rs", "rust", "fn f() {}\n", "/// One.\n/// Two.\nfn f() {}\n"),
        ("a.go", "go", "func F() {}\n", "// One.\n// Two.\nfunc F() {}\n"),
    ],
)
def test_documentation_stands_where_its_language_wants_it(
    name: str, language: str, text: str, documented: str
) -> None:
    said = {"a.js": "One. */ more", "a.rs": "One.\n/// Two.\nfn f", "a.go": "One.\n// Two.\nx\n"}
    edit = wish(EditKind.DOCSTRING, text=text, mark="() {", name=name, language=language)
    assert answer(edit, said[name]) == documented


def test_an_explanation_is_a_comment_before_the_code() -> None:
    edit = wish(EditKind.EXPLAIN)
    assert asked(edit) == (
        "<fim_prefix>import math\n\n\n# What the code below does, step by step:\n# <fim_suffix>"
        f"\n{CODE}\n\nprint(1)\n<fim_middle>"
    )
    assert answer(edit, "Sums.\n# Then divides.\n#   By the count.\ndef mean(xs):\n") == (
        "Sums.\nThen divides.\n  By the count."
    )
    assert answer(edit, "Sums.\n# And") == "Sums.\nAnd"
    assert answer(edit, "Sums.") == "Sums."


def test_a_base_model_without_the_tokens_gets_comments() -> None:
    edit = wish(EditKind.EDIT, "use fmean")
    assert render_edit(edit, PLAIN).chat.prompt.as_text() == (
        f"# before/mean.py\n{CODE}\n\n# after/mean.py\n# Changed: use fmean\n"
    )
    docstring = render_edit(wish(EditKind.DOCSTRING), PLAIN).chat.prompt.as_text()
    assert docstring.endswith(f'{CODE}\ndef mean(xs):\n    """')


# --- both ---------------------------------------------------------------------------------


@pytest.mark.parametrize("info", [BASE, INSTRUCT])
def test_there_must_be_something_to_do_it_with(info: object) -> None:
    with pytest.raises(RequestError, match="No code is selected"):
        render_edit(wish(EditKind.EXPLAIN, text="\n\n", mark="\n"), info)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="no function or class"):
        render_edit(wish(EditKind.DOCSTRING, mark="print"), info)  # type: ignore[arg-type]


def test_new_files_are_called_as_is_usual() -> None:
    names = {
        ("a.py", "python"): "test_a.py",
        ("a.ts", "typescript"): "a.test.ts",
        ("A.java", "java"): "ATest.java",
        ("a.go", "go"): "a_test.go",
        ("notes", ""): "test_notes",
    }
    for (name, language), new in names.items():
        assert new_name(wish(EditKind.TESTS, name=name, language=language)) == new
    assert new_name(wish(EditKind.TRANSLATE, "Rust")) == "mean.rs"
