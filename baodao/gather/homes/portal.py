"""Portal pages of homes: asking neighbours for help, the guardian's act, asking who knows, answers that became pages, a report in two taps."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import moment_typed
from baodao.matters.declare import Procedure
from baodao.matters.openly import public_kinds, shown_one
from baodao.matters.portal.report import photos
from baodao.matters.selectors import follower_count, mine, see
from baodao.matters.services import Draft, act, open_
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

from . import quick, selectors, services  # noqa: F401
from .selectors import HELP, QUESTION


def _act(request: HttpRequest, prefix: str) -> Act:
    """As a resident, also when she holds a post."""
    command = request.POST.get("command", "")[:200] or new_key(prefix)
    return replace(act_from(request, command=command), post="", grants=())


def _moment(request: HttpRequest, name: str) -> datetime | None:
    text = request.POST.get(name, "").strip()
    return moment_typed(text, name) if text else None


@page("portal", "help/", name="help", nav=(46, gettext_lazy("邻里互助")))
def ask_help(request: HttpRequest) -> HttpResponse:
    """Ask a home for help: when, and nothing else. What it is, is told to whoever takes it."""
    by, day, problem = _act(request, "help"), orgs.today(), None
    if request.method == "POST":
        try:
            return _help(request, by)
        except Problem as caught:
            problem = caught
    mine_, rows = selectors.joined(by.person), selectors.homes(day, "home")
    counts = selectors.members([code for code, _name, _above in rows])
    helps = selectors.my_help(by)
    procedure = get_pack(orgs.home_pack()).many(Procedure, by.lang).get(HELP)
    return render(
        request,
        "gather/homes/help.html",
        status=problem.status if problem else 200,
        rows=[(code, name, above, counts.get(code, 0), code in mine_) for code, name, above in rows],
        choices=[(code, name if name.startswith(above) else f"{above} {name}") for code, name, above in sorted(rows, key=lambda one: one[0] not in mine_)],
        helps=[
            (row, procedure.word(f"plain.{row.stage}") if procedure else row.stage, row.stage == "taken") for row in helps
        ],
        typed=request.POST,
        problem=problem,
        command=new_key("help"),
    )  # fmt: skip


def _help(request: HttpRequest, by: Act) -> HttpResponse:
    home, what = request.POST.get("home", "")[:32], request.POST.get("do", "")
    if what in {"join", "leave"}:
        (services.join_home if what == "join" else services.leave_home)(by, home=home)
        return HttpResponseRedirect(reverse("portal:help"), status=303)
    if home not in {code for code, _name, _above in selectors.homes(orgs.today(), "home")}:
        raise Invalid.of("home", _("没有这个小家"), _("请从列表里选"))
    at = _moment(request, "at")
    draft = Draft(procedure=HELP, org=home, fields={"at": at.isoformat()} if at else {})
    number = open_(by, matters=[draft]).numbers[0]
    return HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)


@page("portal", "help/<str:number>/fetch/", name="help-fetch")
def fetch(request: HttpRequest, number: str) -> HttpResponse:
    """The guardian's own list of volunteers, and the act that lets the one who took it fetch the child."""
    by, problem = _act(request, "fetch"), None
    if not mine(by).filter(procedure=HELP, number=number).exists():
        raise Missing.of("number", _("没有这个编号，或它不对您开放"), _("请核对编号"))
    if request.method == "POST":
        try:
            return _fetch(request, by, number)
        except Problem as caught:
            problem = caught
    seen = see(by, number)
    holder, trusted = selectors.holder_of(number), selectors.trusted(by.person)
    names = orgs.post_words([holder] if holder else [])
    return render(
        request,
        "gather/homes/fetch.html",
        status=problem.status if problem else 200,
        number=number,
        helper=(holder, names[holder].title if holder in names else "") if holder else None,
        listed=any(post.code == holder for post in trusted),
        agreed=selectors.agreed(number, holder) if holder else None,
        trusted=[(post.code, f"{orgs.name_of(str(post.org_id))} {post.title}") for post in trusted],
        vetted=[(post.code, f"{post.title} {n}") for n, post in enumerate(selectors.helpers(seen.state.org, orgs.today()), 1)],
        typed=request.POST,
        problem=problem,
        command=new_key("fetch"),
    )  # fmt: skip


