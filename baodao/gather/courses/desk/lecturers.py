"""Who gives what: posts of the district, and telling it for one's own post or unit."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.courses import selectors, services
from baodao.gather.courses.declare import Subject, lists_of, titled
from baodao.gather.courses.selectors import listed, of_org
from baodao.gather.courses.services import Telling
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.duties import district_of

from .common import WEEK, act_of, days_words, home_of, org_name, plain, typed_of, whole


@page("desk", "courses/lecturers/", name="course-lecturers")
def course_lecturers(request: HttpRequest) -> HttpResponse:
    """The posts that give something; a POST tells it anew."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            services.tell_lecturers(by, lecturers=[_told(request)])
            return HttpResponseRedirect(reverse("desk:course-lecturers"), status=303)
        except Problem as caught:
            problem = plain(caught)
    subjects, telling = lists_of(home, day).subjects, _telling(request, by, home)
    typed, chosen = _form(request, home, [code for code, _words in telling])
    return render(
        request,
        "gather/courses/lecturers.html",
        status=problem.status if problem else 200,
        rows=_rows(home, subjects),
        telling=telling,
        subjects=[(code, titled(one, code)) for code, one in subjects.items()],
        week=[(str(n), name) for n, name in enumerate(WEEK, 1)],
        typed=typed,
        chosen=chosen,
        problem=problem,
        command=new_key("lecturer"),
    )


def _form(request: HttpRequest, home: str, telling: list[str]) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """What the form shows: what was typed, else what the post said before, so that who looks and presses takes nothing back.
    Of several posts the one that was asked for."""
    if request.method == "POST":
        days = (f"d{n}" for n in request.POST.getlist("days"))
        return typed_of(request), (*request.POST.getlist("subjects"), *days)
    post = telling[0] if len(telling) == 1 else request.GET.get("post", "")[:64]
    day = orgs.today()
    rows = selectors.lecturers(district_of(home, day) or home, day) if post in telling else []
    row = next((one for one in rows if one.post == post), None)
    if row is None:
        return {"post": post}, ()
    said = {"post": post, "most": str(row.most or "")}
    return said, (*listed(row.subjects), *(f"d{n}" for n in listed(row.days)))


def _told(request: HttpRequest) -> Telling:
    """What the form says. Raises Invalid."""
    typed = typed_of(request)
    days = tuple(int(n) for n in request.POST.getlist("days")[:7] if n in {"1", "2", "3", "4", "5", "6", "7"})
    subjects = tuple(request.POST.getlist("subjects")[:40])
    return Telling(typed.get("post", ""), subjects, days, whole(typed, "most"))


def _rows(home: str, subjects: Mapping[str, Subject]) -> list[tuple[str, str, str, str, int]]:
    """(post, organization, subjects, days, most a month) of the district's lecturers, in words. Two statements."""
    day = orgs.today()
    rows = selectors.lecturers(district_of(home, day) or home, day)
    words = orgs.post_words([row.post for row in rows])
    return [
        (
            words[row.post].title if row.post in words else row.post,
            org_name(str(row.org_id)),
            _("、").join(titled(subjects.get(code), code) for code in listed(row.subjects)),
            days_words(row.days),
            row.most,
        )
        for row in rows
    ]


def _telling(request: HttpRequest, by: Act, home: str) -> list[tuple[str, str]]:
    """Posts for which this reader may tell: those of the unit, or her own."""
    day, mine = orgs.today(), who_of(request).post
    if allowed(by, "lecturer.tell", of_org(home)):
        rows = [one for one in orgs.holders([home], day) if one.kind == "lecturer"]
        return [(one.code, f"{one.title} {one.code}") for one in rows[:200]]
    if mine is not None and allowed(by, "lecturer.tell", of_org(home, (by.person,))):
        return [(mine.code, mine.title)]
    return []
