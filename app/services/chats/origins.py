"""Notes how an answer is made before it is made: its seed is kept with it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from app.core.errors import ModelFileError
from app.core.models import ModelFile
from app.core.origins import ModelMark, Origin
from app.library.fingerprints import mark_of
from app.services.answering.generation import ChatRequest
from app.services.answering.seeds import seeded


async def begun(
    model: ModelFile, request: ChatRequest, context_tokens: int
) -> tuple[ChatRequest, Origin]:
    """Return the request with a seed that is certain, and how its answer comes about.

    The seed is known before the first word, so that an answer that is stopped, or that a killed
    program left behind, can be written again too.
    """
    sampling = seeded(request.sampling)
    try:
        mark = await asyncio.to_thread(mark_of, model.path, model.name)
    except ModelFileError:  # whoever loads it says so
        mark = ModelMark(model.name, model.path, model.size_bytes, 0)
    return replace(request, sampling=sampling), Origin(
        mark,
        request.messages,
        sampling,
        request.language.name if request.language is not None else "",
        context_tokens,
        time.time(),
        request.overflow,
        request.output.format.name if request.output is not None else "",
        request.output.schema if request.output is not None else "",
    )
