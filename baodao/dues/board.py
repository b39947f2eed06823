"""The dues of many organizations at once: one pass over what met them, whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

import msgspec
from django.utils import translation

from baodao.kernel.selectors import current_calendar
from baodao.orgs import selectors as orgs

from . import lives
from .declare import DueRule
from .met import records
from .periods import Window, after_event, reach_back, terms, windows
from .ports import Life, Met
from .rests import Rests
from .state import Stand, need_of, stands

_DAY = timedelta(days=1)
#: First day of a period → (cause, subject of the fact that excused it).
Excused = Mapping[date, tuple[str, str]]
_NONE: Excused = MappingProxyType({})


class Line(msgspec.Struct, frozen=True):
    """One due of one subject."""

    requirement: str
    rule: DueRule
    subject: str
    org: str
    stand: Stand
    cause: str = ""
    """Why it is excused: what somebody above said, or a word by which nobody is asked (`rests`)."""
    excuse: str = ""
    """Subject of the fact that excused it; "" where nobody did."""
    papers: Mapping[str, date] = {}
    """Ref → day of what was entered from paper among its records."""


class Asked(msgspec.Struct, frozen=True):
    """One requirement of one pack, with its subjects among those asked about and its windows around the day."""

    requirement: str
    rule: DueRule
    lives: list[Life]
    windows: list[Window]
    """In order; empty for what is due after an event."""


def packs_of(codes: Collection[str], day: date) -> dict[str, list[str]]:
    """Pack → those of the organizations that it rules on a day. No statement."""
    found: dict[str, list[str]] = {}
    for code in codes:
        found.setdefault(orgs.pack_of(code, day), []).append(code)
    return found


def rules_of(pack: str) -> Mapping[str, DueRule]:
    """The requirements that a pack declares, in its order, with their texts in the reader's language. No statement."""
    held = orgs.pack_named(pack)
    return held.many(DueRule, translation.get_language() or "") if held is not None else {}


def asked(codes: Collection[str], day: date, only: Collection[str] = ()) -> list[Asked]:
    """The requirements of these organizations around a day, members' left out. One statement for each sort of subject that is no
    organization."""
    calendar, found = current_calendar(), []
    for pack, ruled in sorted(packs_of(codes, day).items()):
        for name, rule in rules_of(pack).items():
            if rule.subjects.of == "member" or (only and name not in only):
                continue
            subjects = lives.find(rule, ruled, day)
            since, until = day - reach_back(rule) * _DAY, day + _DAY * 20
            # Most requirements of a pack ask nothing of the few organizations of a page: their days are not worked out.
            asked_now = bool(subjects) and bool(rule.every)
            spans = windows(rule, since, until, calendar) if asked_now else []
            found.append(Asked(name, rule, subjects, spans))
    return found


def lines(codes: Collection[str], day: date, only: Collection[str] = (), back: int = 1) -> Iterator[Line]:
    """What is due on a day of these organizations, by requirement and subject: the window around the day and ``back`` ones
    before it, all that is owed or was done. At most two statements, those of `asked` and those of `rests`."""
    parts = [one for one in asked(codes, day, only) if one.lives]
    if not parts:
        return
    mets, excused = held_of(parts, day)
    begun = _begun(parts, day)
    rests = rests_in(parts, day)
    for one in parts:
        needs: dict[tuple[tuple[date, date | None], ...], list[tuple[Window, int]]] = {}
        for life in one.lives:
            key = (one.requirement, life.subject)
            if one.rule.after:
                owed = [(w, need_of(one.rule, w, life.stays)) for w in begun.get(key, ())]
            else:
                held = needs.get(life.stays)
                if held is None:
                    held = needs[life.stays] = owed_in(one.rule, one.windows, life)
                owed = held
            free = rests.causes(one.rule, life.org, (w for w, _need in owed))
            ours, said = mets.get(key, ()), excused.get(key, _NONE)
            told = stands(owed, ours, said.keys() | free.keys(), day)
            papers = {met.ref: met.day for met in ours if met.ref.startswith("due:")}
            for stand in chosen(told, day, back if one.rule.every else 20):
                cause, ref = said.get(stand.window.first, (free.get(stand.window.first, ""), ""))
                cause = cause if stand.state == "excused" else ""
                yield Line(one.requirement, one.rule, life.subject, life.org, stand, cause, ref, papers)


def rests_in(parts: list[Asked], day: date) -> Rests:
    """The words by which nobody is asked, for those of these requirements that a pack lets them excuse."""
    asking = [one for one in parts if one.rule.excused_by]
    since = min((min((w.opens for w in one.windows), default=day) for one in asking), default=day)
    since = min([since, *(day - reach_back(one.rule) * _DAY for one in asking if one.rule.after)])
    return Rests([(one.rule, [life.org for life in one.lives]) for one in asking], since, day)


def owed_in(rule: DueRule, spans: list[Window], life: Life) -> list[tuple[Window, int]]:
    """What a subject owes in each window, by the terms of its period."""
    return [(w, need_of(terms(rule, w.first), w, life.stays)) for w in spans]


def chosen(told: list[Stand], day: date, back: int) -> list[Stand]:
    """The window of the period around the day and so many before it; what is neither owed nor done is left out."""
    here = max((n for n, one in enumerate(told) if one.window.first <= day), default=-1)
    return [one for one in told[max(0, here - back) : here + 1] if one.state != "none"]


def _since(one: Asked, day: date, back: int = 2) -> date:
    """The first day whose records can count for the last windows."""
    if not one.rule.every:
        return day - reach_back(one.rule) * _DAY * 2
    near = [w for w in one.windows if w.first <= day][-back - 1 :]
    return min((min(w.opens, w.first) for w in near), default=day)


def held_of(
    parts: list[Asked], day: date
) -> tuple[Mapping[tuple[str, str], list[Met]], Mapping[tuple[str, str], Excused]]:
    """(requirement, subject) → what met it, as far back as it can count, by day; and the periods for which it is excused. One statement."""
    since: dict[str, date] = {}
    for one in parts:
        since[one.requirement] = min(since.get(one.requirement, date.max), _since(one, day))
    subjects = {life.subject for one in parts for life in one.lives}
    found: dict[tuple[str, str], list[Met]] = {}
    excused: dict[tuple[str, str], dict[date, tuple[str, str]]] = {}
    for name, subject, on, ref, amount, made_up, cause in records(since, subjects, day):
        if amount:
            found.setdefault((name, subject), []).append(Met(name, subject, on, ref, amount, made_up))
        else:
            excused.setdefault((name, subject), {})[on] = (cause, ref)
    return found, excused


def _begun(parts: list[Asked], day: date) -> Mapping[tuple[str, str], list[Window]]:
    after = [one for one in parts if one.rule.after]
    if not after:
        return {}
    subjects = {life.subject for one in after for life in one.lives}
    since = min(day - reach_back(one.rule) * _DAY for one in after)
    rows = lives.events({one.rule.after for one in after}, subjects, since, day)
    calendar, found = current_calendar(), {}  # type: ignore[var-annotated]
    for one in after:
        ours = {life.subject for life in one.lives}
        for row in rows:
            if row.kind == one.rule.after and row.subject in ours and row.day >= one.rule.since:
                window = after_event(one.rule, row.day, calendar)
                held = found.setdefault((one.requirement, row.subject), [])
                if window not in held:  # two events of one day are one due
                    held.append(window)
    return found
