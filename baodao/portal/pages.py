"""The residents' shell: layout, navigation, home, large print and language, telephone numbers."""

from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.frame import frame, keep_display, notes
from baodao.kernel.pages import Layout, navigation, page, register_shell, render
from baodao.orgs import selectors as orgs

from . import compounds  # noqa: F401

#: Pictures beside the words of the navigation, by the route's name.
ICONS = {
    "home": "home",
    "report": "report",
    "mine": "list",
    "open": "users",
    "numbers": "phone",
    "me": "user",
    "notices": "bell",
    "map": "map",
    "near": "pin",
    "quick": "plus",
    "gatherings": "calendar",
    "courses": "note",
    "help": "users",
    "answers": "search",
    "home-lines": "building",
    "standing": "sign",
    "watching": "eye",
    "my-gatherings": "calendar",
    "my-service": "check",
    "my-shifts": "clock",
    "my-branch": "users",
    "my-evenings": "note",
    "my-contact": "phone",
    "my-growth": "star",
}
#: What stands behind a short name of the navigation, told on the first page.
HINTS = {
    "quick": _("路灯、井盖、路面，点两下就报"),
    "open": _("公共地方的事，谁在办、办到哪里"),
    "near": _("厕所、驿站、能坐能喝水的地方"),
    "numbers": _("打给谁、哪个单位管"),
    "courses": _("能听的课，告诉社区就行"),
    "help": _("请邻居搭把手，或者去帮一把"),
    "answers": _("懂行的邻居答过的"),
    "map": _("街道、社区和网格"),
    "notices": _("事情有进展写在这里"),
}
#: What a thumb reaches on a phone; a wide screen shows WIDE beside. All other pages stand on the first one.
BAR = {"home", "report", "mine", "gatherings", "me"}
WIDE = BAR | {"open", "near", "help", "courses"}


def _pack() -> Pack | None:
    # Error pages need a frame too: while the database is away, or a pack is broken, it has no district's name.
    try:
        return get_pack(orgs.home_pack())
    except (DatabaseError, InterfaceError, BadPack):
        return None


def _frame(request: HttpRequest) -> dict[str, Any]:
    pages = navigation("portal")
    rest = [item for item in pages if item.name not in BAR]
    return {**frame(request, _pack()), "nav": pages, "rest": rest, "bar": BAR, "wide": WIDE, "icons": ICONS}


register_shell("portal", Layout("portal/layout.html", "portal:sign-in", _frame))


@page("portal", "", name="home", nav=(0, _("首页")), public=True, methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """Report, look up, my own, telephone numbers."""
    return render(request, "portal/home.html", notes=notes(), hints=HINTS)


@page("portal", "numbers/", name="numbers", nav=(40, _("电话")), public=True, methods=("GET", "HEAD"))
def numbers(request: HttpRequest) -> HttpResponse:
    """Whom to call, and the offices of the district by street."""
    trees, day = orgs.forest(), orgs.today()
    lang = translation.get_language() or "zh-hans"
    streets = []
    for root in trees.roots("admin", day):
        for street in trees.children(root, day):
            names = [trees.name(code, lang) for code in trees.children(street, day)]
            streets.append((trees.name(street, lang), names))
    return render(request, "portal/numbers.html", streets=streets)


@page("portal", "who-sees/", name="who-sees", public=True, methods=("GET", "HEAD"))
def who_sees(request: HttpRequest) -> HttpResponse:
    """What happens to what one writes: who sees it, how long, what one can demand."""
    return render(request, "portal/who_sees.html")


@page("portal", "display/", name="display", public=True, methods=("GET", "HEAD"))
def display(request: HttpRequest) -> HttpResponse:
    """Large print and language, kept in two cookies of this browser only; back to where one was."""
    return keep_display(request)
