"""One evening: what was told, who was there (for the branch), decisions and their matters, what was corrected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.branch import selectors, services
from baodao.gather.branch.evening import SECRET
from baodao.gather.branch.selectors import RECORD, subject_of
from baodao.gather.branch.services import Task
from baodao.gather.words import PRESENCE
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed, whole_number
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import fact_rows
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named

from .common import act_of, day_of, due_words, item_words, kind_words, plain, presence_words, seen, side_of
from .planned import planned


@page("desk", "branch/evenings/<str:code>/", name="branch-one")
def one(request: HttpRequest, code: str) -> HttpResponse:
    """An evening; a POST opens names, makes a decision a matter, or lets a branch that held it too record its own members."""
    by = act_of(request)
    slot = selectors.planned(code)
    if slot is not None and slot.state != "held":
        return planned(request, by, slot)
    told, own = seen(by, code)
    problem: Problem | None = None
    do = request.POST.get("do", "")
    if request.method == "POST" and do != "names":
        try:
            _do(by, told, do, request.POST.dict())
            return HttpResponseRedirect(reverse("desk:branch-one", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    return _page(request, by, told, own, problem)


def _page(
    request: HttpRequest, by: Act, told: selectors.Told, own: bool, problem: Problem | None
) -> HttpResponse:
    side = told.org if own else side_of(by, told)
    names = request.POST.get("do") == "names" and bool(side)
    counts = told.counts if own else told.theirs.get(side, {})
    return render(
        request,
        "gather/branch/one.html",
        status=problem.status if problem else 200,
        it=told,
        org=orgs.name_of(told.org),
        kinds=kind_words(told),
        items=item_words(told),
        dues=due_words(told),
        with_orgs=[orgs.name_of(org) for org in told.with_orgs],
        part=told.part(_states(told)),
        share=told.roll >= SECRET,
        counts=presence_words(counts) if side else [],
        people=_people(by, told, side, names) if counts and side else [],
        opened=names,
        own=own,
        side=side and not own,
        side_name=orgs.name_of(side) if side else "",
        side_told=bool(counts),
        side_part=sum(counts.get(state, 0) for state in _states(told)),
        side_roll=sum(counts.values()),
        ticking=bool(side) and not own and allowed(by, RECORD, subject_of(side)),
        recording=own and allowed(by, RECORD, subject_of(told.org)),
        handing=own and bool(told.procedure) and allowed(by, "task.open", subject_of(told.org)),
        decisions=[(n, text, told.handed_on.get(n, "")) for n, text in enumerate(told.decisions, 1)],
        offered=_offered(told),
        by_day=(orgs.today() + timedelta(days=30)).isoformat(),
        versions=_versions(told),
        papers=selectors.papers_of(told.code) if own else [],
        problem=problem,
        typed={name: str(value)[:200] for name, value in request.POST.items()},
        command=new_key("meeting"),
    )


def _do(by: Act, told: selectors.Told, do: str, typed: dict[str, str]) -> None:
    if not do.startswith("task-"):
        raise Invalid.of("", _("没有这一步"), _("请刷新页面"))
    n = whole_number(do[5:]) or 0
    day = day_typed(typed.get(f"by-{n}", ""), f"by-{n}")
    org = org_named(typed.get(f"org-{n}", "")[:200], orgs.today(), f"org-{n}")
    services.hand_on(by, tasks=[Task(told.code, n, org, day)])


def _states(told: selectors.Told) -> tuple[str, ...]:
    known = selectors.kinds_at(told.org, day_of(told))
    return known[told.kinds[0]].counts if told.kinds[0] in known else ("present",)


def _people(by: Act, told: selectors.Told, side: str, names: bool) -> list[dict[str, Any]]:
    """Who of one side was not simply there; each side has its own."""
    rows = selectors.presence(told.code, side)
    shown = selectors.names(by, side, rows) if names else {}
    why, said = selectors.excuses(told.code), selectors.replies(told.code)
    return [
        {
            "name": shown.get(token, ""), "status": PRESENCE[status], "reason": why.get(token, ""),
            "said": said.get(token, "") if disputed else "",
        }
        for token, (status, disputed) in sorted(rows.items(), key=lambda row: (shown.get(row[0], ""), row[0]))
        if status != "present" or disputed or names
    ]  # fmt: skip


def _offered(told: selectors.Told) -> list[str]:
    """Whom a decision is likely given to: the branch itself, its groups and partners."""
    return [
        orgs.name_of(told.org),
        *(name for _code, name in selectors.partners(told.org, day_of(told))[:40]),
    ]


def _versions(told: selectors.Told) -> list[tuple[Any, int]]:
    """Earlier records that this one corrects: (when it was told, who took part)."""
    return [(fact.noted, fact.value or 0) for fact in fact_rows(told.versions[:-1])]
