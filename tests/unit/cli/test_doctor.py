"""Everything the doctor looks at: what is well, and the exact fix for what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.doctor import NEW_ENVIRONMENT, Examined, Finding, examine, run_doctor
from app.core.errors import DisplayError, EngineDiedError
from app.core.paths import UserPaths, builtin_model_path
from app.engines.scripted import Script, ScriptedFactory

CHECKS = [
    "Python",
    "libraries",
    "display",
    "engine",
    "keyring",
    "memory",
    "disk",
    "user data",
    "model",
]


@pytest.fixture
def well(tmp_path: Path) -> Examined:
    """A machine that has everything; its keyring is the real one."""
    return Examined(
        UserPaths(tmp_path / "data", tmp_path / "config", tmp_path / "state"),
        ScriptedFactory(),
        has_display=lambda: True,
        check_qt=lambda: None,
        modules=("json",),
        available_memory=lambda: 8 * 10**9,
        free_disk=lambda _: 8 * 10**9,
    )


def found(examined: Examined, name: str) -> Finding:
    return [finding for finding in examine(examined) if finding.name == name][-1]


def no_wayland() -> None:
    raise DisplayError("Qt lacks libxcb-cursor.so.0.", hint="sudo apt-get install libxcb-cursor0")


def test_a_machine_that_has_everything(well: Examined) -> None:
    findings = list(examine(well))
    assert [finding.name for finding in findings] == CHECKS
    assert [f.name for f in findings if not f.is_ok and f.name != "keyring"] == []
    assert all(finding.detail for finding in findings)
    assert all(finding.fix == "" for finding in findings if finding.is_ok)


Lack = Callable[[Examined], Examined]


@pytest.mark.parametrize(
    ("name", "lack", "detail", "fix"),
    [
        (
            "libraries",
            lambda e: replace(e, modules=("no_such_module",)),
            "no_such_module cannot be loaded",
            NEW_ENVIRONMENT,
        ),
        (
            "libraries",
            lambda e: replace(e, check_qt=no_wayland),
            "libxcb-cursor.so.0",
            "sudo apt-get install libxcb-cursor0",
        ),
        ("display", lambda e: replace(e, has_display=lambda: False), "none", "starwright chat"),
        (
            "engine",
            lambda e: replace(
                e, open_engine=ScriptedFactory(Script(load_error=EngineDiedError("It died.")))
            ),
            "It died",
            NEW_ENVIRONMENT,
        ),
        ("memory", lambda e: replace(e, available_memory=lambda: 10**8), "0.1 GB", "Close"),
        ("disk", lambda e: replace(e, free_disk=lambda _: 10**8), "0.1 GB", "STARWRIGHT_HOME"),
        (
            "model",
            lambda e: replace(e, builtin=Path("gone.gguf")),
            "no file gone.gguf",
            "git checkout -- resources/models",
        ),
    ],
)
def test_what_lacks_is_named_with_its_fix(
    well: Examined, name: str, lack: Lack, detail: str, fix: str
) -> None:
    finding = found(lack(well), name)
    assert not finding.is_ok
    assert detail in finding.detail
    assert fix in finding.fix


def test_a_folder_that_cannot_be_written(well: Examined, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the folder's place")
    finding = found(well, "user data")
    assert not finding.is_ok
    assert "STARWRIGHT_HOME" in finding.fix


def test_wrong_settings_and_opened_files_that_are_gone(well: Examined, tmp_path: Path) -> None:
    settings = tmp_path / "config" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('[chat]\ntemperature = 9\n[model]\nopened = ["/gone.gguf"]\n')
    wrong, gone = found(well, "settings"), found(well, "model")
    assert "chat.temperature is 9" in wrong.detail
    assert wrong.fix
    assert not gone.is_ok
    assert "/gone.gguf" in gone.detail
    assert gone.fix


def test_the_exit_code_and_the_report(well: Examined, capsys: pytest.CaptureFixture[str]) -> None:
    blind = replace(well, has_display=lambda: False)
    assert run_doctor(blind, as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert [check["name"] for check in report["checks"]] == CHECKS
    assert run_doctor(blind, as_json=False) == 1
    assert capsys.readouterr().out.endswith("Fixes are listed above.\n")
    assert run_doctor(well, as_json=False) == 0
    told = capsys.readouterr().out
    assert "ok    display: a window can open\n" in told
    assert told.endswith("Everything works.\n")
    assert builtin_model_path().is_file()


def test_a_computer_without_a_keyring_is_well(
    well: Examined, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring = found(well, "keyring")
    assert keyring.is_optional
    if keyring.is_ok:
        pytest.skip("a keyring is running here")
    assert run_doctor(well, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    run_doctor(well, as_json=False)
    assert "note  keyring (optional): " in capsys.readouterr().out
