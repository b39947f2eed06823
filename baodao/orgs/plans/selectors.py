"""Reads of plans: which a reader may see, their lines, what they touch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet
from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.handover.ports import open_of, open_of_orgs
from baodao.orgs.models import Post
from baodao.orgs.policies import Columns, reach_of, where

from .lines import Held, Line
from .models import OrgPlan, OrgPlanLine

READ = "plan.draft"
_FIELDS = (
    "kind", "org", "other", "post", "post_kind", "person", "name", "level", "org_kind", "tree", "note", "out_of",
)  # fmt: skip


def subject_of(org: str, code: str = "") -> Subject:
    """What the policy is asked about a plan."""
    return Subject(ref=f"plan:{code}" if code else f"org:{org}", org=org, level=1)


def row_of(code: str) -> OrgPlan | None:
    """One plan, whoever may read it: ask `may` before showing it."""
    return OrgPlan.objects.filter(code=code).first()


def visible(by: Act) -> QuerySet[OrgPlan]:
    """Plans of organizations that this actor may plan for."""
    return OrgPlan.objects.filter(where(reach_of(by, READ), Columns(level="")))


def may(by: Act, right: str, row: OrgPlan) -> bool:
    """One question about a plan."""
    return allowed(by, right, subject_of(str(row.org_id), row.code))


def lines_of(code: str) -> list[tuple[int, Line]]:
    """All changes of a plan with their numbers."""
    rows = OrgPlanLine.objects.filter(plan=code).order_by("n").values_list("n", *_FIELDS)
    return [(row[0], Line(*row[1:])) for row in rows]


def held_at(codes: Sequence[str], day: date) -> list[Held]:
    """Appointments of these organizations in force on the day and without end, by organization and code."""
    rows = Post.objects.filter(org__in=list(codes), since__lt=day, until__isnull=True).order_by(
        "org_id", "code"
    )
    return [Held(code, str(org), kind) for code, org, kind in rows.values_list("code", "org_id", "kind")]


class Touch(Struct, frozen=True):
    """What a plan touches: lines by kind, organizations whose way upwards changes, open items of those that end or are
    merged, of posts that end (to be handed over), alliances are told by doctor."""

    lines: dict[str, int]
    below: int
    orgs_open: int
    posts_open: int
    leavers: int


def touch(lines: Sequence[tuple[int, Line]], day: date) -> Touch:
    """Counts of a plan. No statement but those of the keepers."""
    trees = orgs.forest()
    counts: dict[str, int] = {}
    below: set[str] = set()
    for _n, line in lines:
        counts[line.kind] = counts.get(line.kind, 0) + 1
        if line.kind == "move":
            below.update(trees.below(line.org, day))
    ended = [line.org for _n, line in lines if line.kind == "dissolve"]
    posts = open_of([line.post for _n, line in lines if line.kind == "end"])
    return Touch(counts, len(below), sum(open_of_orgs(ended).values()), sum(posts.values()), len(posts))


class Clash(Struct, frozen=True):
    """Another confirmed plan that changes the same."""

    line: int
    org: str
    plan: str
    title: str
    day: date


def clashes(code: str, lines: Sequence[tuple[int, Line]], today: date) -> list[Clash]:
    """Confirmed plans that are still to take effect and touch the same appointment or organization. Two statements."""
    rows = OrgPlanLine.objects.filter(plan__state="confirmed", plan__day__gt=today).exclude(plan=code)
    orgs_ = [line.org for _n, line in lines if line.kind not in ("begin", "end")]
    posts = [line.post for _n, line in lines if line.kind == "end"]
    near = rows.filter(
        Q(org__in=orgs_, kind__in=("found", "move", "dissolve")) | Q(post__in=posts, kind="end")
    ).select_related("plan")
    taken = {Line(*(getattr(row, name) for name in _FIELDS)).target: row.plan for row in near}
    return [
        Clash(n, line.org, taken[line.target].code, taken[line.target].title, taken[line.target].day)
        for n, line in lines
        if line.kind != "begin" and line.target in taken
    ]


def planned(by: Act, today: date, most: int = 20) -> list[OrgPlan]:
    """Confirmed plans whose day has not come, the nearest first."""
    return list(visible(by).filter(state="confirmed", day__gt=today).order_by("day", "code")[:most])
