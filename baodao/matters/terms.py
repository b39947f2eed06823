"""The closed lists of a procedure: engine facts, names, selectors (``who``), guards (``when``), effects (``then``),
field types. ``declare.py`` puts them together; adding a word here is a change of the plan (docs/decisions)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

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
    "merge": "merged",
    "split": "split",
}

#: The state of a leg after such a fact, unless the action's ``to`` says otherwise.
LEG_STATE_AFTER: Mapping[str, str] = {
    f"leg_{state}": state for state in ("called", "reported", "returned", "answered", "ruled")
}

NAME = r"^[a-z][a-z0-9_]{0,29}$"
FACT_REF = r"^(" + "|".join(ENGINE_FACTS) + r")(\.[a-z][a-z0-9_]{0,39})?$"

Name = Annotated[str, Meta(pattern=NAME)]
#: "1 workday", "5 workdays", "7 days", "48 hours", "30 minutes" (kernel.calendar gives them their meaning).
LimitText = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3} (minute|hour|day|workday|work hour)s?$")]
#: A limit that a law sets: "60 days", "6 months"; counted by ``lawful.last_day``.
LegalLimit = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,2} (day|month|workday)s?$")]
#: A fact of the closed set, or one action's fact: "acted.visit".
FactRef = Annotated[str, Meta(pattern=FACT_REF)]
#: Another app's fact that a stage may wait for: "ballot.closed".
ForeignFact = Annotated[str, Meta(pattern=r"^[a-z_]+\.[a-z_]+$")]
Selector = Annotated[
    str,
    Meta(
        pattern=r"^(reporter|caller|holder|lead|leg|participant|superior_of_holder|ruler|named|outsider|helper|system"
        r"|right\([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\))$"
    ),
]
Audience = Annotated[
    str,
    Meta(
        pattern=r"^(reporter|caller|holder|lead|leg|legs|participant|superior_of_holder|ruler|named|follower"
        r"|above_superior|helper)$"
    ),
]
#: text · longtext · code:a|b · date · datetime · place · person · post · org · file · int · money (fen) ·
#: bool · pause (a declared cause) · next_step (a declared row) · duty_item · kind · level · matter (the number of
#: another one) · alliance · checklist (each item of the list for the matter's kind: ok, fail, na) · item (of a
#: checklist) · score (0 to 100) · table:<name> · scores:<name> (a score sheet) · milestones (a plan: titles with days) ·
#: milestone (one of that plan); a final "?" makes it optional.
FieldType = Annotated[
    str,
    Meta(
        pattern=r"^(text|longtext|date|datetime|place|person|post|org|file|int|money|bool|pause|next_step"
        r"|duty_item|kind|level|matter|alliance|item|checklist|score|milestones|milestone"
        r"|(table|scores):[a-z][a-z0-9_]{0,29}|code:[a-z][a-z0-9_]*(\|[a-z][a-z0-9_]*)*)\??$"
    ),
]
#: What a column of a table takes.
ColumnType = Annotated[
    str, Meta(pattern=r"^(text|int|money|date|bool|code:[a-z][a-z0-9_]*(\|[a-z][a-z0-9_]*)*)\??$")
]
#: A field of the form, or a column of a field that holds rows: "by", "found.amount".
FieldRef = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,29}(\.[a-z][a-z0-9_]{0,29})?$")]
TODAY = "today"
#: A day counted from the day of the act: "today", "60 days", "10 workdays", "6 months".
DayLimit = Annotated[str, Meta(pattern=r"^(today|[1-9][0-9]{0,2} (day|month|workday)s?)$")]
Level = Annotated[int, Meta(ge=0, le=3)]
Source = Literal["district", "public", "assumed"]


def many(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Keys that take one name or a list of names."""
    return (value,) if isinstance(value, str) else value


