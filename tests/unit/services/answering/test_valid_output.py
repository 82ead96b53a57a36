"""Only valid output: forty answers of each format, all of which the usual parsers read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from documents import problem, questions

from app.bootstrap import open_engine
from app.core.errors import GrammarError, RequestError
from app.core.events import Finished, FinishReason
from app.core.messages import Message, Role
from app.core.models import ModelFile
from app.core.sampling import Sampling
from app.generation.chat.outputs import OUTPUT_FORMATS, Output, output_of
from app.library.headers import read_header
from app.services.answering.generation import ChatRequest, CompletionRequest, Generation
from app.services.inference.pool import Pool
from app.services.models import Models
from app.store.settings import Settings

Rig = tuple[Generation, ModelFile]
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 30},
            "size": {"type": "integer"},
            "tags": {"type": "array", "items": {"enum": ["new", "old"]}, "minItems": 1},
        },
        "required": ["name", "size", "tags"],
    }
)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    pool = Pool(open_engine)
    models = Models(pool, Settings(tmp_path_factory.mktemp("home") / "settings.toml"))

    async def chosen() -> ModelFile:
        await models.restore_choice()
        assert models.status.model is not None
        return models.status.model

    yield Generation(models), asyncio.run(chosen())
    pool.close()


async def answered(rig: Rig, request: ChatRequest | CompletionRequest) -> Finished:
    generation, model = rig
    stream = (
        generation.chat(model, request)
        if isinstance(request, ChatRequest)
        else generation.complete(model, request)
    )
    async with aclosing(stream) as events:
        async for event in events:
            if isinstance(event, Finished):
                return event
    raise AssertionError


def asked(question: str, output: Output, **sampling: Any) -> ChatRequest:
    return ChatRequest((Message(Role.USER, question),), Sampling(**sampling), output=output)


def document(text: str, output: Output) -> str:
    opening = f"```{output.format.language.label}\n"
    assert text.startswith(opening)
    assert text.endswith("\n```")
    return text[len(opening) : -len("\n```")]


@pytest.mark.parametrize("name", [known.name for known in OUTPUT_FORMATS])
def test_forty_answers_are_read_by_the_formats_own_parser(rig: Rig, name: str) -> None:
    output = output_of(name)
    assert output is not None

    async def work() -> list[Finished]:
        requests = [
            asked(question, output, temperature=0.7, seed=number, max_tokens=3 + number * 2)
            for number, question in enumerate(questions(name))
        ]
        assert len(requests) == 40
        return await asyncio.gather(*(answered(rig, request) for request in requests))

    found = asyncio.run(work())
    problems = {
        text: why for end in found if (why := problem(name, text := document(end.text, output)))
    }
    assert problems == {}
    assert FinishReason.LENGTH in {end.reason for end in found}  # some were cut, and ended whole


def test_json_by_a_schema(rig: Rig) -> None:
    output = output_of("json", SCHEMA)
    assert output is not None

    async def work() -> None:
        for limit in (1, 5, 9, 14, 30, 80):
            end = await answered(rig, asked("Describe a book.", output, seed=1, max_tokens=limit))
            found = json.loads(document(end.text, output))
            assert set(found) == {"name", "size", "tags"}
            assert set(found["tags"]) <= {"new", "old"}
            assert end.timings.written_tokens <= limit

    asyncio.run(work())


def test_a_completion_is_the_bare_document(rig: Rig) -> None:
    output = output_of("YAML")

    async def work() -> None:
        request = CompletionRequest("# A service\n", Sampling(seed=2, max_tokens=40), output=output)
        end = await answered(rig, request)
        assert "```" not in end.text
        assert problem("YAML", end.text) == ""

    asyncio.run(work())


def test_what_cannot_be_is_said(rig: Rig) -> None:
    output = output_of("json", '{"type": "nonsense"}')
    assert output is not None
    turns = (Message(Role.USER, "a"), Message(Role.ASSISTANT, "```json\n{}\n```"))
    plain = output_of("json")
    with pytest.raises(GrammarError, match="nonsense"):
        asyncio.run(answered(rig, asked("Describe a book.", output)))
    with pytest.raises(RequestError, match="be continued"):
        asyncio.run(answered(rig, ChatRequest(turns, output=plain)))
    stopped = Sampling(stop_texts=("}",))
    with pytest.raises(RequestError, match="cut the document"):
        asyncio.run(answered(rig, ChatRequest(turns[:1], stopped, output=plain)))
    with pytest.raises(RequestError, match="both set"):
        asyncio.run(answered(rig, ChatRequest(turns[:1], Sampling(grammar="x"), output=plain)))


def test_an_instruct_model_finds_the_fence_opened(rig: Rig) -> None:
    generation, model = rig
    output = output_of("YAML")
    assert output is not None
    request = asked("Write a Kubernetes deployment", output, temperature=0, seed=1, max_tokens=60)

    async def work() -> None:
        end = await answered(rig, request)
        assert document(end.text, output).startswith("apiVersion: apps/v1\nkind: Deployment\n")
        prompt = await generation.prompt(model, request)
        assert prompt.as_text().endswith("### Response\nHere it is.\n\n```yaml\n")

    asyncio.run(work())


def test_a_base_models_document_stands_below_a_comment(rig: Rig, tiny_model: Path) -> None:
    generation, _ = rig
    output = output_of("TOML")
    assert output is not None

    async def work() -> None:
        model = read_header(tiny_model)
        request = asked("Settings", output, seed=1, max_tokens=30)
        end = await answered((generation, model), request)
        assert problem("TOML", document(end.text, output)) == ""
        prompt = await generation.prompt(model, request)
        assert prompt.as_text() == "# Settings\n"

    asyncio.run(work())
