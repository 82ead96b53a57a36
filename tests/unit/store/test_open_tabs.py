"""The list of open tabs: written whole, read as far as it makes sense."""

import json

import pytest

from app.core.tab_places import TabPlace
from app.store.open_tabs import OpenTab, OpenTabs, load_open_tabs, save_open_tabs


def test_it_comes_back_as_it_was(tmp_path):
    tabs = OpenTabs(
        (
            OpenTab("a.py", "/home/me/a.py", None, "python", "cp1252", "\r\n", TabPlace(0, 7, 3)),
            OpenTab("untitled-1.txt", text="not saved"),
        ),
        shown=1,
        shown_code="4:0",
        places={"4:0": TabPlace(1, 20, 5)},
        hidden=("3:1",),
    )
    save_open_tabs(tmp_path / "tabs.json", tabs)
    assert load_open_tabs(tmp_path / "tabs.json") == tabs


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", '{"tabs": 3}', '{"tabs": [1, {}], "places": 4, "shown": "x"}']
)
def test_what_makes_no_sense_is_left_out(tmp_path, text):
    (tmp_path / "tabs.json").write_text(text)
    assert load_open_tabs(tmp_path / "tabs.json") == OpenTabs()


def test_one_bad_tab_leaves_the_others(tmp_path):
    found = {"tabs": [{"title": "a", "text": 3, "place": {"top": "x"}}, "b", {"title": "c"}]}
    (tmp_path / "tabs.json").write_text(json.dumps(found))
    assert [tab.title for tab in load_open_tabs(tmp_path / "tabs.json").tabs] == ["a", "c"]
