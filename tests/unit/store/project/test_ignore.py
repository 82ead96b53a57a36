"""Git's rules: each by example, and all of them compared with Git itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.store.project.ignore import Rules


def ignored(text: str, path: str) -> bool:
    """Tell whether a file is ignored, a folder above it or itself."""
    parts = path.split("/")
    rules = Rules().with_file(text)
    return any(
        rules.ignores("/".join(parts[: n + 1]), is_folder=n < len(parts) - 1)
        for n in range(len(parts))
    )


@pytest.mark.parametrize(
    ("text", "path", "is_ignored"),
    [
        ("*.log", "a/b.log", True),
        ("*.log\n!keep.log", "a/keep.log", False),
        ("!keep.log\n*.log", "keep.log", True),
        ("/build", "build/x", True),
        ("/build", "a/build", False),
        ("build/", "a/build/x", True),
        ("build/", "a/build", False),
        ("docs/*.md", "docs/a.md", True),
        ("docs/*.md", "docs/a/b.md", False),
        ("docs/*.md", "x/docs/a.md", False),
        ("**/logs", "a/b/logs/x", True),
        ("logs/**", "logs/a/b", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a**b", "axyb", True),
        ("folder\n!folder/kept", "folder/kept", True),
        ("/*\n!/kept", "kept/x", False),
        ("# no\n\\#yes", "#yes", True),
        ("\\!yes", "!yes", True),
        ("blank ", "blank", True),
        ("blank\\ ", "blank ", True),
        ("[ab]?.c", "ax.c", True),
        ("[!ab].c", "a.c", False),
        ("[]-]x", "-x", True),
        ("[[:digit:]]x", "7x", True),
        ("[a", "[a", False),
        ("a\\", "a\\", False),
        ("x\r\ny\r\n", "x", True),
        ("", "anything", False),
    ],
)
def test_the_rules_by_example(text: str, path: str, *, is_ignored: bool) -> None:
    assert ignored(text, path) is is_ignored


def test_a_deeper_file_counts_for_more_and_is_about_its_own_folder() -> None:
    rules = Rules().with_file("*.txt\n/a").with_file("!keep.txt\n/b", folder="deep/")
    assert rules.ignores("deep/x.txt", is_folder=False)
    assert not rules.ignores("deep/keep.txt", is_folder=False)
    assert rules.ignores("deep/b", is_folder=False)
    assert not rules.ignores("b", is_folder=False)
    assert not rules.ignores("deep/a", is_folder=False)


def test_a_file_above_the_root_sees_the_way_down() -> None:
    rules = Rules().with_file("/web/*.js\nout", prefix="web/")
    assert rules.ignores("a.js", is_folder=False)
    assert not rules.ignores("lib/a.js", is_folder=False)
    assert rules.ignores("lib/out", is_folder=True)


def test_a_hostile_pattern_takes_no_time() -> None:
    text = "a*" * 40 + "b\n/" + "*a/" * 30 + "\n" + "**/a/" * 8 + "b"
    assert not ignored(text, "/".join(["a" * 200] * 12))


PARTS = st.text("ab.*?[]!-^/\\# ", min_size=1, max_size=7)
LINES = st.one_of(PARTS, st.sampled_from(["**/a", "a/**", "a/**/b", "/a", "!a", "b/", "!b/a", "*"]))
PATHS = ["a", "b", "ab", "a.b", ".a", "-", "a/b", "b/a", "a/a/b", "b/ab/a", "ab/b/a.b", "#a", "a b"]


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
@settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(LINES, min_size=1, max_size=5), st.lists(LINES, max_size=2))
def test_git_says_the_same(tmp_path: Path, outer: list[str], inner: list[str]) -> None:
    root = tmp_path / "repository"
    if not root.exists():
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        for folder in ("a", "b"):
            (root / folder).mkdir()
    (root / ".gitignore").write_text("\n".join(outer) + "\n")
    (root / "b" / ".gitignore").write_text("\n".join(inner) + "\n")
    said = subprocess.run(
        ["git", "-C", str(root), "-c", "core.excludesFile=", "check-ignore", "--no-index",
         "--stdin", "-z"],
        input="\0".join(PATHS) + "\0", capture_output=True, text=True, check=False,
    )  # fmt: skip
    expected = {path for path in said.stdout.split("\0") if path}
    rules = Rules().with_file("\n".join(outer))
    deeper = rules.with_file("\n".join(inner), folder="b/")
    for path in PATHS:
        parts = path.split("/")
        found = any(
            (deeper if n and parts[0] == "b" else rules).ignores(
                "/".join(parts[: n + 1]), is_folder=n < len(parts) - 1 or path in ("a", "b")
            )
            for n in range(len(parts))
        )
        assert found == (path in expected), (outer, inner, path)
