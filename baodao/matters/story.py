"""What happened to a matter, in words: the sentences of its declaration, filled from facts and texts.

Portal and desk tell the same story. A sentence is what the resident reads, to the letter; the dates in it are
those that held right after the command that it tells of, not today's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.jinja import day, moment
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import Happening, Said, Tone
from baodao.ledger.selectors import Recorded
from baodao.orgs.selectors import name_of, post_words

from . import fold, meanings
from .clocks import PAUSE_CLOCK
from .declare import Action, Procedure
from .facts import (
    BEGIN,
    MIGRATE,
    Answered,
    Closed,
    LegAnswered,
    Opened,
    Paused,
    Reopened,
    Step,
    moved_to,
)
from .lapses import RECALENDAR
from .selectors import Seen, names_of
from .state import Leg, Run, State

_SLOT = re.compile(r"\{([a-z_]+)\}")
Picture = Callable[[Recorded, int], str]
"""Gives the address of the n-th file of a fact."""


class Promise(Struct, frozen=True):
    """A date to come: what it is, when, how long that is, how near, and whether the calendar may still change."""

    words: str
    at: datetime
    left: str
    tone: Tone
    provisional: bool = False


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


def read_moment(stamp: str) -> datetime:
    """The moment of a fact's stamp ("2026-11-24T01:30:00Z")."""
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def by_when(at: datetime) -> str:
    """A due in a sentence: the day alone when it is the day's end."""
    words = moment(at)
    return day(at) if words.endswith("23:59") else words


def value_words(procedure: Procedure, action: Action | None, name: str, value: Any) -> str:
    """A coded field of a fact, in words of the procedure's language."""
    declared = (action.fields.get(name, "") if action is not None else "").rstrip("?")
    readers: dict[str, Callable[[Any], str]] = {
        "datetime": lambda v: by_when(read_moment(v)),
        "date": lambda v: day(date.fromisoformat(v)),
        "pause": lambda v: _titled(procedure.pauses, v),
        "next_step": lambda v: _titled(procedure.next_steps, v),
        "kind": lambda v: _titled(procedure.kinds, v),
        "org": name_of,
        "post": post_title,
        "bool": lambda v: _("是") if v else _("否"),
        "money": lambda v: f"{int(v) / 100:,.2f}",
        "level": lambda v: level_words(int(v)),
    }
    reader = readers.get(declared)
    if reader is not None:
        return reader(value)
    return procedure.word(f"value.{value}") if isinstance(value, str) else str(value)


def level_words(level: int) -> str:
    """Who may know, 0 to 3."""
    return (_("公开"), _("管得着的工作人员"), _("只有经办的人"), _("只有点名的人"))[level]


def post_title(code: str) -> str:
    """Office and post, never the holder's name."""
    found = post_words([code]).get(code)
    return f"{found.office} {found.title}" if found is not None else code


def _titled(rows: Any, name: str) -> str:
    return next((row.title for row in rows if row.name == name), name)


def title_of(seen: Seen) -> str:
    """What a matter is called on a page: its own line, else the first words of its text; "" when it has none
    any more."""
    first = seen.texts.get(seen.facts[0].id, {}) if seen.facts else {}
    line = first.get("title") or first.get("text", "").split("\n")[0]
    return line if len(line) <= 40 else line[:38] + "……"


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def due_run(state: State) -> Run | None:
    """The clock whose end the resident waits for: the latest one of the lead leg, else that of the round."""
    lead = state.lead
    open_runs = [r for r in state.runs.values() if r.stopped is None and r.clock != PAUSE_CLOCK]
    own = [run for run in open_runs if lead is not None and run.about == lead.about]
    return max(
        own or [run for run in open_runs if not run.about.startswith("leg:")],
        key=lambda r: r.due,
        default=None,
    )


def sentence(
    procedure: Procedure, action: Action, state: State, values: Mapping[str, str], leg: Leg | None = None
) -> str:
    """What the resident reads of an action, filled. ``values`` are words already; a field that was left empty
    leaves nothing behind."""
    lead = leg or state.lead
    run = due_run(state)
    known = {
        "number": state.number,
        "org": name_of(lead.org if lead is not None else state.org),
        "title": procedure.title,
        "due": by_when(run.due) if run is not None else "",
        **values,
    }
    text = _SLOT.sub(lambda found: known.get(found[1], ""), action.reads)
    return text.strip()


def story(seen: Seen, *, staff: bool = False, picture: Picture | None = None) -> list[Happening]:
    """All rows, the oldest first. ``staff``: the action's name in front, office and post beside, and acts that the
    resident is not told of."""
    calendar = current_calendar()
    rows: list[Happening] = []
    state: State | None = None
    group: list[tuple[Recorded, Procedure]] = []
    procedures = seen.procedures()
    for n, (fact, procedure) in enumerate(zip(seen.facts, procedures, strict=True)):
        if state is None:
            state = fold.begin(procedure, fact, calendar, seen.row.number)
        else:
            fold.apply(procedure, state, fact, calendar)
        # The act that takes a matter to another procedure is told in the words of the one that declared it.
        group.append((fact, procedures[n - 1] if moved_to(fact.data) else procedure))
        if n + 1 == len(seen.facts) or seen.facts[n + 1].command != fact.command:
            told = (
                _tell(seen, procedure, one, state, staff=staff, picture=picture) for one, procedure in group
            )
            rows.extend(row for row in told if row is not None)
            group = []
    return rows


