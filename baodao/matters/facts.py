"""The closed set of engine facts. Each carries codes only; whatever somebody wrote goes to the content slots.

Columns of the ledger that these facts use: ``subject`` "matter:<number>", ``about`` "" | "leg:<n>" |
"round:<n>" | "stage:<visit>", ``org`` the organization that holds the leg (or the matter), ``place`` the
grid, ``person`` the token of the one acting (of the reporter on ``opened``), ``post`` the post acted in,
``level`` that of the matter then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from baodao.ledger.registry import Code, Moment, Ref, Seconds, kind

Fields = dict[Code, Code | int | bool]


class Step(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every move carries: the action, the round, the stage and (on a leg) the leg's state after it. Defaults, here and below, are what
    is said most often: facts leave it out (decision 0015)."""

    action: Code
    round: int = 1
    stage: Code = "handling"
    state: Code = ""
    fields: Fields = field(default_factory=dict)
    files: tuple[Code, ...] = ()


@kind("matter.opened")
class Opened(Step, frozen=True, kw_only=True):
    """A matter begins. ``caller``: the organization that opened it ("" for a resident); ``behalf``: entered
    by staff for somebody else; ``matter_kind``: what it is about; ``origin``: the matter whose effect opened
    it."""

    action: Code = "open"
    procedure: Code = "request"
    digest: Code
    edition: Code
    matter_kind: Code = ""
    caller: Code = ""
    behalf: bool = False
    origin: Ref = ""


@kind("matter.acted")
class Acted(Step, frozen=True, kw_only=True):
    """A move without a meaning of its own for the engine: a visit, a note, an escalation, a ruling on the
    level."""


@kind("matter.leg_called")
class LegCalled(Step, frozen=True, kw_only=True):
    """An organization (column ``org``), or a post of it, is called; ``caller``: the organization that
    called; ``duty``: the item of its duty list; ``after``: legs that must have ended before this one begins;
    ``limits``: clock → "10_workdays" where the addressee's pack sets another limit than the procedure version;
    ``asks``: what the call asks of the addressee, by the name of the declared load (minutes in a year)."""

    action: Code = "open"
    role: Literal["lead", "co"]
    to_post: Code = ""
    scope: Code = ""
    caller: Code = ""
    duty: Code = ""
    after: tuple[int, ...] = ()
    limits: dict[Code, Code] = field(default_factory=dict)
    asks: dict[Code, int] = field(default_factory=dict)


@kind("matter.leg_reported")
class LegReported(Step, frozen=True, kw_only=True):
    """The addressee reported in; the post acted in holds the leg from now on."""

    action: Code = "report_in"


@kind("matter.leg_returned")
class LegReturned(Step, frozen=True, kw_only=True):
    """The leg was sent to the wrong one and is given back."""


@kind("matter.leg_answered")
class LegAnswered(Step, frozen=True, kw_only=True):
    """The handler's own claim: solved, partly, cannot."""

    action: Code = "answer"
    claim: Code = ""


@kind("matter.leg_ruled")
class LegRuled(Step, frozen=True, kw_only=True):
    """Came, did and solved were ruled, apart."""

    action: Code = "rule"
    verdict: Code = ""


@kind("matter.paused")
class Paused(Step, frozen=True, kw_only=True):
    """The clocks of a leg (or, on the matter, all) stand for a declared cause."""

    cause: Code


@kind("matter.resumed")
class Resumed(Step, frozen=True, kw_only=True):
    """The clocks run again."""

    cause: Code


@kind("matter.extended")
class Extended(Step, frozen=True, kw_only=True):
    """A second person gave more time: ``extra`` in the unit of the clock's limit."""

    clock: Code
    extra: int


@kind("matter.handed_over")
class HandedOver(Step, frozen=True, kw_only=True):
    """The leg goes to another organization or post."""

    to_org: Code
    to_post: Code = ""
    limits: dict[Code, Code] = field(default_factory=dict)


@kind("matter.merged")
class Merged(Step, frozen=True, kw_only=True):
    """This matter goes on within another one; everyone is kept."""

    into: Ref


@kind("matter.split")
class Split(Step, frozen=True, kw_only=True):
    """This matter goes its own way again."""

    out_of: Ref


@kind("matter.answered")
class Answered(Step, frozen=True, kw_only=True):
    """The resident's answer: solved, partly, not."""

    action: Code = "confirm"
    stage: Code = "ended"
    answer: Code


@kind("matter.rated", unit="star")
class Rated(Step, frozen=True, kw_only=True):
    """One to five stars (column ``value``); level 3, shown to nobody singly, and without the person."""

    action: Code = "rate"
    stage: Code = "ended"


@kind("matter.excluded")
class Excluded(Step, frozen=True, kw_only=True):
    """A round is taken out of rates by a ruling from outside."""


@kind("matter.reopened")
class Reopened(Step, frozen=True, kw_only=True):
    """A new round begins; ``round`` is the new one."""


@kind("matter.closed")
class Closed(Step, frozen=True, kw_only=True):
    """The matter entered a stage that ends it."""

    action: Code = "confirm"
    stage: Code = "ended"
    outcome: Code


class ClockEnd(Struct, frozen=True, forbid_unknown_fields=True):
    """How one clock ended: its due, and whether it was stopped after that."""

    due: Moment
    late: bool = False
    provisional: bool = False


def _settled_at_first(plain: dict[str, Any]) -> dict[str, Any]:
    """Version 1 kept each length of time rounded beside itself, and the end (the fact's own moment): decision 0013."""
    return {name: held for name, held in plain.items() if not name.endswith("_2") and name != "end"}


