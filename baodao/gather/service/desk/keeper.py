"""One member's points for the one post that the pack names. She comes and asks; there is nothing to leaf through."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.service.asking import Shown, keeper_looks, of_keeper
from baodao.gather.service.declare import POINTS
from baodao.gather.service.pages import act_of, plain, purposes_of, typed_of
from baodao.gather.service.words import CUTS, half_words
from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs


@page(
    "desk", "service/points/", name="service-points", nav=(43, gettext_lazy("一名党员的积分")), right=POINTS
)
def keeper(request: HttpRequest) -> HttpResponse:
    """One at a time, by the telephone that she gives, for a purpose; logged."""
    by = act_of(request)
    if not allowed(by, POINTS, of_keeper(by)):
        raise Refused.of("", _("积分只有本人和一个指定岗位能看"), _("请换岗位"))
    problem: Problem | None = None
    found: Shown | None = None
    typed = typed_of(request)
    if request.method == "POST":
        try:
            found = keeper_looks(by, typed.get("phone", ""), orgs.today())
        except Problem as caught:
            problem = plain(caught)
    return render(
        request,
        "gather/service/keeper.html",
        status=problem.status if problem else 200,
        found=found,
        cuts=CUTS,
        half=half_words,
        typed=typed,
        purposes=purposes_of(request),
        problem=problem,
        command=new_key("points"),
    )
