"""The door: who stands there, and the Act of what they do. One of the two places that read the clock (the
other is the timer).

A request without our cookie costs no statement. With it: one for session, account and name, and what orgs
asks for the posts.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from baodao.kernel.act import Act
from baodao.kernel.pages import VISITOR, Who, who_of

from . import ports, selectors
from .services import sign_in

COOKIE = "baodao"
# What a session must still do: `mfa` answer the second question, `enrol` first set one up (posts demand it).
NEEDS = ("mfa", "enrol")

_FAMILIES = (
    ("MicroMessenger", "wechat"),
    ("Edg", "edge"),
    ("Firefox", "firefox"),
    ("Chrome", "chrome"),
    ("Safari", "safari"),
)


class Door:
    """Middleware: sets `request.who`, and `request.door_key` (digest of the cookie, "" for none)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = request.COOKIES.get(COOKIE, "")
        request.who, request.door_key = _enter(cookie) if cookie else (VISITOR, "")  # type: ignore[attr-defined]
        response = self.get_response(request)
        if cookie and not request.door_key and COOKIE not in response.cookies:  # type: ignore[attr-defined]
            response.delete_cookie(COOKIE, samesite="Lax")
        return response


def _enter(cookie: str) -> tuple[Who, str]:
    now = clock()
    session = selectors.session(sign_in.session_key(cookie), now)
    if session is None:
        return VISITOR, ""
    if session.seen != timezone.localtime(now).date().isoformat():
        sign_in.touch(session.key, now)
    standing = ports.standing(session.person, session.post)
    return who_with(session, standing), session.key


def who_with(session: selectors.Session, standing: ports.Standing) -> Who:
    """What the pages see. Nobody acts in a post before the second factor: until then the grants stay
    outside."""
    needs = ""
    if session.factor == "one" and session.totp_on:
        needs = "mfa"
    elif session.factor == "one" and standing.posts:
        needs = "enrol"
    return Who(
        person=session.person,
        account=session.account,
        posts=() if needs else standing.posts,
        post=None if needs else standing.post,
        grants=() if needs else standing.grants,
        display=session.name,
        needs=needs,
        lang=translation.get_language() or "zh-hans",
    )


def act_from(request: HttpRequest, *, command: str, purpose: str = "") -> Act:
    """The Act of the one at this door, now. Somebody who has not finished signing in acts as anonymous."""
    who, now = who_of(request), clock()
    lang = translation.get_language() or "zh-hans"
    if not who.signed_in:
        return Act(kind="anonymous", happened=now, noted=now, command=command, purpose=purpose, lang=lang)
    return Act(
        kind="person",
        happened=now,
        noted=now,
        command=command,
        person=who.person,
        post=who.post.code if who.post else "",
        purpose=purpose,
        lang=lang,
        grants=who.grants,
        deputy=who.post.deputy if who.post else "",
    )


def clock() -> datetime:
    """Now, in whole seconds, UTC."""
    return timezone.now().replace(microsecond=0)


def key_of(request: HttpRequest) -> str:
    """Digest of this request's session cookie; "" without a session."""
    return str(getattr(request, "door_key", ""))


def address_of(request: HttpRequest) -> str:
    """The caller's network address, for rate limits only: the last hop that a trusted proxy wrote, else the
    peer."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def browser_of(request: HttpRequest) -> str:
    """The family of the browser, nothing finer."""
    agent = request.headers.get("User-Agent", "")
    return next((family for mark, family in _FAMILIES if mark in agent), "other")


def admit(response: HttpResponse, opened: sign_in.Opened) -> HttpResponse:
    """Give the browser its cookie."""
    response.set_cookie(
        COOKIE,
        opened.cookie,
        max_age=opened.seconds,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response
