"""The words between parent and child, pickled onto one pipe.

A pipe holds little. The child never waits to say something while the parent waits to say
something large: the parent knocks, hears `Ready` (reading what else comes), and only then speaks.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import AppError
from app.core.events import RunId, StepEvent
from app.core.models import ModelInfo
from app.core.prompts import Prompt
from app.core.sampling import Sampling

# -- parent to child


@dataclass(frozen=True, slots=True)
class Knock:
    """A `Start` or `Tokenize` follows as soon as the child is `Ready`."""


@dataclass(frozen=True, slots=True)
class Start:
    """`Engine.start`."""

    run: RunId
    prompt: Prompt
    sampling: Sampling


@dataclass(frozen=True, slots=True)
class Tokenize:
    """`Engine.tokenize`."""

    text: str
    special: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """`Engine.stop`; small, so it needs no knock, and no answer."""

    run: RunId


@dataclass(frozen=True, slots=True)
class Share:
    """`Sharing.share_cores`; as small as a `Stop`."""

    among: int


Request = Knock | Start | Tokenize | Stop | Share

# -- child to parent


@dataclass(frozen=True, slots=True)
class Loading:
    """So much of the model is loaded."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """The engine is there."""

    info: ModelInfo


@dataclass(frozen=True, slots=True)
class Ready:
    """The child reads; go on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A request was done; `token_ids` answers a `Tokenize`."""

    token_ids: list[int]


@dataclass(frozen=True, slots=True)
class Refused:
    """Loading or a request failed in a way that the user can understand."""

    error: AppError


@dataclass(frozen=True, slots=True)
class Happened:
    """What the engine's steps of the last milliseconds told."""

    events: list[StepEvent]


@dataclass(frozen=True, slots=True)
class Lost:
    """A step raised; the child ends after this."""

    error: AppError


@dataclass(frozen=True, slots=True)
class Logged:
    """A line for the parent's log."""

    logger: str
    level: int
    text: str


Report = Loading | Loaded | Ready | Reply | Refused | Happened | Lost | Logged
