"""The register of a year (page, Excel, Word), its closing, the month's report, sign-in sheets."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.branch import registers, selectors, services
from baodao.gather.branch.registers import Entry
from baodao.gather.branch.selectors import READ, RECORD, Told, subject_of
from baodao.gather.words import PRESENCE
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.jinja import moment
from baodao.kernel.pages import page, render
from baodao.kernel.tables.web import workbook
from baodao.kernel.tables.word import WORD, Text, write_word
from baodao.kernel.typed import LAST, month_typed, whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .above import next_month
from .common import act_of, day_of, due_words, kind_words, own_branch, plain
from .planned import side_here

MOST = 500


@page("desk", "branch/register/", name="branch-register", right=READ)
def register(request: HttpRequest) -> HttpResponse:
    """A year's book of minutes. A POST closes a year that is over, or gives the files with the names (`do=docx`)."""
    by = act_of(request)
    org = own_branch(request, by)
    year = _year(request)
    problem: Problem | None = None
    do = request.POST.get("do", "") or request.GET.get("as", "")
    if request.method == "POST" and do == "close":
        try:
            services.close_year(by, org=org, year=year)
            return HttpResponseRedirect(f"{reverse('desk:branch-register')}?year={year}", status=303)
        except Problem as caught:
            problem = plain(caught)
    closed = selectors.closed_year(org, year)
    entries = entries_of(by, org, year, closed, names=request.method == "POST" and do in ("docx", "xlsx"))
    title = _("%(year)d 年会议记录簿") % {"year": year}
    if do == "xlsx":
        return workbook(registers.sheet(title, entries), f"register-{year}")
    if do == "docx":
        return word(registers.book(orgs.name_of(org), title, entries), f"register-{year}")
    return render(
        request,
        "gather/branch/register.html",
        status=problem.status if problem else 200,
        org=orgs.name_of(org),
        year=year,
        this=orgs.today().year,
        closed=closed,
        rows=entries,
        hours=registers.hours,
        closing=closed is None and year < orgs.today().year and allowed(by, RECORD, subject_of(org)),
        problem=problem,
        command=new_key("register"),
    )


def entries_of(
    by: Act, org: str, year: int, closed: selectors.Closed | None, *, names: bool = False
) -> list[Entry]:
    """Evenings of a year, oldest first: of a closed year as they stood then, with what was corrected later beside them."""
    codes = selectors.held_of(org, since=date(year, 1, 1), until=date(year + 1, 1, 1), limit=MOST)
    now = selectors.told_all(codes[::-1])
    who = _who(by, org, codes) if names else {}
    if closed is None:
        return [_entry(one, who) for one in now]
    then = {one.code: one for one in selectors.told_all(codes, at=closed.position)}
    found = []
    for one in now:
        was = then.get(one.code)
        if was is None:
            found.append(_entry(one, who, later=_("年结以后补记的")))
        elif was.fact != one.fact:
            found.append(_entry(was, who, later=_later(one)))
        else:
            found.append(_entry(one, who))
    return found


def _later(one: Told) -> str:
    told = _("、").join(f"{PRESENCE[status]} {n}" for status, n in one.counts.items() if n)
    return _("年结以后更正：%(told)s。理由：%(why)s") % {"told": told, "why": one.reason}


def _entry(one: Told, who: Mapping[str, Mapping[str, Sequence[str]]], *, later: str = "") -> Entry:
    known = selectors.kinds_at(one.org, day_of(one))
    states = known[one.kinds[0]].counts if one.kinds[0] in known else ("present",)
    return Entry(
        one,
        _("、").join(kind_words(one)),
        registers.items_of(one, known),
        _("、").join(due_words(one)),
        one.part(states),
        who.get(one.code, {}),
        later,
    )


def _who(by: Act, org: str, codes: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Evening → state → names of those who were not simply there: one look at the register for all of them, in each member's log once."""
    rows = selectors.presence_of(codes, org)
    wanted = sorted(
        {token for held in rows.values() for token, (status, _d) in held.items() if status != "present"}
    )
    shown = selectors.names(by, org, wanted) if wanted else {}
    found: dict[str, dict[str, list[str]]] = {}
    for code, held in rows.items():
        for token, (status, _disputed) in held.items():
            if status != "present" and shown.get(token):
                found.setdefault(code, {}).setdefault(status, []).append(shown[token])
    return {code: {status: sorted(names) for status, names in held.items()} for code, held in found.items()}


@page("desk", "branch/month/", name="branch-month", methods=("GET", "HEAD"), right=READ)
def month(request: HttpRequest) -> HttpResponse:
    """The month's report as it writes itself; `?as=docx` to send on."""
    by = act_of(request)
    org = own_branch(request, by)
    since = month_typed(request.GET.get("month", ""), "month", orgs.today())
    until = next_month(since)
    codes = selectors.held_of(org, since=since, until=until)
    entries = [_entry(one, {}) for one in selectors.told_all(codes[::-1])]
    dues = [
        (_("%(due)s（%(when)s）") % {"due": one.title, "when": one.when}, str(one.words))
        for one in selectors.due_now(org, min(orgs.today(), until))
        if one.window[0] < until and one.window[1] >= since
    ]
    said = registers.month_words(entries, dues, since)
    title = _("%(y)d 年 %(m)d 月支部工作小结") % {"y": since.year, "m": since.month}
    if request.GET.get("as") == "docx":
        out = io.BytesIO()
        write_word(
            out, [Text(orgs.name_of(org), "heading"), Text(title, "title"), *(Text(one) for one in said)]
        )
        return word(out.getvalue(), f"month-{since:%Y-%m}")
    return render(
        request, "gather/branch/month.html", org=orgs.name_of(org), title=title, said=said, month=since
    )


@page("desk", "branch/evenings/<str:code>/sheet/", name="branch-sheet", methods=("GET", "HEAD", "POST"))
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """A sign-in sheet of a planned evening to print, of one's own side; names only by a POST, which opens them for a purpose."""
    by, slot = act_of(request), selectors.planned(code)
    if slot is None:
        raise Missing.of("code", _("没有这次会，或者它不对您开放"), _("请从列表里选"))
    org = side_here(by, slot)
    roll = selectors.roll_on(org, timezone.localdate(slot.starts))
    names = sorted(selectors.names(by, org, roll).values()) if request.method == "POST" else [""] * len(roll)
    if request.method == "POST":
        when = f"{moment(slot.starts)} {slot.where}"
        return word(registers.sign_in(orgs.name_of(org), slot.title, when, names), f"sign-in-{code}")
    context: dict[str, Any] = {
        "slot": slot,
        "org": orgs.name_of(org),
        "names": names,
        "command": new_key("sheet"),
    }
    return render(request, "gather/branch/sheet.html", **context)


def word(content: bytes, name: str) -> HttpResponse:
    """A Word file to save."""
    answer = HttpResponse(content, content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return answer


def _year(request: HttpRequest) -> int:
    typed = request.POST.get("year", "") or request.GET.get("year", "")
    year = whole_number(typed) if typed else orgs.today().year
    if year is None or not 1949 <= year <= LAST.year:
        raise Invalid.of("year", _("年份不对"), _("例如 2026"))
    return year
