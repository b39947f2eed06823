"""Desk pages of rolls: one's own branch's roll, counts for those above, and who chose to be seen here."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.declare import OF_MEMBERS, choices
from baodao.people.door import act_from

from . import selectors, services
from .selectors import COUNT, READ, SEEN, OnRoll, of_branch, of_place
from .services import Answer, Enter, Leave
from .words import KINDS

PAGE = 100


def _act(request: HttpRequest) -> Act:
    command = request.POST.get("command", "")[:200] or new_key("roll")
    return act_from(request, command=command, purpose=request.POST.get("purpose", "")[:40])


def _home(request: HttpRequest) -> str:
    post = who_of(request).post
    return post.org if post is not None else ""


def _purposes(request: HttpRequest) -> list[tuple[str, str]]:
    return choices(OF_MEMBERS, who_of(request).lang)


@page("desk", "roll/", name="roll", nav=(36, gettext_lazy("党员名册")), right=READ)
def roll(request: HttpRequest) -> HttpResponse:
    """The roll of one's own branch. Names open for a purpose."""
    by, org = _act(request), _home(request)
    if not allowed(by, READ, of_branch(org)):
        raise Refused.of("", _("名册由支部自己保管"), _("请换岗位，或请支部书记打开"))
    problem: Problem | None = None
    typed = {"since": orgs.today().isoformat()} | {k: str(v)[:80] for k, v in request.POST.items()}
    rows = selectors.roll(by, org, request.GET.get("after", "")[:32], PAGE + 1)
    names: Any = {}
    if request.method == "POST":
        try:
            if request.POST.get("do") == "names":
                names = selectors.names(by, org, [row.token for row in rows[:PAGE]])
            else:
                _do(by, org, typed)
                return HttpResponseRedirect(reverse("desk:roll"), status=303)
        except Problem as caught:
            problem = _plain(caught)
    project = _is_project(org)
    return render(
        request,
        "orgs/rolls/roll.html",
        status=problem.status if problem else 200,
        org=orgs.name_of(org),
        code=org,
        asked=[_row(row, names) for row in rows[:PAGE] if row.state == "asked"],
        rows=[_row(row, names) for row in rows[:PAGE] if row.state == "in"],
        opened=bool(names),
        entering=not project and allowed(by, "roll.enter", of_branch(org)),
        answering=allowed(by, "roll.answer", of_branch(org)),
        leaving=allowed(by, "roll.leave", of_branch(org)),
        purposes=_purposes(request),
        typed=typed,
        today=orgs.today().isoformat(),
        next_href=f"?after={rows[PAGE - 1].token}" if len(rows) > PAGE else "",
        problem=problem,
        command=new_key("roll"),
    )


def _is_project(org: str) -> bool:
    node = orgs.forest().nodes.get(org)
    return node is not None and node.level == selectors.PROJECT


def _plain(problem: Problem) -> Problem:
    if not isinstance(problem, Invalid):
        return problem
    from msgspec.structs import replace

    return Invalid(*(replace(f, field=f.field.rpartition(".")[2]) for f in problem.faults))


def _row(row: OnRoll, names: Any) -> dict[str, Any]:
    return {
        "token": row.token,
        "name": names.get(row.token, ""),
        "kind": KINDS[row.kind],
        "since": row.since,
        "elsewhere": [orgs.name_of(org) for org in row.elsewhere],
        "home": orgs.name_of(row.home) if row.home else "",
    }


def _do(by: Act, org: str, typed: dict[str, str]) -> None:
    do, token = typed.get("do", ""), typed.get("token", "")
    if do == "enter":
        one = Enter(
            org, typed.get("name", ""), typed.get("phone", ""), day_typed(typed.get("since", ""), "since")
        )
        services.enter_members(by, members_=[one])
    elif do.startswith(("yes-", "no-")):
        services.answer_asked(by, answers=[Answer(org, do.partition("-")[2], do.startswith("yes-"))])
    elif do.startswith("leave-"):
        services.leave_rolls(by, leaves=[Leave(org, do.partition("-")[2] or token, orgs.today())])


@page(
    "desk",
    "roll/counts/",
    name="roll-counts",
    methods=("GET", "HEAD"),
    nav=(37, gettext_lazy("党员人数")),
    right=COUNT,
)
def counts(request: HttpRequest) -> HttpResponse:
    """How many members each branch has; never who."""
    by = _act(request)
    if not reach_of(by, COUNT):
        raise Refused.of("", _("您的岗位不看这个数"), _("请换岗位"))
    rows = [(orgs.name_of(org), KINDS[kind], n) for org, kind, n in selectors.counts(by)]
    return render(request, "orgs/rolls/counts.html", rows=rows)


@page("desk", "roll/seen/", name="roll-seen", nav=(38, gettext_lazy("愿意公开的党员")), right=SEEN)
def seen(request: HttpRequest) -> HttpResponse:
    """Members who chose to be seen at one's own community or employer. Nobody else is looked for."""
    by, org = _act(request), _home(request)
    if not allowed(by, SEEN, of_place(org)):
        raise Refused.of("", _("您的岗位不看这个名单"), _("请换岗位"))
    tokens, problem = selectors.shown_at(org), None
    names: Any = {}
    if request.method == "POST":
        try:
            names = selectors.shown_names(by, org, tokens)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "orgs/rolls/seen.html",
        status=problem.status if problem else 200,
        org=orgs.name_of(org),
        total=len(tokens),
        names=sorted(name for name in names.values() if name),
        purposes=_purposes(request),
        problem=problem,
        command=new_key("roll"),
    )
