"""How soon new topics are heard: the figure with its rows, and the rows as a workbook."""

from __future__ import annotations

import io
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.gather.courses import selectors
from baodao.kernel.pages import page, render
from baodao.kernel.tables.write import write_xlsx
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
    out = io.BytesIO()
    write_xlsx(out, _("多久讲到"), header, lines)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="topics.xlsx"'
    return response
