"""The services of one running program, as `app.bootstrap` hands them to a front."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.paths import UserPaths
from app.services.answering.generation import Generation
from app.services.code_checks import CodeChecks
from app.services.inference.pool import Pool
from app.services.models import Models
from app.store.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What every front is made of."""

    paths: UserPaths
    settings: Settings
    pool: Pool
    models: Models
    generation: Generation
    code_checks: CodeChecks
