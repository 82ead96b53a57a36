"""The words of a command line, as one value."""

from __future__ import annotations

from dataclasses import fields

import pytest

from app.cli.arguments import parse
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--top-p", "0"], "top_p is 0.0"),
        (["--logit-bias", "x"], "'x' is not a token's id=number"),
        (["--logprobs", "-1"], "logprobs is -1"),
        (["--max-tokens", "0"], "max_tokens is 0"),
        (["--seed", "pi"], "invalid int value: 'pi'"),
    ],
)
def test_a_bad_value_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["chat", "hello", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
