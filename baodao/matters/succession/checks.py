"""`baodao doctor`: staff lists against the trees of today, open legs against the appointments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from baodao.ledger.doctor import register_checker
from baodao.matters.models import Leg, Stake
from baodao.orgs.models import Post
from baodao.orgs.selectors import read_forest, today

from .restake import redrawn

_COLUMNS = ("matter", "leg", "scope", "depth", "level", "holder", "caller")


def check() -> Iterator[str]:
    """A line for each open leg whose list rows are not those of today's trees, whose organization is no more, or whose
    post nobody ever held. Appointments that ended with something open are told by `handover`."""
    yield from stakes()
    yield from strangers()


def stakes() -> Iterator[str]:
    """Rows of `stake` that do not follow from the trees. A worker that runs mends them within seconds."""
    trees, day = read_forest(), today()
    rows = Stake.objects.order_by("matter", "leg", "depth").values(*_COLUMNS).iterator(chunk_size=5000)
    for (number, leg), group in groupby(rows, key=lambda row: (row["matter"], row["leg"])):
        held: list[dict[str, Any]] = list(group)
        base = next((row for row in held if row["depth"] == 0), None)
        node = trees.nodes.get(base["scope"]) if base is not None else None
        if base is not None and (node is None or not node.at(day)):
            yield f"matter {number}, leg {leg}: with {base['scope']}, which is no more; name a successor"
        wanted = {row["scope"]: row["depth"] for row in redrawn(held, trees, day)}
        if wanted != {row["scope"]: row["depth"] for row in held}:
            yield f"matter {number}, leg {leg}: lists do not follow today's trees; run `baodao work` or `baodao rebuild`"


def strangers() -> Iterator[str]:
    """Open legs with a post that there never was, or that belongs to another organization."""
    posts = {code: str(org) for code, org in Post.objects.values_list("code", "org_id")}
    rows = Leg.objects.filter(ended__isnull=True).order_by("matter", "n")
    for number, n, org, holder, post in rows.values_list("matter", "n", "org", "holder", "post").iterator():
        with_ = holder or post
        if with_ and posts.get(with_) != org:
            yield f"matter {number}, leg {n}: with {with_}, no post of {org}"


register_checker("stakes", check)
