"""Classes: what I have and what is missing, the catalogue, a class, a lesson on line, the certificate."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from baodao.gather.courses.desk.common import act_of, home_of, org_name, plain, typed_of, whole
from baodao.gather.courses.programmes import goals, selectors, services
from baodao.gather.courses.programmes.declare import Course, Plan, norm_of, plans_of, titled
from baodao.gather.courses.programmes.models import Klass
from baodao.gather.courses.programmes.papers import certified, finished
from baodao.gather.courses.programmes.selectors import COURSE, WAY, of_class, trait
from baodao.gather.courses.programmes.services import Line, NewClass, NewSession
from baodao.gather.models import Slot
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed, moment_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.finding import posts_called
from baodao.people.door import act_from
from baodao.people.services.reading import read_identity

#: Classes of a page, posts found at once.
PAGE, CALLED = 50, 60
WAY_WORDS = {
    "on_site": gettext_lazy("到场"),
    "by_video": gettext_lazy("视频"),
    "on_line": gettext_lazy("网上学，有小测验"),
}


def _there(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:class", kwargs={"code": code}), status=303)


@page("desk", "classes/", name="classes", nav=(48, gettext_lazy("培训")))
def classes(request: HttpRequest) -> HttpResponse:
    """My hours, what is still missing for my post, classes to choose, classes that my unit convenes."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _choose(by, typed_of(request))
        except Problem as caught:
            problem = plain(caught)
    had, plans = selectors.mine(by.person, day), plans_of(home, day)
    kinds = [post.kind for post in who_of(request).posts]
    over = goals.plans_over(home, day)
    rows = selectors.catalogue(home, day, after=request.GET.get("after", "")[:16], limit=PAGE + 1)
    opening = allowed(by, "class.open", of_class(home))
    norm = max((norm_of(home, plan, day) for plan in plans.values()), default=0)
    return render(
        request,
        "gather/courses/classes.html",
        status=problem.status if problem else 200,
        hours=had.minutes / selectors.HOUR,
        norm=norm / selectors.HOUR,
        missing=_missing(selectors.missing(plans, kinds, had, goals.first_year(over, day)), by, home),
        goals=goals.own(over, kinds, had, day),
        rows=[(row, titled(plans.get(row.plan), row.plan), org_name(str(row.org_id)), had.classes.get(row.code, "")) for row in rows[:PAGE]],
        convened=selectors.convened(home) if opening else [],
        opening=opening,
        reading=opening or allowed(by, "training.plan", of_class(home)),
        next_href=f"?after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
        problem=problem,
        command=new_key("class"),
    )  # fmt: skip


def _missing(found: list[tuple[str, Plan, list[Course]]], by: Act, home: str) -> list[SimpleNamespace]:
    """What is still missing, with the next sessions of each course. One statement."""
    wanted = [f"{name}.{one.name}" for name, _plan, courses in found for one in courses]
    coming = selectors.next_sessions(wanted, by.noted, home, orgs.today())
    return [
        SimpleNamespace(
            plan=plan,
            title=titled(plan, name),
            all=sum(one.required for one in plan.course),
            left=[
                SimpleNamespace(
                    title=titled(one, one.name),
                    minutes=one.minutes,
                    slots=coming.get(f"{name}.{one.name}", []),
                )
                for one in courses
            ],
        )
        for name, plan, courses in found
    ]


def _choose(by: Act, typed: dict[str, str]) -> HttpResponse:
    code = typed.get("code", "")
    if typed.get("do") == "leave":
        services.leave_class(by, code=code)
    else:
        services.join_class(by, code=code)
    return _there(code)


