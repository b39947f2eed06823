"""A person's own notices and how she wants to be told, in both shells. Every page is about the one at the
door."""

from collections.abc import Callable
from typing import Any

from django.conf import settings as deployment
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import Shell, View, page, render, shell_of, who_of
from baodao.kernel.typed import whole_number
from baodao.people import selectors as people
from baodao.people.declare import consent_kinds, in_language
from baodao.people.door import act_from
from baodao.people.services.consent import Choice, consent

from . import selectors, services
from .models import Notice, Preference
from .words import sentence_of

PAGE = 50
YEAR = 365 * 24 * 3600


def both(where: str, *, name: str, nav: tuple[int, Any] | None = None, **more: Any) -> Callable[[View], View]:
    """Register a page under both shells."""

    def decorate(view: View) -> View:
        shells: tuple[Shell, ...] = ("portal", "desk")
        for shell in shells:
            page(shell, where, name=name, nav=nav, **more)(view)
        return view

    return decorate


@both("notices/", name="notices", nav=(58, gettext_lazy("通知")))
def notices(request: HttpRequest) -> HttpResponse:
    """My inbox, newest first: number, step, where to look. The text of a matter is on its own page."""
    who, before = who_of(request), request.GET.get("before", "")
    rows = selectors.inbox(who.person, whole_number(before) or 0, PAGE + 1)
    shown = rows[:PAGE]
    return render(
        request,
        "notify/notices.html",
        lines=[line_of(row) for row in shown],
        newest=shown[0].id if shown else 0,
        unseen=selectors.unseen(who.person),
        more=shown[-1].id if len(rows) > PAGE else 0,
        command=new_key("see"),
    )


def line_of(row: Notice) -> dict[str, Any]:
    """One row of the inbox in words."""
    return {
        "at": row.created,
        "number": row.number,
        "words": sentence_of(row),
        "link": row.link,
        "new": row.seen_at is None,
        "urgent": row.urgent,
    }


@both("notices/seen/", name="notices-seen", methods=("POST",))
def seen(request: HttpRequest) -> HttpResponse:
    """What I had before me is no longer new. By POST: opening a page changes nothing."""
    up_to = request.POST.get("up_to", "")
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key("see"))
    services.see(by, up_to=whole_number(up_to) or 0)
    return HttpResponseRedirect(reverse(f"{shell_of(request)}:notices"), status=303)


@both("notices/settings/", name="notice-settings")
def settings(request: HttpRequest) -> HttpResponse:
    """Which ways, which language, how large. The inbox is always there."""
    done, problem = False, None
    if request.method == "POST":
        try:
            _save(request)
            done = True
        except Problem as found:
            problem = found
    status = problem.status if problem else 200
    response = render(request, "notify/settings.html", status=status, **_shown(request, done, problem))
    if done:
        _remember(request, response)
    return response


def _shown(request: HttpRequest, done: bool, problem: Problem | None) -> dict[str, Any]:
    who = who_of(request)
    held, kinds = people.consents(who.person), consent_kinds()
    ways = [
        {
            "code": code,
            "title": in_language(kinds[code].title, kinds[code].title_en, who.lang),
            "text": in_language(kinds[code].text, kinds[code].text_en, who.lang),
            "yes": held.get(code) == kinds[code].version,
        }
        for code in services.CONSENTS.values()
        if code in kinds
    ]
    wanted = selectors.preference_of(who.person)
    return {"ways": ways, "wanted": wanted, "done": done, "problem": problem, "command": new_key("prefer")}


def _save(request: HttpRequest) -> None:
    command = request.POST.get("command", "")[:190] or new_key("prefer")
    services.prefer(
        act_from(request, command=command),
        lang=request.POST.get("lang", "zh-hans"),
        large_print=request.POST.get("large_print") == "yes",
    )
    yes = set(request.POST.getlist("way"))
    known = consent_kinds()
    choices = [Choice(code, code in yes) for code in services.CONSENTS.values() if code in known]
    consent(act_from(request, command=f"{command}:ways"), choices=choices)


def _remember(request: HttpRequest, response: HttpResponse) -> None:
    """The browser shows pages as she wants her messages: language and print."""
    wanted: Preference = selectors.preference_of(who_of(request).person)
    for name, value in (("lang", wanted.lang), ("large", "1" if wanted.large_print else "0")):
        response.set_cookie(
            name, value, max_age=YEAR, samesite="Lax", secure=deployment.SESSION_COOKIE_SECURE
        )
