"""Portal pages: what is written about my household, by whom, why, until when, who looked; and the switch that ends it.
With the slip's number and code, no account is needed; with an account it stays at hand."""

import json
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from, address_of
from baodao.people.portal.mine import look_lines
from baodao.people.selectors import looks_at
from baodao.people.services.throttle import Rule, take

from . import selectors, services, slips
from .fold import Whole
from .policies import of
from .ruling import struck_of
from .words import FIELDS, said_words, why_words, writers

COOKIE, SALT, MINUTES = "home", "baodao.places.households", 30
BY_ADDRESS = Rule("home_address", 60, 600)
BY_NUMBER = Rule("home_number", 12, 900)
LOOKS = 50


def _act(request: HttpRequest, command: str = "") -> Act:
    """The Act of the one at the portal's door: nobody holds a post here."""
    return replace(act_from(request, command=command or new_key("home")), post="", grants=())


def _standing(request: HttpRequest, code: str, whole: Whole, command: str = "") -> Act | None:
    """The Act for one household: of somebody who keeps it at hand, else of its slip; None for anybody else."""
    by = _act(request, command)
    subject = of(code, "", tuple(sorted(whole.tokens)))
    if allowed(by, "household.own", subject):
        return by
    if slips.matches(code, _held(request).get(code, "")):
        return replace(by, kind="person", person=code)
    return None


def _held(request: HttpRequest) -> dict[str, str]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MINUTES * 60)
    except (signing.BadSignature, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


@page("portal", "household/", name="home-lines", public=True)
def enter(request: HttpRequest) -> HttpResponse:
    """Come with number and code, or choose one that is at hand."""
    typed = shared_typed(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _entered(request, typed)
        except Problem as caught:
            problem = caught
    own = selectors.own_codes(who_of(request).person) if who_of(request).signed_in else []
    context: dict[str, Any] = {"typed": typed, "own": own, "problem": problem, "command": new_key("home")}
    return render(
        request, "places/households/enter.html", status=problem.status if problem else 200, **context
    )


def shared_typed(request: HttpRequest) -> dict[str, str]:
    """Number and code as typed."""
    source = request.POST if request.method == "POST" else request.GET
    return {"number": source.get("number", "").strip().lower()[:16], "code": source.get("code", "")[:20]}


def _entered(request: HttpRequest, typed: dict[str, str]) -> HttpResponse:
    by, code = _act(request, request.POST.get("command", "")[:200]), typed["number"]
    take(BY_ADDRESS, address_of(request), by.noted)
    take(BY_NUMBER, code, by.noted)
    if not slips.matches(code, typed["code"]) or code not in selectors.wholes([code]):
        raise Invalid.of("code", _("编号和查询码对不上"), _("请照着纸条再输一遍；丢了请找社区"))
    there = HttpResponseRedirect(reverse("portal:home-one", kwargs={"code": code}), status=303)
    if who_of(request).signed_in and request.POST.get("keep"):
        services.join_household(by, household=code)
    else:
        value = signing.dumps({code: typed["code"]}, salt=SALT)
        there.set_cookie(
            COOKIE,
            value,
            max_age=MINUTES * 60,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return there


@page("portal", "household/<str:code>/", name="home-one", public=True)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """All of it, and the switch."""
    whole = selectors.wholes([code]).get(code)
    by = _standing(request, code, whole, request.POST.get("command", "")[:200]) if whole else None
    if whole is None or by is None:
        raise Missing.of("", _("没有这一户，或者要先输入纸条上的编号和查询码"), _("请从“我家登记了什么”进来"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _ended(request, by, code)
        except Problem as caught:
            problem = caught
    day, said = orgs.today(), selectors.told(whole)
    by_post = writers({line.post for line in whole.lines.values() if line.post})
    return render(
        request,
        "places/households/own.html",
        status=problem.status if problem else 200,
        code=code,
        org=orgs.name_of(whole.org),
        over=whole.until,
        lines=[
            (line, FIELDS[line.field],
             _("姓名和电话，加密保存") if line.token else said_words(line.field, said.get(line.n), whole.org, day),
             why_words(line.why, whole.org, day), by_post.get(line.post, _("系统")))
            for _n, line in sorted(whole.lines.items())
        ],
        looks=look_lines(request, looks_at(code, limit=LOOKS)),
        problem=problem,
        command=new_key("home"),
    )  # fmt: skip


def _ended(request: HttpRequest, by: Act, code: str) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "close":
        if not request.POST.get("sure"):
            raise Invalid.of("sure", _("请先勾上，确认全部删掉"))
        services.close_households(by, households=[code])
    elif struck := struck_of(do, code):
        services.strike_lines(by, lines=[struck])
    return HttpResponseRedirect(reverse("portal:home-one", kwargs={"code": code}), status=303)
