"""Portal page: what can be heard in this district; anybody reads it, ordering is free."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from baodao.gather.models import Slot
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

from . import selectors
from .declare import Channel, lists_of, titled
from .selectors import listed

PAGE, COMING = 50, 20


@page(
    "portal", "courses/", name="courses", nav=(45, gettext_lazy("课程")), public=True, methods=("GET", "HEAD")
)
def courses(request: HttpRequest) -> HttpResponse:
    """What is given in the next days, as communities announced it, and the menu, for everybody. Six statements."""
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
        coming=_coming(request) if not (asked["q"] or asked["after"]) else [],
        asked=asked,
        next_href=f"?q={asked['q']}&after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
    )


def _coming(request: HttpRequest) -> list[tuple[str, str, str, list[Slot]]]:
    """(title, form, community, gatherings) of what was announced on the portal. Three statements."""
    pack = orgs.home(orgs.today())
    web = [code for code, one in pack.many(Channel).items() if one.way == "web"] if pack is not None else []
    found = selectors.coming(act_from(request, command="read").noted, web, limit=COMING)
    titles = {one.code: one.title for one in selectors.offers_of([order.offer for order, _slots in found])}
    return [
        (
            titles.get(order.offer, ""),
            titled(lists_of(order.org, orgs.today()).forms.get(order.form), order.form),
            orgs.name_of(order.org),
            slots,
        )
        for order, slots in found
    ]


from .programmes import portal as programmes  # noqa: E402, F401
