"""The code panel: what an answer writes becomes tabs and versions, kept, saved and opened."""

from __future__ import annotations

from pathlib import Path

from presenter_rig import Make, play

from app.core.tab_places import TabPlace
from app.engines.scripted import Answer, Script


def test_a_chat_is_opened_again_with_its_code(make: Make) -> None:
    rig = make(Script(default=Answer.of("Here:\n\n```go\nfunc Add() {}\n```\n")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("first")
        chat_id = rig.screen.selected or 1
        rig.open_chat.new_chat()
        await rig.until(lambda: rig.panel.codes == [])
        rig.open_chat.open_chat(chat_id)
        await rig.until(lambda: bool(rig.panel.codes))
        assert rig.screen.turns[0] == "first"
        assert "func Add() {}\n" in "".join(rig.panel.codes)

    play(work())


FIRST = "def mean(xs):\n    return sum(xs) / len(xs)\n"


SECOND = "def mean(xs):\n    return sum(xs) / len(xs) if xs else 0\n"


def test_code_of_the_same_name_becomes_the_next_version(make: Make) -> None:
    rig = make(Script(answers={"two": Answer.of(SECOND)}, default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        (versions,) = rig.panel.tabs.values()
        assert [("if xs" in text) for text in versions] == [False, True]
        assert rig.panel.titles == ["mean.py"]
        rig.code.compare(0, versions[0], versions[1])
        await rig.until(lambda: bool(rig.panel.differences))
        (hunk,) = rig.panel.differences
        assert hunk.new_lines == ("    return sum(xs) / len(xs) if xs else 0\n",)

    play(work())


def test_other_code_gets_a_tab_of_its_own(make: Make) -> None:
    other = Answer.of("def other():\n    pass\n")
    rig = make(Script(answers={"two": other}, default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        assert rig.panel.titles == ["mean.py", "other.py"]
        rig.answer_code.show_block("def other():\n    pass", "python")
        assert len(rig.panel.tabs) == 2
        rig.answer_code.show_block("SELECT 1", "sql")
        assert len(rig.panel.tabs) == 3

    play(work())


def test_code_without_a_name_is_known_by_its_lines(make: Make) -> None:
    first = Answer.of("a: 1\nb: 2\nc: 3\n")
    second = Answer.of("a: 1\nb: 2\nc: 4\nd: 5\n")
    rig = make(Script(answers={"two": second}, default=first))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        (versions,) = rig.panel.tabs.values()
        assert len(versions) == 2

    play(work())


def test_what_the_user_made_of_code_comes_back(make: Make) -> None:
    rig = make(Script(answers={"two": Answer.of(SECOND)}, default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        await rig.ask("two")
        rig.code.edited(0, 0, "mine")
        await rig.until(lambda: bool(rig.history.edits(1)))
        rig.open_chat.new_chat()
        await rig.until(lambda: not rig.panel.tabs)
        rig.open_chat.open_chat(1)
        await rig.until(lambda: bool(rig.panel.tabs))
        (versions,) = rig.panel.tabs.values()
        assert versions[0] == "mine"
        assert "if xs" in versions[1]

    play(work())


def test_a_change_is_proposed_with_what_the_user_typed_since(make: Make) -> None:
    rig = make(Script(default=Answer.of("```\none\ntwo\nthree\nfour\n```\n")))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.panel.tabs[0][0] = "ONE\ntwo\nthree\nfour\n"
        rig.code.propose(0, "one\ntwo\nthree\nFOUR\n", of="one\ntwo\nthree\nfour\n")
        await rig.until(lambda: bool(rig.panel.proposed))
        assert rig.panel.proposed == [(0, "ONE\ntwo\nthree\nFOUR\n")]
        rig.code.propose(0, "mine\n", of="one\n")
        await rig.until(lambda: bool(rig.bugs))
        assert "was changed in the same place" in str(rig.bugs.pop())
        rig.code.propose(7, "no such tab")

    play(work())


def test_code_is_saved_once_asked_where_then_at_once(make: Make, tmp_path: Path) -> None:
    rig = make(Script(default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.code_files.save(0, "mean.py", "text\r\n")
        assert rig.panel.asked == [(0, "mean.py", "text\r\n")]
        path = tmp_path / "out" / "mean.py"
        rig.code_files.save_to(0, path, "text\r\n")
        await rig.until(lambda: rig.panel.saved == [path])
        assert path.read_bytes() == b"text\r\n"
        rig.code_files.save(0, "mean.py", "more")
        await rig.until(lambda: len(rig.panel.saved) == 2)
        assert path.read_text() == "more"

    play(work())


def test_a_dragged_tab_is_a_file_with_its_name(make: Make, tmp_path: Path) -> None:
    rig = make(Script(default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        rig.code_files.give_file(3, "../mean.py", "one\r\n")
        rig.code_files.give_file(4, "mean.py", "two")
        await rig.until(lambda: len(rig.panel.files) == 2)
        files = dict(rig.panel.files)
        assert {path.name for path in files.values()} == {"mean.py"}
        assert all(path.is_relative_to(tmp_path / "scratch") for path in files.values())
        assert files[3].read_bytes() == b"one\r\n"
        assert files[4].read_text() == "two"

    play(work())


def test_the_users_editor_opens_at_the_line(make: Make, tmp_path: Path) -> None:
    rig = make(Script(default=Answer.of(FIRST)))
    heard = tmp_path / "heard.txt"
    stand_in = tmp_path / "bin" / "code"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\necho "$@" > {heard}.new\nmv {heard}.new {heard}\n')
    stand_in.chmod(0o755)
    link = tmp_path / "bin" / "sh"
    link.symlink_to("/bin/sh")

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.settings.set_value("editor.command", f"{stand_in} --goto {{path}}:{{line}}")
        rig.code_files.open_outside(0, "mean.py", "def mean(xs): ...\n", 7)
        await rig.until(heard.exists)
        copy = tmp_path / "scratch" / "mean.py"
        assert heard.read_text() == f"--goto {copy}:7\n"
        assert copy.read_text() == "def mean(xs): ...\n"

    play(work())


def test_code_is_called_as_its_tool_expects(make: Make, tmp_path: Path) -> None:
    workflow = "name: Run tests\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
    bucket = 'resource "aws_s3_bucket" "backups" {\n}\n'
    rig = make(Script(default=Answer.of(f"{bucket}```\n\n```yaml\n{workflow}```\n\n```\nx")))

    async def work() -> None:
        await rig.begin()
        rig.chat_settings.choose_language("Terraform")
        await rig.ask("Write it")
        assert rig.panel.titles[0] == "main.tf"
        assert rig.panel.languages[0] == "terraform"
        await rig.until(lambda: "run-tests.yml" in rig.panel.titles)
        assert "github-actions" in rig.panel.languages
        key = list(rig.panel.tabs)[rig.panel.titles.index("run-tests.yml")]
        rig.code_files.save(key, "run-tests.yml", workflow)
        assert rig.panel.asked[-1][1] == ".github/workflows/run-tests.yml"
        rig.open_chat.new_chat()
        await rig.until(lambda: not rig.panel.tabs)
        rig.open_chat.open_chat(1)
        await rig.until(lambda: len(rig.panel.tabs) >= 2)
        assert {"main.tf", "run-tests.yml"} <= set(rig.panel.titles)

    play(work())


def test_code_that_says_nothing_of_its_language_is_told_by_its_content(make: Make) -> None:
    rig = make(Script())

    async def work() -> None:
        await rig.begin()
        rig.answer_code.begin(7)
        rig.answer_code.feed("```\npackage main\n\nfunc main() {\n\tx := 1\n}\n```\n")
        rig.answer_code.finish()
        await rig.until(lambda: rig.panel.languages == ["go"])
        assert rig.panel.titles == ["main.go"]
        rig.answer_code.expect_language("Haskell")
        rig.answer_code.begin(8)
        rig.answer_code.feed("```\nx y z\n```\n")
        rig.answer_code.finish()
        await rig.until(lambda: rig.panel.languages[-1] == "haskell")
        assert rig.panel.titles[-1] == "code-2.hs"

    play(work())


def test_code_stands_where_it_was_left_and_what_was_closed_stays_closed(make: Make) -> None:
    rig = make(Script(default=Answer.of(FIRST)))

    async def work() -> None:
        await rig.begin()
        await rig.ask("first")
        first = rig.open_chat.chat_id
        assert first is not None
        (key,) = rig.panel.tabs
        rig.panel.places[key] = TabPlace(-1, 12, 4)
        rig.open_chat.new_chat()
        await rig.until(lambda: not rig.panel.tabs)
        await rig.open_chat.show(first)
        (again,) = rig.panel.tabs
        assert rig.panel.places[again] == TabPlace(-1, 12, 4)
        rig.code.close(again)
        assert rig.panel.hidden == {again}
        await rig.code.keep()
        # As after a crash: another presenter, the same file.
        other = make(Script(default=Answer.of("x")))
        await other.begin()
        await other.code.restore()
        await other.open_chat.show(first)
        (there,) = other.panel.tabs
        assert other.panel.places[there] == TabPlace(-1, 12, 4)
        assert other.panel.hidden == {there}
        other.answer_code.show_block(FIRST, "python", None)
        assert other.panel.shown == there

    play(work())
