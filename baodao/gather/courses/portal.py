"""Portal page: what can be heard in this district; anybody reads it, ordering is free."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs

from . import selectors
from .declare import lists_of, titled
from .selectors import listed

PAGE = 50


@page(
    "portal", "courses/", name="courses", nav=(45, gettext_lazy("课程")), public=True, methods=("GET", "HEAD")
)
def courses(request: HttpRequest) -> HttpResponse:
    """The menu, for everybody. Three statements."""
    day = orgs.today()
    asked = {name: request.GET.get(name, "").strip()[:40] for name in ("q", "after")}
    rows = selectors.menu("", day, words=asked["q"], after=asked["after"], limit=PAGE + 1)
    found = []
    for row in rows[:PAGE]:
        lists = lists_of(str(row.org_id), day)
        forms = [titled(lists.forms.get(code), code) for code in listed(row.forms)]
        subject = titled(lists.subjects.get(row.subject), row.subject)
        found.append((row, subject, forms, orgs.name_of(str(row.org_id))))
    return render(
        request,
        "gather/courses/public.html",
        rows=found,
        asked=asked,
        next_href=f"?q={asked['q']}&after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
    )


from .programmes import portal as programmes  # noqa: E402, F401
