"""The district page: what is open where and in which state, volume beside rates, for any organization of the tree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup
from msgspec import Struct

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.matters.listing import GROUP
from baodao.matters.often import Often, asked_often
from baodao.matters.policies import READ
from baodao.matters.project import PAUSED
from baodao.matters.tallies import selectors as tallies
from baodao.matters.tallies.selectors import Group, Open
from baodao.measures import desk as measures
from baodao.measures.asking import question_of
from baodao.measures.policies import may_read
from baodao.measures.selectors import board
from baodao.orgs.selectors import forest, name_of, today
from baodao.people.door import act_from
from baodao.places.drawing import svg
from baodao.places.maps import Map, map_level
from baodao.places.outlines import outlines
from baodao.places.selectors import grid

from .scope import Scope, restricted, scope_of, sees_whole

#: What of the month stands here; all else is one click away.
FIGURES = ("response", "report_in", "on_time", "resolution", "silence", "opened", "legs_called", "whistles")
#: Figures are read again after so long; until then they say of which position they are.
KEPT, MOST = timedelta(minutes=5), 500


class Row(Struct, frozen=True):
    """One area of the table beside the map. ``code`` "" for what lies in none of them; ``bar`` in thousandths of the
    most."""

    code: str
    name: str
    n: int
    bar: int
    href: str
    lon: float = 0.0
    lat: float = 0.0


@page(
    "desk",
    "district/",
    name="district",
    nav=(3, gettext_lazy("辖区")),
    methods=("GET", "HEAD"),
    right=READ,
    opens=sees_whole,
)
def district(request: HttpRequest) -> HttpResponse:
    """Open matters by area and by state. Three statements."""
    by = act_from(request, command=new_key())
    scope = scope_of(request, by)
    held, drawn = tallies.open_in(scope.org), map_level(scope.org)
    rows = _rows(scope, drawn, held.matters, request.GET.get("sort", ""))
    asked = request.GET.get("figures") == "1" and may_read(by, scope.org)
    return render(
        request,
        "desk/district.html",
        scope=scope,
        sort=request.GET.get("sort", ""),
        groups=_groups(scope, held),
        rows=rows,
        matters=sum(held.matters.values()),
        held=held,
        shut=restricted(scope.org, held.shut),
        picture=_picture(drawn, rows) if drawn is not None else "",
        areas=_address("desk:district-areas", scope) if drawn is not None else "",
        drawn_by_chance=drawn is not None and drawn.simulated,
        figures=_figures(by, scope.org) if asked else None,
        may_measure=may_read(by, scope.org),
        inline=f"?{urlencode({'org': scope.org, 'figures': 1})}",
    )


def _address(name: str, scope: Scope) -> str:
    return f"{reverse(name)}?{urlencode({'org': scope.org})}"


def _groups(scope: Scope, held: Open) -> list[tuple[str, int, str]]:
    """(words, legs, address of the list) by state; no state is better than another."""
    words: dict[Group, str] = {
        "called": _("还没有收到"),
        "way": _("办理中"),
        "paused": _("暂停"),
        "caller": _("等派出的单位"),
        "disputed": _("争议中"),
        "waiting": _("等前面的办完"),
    }
    stuck = reverse("desk:stuck")
    hrefs: dict[Group, str] = {
        "disputed": f"{stuck}?{urlencode({'org': scope.org, 'view': 'disputed'})}",
        "waiting": f"{stuck}?{urlencode({'org': scope.org, 'view': 'waiting'})}",
    }
    home = reverse("desk:home")
    states: dict[Group, str] = {
        "called": "called",
        "way": f"{GROUP}way",
        "paused": PAUSED,
        "caller": f"{GROUP}caller",
    }
    for group, state in states.items():
        hrefs[group] = f"{home}?{urlencode({'org': scope.org, 'state': state})}"
    return [(words[group], n, hrefs.get(group, "")) for group, n in held.legs.items()]


# ── where ───────────────────────────────────────────────────────────────────────────────────────────────


def _rows(scope: Scope, drawn: Map | None, matters: dict[str, int], sort: str) -> list[Row]:
    """All areas of the map, other organizations below that have something open, and what lies elsewhere."""
    counts: dict[str, int] = {}
    shapes = {shape.code: shape for shape in drawn.shapes} if drawn is not None else {}
    for place, n in matters.items():
        code = _area(scope.org, place, shapes)
        counts[code] = counts.get(code, 0) + n
    most = max(counts.values(), default=1)
    deeper = {code for code, _name in scope.below}
    rows = [
        Row(
            code,
            shapes[code].name if code in shapes else name_of(code),
            counts.get(code, 0),
            round(1000 * counts.get(code, 0) / most),
            f"?{urlencode({'org': code})}" if code in deeper else "",
            shapes[code].lon if code in shapes else 0.0,
            shapes[code].lat if code in shapes else 0.0,
        )
        for code in dict.fromkeys((*shapes, *sorted(code for code in counts if code)))
    ]
    if sort == "n":
        rows.sort(key=lambda row: (-row.n, row.code))
    if elsewhere := counts.get("", 0):
        rows.append(Row("", _("没有写地点，或在别处"), elsewhere, round(1000 * elsewhere / most), ""))
    return rows


def _area(org: str, place: str, shapes: dict[str, Any]) -> str:
    """The area of the map, or the organization right below, that a place belongs to; "" for none."""
    if place in shapes:
        return place
    if place.startswith("@"):
        home = place[1:]
    else:
        found = grid(place)
        home = found.org if found is not None else ""
    chain = forest().chain(home, today()) if home else ()
    at = chain.index(org) if org in chain else 0
    return chain[at - 1] if at > 0 else ""


def _picture(drawn: Map, rows: list[Row]) -> Markup:
    held = {row.code: row for row in rows}
    return svg(
        drawn,
        lambda shape: held[shape.code].href if shape.code in held else "",
        title=_("%(name)s没有办完的事，按地点；旁边的表说的是一样的") % {"name": drawn.name},
        counts={row.code: row.n for row in rows},
    )


@page("desk", "district/areas/", name="district-areas", methods=("GET", "HEAD"), right=READ)
def areas(request: HttpRequest) -> HttpResponse:
    """Outlines for the browser's map: GeoJSON, the same until grids or trees change. No statement."""
    scope = scope_of(request, act_from(request, command=new_key()))
    found = outlines(scope.org)
    if found is None:
        raise Missing.of("org", _("这里还没有地图"), _("网格划定以后就能看到"))
    mark = f'"{found.mark}"'
    answer = (
        HttpResponse(status=304)
        if request.headers.get("If-None-Match") == mark
        else HttpResponse(found.text, content_type="application/geo+json")
    )
    answer["ETag"] = mark
    answer["Cache-Control"] = "private, no-cache"
    return answer


