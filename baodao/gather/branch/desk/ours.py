"""An evening that another organization recorded and one's own held too: who of one's own members was there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.branch import selectors, services
from baodao.gather.branch.evening import Line
from baodao.gather.branch.selectors import RECORD, Told, subject_of
from baodao.gather.words import PRESENCE
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import act_of, kind_words, plain, seen, side_of


@page("desk", "branch/evenings/<str:code>/ours/", name="branch-ours")
def ours(request: HttpRequest, code: str) -> HttpResponse:
    """All on the own roll count as present, only the others are changed; `do` is names (open them) or send."""
    by = act_of(request)
    told, _own = seen(by, code)
    side = side_of(by, told)
    if not side:
        raise Missing.of("code", _("这次会不是和本组织一起开的"), _("请从列表里选"))
    if not allowed(by, RECORD, subject_of(side)):
        raise Refused.of("", _("组织生活由支部自己记"), _("请换到支部的岗位"))
    problem: Problem | None = None
    if request.method == "POST" and request.POST.get("do") == "send":
        try:
            lines = [_line(request, token) for token in selectors.side_roll(told, side)]
            reason = request.POST.get("reason", "")[:200]
            services.record_together(by, code=code, org=side, lines=lines, reason=reason)
            return HttpResponseRedirect(reverse("desk:branch-one", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    return _page(request, by, told, side, problem)


def _line(request: HttpRequest, token: str) -> Line:
    status = request.POST.get(f"s-{token}", "present")[:10]
    return Line(
        token, status, request.POST.get(f"r-{token}", "")[:200].strip() if status == "excused" else ""
    )


def _page(request: HttpRequest, by: Act, told: Told, side: str, problem: Problem | None) -> HttpResponse:
    roll = selectors.side_roll(told, side)
    names = selectors.names(by, side, roll) if request.method == "POST" else {}
    held, why = selectors.presence(told.code, side), selectors.excuses(told.code)
    rows = []
    for token in sorted(roll, key=lambda one: (names.get(one, ""), one)):
        was = held[token][0] if token in held else "present"
        status, reason = (
            request.POST.get(f"s-{token}", was),
            request.POST.get(f"r-{token}", why.get(token, "")),
        )
        rows.append((token, names.get(token, ""), status, reason))
    return render(
        request,
        "gather/branch/ours.html",
        status=problem.status if problem else 200,
        it=told,
        kinds=kind_words(told),
        convener=orgs.name_of(told.org),
        org=orgs.name_of(side),
        rows=rows,
        opened=bool(names),
        states=list(PRESENCE.items()),
        correcting=side in told.theirs,
        reason=request.POST.get("reason", "")[:200],
        problem=problem,
        command=new_key("meeting"),
    )
