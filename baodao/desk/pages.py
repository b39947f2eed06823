"""The staff's shell: layout, navigation, post switcher, search box. The one to-do list is in `todo`."""

from functools import cache, lru_cache
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from baodao.kernel.act import Act, Grant
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.frame import frame
from baodao.kernel.jinja import icon
from baodao.kernel.pages import Layout, Route, navigation, register_shell, who_of
from baodao.orgs import selectors as orgs
from baodao.orgs.rights import matches
from baodao.people.door import act_from

from . import bring, district, ground, newer, pairings, search, sheets, stuck, todo  # noqa: F401

#: Pictures beside the words of the navigation, by the route's name.
ICONS = {
    "home": "inbox",
    "week": "week",
    "district": "map",
    "stuck": "pause",
    "search": "search",
    "report": "plus",
    "import": "download",
    "bring": "download",
    "me": "user",
    "people-looks": "eye",
    "rights": "lock",
    "jobs": "clock",
    "grids": "map",
    "compounds": "home",
    "posts": "users",
    "measures": "list",
    "orgs": "building",
    "alliances": "users",
    "notices": "bell",
    "notices-status": "bell",
    "imports": "download",
    "tokens": "swap",
    "start": "plus",
    "legs": "note",
    "duties": "list",
    "handovers": "swap",
    "facilities": "home",
    "gatherings": "calendar",
    "devices": "eye",
    "partners": "swap",
    "dues": "check",
    "branch": "note",
    "branch-above": "building",
    "callouts": "bell",
    "courses": "note",
    "classes": "users",
    "service": "home",
    "service-unit": "users",
    "standing": "pin",
    "contacts": "phone",
    "roll": "users",
}

#: Headings of the navigation and the order from which each holds.
GROUPS = (
    (0, ""),
    (30, gettext_lazy("组织生活和服务")),
    (50, gettext_lazy("单位的事")),
    (70, gettext_lazy("底数")),
    (80, gettext_lazy("管理")),
)


def _pack(request: HttpRequest) -> tuple[Pack | None, list[str]]:
    """The pack of the organization that the reader's post is in (several districts live in one installation), and what is wrong with it
    where it cannot be read: without it posts have no rights, and a reader is told why."""
    # Error pages need a frame too: while the database is away, or a pack is broken, it has no district's name.
    try:
        post = who_of(request).post
        return get_pack(orgs.pack_of(post.org) if post is not None else orgs.home_pack()), []
    except BadPack as bad:
        return None, bad.as_text().split("\n") if who_of(request).signed_in else []
    except (DatabaseError, InterfaceError):
        return None, []


@lru_cache(maxsize=512)
def _groups(grants: tuple[Grant, ...], shut: frozenset[str]) -> list[tuple[Any, list[Route]]]:
    """(heading, pages) of what a reader with these grants finds in the navigation, but for these pages; no heading
    without a page."""
    found: dict[int, list[Route]] = {}
    rights = {grant.right for grant in grants}
    for route in navigation("desk"):
        if (
            route.nav
            and route.name not in shut
            and (not route.right or any(matches(right, route.right) for right in rights))
        ):
            found.setdefault(max(since for since, _title in GROUPS if since <= route.nav[0]), []).append(
                route
            )
    return [(title, found[since]) for since, title in GROUPS if since in found]


def _shut(by: Act) -> frozenset[str]:
    """Pages that their own rule does not open for this reader."""
    # Whoever holds nothing is asked no further: an error page stands while the database is away.
    return frozenset(one.name for one in _ruled() if not by.grants or not (one.opens and one.opens(by)))


@cache
def _ruled() -> tuple[Route, ...]:
    return tuple(route for route in navigation("desk") if route.opens is not None)


@lru_cache(maxsize=2048)
def _nav(grants: tuple[Grant, ...], shut: frozenset[str], here: str, _lang: str | None) -> Markup:
    """The navigation as every page of the desk has it; drawn once for a reader's rights, the page and the language."""
    parts = []
    for heading, routes in _groups(grants, shut):
        if heading:
            parts.append(Markup('<p class="navhead">{}</p>').format(heading))
        for one in routes:
            current = Markup(' aria-current="page"') if one.name == here else ""
            words = one.nav[1] if one.nav else ""
            line = Markup('<a href="{}"{}>{}<span>{}</span></a>')
            parts.append(
                line.format(reverse(f"desk:{one.name}"), current, icon(ICONS.get(one.name, "file")), words)
            )
    return Markup("").join(parts)


def _frame(request: HttpRequest) -> dict[str, Any]:
    pack, broken = _pack(request)
    framed, by = frame(request, pack), act_from(request, command="read")
    return {
        **framed,
        "broken": broken,
        "nav": _nav(by.grants, _shut(by), framed["route"], translation.get_language()),
        # A page that looks among its own rows has its own field for that.
        "searched": request.GET.get("q", "")[:80] if framed["route"] == "search" else "",
    }


register_shell("desk", Layout("desk/layout.html", "portal:sign-in", _frame))
