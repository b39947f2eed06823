"""Joint checks: the list, a new one, coming along, the one record, the paper for the place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.models import Slot
from baodao.gather.patrols import checks, selectors
from baodao.gather.patrols.checks import KIND, NewCheck
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import moment_typed, whole_number
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.policies import reach_of
from baodao.places.selectors import grids_of

from .common import FINDS, act_of, findings_of, finds_of, home_of, status_of


@page("desk", "checks/", name="checks")
def joint_checks(request: HttpRequest) -> HttpResponse:
    """Checks that this post sees; a POST opens one."""
    by, home, problem = act_of(request), home_of(request), None
    if not reach_of(by, selectors.CHECK_READ):
        raise Refused.of("", _("您的岗位不看联合检查"), _("请换岗位"))
    typed = {name: str(value)[:2000] for name, value in request.POST.items()}
    if request.method == "POST":
        try:
            slot = checks.open_check(by, new=_new(home, typed))
            return HttpResponseRedirect(reverse("desk:check", kwargs={"slot": slot}), status=303)
        except Problem as caught:
            problem = caught
    rows = selectors.checks(by)
    units = selectors.units([row.slot for row in rows])
    held = problem.extra.get("slot", "") if problem is not None else ""
    return render(
        request,
        "gather/patrols/checks.html",
        status=status_of(problem),
        rows=[(row, [orgs.name_of(one) for one in units.get(row.slot, [])]) for row in rows],
        opening=allowed(by, "check.open", selectors.of_org(home, "check:new")),
        places=[(one.code, one.name) for one in grids_of(home)][:300],
        held=held,
        typed={"hours": "2"} | typed,
        problem=problem,
        command=new_key("check"),
    )


def _new(home: str, typed: dict[str, str]) -> NewCheck:
    day = orgs.today()
    starts = moment_typed(typed.get("starts", ""), "starts")
    names = [
        one
        for one in typed.get("with", "").replace("；", "\n").replace("、", "\n").splitlines()
        if one.strip()
    ]
    hours = typed.get("hours", "")
    return NewCheck(
        org=home, title=typed.get("title", ""), address=typed.get("address", ""), starts=starts, place=typed.get("place", "")[:48],
        hours=whole_number(hours) or 0, with_orgs=tuple(org_named(one, day, "with") for one in names[:20]),
    )  # fmt: skip


@page("desk", "checks/<str:slot>/", name="check")
def joint_check(request: HttpRequest, slot: str) -> HttpResponse:
    """One check: who comes, the one record, the paper for the place."""
    by, home, problem = act_of(request), home_of(request), None
    row = selectors.check(by, slot)
    # A department that came across the same place may come along; it learns no more than that there is a visit.
    joining = row is None and request.POST.get("do") == "join"
    if row is None and not joining:
        raise Missing.of("slot", _("没有这次检查，或者不对您开放"), _("请从列表里选"))
    if request.method == "POST":
        try:
            if request.POST.get("do") == "join":
                checks.join_check(by, slot=slot, org=home)
            else:
                _record(by, request, slot)
            return HttpResponseRedirect(reverse("desk:check", kwargs={"slot": slot}), status=303)
        except Problem as caught:
            if row is None:
                raise
            problem = caught
    assert row is not None
    units = selectors.units([slot]).get(slot, [])
    it = selectors.slot_of(slot)
    return render(
        request,
        "gather/patrols/check.html",
        status=status_of(problem),
        row=row,
        it=it,
        units=[(one, orgs.name_of(one)) for one in units],
        record=_told(it),
        finds=selectors.finds(slot),
        may_record=it.state == "open" and allowed(by, "check.record", selectors.of_check(row, units)),
        kinds=finds_of(str(row.org_id), KIND),
        more=range(2, FINDS + 1),
        code=checks.code_for_paper(slot) if it.state == "held" and not row.rated else "",
        link=request.build_absolute_uri(reverse("portal:rate-visit")),
        typed={name: str(value)[:4100] for name, value in request.POST.items()},
        problem=problem,
        command=new_key("check"),
    )


def _record(by: Act, request: HttpRequest, slot: str) -> None:
    checks.record_check(
        by, slot=slot, came=[one[:32] for one in request.POST.getlist("came")[:20]],
        minutes=request.POST.get("minutes", "")[:4100], findings=findings_of(request, by),
    )  # fmt: skip


def _told(it: Slot) -> tuple[list[str], str] | None:
    held = (
        [fact for fact in facts_of(f"gather:{it.code}") if fact.kind == "gather.held"]
        if it.state == "held"
        else []
    )
    if not held:
        return None
    words = texts_of([held[-1].id]).get(held[-1].id, {}).get("minutes", "")
    return [orgs.name_of(one) for one in held[-1].data.with_orgs], words
