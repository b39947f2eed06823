"""Rows from facts: the same columns for a verb and for a rebuild. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from . import facts

Row = dict[str, Any]


def route_row(code: str, org: str, data: facts.Planned, texts: dict[str, str], origin: str) -> Row:
    """A route as model columns."""
    return {
        "code": code, "org_id": org, "title": texts.get("title", "")[:120], "form": data.form,
        "rounds": f",{','.join(data.rounds)}," if data.rounds else "", "closed": False, "level": 1, "origin": origin,
    }  # fmt: skip


def point_rows(code: str, data: facts.Planned, texts: dict[str, str]) -> list[Row]:
    """Its points."""
    return [
        {
            "route_id": code, "n": one.n, "title": texts.get(f"p{one.n}", "")[:120], "place": one.place, "lon": one.lon,
            "lat": one.lat, "mark": one.mark,
        }
        for one in data.points
    ]  # fmt: skip


def passing_row(slot: str, route: str, data: facts.Passed, at: datetime) -> Row:
    """A passing."""
    return {"slot": slot, "route": route, "n": data.point, "at": at, "how": data.how}


def check_row(
    slot: str, org: str, data: facts.Opened, texts: dict[str, str], *, place: str, origin: str
) -> Row:
    """A joint check."""
    return {
        "slot": slot, "org_id": org, "title": texts.get("title", "")[:120], "address": texts.get("address", "")[:200],
        "place": place, "day": date.fromisoformat(data.day), "seal": data.seal, "rated": False, "level": 1,
        "origin": origin,
    }  # fmt: skip
