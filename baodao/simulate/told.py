"""`demo.json`: what a demonstration tells about itself. Written whole and put in place at once, so that a page never reads half of it.

Keys: simulated, note, now and seed (the life can be gone on with), address, counts, roles (of all districts that are there, each with its
`district`), district and truths (of the first one), districts (pack, code, name, state `done` | `living` | `waiting` | `failed`, day, of,
counts, truths).
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from baodao.kernel.declare import District, get_pack
from baodao.orgs.selectors import name_of

from .plan import DISTRICTS, Lived
from .roles import roles

FILE = "demo.json"
NOTE = "居民、工作人员、网格和诉求都是模拟的；街道、社区、村的名称和代码是公开的。"


def path() -> Path:
    """Where it lies."""
    return Path(settings.DATA) / FILE


def read() -> dict[str, Any]:
    """As it stands; empty when there is none."""
    try:
        story: dict[str, Any] = json.loads(path().read_text())
    except (OSError, ValueError):
        return {}
    return story


def write(story: dict[str, Any]) -> None:
    """Replace it in one step."""
    draft = path().with_suffix(".draft")
    draft.write_text(json.dumps(story, ensure_ascii=False, indent=1))
    os.replace(draft, path())


def begun(first: str, now: str, seed: int, others: bool) -> dict[str, Any]:
    """The story before anything was lived."""
    packs = [first, *(pack for pack in DISTRICTS if pack != first)] if others else [first]
    rows = []
    for pack in packs:
        district = get_pack(pack).one(District)
        rows.append(
            {
                "pack": pack,
                "code": district.code,
                "name": district.name,
                "state": "waiting",
                "day": 0,
                "of": 1,
            }
        )
    return {
        "simulated": True,
        "note": NOTE,
        "now": now,
        "seed": seed,
        "district": rows[0]["code"],
        "counts": {},
        "roles": [],
        "truths": {},
        "districts": rows,
    }


def add(story: dict[str, Any], lived: Lived) -> dict[str, Any]:
    """A district is there: its roles, counts and truths. Gives its row."""
    row = next(row for row in story["districts"] if row["pack"] == lived.pack)
    row["counts"] = {
        "requests": lived.life.opened,
        "commands": lived.life.commands,
        "people": len(lived.cast.posts) + len(lived.cast.residents),
        "refused_steps": len(lived.life.refused),
    }
    row["truths"] = lived.truths.told(lived.cast.district, name_of)
    row["state"] = "done"
    if lived.cast.district == story["district"]:
        story["truths"] = row["truths"]
    story["roles"] = [role for role in story["roles"] if role["district"] != row["code"]]
    address = story.get("address", "")
    for role in roles(lived.cast):
        story["roles"].append({**role, "district": row["code"], "link": address + role["path"]})
    done = [one["counts"] for one in story["districts"] if one["state"] == "done"]
    story["counts"] = {key: sum(counts[key] for counts in done) for key in done[0]}
    return dict(row)


def addressed(story: dict[str, Any], address: str) -> None:
    """The links begin with this server's address."""
    story["address"] = address
    for role in story["roles"]:
        role["link"] = address + role["path"]


def waiting(story: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the districts that are still to be lived."""
    return [row for row in story.get("districts", ()) if row["state"] in ("waiting", "living")]


def telling(story: dict[str, Any], row: dict[str, Any]) -> Callable[[int, int], None]:
    """A tick that keeps the row's progress in the file."""

    def tick(day: int, days: int) -> None:
        row.update(state="living", day=day, of=days)
        write(story)

    return tick
