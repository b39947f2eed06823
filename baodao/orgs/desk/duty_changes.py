"""Proposals to change a duty list on the desk: the list of them, making one, accepting and declining."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.orgs import duties, selectors
from baodao.orgs.duties import KINDS, OUTCOMES, REASONS, Change
from baodao.orgs.services import propose_change, settle_change
from baodao.people.door import act_from

from .duties import may, own_org

PAGE = 50


@page("desk", "duty-changes/", name="duty-changes")
def changes(request: HttpRequest) -> HttpResponse:
    """Proposals of the district, open ones first asked for; a button accepts or declines."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("duty"))
            code, outcome = request.POST.get("code", "")[:16], request.POST.get("outcome", "")[:16]
            settle_change(by, code=code, outcome=outcome)
            return HttpResponseRedirect(f"{reverse('desk:duty-changes')}?show=all#{code}", status=303)
        except Problem as caught:
            problem = caught
    show = "all" if request.GET.get("show") == "all" else "open"
    day = selectors.today()
    home = duties.district_of(own_org(request), day)
    rows = duties.changes_within(
        day,
        [home],
        state="" if show == "all" else "open",
        after=request.GET.get("after", "")[:16],
        limit=PAGE + 1,
    )
    return render(
        request,
        "orgs/duty_changes.html",
        status=problem.status if problem else 200,
        problem=problem,
        rows=[
            (
                row,
                selectors.name_of(row.org),
                row.state == "open" and may(request, "duty.settle_change", row.org),
            )
            for row in rows[:PAGE]
        ],
        titles=_titles(rows[:PAGE]),
        show=show,
        next_href=f"?show={show}&after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
        first_href=f"?show={show}" if request.GET.get("after") else "",
        reasons=REASONS,
        kinds=KINDS,
        outcomes=OUTCOMES,
        command=new_key("duty"),
    )


def _titles(rows: list[Change]) -> dict[tuple[str, str], str]:
    """(organization, item) → title as it stood when the proposal was made. One statement."""
    return duties.titles_of([(row.org, row.item, row.opened) for row in rows])


@page("desk", "duties/<str:org>/propose/", name="duty-propose")
def propose(request: HttpRequest, org: str) -> HttpResponse:
    """Propose that one item be changed."""
    if org not in selectors.forest():
        raise Missing.of("org", _("没有这个组织"), _("请从组织目录里选"))
    if not may(request, "duty.propose_change", org):
        raise Refused.of(
            "", _("修改建议由本单位的负责人或它的上级提出"), _("请负责人提出，或在办理时提出争议")
        )
    typed = request.POST if request.method == "POST" else request.GET
    item, reason, wanted = (typed.get(name, "")[:40] for name in ("item", "reason", "wanted"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            by = act_from(request, command=typed.get("command", "")[:100] or new_key("duty"))
            code = propose_change(by, org=org, item=item, reason=reason, wanted=wanted)
            return HttpResponseRedirect(f"{reverse('desk:duty-changes')}#{code}", status=303)
        except Problem as caught:
            problem = caught
    rows = duties.duties_of(org, selectors.today())
    return render(
        request,
        "orgs/duty_propose.html",
        status=problem.status if problem else 200,
        problem=problem,
        org=org,
        name=selectors.name_of(org),
        items=[(duty.code, f"{duty.code} {duty.title}（{KINDS[duty.kind]}）") for duty in rows],
        reasons=[(code, words) for code, words in REASONS.items() if code != "disputed"],
        kinds=list(KINDS.items()),
        item=item,
        reason=reason,
        wanted=wanted,
        command=typed.get("command", "") or new_key("duty"),
    )
