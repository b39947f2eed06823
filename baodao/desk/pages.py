"""The staff's shell: layout, navigation, post switcher, search box. The one to-do list is in `todo`."""

from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest

from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.frame import frame
from baodao.kernel.pages import Layout, navigation, register_shell, who_of
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
}


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


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {
        **frame(request, _pack(request)),
        "nav": [route for route in navigation("desk") if not route.right or _holds(request, route.right)],
        "icons": ICONS,
        "searched": request.GET.get("q", "")[:80],
    }


register_shell("desk", Layout("desk/layout.html", "portal:sign-in", _frame))
