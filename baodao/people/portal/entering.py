"""Signing in and out. Works without scripts; the server keeps nothing of what was typed but digests."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict, Missing, Problem
from baodao.kernel.pages import page, render, who_of
from baodao.people import normalise, selectors
from baodao.people.door import act_from, address_of, admit, browser_of, clock, key_of
from baodao.people.services import accounts, factors, sign_in
from baodao.people.services.demo import demo_account

from .forms import DEMO_SALT, again, back_to, home, onward


@page("portal", "sign-in/", name="sign-in", public=True)
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for phone or e-mail; then a code, or a password."""
    who = who_of(request)
    if who.signed_in:
        return HttpResponseRedirect(onward(request) or home(request))
    if who.needs:
        return HttpResponseRedirect(_with_next("/sign-in/factor/", onward(request)))
    typed = request.POST.get("identifier", "")
    shown: dict[str, Any] = {"typed": typed, "onward": onward(request)}
    if request.method != "POST":
        return render(request, "people/sign_in.html", problem=None, **shown)
    try:
        contact = normalise.identifier(typed)
        if request.POST.get("how") == "password":
            username = sign_in.by_password(
                contact, request.POST.get("password", ""), clock(), address_of(request)
            )
            return _admitted(request, username, "password")
        question = sign_in.start_code("sign_in", contact, clock(), address_of(request))
    except Problem as problem:
        return again(request, "people/sign_in.html", problem, **shown)
    return render(
        request, "people/code.html", problem=None, question=question, **shown, **_code_form(contact)
    )


def _code_form(contact: normalise.Contact) -> dict[str, Any]:
    return {"masked": normalise.mask(contact.field, contact.value), "channel": contact.field}


@page("portal", "sign-in/code/", name="sign-in-code", public=True)
def code(request: HttpRequest) -> HttpResponse:
    """Answer the code. A contact that nobody signs in by gets an account: one way in for old and new."""
    if request.method != "POST":
        return HttpResponseRedirect("/sign-in/")
    typed, question = request.POST.get("identifier", ""), request.POST.get("question", "")[:64]
    contact = normalise.identifier(typed)
    try:
        sign_in.answer_code(
            "sign_in",
            question,
            contact,
            code=request.POST.get("code", ""),
            now=clock(),
            address=address_of(request),
        )
        username = _account_for(request, contact, question)
    except Problem as problem:
        shown = {"typed": typed, "question": question, "onward": onward(request)}
        return again(request, "people/code.html", problem, **shown, **_code_form(contact))
    return _admitted(request, username, "code")


def _account_for(request: HttpRequest, contact: normalise.Contact, question: str) -> str:
    _person, username = selectors.holder_of(contact)
    if not username:
        by = act_from(request, command=f"register-{question}")
        try:
            username = accounts.register(by, question=question, contact=contact.value)
        except IntegrityError:  # two browsers proved the same contact at once: the other one made the account
            _person, username = selectors.holder_of(contact)
    account = selectors.account_of(username)
    if account is None or not account.active:
        raise Conflict.of("", _("这个账号已经停用"), _("请联系社区工作人员"))
    return username


def _admitted(request: HttpRequest, username: str, way: str) -> HttpResponse:
    opened = sign_in.open_session(username, way, browser_of(request), clock())
    return admit(HttpResponseRedirect(_with_next("/sign-in/", onward(request)), status=303), opened)


def _with_next(path: str, to: str) -> str:
    from urllib.parse import quote

    return f"{path}?next={quote(to)}" if to else path


@page("portal", "sign-in/factor/", name="sign-in-factor", public=True)
def factor(request: HttpRequest) -> HttpResponse:
    """The second question; or, for posts without one, setting it up."""
    who = who_of(request)
    if not who.needs:
        return HttpResponseRedirect(_with_next("/sign-in/", onward(request)))
    if who.needs == "enrol":
        return _enrol(request, who.account, staff=True)
    shown: dict[str, Any] = {"onward": onward(request)}
    if request.method != "POST":
        return render(request, "people/factor.html", problem=None, **shown)
    try:
        staff = bool(selectors.held_posts(who.person))
        factors.pass_factor(who.account, key_of(request), request.POST.get("code", ""), staff, clock())
    except Problem as problem:
        return again(request, "people/factor.html", problem, **shown)
    return HttpResponseRedirect(_with_next("/sign-in/", onward(request)), status=303)


def _enrol(request: HttpRequest, account: str, staff: bool) -> HttpResponse:
    """Show the secret, take a first code, show the recovery codes once."""
    secret = factors.begin(account)
    shown: dict[str, Any] = {
        "secret": secret,
        "picture": factors.picture(secret),
        "onward": onward(request),
        "staff": staff,
    }
    if request.method != "POST":
        return render(request, "people/enrol.html", problem=None, **shown)
    try:
        codes = factors.confirm(account, key_of(request), request.POST.get("code", ""), staff, clock())
    except Problem as problem:
        return again(request, "people/enrol.html", problem, **shown)
    return render(request, "people/recovery.html", codes=codes, to=onward(request) or "/sign-in/")


@page("portal", "me/factor/", name="me-factor")
def own_factor(request: HttpRequest) -> HttpResponse:
    """Switch the second factor on or off."""
    who = who_of(request)
    account = selectors.account_of(who.account)
    if account is None or not account.totp_on:
        return _enrol(request, who.account, staff=who.staff)
    shown: dict[str, Any] = {"left": selectors.recovery_left(who.account), "staff": who.staff}
    if request.method != "POST":
        return render(request, "people/factor_off.html", problem=None, **shown)
    try:
        factors.switch_off(who.account, request.POST.get("code", ""), clock())
    except Problem as problem:
        return again(request, "people/factor_off.html", problem, **shown)
    return back_to(request, "me-sign-ins")


@page("portal", "sign-out/", name="sign-out", public=True, methods=("POST",))
def leave(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if key_of(request):
        sign_in.close_session(key_of(request), who_of(request).person, clock())
    from baodao.people.door import COOKIE

    response = HttpResponseRedirect("/", status=303)
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@page("portal", "demo/sign-in/<str:token>/", name="demo-sign-in", public=True, methods=("GET", "HEAD"))
def demo(request: HttpRequest, token: str) -> HttpResponse:
    """One click, no second factor: only where BAODAO_DEMO is on, only for persons who are marked
    simulated."""
    try:
        wish = signing.loads(token, salt=DEMO_SALT)
    except signing.BadSignature:
        wish = None
    username = demo_account(wish["p"], clock()) if wish and settings.DEMO else ""
    if not wish or not username:
        raise Missing.of("", _("这一页不存在，或者不对您开放"), _("请核对地址，或回到首页"))
    opened = sign_in.open_session(username, "demo", browser_of(request), clock(), post=wish["o"])
    to = wish["n"] or ("/desk/" if wish["o"] else "/")
    return admit(HttpResponseRedirect(to), opened)
