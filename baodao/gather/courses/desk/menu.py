"""The menu on the desk: what is offered, putting a topic on it, ordering one."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.courses import selectors, services
from baodao.gather.courses.choosing import Choice
from baodao.gather.courses.declare import lists_of, titled
from baodao.gather.courses.models import Offer
from baodao.gather.courses.selectors import PROCEDURE, listed, of_org
from baodao.gather.courses.services import NewOffer, NewOrder
from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.show import Choice as Tile
from baodao.kernel.typed import day_or_none, day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.duties import district_of

from .common import act_of, days_words, form_titles, home_of, org_name, plain, subject_title, typed_of, whole

PAGE = 50


@page(
    "desk",
    "courses/",
    name="courses",
    nav=(47, gettext_lazy("课程点单")),
    right="matter.read",
    methods=("GET", "HEAD"),
)
def courses(request: HttpRequest) -> HttpResponse:
    """What the district offers, by subject or by a word."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    asked = {name: request.GET.get(name, "").strip()[:40] for name in ("subject", "q", "after")}
    rows = selectors.menu(
        home, day, subject=asked["subject"], words=asked["q"], after=asked["after"], limit=PAGE + 1
    )
    figures = selectors.figures([row.code for row in rows[:PAGE]])
    return render(
        request,
        "gather/courses/menu.html",
        rows=[
            (row, subject_title(row, day), [words for _c, words in form_titles(row, day)], org_name(str(row.org_id)), figures.get(row.code, (0, 0, 0)))
            for row in rows[:PAGE]
        ],
        asked=asked,
        subjects=[(code, titled(one, code)) for code, one in lists_of(home, day).subjects.items()],
        making=allowed(by, "offer.make", of_org(home)),
        next_href=f"?subject={asked['subject']}&q={asked['q']}&after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
    )  # fmt: skip


@page("desk", "courses/new/", name="course-new")
def course_new(request: HttpRequest) -> HttpResponse:
    """Put a topic on the menu."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    typed, problem = {"minutes": "60", "sessions": "1"} | typed_of(request), None
    if request.method == "POST":
        try:
            one = NewOffer(
                org=home, subject=typed.get("subject", ""), title=typed.get("title", ""), about=typed.get("about", ""),
                forms=tuple(request.POST.getlist("forms")[:20]), minutes=whole(typed, "minutes", 60),
                sessions=whole(typed, "sessions", 1), since=day_typed(typed.get("since", ""), "since", day),
                lecturers=tuple(one[:64] for one in request.POST.getlist("lecturers")[:20] if one),
            )  # fmt: skip
            code = services.make_offers(by, offers=[one])[0]
            return HttpResponseRedirect(reverse("desk:course", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    lists = lists_of(home, day)
    return render(
        request,
        "gather/courses/new.html",
        status=problem.status if problem else 200,
        typed={"since": day.isoformat()} | typed,
        chosen=request.POST.getlist("forms"),
        lecturers=_lecturers(home, day),
        asked=request.POST.getlist("lecturers"),
        subjects=[(code, titled(one, code)) for code, one in lists.subjects.items()],
        forms=[
            (code, titled(one, code), _("要记名") if lists.lists_people(code) else _("只数人数"))
            for code, one in lists.forms.items()
        ],
        problem=problem,
        command=new_key("offer"),
    )


def _lecturers(home: str, day: date) -> list[tuple[str, str, str]]:
    """(post, organization with title, what it gives) of the district's lecturers, by organization; never a name. Two statements."""
    rows, subjects = selectors.lecturers(district_of(home, day) or home, day), lists_of(home, day).subjects
    words = orgs.post_words([row.post for row in rows])
    found = []
    for row in rows:
        title = words[row.post].title if row.post in words else row.post
        gives = _("、").join(titled(subjects.get(code), code) for code in listed(row.subjects))
        found.append((row.post, f"{org_name(str(row.org_id))} {title}", gives))
    return sorted(found, key=lambda one: (one[1], one[0]))


def _offer_or_missing(code: str) -> Offer:
    row = selectors.offer(code)
    if row is None:
        raise Missing.of("code", _("菜单上没有这个题目"), _("请从菜单里选"))
    return row


def _act(request: HttpRequest, by: Act, row: Offer) -> HttpResponse:
    typed, day = typed_of(request), orgs.today()
    if typed.get("do") == "end":
        services.end_offers(by, codes=[row.code], until=day)
        return HttpResponseRedirect(reverse("desk:courses"), status=303)
    order = NewOrder(
        offer=row.code, form=typed.get("form", ""), lecturer=typed.get("lecturer", ""), text=typed.get("text", ""),
        wish=day_or_none(typed.get("wish", ""), "wish"),
        heads=whole(typed, "heads"),
    )  # fmt: skip
    number = services.place_order(by, order=order)
    return HttpResponseRedirect(f"{reverse('desk:matter', kwargs={'number': number})}?done=open", status=303)


@page("desk", "courses/offers/<str:code>/", name="course")
def course(request: HttpRequest, code: str) -> HttpResponse:
    """One offer: who may be asked, with the least asked first; ordering it; where it has been, and how soon."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    row, problem = _offer_or_missing(code), None
    if request.method == "POST":
        try:
            return _act(request, by, row)
        except Problem as caught:
            problem = plain(caught)
    source = request.POST if request.method == "POST" else request.GET
    wish = None if problem else day_or_none(str(source.get("wish", ""))[:10], "wish")
    found = selectors.able(row, day, wish)
    opening = Subject(ref="matter:new", org=home, level=1)
    return render(
        request,
        "gather/courses/one.html",
        status=problem.status if problem else 200,
        row=row,
        org=org_name(str(row.org_id)),
        subject=subject_title(row, day),
        forms=form_titles(row, day),
        tiles=_tiles(found),
        typed={"wish": wish.isoformat() if wish else "", "lecturer": found[0].able.post if found else ""} | typed_of(request),
        may_order=selectors.in_force(row, day) and allowed(by, f"{PROCEDURE}.open", opening),
        may_end=row.until is None and allowed(by, "offer.end", of_org(str(row.org_id))),
        firsts=[SimpleNamespace(org=org_name(one.org), day=one.held, days=one.days) for one in selectors.firsts(code)],
        figures=selectors.figures([code]).get(code, (0, 0, 0)),
        rated=selectors.rated(code),
        problem=problem,
        command=new_key("order"),
    )  # fmt: skip


def _tiles(found: list[Choice]) -> list[Tile]:
    """Who may be asked: the post, never a name; what was asked of it lately, and what speaks against it."""
    words = orgs.post_words([choice.able.post for choice in found])
    against = {"day": _("那天不是说好的日子"), "full": _("那个月满了")}
    return [
        Tile(
            choice.able.post,
            f"{org_name(choice.able.org)} {words[choice.able.post].title if choice.able.post in words else ''}".strip(),
            _("；").join(
                [
                    days_words(",".join(str(n) for n in sorted(choice.able.days))),
                    _("近三个月 %(n)d 单") % {"n": choice.able.load},
                    *(against[why] for why in choice.why_not),
                ]
            ),
        )
        for choice in found[:60]
    ]
