"""Now and next in words: who has a matter, what each unit's share stands at, which dates are to come.

Pure but for the names of organizations. A matter that one unit has and one that several work on are told by the same
functions; what the resident reads never says more than the facts do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.jinja import day, moment
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import Tone
from baodao.orgs.selectors import name_of

from .clocks import PAUSE_CLOCK
from .declare import LEG_STATE_AFTER, Procedure
from .state import LEG_WAITS, Leg, Run, State

REPORTED, ANSWERED = LEG_STATE_AFTER["leg_reported"], LEG_STATE_AFTER["leg_answered"]
#: Where a sentence may be cut.
_JOINTS = re.compile(r"([，。；：！,.;:!]| and )")


class Promise(Struct, frozen=True):
    """A date to come: what it is, when, how long that is, how near, and whether the calendar may still change."""

    words: str
    at: datetime
    left: str
    tone: Tone
    provisional: bool = False


class Part(Struct, frozen=True):
    """One unit's share of a matter that several work on: who, how far, by when. ``leg`` is its number."""

    leg: int
    office: str
    lead: bool
    words: str
    tone: Tone
    by: Promise | None = None
    limit: str = ""
    """What that date is, without the unit's name."""


# ── dates ───────────────────────────────────────────────────────────────────────────────────────────────


def read_moment(stamp: str) -> datetime:
    """The moment of a fact's stamp ("2026-11-24T01:30:00Z")."""
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def by_when(at: datetime) -> str:
    """A due in a sentence: the day alone when it is the day's end."""
    words = moment(at)
    return day(at) if words.endswith("23:59") else words


def titled(rows: Iterable[Any], name: str) -> str:
    """The title of the declared row of that name; the name itself when there is none."""
    return next((str(row.title) for row in rows if row.name == name), name)


def due_run(state: State, leg: Leg | None = None) -> Run | None:
    """The clock whose end is waited for: the latest one of this leg (else of the lead), else that of the round, else
    that of the stage."""
    asked = leg or state.lead
    open_runs = [r for r in state.runs.values() if r.stopped is None and r.clock != PAUSE_CLOCK]
    own = [run for run in open_runs if asked is not None and run.about == asked.about]
    wider = [run for run in open_runs if not run.about.startswith("leg:")]
    rounds = [run for run in wider if run.about.startswith("round:")]
    return max(own or rounds or wider, key=lambda r: r.due, default=None)


def fill_due(reads: str, run: Run | None, at: datetime) -> str:
    """A sentence with its ``{due}`` filled. Told after that day, it says that the day has passed instead of promising
    it once more."""
    if run is not None and run.due < at and "{due}" in reads:
        words = _("定好的日子 %(day)s 已经过了") % {"day": by_when(run.due)}
        pieces = [
            f"{piece[: len(piece) - len(piece.lstrip())]}{words}" if "{due}" in piece else piece
            for piece in _JOINTS.split(reads)
        ]
        return "".join(pieces)
    return reads.replace("{due}", by_when(run.due) if run is not None else "")


def tone_of(due: datetime, now: datetime) -> Tone:
    """Red past the due, amber on its last workday."""
    left = current_calendar().left(due, now)
    return "late" if left.late else "soon" if left.workdays <= 1 else ""


def _promise(words: str, at: datetime, now: datetime, provisional: bool = False) -> Promise:
    return Promise(words, at, current_calendar().left_words(at, now), tone_of(at, now), provisional)


def next_dates(procedure: Procedure, state: State, now: datetime) -> list[Promise]:
    """What is still to come, the earliest first: what was promised, and the clocks that run, one for each unit."""
    if state.ended is not None:
        return []
    found = []
    if state.promise:
        calendar, said = current_calendar(), state.promise
        at = read_moment(said) if "T" in said else calendar.day_end(date.fromisoformat(said))
        if at > now:
            found.append(_promise(_("说好的日子"), at, now))
    if not is_joint(procedure):
        found += _of_run(procedure, due_run(state), now)
        return sorted(found, key=lambda one: one.at)
    found += [part.by for part in parts(procedure, state, now) if part.by is not None]
    return sorted([*found, *whole_dates(procedure, state, now)], key=lambda one: one.at)


def whole_dates(procedure: Procedure, state: State, now: datetime) -> list[Promise]:
    """The clocks that run over the whole matter, not over one unit's share."""
    whole = [r for r in state.runs.values() if r.running and not r.about.startswith("leg:")]
    return [one for run in whole if state.ended is None for one in _of_run(procedure, run, now)]


