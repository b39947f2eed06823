"""What `baodao dump` prints of plans; checks of appointments and plans; erasing a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby, pairwise

from baodao.ledger.caches import register_state
from baodao.ledger.doctor import register_checker
from baodao.ledger.erasure import register_eraser
from baodao.ledger.selectors import facts_of
from baodao.orgs.alliances.models import Alliance, AllianceMember
from baodao.orgs.models import Post
from baodao.orgs.selectors import read_forest
from baodao.orgs.tree import Forest, overlap

from .models import OrgPlan, OrgPlanLine


def check() -> Iterator[str]:
    """`baodao doctor`: appointments against the organizations' days and against one another, parents with gaps or two at
    once, stays in alliances after an organization's end, plans without their facts."""
    trees = read_forest()
    yield from posts(trees)
    yield from parents(trees)
    yield from ties(trees)
    for plan in OrgPlan.objects.filter(state__in=("confirmed", "undone")).order_by("code"):
        kinds = [fact.kind for fact in facts_of(f"plan:{plan.code}")]
        if "plan.confirmed" not in kinds or (plan.state == "undone") != ("plan.undone" in kinds):
            yield f"plan {plan.code}: {plan.state}, but its facts say {', '.join(kinds) or 'nothing'}"


def posts(trees: Forest) -> Iterator[str]:
    """Appointments outside their organization's days; the same person twice in one post at once."""
    rows = Post.objects.order_by("org_id", "kind", "person", "since", "code")
    for row in rows:
        node = trees.nodes[str(row.org_id)]
        if row.since < node.since or (
            node.until is not None and (row.until is None or row.until > node.until)
        ):
            yield f"post {row.code}: {_days(row.since, row.until)} reaches beyond {row.org_id}, {_days(node.since, node.until)}"
    for (org, kind, person), group in groupby(rows, key=lambda row: (row.org_id, row.kind, row.person)):
        held = list(group)
        for one, two in pairwise(held):
            if person and overlap((one.since, one.until), (two.since, two.until)):
                yield f"post {two.code}: the same person holds {one.code} ({kind} of {org}) at the same time"


def parents(trees: Forest) -> Iterator[str]:
    """Days on which an organization lay under two, under nothing though it did before and after, or under one that was
    not there."""
    above: dict[str, list[tuple[date, date | None, str]]] = {}
    for edge in trees.edges():
        above.setdefault(edge.child, []).append((edge.since, edge.until, edge.parent))
    for code, edges in sorted(above.items()):
        edges.sort(key=lambda one: one[0])
        for one, two in pairwise(edges):
            if one[1] is None or one[1] > two[0]:
                yield f"{code}: under {one[2]} and {two[2]} at once from {two[0]}"
            elif one[1] < two[0]:
                yield f"{code}: under nothing from {one[1]} to {two[0]}"
        for since, until, parent in edges:
            node = trees.nodes[parent]
            if since < node.since or (node.until is not None and (until is None or until > node.until)):
                yield f"{code}: under {parent} {_days(since, until)}, which is there {_days(node.since, node.until)}"


def ties(trees: Forest) -> Iterator[str]:
    """Alliances, and stays in them, that outlast their organization."""
    stays = AllianceMember.objects.filter(state="joined").order_by("alliance_id", "org_id", "n")
    rows = [(row.alliance_id, str(row.org_id), row.until) for row in stays]
    rows += [(row.code, str(row.seat_id), row.until) for row in Alliance.objects.order_by("code")]
    for alliance, org, until in rows:
        end = trees.nodes[org].until
        if end is not None and (until is None or until > end):
            yield f"alliance {alliance}: {org} ended on {end} and is still in it"


def _days(since: date, until: date | None) -> str:
    return f"[{since}, {until or 'open'})"


def _erase(person: str, subjects: list[str]) -> int:
    return OrgPlanLine.objects.filter(person=person).update(person="", note="")


register_state(OrgPlan, key=("code",))
register_state(OrgPlanLine, key=("plan_id", "n"), exclude=("id",))
register_checker("trees", check)
register_eraser("plans", _erase)