def judge(value: str | tuple[str, ...], pattern: str, key: str) -> None:
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
    ``has_reporter``          true: somebody asked for this and will be told; false: nobody did (a street's own
                              whistle)
    ``gathered`` + ``by``     such facts were recorded with so many different values of the field ``by`` (left out:
                              by so many different people): ``least``, or the number in the field ``of`` of the opening;
                              of a field of codes the first so many are meant
    ``about_ended``           all matters that are about this one have ended
    ``scopes``                each of these scopes has a leg in this round
    ``restricted``            true: the matter is of level 2 or 3, which no superior sees; false: of level 0 or 1
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
    has_reporter: bool | None = None
    gathered: FactRef | None = None
    by: Name | None = None
    least: Annotated[int, Meta(ge=1, le=100)] | None = None
    of: Name | None = None
    about_ended: Literal[True] | None = None
    scopes: tuple[Name, ...] | None = None
    restricted: bool | None = None

    def __post_init__(self) -> None:
        judge(self.leg_state or (), NAME, "leg_state")
        if len(self.heads()) != 1:
            raise ValueError("a guard has exactly one of: " + ", ".join(GUARDS))
        if (self.within is None) != (self.since is None):
            raise ValueError("`within` and `since` belong together")
        if (self.field_is is None) != (self.value is None):
            raise ValueError("`field_is` and `value` belong together")
        if (self.gathered is None) != (self.least is None and self.of is None):
            raise ValueError("`gathered` has `least` or `of` beside it")

    def heads(self) -> tuple[str, ...]:
        return tuple(name for name in GUARDS if getattr(self, name) is not None)

    @property
    def head(self) -> str:
        return self.heads()[0]


class Bound(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What ``field`` may be: a date no earlier or no later than a day counted from the act, or a number (a sum with
    ``plus``; of a column, its sum) or date no more or no less than that of another field, or a number than a number (money: in
    fen). Exactly one of the four; a field that was left out is not judged."""

    field: FieldRef
    plus: tuple[FieldRef, ...] = ()
    earliest: DayLimit | None = None
    latest: DayLimit | None = None
    most: FieldRef | int | None = None
    least: FieldRef | int | None = None

    def __post_init__(self) -> None:
        if sum(key is not None for key in (self.earliest, self.latest, self.most, self.least)) != 1:
            raise ValueError("a bound has exactly one of: earliest, latest, most, least")

    @property
    def beside(self) -> str:
        """The other field; "" where a day or a number is the bound."""
        return next((ref for ref in (self.most, self.least) if isinstance(ref, str)), "")


GUARDS = (
    "legs_ruled",
    "leg_state",
    "overdue",
    "within",
    "evidence",
    "field_is",
    "other_person_than",
    "consent_of",
    "has_reporter",
    "gathered",
    "about_ended",
    "scopes",
    "restricted",
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
                        (``place``), to the post that acts (``self``), to the fields ``org``/``post`` of this act
                        (``chosen``), to the lead
                        addressee
                        of the round before (``again``); optional ``scope``
    ``tell``            an audience hears of it (beside ``tells`` of the action)
    ``open``            a matter of another procedure begins, about this one; the district looks after it, so
                        that no unit rules on itself (``seat = "own"``: who looks after this one does); ``each``: one
                        for every item that failed in this checklist
    ``back``            the matter that this one is about takes this action, as the system's act
    ``change``          this matter goes on under another procedure, in its opening stage; its number stays;
                        ``legs``: the state to which the open legs go
    ``await``           the stage waits until a fact of another app names this matter
    ==================  ======================================================================================
    """

    goto: Name | None = None
    clock_start: Name | None = None
    clock_pause: Name | None = None
    clock_stop: Name | None = None
    call: Literal["lead", "co"] | None = None
    to: Literal["place", "chosen", "again", "self"] = "place"
    scope: Name | None = None
    but: tuple[Name, ...] = ()
    """Of ``to = "chosen"``: kinds of organization that are not called by name, so that whoever declines is not stored."""
    tell: Audience | None = None
    open: Name | None = None
    back: Name | None = None
    change: Name | None = None
    legs: Name | None = None
    seat: Literal["district", "own"] = "district"
    each: Name | None = None
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
    "back": "back",
    "change": "change",
    "await": "await_",
}
