"""Who leaves with something open, and the sheets; a new sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_or_none
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.handover import ports, selectors
from baodao.orgs.handover.services import open_sheet
from baodao.orgs.handover.words import STATES, TONES

from .common import act_of, words_of

PAGE = 50
VIEWS = {"open": ("open", "signed"), "done": ("done", "dropped")}


@page("desk", "handovers/", name="handovers", nav=(62, gettext_lazy("工作交接")), methods=("GET", "HEAD"))
def handovers(request: HttpRequest) -> HttpResponse:
    """Leavers first: what has nobody yet. Then the sheets, the newest first."""
    by, day = act_of(request), orgs.today()
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    after = request.GET.get("after", "")[:16]
    rows = selectors.visible(by).filter(state__in=VIEWS[view]).order_by("-code")
    total = rows.count()
    shown = list((rows.filter(code__lt=after) if after else rows)[: PAGE + 1])
    leaving = selectors.leavers(by, day) if view == "open" else []
    mine = orgs.posts_of(by.person, day)
    named = {row.post for row in shown} | {row.heir for row in shown}
    return render(
        request,
        "orgs/handover/list.html",
        view=view,
        leavers=[(one, orgs.name_of(str(one.post.org_id)), one.over(day)) for one in leaving],
        mine=[(post, orgs.name_of(str(post.org_id))) for post in mine],
        rows=[(row, STATES[row.state], TONES[row.state]) for row in shown[:PAGE]],
        words=words_of(named),
        office={row.code: orgs.name_of(row.org) for row in shown},
        total=total,
        next_href=f"?view={view}&after={shown[PAGE - 1].code}" if len(shown) > PAGE else "",
        first_href=f"?view={view}" if after else "",
    )


@page("desk", "handovers/new/", name="handover-new")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a sheet for a post: who takes over, from when on."""
    by, today = act_of(request), orgs.today()
    typed = request.POST if request.method == "POST" else request.GET
    code, heir = typed.get("post", "")[:48], typed.get("heir", "")[:48]
    post = selectors.post_of(code)
    if post is None or not allowed(by, selectors.OPEN, selectors.subject_of(post)):
        raise Missing.of("post", _("没有这个岗位，或者不由您交接"), _("请从列表里选"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            sheet = open_sheet(by, post=code, heir=heir, day=day_or_none(typed.get("day", ""), "day"))
            return HttpResponseRedirect(reverse("desk:handover", kwargs={"code": sheet}), status=303)
        except Problem as caught:
            problem = caught
    day = post.until or today
    found = selectors.successors(str(post.org_id), max(day, today), code)
    return render(
        request,
        "orgs/handover/new.html",
        status=problem.status if problem else 200,
        problem=problem,
        post=post,
        office=orgs.name_of(str(post.org_id)),
        n=ports.open_of([code]).get(code, 0),
        heirs=[(one.code, f"{one.title} · {one.code}") for one in found],
        heir=heir or (found[0].code if found and found[0].kind == post.kind else ""),
        day=typed.get("day", "") or day.isoformat(),
        command=new_key("handover"),
    )
