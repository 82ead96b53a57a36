"""Presets are files that are checked by the settings' own declarations."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import AppError, SettingsError, StoreError
from app.core.presets import Preset, preset_of
from app.store.presets import Presets, from_toml, to_toml

CAREFUL = preset_of("Careful", {"chat.temperature": 0, "chat.system": 'Say "no".\nTwice.'})


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    presets = Presets(tmp_path / "new" / "presets")
    assert presets.all() == ([], [])
    wild = Preset("../Wild: größer?", {"chat.temperature": 1.5, "chat.seed": 7})
    presets.keep(CAREFUL)
    presets.keep(wild)
    assert Presets(tmp_path / "new" / "presets").all() == ([wild, CAREFUL], [])
    assert all(path.parent == tmp_path / "new" / "presets" for path in tmp_path.rglob("*.toml"))


def test_a_name_has_one_preset_and_names_alike_have_two_files(tmp_path: Path) -> None:
    presets = Presets(tmp_path)
    presets.keep(CAREFUL)
    newer = Preset("Careful", {"chat.top_k": 1})
    presets.keep(newer)
    other = Preset("careful!", {"chat.top_k": 2})
    presets.keep(other)
    assert presets.all() == ([newer, other], [])
    presets.remove("Careful")
    presets.remove("nothing")
    assert presets.all() == ([other], [])
    presets.keep(newer)
    assert presets.all() == ([newer, other], [])


def test_a_copied_file_is_a_preset_and_a_broken_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "shared.toml").write_text(to_toml(CAREFUL), encoding="utf-8")
    (tmp_path / "broken.toml").write_text("[chat", encoding="utf-8")
    found, problems = Presets(tmp_path).all()
    assert found == [CAREFUL]
    assert [problem.message for problem in problems] == [
        "broken.toml has no preset that Starwright exported."
    ]


@pytest.mark.parametrize(
    "text", ["", "hello", "[preset]\nname = 'x'", "[preset]\nname = 1\n[chat]", "chat = 1", "[["]
)
def test_what_is_no_preset_is_refused_by_name(text: str) -> None:
    with pytest.raises(StoreError, match=r"mine\.toml has no preset"):
        from_toml(text, name="mine.toml")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("temperature = 9", "The setting chat.temperature is 9. It must be a number from 0 to 2."),
        ("temprature = 1", "sets chat.temprature, which is not a chat setting. Did you mean"),
        ("top_k = 'many'", "The setting chat.top_k is 'many'. It must be a whole number"),
        ("seed = true", "The setting chat.seed is True."),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(line: str, words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        from_toml(f"[preset]\nname = 'x'\n[chat]\n{line}\n", name="mine.toml")
    assert str(raised.value).startswith("mine.toml: ")
    assert words in str(raised.value)
    assert "Until then" not in str(raised.value)


def test_a_preset_sets_nothing_but_a_chat() -> None:
    with pytest.raises(SettingsError, match=r"window\.theme, which is not a chat setting"):
        preset_of("x", {"window.theme": "dark"})
    for name in ("", " \n", "x" * 61):
        with pytest.raises(SettingsError, match="not a valid preset name"):
            preset_of(name, {})
    assert preset_of(" a \n b ", {}).name == "a b"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "presets").write_text("a file")
    with pytest.raises(AppError, match="cannot be saved"):
        Presets(tmp_path / "presets").keep(CAREFUL)
