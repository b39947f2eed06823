"""The engine: a state and a wish become facts, or a refusal that says why. Pure: no clock, no database, no
person.

Order of every act: first all lapses that were due before it (``advance``), then the act itself (``decide``).
Whoever applies them late, the timer or the next act, the facts are the same but for ``noted``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from msgspec import Struct, field

from baodao.kernel.errors import Conflict, Fault, Invalid, Missing, Refused
from baodao.ledger.canonical import stamp

from . import guards
from .clocks import Calendar
from .declare import LEG_STATE_AFTER, Action, Procedure
from .facts import Emit, Opened
from .fold import begin
from .forms import Filled, fill, put_away
from .guards import Actor, Ask
from .move import BY_ITSELF, Called, Move, Ports
from .moves import addressee, call, enact, stage_after
from .rows import planned
from .state import Leg, State

OPEN = "open"
DEFAULT_OPENING = Action(name=OPEN)


class Decision(Struct, frozen=True):
    """The facts, in the order in which they are to be recorded, and the state after them."""

    emits: tuple[Emit, ...]
    state: State


class Offer(Struct, frozen=True):
    """An action that an actor may take now; ``hindrances`` say why not yet (shown greyed, with the
    reason)."""

    action: Action
    leg: int | None
    hindrances: tuple[str, ...] = ()


class Opening(Struct, frozen=True, kw_only=True):
    """All that is needed to open a matter. ``org`` looks after it; ``reporter``: token of the one whose
    matter it is, who need not be the one acting (``behalf``); ``calls``: legs chosen by the opener beside
    those declared."""

    number: str
    digest: str
    name: str
    org: str
    actor: Actor
    happened: datetime
    reporter: str = ""
    place: str = ""
    kind: str = ""
    behalf: bool = False
    level: int = 0
    origin: str = ""
    precision: Literal["second", "day"] = "second"
    fields: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """Slots beside those of the form: an address as typed."""
    calls: tuple[Called, ...] = ()


def opening_level(procedure: Procedure, kind: str, least: int = 0) -> int:
    """The level at which a matter begins: the procedure's, lifted by its kind or by what was found in it."""
    declared = next((row for row in procedure.kinds if row.name == kind), None)
    lifted = declared.level if declared is not None and declared.level is not None else 0
    return max(procedure.level, lifted, least)


def open_matter(
    procedure: Procedure, opening: Opening, calendar: Calendar, ports: Ports = BY_ITSELF
) -> Decision:
    """Facts of a new matter: ``opened`` and the legs called with it. Raises Invalid with all faults of the
    form."""
    action = procedure.action(OPEN) or DEFAULT_OPENING
    given = {"place": opening.place, "kind": opening.kind}
    filled = judge(procedure, opening.fields, given, opening.happened, calendar)
    filled.texts.update(opening.texts)
    filled = put_away(procedure, action, filled)
    opened = _opened(procedure, opening, filled, calendar)
    state = begin(procedure, opened, calendar, opening.number)
    move = Move(
        procedure,
        state,
        action,
        opening.actor,
        filled,
        opening.happened,
        opening.precision,
        calendar,
        None,
        [opened],
        ports=ports,
    )
    for effect in action.then:
        if effect.call is not None:
            call(move, addressee(move, effect))
    if opening.calls and procedure.action("call") is None:
        raise Invalid.of("calls", _("这种事由一个单位主办，不能一次派几家"), _("要几家一起办，请吹哨"))
    for called in opening.calls:
        call(move, called)
    if procedure.portal and opening.reporter and not state.legs and procedure.action("call") is not None:
        # Whoever begins it on the portal names no units: the office that looks after it is the first, and calls the others.
        call(move, Called(opening.org))
    return Decision(tuple(move.emits), state)


