"""The kernel's own verb: loading a calendar edition. What depends on the calendar hears of it through
`on_new_edition`."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from .act import Act, Subject
from .calendar import Day
from .errors import Conflict, Fault, Invalid
from .facts import CalendarLoaded
from .jobs import Running, job, start_in
from .models import CalendarDay, CalendarEdition
from .selectors import days_of, edition_in_force
from .verbs import Tx, verb

ANNOUNCE = "calendar.announce"


class EditionLoaded(msgspec.Struct, frozen=True):
    """What was loaded: the edition, how many days it names, the first day that stays provisional."""

    edition: str
    days: int
    provisional_from: date


@verb("calendar.load")
def load_edition(
    tx: Tx, by: Act, *, code: str, published: date, source: str, years: list[int], days: list[Day]
) -> EditionLoaded:
    """Make the edition `code` the one in force: `days` say all that differs from Monday to Friday in `years`;
    other years are taken over from the edition before. Raises Invalid with every fault, Conflict if a later
    one is in force."""
    tx.ask("calendar.load", Subject(ref=f"calendar:{code}"))
    before = edition_in_force()
    if before is not None and (published, code) <= (before.published, before.code):
        raise Conflict.of(
            "published",
            _("已有 %(day)s 公布的日历“%(code)s”") % {"day": before.published, "code": before.code},
            _("新日历要在它之后公布，编号也不能重复"),
        )
    old = days_of(before.code) if before else []
    covered = _covered(before, old)
    faults = [*_code_faults(code, source), *_year_faults(years, covered), *_day_faults(years, days)]
    if faults:
        raise Invalid(*faults)
    kept = [day for day in old if day.date.year not in years]
    merged = sorted([*kept, *days], key=lambda day: day.date)
    provisional_from = date(max(*covered, *years, 0) + 1, 1, 1)
    tx.insert(
        CalendarEdition, code=code, published=published, provisional_from=provisional_from, source=source
    )
    for day in merged:
        tx.insert(CalendarDay, edition_id=code, date=day.date, kind=day.kind, name=day.name)
    tx.bump("calendar")
    start_in(tx, ANNOUNCE, {"edition": code})
    tx.fact(
        CalendarLoaded(
            edition=code,
            days=len(merged),
            published=published.isoformat(),
            provisional_from=provisional_from.isoformat(),
            before=before.code if before else "",
        ),
        subject=f"calendar:{code}",
    )
    return EditionLoaded(code, len(merged), provisional_from)


def _covered(edition: CalendarEdition | None, days: list[Day]) -> range:
    if edition is None or not days:
        return range(0)
    return range(days[0].date.year, edition.provisional_from.year)


def _code_faults(code: str, source: str) -> list[Fault]:
    faults = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9.\-]{0,39}", code):
        faults.append(Fault("code", _("不是有效的编号"), _("用小写字母、数字和 - .，例如 cn-2027")))
    if not source.strip() or len(source) > 200:
        faults.append(Fault("source", _("缺少出处"), _("写明文号或网址，200 字以内")))
    return faults


def _year_faults(years: list[int], covered: range) -> list[Fault]:
    if not years:
        return [Fault("years", _("没有说是哪几年的日历"))]
    known = {*covered, *years}
    gaps = [str(year) for year in range(min(known), max(known)) if year not in known]
    if gaps:
        reason = _("中间缺 %(years)s 年") % {"years": "、".join(gaps)}
        return [Fault("years", reason, _("请一次载入相连的年份"))]
    return []


def _day_faults(years: list[int], days: list[Day]) -> list[Fault]:
    faults = []
    for day in days:
        field = f"days[{day.date.isoformat()}]"
        if day.date.year not in years:
            faults.append(Fault(field, _("不在所说的年份里"), _("请改日期，或加上这一年")))
        if day.kind == "makeup" and day.date.weekday() < 5:
            faults.append(Fault(field, _("调休上班只能是星期六或星期日"), _("请核对公布的通知")))
    for twice, count in Counter(day.date for day in days).items():
        if count > 1:
            faults.append(Fault(f"days[{twice.isoformat()}]", _("同一天写了两次"), _("只留一行")))
    off = {day.date for day in days if day.kind == "holiday"}
    for year in sorted(set(years)):
        # Statutory in every year since 1949: without them the list is not that year's notice.
        if not {date(year, 1, 1), date(year, 10, 1)} <= off:
            reason = _("%(year)d 年缺少元旦或国庆节") % {"year": year}
            faults.append(Fault("days", reason, _("请载入公布的全年安排，节假日和调休上班都要有")))
    return faults


_listeners: dict[str, Callable[[str, datetime], int]] = {}


def on_new_edition(name: str) -> Callable[[Callable[[str, datetime], int]], Callable[[str, datetime], int]]:
    """Register what recomputes open clocks: `fn(edition, now) -> how many changed`. It must be idempotent,
    and each change is a fact of its own."""

    def decorate(recompute: Callable[[str, datetime], int]) -> Callable[[str, datetime], int]:
        _listeners[name] = recompute
        return recompute

    return decorate


def announce_edition(edition: str, now: datetime) -> dict[str, int]:
    """Call every listener; name → how many changed. The worker does so after each load."""
    return {name: _listeners[name](edition, now) for name in sorted(_listeners)}


# Listeners walk over all open matters without a checkpoint.
@job(ANNOUNCE, idempotent=True, patience=timedelta(hours=2))
def _announce(running: Running, args: dict[str, Any]) -> dict[str, Any]:
    in_force = edition_in_force()
    if in_force is None or in_force.code != args["edition"]:
        return {"overtaken": True}
    return announce_edition(in_force.code, running.by.noted)
