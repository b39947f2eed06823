"""What is planned, and a new plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed
from baodao.orgs import selectors as orgs
from baodao.orgs.plans import selectors
from baodao.orgs.plans.models import OrgPlan
from baodao.orgs.plans.services import draft_plan
from baodao.orgs.plans.words import STATES, TONES
from baodao.orgs.policies import reach_of

from .common import act_of

PAGE = 50
VIEWS = {"open": ("draft", "confirmed"), "done": ("confirmed", "undone", "dropped")}


@page("desk", "plans/", name="plans", nav=(72, gettext_lazy("调整计划")), right="plan.draft")
def plans(request: HttpRequest) -> HttpResponse:
    """Drafts and what waits for its day; what took effect or was taken back. A POST begins a draft."""
    by, today = act_of(request), orgs.today()
    if not reach_of(by, selectors.READ):
        raise Refused.of("", _("调整计划由区里的管理员拟"), _("请把名单交给他们"))
    typed, problem = request.POST, None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(
                reverse("desk:plan", kwargs={"code": _draft(request, by)}), status=303
            )
        except Problem as caught:
            problem = caught
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    rows = selectors.visible(by).filter(state__in=VIEWS[view])
    over = {"day__lte": today, "state": "confirmed"}
    rows = rows.exclude(**over) if view == "open" else rows.exclude(state="confirmed", day__gt=today)
    after = request.GET.get("after", "")[:16]
    total = rows.count()
    shown = list((rows.filter(code__lt=after) if after else rows).order_by("-code")[: PAGE + 1])
    return render(
        request,
        "orgs/plans/list.html",
        status=problem.status if problem else 200,
        problem=problem,
        view=view,
        rows=[
            (row, _said(row, today), TONES[row.state], orgs.name_of(str(row.org_id))) for row in shown[:PAGE]
        ],
        total=total,
        next_href=f"?view={view}&after={shown[PAGE - 1].code}" if len(shown) > PAGE else "",
        first_href=f"?view={view}" if after else "",
        title=typed.get("title", ""),
        day=typed.get("day", ""),
        command=new_key("plan"),
    )


def _draft(request: HttpRequest, by: Act) -> str:
    who, typed = who_of(request), request.POST
    home = who.post.org if who.post else ""
    return draft_plan(
        by, org=home, title=typed.get("title", "")[:120], day=day_typed(typed.get("day", ""), "day")
    )


def _said(row: OrgPlan, today: date) -> Any:
    return _("已生效") if row.state == "confirmed" and row.day <= today else STATES[row.state]
