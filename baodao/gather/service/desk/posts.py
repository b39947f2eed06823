"""Standing posts on the desk: set, end, free; duties, holder where she wishes to be named, lapse."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.service import services, standing
from baodao.gather.service.pages import act_of, home_of, plain, typed_of
from baodao.gather.service.selectors import of_community
from baodao.gather.service.words import STANDS
from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.places.selectors import grids_of

SET, PAGE = "stand.set", 50


@page("desk", "standing/", name="standing", nav=(42, gettext_lazy("关键岗、责任区")), right=SET)
def posts(request: HttpRequest) -> HttpResponse:
    """The posts of one's own organization."""
    by, org, day = act_of(request), home_of(request), orgs.today()
    if not allowed(by, SET, of_community(org)):
        raise Refused.of("", _("您的岗位不设关键岗"), _("请换岗位；大家看的在门户的“关键岗、责任区”"))
    problem: Problem | None = None
    typed = {"since": day.isoformat()} | typed_of(request)
    rows = standing.at([org], day, request.GET.get("after", "")[:16], PAGE + 1)
    if request.method == "POST":
        try:
            do, code = typed.get("do", "").partition("-")[::2]
            if do == "free":
                services.lay_down(by, code=code)
            elif do == "end":
                services.end_stands(by, codes=[code])
            else:
                one = services.NewStand(
                    org, typed.get("kind", ""), typed.get("title", ""), day_typed(typed["since"], "since"),
                    typed.get("about", ""), typed.get("area", ""),
                )  # fmt: skip
                services.set_stands(by, stands=[one])
            return HttpResponseRedirect(reverse("desk:standing"), status=303)
        except Problem as caught:
            problem = plain(caught)
    kinds, names = standing.kinds_of(org, day), standing.holder_names(rows[:PAGE])
    return render(
        request,
        "gather/service/posts.html",
        status=problem.status if problem else 200,
        org=orgs.name_of(org),
        rows=[(one, STANDS[one.state], names.get(one.row.code, "")) for one in rows[:PAGE]],
        kinds=[(code, standing.titled(kind, code)) for code, kind in kinds.items()],
        areas=[(one.code, one.name) for one in grids_of(org, day)][:300],
        typed=typed,
        next_href=f"?after={rows[PAGE - 1].row.code}" if len(rows) > PAGE else "",
        problem=problem,
        command=new_key("stand"),
    )
