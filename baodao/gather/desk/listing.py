"""Desk: what is on at an organization and below, by day; the same as a sheet; the calendar's address."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather import codes, selectors, services
from baodao.gather.kinds import kinds_of, titled
from baodao.gather.policies import READ, at_org
from baodao.gather.selectors import Wish
from baodao.kernel.act import new_key
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.kernel.typed import day_in
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.places.catalogue.desk import marked

from .common import act_of, home_of, line_of

PAGE, EXPORTED = 50, 5000
SPANS = {"day": 1, "week": 7, "month": 31}


def wish_of(request: HttpRequest) -> tuple[Wish, str]:
    """What the list is narrowed to, and the span asked for."""
    since = day_in(request.GET.get("day", "")) or orgs.today()
    span = request.GET.get("span", "week")
    span = span if span in SPANS else "week"
    org = request.GET.get("org", home_of(request))[:48]
    return Wish(org, since, since + timedelta(days=SPANS[span]), request.GET.get("kind", "")[:40]), span


@page("desk", "gather/", name="gatherings", nav=(45, gettext_lazy("活动和排班")), right=READ)
def gatherings(request: HttpRequest) -> HttpResponse:
    """By day, of one's own organization and below; a POST renews the address of the organization's calendar."""
    by, home = act_of(request), home_of(request)
    if not reach_of(by, READ):
        raise Refused.of("", _("您的岗位不看活动和排班"), _("请换岗位"))
    if request.method == "POST":
        services.renew_feed(by, org=home)
        return HttpResponseRedirect(f"{reverse('desk:gatherings')}#feed", status=303)
    wish, span = wish_of(request)
    assert wish.since is not None and wish.until is not None
    rows = selectors.listed(by, wish, request.GET.get("after", "")[:80], PAGE + 1)
    lines = [line_of(row) for row in rows[:PAGE]]
    query = f"org={wish.org}&kind={wish.kind}&span={span}"
    feeding = allowed(by, "gather.feed", at_org(home))
    n = selectors.feed_n(f"org:{home}") if feeding else 0
    return render(
        request,
        "gather/list.html",
        days=[(day, list(found)) for day, found in groupby(lines, key=lambda line: line["day"])],
        shown=len(lines),
        wish=wish,
        span=span,
        spans=[("day", _("一天")), ("week", _("七天")), ("month", _("一个月"))],
        query=query,
        here=f"{query}&day={wish.since.isoformat()}",
        before=(wish.since - timedelta(days=SPANS[span])).isoformat(),
        behind=wish.until.isoformat(),
        today=orgs.today().isoformat(),
        kinds=[(code, titled(kind)) for code, kind in kinds_of(home).items()],
        home=home,
        org_name=orgs.name_of(wish.org) if wish.org else "",
        opening=allowed(by, "gather.open", at_org(home)),
        feeding=feeding,
        feed=feed_address(f"org:{home}", n) if n else "",
        next_href=f"?{query}&day={wish.since.isoformat()}&after={selectors.mark_of(rows[PAGE - 1])}" if len(rows) > PAGE else "",
        command=new_key("feed"),
    )  # fmt: skip


def feed_address(owner: str, n: int) -> str:
    """The address that a calendar subscribes to."""
    where = reverse("portal:calendar", kwargs={"secret": codes.feed(owner, n)})
    return f"{settings.BASE_URL.rstrip('/')}{where}"


@page("desk", "gather/gatherings.xlsx", name="gatherings-export", methods=("GET", "HEAD"))
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed; numbers, never names."""
    by = act_of(request)
    wish, _span = wish_of(request)
    rows = selectors.listed(by, wish, limit=EXPORTED)
    counts = selectors.counts_of([row.code for row in rows])
    header = [
        _("编号"), _("活动"), _("种类"), _("单位"), _("开始"), _("结束"), _("地点"), _("名额"), _("报名"), _("排队"),
        _("到场"), _("人次"), _("状态"),
    ]  # fmt: skip
    out = io.BytesIO()
    write_xlsx(
        out, marked(_("活动和排班"), rows), header, (_cells(row, counts[row.code]["present"]) for row in rows)
    )
    return workbook(out.getvalue(), f"gatherings-{wish.since}")


def _cells(row: Any, present: int) -> list[Any]:
    line = line_of(row)
    # Of a branch's evening those above have shares alone, on the branch's page.
    came = ("", "") if row.domain == "party" and row.form == "meeting" else (present, row.heads)
    return [
        row.code, row.title, line["kind"], line["org"], timezone.localtime(row.starts), timezone.localtime(row.ends),
        row.where, row.seats or "", row.taken, row.waiting, *came, str(line["state"]),
    ]  # fmt: skip
