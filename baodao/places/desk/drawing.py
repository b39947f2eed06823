"""A grid drawn by hand: on the browser's map, or as points typed in; what does not fit is told before anything is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key
from baodao.kernel.errors import Conflict, Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.orgs import selectors as orgs
from baodao.places import ruling, selectors
from baodao.places.findings import picture
from baodao.places.fitting import Finding
from baodao.places.ruling import NewGrid
from baodao.places.services import draw_grids

from .common import RIGHT, door, offered, org_asked

#: A point of a line that was typed: "106.48123, 29.48321".
POINT = re.compile(r"^\s*(-?\d{1,3}(?:\.\d+)?)[\s,，;；]+(-?\d{1,3}(?:\.\d+)?)\s*$")


@page("desk", "grids-draw/", name="grids-draw", right=RIGHT)
def draw(request: HttpRequest) -> HttpResponse:
    """One grid: community, code, name, border."""
    by = door(request)
    typed = {str(key): str(value)[:200_000] for key, value in request.POST.items()}
    org = org_asked(by, typed.get("org") or request.GET.get("org", "")[:32])
    problem: Problem | None = None
    shapes: tuple[list[Any], int, list[Finding]] = ([], 0, [])
    made: NewGrid | None = None
    if request.method == "POST":
        try:
            made = _made(typed, org)
            shapes = _misfits(made)
            if typed.get("do") == "send":
                draw_grids(by, grids=[made])
                there = reverse("desk:grid", kwargs={"code": made.code})
                return HttpResponseRedirect(there, status=303)
        except Problem as caught:
            problem = _plain(caught)
    found, old, findings = shapes
    homes = [(code, name) for code, name in offered(by) if orgs.forest().nodes[code].level == "community"]
    return render(
        request,
        "places/grids_draw.html",
        status=problem.status if problem else 200,
        problem=problem,
        org=org,
        is_home=any(code == org for code, _name in homes),
        org_name=orgs.name_of(org),
        homes=homes,
        typed={"since": orgs.today().isoformat(), **typed},
        made=made if problem is None and not findings else None,
        picture=picture(found, old, findings, _("要划的网格和它的邻居")) if made and found else "",
        command=new_key("grids"),
    )


@page("desk", "grids-shapes/", name="grids-shapes", methods=("GET", "HEAD"))
def shapes(request: HttpRequest) -> HttpResponse:
    """The grids around a community with all their points, as GeoJSON: a new line can lie on the old one. No statement."""
    by = door(request)
    org, day = org_asked(by, request.GET.get("org", "")[:32]), orgs.today()
    plan, parent = selectors.plan(), orgs.forest().parent(org, day) or org
    near = set(orgs.forest().below(parent, day))
    features = [
        {
            "type": "Feature",
            "properties": {"code": ref.code, "name": ref.name, "own": ref.org == org},
            "geometry": msgspec.Raw(_geojson(plan.shapes[n])),
        }
        for n, ref in enumerate(plan.grids)
        if ref.org in near and ref.at(day)
    ]
    edge = selectors.border_of(org, day)
    # The map opens at the community itself, else at what lies around it.
    around = [plan.shapes[n] for n, ref in enumerate(plan.grids) if ref.org in near and ref.at(day)]
    own = [plan.shapes[n] for n, ref in enumerate(plan.grids) if ref.org == org and ref.at(day)]
    box = _box(features, own or around, edge)
    body = msgspec.json.encode({"type": "FeatureCollection", "bbox": box, "features": features})
    answer = HttpResponse(body, content_type="application/geo+json")
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _box(features: Sequence[Any], held: Sequence[Any], edge: tuple[str, Any] | None) -> list[float]:
    import shapely

    wanted = held if features and held else [edge[1]] if edge else []
    found: list[float] = shapely.total_bounds(wanted).tolist() if wanted else [73.0, 18.0, 135.0, 54.0]
    return found


def _geojson(shape: Any) -> bytes:
    import shapely

    return str(shapely.to_geojson(shape)).encode()


def _made(typed: dict[str, str], org: str) -> NewGrid:
    if orgs.forest().nodes[org].level != "community":
        raise Invalid.of("org", _("网格要划在一个社区、村里"), _("请选一个社区或村"))
    return NewGrid(
        code=typed.get("code", "").strip(),
        org=org,
        name=typed.get("name", "").strip(),
        polygon=ring_of(typed.get("polygon", "")),
        since=day_typed(typed.get("since", ""), "since", orgs.today()),
        team=typed.get("team", "").strip(),
    )


def ring_of(typed: str) -> str:
    """GeoJSON of what was typed: GeoJSON itself, or one point a line. Raises Invalid, naming the line."""
    text = typed.strip()
    if text.startswith("{"):
        return text
    ring: list[list[float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        point = POINT.match(line)
        if point is None:
            reason = _("第 %(n)d 行不是经纬度") % {"n": number}
            raise Invalid.of("polygon", reason, _("一行一个点：106.48123, 29.48321"))
        ring.append([float(point[1]), float(point[2])])
    if len(ring) < 3:
        raise Invalid.of("polygon", _("至少要三个点"), _("在地图上点出边界，或一行写一个点"))
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    return msgspec.json.encode({"type": "Polygon", "coordinates": [ring]}).decode()


def _misfits(made: NewGrid) -> tuple[list[Any], int, list[Finding]]:
    """Shapes around, how many are old, what does not fit. Raises Invalid for the grid itself, Conflict with its map."""
    plan = selectors.plan()
    own = ruling.check_grids([made], plan)
    found, _codes, shapes, old = ruling.misfits([made], own, plan, {}, "")
    return shapes, old, found


def _plain(problem: Problem) -> Problem:
    """The verb's faults (``grids[0].code``) at the fields of the form."""
    if not isinstance(problem, Invalid | Conflict):
        return problem
    faults = [
        msgspec.structs.replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults
    ]
    return type(problem)(*faults)