def judge(
    procedure: Procedure,
    fields: Mapping[str, Any],
    given: Mapping[str, str],
    at: datetime,
    calendar: Calendar,
) -> Filled:
    """What was typed to open a matter, judged by the declaration; ``given``: its kind and place. Raises Invalid with every fault
    at once."""
    action, kind = procedure.action(OPEN) or DEFAULT_OPENING, given.get("kind", "")
    faults: list[Fault] = []
    if procedure.kinds and kind not in {row.name for row in procedure.kinds}:
        faults.append(Fault("kind", _("请先选是什么事"), _("从列表里选一类")))
    typed = dict(fields)
    typed.update({name: given.get(name, "") for name in ("kind", "place") if name in action.fields})
    try:
        filled = fill(procedure, action, typed, calendar.local_date(at), calendar, kind=kind)
    except Invalid as caught:
        known = {fault.field for fault in faults}
        raise Invalid(*faults, *(one for one in caught.faults if one.field not in known)) from None
    if faults:
        raise Invalid(*faults)
    return filled


def _opened(procedure: Procedure, opening: Opening, filled: Filled, calendar: Calendar) -> Emit:
    """The first fact."""
    actor = opening.actor
    data = Opened(
        action=OPEN,
        round=1,
        stage=procedure.first,
        fields=filled.codes,
        files=tuple(filled.files),
        procedure=opening.name,
        digest=opening.digest,
        edition=calendar.edition,
        matter_kind=opening.kind,
        caller=actor.org if not opening.behalf else "",
        behalf=opening.behalf,
        origin=opening.origin,
    )
    return Emit(
        data=data,
        happened=opening.happened,
        precision=opening.precision,
        level=opening_level(procedure, opening.kind, opening.level),
        org=opening.org,
        place=opening.place,
        person=opening.reporter or actor.token,
        post=actor.post,
        texts=filled.texts,
        system=actor.kind == "system",
        sealed=procedure.sealed,
    )


def decide(
    procedure: Procedure,
    state: State,
    name: str,
    actor: Actor,
    *,
    fields: Mapping[str, Any],
    happened: datetime,
    calendar: Calendar,
    leg: int | None = None,
    seen: int | None = None,
    precision: Literal["second", "day"] = "second",
    ports: Ports = BY_ITSELF,
    carried: bool = False,
) -> Decision:
    """What one action records. ``state`` must have been advanced to ``happened``; it is not changed. ``carried``:
    the act was taken on the matter into which this one was merged, and counts here as well.

    Raises Missing (no such action or leg), Refused (the actor is nobody that ``who`` names), Conflict (not
    from here: with what happened after position ``seen``), Invalid (all faults of the form).
    """
    action = procedure.action(name)
    if action is None or name == OPEN:
        raise Missing.of("action", _("没有“%(name)s”这个动作") % {"name": name}, _("请刷新页面"))
    target = _target(state, action, leg)
    ask = Ask(procedure, state, action, actor, happened, calendar, target)
    if not carried and not guards.permitted(ask):
        raise Refused.of("", _("这一步不由您来办"), _("请由经办的岗位办理"))
    hindrance = impossible(procedure, state, action, target, carried)
    if happened < state.last:
        hindrance = _("在您说的时间之后，这件事已经有了新的进展")
    if hindrance:
        raise conflict(state, hindrance, seen)
    plan = planned(procedure, state.trail)
    filled = fill(
        procedure, action, fields, calendar.local_date(happened), calendar, kind=state.kind, plan=plan
    )
    return _enact(ask, filled, precision, seen, ports)


def _enact(
    ask: Ask, filled: Filled, precision: Literal["second", "day"], seen: int | None, ports: Ports
) -> Decision:
    asked = Ask(ask.procedure, ask.state, ask.action, ask.actor, ask.at, ask.calendar, ask.leg, filled)
    reasons = guards.hindrances(asked)
    if _opens_up(ask, filled) and not _is_ruling(ask.action):
        reasons = [*reasons, _("知情范围只能由裁定放宽")]
    if reasons and len(faults := guards.typed_wrong(asked)) == len(reasons):
        raise Invalid(*faults)
    if reasons:
        raise conflict(ask.state, "；".join(reasons), seen)
    state = ask.state.clone()
    leg = state.legs[ask.leg.n] if ask.leg is not None else None
    move = Move(
        ask.procedure,
        state,
        ask.action,
        ask.actor,
        put_away(ask.procedure, ask.action, filled),
        ask.at,
        precision,
        ask.calendar,
        leg,
        [],
        ports=ports,
    )
    enact(move)
    return Decision(tuple(move.emits), state)


