"""The legs of a matter for its page: who, since when, until when, on what grounds, and how each was ruled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.calendar import Limit
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import ClockBar, Span, clock_bar
from baodao.ledger.selectors import Recorded
from baodao.matters import story
from baodao.matters.clocks import PAUSE_CLOCK
from baodao.matters.declare import Procedure
from baodao.matters.duties import said_gone
from baodao.matters.facts import Acted, LegCalled, LegReturned, LegRuled, Step
from baodao.matters.selectors import Seen
from baodao.matters.state import LEG_WAITS, Leg
from baodao.matters.turns import turn_of
from baodao.orgs.duties import district_of, find_many, titles_of
from baodao.orgs.selectors import name_of, today

from .acting import Able, buttons

#: So many buttons stand beside a leg, the rest is folded.
SHOWN = 3
#: Coded fields that a page shows in their own place.
PLACED = ("duty_item", "lapsed")


def cards(seen: Seen, by: Act, able: Able, at: str) -> list[SimpleNamespace]:
    """All legs: those of this round first, as they were called, then those of earlier rounds. One statement when some
    leg names a duty item."""
    state = seen.state
    duties = _duties(list(state.legs.values()))
    legs = sorted(state.legs.values(), key=lambda leg: (-leg.round, leg.n))
    return [_card(seen, leg, by, able=able, at=at, duty=duties.get(leg.n, "")) for leg in legs]


def _duties(legs: list[Leg]) -> dict[int, str]:
    """Leg → the item that it was called for, or cites: as its list has it now, else as it had it once, else that the list was
    taken back."""
    keys = {leg.n: _key(leg) for leg in legs if leg.duty}
    if not keys:
        return {}
    held = find_many(keys.values(), today())
    gone = [key for key in keys.values() if key not in held]
    once = titles_of((org, code, today()) for org, code in gone) if gone else {}
    found = {}
    for n, key in keys.items():
        title = held[key].title if key in held else once.get(key, "")
        found[n] = f"{key[1]} {title}" if title else said_gone(key[1], key[0])
    return found


def _key(leg: Leg) -> tuple[str, str]:
    org, _colon, code = leg.duty.rpartition(":")
    return org or leg.org, code


def _card(seen: Seen, leg: Leg, by: Act, *, able: Able, at: str, duty: str) -> SimpleNamespace:
    procedure, state = seen.procedure, seen.state
    clock = _clock(seen, leg, by)
    mine = [fact for fact in seen.facts if isinstance(fact.data, Step) and fact.about == leg.about]
    acts = buttons(able, at, leg.n) if able.parted else []
    may = [one for one in acts if not one.hindrances]
    return SimpleNamespace(
        n=leg.n,
        office=name_of(leg.org),
        holder=story.post_title(leg.holder or leg.post) if leg.holder or leg.post else "",
        lead=leg.role == "lead",
        scope=_scope(seen, leg, mine),
        round=leg.round,
        state=story.leg_state(procedure, leg),
        tone="late" if clock["near"] == "late" else _tone(seen, leg),
        cause=next((p.title for p in procedure.pauses if p.name == leg.cause), leg.cause),
        caller=name_of(leg.caller) if leg.caller and leg.caller not in {state.caller, leg.org} else "",
        duty=duty,
        duty_words=_("退回时引用的事项") if leg.cited else _("履职事项"),
        waits=_waits(seen, leg),
        claim=procedure.word(f"value.{leg.claim}") if leg.claim and _classes(procedure) else "",
        limits=_limits(leg),
        verdict=_verdict(seen, mine),
        returned=_returned(seen, mine),
        acts=may[:SHOWN],
        more=may[SHOWN:],
        shut=[one for one in acts if one.hindrances],
        **clock,
    )


def _classes(procedure: Procedure) -> bool:
    """Whether a unit says how far it came: by a field, or by which of several answers it gives. A class that its one answer carries
    anyhow was said by the pack."""
    answers = [action for action in procedure.actions if action.fact == "leg_answered"]
    return len(answers) > 1 or any("claim" in action.fields for action in answers)


def _scope(seen: Seen, leg: Leg, mine: list[Recorded]) -> str:
    """What the leg was called for: its scope in words, and what the call was titled (a milestone)."""
    words = seen.procedure.words
    scope = (
        (words.get(f"scope.{leg.scope}") or seen.procedure.word(f"value.{leg.scope}")) if leg.scope else ""
    )
    called = next((fact for fact in mine if isinstance(fact.data, LegCalled)), None)
    title = seen.texts.get(called.id, {}).get("title", "") if called is not None else ""
    return " ".join(filter(None, (scope, title)))


def _tone(seen: Seen, leg: Leg) -> str:
    """Green ended, grey not taken up, amber where somebody else has to move, blue under way."""
    if leg.ended is not None:
        return "done"
    if leg.reported is None and leg.state in {"called", LEG_WAITS}:
        return ""
    return "way" if turn_of(seen.procedure, leg.state) == "leg" else "soon"


def _waits(seen: Seen, leg: Leg) -> str:
    """Which legs it waits for, while it does."""
    if leg.state != LEG_WAITS:
        return ""
    names = (
        _("第 %(n)d 家%(office)s") % {"n": n, "office": name_of(seen.state.legs[n].org)}
        for n in leg.after
        if n in seen.state.legs
    )
    return _("等%(legs)s办完才开始，时限那时起算") % {"legs": "、".join(names)}


def _limits(leg: Leg) -> str:
    """Whose limits hold, where they are not those of the matter's own district."""
    if not leg.limits:
        return ""
    return _("按%(district)s的时限") % {"district": name_of(district_of(leg.org, today()))}


