"""Desk pages of plans of training over some years: what they ask, how far they are as counts, setting one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.courses.desk.common import act_of, home_of, org_name, plain, typed_of, whole
from baodao.gather.courses.programmes import goals
from baodao.gather.courses.programmes.facts import Goal
from baodao.gather.courses.programmes.goals import NewPlan, kinds_of
from baodao.gather.courses.programmes.models import TrainingPlan
from baodao.gather.courses.programmes.selectors import of_class
from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import digits_of, whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

MOST_LINES, MOST_OF_A_GOAL = 200, 10**7


@page("desk", "training-plans/", name="training-plans", methods=("GET", "HEAD"))
def training_plans(request: HttpRequest) -> HttpResponse:
    """Plans that rule my unit. One statement."""
    by, home = act_of(request), home_of(request)
    return render(
        request,
        "gather/courses/plans.html",
        rows=[(row, org_name(str(row.org_id))) for row in goals.plans_over(home, orgs.today())],
        setting=allowed(by, "training.plan", of_class(home)),
    )


@page("desk", "training-plans/new/", name="training-plan-new")
def training_plan_new(request: HttpRequest) -> HttpResponse:
    """Set a plan: one line a goal."""
    return _set(request, None)


@page("desk", "training-plans/<str:code>/change/", name="training-plan-change")
def training_plan_change(request: HttpRequest, code: str) -> HttpResponse:
    """Replace a plan whole."""
    row = _row(code)
    if not allowed(act_of(request), "training.plan", of_class(str(row.org_id))):
        raise Missing.of("code", _("没有这个规划，或它不归您改"), _("请从列表里选"))
    return _set(request, row)


def _set(request: HttpRequest, row: TrainingPlan | None) -> HttpResponse:
    by, day = act_of(request), orgs.today()
    home = str(row.org_id) if row is not None else home_of(request)
    typed, problem = typed_of(request, 20_000), None
    kinds = kinds_of(home)
    if request.method == "POST":
        try:
            new = NewPlan(
                org=home, title=typed.get("title", "")[:200], since=whole(typed, "since"), until=whole(typed, "until"),
                goals=lines_of(typed.get("goals", ""), kinds), code=row.code if row is not None else "",
                priorities=years_of(typed.get("priorities", "")),
            )  # fmt: skip
            code = goals.set_plans(by, plans=[new])[0]
            return HttpResponseRedirect(reverse("desk:training-plan", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    filled = {"since": str(day.year), "until": str(day.year + 4)}
    if row is not None:
        text = "\n".join(
            f"{goal.year} {kinds.get(goal.kind, goal.kind)} {goal.persons} {goal.hours}"
            for goal in goals.goals([row.code])
        )
        said = "\n".join(f"{year} {words}" for year, words in goals.priorities(row.code))
        filled = {
            "title": row.title,
            "since": str(row.since),
            "until": str(row.until),
            "goals": text,
            "priorities": said,
        }
    return render(
        request,
        "gather/courses/plan_new.html",
        status=problem.status if problem else 200,
        row=row,
        typed=filled | typed,
        kinds=sorted(set(kinds.values())),
        problem=problem,
        command=new_key("plan"),
    )


def lines_of(text: str, kinds: dict[str, str]) -> tuple[Goal, ...]:
    """Goals as typed or pasted from a sheet: year, kind of post (title or code), persons, hours. Raises Invalid naming the line."""
    by_title = {title: code for code, title in kinds.items()}
    found = []
    rows = [
        line.replace("\t", " ").replace("，", " ").replace(",", " ").split()
        for line in text.splitlines()
        if line.strip()
    ]
    if len(rows) > MOST_LINES:
        raise Invalid.of("goals", _("最多 %(n)d 行") % {"n": MOST_LINES})
    for number, cells in enumerate(rows, 1):
        read = [whole_number(one) for one in [cells[0], *cells[-2:]]] if len(cells) >= 4 else []
        numbers = [one for one in read if one is not None and one < MOST_OF_A_GOAL]
        if len(numbers) != 3:
            raise Invalid.of(
                "goals", _("第 %(n)d 行看不懂") % {"n": number}, _("一行写：年份 岗位种类 人数 学时")
            )
        kind = "".join(cells[1:-2])
        year, persons, hours = numbers
        found.append(Goal(by_title.get(kind, kind)[:40], year, persons, hours))
    for goal in found:
        if goal.kind not in kinds:
            raise Invalid.of(
                "goals", _("没有“%(kind)s”这种岗位") % {"kind": goal.kind}, _("写岗位种类的名称")
            )
    return tuple(found)


def years_of(text: str) -> tuple[tuple[int, str], ...]:
    """What matters in each year, as typed: a line that begins with a year begins one, the lines behind it belong to it. Raises Invalid."""
    found: list[tuple[int, list[str]]] = []
    for line in (one.strip() for one in text.splitlines()):
        if (year := whole_number(line[:4])) is not None and not digits_of(line[4:5]):
            found.append((year, [line[4:].lstrip(" 年：:，,")]))  # data
        elif line and not found:
            raise Invalid.of("priorities", _("第一行要以年份开头"), _("例：2026 抓基层治理实务"))
        elif line:
            found[-1][1].append(line)
    return tuple((year, "\n".join(one for one in lines if one)) for year, lines in found)


def _row(code: str) -> TrainingPlan:
    row = goals.plan(code)
    if row is None:
        raise Missing.of("code", _("没有这个规划"), _("请从列表里选"))
    return row


@page("desk", "training-plans/<str:code>/", name="training-plan", methods=("GET", "HEAD"))
def training_plan(request: HttpRequest, code: str) -> HttpResponse:
    """A plan by year and kind of post; how far it is, for those who set it, as counts."""
    by, day = act_of(request), orgs.today()
    row = _row(code)
    if str(row.org_id) not in orgs.forest().chain(home_of(request), day):
        raise Missing.of("code", _("没有这个规划，或它不管您的单位"), _("请从列表里选"))
    mine = allowed(by, "training.plan", of_class(str(row.org_id)))
    kinds = kinds_of(str(row.org_id))
    lines = goals.progress(row, day) if mine else [goals.Line(goal, 0, None) for goal in goals.goals([code])]
    return render(
        request,
        "gather/courses/plan.html",
        row=row,
        org=org_name(str(row.org_id)),
        mine=mine,
        lines=[(line, kinds.get(line.goal.kind, line.goal.kind)) for line in lines],
        year=day.year,
        priorities=goals.priorities(code),
    )
