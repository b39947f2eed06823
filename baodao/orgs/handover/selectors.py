"""Reads of hand-over sheets: which a reader may see, who leaves and what stays with her."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.models import Post
from baodao.orgs.policies import Columns, reach_of, where
from baodao.orgs.rights import Reach

from . import ports
from .models import Handover
from .ports import Heir

READ, OPEN = "handover.read", "handover.open"
#: Appointments that end within so many days are shown as leaving.
SOON = timedelta(days=30)
#: So long after a leaver is gone signatures are waited for; then what is open goes over without them.
GRACE = timedelta(days=3)
#: Leavers that are asked what they hold at one time: on pages the latest of them.
ASKED = 2000


def row_of(code: str) -> Handover | None:
    """One sheet, whoever may read it: ask `may` before showing it."""
    return Handover.objects.filter(code=code).first()


def posts_by(codes: Collection[str]) -> list[Post]:
    """Appointments of any day by code. One statement."""
    return list(Post.objects.filter(code__in=list(codes)))


def post_of(code: str) -> Post | None:
    """One appointment of any day."""
    return Post.objects.filter(code=code).first()


def subject_of(post: Post | None, *heirs: Post | None) -> Subject:
    """What the policy is asked about: the office that is left, and the persons who hand over and receive."""
    uids = {one.person for one in (post, *heirs) if one is not None and one.person}
    org = str(post.org_id) if post is not None else ""
    return Subject(ref=f"handover:{post.code if post else ''}", org=org, level=1, persons=tuple(sorted(uids)))


def subject_of_row(row: Handover) -> Subject:
    """The same of a sheet that is there. Two statements."""
    heirs = {row.heir, *row.parts.values_list("heir", flat=True)} - {""}
    rows = {one.code: one for one in Post.objects.filter(code__in=[row.post, *heirs])}
    return subject_of(rows.get(row.post), *(rows.get(one) for one in sorted(heirs)))


def visible(by: Act) -> QuerySet[Handover]:
    """The sheets that this actor may read: of offices within the reach, and those that she hands over or receives."""
    reach = reach_of(by, READ)
    wanted = _within(reach)
    if by.person and reach.selves:
        mine = Post.objects.filter(person=by.person).values("code")
        wanted |= Q(post__in=mine) | Q(heir__in=mine) | Q(parts__heir__in=mine)
    return Handover.objects.filter(wanted).distinct()


def _within(found: Reach) -> Q:
    """Rows held by organizations that a reach opens at level 1, as `may` says of one of them."""
    return where(found, Columns(level=""))


def heir_at(code: str, office: str, day: date) -> Heir:
    """Where items for an heir go: her organization and post; the office itself for "" or an appointment that is not in
    force on the day."""
    post = Post.objects.filter(orgs.in_force(day), code=code).first() if code else None
    return Heir(str(post.org_id), post.code) if post is not None else Heir(office)


class Leaver(Struct, frozen=True):
    """A post that ends or has ended with something open: how much, and its sheet ("" : none yet)."""

    post: Post
    items: int
    sheet: str

    def over(self, day: date) -> bool:
        """Whether the appointment has ended."""
        return self.post.until is not None and self.post.until <= day


def leavers(by: Act, day: date) -> list[Leaver]:
    """Posts within the reach of `handover.open`, and the reader's own, that end within a month or have ended, and hold
    something. Three statements and one for each keeper."""
    reach = reach_of(by, OPEN)
    wanted = _within(reach)
    if by.person and reach.selves:
        wanted |= Q(person=by.person)
    rows = Post.objects.filter(wanted, until__lte=day + SOON).order_by("-until", "code")[:ASKED]
    posts = {row.code: row for row in rows}
    held = ports.open_of(list(posts))
    sheets = dict(
        Handover.objects.filter(post__in=list(held), state__in=("open", "signed")).values_list("post", "code")
    )
    return [Leaver(posts[code], n, sheets.get(code, "")) for code, n in held.items() if code in posts]


def successors(org: str, day: date, but: str) -> list[Post]:
    """Posts that could take over: of the same organization, those of the same kind as the leaver's first."""
    left = post_of(but)
    found = [post for post in orgs.holders([org], day) if post.code != but]
    return sorted(found, key=lambda post: (left is None or post.kind != left.kind, post.since, post.code))


def may(by: Act, right: str, row: Handover) -> bool:
    """One question about a sheet."""
    return allowed(by, right, subject_of_row(row))


def due(day: date, most: int) -> list[str]:
    """Sheets that all have signed and whose day has come."""
    rows = Handover.objects.filter(state="signed", day__lte=day).order_by("day", "code")
    return list(rows.values_list("code", flat=True)[:most])


def unsigned(day: date, most: int = 1, *, code: str = "") -> list[str]:
    """Sheets (or this one) that were not signed in time, of posts that are over. Two statements."""
    rows = Handover.objects.filter(state="open", day__lte=day - GRACE).order_by("day", "code")
    rows = rows.filter(code=code) if code else rows
    held = dict(rows.values_list("code", "post")[:ASKED])
    over = set(
        Post.objects.filter(code__in=list(held.values()), until__lte=day - GRACE).values_list(
            "code", flat=True
        )
    )
    return [one for one, post in held.items() if post in over][:most]


def left_behind(day: date, most: int, turn: int = 0) -> list[Post]:
    """Posts that are over, hold something and have no sheet, the latest first; one whose sheet was made void is let be for GRACE, so
    that whoever made it void can begin another. The latest are asked each time, the older ones by turns. Four statements and one for
    each keeper."""
    over = Post.objects.filter(until__lte=day).order_by("-until", "code")
    older = max(0, over.count() - ASKED)
    start = ASKED + turn % -(-older // ASKED) * ASKED if older else 0
    posts = {row.code: row for row in [*over[:ASKED], *(over[start : start + ASKED] if start else ())]}
    held = ports.open_of(list(posts))
    if not held:
        return []
    wanted = Q(state__in=("open", "signed")) | Q(state="dropped", dropped__date__gt=day - GRACE)
    known = set(Handover.objects.filter(wanted, post__in=list(held)).values_list("post", flat=True))
    return [post for code, post in posts.items() if code in held and code not in known][:most]


def next_in_office(left: Post, day: date) -> str:
    """The one post of the same kind in the same office that was taken when this one ended, or that there is; "" where it is not one. One
    statement."""
    same = [
        post
        for post in orgs.holders([str(left.org_id)], day)
        if post.kind == left.kind and post.code != left.code
    ]
    fresh = [post for post in same if left.until is not None and post.since >= left.until]
    found = fresh or same
    return found[0].code if len(found) == 1 else ""


def ended_with_work(codes: Collection[str]) -> dict[str, int]:
    """Of these organizations those that still have something open."""
    return ports.open_of_orgs(codes)