def _verdict(seen: Seen, facts: list[Recorded]) -> list[tuple[str, str]]:
    """(what was asked, the answer) of the latest ruling: whether they came, did their part, solved it, each apart."""
    ruled = next((fact for fact in reversed(facts) if isinstance(fact.data, LegRuled)), None)
    if ruled is None or not isinstance(ruled.data, LegRuled):
        return []
    procedure, fields = seen.procedure, dict(ruled.data.fields)
    fields.setdefault("verdict", ruled.data.verdict)
    action = procedure.action(ruled.data.action)
    order = [name for name in ("came", "did", "verdict") if fields.get(name)]
    order += [name for name in fields if name not in {*order, *PLACED} and fields[name] != ""]
    # Where a ruling ends the whole with its own word, that is said once.
    if fields.get("outcome") == fields["verdict"]:
        order = [name for name in order if name != "outcome"]
    return [
        (_label(procedure, name), story.value_words(procedure, action, name, fields[name])) for name in order
    ]


def _label(procedure: Procedure, name: str) -> str:
    # What the engine asks of every ruling has words although a pack has none.
    common = {"verdict": _("认定"), "outcome": _("怎样结束")}
    return procedure.word(f"field.{name}", common.get(name, ""))


def _returned(seen: Seen, facts: list[Recorded]) -> list[tuple[str, str]]:
    """(step, its reason) since the leg was last sent back, until it was taken up again: the return, the dispute, the
    ruling."""
    last = max((n for n, fact in enumerate(facts) if isinstance(fact.data, LegReturned)), default=None)
    if last is None:
        return []
    found = []
    for fact in facts[last:]:
        data = fact.data
        if not isinstance(data, LegReturned | Acted):
            break
        action = seen.procedure.action(data.action)
        if action is not None:
            found.append((action.title, seen.texts.get(fact.id, {}).get("reason", "")))
    return found


# ── clocks ──────────────────────────────────────────────────────────────────────────────────────────────


def _clock(seen: Seen, leg: Leg, by: Act) -> dict[str, Any]:
    calendar, now = current_calendar(), by.noted
    runs = [run for run in seen.state.runs_of(leg.about) if run.clock != PAUSE_CLOCK]
    open_runs = [run for run in runs if run.stopped is None]
    # The one that comes next while it goes on; the one that ran longest once all have stopped.
    run = min(open_runs, key=lambda r: r.due) if open_runs else max(runs, key=lambda r: r.due, default=None)
    clock = seen.procedure.clock(run.clock) if run is not None else None
    running = run is not None and run.stopped is None and run.paused is None
    due = run.due if run is not None else None
    return {
        "clock": clock.title if clock is not None else "",
        "due": due,
        "left": calendar.left_words(due, now) if running and due is not None else "",
        "near": story.tone_of(due, now) if running and due is not None else "",
        "provisional": run.provisional if run is not None else False,
        "bar": _bar(seen, leg, by, due),
    }


def _bar(seen: Seen, leg: Leg, by: Act, due: Any) -> ClockBar:
    calendar, spans = current_calendar(), []
    asked = any(action.fact == "leg_reported" for action in seen.procedure.actions)
    for span in leg.spans:
        end = span.end or by.noted
        days = calendar.count_workdays(calendar.local_date(span.start), calendar.local_date(end))
        cause = next((p.title for p in seen.procedure.pauses if p.name == span.cause), span.cause)
        taken = leg.reported is not None and span.start >= leg.reported
        # An office may answer without taking it up first: then it did receive it.
        unread = _("%(office)s还没收到") if leg.state == "called" and asked else "%(office)s"
        who = _holder(span.holder) if taken else unread % {"office": name_of(leg.org)}
        words = _("暂停：%(cause)s") % {"cause": cause} if cause else who
        words += f" {Limit(days, 'workday').words()}" if days else ""
        spans.append(Span(span.start, span.end, "paused" if cause else "held" if taken else "open", words))
    words = _("%(office)s的时限") % {"office": name_of(leg.org)}
    return clock_bar(spans, leg.ended or by.noted, due, words)


def _holder(label: str) -> str:
    title = story.post_title(label)
    return name_of(label) if title == label else title
