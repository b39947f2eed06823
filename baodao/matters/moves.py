"""From a permitted action to the facts that it records: the act itself, the legs that it calls, the end it
brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.errors import Conflict, Invalid

from . import clocks
from .clocks import Calendar
from .declare import LEG_STATE_AFTER, Action, Effect, Procedure
from .facts import (
    Acted,
    Answered,
    Closed,
    Data,
    Emit,
    Excluded,
    Extended,
    HandedOver,
    LegAnswered,
    LegCalled,
    LegReported,
    LegReturned,
    LegRuled,
    Merged,
    Paused,
    Rated,
    Reopened,
    Resumed,
    Split,
)
from .fold import apply
from .forms import Filled
from .guards import Actor
from .settlement import SILENT, settlements
from .state import Leg, State

#: Ways to end without an answer that have a word of their own.
OUTCOMES = {"withdraw": "withdrawn", "close": "closed"}
RATING_LEVEL = 3


class Called(Struct, frozen=True):
    """One addressee: an organization and, if one is meant, its post."""

    org: str
    post: str = ""
    role: Literal["lead", "co"] = "lead"
    scope: str = ""


class Move(Struct):
    """One move under way: what is asked, the state that it moves (a clone), the facts so far."""

    procedure: Procedure
    state: State
    action: Action
    actor: Actor
    filled: Filled
    at: datetime
    precision: Literal["second", "day"]
    calendar: Calendar
    leg: Leg | None
    emits: list[Emit]
    about: str = ""

    def put(self, emit: Emit) -> None:
        """Record one fact and let the state follow."""
        self.emits.append(emit)
        apply(self.procedure, self.state, emit, self.calendar)

    def emit(self, data: Data, *, about: str, org: str, **columns: Any) -> Emit:
        """A fact of this move with its common columns."""
        return Emit(
            data=data,
            about=about,
            org=org,
            **{
                "happened": self.at,
                "precision": self.precision,
                "level": self.state.level,
                "place": self.state.place,
                "person": self.actor.token,
                "post": self.actor.post,
                "system": self.actor.kind == "system",
                **columns,
            },
        )


def stage_after(procedure: Procedure, state: State, action: Action) -> str:
    """The stage in which the matter stands once this action is done."""
    goto = next((effect.goto for effect in action.then if effect.goto), None)
    if goto is not None:
        return goto
    if action.to is not None and action.on == "matter":
        return action.to
    if action.fact == "closed":
        return procedure.last[0]
    return procedure.first if action.fact == "reopened" else state.stage


def enact(move: Move) -> None:
    """Record the act, what its effects call, the end of the matter if it is one, and all that is settled by
    it."""
    action, state = move.action, move.state
    stage = stage_after(move.procedure, state, action)
    before = state.level
    data = MAKERS[action.fact](move, _common(move, stage))
    columns: dict[str, Any] = {"texts": move.filled.texts, "opens": _opens(action)}
    if isinstance(data, Rated):
        columns |= {"level": RATING_LEVEL, "person": "", "value": _stars(move)}
    if action.sets_level:
        columns["level"] = max(before, int(move.filled.codes.get("level", before)))
    about = move.leg.about if move.leg is not None else move.about
    org = move.leg.org if move.leg is not None else state.org
    if isinstance(data, LegCalled):
        about, org = f"leg:{len(state.legs) + 1}", str(move.filled.codes.get("org") or state.org)
    move.put(move.emit(data, about=about, org=org, **columns))
    for effect in action.then:
        if effect.call is not None:
            call(move, addressee(move, effect))
    finish(move, _outcome(move))


def finish(move: Move, outcome: str) -> None:
    """Close the matter if it stands in a stage that ends it, and settle whatever has ended."""
    state = move.state
    if state.stage in move.procedure.last and state.ended is None:
        closed = Closed(action=move.action.name, round=state.round, stage=state.stage, outcome=outcome)
        move.put(move.emit(closed, about="", org=state.org, system=True))
    for emit in settlements(state):
        move.put(emit)


def call(move: Move, called: Called) -> None:
    """A leg begins."""
    state = move.state
    data = LegCalled(
        action=move.action.name,
        round=state.round,
        stage=state.stage,
        state=LEG_STATE_AFTER["leg_called"],
        role=called.role,
        to_post=called.post,
        scope=called.scope,
        caller=move.actor.org,
    )
    move.put(move.emit(data, about=f"leg:{len(state.legs) + 1}", org=called.org))


def addressee(move: Move, effect: Effect) -> Called:
    """Whom a ``call`` effect means: who looks after the place, who was chosen, or the lead of the round
    before."""
    state, role, scope = move.state, effect.call or "lead", effect.scope or ""
    if effect.to == "chosen":
        codes = move.filled.codes
        return Called(str(codes.get("org") or state.org), str(codes.get("post") or ""), role, scope)
    if effect.to == "again":
        leads = [leg for leg in state.legs.values() if leg.role == "lead"]
        if leads:
            return Called(leads[-1].org, leads[-1].post, role, scope)
    return Called(state.org, "", role, scope)


def _common(move: Move, stage: str) -> dict[str, Any]:
    state = move.state
    after = LEG_STATE_AFTER.get(move.action.fact, "")
    if move.action.on == "leg":
        after = move.action.to or after
    return {
        "action": move.action.name,
        "round": state.round,
        "stage": stage,
        "state": after,
        "fields": {name: value for name, value in move.filled.codes.items() if name != "stars"},
        "files": tuple(move.filled.files),
    }


def _opens(action: Action) -> tuple[str, ...]:
    return tuple(effect.open for effect in action.then if effect.open)


def _outcome(move: Move) -> str:
    state = move.state
    if state.answer:
        return state.answer
    if move.actor.kind == "system" and state.asked is not None:
        return SILENT
    return str(move.filled.codes.get("outcome") or OUTCOMES.get(move.action.name, move.action.name))


def _stars(move: Move) -> int:
    stars = move.filled.codes.get("stars")
    if not isinstance(stars, int) or not 1 <= stars <= 5:
        raise Invalid.of("stars", _("评星是 1 到 5 颗"), _("请选 1 到 5"))
    if move.state.round in move.state.rated:
        raise Conflict.of("", _("这一轮已经评过了"), _("评星只能一次，不能更改"))
    return stars


# --- one maker per engine fact
# --------------------------------------------------------------------------------------


def _code(move: Move, name: str) -> str:
    return str(move.filled.codes.get(name, ""))


def _leg_called(move: Move, common: dict[str, Any]) -> Data:
    role: Literal["lead", "co"] = "lead" if move.filled.codes.get("role") == "lead" else "co"
    return LegCalled(
        **common, role=role, to_post=_code(move, "post"), scope=_code(move, "scope"), caller=move.actor.org
    )


def _paused(move: Move, common: dict[str, Any]) -> Data:
    declared = {pause.name for pause in move.procedure.pauses}
    cause = next((v for v in move.filled.codes.values() if isinstance(v, str) and v in declared), "")
    if not cause:
        raise Invalid.of("cause", _("暂停要有规定的原因"), _("请从列表里选原因"))
    if _paused_now(move):
        raise Conflict.of("", _("这件事已经在暂停"), _("要先恢复办理"))
    return Paused(**common, cause=cause)


def _paused_now(move: Move) -> str:
    legs = [move.leg] if move.leg is not None else move.state.open_legs()
    return next((leg.cause for leg in legs if leg.cause), "")


def _resumed(move: Move, common: dict[str, Any]) -> Data:
    cause = _paused_now(move)
    if not cause:
        raise Conflict.of("", _("这件事没有在暂停"), _("不用恢复，直接办理"))
    return Resumed(**common, cause=cause)


def _extended(move: Move, common: dict[str, Any]) -> Data:
    """A second person, a clock that runs, and no longer than the limit once more."""
    if move.leg is not None and move.actor.token and move.actor.token == move.leg.holder_person:
        raise Conflict.of("", _("延期要由另一个人批"), _("请上级或另一位负责人来批"))
    about = move.leg.about if move.leg is not None else move.about
    running = {run.clock: run for run in move.state.runs.values() if run.about == about and run.running}
    name = (
        move.action.extends
        or _code(move, "clock")
        or next(iter(sorted(running, key=lambda clock: running[clock].due)), "")
    )
    if name not in running:
        raise Conflict.of("", _("没有可以延长的时限"), _("时限在暂停或已经停止"))
    most = clocks.limit_of(running[name].limit).count
    extra = move.filled.codes.get("extra")
    if not isinstance(extra, int) or not 1 <= extra <= most:
        raise Invalid.of("extra", _("延长的时间不对"), _("请填 1 到 %(most)d") % {"most": most})
    return Extended(**common, clock=name, extra=extra)


def _handed_over(move: Move, common: dict[str, Any]) -> Data:
    if move.leg is None:
        raise Invalid.of("leg", _("要指明是哪一个单位承办的部分"), _("请选一个"))
    org, post = _code(move, "org") or move.leg.org, _code(move, "post")
    if (org, post) == (move.leg.org, move.leg.holder or move.leg.post):
        raise Invalid.of("org", _("已经在这里承办"), _("请选另一个单位或岗位"))
    return HandedOver(**common, to_org=org, to_post=post)


def _answered(move: Move, common: dict[str, Any]) -> Data:
    answer = _code(move, "answer")
    if not answer:
        raise Invalid.of("answer", _("请说说办得怎样"), _("选：办好了、办了一部分、没办好"))
    return Answered(**common, answer=answer)


def _reopened(move: Move, common: dict[str, Any]) -> Data:
    return Reopened(**{**common, "round": move.state.round + 1})


def _closed(move: Move, common: dict[str, Any]) -> Data:
    return Closed(**common, outcome=_outcome(move))


MAKERS: Mapping[str, Callable[[Move, dict[str, Any]], Data]] = {
    "acted": lambda move, common: Acted(**common),
    "leg_called": _leg_called,
    "leg_reported": lambda move, common: LegReported(**common),
    "leg_returned": lambda move, common: LegReturned(**common),
    "leg_answered": lambda move, common: LegAnswered(**common, claim=_code(move, "claim")),
    "leg_ruled": lambda move, common: LegRuled(**common, verdict=_code(move, "verdict")),
    "paused": _paused,
    "resumed": _resumed,
    "extended": _extended,
    "handed_over": _handed_over,
    "answered": _answered,
    "rated": lambda move, common: Rated(**common),
    "excluded": lambda move, common: Excluded(**common),
    "reopened": _reopened,
    "closed": _closed,
    "merged": lambda move, common: Merged(**common, into=_code(move, "into")),
    "split": lambda move, common: Split(**common, out_of=_code(move, "out_of")),
}