def _opens_up(ask: Ask, filled: Filled) -> bool:
    """Whether more people than now could know of the matter afterwards."""
    level = filled.codes.get("level")
    return ask.action.sets_level and isinstance(level, int) and level < ask.state.level


def _is_ruling(action: Action) -> bool:
    """By a right alone, never by whoever has the matter, and by another person than one who was at it."""
    by_right = all(who.startswith("right(") for who in action.who)
    return by_right and any(guard.other_person_than for guard in action.when)


def _target(state: State, action: Action, leg: int | None) -> Leg | None:
    """The leg that an action speaks of: the one named, else the lead leg of the round."""
    if action.on == "matter":
        return None
    found = state.lead if leg is None else state.legs.get(leg)
    if found is None:
        raise Missing.of("leg", _("没有这个承办单位"), _("请刷新页面"))
    return found


def impossible(
    procedure: Procedure, state: State, action: Action, leg: Leg | None, carried: bool = False
) -> str:
    """Why an action cannot be taken from this state, in words; "" when it can. A merged matter goes on within the
    other one: only the one whose matter it is acts on it here, and whoever takes it out again."""
    if state.merged_into and not (carried or action.fact == "split" or _hers_or_clocks(action)):
        return _("这件事已并入 %(number)s，在那里一起办") % {"number": state.merged_into}
    if action.fact == "split" and not state.merged_into:
        return _("这件事没有并到别的事里")
    froms = action.froms()
    if leg is not None:
        if (
            state.ended is not None
            or leg.round != state.round
            or (leg.ended is not None and leg.state not in froms)
        ):
            return _("这一部分已经办结")
        if froms and leg.state not in froms:
            return _("现在是“%(state)s”，不能这样办") % {"state": procedure.word(f"state.{leg.state}")}
    elif (froms and state.stage not in froms) or (not froms and state.stage in procedure.last):
        return _("现在是“%(stage)s”，不能这样办") % {"stage": procedure.word(f"stage.{state.stage}")}
    after = stage_after(procedure, state, action)
    # What it waits for comes as the system's act: a reader of the other app's fact takes it.
    if after != state.stage and state.awaiting and "system" not in action.who:
        return _("还在等别处的结果")
    if after in procedure.last and after != state.stage and action.fact != "closed":
        still = [other for other in state.open_legs() if other is not leg]
        if still or (leg is not None and not _ends_leg(procedure, action)):
            return _("还有单位没有办结")
    return ""


def _hers_or_clocks(action: Action) -> bool:
    return "reporter" in action.who or "system" in action.who


def _ends_leg(procedure: Procedure, action: Action) -> bool:
    return (action.to or LEG_STATE_AFTER.get(action.fact, "")) in procedure.legs_end


def conflict(state: State, reason: str, seen: int | None) -> Conflict:
    """A conflict that tells what happened after the position that the actor had seen."""
    meanwhile = [
        {
            "fact": line.fact,
            "action": line.action,
            "happened": stamp(line.happened),
            "org": line.org,
            "post": line.post,
            "about": line.about,
        }
        for line in state.trail
        if seen is not None and line.id > seen
    ]
    fault = Fault("", reason, _("请看最新情况，再决定怎么办"))
    return Conflict(fault, meanwhile=meanwhile, position=state.position)


# --- what pages ask
# -------------------------------------------------------------------------------------


def available(
    procedure: Procedure, state: State, actor: Actor, at: datetime, calendar: Calendar
) -> list[Offer]:
    """The actions that this actor may take now, in declared order, a leg's own for each leg of the round."""
    offers = []
    for action in procedure.actions:
        if action.name == OPEN:
            continue
        legs: Sequence[Leg | None] = state.legs_of_round() if action.on == "leg" else [None]
        for leg in legs:
            ask = Ask(procedure, state, action, actor, at, calendar, leg)
            if guards.permitted(ask) and not impossible(procedure, state, action, leg):
                reasons = tuple(guards.hindrances(ask))
                offers.append(Offer(action, leg.n if leg is not None else None, reasons))
    return offers


def fits(offer: Offer, leg: Leg | None) -> bool:
    """A clock that runs is not resumed, one that stands is not paused again: what a page need not offer."""
    if leg is None:
        return True
    fact = offer.action.fact
    return not (fact == "resumed" and not leg.cause) and not (fact == "paused" and bool(leg.cause))
