"""Every language of the table is coloured and called by its own name."""

from __future__ import annotations

import pytest
from pygments.lexers import find_lexer_class_by_name
from pygments.token import Error
from pygments.util import ClassNotFound
from PySide6.QtWidgets import QLabel

from app.text.languages import fence_word, languages
from app.ui.widgets.code.token_kinds import language_label, lexer_for
from app.ui.widgets.conversation.code_block import CodeBlock

HELM = """apiVersion: apps/v1
metadata:
  name: {{ include "web.fullname" . }}
{{- if and .Values.a (eq .Values.b "x") }}
  image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default 1 }}"
{{- end }}
{{/* a comment */}}
{{- range $k, $v := .Values.env }}
  - name: {{ $k | quote }}
{{- end }}
"""


WITHOUT_LEXER: dict[str, str] = {}
"""Languages of the table that nothing colours, with the reason; none today."""


def test_every_language_of_the_table_has_a_lexer_or_a_reason() -> None:
    # Of the class only: making all of them compiles 40,000 patterns.
    missing = []
    for language in languages():
        try:
            find_lexer_class_by_name(language.lexer)
        except ClassNotFound:
            missing.append(language.name)
    assert missing == ["Helm", *WITHOUT_LEXER]  # whose lexer is ours


def test_every_word_for_a_common_language_gives_its_colours() -> None:
    plain = {
        word
        for language in languages()[:70]
        for word in (language.name, language.label, *language.aliases)
        if lexer_for(word) is None or lexer_for(word) is not lexer_for(language.label)
    }
    assert plain == set()


def test_every_word_of_the_table_shows_the_name_of_its_language() -> None:
    others = {
        (word, language_label(word))
        for language in languages()
        for word in (language.name, language.label, *language.aliases)
        if language_label(word) != language.name
    }
    assert others == set()


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("kt", "Kotlin"),
        ("hpp", "C++"),
        ("h", "C"),
        ("mjs", "JavaScript"),
        ("tfvars", "Terraform"),
        ("JSONC", "JSON"),
        ("golang", "Go"),
        ("docker-compose", "Docker Compose"),
        ("plaintext", "Plain text"),
        ("{.py}", "Python"),
        ('hcl title="main.tf"', "Terraform"),
    ],
)
def test_what_models_write_behind_a_fence_has_colours(qtbot, info, name) -> None:
    block = CodeBlock(fence_word(info))
    qtbot.addWidget(block)
    assert name in [label.text() for label in block.findChildren(QLabel)]
    assert lexer_for(info) is not None


def test_words_that_nobody_knows_stay_as_they_are() -> None:
    assert lexer_for("unheard-of") is lexer_for("") is None
    assert language_label(" unheard-of ") == "unheard-of"
    assert language_label("") == "Plain text"


def test_helm_is_yaml_with_go_templates() -> None:
    lexer = lexer_for("helm")
    assert lexer is not None
    tokens = list(lexer.get_tokens_unprocessed(HELM))
    assert "".join(text for _, _, text in tokens) == HELM
    kinds = {text: str(kind) for _, kind, text in tokens}
    assert not [text for _, kind, text in tokens if kind is Error]
    assert kinds["apiVersion"] == "Token.Name.Tag"
    assert kinds["if"] == kinds["end"] == kinds["range"] == "Token.Keyword"
    assert kinds["include"] == kinds["default"] == "Token.Name.Function"
    assert kinds['"web.fullname"'] == "Token.Literal.String"
    assert kinds["{{/* a comment */}}"] == "Token.Comment"


def test_a_block_without_a_label_is_told_its_language(qtbot) -> None:
    block = CodeBlock("")
    qtbot.addWidget(block)
    asked = []
    block.view.syntax_watch.wanted.connect(lambda *wanted: asked.append(wanted))
    block.append("fn main() {}\n")
    block.finish()
    assert asked[-1][1:] == ("", "fn main() {}", True)
    block.view.syntax_watch.tell("rust")
    assert block.language == block.view.language == "rust"
    assert "Rust" in [label.text() for label in block.findChildren(QLabel)]
    assert asked[-1][1] == "rust"
