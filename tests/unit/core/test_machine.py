"""Memory and disk, in a container as well as on the machine itself."""

from __future__ import annotations

from pathlib import Path

import psutil

from app.core.machine import available_memory_bytes, free_disk_bytes, total_memory_bytes


def test_without_a_container_it_is_the_machines(tmp_path: Path) -> None:
    assert total_memory_bytes(tmp_path) == psutil.virtual_memory().total
    assert 0 < available_memory_bytes(tmp_path) <= total_memory_bytes(tmp_path)


def test_a_containers_limit_counts_and_its_cached_files_do_not(tmp_path: Path) -> None:
    for name, text in (
        ("memory.max", "9000000\n"),
        ("memory.current", "5000000\n"),
        ("memory.stat", "anon 2000000\nfile 3000000\ninactive_file 2500000\n"),
    ):
        (tmp_path / name).write_text(text)
    assert total_memory_bytes(tmp_path) == 9_000_000
    assert available_memory_bytes(tmp_path) == 9_000_000 - 2_500_000
    (tmp_path / "memory.current").write_text("12000000\n")
    assert available_memory_bytes(tmp_path) == 0


def test_a_container_without_a_limit(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    assert total_memory_bytes(tmp_path) == psutil.virtual_memory().total


def test_the_disk_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert free_disk_bytes(tmp_path / "a" / "b") == free_disk_bytes(tmp_path) > 0