def _fetch(request: HttpRequest, by: Act, number: str) -> HttpResponse:
    what, helper = request.POST.get("do", ""), request.POST.get("helper", "")[:48]
    there = HttpResponseRedirect(reverse("portal:help-fetch", kwargs={"number": number}), status=303)
    if what == "trust":
        services.give_trust(by, helper=helper)
        return there
    if what == "untrust":
        services.end_trust(by, helper=helper)
        return there
    at, until = _moment(request, "at"), _moment(request, "until")
    if at is None or until is None:
        raise Invalid.of("at", _("请填从什么时候到什么时候"), _("只在这段时间里他可以接"))
    services.allow_fetch(by, number=number, at=at, until=until, guardian=bool(request.POST.get("guardian")))
    return HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)


@page("portal", "ask/", name="ask-skill")
def ask_skill(request: HttpRequest) -> HttpResponse:
    """Ask neighbours with a skill, with a photo; the answers of others are found first."""
    by, day = _act(request, "ask"), orgs.today()
    kept: list[str] = []
    problem: Problem | None = None
    groups = selectors.homes(day, "interest_home")
    if request.method == "POST":
        kept, problem = photos(request, by)
        try:
            if request.POST.get("do") == "agree":
                act(by, number=request.POST.get("number", "")[:24], action="agree", fields={})
                return HttpResponseRedirect(reverse("portal:ask-skill"), status=303)
            if problem is None:
                return _ask(request, by, kept, {code for code, _name, _above in groups})
        except Problem as caught:
            problem = caught
    procedure = get_pack(orgs.home_pack()).many(Procedure, by.lang).get(QUESTION)
    return render(
        request,
        "gather/homes/ask.html",
        status=problem.status if problem else 200,
        groups=[(code, name if name.startswith(above) else f"{above} {name}") for code, name, above in groups],
        kinds=[(one.name, one.title) for one in procedure.kinds] if procedure else [],
        questions=[
            (row, procedure.word(f"plain.{row.stage}") if procedure else "", selectors.may_agree(row))
            for row in selectors.my_questions(by)
        ],
        typed=request.POST,
        problem=problem,
        command=new_key("ask"),
    )  # fmt: skip


def _ask(request: HttpRequest, by: Act, kept: list[str], groups: set[str]) -> HttpResponse:
    group = request.POST.get("group", "")
    if group not in groups:
        raise Invalid.of("group", _("请选问哪一组"), _("从列表里选"))
    text = request.POST.get("text", "").strip()
    if not text:
        raise Invalid.of("text", _("请写问什么"), _("一两句话就行"))
    fields = {"text": text, **({"photo": kept} if kept else {})}
    draft = Draft(procedure=QUESTION, org=group, kind=request.POST.get("kind", ""), fields=fields)
    number = open_(by, matters=[draft]).numbers[0]
    return HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)


@page(
    "portal", "answers/", name="answers", nav=(47, gettext_lazy("问答")), public=True, methods=("GET", "HEAD")
)
def answers(request: HttpRequest) -> HttpResponse:
    """Answers that became pages. One statement."""
    asked = {name: request.GET.get(name, "").strip()[:40] for name in ("q", "kind", "after")}
    rows = selectors.answers(asked["q"], asked["kind"], asked["after"])
    kinds = dict(public_kinds(act_from(request, command="read").lang))
    return render(
        request,
        "gather/homes/answers.html",
        rows=[(row, kinds.get(row.kind, "")) for row in rows[:30]],
        asked=asked,
        next_href=f"?q={asked['q']}&after={rows[29].number}" if len(rows) > 30 else "",
    )


@page("portal", "answers/<str:number>/", name="answer", public=True)
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """One answer: what was written for everybody, and how many it helped; who is signed in may say that it helped."""
    found = selectors.page_of(number)
    if found is None:
        raise Missing.of("number", _("没有这一页，或已经收回"), _("请从问答里选"))
    problem: Problem | None = None
    by = _act(request, "helped")
    if request.method == "POST":
        try:
            act(by, number=number, action="follow", fields={})
            return HttpResponseRedirect(reverse("portal:answer", kwargs={"number": number}), status=303)
        except Problem as caught:
            problem = caught
    row, text = found
    shown = shown_one(by, number)
    return render(
        request,
        "gather/homes/answer.html",
        status=problem.status if problem else 200,
        row=row,
        text=text,
        helped=follower_count(shown.state),
        mine=shown.follows,
        org=orgs.name_of(row.org),
        signed=bool(by.person),
        problem=problem,
        command=new_key("helped"),
    )
