"""Outlines of the children of an organization as GeoJSON in WGS-84, for a map that the browser draws.

The same areas as `maps.map_level` draws as SVG: whoever has no scripts misses nothing."""

from __future__ import annotations

import math
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from baodao.kernel import epochs
from baodao.orgs import selectors as orgs

from . import selectors
from .maps import DETAIL, WIDTH, _children, _simplified, label_of

#: About a metre.
DIGITS = 5


class Outlines(msgspec.Struct, frozen=True):
    """GeoJSON text (features with ``code``, ``name``, ``label``; ``bbox`` of all), and a mark that changes with it."""

    text: str
    mark: str


def outlines(org: str, day: date | None = None) -> Outlines | None:
    """The outlines below an organization; None when it has no land. No statement; some milliseconds the first time."""
    at = day or orgs.today()
    plan = selectors.plan()
    key = ("outlines", org, at, orgs.name_of(org), epochs.epoch(orgs.EPOCH))
    if key not in plan.drawn:
        if len(plan.drawn) > 2000:
            plan.drawn.clear()
        plan.drawn[key] = _read(org, at, plan) if org in orgs.forest() else None
    found: Outlines | None = plan.drawn[key]
    return found


def _read(org: str, day: date, plan: selectors.Plan) -> Outlines | None:
    import shapely

    parts = _children(org, day, plan)
    if not parts:
        return None
    shapes = [part[3] for part in parts]
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    narrow = math.cos(math.radians((south + north) / 2))
    # Twice as fine as the drawing, which cannot be zoomed.
    detail = DETAIL * max((east - west) * narrow, north - south) / WIDTH / 2
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "label": label_of(name)},
            "geometry": _rounded(shape),
        }
        for (code, name, *_rest), shape in zip(parts, _simplified(shapes, detail), strict=True)
    ]
    text = msgspec.json.encode(
        {"type": "FeatureCollection", "bbox": [west, south, east, north], "features": features}
    ).decode()
    return Outlines(text, sha256(text.encode()).hexdigest()[:16])


def _rounded(shape: Any) -> dict[str, Any]:
    import shapely

    made: dict[str, Any] = msgspec.json.decode(shapely.to_geojson(shape))
    made["coordinates"] = _round(made["coordinates"])
    return made


def _round(value: Any) -> Any:
    return [_round(one) for one in value] if isinstance(value, list) else round(value, DIGITS)
