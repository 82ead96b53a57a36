"""A disk with no room left: one clear message, and what was there is still there.

A child of its own may write no file longer than a few kilobytes, which fails as a full disk does.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.store.open_tabs import OpenTab, OpenTabs, load_open_tabs, save_open_tabs
from app.store.settings import Settings

_LIMITED = """
import resource, sys
from pathlib import Path
from app.core.errors import StoreError
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
path = Path(sys.argv[1])
try:
    {work}
except StoreError as error:
    print(type(error).__name__, error.message, "|", error.hint)
"""


def fail(work: str, path: Path) -> str:
    """Do something in a child that may write little; return what it says of its failure."""
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED.format(work=work), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_open_tabs_that_do_not_fit_leave_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "tabs.json"
    before = OpenTabs((OpenTab("a.py", text="not saved"),))
    save_open_tabs(path, before)
    said = fail(
        "from app.store.open_tabs import OpenTab, OpenTabs, save_open_tabs;"
        "save_open_tabs(path, OpenTabs((OpenTab('a.py', text='x' * 9000),)))",
        path,
    )
    assert "The list of open tabs cannot be saved" in said
    assert "free space" in said
    assert load_open_tabs(path) == before
    assert [file.name for file in tmp_path.iterdir()] == ["tabs.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_settings_that_do_not_fit_leave_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    Settings(path).set_value("chat.seed", 7)
    said = fail(
        "from app.store.settings import Settings;"
        "Settings(path).set_value('chat.system', 'x' * 9000)",
        path,
    )
    assert "The settings cannot be saved" in said
    assert Settings(path).value("chat.seed") == 7


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_history_that_cannot_be_begun_is_one_message(tmp_path: Path) -> None:
    said = fail("from app.store.history import History; History(path)", tmp_path / "h.sqlite3")
    assert said.startswith("StoreError The chat history")
    assert len(said.splitlines()) == 1
