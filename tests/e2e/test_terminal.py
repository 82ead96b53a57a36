"""The real program on the command line, as a script or a person calls it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from desktop import PROGRAM
from documents import problem
from tiny_model import CONTROL_TOKENS, write_tiny_model

from app.core.paths import builtin_model_path

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    # No display, and none pretended: the window tests of this run set an offscreen platform.
    blind = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}
    return os.environ | blind | {"STARWRIGHT_HOME": str(tmp_path / "home")}


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PROGRAM), *words],
            input=text,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_one_answer(run: Run) -> None:
    done = run("chat", "--temperature", "0", "Write a Python function that reverses a string.")
    assert done.returncode == 0
    assert "```python\ndef " in done.stdout
    assert done.stderr == ""
    again = run("chat", "--temperature", "0", "Write a Python function that reverses a string.")
    assert again.stdout == done.stdout


def test_an_answer_as_json_is_one_object_an_event(run: Run) -> None:
    done = run("chat", "--json", "--seed", "5", "--max-tokens", "6", text="Reverse a string\n")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "loading"
    assert kinds[-1] == "finished"
    text = "".join(event["text"] for event in events if event["event"] == "text")
    assert events[-1]["text"] == text
    assert (events[-1]["reason"], events[-1]["seed"]) == ("length", 5)
    assert events[-1]["written_tokens"] == 6


def test_log_probabilities_come_with_each_token_as_json(run: Run) -> None:
    done = run("complete", "--json", "--logprobs", "2", "--max-tokens", "5", text="def ")
    texts = [e for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "text"]
    tokens = [token for event in texts for token in event["tokens"]]
    assert "".join(token["text"] for token in tokens) == "".join(e["text"] for e in texts)
    assert len(tokens) == 5
    assert all(token["logprob"] <= 0 and len(token["likeliest"]) == 2 for token in tokens)


def test_a_file_is_continued(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "prime.py"
    source.write_text('def is_prime(n: int) -> bool:\n    """Tell whether n is prime."""\n')
    done = run("complete", "--temperature", "0", str(source))
    assert done.returncode == 0
    assert "return" in done.stdout


def test_a_file_is_continued_after_others_of_its_project(run: Run, tmp_path: Path) -> None:
    other, source = tmp_path / "other.py", tmp_path / "prime.py"
    other.write_text("LIMIT = 10\n")
    source.write_text('def is_prime(n: int) -> bool:\n    """Tell whether n is prime."""\n')
    words = ("complete", "--temperature", "0", "--max-tokens", "20", "--json", str(source))
    alone, after = (
        json.loads(run(*words, *more).stdout.splitlines()[-1])
        for more in ((), ("--context", str(other)))
    )
    assert after["prompt_tokens"] > alone["prompt_tokens"] + 5


def test_the_models_and_what_they_can_do(run: Run, tiny_model: Path) -> None:
    assert run("models", "list").stdout.split()[:3] == ["Starwright", "demo", "Q8_0"]
    (listed,) = json.loads(run("models", "list", "--json").stdout)["models"]
    assert (listed["name"], listed["fits"]) == ("Starwright demo", True)
    assert (
        "Yes  Chat: uses the chat template in the file"
        in run("models", "show", "Starwright demo").stdout
    )
    shown = json.loads(run("models", "show", str(tiny_model), "--json").stdout)
    assert shown["architecture"] == "starcoder2"
    formats = {one["format"]: one for one in shown["formats"]}
    assert formats["fill in the middle"]["is_supported"]
    assert not formats["chat"]["is_supported"]
    missing = run("models", "show", "nothing.gguf")
    assert missing.returncode == 1
    assert "There is no file" in missing.stderr


def test_a_model_in_parts_is_one_model(run: Run, tmp_path: Path) -> None:
    first = write_tiny_model(tmp_path / "tiny.gguf", tensors_in_part=16)
    shown = json.loads(run("models", "show", str(first), "--json").stdout)
    assert shown["size_bytes"] == sum(part.stat().st_size for part in tmp_path.glob("tiny-*"))
    second = str(first).replace("-00001-", "-00002-")
    refused = run("models", "show", second)
    assert refused.returncode == 1
    assert f"Open {first.name}" in refused.stderr


def test_only_a_valid_document_is_written(run: Run, tmp_path: Path) -> None:
    words = ("--temperature", "0", "--max-tokens", "60")
    for name in ("json", "sql"):
        done = run("chat", *words, "--format", name, "Describe a shop.")
        assert done.returncode == 0, done.stderr
        assert problem(name.upper(), done.stdout) == ""  # bare, so that programs can read it
    done = run("chat", *words, "--format", "json", "--json", "Describe a shop.")
    *_, finished = map(json.loads, done.stdout.splitlines())
    assert problem("JSON", finished["text"]) == ""
    done = run("complete", *words, "--format", "json", text="// A shop\n")
    assert problem("JSON", done.stdout) == ""
    schema = tmp_path / "schema.json"
    schema.write_text('{"properties": {"a": {"type": "boolean"}}, "required": ["a"]}')
    done = run("complete", *words, "--schema", str(schema), text="// A shop\n")
    assert list(json.loads(done.stdout)) == ["a"]


def test_bad_grammars_and_schemas_give_one_clear_message(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    for command, option, text, message in (
        ("chat", "--schema", "{", "The JSON schema cannot be used: it is not JSON"),
        ("complete", "--schema", '{"type": "x"}', "The JSON schema cannot be used: the schema has"),
        ("chat", "--grammar", "root ::= (", "The grammar lacks ) in line 1"),
        ("complete", "--grammar", "", "The grammar is empty"),
    ):
        bad.write_text(text)
        done = run(command, option, str(bad), text="Describe a shop.")
        assert done.returncode == 1
        assert done.stdout == ""
        said, hint = done.stderr.splitlines()
        assert said.startswith(f"starwright: {message}")
        assert hint.strip()
    assert "cannot be read" in run("chat", "--schema", str(tmp_path / "no"), text="x").stderr
    done = run("chat", "--format", "csv", "--schema", str(bad), text="x")
    assert (done.returncode, "--schema only works with --format json" in done.stderr) == (2, True)


PRIME = (
    "def is_prime(n: int) -> bool:\n"
    '    """Tell whether n is prime."""\n'
    "    if n < 2:\n"
    "        return False\n"
    "    \n"
)


def test_a_hole_is_filled_at_a_cursor(run: Run, tmp_path: Path) -> None:
    begun = tmp_path / "prime.py"
    begun.write_text(PRIME)
    done = run("infill", str(begun), "--line", "5", "--column", "5", "--temperature", "0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("return all(")
    assert len(done.stdout.splitlines()) == 1
    assert begun.read_text() == PRIME


def test_a_file_larger_than_the_context_is_cut_around_the_cursor_and_that_is_said(
    run: Run, tmp_path: Path
) -> None:
    long = tmp_path / "long.py"
    long.write_text("x = 1\n" * 3000 + PRIME + "y = 2\n" * 3000)
    done = run("infill", str(long), "--line", "3005", "--column", "5", "--temperature", "0")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Not sent: the first ")
    assert "the last " in done.stderr
    done = run("infill", str(long), "--line", "3005", "--column", "5", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    (left_out,) = [event for event in events if event["event"] == "left_out"]
    assert 1000 < left_out["lines_before"] < 3000
    assert 2000 < left_out["lines_after"] < 3000


def test_near_files_of_a_project_are_read_first_and_named(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "prime.py").write_text("from limits import most\n" + PRIME)
    (root / "limits.py").write_text("def most(): return 97\n")
    (root / ".env").write_text("most=hush\n")
    place = ("--line", "6", "--column", "5", "--temperature", "0")
    done = run("infill", str(root / "prime.py"), "--project", str(root), *place)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "Also sent: limits.py\n"
    assert done.stdout.strip()
    missing = run("infill", str(root / "prime.py"), "--project", str(root / "none"), *place)
    assert missing.returncode == 1
    assert "none is not a folder" in missing.stderr


LONG = "Explain this\n\nFile `a.py`:\n\n```python\n" + "x = 1\ny = 2\n" * 700 + "```"


def test_what_does_not_fit_fails_with_the_flag_or_is_left_out_and_said(
    run: Run, tmp_path: Path
) -> None:
    refused = run("chat", "-", text=LONG)
    assert refused.returncode == 1
    assert "tokens, but the context holds 2,048" in refused.stderr
    assert "--overflow trim or --overflow summarise" in refused.stderr
    done = run("chat", "--overflow", "trim", "--max-tokens", "9", "-", text=LONG)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Not sent: a.py, lines ")
    done = run("chat", "--overflow", "trim", "--max-tokens", "9", "--json", "-", text=LONG)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    (left_out,) = [event for event in events if event["event"] == "left_out"]
    assert left_out["files"][0].startswith("a.py, lines ")
    assert left_out["tokens"] > 1000
    words = run("chat", "--overflow", "trim", "-", text="why " * 2_100)
    assert words.returncode == 1
    assert "The question alone takes" in words.stderr

    long = tmp_path / "long.py"
    long.write_text("x = 1\n" * 3000)
    refused = run("complete", str(long))
    assert refused.returncode == 1
    assert "--overflow trim." in refused.stderr
    done = run("complete", "--overflow", "trim", "--max-tokens", "9", str(long))
    assert done.returncode == 0, done.stderr
    assert "Not sent: the first " in done.stderr


def test_a_cursor_outside_the_file_and_a_missing_file_are_named(run: Run, tmp_path: Path) -> None:
    begun = tmp_path / "prime.py"
    begun.write_text(PRIME)
    outside = run("infill", str(begun), "--line", "99")
    assert outside.returncode == 1
    assert "prime.py: Line 99 is outside the file, which has 6 lines." in outside.stderr
    missing = run("infill", str(tmp_path / "none.py"), "--line", "1")
    assert missing.returncode == 1
    assert "none.py cannot be read" in missing.stderr


def test_a_model_without_infill_names_one_that_has_it(run: Run, tmp_path: Path) -> None:
    instruct = write_tiny_model(tmp_path / "i.gguf", name="starcoder2-15b-instruct-v0.1")
    begun = tmp_path / "prime.py"
    begun.write_text(PRIME)
    done = run("infill", str(begun), "--line", "5", "--model", str(instruct))
    assert done.returncode == 1
    assert "starcoder2-15b-instruct-v0.1 cannot fill in the middle" in done.stderr
    assert "3B, 7B or 15B" in done.stderr


def test_a_model_that_reads_one_file_at_a_time_says_so(run: Run, tmp_path: Path) -> None:
    tokens = tuple(text.replace("<repo_name>", "<other>") for text in CONTROL_TOKENS)
    single = write_tiny_model(tmp_path / "one.gguf", name="single", control_tokens=tokens)
    begun = tmp_path / "prime.py"
    begun.write_text(PRIME)
    words = ("--context", str(begun), "--model", str(single), "--max-tokens", "2", str(begun))
    done = run("complete", *words)
    assert done.returncode == 1
    assert "single reads one file at a time" in done.stderr
    done = run("infill", *words, "--line", "5")
    assert done.returncode == 0
    assert "single reads one file at a time. The others are not sent." in done.stderr


def test_ctrl_c_keeps_what_was_said(environment: dict[str, str], tiny_model: Path) -> None:
    process = subprocess.Popen(
        [str(PROGRAM), "complete", "--json", "--model", str(tiny_model), "--max-tokens", "100000"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("abc")
        process.stdin.close()
        lines, was_sent = [], False
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["event"] == "text" and len(lines) > 5 and not was_sent:
                was_sent = True
                process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert lines[-1]["event"] == "finished"
        assert lines[-1]["reason"] == "cancelled"
        assert lines[-1]["text"] == "".join(e["text"] for e in lines if e["event"] == "text")


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    whole = builtin_model_path().read_bytes()
    contents = {
        "empty": (b"", "is empty"),
        "text": (b"not a model\n" * 10, "is not a GGUF model file"),
        "truncated": (whole[: len(whole) // 2], "is incomplete"),
        "header": (whole[:8] + b"\xff" * 16 + whole[24:], "counts"),
    }
    files = {"missing": (folder / "missing.gguf", "There is no file")}
    loop = folder / "loop.gguf"
    loop.symlink_to(loop)  # unreadable for root, too
    files["unreadable"] = (loop, "cannot be read")
    huge = write_tiny_model(folder / "huge.gguf")
    os.truncate(huge, 900_000_000_000)  # sparse: it takes no room on the disk
    files["too large"] = (huge, "GB of memory, but only")
    for name, (data, message) in contents.items():
        path = folder / f"{name}.gguf"
        path.write_bytes(data)
        files[name] = (path, message)
    unknown = write_tiny_model(folder / "unknown.gguf", architecture="nosuchthing")
    files["architecture"] = (unknown, "nosuchthing")
    return files


@pytest.mark.parametrize(
    "kind",
    [
        "missing",
        "unreadable",
        "empty",
        "text",
        "truncated",
        "header",
        "architecture",
        "too large",
    ],
)
def test_a_bad_file_gives_one_clear_message(run: Run, tmp_path: Path, kind: str) -> None:
    path, message = bad_files(tmp_path)[kind]
    done = run("chat", "--model", str(path), "hello")
    assert done.returncode == 1
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    said, hint = done.stderr.splitlines()
    assert said.startswith("starwright: ")
    assert hint.strip()


def test_a_nul_and_a_broken_template_give_one_clear_message(run: Run, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"x = 1\n\0y")
    broken = write_tiny_model(tmp_path / "broken.gguf", chat_template="{% for %}")
    for words, text, message in (
        (("chat", "-"), "a\0b", "The question has a NUL character in line 1."),
        (("complete", str(binary)), "", "The text has a NUL character in line 2."),
        (("infill", str(binary), "--line", "1"), "", "The text after the cursor has a NUL"),
        (("chat", "--model", str(broken), "-"), "Add", "does not work"),
    ):
        done = run(*words, text=text)
        assert done.returncode == 1
        assert done.stdout == ""
        said, hint = done.stderr.splitlines()
        assert message in said
        assert hint.strip()


def test_with_json_every_error_is_json(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("{")
    for words, text, code in (
        (("chat", "--json", "--temperature", "warm", "hello"), "", 2),
        (("infill", "--json"), "", 2),
        (("chat", "--json", "--schema", str(bad), "hello"), "", 1),
        (("complete", "--json", str(tmp_path)), "", 1),
        (("infill", "--json", str(bad), "--line", "9"), "", 1),
        (("models", "show", "--json", "nothing.gguf"), "", 1),
    ):
        done = run(*words, text=text)
        assert (done.returncode, done.stderr) == (code, ""), words
        *_, error = map(json.loads, done.stdout.splitlines())
        assert error["event"] == "error"
        assert error["message"], words
        assert error["hint"], words


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_streams_that_are_full_or_closed_are_no_bug(environment: dict[str, str]) -> None:
    for where, code, message in (
        ("> /dev/full", 1, "starwright: The output cannot be written: No space left on device."),
        (">&- <&-", 0, ""),
    ):
        done = subprocess.run(
            ["/bin/sh", "-c", f"{PROGRAM} models list {where}"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert done.stderr.partition("\n")[0] == message


def test_no_question_is_said_to_be_none(run: Run) -> None:
    for words, text in ((("chat", "  "), ""), (("chat",), ""), (("chat", "-"), "\n")):
        done = run(*words, text=text)
        assert (done.returncode, done.stdout) == (1, "")
        assert "No question was given." in done.stderr


def test_an_unknown_model_names_the_known_ones(run: Run) -> None:
    done = run("chat", "--model", "nope", "hello")
    assert done.returncode == 1
    assert "'Starwright demo'" in done.stderr


def test_a_value_out_of_range_is_named(run: Run) -> None:
    done = run("chat", "--temperature", "-1", "hello")
    assert done.returncode == 2
    assert "temperature is -1.0" in done.stderr


def test_a_prompt_longer_than_the_context_is_never_cut(run: Run) -> None:
    done = run("complete", text="word " * 4000)
    assert done.returncode == 1
    assert "2,048" in done.stderr


def test_the_doctor_names_each_lack_and_its_fix(run: Run) -> None:
    done = run("doctor", "--json")
    report = json.loads(done.stdout)
    checks = {check["name"]: check for check in report["checks"]}
    assert checks["engine"]["is_ok"]
    assert checks["libraries"]["is_ok"]
    assert not checks["display"]["is_ok"]
    assert checks["display"]["fix"]
    assert checks["engine"]["fix"] == ""
    assert (done.returncode, report["ok"]) == (1, False)
    assert "fix:" in run("doctor").stdout
