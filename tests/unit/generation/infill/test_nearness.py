"""What is imported, alike, close by and new comes first; a long file gives what is wanted of it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.generation.infill.nearness import (
    Candidate,
    Nearness,
    excerpt,
    identifiers_of,
    imports_of,
)

DAY_S = 86_400


@pytest.mark.parametrize(
    ("path", "text", "imported", "other"),
    [
        ("a/b.py", "from app.core.errors import AppError", "app/core/errors.py", "app/core/e.py"),
        ("a/b.py", "from app.core import errors, paths", "app/core/paths.py", "app/core/x.py"),
        ("a/b.py", "from . import util", "a/util.py", "c/util.py"),
        ("a/b.py", "from ..c.d import x", "c/d.py", "a/c/d.py"),
        ("a/b.py", "import app.store", "app/store/__init__.py", "app/store/x.py"),
        ("a/b.py", "import store", "src/store.py", "src/restore.py"),
        ("src/a.ts", "import { x } from './util/x'", "src/util/x.ts", "util/x.ts"),
        ("src/a.tsx", "import x from '../lib'", "lib/index.ts", "src/lib/index.ts"),
        ("src/a.js", "const x = require('./x.js')", "src/x.js", "x.js"),
        ("src/a.ts", "const x = await import('@/pages/home')", "src/pages/home.ts", "home.ts"),
        ("cmd/a.go", 'import "example.com/me/internal/db"', "internal/db/open.go", "db.go"),
        ("cmd/a.go", 'import (\n\tlog "a/b/logging"\n)', "logging/new.go", "logs/new.go"),
        ("A.java", "import org.x.util.Names;", "src/org/x/util/Names.java", "util/Other.java"),
        ("src/a.c", '#include "list.h"', "src/list.h", "src/lost.h"),
        ("src/a.cpp", '#include "../core/list.hpp"', "core/list.hpp", "src/list.hpp"),
        ("src/main.rs", "mod parser;", "src/parser.rs", "src/parse.rs"),
        ("src/a.rs", "use crate::net::client::Client;", "src/net/client.rs", "src/net/c.rs"),
        ("lib/a.rb", "require_relative 'b/c'", "lib/b/c.rb", "lib/c.rb"),
        ("a.php", "use App\\Models\\User;", "app/App/Models/User.php", "User.php"),
        ("a.lua", 'local x = require("net.http")', "net/http.lua", "http.lua"),
        ("bin/run.sh", "source ./common.sh", "bin/common.sh", "common.sh"),
        ("main.tf", 'source = "./modules/net"', "modules/net/main.tf", "net/main.tf"),
        ("a.zig", 'const x = @import("list.zig");', "list.zig", "lists.zig"),
    ],
)
def test_what_is_imported_is_nearer(path: str, text: str, imported: str, other: str) -> None:
    candidates = [Candidate(other), Candidate(imported)]
    assert Nearness(path, text).shortlist(candidates, 9)[0].path == imported


def test_neighbours_namesakes_and_news_come_first() -> None:
    near = Nearness("app/store/files.py", "")
    now = time.time()
    order = near.shortlist(
        [
            Candidate("docs/readme.md", now),
            Candidate("web/page.ts", now),
            Candidate("tests/unit/test_files.py", now - 9 * DAY_S),
            Candidate("app/store/old.py", now - 90 * DAY_S),
            Candidate("app/store/new.py", now),
            Candidate("app/core/paths.py", now - 9 * DAY_S),
            Candidate("app/store/files.py", now),
        ],
        9,
    )
    assert [one.path for one in order] == [
        "tests/unit/test_files.py",
        "app/store/new.py",
        "app/store/old.py",
        "app/core/paths.py",
        "web/page.ts",
        "docs/readme.md",
    ]


def test_who_speaks_of_the_same_comes_before_who_is_only_close() -> None:
    near = Nearness("a.py", "def open_ledger(journal): return Account(journal).balance_sheet()")
    texts = {"b.py": "print('weather')", "c.py": "class Account:\n    def balance_sheet(self): ..."}
    ranked = near.ranked([(Candidate(p), identifiers_of(t)) for p, t in texts.items()])
    assert [one.path for one, _ in ranked] == ["c.py", "b.py"]


def test_ten_thousand_files_are_ranked_in_a_moment() -> None:
    near = Nearness("p5/m5.py", "from p7.m7 import x\n" * 20)
    candidates = [Candidate(f"p{n % 100}/m{n // 100}.py", float(n)) for n in range(10_000)]
    began = time.process_time()
    assert near.shortlist(candidates, 5)[0].path == "p7/m7.py"
    assert time.process_time() - began < 1


LONG = "import os\n\n" + "\n\n".join(
    f"def {name}(value):\n    total = {name}_of(value)\n    return total\n"
    for name in ("alpha", "beta", "gamma", "delta")
)


def test_of_a_long_file_the_wanted_blocks_are_shown_in_their_order() -> None:
    assert excerpt(LONG, frozenset(), 10_000) == LONG
    shown = excerpt(LONG, frozenset({"gamma", "alpha_of"}), 160)
    assert shown == (
        "import os\n\ndef alpha(value):\n    total = alpha_of(value)\n    return total\n\n"
        "def gamma(value):\n    total = gamma_of(value)\n    return total\n"
    )
    assert excerpt(LONG, frozenset({"gamma"}), 3) == ""


@settings(deadline=None)  # the machine may be busy
@given(st.text("ab \n(){}_", max_size=300), st.integers(0, 200))
def test_an_excerpt_is_never_longer_than_asked(text: str, most: int) -> None:
    assert len(excerpt(text, identifiers_of(text[:50]), most)) <= most


@settings(deadline=None)  # the machine may be busy
@given(st.sampled_from(["a.py", "a.rs", "a.go", "a.ts", "a.c", "a.php"]), st.text(max_size=200))
def test_any_text_can_be_read(path: str, text: str) -> None:
    imports_of(path, text)
    Nearness(path, text).shortlist([Candidate("b/c.py")], 1)
