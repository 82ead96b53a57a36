"""Settings are sparse, keep what the user wrote, and survive typos."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from app.core.errors import SettingsError, StoreError
from app.core.sampling import DEFAULT_SAMPLING
from app.core.settings import DECLARED, sampling_of
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
    (problem,) = settings.problems
    assert "engine.threads" in problem.message
    assert "from 0 to 512" in problem.hint
    settings.set_value("window.theme", "dark")
    assert f"threads = {value}" in path.read_text()  # the user may still mend it


def test_a_misspelt_key_is_named_with_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[chat]\ntemprature = 0.5\ntop_k = 7\n[model]\nchosen = "/a"\n')
    settings = Settings(path)
    (problem,) = settings.problems
    assert "chat.temprature" in problem.message
    assert "chat.temperature" in problem.hint
    assert settings.value("chat.top_k") == 7


def test_a_default_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    settings = Settings(path)
    settings.set_value("chat.temperature", 1)
    assert Settings(path).value("chat.temperature") == 1.0
    settings.set_value("chat.temperature", 0.2)
    assert "temperature" not in path.read_text()
    with pytest.raises(SettingsError, match=r"chat\.temperature is 3"):
        settings.set_value("chat.temperature", 3)


def test_all_defaults_are_valid_and_sampling_is_made_of_them() -> None:
    for declared in DECLARED:
        assert declared.check(declared.default) == declared.default
        assert declared.effect.endswith(".")
        assert declared.allowed
    assert sampling_of({}) == DEFAULT_SAMPLING
    sampling = sampling_of({"chat.seed": 7, "chat.max_tokens": 9, "chat.temperature": 0.0})
    assert (sampling.seed, sampling.max_tokens, sampling.temperature) == (7, 9, 0.0)


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


@pytest.mark.parametrize(
    "line", ["chosen = 1", "opened = 1", "opened = [1]", 'chosen = "a\\u0000b"', "chosen = {}"]
)
def test_a_model_of_the_wrong_kind_is_named_and_ignored(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"[model]\n{line}\n[chat]\nseed = 7\n")
    settings = Settings(path)
    assert (settings.chosen_model, settings.opened_models) == ("", [])
    (problem,) = settings.problems
    assert f"model.{line[:6]}" in problem.message
    settings.remember_model("/a.gguf")
    settings.set_chosen_model("/a.gguf")
    again = Settings(path)
    assert (again.chosen_model, again.opened_models) == ("/a.gguf", ["/a.gguf"])
    assert again.value("chat.seed") == 7


@pytest.mark.parametrize(
    "text",
    [
        "model = 1",
        "[[model]]\nchosen = 1",
        "[chat]\nseed = 1" + "0" * 5000,
        "x = " + "[" * 5000,
        "[chat]\ntemperature = nan",
        "[chat]\ntemperature = inf",
        "[chat]\nsystem = 1979-05-27",
        "[chat]\nseed = 99999999999999999999",
        "# \x00",
    ],
)
def test_nothing_in_the_file_keeps_the_program_from_starting(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    settings = Settings(path)
    assert settings.chosen_model == ""
    assert sampling_of({"chat.seed": settings.value("chat.seed")}) == DEFAULT_SAMPLING
    assert settings.value("chat.temperature") == 0.2
    assert all(len(problem.message) < 500 for problem in settings.problems)


def test_dotted_keys_without_end_are_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("\n".join(f"a.b{number}.c = 1" for number in range(12_000)))
    began = time.process_time()
    assert len(Settings(path).problems) == 10
    assert time.process_time() - began < 3  # a parser that keeps comments took 9 s


def test_paths_of_bytes_that_are_not_utf8_come_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    settings = Settings(path)
    model = os.fsdecode(b"/models/caf\xe9 \xff.gguf")
    settings.remember_model(model)
    settings.set_chosen_model(model)
    settings.set_value("project.folder", os.fsdecode(b"/work/caf\xe9"))
    settings.set_value("chat.system", "half \ud83d")
    again = Settings(path)
    assert (again.chosen_model, again.opened_models) == (model, [model])
    assert again.value("project.folder") == os.fsdecode(b"/work/caf\xe9")
    assert again.value("chat.system") == "half \ufffd"
    again.forget_model(model)
    assert Settings(path).opened_models == []