def _of_run(procedure: Procedure, run: Run | None, now: datetime) -> list[Promise]:
    if run is None or run.paused is not None:
        return []
    clock = procedure.clock(run.clock)
    called = clock is None or "leg_called" in clock.starts()
    title = clock.title if clock is not None else run.clock
    words = _("给您答复") if run.about.startswith("leg:") and called else title
    return [_promise(words, run.due, now, run.provisional)]


# ── several units ───────────────────────────────────────────────────────────────────────────────────────


def is_joint(procedure: Procedure) -> bool:
    """Whether several units work on a matter of this procedure, each with its own share."""
    return procedure.action("call") is not None


def shares(state: State) -> list[Leg]:
    """The legs of this round that a resident is told of. Whoever called the others and then stepped back, so that they
    can do it, has no share of its own."""
    legs = state.legs_of_round()
    return [leg for leg in legs if not (leg.ended and not leg.verdict and leg.org == state.caller)] or legs


def parts(procedure: Procedure, state: State, now: datetime) -> list[Part]:
    """Every unit's share of a matter that several work on, in the order in which they were called; [] for a matter
    of one unit."""
    if not is_joint(procedure):
        return []
    return [_part(procedure, state, leg, now) for leg in shares(state)]


def _part(procedure: Procedure, state: State, leg: Leg, now: datetime) -> Part:
    words, tone = _share(procedure, state, leg)
    run = due_run(state, leg)
    by, title = None, ""
    if leg.ended is None and run is not None and run.about == leg.about and run.paused is None:
        clock = procedure.clock(run.clock)
        title = clock.title if clock is not None else run.clock
        office = _("%(office)s：%(clock)s") % {"office": name_of(leg.org), "clock": title}
        by = _promise(office, run.due, now, run.provisional)
        tone = "late" if by.tone == "late" else tone
    return Part(leg.n, name_of(leg.org), leg.role == "lead", words, tone, by, title)


def _share(procedure: Procedure, state: State, leg: Leg) -> tuple[str, Tone]:
    """How far one unit is, in words, and the colour of it."""
    word = procedure.word(f"state.{leg.state}")
    claim = procedure.word(f"value.{leg.claim}") if leg.claim else ""
    if leg.ended is not None:
        return _over(procedure, leg, claim)
    if leg.cause:
        return _("现在%(cause)s，这段时间不计时") % {"cause": titled(procedure.pauses, leg.cause)}, "soon"
    if leg.state == LEG_WAITS:
        others = _("、").join(name_of(state.legs[n].org) for n in leg.after if n in state.legs)
        return _("等%(others)s办完再开始") % {"others": others}, ""
    if leg.state == ANSWERED and claim and procedure.portal:
        return f"{claim}，{word}", "soon"
    if leg.state == ANSWERED and claim:
        return _("自己那份答复了：%(claim)s，等裁定") % {"claim": claim}, "way"
    if _escalated(state, leg):
        return _("%(word)s，过了时限，已经告诉它的上级") % {"word": word}, "late"
    return word, "way" if leg.reported is not None else ""


def _over(procedure: Procedure, leg: Leg, claim: str) -> tuple[str, Tone]:
    if leg.verdict == "absent":
        return _("到最后期限也没有办，按缺席裁定，别的单位接着办"), "late"
    if leg.verdict == "unruled":
        return _("自己说%(claim)s，没有人按时裁定") % {"claim": claim or _("办了")}, "soon"
    if leg.verdict:
        return _("裁定：%(verdict)s") % {"verdict": procedure.word(f"value.{leg.verdict}")}, "done"
    known = procedure.words.get(f"state.{leg.state}")
    return (known, "") if known else (leg_state(procedure, leg), "done")


def leg_state(procedure: Procedure, leg: Leg) -> str:
    """Where a leg is, in words; one that ended with the whole matter stands as that did."""
    words = procedure.words
    over = _("随整件事一起结束了") if leg.ended is not None else leg.state
    return words.get(f"state.{leg.state}") or words.get(f"value.{leg.state}") or over


def _escalated(state: State, leg: Leg) -> bool:
    """Whether its superiors were told that it is late with what it still has to do."""
    told = [
        mark.happened
        for (about, name), mark in state.latest.items()
        if about == leg.about and name.startswith("acted.escalate")
    ]
    since = leg.reported or leg.called
    return any(at >= since for at in told)


# ── one sentence ────────────────────────────────────────────────────────────────────────────────────────


