"""What a webhook says: codes, dates and dues, never a text, never a person. Composed when it leaves: a matter that was restricted since
is restricted in what is sent late, too."""

from typing import Any

import msgspec
from django.conf import settings

from baodao.ledger.canonical import stamp
from baodao.ledger.selectors import Recorded
from baodao.matters.clocks import PAUSE_CLOCK
from baodao.matters.declare import Procedure
from baodao.matters.facts import NAMES, Step
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.services.writing import load
from baodao.matters.state import Leg, State

SCHEMA = 1
#: Of the fields of an action, those whose values are words of a closed list, dates or numbers. No persons, no places, no texts.
TOLD = {"code", "date", "datetime", "int", "bool", "pause", "next_step", "org", "duty_item", "level"}
#: What an engine fact carries beside the fields of its action.
OWN = (
    "role",
    "scope",
    "caller",
    "claim",
    "verdict",
    "cause",
    "clock",
    "extra",
    "to_org",
    "into",
    "out_of",
    "outcome",
)


class ClockView(msgspec.Struct, frozen=True):
    """One clock of a leg: its due, since when it stands (null: it runs), when it was met (null: not yet)."""

    clock: str
    due: str
    paused: str | None = None
    met: str | None = None


class LegState(msgspec.Struct, frozen=True):
    """A leg as it stands when this is written. Moments in UTC."""

    n: int
    round: int
    role: str
    state: str
    called: str
    reported: str | None
    ended: str | None
    cause: str
    claim: str
    verdict: str
    clocks: list[ClockView]


class Webhook(msgspec.Struct, frozen=True):
    """A fact about legs of `org`. `legs` are all legs of this organization in the round; `leg` the one that the fact is about (null:
    the whole matter). `see`: where the texts are, with a token."""

    schema: int
    delivery: str
    position: int
    event: str
    org: str
    number: str
    leg: int | None
    action: str
    happened: str
    level: int
    procedure: str
    kind: str
    stage: str
    codes: dict[str, Any]
    legs: list[LegState]
    see: str


class Restricted(msgspec.Struct, frozen=True):
    """There is something of level 2 or above: look at the desk. Nothing else is said of it."""

    schema: int
    delivery: str
    position: int
    event: str
    org: str
    see: str


def delivery_id(partner: str, fact: int) -> str:
    """The same at each try: by it the receiver knows what it has already."""
    return f"{partner}-{fact}"


def compose(partner: str, org: str, fact: Recorded) -> Webhook | Restricted:
    """What is told of this fact now. Two statements."""
    number = fact.subject.partition(":")[2]
    loaded = load(number)
    state, delivery = loaded.state, delivery_id(partner, fact.id)
    if max(state.level, fact.level) > SHARED_LEVEL:
        return Restricted(SCHEMA, delivery, fact.id, "restricted", org, f"{settings.BASE_URL}/desk/")
    data: Step = fact.data
    leg = int(fact.about[4:]) if fact.about.startswith("leg:") else None
    shown = [
        one for one in state.legs.values() if one.n == leg or (one.org == org and one.round == state.round)
    ]
    return Webhook(
        SCHEMA,
        delivery,
        fact.id,
        NAMES[type(data)],
        org,
        number,
        leg,
        data.action,
        stamp(fact.happened),
        state.level,
        state.procedure,
        state.kind,
        state.stage,
        codes(loaded.procedure, data),
        [leg_state(state, one) for one in shown if one.org == org or one.n == leg],
        f"{settings.BASE_URL}/api/v1/legs/{number}/{leg}/" if leg is not None else "",
    )


def codes(procedure: Procedure, data: Step) -> dict[str, Any]:
    """The coded fields of a fact that may be told."""
    action = procedure.action(data.action)
    declared = action.fields if action is not None else {}
    kinds = {name: kind.rstrip("?").partition(":")[0] for name, kind in declared.items()}
    literal = action.sets if action is not None else {}
    told = {name: value for name, value in data.fields.items() if kinds.get(name) in TOLD or name in literal}
    own = {name: getattr(data, name) for name in OWN if getattr(data, name, "") not in ("", None)}
    return {**told, **own}


def leg_state(state: State, leg: Leg) -> LegState:
    """One leg with its clocks."""
    runs = sorted(
        (run for run in state.runs.values() if run.about == leg.about and run.clock != PAUSE_CLOCK),
        key=lambda r: r.due,
    )
    clocks = [
        ClockView(
            run.clock,
            stamp(run.due),
            stamp(run.paused) if run.paused else None,
            stamp(run.stopped) if run.stopped else None,
        )
        for run in runs
    ]
    return LegState(
        leg.n,
        leg.round,
        leg.role,
        leg.state,
        stamp(leg.called),
        stamp(leg.reported) if leg.reported else None,
        stamp(leg.ended) if leg.ended else None,
        leg.cause,
        leg.claim,
        leg.verdict,
        clocks,
    )