@page("desk", "classes/new/", name="class-new")
def class_new(request: HttpRequest) -> HttpResponse:
    """Open a class of a plan."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    typed, problem = typed_of(request), None
    if request.method == "POST":
        try:
            one = NewClass(
                org=home, plan=typed.get("plan", ""), title=typed.get("title", ""), about=typed.get("about", ""),
                seats=whole(typed, "seats"), closed=bool(typed.get("closed")),
                since=day_typed(typed.get("since", ""), "since", day),
            )  # fmt: skip
            return _there(services.open_classes(by, classes=[one])[0])
        except Problem as caught:
            problem = plain(caught)
    return render(
        request,
        "gather/courses/class_new.html",
        status=problem.status if problem else 200,
        typed={"since": day.isoformat()} | typed,
        plans=[(name, titled(plan, name)) for name, plan in plans_of(home, day).items()],
        problem=problem,
        command=new_key("class"),
    )


def _do(request: HttpRequest, by: Act, row: Klass) -> None:
    typed = typed_of(request, 4000)
    what = typed.get("do", "")
    if what in {"join", "leave"}:
        _choose(by, {"do": what, "code": row.code})
    elif what == "session":
        services.add_sessions(by, code=row.code, sessions=[_session(typed)])
    elif what == "enrol":
        told = " ".join(request.POST.getlist("post"))[:8000].replace("、", " ").replace(",", " ")
        posts = list(dict.fromkeys(told.split()))
        if not posts:
            raise Invalid.of("post", _("一个岗位也没有选"), _("请先找单位和岗位，再打勾"))
        services.enrol_posts(by, lines=[Line(row.code, post[:64]) for post in posts[:200]])
    elif what == "close":
        services.close_class(by, code=row.code, until=orgs.today())
    else:
        raise Invalid.of("do", _("没有这个动作"), _("请刷新页面"))


def _session(typed: dict[str, str]) -> NewSession:
    return NewSession(
        starts=moment_typed(typed.get("starts", ""), "starts"), minutes=whole(typed, "minutes", 90), course=typed.get("course", ""), title=typed.get("title", ""),
        way=typed.get("way", ""), where=typed.get("where", ""),
    )  # fmt: skip


def _seen(by: Act, request: HttpRequest, code: str) -> tuple[Klass, bool]:
    """A class and whether one convenes it. One that was given out by list is there for its convener and those on the list."""
    row = selectors.klass(code)
    convener = row is not None and allowed(by, "class.open", of_class(str(row.org_id)))
    if row is None or (
        row.closed and not convener and code not in selectors.mine(by.person, orgs.today()).classes
    ):
        raise Missing.of("code", _("没有这个班，或者不对您开放"), _("请从列表里选"))
    return row, convener


@page("desk", "classes/<str:code>/", name="class")
def one_class(request: HttpRequest, code: str) -> HttpResponse:
    """A class: its sessions, my seat; for its convener sessions to add, the list, the end."""
    by, day, problem = act_of(request), orgs.today(), None
    row, convener = _seen(by, request, code)
    if request.method == "POST":
        try:
            _do(request, by, row)
            return _there(code)
        except Problem as caught:
            problem = plain(caught)
    plan = plans_of(str(row.org_id), day).get(row.plan)
    had, slots = selectors.mine(by.person, day), selectors.sessions(code)
    tests = selectors.tally(code)
    required = frozenset(trait(slot, COURSE) for slot in slots)
    convening = convener and row.until is None
    return render(
        request,
        "gather/courses/class.html",
        status=problem.status if problem else 200,
        row=row,
        org=org_name(str(row.org_id)),
        plan=titled(plan, row.plan),
        slots=[(slot, WAY_WORDS.get(trait(slot, WAY), ""), trait(slot, WAY) == "on_line", had.slots.get(slot.code)) for slot in slots],
        state=had.classes.get(code, ""),
        finished=finished(row, slots, plan, had.courses),
        may_choose=row.until is None and not row.closed,
        convener=convening,
        **_called(request, row, convening),
        result=selectors.result(code, required) if convener else None,
        judged=selectors.judged([slot.code for slot in slots]) if convener else None,
        tests=tests if convener and tests and tests.tries >= selectors.LEAST else None,
        courses=[(one.name, titled(one, one.name)) for one in plan.course] if plan else [],
        ways=[(way, str(words)) for way, words in WAY_WORDS.items()],
        now=by.noted,
        typed={"minutes": "90", "way": "on_site"} | typed_of(request),
        problem=problem,
        command=new_key("class"),
    )  # fmt: skip


def _called(request: HttpRequest, row: Klass, convening: bool) -> dict[str, Any]:
    """Posts that the convener looked for, to be put onto the list."""
    words = request.GET.get("q", "").strip()[:40] if convening else ""
    found = posts_called(str(row.org_id), words, orgs.today(), CALLED + 1)
    return {"sought": words, "called": found, "most": CALLED, "chosen": request.POST.getlist("post")}


def _lesson(slot: str) -> tuple[Slot, Course, Plan]:
    row = selectors.session(slot)
    found = selectors.klass(row.series) if row is not None and trait(row, WAY) == "on_line" else None
    plan = plans_of(str(found.org_id), orgs.today()).get(found.plan) if found is not None else None
    course = (
        plan.find(trait(row, COURSE).rpartition(".")[2]) if plan is not None and row is not None else None
    )
    if row is None or plan is None or course is None:
        raise Missing.of("slot", _("没有这一课"), _("请从目录里选"))
    return row, course, plan


@page("desk", "lessons/<str:slot>/", name="lesson")
def lesson(request: HttpRequest, slot: str) -> HttpResponse:
    """A lesson on line with its questions. The answers are counted here and thrown away: no verb sees them."""
    by, problem, passed = act_of(request), None, None
    row, course, _plan = _lesson(slot)
    _seen(by, request, str(row.series))
    if request.method == "POST":
        given = [request.POST.get(f"q{n}", "") for n in range(len(course.question))]
        try:
            if not all(given):
                raise Invalid.of("q0", _("请把题答完"), _("每一题选一个"))
            right = sum(
                one == str(question.right) for one, question in zip(given, course.question, strict=True)
            )
            passed = services.pass_lesson(by, slot=slot, right=right, asked=len(given))
        except Problem as caught:
            problem = caught
    english = (get_language() or "").startswith("en")
    return render(
        request,
        "gather/courses/lesson.html",
        status=problem.status if problem else 200,
        slot=row,
        course=course,
        title=titled(course, course.name),
        questions=[
            (
                f"q{n}",
                (one.text_en if english else "") or one.text,
                list(enumerate((one.choices_en if english else ()) or one.choices, 1)),
            )
            for n, one in enumerate(course.question)
        ],
        passed=passed,
        problem=problem,
        command=new_key("lesson"),
    )


@page("desk", "classes/<str:code>/certificate/", name="class-certificate", methods=("GET", "HEAD"))
def class_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """A page to print for somebody who took all set courses of a class, hers alone, with a signed text that anybody checks off line;
    it is made here and kept nowhere."""
    by = act_of(request)
    row, _convener = _seen(by, request, code)
    return certified(request, by, row)


@page("desk", "classes/<str:code>/roll/<str:slot>/", name="class-roll")
def class_roll(request: HttpRequest, code: str, slot: str) -> HttpResponse:
    """Who came to a session: names open to the convener for a purpose, and whoever is on the list sees that they were."""
    command = request.POST.get("command", "")[:200] or new_key("roll")
    by, problem = act_from(request, command=command, purpose="duty"), None
    row, convener = _seen(by, request, code)
    found = next((one for one in selectors.sessions(code) if one.code == slot), None)
    if found is None or not convener or not allowed(by, "class.enrol", of_class(str(row.org_id))):
        raise Missing.of("slot", _("没有这一课，或者不对您开放"), _("请从班里选"))
    tokens = selectors.roll(code)[:500]
    names: dict[str, str] = {}
    if request.method == "POST":
        try:
            if request.POST.get("do") != "names":
                services.attend_session(by, slot=slot, came=request.POST.getlist("came")[:500])
                return _there(code)
            read = read_identity(by, tokens, ("name",), of_class(str(row.org_id)), right="class.enrol")
            names = {token: read.one(token, "name") for token in tokens}
        except Problem as caught:
            problem = plain(caught)
    came = selectors.came_to(slot)
    return render(
        request,
        "gather/courses/roll.html",
        status=problem.status if problem else 200,
        row=row,
        slot=found,
        lines=[(token, names.get(token, ""), token in came) for token in tokens],
        opened=bool(names),
        problem=problem,
        command=new_key("roll"),
    )