def _settled_in_full(plain: dict[str, Any]) -> dict[str, Any]:
    """Version 2 kept what the matter's opening and its acts say, and what the fact's own columns say: decision 0015."""
    kept = {name: held for name, held in plain.items() if name not in TOLD_ELSEWHERE}
    ends = plain.get("clocks", {}).items()
    clocks = {name: {said: held for said, held in end.items() if said != "met"} for name, end in ends}
    return {**kept, "clocks": clocks} if clocks else kept


TOLD_ELSEWHERE = frozenset({"digest", "edition", "start", "wall", "asked", "waited"})
_EARLIER: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _settled_at_first, 2: _settled_in_full}


@kind("matter.settled", v=3, unit="second", upcasts=_EARLIER)
class Settled(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One leg, stage or round in one fact, at its end (column ``happened``; ``value``: wall seconds since it began). ``wall = worked +
    paused``; ``worked = sum(held)``; ``paused = sum(causes)``. Under which version and calendar: what the matter's opening and later
    changes say. Measures take lengths of time rounded by their names with ``_2``. Column ``precision`` "day": take no part in measures
    of hours."""

    scope: Literal["leg", "stage", "round"] = "stage"
    procedure: Code = "request"
    round: int = 1
    outcome: Code = "solved"
    worked: Seconds
    paused: Seconds = 0
    held: dict[Code, Seconds] = field(default_factory=dict)
    causes: dict[Code, Seconds] = field(default_factory=dict)
    clocks: dict[Code, ClockEnd] = field(default_factory=dict)
    due: Moment | None = None
    late: bool | None = None
    role: Code = ""
    stage: Code = ""
    reported: Seconds | None = None
    first_act: Seconds | None = None

    @property
    def wall(self) -> int:
        """Seconds from its beginning to its end: the fact's ``value``."""
        return self.worked + self.paused


@kind("matter.answer_settled", v=3, unit="second", upcasts=_EARLIER)
class AnswerSettled(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Claim, answer and silence of one round, apart (column ``value``: seconds from claim to answer or
    lapse). ``outcome``: the answer, or silent, reopened, withdrawn when there was none."""

    procedure: Code = "request"
    round: int = 1
    claim: Code = "solved"
    answer: Code
    silent: bool = False
    outcome: Code


Data = Step | Settled | AnswerSettled

#: An act of the system: the legs that this one waited for have ended.
BEGIN = "begin"
#: An act of an administrator: open matters go on under the version that the pack declares now.
MIGRATE = "migrate"
#: The leg goes to whoever comes after its holder (a successor in office, an organization that takes over): state, clocks
#: and promises stay as they are.
SUCCEED = "succeed"
#: What a declaration calls the fact by which a matter came over from another procedure.
CHANGED = "acted.change"
#: Fields of an act that takes the matter to another procedure, or to another version of its own.
TO_DIGEST, TO_PROCEDURE = "to_digest", "to_procedure"


class FactLike(Protocol):
    """What the engine reads of a fact: a stored one (``ledger.selectors.Recorded``) or one about to be."""

    @property
    def id(self) -> int: ...
    @property
    def data(self) -> Data: ...
    @property
    def about(self) -> str: ...
    @property
    def happened(self) -> datetime: ...
    @property
    def value(self) -> int | None: ...
    @property
    def precision(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def org(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def post(self) -> str: ...


class Opens(Struct, frozen=True):
    """A matter to be opened about this one: its procedure, who looks after it, once for each failed item of a list."""

    procedure: str
    seat: Literal["district", "own"] = "district"
    each: str = ""


class Emit(Struct, frozen=True, kw_only=True):
    """A fact that the engine decided. ``system``: done by the clock; ``opens``: a procedure that begins with
    it."""

    data: Data
    happened: datetime
    precision: Literal["second", "day"] = "second"
    about: str = ""
    level: int = 1
    org: str = ""
    place: str = ""
    person: str = ""
    post: str = ""
    value: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    system: bool = False
    supersedes: int | None = None
    opens: tuple[Opens, ...] = ()
    backs: tuple[str, ...] = ()
    sealed: bool = False
    """Its texts go into the matter's box."""
    id: int = 0


NAMES: Mapping[type[Struct], str] = {
    Opened: "opened",
    Acted: "acted",
    LegCalled: "leg_called",
    LegReported: "leg_reported",
    LegReturned: "leg_returned",
    LegAnswered: "leg_answered",
    LegRuled: "leg_ruled",
    Paused: "paused",
    Resumed: "resumed",
    Extended: "extended",
    HandedOver: "handed_over",
    Merged: "merged",
    Split: "split",
    Answered: "answered",
    Rated: "rated",
    Excluded: "excluded",
    Settled: "settled",
    AnswerSettled: "answer_settled",
    Reopened: "reopened",
    Closed: "closed",
}


def references(data: Data) -> tuple[str, ...]:
    """The names under which a declaration may speak of this fact: "acted", "acted.visit"."""
    name = NAMES[type(data)]
    if not isinstance(data, Step):
        return (name,)
    if isinstance(data, Acted) and data.action == BEGIN:
        return (name, f"{name}.{BEGIN}", "leg_called")
    if isinstance(data, HandedOver) and data.action == SUCCEED:
        return (f"{name}.{SUCCEED}",)  # no clock starts anew, and nobody is told what she has signed for
    if moved_to(data) and data.action != MIGRATE:
        return (name, f"{name}.{data.action}", CHANGED)
    return (name, f"{name}.{data.action}")


def moved_to(data: Data) -> str:
    """Digest of the procedure version under which the matter goes on after this fact; "" for nearly all."""
    return str(data.fields.get(TO_DIGEST, "")) if isinstance(data, Acted) else ""
