"""The words of a command line, as one value."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from app.cli.arguments import parse
from app.core.errors import RequestError
from app.core.sampling import DEFAULT_SAMPLING, Sampling

GIVEN = Sampling(
    temperature=0.5,
    top_k=7,
    top_p=0.8,
    min_p=0.1,
    typical_p=0.9,
    repeat_penalty=1.2,
    repeat_last_n=-1,
    presence_penalty=0.3,
    frequency_penalty=-0.4,
    seed=5,
    max_tokens=6,
    stop_texts=("END", "\n\n"),
    logit_bias=((3, -1.5), (4, 2.0)),
    logprobs=2,
)


def words_of(sampling: Sampling) -> list[str]:
    words: list[str] = []
    for field in fields(sampling):
        if field.name == "is_exact":  # a command has the engine to itself anyway
            continue
        value = getattr(sampling, field.name)
        flag = "--" + field.name.replace("_", "-")
        if field.name == "stop_texts":
            words += [f"--stop={text}" for text in value]
        elif field.name == "logit_bias":
            words += [f"{flag}={token}={bias}" for token, bias in value]
        elif value is not None:
            words.append(f"{flag}={value}")
    return words


@pytest.mark.parametrize(
    "command", [["chat", "hello"], ["complete"], ["infill", "a.py", "--line", "1"]]
)
def test_every_sampling_setting_has_a_flag(command: list[str]) -> None:
    assert parse([*command, *words_of(GIVEN)]).sampling == GIVEN
    assert parse(command).sampling == DEFAULT_SAMPLING


def test_without_a_command_the_window_opens() -> None:
    assert parse([]).command == "window"


def test_files_alone_are_for_the_window(tmp_path: Path) -> None:
    named, missing = tmp_path / "Makefile", Path("src/no such file")
    named.touch()
    for words in (["model.gguf"], ["a.py", "b.py"], [str(named)], [str(missing)], [str(tmp_path)]):
        arguments = parse(words)
        assert arguments.command == "window"
        assert arguments.files == tuple(map(Path, words))
    assert parse(["window", "a.py"]).files == (Path("a.py"),)


def test_a_command_that_does_not_exist_names_one_that_does() -> None:
    with pytest.raises(RequestError) as told:
        parse(["modles", "list"])
    assert "'modles'" in told.value.message
    assert "starwright models?" in told.value.hint
    with pytest.raises(RequestError) as told:
        parse(["write a function"])
    assert "starwright chat" in told.value.hint


def test_decimal_commas_are_decimal_points() -> None:
    assert parse(["chat", "--temperature", "0,7"]).sampling.temperature == 0.7


def test_words_in_another_encoding_are_text() -> None:
    arguments = parse(["chat", "--system", "Sei h\udcf6flich", "caf\udce9"])
    assert (arguments.system, arguments.prompt) == ("Sei höflich", "café")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--top-p", "0"], "top_p is 0.0"),
        (["--logit-bias", "x"], "--logit-bias: 'x' is not ID=NUMBER"),
        (["--logit-bias", "1=x"], "--logit-bias: 'x' is not a number"),
        (["--presence-penalty", "nan"], "--presence-penalty: 'nan' is not a number"),
        (["--top-k", "1" + "0" * 30], "top_k"),
        (["--language"], "--language: expected one argument"),
        (["--sed", "5"], "unrecognized arguments: --sed 5"),
        (["--logprobs", "-1"], "logprobs is -1"),
        (["--max-tokens", "0"], "max_tokens is 0"),
        (["--seed", "pi"], "--seed: 'pi' is not a whole number"),
    ],
)
def test_a_bad_value_is_named(words: list[str], said: str) -> None:
    with pytest.raises(RequestError) as told:
        parse(["chat", "hello", *words])
    assert said.lower() in told.value.message.lower()
    assert told.value.hint
