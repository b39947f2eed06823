"""The staff's shell: layout, navigation, post switcher, search box. The one to-do list is in `todo`."""

from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.frame import frame
from baodao.kernel.pages import Layout, Route, navigation, register_shell, who_of
from baodao.orgs import selectors as orgs
from baodao.orgs.rights import matches

from . import bring, district, ground, newer, search, sheets, stuck, todo  # noqa: F401

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
}

#: Headings of the navigation and the order from which each holds.
GROUPS = ((0, ""), (50, gettext_lazy("单位的事")), (70, gettext_lazy("底数")), (80, gettext_lazy("管理")))


def _pack(request: HttpRequest) -> Pack | None:
    """The pack of the organization that the reader's post is in: several districts live in one installation."""
    # Error pages need a frame too: while the database is away, or a pack is broken, it has no district's name.
    try:
        post = who_of(request).post
        return get_pack(orgs.pack_of(post.org) if post is not None else orgs.home_pack())
    except (DatabaseError, InterfaceError, BadPack):
        return None


def _holds(request: HttpRequest, right: str) -> bool:
    return any(matches(grant.right, right) for grant in who_of(request).grants)


def _groups(request: HttpRequest) -> list[tuple[Any, list[Route]]]:
    """(heading, pages) of what this reader finds in the navigation; no heading without a page."""
    found: dict[int, list[Route]] = {}
    for route in navigation("desk"):
        if route.nav and (not route.right or _holds(request, route.right)):
            found.setdefault(max(since for since, _title in GROUPS if since <= route.nav[0]), []).append(
                route
            )
    return [(title, found[since]) for since, title in GROUPS if since in found]


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {
        **frame(request, _pack(request)),
        "nav": _groups(request),
        "icons": ICONS,
        "searched": request.GET.get("q", "")[:80],
    }


register_shell("desk", Layout("desk/layout.html", "portal:sign-in", _frame))
