"""From a hole to what is sent: as much around the cursor as fits, then files of the project.

The pure parts are `begun`, `budget` and `holes` of `app.generation.infill`; here the tokens are
counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.errors import PromptTooLongError
from app.core.events import LeftOut
from app.core.prompts import Prompt
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.generation.assembly import Assembler
from app.generation.infill.begun import begun_in_line
from app.generation.infill.budget import LONGEST_TOKEN, clipped, lines_left_out, narrowed
from app.generation.infill.holes import Hole, render_infill
from app.generation.infill.repository import SourceFile
from app.generation.infill.shape import InfillAssembler
from app.services.inference.counting import TokenCounter
from app.services.inference.leases import LeasedModel
from app.text.plain_text import refuse_nul

INFILL_TOKENS = 256
"""How long an infill gets at most, where the request does not say."""
FORMAT_TOKENS = 64
"""Room for control tokens, paths and what tokenizing the parts together adds."""
_LINE_TOKENS = 128
"""Room for the cursor's line, the same for each letter of it, so that what is read stays."""


@dataclass(frozen=True, slots=True)
class InfillRequest:
    """A hole to fill. `files` are others of the project, the nearest first.

    They take `files_tokens` at most, 0 for as many as fit.

    With `is_raw` the model's text is given as it is; else it ends where people expect.
    """

    hole: Hole
    files: tuple[SourceFile, ...] = ()
    repository: str = ""
    sampling: Sampling = DEFAULT_SAMPLING
    is_raw: bool = False
    files_tokens: int = 0

    @property
    def limited(self) -> Sampling:
        """Return the sampling, which ends at some length in any case."""
        if self.sampling.max_tokens is not None:
            return self.sampling
        return replace(self.sampling, max_tokens=INFILL_TOKENS)


@dataclass(frozen=True, slots=True)
class InfillPrompt:
    """What is sent, what shapes the answer (None: nothing does), and what was left out."""

    prompt: Prompt
    assembler: Assembler | None
    left_out: LeftOut | None


class InfillPrompting:
    """Counts and renders holes. Used on the asyncio thread."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter

    async def prompted(
        self, request: InfillRequest, model: LeasedModel, *, is_strict: bool = True
    ) -> InfillPrompt:
        """Return what is sent for a hole.

        Where `is_strict`, the model must write the end of the cursor's line again. Raises
        `PromptTooLongError`, and `RequestError` where the model cannot fill holes.
        """
        begun, unsure = _begun(request, is_strict=is_strict)
        kept, left_out = await self._fitting(begun, model)
        hole = kept.hole
        prompt = render_infill(hole, model.info, files=kept.files, repository=request.repository)
        if request.is_raw:
            return InfillPrompt(prompt, None, left_out)
        whole = Hole(hole.prefix + hole.begun + unsure, hole.suffix)
        assembler = InfillAssembler(whole, request.sampling.stop_texts, unsure=unsure)
        return InfillPrompt(prompt, assembler, left_out)

    async def narrowed(self, model: LeasedModel, hole: Hole, room_tokens: int) -> Hole:
        """Return the lines nearest to the cursor, as many as fit."""
        hole = clipped(hole, room_tokens)
        while True:
            before, after = await self._counter.count(model, [hole.prefix, hole.suffix])
            if before + after <= room_tokens:
                return hole
            hole = narrowed(hole, before, after, room_tokens)

    async def _fitting(
        self, request: InfillRequest, model: LeasedModel
    ) -> tuple[InfillRequest, LeftOut | None]:
        """Return what fits: the lines nearest to the cursor first, then files in order."""
        info = model.info
        answer = min(request.limited.max_tokens or 0, info.context_tokens // 4)
        line = 0 if request.is_raw else min(_LINE_TOKENS, info.context_tokens // 16)
        room = info.context_tokens - answer - line - FORMAT_TOKENS
        if room <= 0:
            raise PromptTooLongError(
                f"The context of {info.context_tokens} tokens has no room for a suggestion.",
                hint="Increase the context.",
            )
        hole = await self.narrowed(model, request.hole, room)
        room -= sum(await self._counter.count(model, [hole.prefix, hole.suffix]))
        room = min(room, request.files_tokens or room)
        files: list[SourceFile] = []
        dropped: list[str] = []
        for file in request.files:
            tokens = room  # without counting, where it cannot fit
            if len(file.text) <= room * LONGEST_TOKEN:
                (tokens,) = await self._counter.count(model, [file.text])
            if tokens + FORMAT_TOKENS <= room:
                files.append(file)
                room -= tokens + FORMAT_TOKENS
            else:
                dropped.append(file.path)
        lines = lines_left_out(request.hole, hole)
        left_out = LeftOut(*lines, tuple(dropped)) if any(lines) or dropped else None
        return replace(request, hole=hole, files=tuple(files)), left_out


def refuse_binary(request: InfillRequest) -> None:
    """Raise `RequestError` where a text of the request has a NUL character."""
    refuse_nul("The text before the cursor", request.hole.prefix + request.hole.begun)
    refuse_nul("The text after the cursor", request.hole.suffix)
    for file in request.files:
        refuse_nul(f"The file {file.path}", file.text)


def _begun(request: InfillRequest, *, is_strict: bool) -> tuple[InfillRequest, str]:
    """Return what is sent, and what must be written again of the cursor's line."""
    sampling = request.sampling
    if request.is_raw or sampling.grammar is not None or sampling.json_schema is not None:
        return request, ""
    hole, unsure = begun_in_line(request.hole)
    if not is_strict:
        hole, unsure = replace(hole, begun=hole.begun + unsure), ""
    return replace(request, hole=hole), unsure
