"""Settings are sparse, keep what the user wrote, and survive typos."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import StoreError
from app.store.settings import Settings


def test_nothing_is_written_until_something_changes(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    settings = Settings(path)
    assert (settings.chosen_model, settings.opened_models, settings.threads) == ("", [], 0)
    settings.forget_model("never opened")
    assert not path.exists()


def test_opened_models_are_remembered_last_first(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    settings = Settings(path)
    for name in ("/a.gguf", "/b.gguf", "/a.gguf"):
        settings.remember_model(name)
    settings.set_chosen_model("/a.gguf")
    again = Settings(path)
    assert again.opened_models == ["/a.gguf", "/b.gguf"]
    assert again.chosen_model == "/a.gguf"
    again.forget_model("/a.gguf")
    assert Settings(path).opened_models == ["/b.gguf"]


def test_the_users_comments_and_unknown_keys_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("# mine\n[engine]\nthreads = 3 # cores\n\n[future]\nx = 1\n")
    settings = Settings(path)
    assert settings.threads == 3
    settings.set_chosen_model("/a.gguf")
    text = path.read_text()
    assert "# mine" in text
    assert "threads = 3 # cores" in text
    assert "[future]\nx = 1" in text


def test_a_typo_is_named_and_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[engine\nthreads = 3")
    settings = Settings(path)
    (problem,) = settings.problems
    assert str(path) in problem.message
    settings.set_chosen_model("/a.gguf")
    assert path.read_text() == "[engine\nthreads = 3"


@pytest.mark.parametrize("value", ['"four"', "-1", "[1]"])
def test_a_wrong_value_is_as_if_it_were_not_there(tmp_path: Path, value: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"[engine]\nthreads = {value}\ncontext_tokens = 512\n")
    settings = Settings(path)
    assert (settings.threads, settings.context_tokens) == (0, 512)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    settings = Settings(tmp_path / "config" / "settings.toml")
    (problem,) = settings.problems
    assert "cannot be read" in problem.message


def test_a_failed_save_leaves_the_settings_as_they_were(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "config" / "settings.toml")
    (tmp_path / "config").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be saved"):
        settings.set_chosen_model("/a.gguf")
    assert settings.chosen_model == ""
