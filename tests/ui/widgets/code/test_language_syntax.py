"""Every language of the table is coloured and called by its own name."""

from __future__ import annotations

import pytest
from pygments.token import Error
from pygments.util import ClassNotFound
from PySide6.QtWidgets import QLabel

from app.text.languages import languages, lexer_name
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


def test_every_label_gives_the_lexer_of_its_language() -> None:
    wrong = [
        language.label
        for language in languages()
        if lexer_for(language.label) is None
        or type(lexer_for(language.label)) is not type(lexer_for(lexer_name(language.label)))
    ]
    assert wrong == []


def test_common_languages_are_called_by_their_names() -> None:
    differ = {
        language.name: language_label(language.label)
        for language in languages()[:70]
        if language_label(language.label) != language.name
    }
    assert differ == {}


def test_words_that_models_write_are_known() -> None:
    for word in ("golang", "node", "tf", "hcl", "k8s", "docker-compose", "c++", "plaintext", "sh"):
        try:
            assert lexer_for(word) is not None, word
        except ClassNotFound:
            pytest.fail(word)


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