def _tell(
    seen: Seen, procedure: Procedure, fact: Recorded, state: State, *, staff: bool, picture: Picture | None
) -> Happening | None:
    if not isinstance(fact.data, Step):
        return None
    name, taken = names_of(fact)
    action = procedure.action(taken)
    if action is None:
        words = _by_itself(taken, fact)
        return Happening(words, fact.happened, "small", fact=fact.id) if words else None
    # A command leaves several facts; the one that carries the action's meaning is told, the others follow from it.
    if name != action.fact or not (staff or _is_for_resident(action)):
        return None
    texts = seen.texts.get(fact.id, {})
    values = {key: value_words(procedure, action, key, value) for key, value in fact.data.fields.items()}
    words = sentence(procedure, action, state, {**values, **texts}, meanings.leg_of(state, fact.about))
    inside = set(_SLOT.findall(action.reads))
    said = [
        Said(_slot_words(procedure, slot), text)
        for slot, text in texts.items()
        if slot not in inside and slot != "point" and not (slot == "title" and isinstance(fact.data, Opened))
    ]
    gone = [slot for slot in fact.slots if slot not in texts]
    if gone:
        said.append(Said("", _("（文字已应要求删除）")))
    files = (
        tuple((picture(fact, n), _("照片 %(n)d") % {"n": n + 1}) for n in range(len(fact.data.files)))
        if picture
        else ()
    )
    small = fact.data.action != "open" and not fact.person and not fact.post
    return Happening(
        words=_("%(title)s：%(words)s") % {"title": action.title, "words": words}
        if staff and words
        else words or action.title,
        at=fact.happened,
        tone="small" if small and not isinstance(fact.data, Closed) else _tone(fact),
        said=tuple(said),
        pictures=files,
        by=(post_title(fact.post) if fact.post else _("系统") if small else "") if staff else "",
        whole_day=fact.precision == "day",
        fact=fact.id,
    )


def _by_itself(taken: str, fact: Recorded) -> str:
    """Acts of the system that no procedure declares; "" for one that nobody is told of."""
    if taken == RECALENDAR:
        return _("工作日历换了版本，日子重新算过")
    if taken == BEGIN:
        return _("前面的办完了，%(org)s可以开始办了") % {"org": name_of(fact.org)}
    if taken == MIGRATE:
        return _("办理程序换了新版本，编号和日子不变")
    return ""


def _is_for_resident(action: Action) -> bool:
    if "reporter" in action.tells or "reporter" in action.who:
        return True
    return action.fact in {"opened", "leg_answered", "closed", "reopened"}


def _slot_words(procedure: Procedure, slot: str) -> str:
    if slot == "address":
        return _("地址")
    return procedure.word(f"field.{slot}")


def _tone(fact: Recorded) -> Tone:
    data = fact.data
    if isinstance(data, LegAnswered | Answered | Closed):
        return "done"
    if isinstance(data, Paused):
        return "soon"
    return "way" if fact.post or isinstance(data, Reopened) else ""


# ── now and next ────────────────────────────────────────────────────────────────────────────────────────


def stage_words(procedure: Procedure, stage: str) -> str:
    """The stage in plain words, as its resident reads it."""
    return procedure.words.get(f"plain.{stage}") or procedure.word(f"stage.{stage}")


def stage_tone(procedure: Procedure, state: State) -> Tone:
    """Green ended, amber waiting for the resident, blue under way, grey not taken up."""
    if state.ended is not None or state.stage in procedure.last:
        return "done"
    lead = state.lead
    if lead is None or lead.ended is not None:
        return "soon"
    return "" if lead.reported is None else "way"


def now_words(procedure: Procedure, state: State) -> str:
    """Who has it and what they do, in one sentence."""
    lead = state.lead
    if state.ended is not None:
        ends = {
            "silent": _("已经结束：没有收到您的回音，不算满意。"),
            "withdraw": _("您撤回了，不再办理。"),
        }
        answer = procedure.word(f"value.{state.answer}") if state.answer else ""
        return (
            _("已经结束，您说：%(answer)s。") % {"answer": answer}
            if answer
            else ends.get(
                "silent" if state.outcome in {"close_silent", "silent"} else state.outcome, _("已经结束。")
            )
        )
    if lead is None:
        return stage_words(procedure, state.stage)
    office = name_of(lead.org)
    if lead.ended is not None:
        return _("%(office)s已经答复您，请您说说办得怎样。") % {"office": office}
    if lead.cause:
        cause = _titled(procedure.pauses, lead.cause)
        return _("%(office)s收到了，现在%(cause)s；这段时间不计时，等到了马上接着办。") % {
            "office": office,
            "cause": cause,
        }
    if lead.reported is None:
        return _("已经交给%(office)s，等它收到。") % {"office": office}
    return _("%(office)s收到了，正在办。") % {"office": office}


def tone_of(due: datetime, now: datetime) -> Tone:
    """Red past the due, amber on its last workday."""
    left = current_calendar().left(due, now)
    return "late" if left.late else "soon" if left.workdays <= 1 else ""


def next_dates(procedure: Procedure, state: State, now: datetime) -> list[Promise]:
    """What is still to come, the earliest first: what was promised, and the clock that runs."""
    calendar, found = current_calendar(), []
    if state.promise and state.ended is None:
        at = (
            read_moment(state.promise)
            if "T" in state.promise
            else calendar.day_end(date.fromisoformat(state.promise))
        )
        if at > now:
            found.append(Promise(_("说好的日子"), at, calendar.left_words(at, now), tone_of(at, now)))
    run = due_run(state)
    if run is not None and run.paused is None and state.ended is None:
        clock = procedure.clock(run.clock)
        words = (
            _("给您答复")
            if run.about.startswith("leg:")
            else (clock.title if clock is not None else run.clock)
        )
        found.append(
            Promise(words, run.due, calendar.left_words(run.due, now), tone_of(run.due, now), run.provisional)
        )
    return sorted(found, key=lambda one: one.at)
