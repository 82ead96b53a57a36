"""The table of languages: whole, without ambiguity, and true to what lexers colour."""

from __future__ import annotations

from collections import defaultdict

import pytest
from pygments.lexers import LEXERS, get_lexer_by_name
from pygments.token import Comment

from app.text.languages import (
    label_of_file,
    language_named,
    language_of_fence,
    languages,
)

SMALL = (
    "C, C#, C++, Go, Java, JavaScript, Kotlin, Lua, PHP, Python, R, Ruby, Rust, SQL, Shell, "
    "Swift, TypeScript"
)
# Comments that a lexer colours only in a place of its own, or as something else.
ELSEWHERE = {
    "cfc", "cfm", "cfs", "cobol", "cobolfree", "cplint", "erb", "genshi", "groff", "haml",
    "helm", "inform7", "jcl", "jsp", "kuin", "liquid", "markdown", "mason", "nodejsrepl", "ng2",
    "php", "robotframework", "scaml", "shen", "slim", "smalltalk", "smarty", "tal", "tid",
    "trac-wiki", "typoscripthtmldata", "velocity", "vgl", "xquery", "aspx-cs", "aspx-vb",
    "bbcbasic", "debcontrol", "debian.sources", "newspeak", "func", "gst", "typoscript",
}  # fmt: skip


def test_every_lexer_of_pygments_with_a_name_is_a_language() -> None:
    known = {language.lexer for language in languages()}
    assert {aliases[0] for _, _, aliases, _, _ in LEXERS.values() if aliases} <= known
    assert len(languages()) > 600


def test_no_word_means_two_languages() -> None:
    meant = defaultdict(set)
    for language in languages():
        for word in (language.name.lower(), language.label, *language.aliases):
            meant[word].add(language.name)
            assert language_named(word.upper()) is language
    assert {word: names for word, names in meant.items() if len(names) > 1} == {}


def test_the_small_models_know_seventeen() -> None:
    small = sorted(language.name for language in languages() if language.is_small_model)
    assert small == sorted(SMALL.split(", "))
    known = {language.name for language in languages() if language.is_known_to_small_models}
    assert {"JSX", "MySQL", "Python 2"} <= known
    assert not {"Terraform", "HTML", "YAML", "Haskell", "TSX"} & known


def test_common_languages_come_first() -> None:
    names = [language.name for language in languages()]
    assert names[:3] == ["Python", "JavaScript", "TypeScript"]
    assert names.index("Terraform") < 30 < names.index("ABAP")


def test_comments_are_what_the_lexers_take_for_comments() -> None:
    wrong = []
    for language in languages():
        if language.comment and language.lexer not in ELSEWHERE:
            end = f" {language.comment_end}" if language.comment_end else ""
            line = f"{language.comment} x y{end}\n"
            tokens = get_lexer_by_name(language.lexer).get_tokens(line)
            if not all(kind in Comment for kind, text in tokens if text.strip()):
                wrong.append((language.label, line))
    assert wrong == []


def test_labels_and_fences() -> None:
    assert language_of_fence("{.py}") is language_named("Python")
    assert language_of_fence('hcl title="main.tf"') is language_named("Terraform")
    assert language_of_fence("") is None
    assert language_of_fence("GitHub Actions") is language_named("gha")
    assert language_of_fence("docker compose") is language_named("compose")
    assert language_of_fence("unheard-of") is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("a.py", "python"),
        ("A.R", "r"),
        ("src\\main.RS", "rust"),
        ("Dockerfile", "dockerfile"),
        ("Dockerfile.dev", "dockerfile"),
        ("Containerfile", "dockerfile"),
        ("a.h", "c"),
        ("a.C", "cpp"),
        ("page.html.j2", "html+django"),
        ("GNUmakefile", "makefile"),
        ("kernel.make", "makefile"),
        ("CMakeLists.txt", "cmake"),
        (".github/workflows/ci.yml", "github-actions"),
        ("docker-compose.prod.yml", "compose"),
        ("chart/templates/deployment.yaml", "helm"),
        ("roles/web/tasks/main.yml", "ansible"),
        ("prod.tfvars", "terraform"),
        ("web.service", "systemd"),
        ("nginx.conf", "nginx"),
        ("Jenkinsfile", "groovy"),
        ("x.php5", "php"),
        ("x.unheard", ""),
        ("README", ""),
    ],
)
def test_files_are_told_by_their_names(name: str, label: str) -> None:
    assert label_of_file(name) == label
