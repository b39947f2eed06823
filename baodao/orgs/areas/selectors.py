"""Reads of areas. They lie in memory: a district has some hundred."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from msgspec import Struct

from baodao.kernel import epochs
from baodao.kernel.act import Subject
from baodao.orgs.models import Post
from baodao.orgs.selectors import EPOCH as TREES
from baodao.orgs.selectors import forest
from baodao.orgs.tree import covers

from . import ports
from .models import PostArea

EPOCH = "areas"


class Extent(Struct, frozen=True):
    """What an area is on a day: grids by code, and organizations whose ground it is (for what has no grid)."""

    grids: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ()


class Areas:
    """All areas, read-only, one for an epoch."""

    def __init__(self, rows: list[PostArea]) -> None:
        self.rows: dict[str, list[PostArea]] = {}
        self.known: dict[tuple[str, date, int, int], Extent] = {}
        for row in rows:
            self.rows.setdefault(row.post, []).append(row)


@epochs.cached(EPOCH)
def areas() -> Areas:
    """As of the last change that this process knows of. One statement after a change."""
    return Areas(list(PostArea.objects.order_by("post", "since")))


def area(post: str, day: date) -> PostArea | None:
    """The area of a post on a day."""
    return next((row for row in areas().rows.get(post, ()) if covers(row.since, row.until, day)), None)


def extent(post: str, day: date) -> Extent:
    """What the area of a post takes in on a day, by the grids and trees of that day. No statement."""
    held = areas()
    if post not in held.rows:
        return Extent()
    key = (post, day, epochs.epoch(TREES), epochs.epoch(ports.ground().epoch))
    if key not in held.known:
        if len(held.known) > 2000:
            held.known.clear()
        held.known[key] = _extent(area(post, day), day)
    return held.known[key]


def _extent(row: PostArea | None, day: date) -> Extent:
    if row is None:
        return Extent()
    trees, codes = forest(), row.places.split()
    orgs = {below for code in codes if code in trees for below in trees.below(code, day)}
    grids = {code for code in codes if code not in trees}
    for code in codes:
        grids |= set(ports.ground().grids(code, day)) if code in trees else set()
    return Extent(tuple(sorted(grids)), tuple(sorted(orgs)))


def within(found: Extent, subject: Subject) -> bool:
    """Whether a subject lies in an area: by its grid; without one on the ground of its organization."""
    return subject.place in found.grids if subject.place else subject.org in found.orgs


def posts_over(subject: Subject, day: date) -> list[str]:
    """Posts in whose area a subject lies. No statement."""
    return [post for post in areas().rows if within(extent(post, day), subject)]


def of_posts(codes: Collection[str]) -> list[PostArea]:
    """All areas of these posts, of any day. No statement."""
    return [row for code in sorted(codes) for row in areas().rows.get(code, ())]


def orgs_of(posts: Collection[str]) -> set[str]:
    """Organizations of posts. One statement."""
    return (
        {str(org) for org in Post.objects.filter(code__in=posts).values_list("org_id", flat=True)}
        if posts
        else set()
    )
