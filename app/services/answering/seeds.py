"""The one place where a seed is drawn, before the first word: whoever keeps it can ask again."""

from __future__ import annotations

import random
from dataclasses import replace

from app.core.sampling import Sampling


def seeded(sampling: Sampling) -> Sampling:
    """Return the sampling with a seed that is certain."""
    if sampling.seed is not None:
        return sampling
    return replace(sampling, seed=random.SystemRandom().getrandbits(31))
