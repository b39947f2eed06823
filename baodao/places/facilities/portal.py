"""Portal pages: what is near here and open now; one facility. Works without scripts and without telling where one is: a
place is chosen by names; a browser that is asked by its owner may send a point instead, which is kept nowhere."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Invalid, Missing
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from, clock
from baodao.places import selectors as places
from baodao.places.catalogue.choosing import choose
from baodao.places.catalogue.desk import keeper_words, lang
from baodao.places.shapes import BOUNDS

from . import hours, selectors
from .models import Facility
from .selectors import Near, Wish, titled

#: What else one can do at a facility: (words, address), or None. Rooms above say so; each without a statement.
Door = Callable[[Facility], "tuple[str, str] | None"]
_doors: list[Door] = []


def register_door(find: Door) -> None:
    """A room above leads from a facility's page to its own."""
    _doors.append(find)


@page("portal", "near/", name="near", nav=(35, gettext_lazy("身边")), public=True, methods=("GET", "HEAD"))
def near(request: HttpRequest) -> HttpResponse:
    """The nearest first, from a place chosen by names (``at``) or a point (``lon``, ``lat``)."""
    asked = {
        name: request.GET.get(name, "").strip()[:40]
        for name in ("at", "lon", "lat", "kind", "function", "open")
    }
    point, now = _point(asked), clock()
    chosen = choose("" if point else asked["at"])
    if chosen is None:
        raise Missing.of("", _("没有这个地方"), _("请从名单里选"))
    kinds, functions = selectors.home_kinds()
    if not point and not chosen.streets:
        grid = places.grid(chosen.code)
        point = (grid.lon, grid.lat) if grid else selectors.middle(chosen.code)
    found: list[Near] = []
    if point:
        by = act_from(request, command="read")
        wish = Wish(kind=asked["kind"], function=asked["function"])
        found = selectors.near(by, *point, now, wish, open_now=bool(asked["open"]))
    return render(
        request,
        "places/facilities/near.html",
        chosen=chosen,
        asked=asked,
        here=bool(asked["lon"]),
        point=point,
        rows=[_line(one, now) for one in found],
        kinds=[(code, titled(kind, code)) for code, kind in kinds.items()],
        functions=[(code, titled(one, code)) for code, one in functions.items()],
        listed=point is not None,
    )


def _point(asked: dict[str, str]) -> tuple[float, float] | None:
    if not asked["lon"] and not asked["lat"]:
        return None
    west, south, east, north = BOUNDS
    try:
        lon, lat = float(asked["lon"]), float(asked["lat"])
    except ValueError:
        lon = lat = 0.0
    if not (west <= lon <= east and south <= lat <= north):
        raise Invalid.of("lon", _("这个点不在国内"), _("请从名单里选一个社区"))
    return lon, lat


def _line(one: Near, now: datetime) -> dict[str, Any]:
    row = one.row
    kinds, functions = selectors.kinds_of(str(row.org_id), orgs.today())
    return {
        "code": row.code,
        "name": _name(row),
        "kind": titled(kinds.get(row.kind), row.kind),
        "functions": [titled(functions.get(name), name) for name in row.functions.split(",") if name],
        "address": row.address,
        "phone": row.phone,
        "far": _far(one.metres),
        "minutes": one.minutes,
        "standing": standing_words(one.opening, now),
        "tone": "" if one.opening is None else "done" if one.opening.open else "late",
        "simulated": row.origin == "simulated",
    }


def _far(metres: int | None) -> str:
    if metres is None:
        return ""
    if metres < 3000:
        return _("%(n)d 米") % {"n": metres}
    return _("%(n)s 公里") % {"n": f"{metres / 1000:.1f}"}


def _name(row: Facility) -> str:
    return row.name_en if row.name_en and lang().startswith("en") else row.name


def standing_words(opening: hours.Opening | None, now: datetime) -> str:
    """ "现在开着，18:00 关门"; without hours: "没写开放时间"."""
    if opening is None:
        return _("没写开放时间，去之前请打电话")
    sure = _("（日历未公布，暂定）") if opening.provisional else ""
    if opening.open:
        until = opening.until
        words = _("现在开着，%(at)s 关门") % {"at": _clock(until, now)} if until else _("现在开着，全天都开")
    elif opening.opens is not None:
        words = _("现在没开，%(at)s 开门") % {"at": _clock(opening.opens, now)}
    else:
        words = _("这几天不开")
    return words + sure


def _clock(at: datetime, now: datetime) -> str:
    days = (at.date() - now.astimezone(at.tzinfo).date()).days
    clock_words = f"{at:%H:%M}"
    if days == 0:
        return clock_words
    if days == 1:
        return _("明天 %(clock)s") % {"clock": "24:00" if clock_words == "24:00" else clock_words}
    return _("%(month)d月%(day)d日 %(clock)s") % {"month": at.month, "day": at.day, "clock": clock_words}


@page("portal", "near/<str:code>/", name="near-one", public=True, methods=("GET", "HEAD"))
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One facility: what, where, when, who answers for it."""
    row = selectors.facility(act_from(request, command="read"), code)
    if row is None or (row.until is not None and row.until <= orgs.today()):
        raise Missing.of("", _("没有这个地方，或者已经撤销"), _("请看看附近别的"))
    now = clock()
    return render(
        request,
        "places/facilities/shown.html",
        it=_line(selectors.standing(row, now), now),
        org=orgs.name_of(str(row.org_id)),
        at=row.grid or str(row.org_id),
        keeper=keeper_words(row.keeper),
        hours=hours.words(hours.parse(row.hours)),
        doors=[found for find in _doors if (found := find(row)) is not None],
    )
