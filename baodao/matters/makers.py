"""One maker per engine fact: from the filled form of an action to the typed data of its fact, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict, Invalid

from . import clocks
from .facts import (
    Acted,
    Answered,
    Closed,
    Data,
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
from .loads import loads_of
from .move import Move, above, first_state
from .settlement import SILENT

#: Ways to end without an answer that have a word of their own.
OUTCOMES = {"withdraw": "withdrawn", "close": "closed"}


def outcome_of(move: Move) -> str:
    """How the matter ends by this move, as a code."""
    state = move.state
    if state.answer:
        return state.answer
    if move.actor.kind == "system" and state.asked is not None and "outcome" not in move.action.sets:
        return SILENT
    return str(move.filled.codes.get("outcome") or OUTCOMES.get(move.action.name, move.action.name))


def stars_of(move: Move) -> int:
    """One to five, once a round. Raises Invalid, Conflict."""
    stars = move.filled.codes.get("stars")
    if not isinstance(stars, int) or not 1 <= stars <= 5:
        raise Invalid.of("stars", _("评星是 1 到 5 颗"), _("请选 1 到 5"))
    if move.state.round in move.state.rated:
        raise Conflict.of("", _("这一轮已经评过了"), _("评星只能一次，不能更改"))
    return stars


def _code(move: Move, name: str) -> str:
    return str(move.filled.codes.get(name, ""))


def _leg_called(move: Move, common: dict[str, Any]) -> Data:
    role: Literal["lead", "co"] = "lead" if move.filled.codes.get("role") == "lead" else "co"
    org = _code(move, "org") or move.state.org
    wait = move.filled.codes.get("after")
    after = (wait,) if isinstance(wait, int) and wait else ()
    return LegCalled(
        **{**common, "state": first_state(move.state, after)},
        role=role,
        to_post=_code(move, "post"),
        scope=_code(move, "scope"),
        caller=move.actor.org,
        duty=_code(move, "duty_item"),
        after=after,
        limits=move.limits(org),
        asks=loads_of(move.procedure, move.state),
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
    if move.action.climbs:
        org = above(org, move.calendar.local_date(move.at))
    elif (org, post) == (move.leg.org, move.leg.holder or move.leg.post):
        raise Invalid.of("org", _("已经在这里承办"), _("请选另一个单位或岗位"))
    limits = move.limits(org) if org != move.leg.org else {}
    return HandedOver(**common, to_org=org, to_post=post, limits=limits)


def _answered(move: Move, common: dict[str, Any]) -> Data:
    answer = _code(move, "answer")
    if not answer:
        raise Invalid.of("answer", _("请说说办得怎样"), _("选：办好了、办了一部分、没办好"))
    return Answered(**common, answer=answer)


def _reopened(move: Move, common: dict[str, Any]) -> Data:
    return Reopened(**{**common, "round": move.state.round + 1})


def _closed(move: Move, common: dict[str, Any]) -> Data:
    return Closed(**common, outcome=outcome_of(move))


def _merged(move: Move, common: dict[str, Any]) -> Data:
    return Merged(**common, into=f"matter:{_code(move, 'into')}")


def _split(move: Move, common: dict[str, Any]) -> Data:
    if not move.state.merged_into:
        raise Conflict.of("", _("这件事没有并到别的事里"), _("请刷新页面"))
    return Split(**common, out_of=f"matter:{move.state.merged_into}")


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
    "merged": _merged,
    "split": _split,
}
