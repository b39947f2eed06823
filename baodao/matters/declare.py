"""The pack section ``procedure``: what a district declares about one kind of matter.

A procedure is data. Its stages, clocks and actions are free words of the district; what they may *mean* is
closed: guards (``when``), selectors (``who``), effects (``then``), field types are the short lists below.
Those keys that are lists of named tables are written in the singular in TOML (``[[procedure.x.action]]``).

References inside a procedure (does the stage exist, does the clock name a fact?) are judged by
``references.py``; this file only gives shapes, so that the reader of packs can locate a wrong key by itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from baodao.kernel.declare.sections import register_section

#: The closed set of engine facts, in the order of a matter's life.
ENGINE_FACTS = (
    "opened",
    "acted",
    "leg_called",
    "leg_reported",
    "leg_returned",
    "leg_answered",
    "leg_ruled",
    "paused",
    "resumed",
    "extended",
    "handed_over",
    "merged",
    "split",
    "answered",
    "rated",
    "excluded",
    "settled",
    "answer_settled",
    "reopened",
    "closed",
)

#: What an action records unless it says otherwise.
RECORDS_BY_NAME: Mapping[str, str] = {
    "open": "opened",
    "call": "leg_called",
    "report_in": "leg_reported",
    "return": "leg_returned",
    "answer": "leg_answered",
    "cannot": "leg_answered",
    "rule": "leg_ruled",
    "pause": "paused",
    "resume": "resumed",
    "extend": "extended",
    "hand_over": "handed_over",
    "confirm": "answered",
    "rate": "rated",
    "exclude": "excluded",
    "reopen": "reopened",
    "close": "closed",
    "withdraw": "closed",
}

#: The state of a leg after such a fact, unless the action's ``to`` says otherwise.
LEG_STATE_AFTER: Mapping[str, str] = {
    f"leg_{state}": state for state in ("called", "reported", "returned", "answered", "ruled")
}

_NAME = r"^[a-z][a-z0-9_]{0,29}$"
_FACT_REF = r"^(" + "|".join(ENGINE_FACTS) + r")(\.[a-z][a-z0-9_]{0,39})?$"

Name = Annotated[str, Meta(pattern=_NAME)]
#: "1 workday", "5 workdays", "7 days", "48 hours", "30 minutes" (kernel.calendar gives them their meaning).
LimitText = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3} (minute|hour|day|workday|work hour)s?$")]
#: A limit that a law sets: "60 days", "6 months"; counted by ``lawful.last_day``.
LegalLimit = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,2} (day|month|workday)s?$")]
#: A fact of the closed set, or one action's fact: "acted.visit".
FactRef = Annotated[str, Meta(pattern=_FACT_REF)]
#: Another app's fact that a stage may wait for: "ballot.closed".
ForeignFact = Annotated[str, Meta(pattern=r"^[a-z_]+\.[a-z_]+$")]
Selector = Annotated[
    str,
    Meta(
        pattern=r"^(reporter|caller|holder|lead|leg|participant|superior_of_holder|ruler|named|system"
        r"|right\([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\))$"
    ),
]
Audience = Annotated[
    str, Meta(pattern=r"^(reporter|caller|holder|lead|leg|legs|participant|superior_of_holder|ruler|named)$")
]
#: text · longtext · code:a|b · date · datetime · place · person · post · org · file · int · money (fen) ·
#: bool · pause (a declared cause) · next_step (a declared row) · duty_item · kind · level; a final "?" makes
#: it optional.
FieldType = Annotated[
    str,
    Meta(
        pattern=r"^(text|longtext|date|datetime|place|person|post|org|file|int|money|bool|pause|next_step"
        r"|duty_item|kind|level|code:[a-z][a-z0-9_]*(\|[a-z][a-z0-9_]*)*)\??$"
    ),
]
Level = Annotated[int, Meta(ge=0, le=3)]
Source = Literal["district", "public", "assumed"]


def many(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Keys that take one name or a list of names."""
    return (value,) if isinstance(value, str) else value


def _judge(value: str | tuple[str, ...], pattern: str, key: str) -> None:
    # By hand, because msgspec 0.22.0 corrupts memory on a patterned string beside a tuple of such strings
    # in one union: any later ValidationError of the procedure then kills the process.
    for one in many(value):
        if re.match(pattern, one) is None:
            raise ValueError(f"`{key}`: {one!r} does not match {pattern}")


