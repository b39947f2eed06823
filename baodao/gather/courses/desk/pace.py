"""How soon new topics are heard, and what was given where: the figures with their rows, and the rows as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.gather.courses import selectors
from baodao.gather.courses.declare import lists_of, titled
from baodao.kernel.pages import page, render
from baodao.kernel.tables.write import write_xlsx
from baodao.kernel.typed import month_in
from baodao.orgs import selectors as orgs

from .common import act_of, home_of, org_name, subject_title

PAGE, MOST = 50, 5000
YEAR = timedelta(days=365)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("desk", "courses/pace/", name="course-pace", right="matter.read", methods=("GET", "HEAD"))
def course_pace(request: HttpRequest) -> HttpResponse:
    """Topics of the last year: days from the menu to the first talk, in how many places; the middle of the days. Two statements."""
    act_of(request)
    day, home = orgs.today(), home_of(request)
    since, until = day - YEAR, day + timedelta(days=1)
    rows = selectors.reached(home, since, until, after=request.GET.get("after", "")[:16], limit=PAGE + 1)
    return render(
        request,
        "gather/courses/pace.html",
        rows=[(one, subject_title(one.offer, day), org_name(str(one.offer.org_id))) for one in rows[:PAGE]],
        pace=selectors.pace(home, since, until),
        since=since,
        next_href=f"?after={rows[PAGE - 1].offer.code}" if len(rows) > PAGE else "",
    )


@page("desk", "courses/pace.xlsx", name="course-pace-sheet", right="matter.read", methods=("GET", "HEAD"))
def course_pace_sheet(request: HttpRequest) -> HttpResponse:
    """The same rows as a workbook."""
    day, home = orgs.today(), home_of(request)
    rows = selectors.reached(home, day - YEAR, day + timedelta(days=1), limit=MOST)
    header = (
        _("题目"),
        _("哪一类"),
        _("谁出的"),
        _("上菜单的日子"),
        _("多少天以后第一次讲"),
        _("讲到几个社区"),
    )
    lines = (
        (
            one.offer.title, subject_title(one.offer, day), org_name(str(one.offer.org_id)), one.offer.since, one.days,
            one.places,
        )
        for one in rows
    )  # fmt: skip
    return _book(_("多久讲到"), header, lines, "topics")


@page("desk", "courses/given/", name="course-given", right="matter.read", methods=("GET", "HEAD"))
def course_given(request: HttpRequest) -> HttpResponse:
    """What was given where in a year or a month: talks, heads, how often residents were told by hand. `?as=xlsx`. Three statements."""
    act_of(request)
    home, since, until = home_of(request), *_span(request.GET.get("month", ""))
    channels = lists_of(home, orgs.today()).channels
    shown = [(code, titled(one, code)) for code, one in channels.items() if one.times]
    sheet = request.GET.get("as") == "xlsx"
    after = "" if sheet else request.GET.get("after", "")[:32]
    rows = selectors.given(home, since, until, after=after, limit=MOST if sheet else PAGE + 1)
    if sheet:
        header = (_("单位"), _("讲了几单"), _("几场"), _("来了多少人次"), *(title for _code, title in shown))
        lines = (
            (
                org_name(one.org),
                one.talks,
                one.sessions,
                one.came,
                *(one.relays.get(code, 0) for code, _t in shown),
            )
            for one in rows
        )
        return _book(_("讲到哪里"), header, lines, "given")
    return render(
        request,
        "gather/courses/given.html",
        rows=[
            (org_name(one.org), one, [one.relays.get(code, 0) for code, _t in shown]) for one in rows[:PAGE]
        ],
        channels=[title for _code, title in shown],
        whole=selectors.given_in_all(home, since, until),
        month=request.GET.get("month", "")[:7],
        since=since,
        next_href=f"?month={request.GET.get('month', '')[:7]}&after={rows[PAGE - 1].org}"
        if len(rows) > PAGE
        else "",
    )


def _span(month: str) -> tuple[date, date]:
    """A month as typed (2026-11), else the last year until today."""
    since = month_in(month[:7])
    if since is None:
        day = orgs.today()
        return day - YEAR, day + timedelta(days=1)
    return since, (since + timedelta(days=32)).replace(day=1)


def _book(title: str, header: Sequence[str], lines: Iterable[Sequence[Any]], name: str) -> HttpResponse:
    out = io.BytesIO()
    write_xlsx(out, title, header, lines)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
