"""What the pages of dues share: the day asked about, a line in words, the answer to a form."""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.dues import ports, reminding
from baodao.dues.board import Line
from baodao.dues.declare import DueRule
from baodao.dues.periods import Window, terms
from baodao.dues.policies import READ
from baodao.dues.selectors import dues_rules, title_of
from baodao.dues.state import Stand
from baodao.dues.words import CAUSES, COLOURS, STATES, amount_words, period_words
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.jinja import day as day_words
from baodao.kernel.pages import who_of
from baodao.kernel.typed import month_in, whole_number
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.door import act_from

#: So many records of a due are named, the others counted.
SHOWN = 6
NOBODY: Mapping[str, ports.Record] = MappingProxyType({})


def act(request: HttpRequest) -> Act:
    """The act of a page."""
    command = request.POST.get("command", "")[:200] or new_key("due")
    return act_from(request, command=command, purpose=request.POST.get("purpose", "")[:40])


def reading(request: HttpRequest, by: Act) -> Act:
    """The same act with what all of one's own posts give together: for reading, whichever post is chosen. No statement."""
    return replace(
        by, grants=tuple(dict.fromkeys((*by.grants, *orgs.all_grants(who_of(request).posts, orgs.today()))))
    )


def tops(request: HttpRequest, by: Act) -> list[str]:
    """The organizations of one's posts below which one reads the dues, without those below another; the chosen post's first."""
    trees, reach = orgs.forest(), reach_of(by, READ)
    mine = {org for org, top in reach.below if top >= 1}
    codes = dict.fromkeys([home(request), *(post.org for post in who_of(request).posts), *sorted(mine)])
    return [code for code in codes if code in mine and not set(trees.chain(code, reach.day)[1:]) & mine]


def home(request: HttpRequest) -> str:
    """The organization of the chosen post."""
    post = who_of(request).post
    return post.org if post is not None else ""


def asked_day(month: str) -> date:
    """The day that a page of a month (YYYY-MM) tells of: its last one, today for the present month and anything unreadable."""
    today = orgs.today()
    first = month_in(month)
    if first is None or first.year <= 2000:
        return today
    return min(first.replace(day=gregorian.monthrange(first.year, first.month)[1]), today)


def months(day: date) -> tuple[str, str]:
    """The months before and after ("" for one to come), as YYYY-MM."""
    first = day.replace(day=1)
    before, after = first - timedelta(days=1), first + timedelta(days=32)
    return f"{before:%Y-%m}", f"{after:%Y-%m}" if after.replace(day=1) <= orgs.today() else ""


def records_of(by: Act, lines: Iterable[Line]) -> dict[str, ports.Record]:
    """Ref → what met these lines, as this reader may know it; of each line as many as are shown."""
    told = [(ref, line) for line in lines for ref in line.stand.refs[:SHOWN]]
    papers = {
        ref: ports.Record(_("纸上的记录"), line.papers[ref]) for ref, line in told if ref in line.papers
    }
    return papers | ports.records_of(by, {ref: line.org for ref, line in told if ref not in papers})


def line_row(
    line: Line,
    day: date,
    records: Mapping[str, ports.Record] = NOBODY,
) -> dict[str, Any]:
    """One due as a page shows it."""
    row = stand_row(line.rule, line.stand, day)
    row["refs"] = [ref_words(ref, records.get(ref)) for ref in line.stand.refs[:SHOWN]]
    return row | {
        "requirement": line.requirement,
        "subject": line.subject,
        "org": orgs.name_of(line.org),
        "code": line.org,
        "excuse": line.excuse if line.stand.state == "excused" else "",
        "cause": cause_words(line.cause),
        "causes": [(cause, str(CAUSES.get(cause, cause))) for cause in line.rule.excused],
    }


def stand_row(rule: DueRule, stand: Stand, day: date) -> dict[str, Any]:
    """What stands of a window, in words."""
    window = stand.window
    here = terms(rule, window.first)
    return {
        "title": title_of(rule),
        "hint": rule.hint,
        "basis": rule.basis,
        "period": period_words(here.every, window.first),
        "state": stand.state,
        "words": str(STATES[stand.state]) if stand.state in STATES else "",
        "tone": COLOURS.get(stand.state, ""),
        "when": when_words(here, window),
        "provisional": window.provisional,
        "make_up": make_up_words(stand, day),
        "amount": amounts(rule, stand),
        "more": max(0, len(stand.refs) - SHOWN),
        "first": window.first.isoformat(),
        "due": window.due,
        "paper": [ref for ref in stand.refs if ref.startswith("due:")],
    }


def ref_words(ref: str, record: ports.Record | None) -> tuple[str, str]:
    """(what met a due in words, the path of it or "")."""
    if record is None:
        return _("一条记录"), ""
    return f"{record.title} {day_words(record.day)}".strip(), record.href


def cause_words(cause: str) -> str:
    """Why something is not owed; "" for no cause."""
    return str(CAUSES.get(cause, cause))


def when_words(rule: DueRule, window: Window) -> str:
    """The fixed day and until when it is in time; the last day without one."""
    if rule.day and window.closes != window.due:
        return _("%(day)s，%(last)s前都算") % {"day": day_words(window.due), "last": day_words(window.closes)}
    return day_words(window.due) if rule.day else _("%(last)s前") % {"last": day_words(window.closes)}


def make_up_words(stand: Stand, day: date) -> str:
    """Until when something missing can be made up."""
    if stand.state != "missing":
        return ""
    if stand.window.make_up is None:
        return _("这一期已经过了")
    if not stand.can_make_up(day):
        return _("补做到 %(day)s 为止，已经过了") % {"day": day_words(stand.window.make_up)}
    guess = _("（暂定）") if stand.window.make_up_provisional else ""
    return _("%(day)s前可以补做%(guess)s") % {"day": day_words(stand.window.make_up), "guess": guess}


def amounts(rule: DueRule, stand: Stand) -> str:
    """ "20 学时 / 32 学时"; "" for what is done once."""
    if rule.unit == "times" and stand.need <= 1:
        return ""
    return f"{amount_words(rule.unit, stand.have)} / {amount_words(rule.unit, stand.need)}"


def plain(problem: Problem) -> Problem:
    """Faults of a list of one, named as the form names its fields."""
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(*(replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults))


def typed_of(given: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, for the form that is shown again."""
    return {name: str(value)[:120] for name, value in given.items()}


def grouped(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Rows under the words of their state, missing first; empty groups are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault("met" if row["state"] == "made_up" else row["state"], []).append(row)
    titles = {"missing": _("没做的"), "due": _("该做的"), "met": _("做了的"), "excused": _("免的")}
    return [(state, title, found[state]) for state, title in titles.items() if found.get(state)]


def told(request: HttpRequest, words: str) -> str:
    """What the last reminder did, in ``words`` with so many (n) of so many (of); "" without one."""
    sent, of = (whole_number(request.GET.get(name, "")[:4]) for name in ("told", "of"))
    return "" if sent is None or of is None else words % {"n": sent, "of": of}


def has_room(line: Line, had: reminding.Had, day: date) -> bool:
    """Whether a reminder makes sense: it can still be done, and the organization has not had enough of them."""
    open_ = line.stand.state == "due" or line.stand.can_make_up(day)
    one = reminding.Nudge(f"org:{line.org}", line.org, line.requirement, line.stand.window.first)
    rules = dues_rules(line.org, day)
    return open_ and had.passed(one, day, (rules.reminders, rules.within_days)) is None
