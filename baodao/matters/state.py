"""What the facts of a matter add up to. Plain values, built by ``fold.py`` alone and never stored as
truth."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from .facts import AnswerSettled, Settled

#: Above this level only those who take part find a matter: no superior's list, no search.
SHARED_LEVEL = 1
#: Holder of a round while no lead leg is open: the matter waits for the resident or for the caller.
WAITING = "waiting"
#: State of a leg that begins only when others have ended.
LEG_WAITS = "waiting"


class Span(Struct):
    """A stretch of time: held by a post or organization, or (``cause`` set) paused. ``end`` None: still
    on."""

    start: datetime
    holder: str
    cause: str = ""
    end: datetime | None = None


class Run(Struct):
    """One run of a declared clock. ``due`` already counts ``extra`` and the finished ``pauses``.

    ``paused``: since when it stands (its ``due`` then still is that of the last second before).
    ``lapsed``: the action at its end was taken.
    """

    clock: str
    about: str
    limit: str
    start: datetime
    due: datetime
    provisional: bool = False
    lapse: str = ""
    pausable: bool = True
    extra: int = 0
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    paused: datetime | None = None
    stopped: datetime | None = None
    lapsed: bool = False

    @property
    def running(self) -> bool:
        return self.stopped is None and self.paused is None


class Leg(Struct):
    """One call to one addressee. ``org``/``post``: addressee; ``holder``: the post that reported in, or
    ""."""

    n: int
    round: int
    role: Literal["lead", "co"]
    org: str
    called: datetime
    state: str = "called"
    post: str = ""
    scope: str = ""
    caller: str = ""
    caller_post: str = ""
    holder: str = ""
    holder_person: str = ""
    cause: str = ""
    claim: str = ""
    verdict: str = ""
    duty: str = ""
    called_for: str = ""
    """The item by which it was called; ``duty`` is that, or what it ``cited`` in a return until that is overruled."""
    cited: str = ""
    after: tuple[int, ...] = ()
    limits: dict[str, str] = field(default_factory=dict)
    """Clock → limit in words of a declaration, where the addressee's pack says otherwise."""
    evidence: int = 0
    reported: datetime | None = None
    first_act: datetime | None = None
    out: datetime | None = None
    """Since when it is out of its addressee's hands: answered, or given back."""
    ended: datetime | None = None
    outcome: str = ""
    day: bool = False
    spans: list[Span] = field(default_factory=list)

    @property
    def about(self) -> str:
        return f"leg:{self.n}"

    @property
    def label(self) -> str:
        """Who has it: the post that took it, else the post or organization called."""
        return self.holder or self.post or self.org


class Latest(Struct, frozen=True):
    """The latest fact under one reference."""

    happened: datetime
    person: str
    id: int


class Trace(Struct, frozen=True):
    """One line of what happened, for a conflict to tell."""

    id: int
    fact: str
    action: str
    happened: datetime
    org: str
    post: str
    about: str
    person: str = ""
    fields: Mapping[str, str | int | bool] = {}


class Ending(Struct, frozen=True):
    """Something that ended and is to be settled."""

    about: str
    scope: Literal["leg", "stage", "round", "answer"]
    start: datetime
    end: datetime
    round: int
    outcome: str
    spans: tuple[Span, ...] = ()
    runs: tuple[Run, ...] = ()
    org: str = ""
    role: str = ""
    stage: str = ""
    claim: str = ""
    answer: str = ""
    reported: datetime | None = None
    first_act: datetime | None = None
    out: datetime | None = None
    day: bool = False


class Told(Struct, frozen=True):
    """A settlement as it was recorded: its fact's number and columns."""

    fact: int
    happened: datetime
    value: int | None
    data: Settled | AnswerSettled


class State(Struct):
    """A matter at a position. ``last``: the latest ``happened``; ``ended``: since when it stands in an end
    stage."""

    number: str
    procedure: str
    digest: str
    edition: str
    opened: datetime
    last: datetime
    stage: str
    stage_since: datetime
    round_since: datetime
    level: int = 1
    round: int = 1
    visit: int = 1
    kind: str = ""
    org: str = ""
    place: str = ""
    caller: str = ""
    caller_post: str = ""
    behalf: bool = False
    reporters: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """Posts that may read a sealed matter."""
    legs: dict[int, Leg] = field(default_factory=dict)
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    past: list[Run] = field(default_factory=list)
    """Stopped runs of clocks that started anew since."""
    timeline: list[Span] = field(default_factory=list)
    claim: str = ""
    asked: datetime | None = None
    answer: str = ""
    answered: datetime | None = None
    rated: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)
    outcome: str = ""
    ended: datetime | None = None
    promise: str = ""
    awaiting: str = ""
    merged_into: str = ""
    about: str = ""
    unit: str = ""
    """The organization of which this matter speaks (an exclusion, an objection)."""
    released: int = 0
    """Position of the fact that released a title for others; 0: none."""
    followers: set[str] = field(default_factory=set)
    anonymous: bool = False
    """Whoever asked is not named to those who handle it."""
    day: bool = False
    position: int = 0
    latest: dict[tuple[str, str], Latest] = field(default_factory=dict)
    trail: list[Trace] = field(default_factory=list)
    endings: dict[str, Ending] = field(default_factory=dict)
    settled: dict[str, Told] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)

    def runs_of(self, about: str) -> tuple[Run, ...]:
        """All runs of the clocks of a leg, a stage or a round, earlier ones first."""
        return tuple(run for run in (*self.past, *self.runs.values()) if run.about == about)

    @property
    def subject(self) -> str:
        return f"matter:{self.number}"

    def legs_of_round(self) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.round == self.round]

    def open_legs(self) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.ended is None]

    @property
    def lead(self) -> Leg | None:
        """The lead leg of this round, the latest one if there were several."""
        return next((leg for leg in reversed(self.legs_of_round()) if leg.role == "lead"), None)

    def clone(self) -> State:
        """A copy that can be moved on without touching this one; spans, runs and legs are the only mutable
        parts."""
        other = copy.copy(self)
        other.legs = {}
        for n, leg in self.legs.items():
            twin = copy.copy(leg)
            twin.spans = [copy.copy(span) for span in leg.spans]
            other.legs[n] = twin
        other.runs = {key: _copy_run(run) for key, run in self.runs.items()}
        other.timeline = [copy.copy(span) for span in self.timeline]
        for name in ("reporters", "named", "trail", "past"):
            setattr(other, name, list(getattr(self, name)))
        for name in ("latest", "endings", "settled"):
            setattr(other, name, dict(getattr(self, name)))
        for name in ("rated", "excluded", "stale", "followers"):
            setattr(other, name, set(getattr(self, name)))
        return other


def _copy_run(run: Run) -> Run:
    twin = copy.copy(run)
    twin.pauses = list(run.pauses)
    return twin
