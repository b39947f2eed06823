"""The calendar file at a secret address: whoever knows the address reads it, without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.gather import codes, selectors
from baodao.gather.icalendar import Event, write
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page
from baodao.orgs import selectors as orgs
from baodao.people.door import clock


@page("portal", "calendar/<str:secret>.ics", name="calendar", public=True, methods=("GET", "HEAD"))
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """A month back, half a year ahead. An address that was renewed is not there any more."""
    owner = selectors.feed_owner(codes.digest(secret)) if 16 <= len(secret) <= 64 else ""
    if not owner:
        raise Missing.of("", _("没有这个日历，或者地址已经换了"), _("请在“我的活动”里看现在的地址"))
    now = clock()
    what, _colon, key = owner.partition(":")
    name = orgs.name_of(key) if what == "org" else _("我的活动")
    events = [
        Event(
            f"{row.code}@baodao", row.starts, row.ends, row.title,
            row.where, "" if row.level else row.notes, row.state == "called_off",
        )
        for row in selectors.feed_rows(owner, now)
    ]  # fmt: skip
    answer = HttpResponse(write(name, events, now), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="baodao.ics"'
    return answer