class Guard(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One condition of ``when``; exactly one of the heads is set. All guards of an action must hold.

    ========================  ================================================================================
    ``legs_ruled``            true: every leg of the round has ended (see ``Procedure.legs_end``); false:
                              not yet
    ``leg_state``             this leg (for an action on the matter: the lead leg) stands in one of these
                              states
    ``overdue``               the named clock of this leg, or of the matter, was due before this act happened
    ``within`` + ``since``    the act happens not later than the limit after the latest such fact
    ``evidence``              at least so many files come with the act, or were given on this leg in this
                              round
    ``field_is`` + ``value``  the field of this act has this value
    ``other_person_than``     the actor is not the person who did the latest such fact (on this leg)
    ``consent_of``            that participant has given consent to this matter before (fact
                              ``acted.consent``)
    ========================  ================================================================================
    """

    legs_ruled: bool | None = None
    leg_state: str | tuple[str, ...] | None = None
    overdue: Name | None = None
    within: LimitText | None = None
    since: FactRef | None = None
    evidence: Annotated[int, Meta(ge=1, le=20)] | None = None
    field_is: Name | None = None
    value: str | int | bool | None = None
    other_person_than: FactRef | None = None
    consent_of: Selector | None = None

    def __post_init__(self) -> None:
        _judge(self.leg_state or (), _NAME, "leg_state")
        if len(self.heads()) != 1:
            raise ValueError("a guard has exactly one of: " + ", ".join(GUARDS))
        if (self.within is None) != (self.since is None):
            raise ValueError("`within` and `since` belong together")
        if (self.field_is is None) != (self.value is None):
            raise ValueError("`field_is` and `value` belong together")

    def heads(self) -> tuple[str, ...]:
        return tuple(name for name in GUARDS if getattr(self, name) is not None)

    @property
    def head(self) -> str:
        return self.heads()[0]


GUARDS = (
    "legs_ruled",
    "leg_state",
    "overdue",
    "within",
    "evidence",
    "field_is",
    "other_person_than",
    "consent_of",
)


class Effect(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One consequence of ``then``, applied in order; exactly one of the heads is set.

    ==================  ======================================================================================
    ``goto``            the matter enters this stage
    ``clock_start``     the named clock starts (again, if it had stopped)
    ``clock_pause``     the named clock stands until it is started again
    ``clock_stop``      the named clock is done
    ``call`` + ``to``   a leg begins: ``lead`` or ``co``; addressed to the organization that looks after
                        the place
                        (``place``), to the fields ``org``/``post`` of this act (``chosen``), to the lead
                        addressee
                        of the round before (``again``); optional ``scope``
    ``tell``            an audience hears of it (beside ``tells`` of the action)
    ``open``            a matter of another procedure begins, about this one
    ``await``           the stage waits until a fact of another app names this matter
    ==================  ======================================================================================
    """

    goto: Name | None = None
    clock_start: Name | None = None
    clock_pause: Name | None = None
    clock_stop: Name | None = None
    call: Literal["lead", "co"] | None = None
    to: Literal["place", "chosen", "again"] = "place"
    scope: Name | None = None
    tell: Audience | None = None
    open: Name | None = None
    await_: ForeignFact | None = field(name="await", default=None)

    def __post_init__(self) -> None:
        if sum(getattr(self, EFFECTS[name]) is not None for name in EFFECTS) != 1:
            raise ValueError("an effect has exactly one of: " + ", ".join(EFFECTS))

    @property
    def head(self) -> str:
        return next(name for name in EFFECTS if getattr(self, EFFECTS[name]) is not None)


#: Name in TOML → attribute.
EFFECTS = {
    "goto": "goto",
    "clock_start": "clock_start",
    "clock_pause": "clock_pause",
    "clock_stop": "clock_stop",
    "call": "call",
    "tell": "tell",
    "open": "open",
    "await": "await_",
}


class Clock(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A limit that runs from a fact to a fact; at its end ``system`` takes the action ``lapse``, if named.

    ``on`` says how many there are: one per leg, per stage (gone when it is left), per round or per matter.
    ``start`` may stay empty when an effect starts the clock. ``pausable = false``: no pause holds it.
    """

    name: Name
    limit: LimitText
    on: Literal["leg", "stage", "round", "matter"] = "leg"
    title: str = ""
    start: str | tuple[str, ...] = ()
    stop: str | tuple[str, ...] = ()
    lapse: Name | None = None
    pausable: bool = True
    source: Source = "assumed"

    def __post_init__(self) -> None:
        _judge(self.start, _FACT_REF, "start")
        _judge(self.stop, _FACT_REF, "stop")

    def starts(self) -> tuple[str, ...]:
        return many(self.start)

    def stops(self) -> tuple[str, ...]:
        return many(self.stop)


class Pause(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A declared cause that may stop the clocks of a leg; after ``longest`` it ends by itself."""

    name: Name
    title: str
    longest: LimitText | None = None
    source: Source = "assumed"


class Kind(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the matter is about, asked before any text; ``level`` lifts draft and matter to that level. ``board`` and
    ``scene``: the board of the command centre that it falls to, and its class of scenarios (words ``board.<name>`` …)."""

    name: Name
    title: str
    level: Level | None = None
    hint: str = ""
    urgent: bool = False
    """True: possible danger to life; 110, 119 and 120 are shown first."""
    board: Name | None = None
    scene: Name | None = None


class NextStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A lawful way on after "cannot, because": only rows that somebody verified on a date may be named."""

    name: Name
    title: str
    where: str
    basis: str = ""
    limit: LegalLimit | None = None
    verified: str = ""
    """Day on which somebody compared the row with the law in force, YYYY-MM-DD; "": not to be named."""
    source: Source = "assumed"


class Action(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One move. ``from`` is a leg's state when ``on = "leg"``, else a stage; empty: any but an end."""

    name: Name
    title: str = ""
    on: Literal["matter", "leg"] = "matter"
    from_: str | tuple[str, ...] = field(name="from", default=())
    to: Name | None = None
    who: tuple[Selector, ...] = ()
    when: tuple[Guard, ...] = ()
    fields: dict[Name, FieldType] = field(default_factory=dict)
    sets: dict[Name, str] = field(default_factory=dict)
    """Literal codes that this action always records, e.g. ``{ claim = "cannot" }``."""
    then: tuple[Effect, ...] = ()
    records: Annotated[str, Meta(pattern="^(" + "|".join(ENGINE_FACTS) + ")$")] | None = None
    extends: Name | None = None
    """The clock that an extension prolongs, by the field ``extra`` (in the clock's own unit)."""
    sets_level: bool = False
    """Sets the matter's level to the field ``level``. Only a ruling (by a right alone, with ``other_person_than``) lowers it."""
    promises: Name | None = None
    """The date or datetime field that the resident sees as the next date."""
    tells: tuple[Audience, ...] = ()
    reads: str = ""
    """What the resident will read; {fields} of this action, {number}, {org}, {title}, {due} are filled."""

    def __post_init__(self) -> None:
        _judge(self.from_, _NAME, "from")

    def froms(self) -> tuple[str, ...]:
        return many(self.from_)

    @property
    def fact(self) -> str:
        """The engine fact that this action records."""
        return self.records or RECORDS_BY_NAME.get(self.name, "acted")

    @property
    def reference(self) -> str:
        return f"{self.fact}.{self.name}"


class Procedure(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One kind of matter. The first stage opens (or ``opens``), the last one ends (or ``ends``)."""

    title: str
    stages: tuple[Name, ...]
    level: Level = 1
    public_space: bool = False
    source: Source = "assumed"
    summary: str = ""
    opens: Name | None = None
    ends: tuple[Name, ...] = ()
    legs_end: tuple[Name, ...] = ("ruled", "returned")
    """States in which a leg is over."""
    kinds: tuple[Kind, ...] = field(name="kind", default=())
    clocks: tuple[Clock, ...] = field(name="clock", default=())
    pauses: tuple[Pause, ...] = field(name="pause", default=())
    next_steps: tuple[NextStep, ...] = field(name="next_step", default=())
    actions: tuple[Action, ...] = field(name="action", default=())
    tells: dict[FactRef, tuple[Audience, ...]] = field(default_factory=dict)
    """Who hears of a fact, over all actions: ``{ leg_called = ["leg"] }``."""
    words: dict[str, str] = field(default_factory=dict)
    """The district's words: ``stage.<name>``, ``plain.<stage>`` (as the resident reads it), ``state.<name>``,
    ``field.<name>``, ``value.<code>``, ``clock.<name>``, ``board.<name>``, ``scene.<name>``."""

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("a procedure has at least one stage")

    @property
    def first(self) -> str:
        return self.opens or self.stages[0]

    @property
    def last(self) -> tuple[str, ...]:
        return self.ends or (self.stages[-1],)

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)

    def clock(self, name: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.name == name), None)

    def word(self, key: str, default: str = "") -> str:
        return self.words.get(key) or default or key.rpartition(".")[2]


def canonical(procedure: Procedure) -> bytes:
    """The bytes that stand for this version of a procedure: JSON with sorted keys, no spaces, no defaults."""
    return msgspec.json.encode(procedure, order="deterministic")


def digest(procedure: Procedure) -> str:
    """SHA-256 of the canonical bytes, hexadecimal: the procedure version kept by every matter."""
    return hashlib.sha256(canonical(procedure)).hexdigest()


def restore(data: bytes) -> Procedure:
    """A procedure back from its canonical bytes; raises msgspec.ValidationError when they are none."""
    return msgspec.json.decode(data, type=Procedure)


register_section("procedure", Procedure)
