"""Standing posts as everybody reads them (三亮): what is promised, which area, whether somebody is there; a name only where its
holder wishes it. A member takes a vacant one here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.service import selectors, services, standing
from baodao.gather.service.pages import plain, self_act, typed_of
from baodao.gather.service.words import STANDS
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem, Unauthenticated
from baodao.kernel.pages import further, page, render, who_of
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.places.selectors import grid

PAGE = 50


@page("portal", "standing/", name="standing", public=True)
def posts(request: HttpRequest) -> HttpResponse:
    """Posts of one organization, found by its name; my own communities and units first."""
    by, day, who = self_act(request), orgs.today(), who_of(request)
    problem: Problem | None = None
    typed = typed_of(request)
    member = selectors.own(by.person)[1] if who.signed_in else None
    if request.method == "POST":
        try:
            _take(by, typed, signed_in=member is not None)
            return HttpResponseRedirect(reverse("portal:my-service"), status=303)
        except Problem as caught:
            problem = plain(caught)
    asked, near = request.GET.get("q", "")[:80], []
    mine = list(selectors.where_to(member, day)) + member.units_now if member is not None else []
    codes = mine
    if asked.strip():
        try:
            codes = [org_named(asked, day, "q")]
        except Invalid as wrong:
            codes, near, problem = [], [wrong.faults[0].remedy], wrong
    rows = standing.at(codes, day, request.GET.get("after", "")[:16], PAGE + 1) if codes else []
    names = standing.holder_names(rows[:PAGE])
    return render(
        request,
        "gather/service/standing.html",
        status=problem.status if problem else 200,
        rows=[
            (one, orgs.name_of(str(one.row.org_id)), STANDS[one.state], _area(one), names.get(one.row.code, ""))
            for one in rows[:PAGE]
        ],
        able=set(mine),
        asked=asked,
        near=near,
        next_href=further(rows, PAGE, lambda one: one.row.code, q=asked),
        problem=problem,
        command=new_key("standing"),
    )  # fmt: skip


def _take(by: Act, typed: dict[str, str], *, signed_in: bool) -> None:
    if not signed_in:
        raise Unauthenticated.of("", _("上岗要先登录"), _("请用手机号登录"))
    do, code = typed.get("do", "").partition("-")[::2]
    if do != "take":
        raise Invalid.of("", _("没有这一步"), _("请刷新页面"))
    services.take_stand(by, code=code, named=bool(typed.get("named")))


def _area(one: standing.Shown) -> str:
    """The name of a responsibility area; "" without. No statement."""
    found = grid(one.row.area) if one.row.area else None
    return found.name if found is not None else ""