# ── figures of the month ────────────────────────────────────────────────────────────────────────────────


class Figures(Struct, frozen=True):
    """Cards of measures as `measures.desk` shows them, rates apart from volume; read at a moment and a position."""

    rates: list[dict[str, Any]]
    volumes: list[dict[str, Any]]
    at: datetime
    position: int
    query: str
    period: str
    often: list[Often]
    """What residents asked for most in the last 90 days."""


_kept: dict[tuple[str, ...], Figures] = {}


@page("desk", "district/figures/", name="district-figures", methods=("GET", "HEAD"), right=READ)
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of this month alone: asked for by the page once it stands."""
    by = act_from(request, command=new_key())
    scope = scope_of(request, by)
    return render(request, "desk/figures.html", scope=scope, figures=_figures(by, scope.org))


def _figures(by: Act, org: str) -> Figures:
    """Figures of an organization for whoever may read them (Missing otherwise); those of the last minutes, if any."""
    question = question_of(by, {"org": org})
    key = (org, question.period.name, question.origin, translation.get_language() or "")
    found = _kept.get(key)
    # The right is asked each time, the figures are not.
    if found is None or by.noted - found.at > KEPT or found.at > by.noted or not may_read(by, org):
        told = board(by, question, FIGURES)
        cards = [measures.card(name, measure, answer) for name, measure, answer in told]
        position = told[0][2].position if told else 0
        found = Figures(
            [card for card in cards if not card["volume"]],
            [card for card in cards if card["volume"]],
            by.noted,
            position,
            "?" + urlencode({"org": org, "period": question.period.name, "origin": question.origin}),
            question.period.name,
            asked_often(org, by.noted, key[-1]),
        )
        if len(_kept) > MOST:
            _kept.clear()
        _kept[key] = found
    return found


def forget() -> None:
    """Drop what this process keeps: another database, another clock."""
    _kept.clear()