def stage_words(procedure: Procedure, stage: str) -> str:
    """The stage in plain words, as its resident reads it."""
    return procedure.words.get(f"plain.{stage}") or procedure.word(f"stage.{stage}")


def awaits_reporter(procedure: Procedure, state: State) -> bool:
    """Whether it was answered and only her word is missing."""
    if state.ended is not None:
        return False
    if not is_joint(procedure):
        return state.lead is not None and state.lead.ended is not None
    return asks_in(procedure, state.stage)


def asks_in(procedure: Procedure, stage: str) -> bool:
    """Whether a stage is the one in which the reporter is asked for her word."""
    confirm = procedure.action("confirm")
    return confirm is not None and stage in confirm.froms()


def stage_tone(procedure: Procedure, state: State) -> Tone:
    """Green ended, amber waiting for the resident, blue under way, grey not taken up."""
    if state.ended is not None or state.stage in procedure.last:
        return "done"
    if awaits_reporter(procedure, state) or state.lead is None:
        return "soon"
    legs = shares(state) if is_joint(procedure) else [state.lead]
    return "way" if any(leg.reported is not None for leg in legs) else ""


def now_words(procedure: Procedure, state: State, now: datetime | None = None) -> str:
    """Who has it and what they do, in one sentence. ``now``: says of a due that has passed that it has."""
    if state.ended is not None:
        return _ended(procedure, state)
    lead = _alone(procedure, state) if is_joint(procedure) else state.lead
    if lead is None and is_joint(procedure):
        return _joint(procedure, state)
    if lead is None:
        return stage_words(procedure, state.stage)
    office = name_of(lead.org)
    if lead.ended is not None and not lead.claim:
        return stage_words(procedure, state.stage)
    if lead.ended is not None:
        return _("%(office)s已经答复您，请您说说办得怎样。") % {"office": office}
    if lead.cause:
        cause = titled(procedure.pauses, lead.cause)
        return _("%(office)s收到了，现在%(cause)s；这段时间不计时，等到了马上接着办。") % {
            "office": office,
            "cause": cause,
        }
    if lead.reported is None:
        return _("已经交给%(office)s，等它收到。") % {"office": office}
    run = due_run(state)
    if run is not None and run.lapse and _asks_again(procedure, run):
        words = stage_words(procedure, state.stage)
        return _("%(office)s%(words)s；到说好的日子会再问它，再告诉您。") % {"office": office, "words": words}
    if now is not None and run is not None and run.paused is None and run.due < now:
        return _("%(office)s收到了，还没有办完，答复的日子已经过了。") % {"office": office}
    return _("%(office)s收到了，正在办。") % {"office": office}


def _asks_again(procedure: Procedure, run: Run) -> bool:
    """Whether the end of this clock sends the leg back to work instead of ending it."""
    action = procedure.action(run.lapse)
    return action is not None and action.to == REPORTED


def _ended(procedure: Procedure, state: State) -> str:
    if state.answer:
        return _("已经结束，您说：%(answer)s。") % {"answer": procedure.word(f"value.{state.answer}")}
    if state.outcome in {"close_silent", "silent"}:
        return _("已经结束：没有收到您的回音，不算满意。")
    if state.outcome == "withdraw":
        return _("您撤回了，不再办理。")
    known = procedure.words.get(f"value.{state.outcome}")
    return _("已经结束：%(outcome)s。") % {"outcome": known} if known else _("已经结束。")


def _alone(procedure: Procedure, state: State) -> Leg | None:
    """The one unit that works on it where several could: of one nobody counts how many came."""
    legs = shares(state)
    one = len(legs) == 1 and legs[0].ended is None and not awaits_reporter(procedure, state)
    return legs[0] if one else None


def _joint(procedure: Procedure, state: State) -> str:
    """How many were asked, how many came, how many are done; who answers for the whole."""
    legs = shares(state)
    caller = name_of(state.caller or state.org)
    if awaits_reporter(procedure, state):
        return _("%(office)s已经答复您，请您说说办得怎样。") % {"office": caller}
    if legs and all(leg.ended is not None for leg in legs):
        return _("各单位的部分都办完了，等%(office)s汇总后答复您。") % {"office": caller}
    return _("%(stage)s：请了 %(all)d 个，到了 %(came)d 个，办完 %(over)d 个。") % {
        "stage": stage_words(procedure, state.stage),
        "all": len(legs),
        "came": sum(leg.reported is not None for leg in legs),
        "over": sum(leg.ended is not None and bool(leg.verdict) for leg in legs),
    }
