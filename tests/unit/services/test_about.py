"""The libraries of the About dialog are those that this program needs, and no others."""

from __future__ import annotations

from importlib import metadata

from app.services.about import about_pages


def test_libraries_are_what_is_needed_here_and_what_that_needs() -> None:
    pages = {page.title: page.text for page in about_pages(None)}
    named = {line.split(" ")[0].lower() for line in pages["Libraries"].splitlines()}
    assert {"keyring", "pygments", "pyside6_essentials", "jinja2"} <= named
    assert {"markupsafe", "shiboken6"} <= named  # what those need
    assert not {"pytest", "ruff", "mypy", "torch", "pywin32-ctypes"} & named  # extras, Windows
    assert f"packaging {metadata.version('packaging')}: Apache-2.0" in pages["Libraries"]
