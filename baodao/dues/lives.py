"""Who owes a requirement, and the days of their lives. Organizations come from the trees in memory; each other sort costs one
statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.models import Alliance, AllianceMember
from baodao.orgs.models import Post
from baodao.orgs.rolls.models import Membership
from baodao.orgs.tree import Node

from .declare import DueRule, Subjects
from .models import Begun
from .ports import Life, lives_of
from .state import Stay, merged

#: Up to so many codes are named in a statement; beyond, all rows are read and sifted here.
FEW = 400


def fits(held: Subjects, node: Node) -> bool:
    """Whether an organization is of the levels and kinds of a requirement."""
    return (not held.levels or node.level in held.levels) and (not held.kinds or node.kind in held.kinds)


def find(rule: DueRule, codes: Collection[str], day: date) -> list[Life]:
    """The subjects of these organizations, each with its life; members are counted elsewhere (`counted`) or one branch at a
    time (`members`). One statement at most; none for organizations of a level."""
    held = rule.subjects
    if held.of == "org":
        return _allied(held, codes) if held.alliances else _orgs(held, codes)
    if held.of == "post":
        return _posts(held, codes)
    if held.of == "alliance":
        return _alliances(held, codes)
    known = lives_of(held.of)
    return list(known(held.plan, codes, day)) if known is not None else []


def _orgs(held: Subjects, codes: Iterable[str]) -> list[Life]:
    nodes = orgs.forest().nodes
    return [
        Life(f"org:{code}", code, ((nodes[code].since, nodes[code].until),))
        for code in codes
        if code in nodes and fits(held, nodes[code])
    ]


def _allied(held: Subjects, codes: Collection[str]) -> list[Life]:
    """Organizations while they are in an alliance of a kind; it ends with the alliance and with themselves."""
    rows = AllianceMember.objects.filter(state="joined", alliance__kind__in=held.alliances)
    rows = rows.filter(role__in=held.roles) if held.roles else rows
    rows = rows.filter(org__in=list(codes)) if len(codes) <= FEW else rows
    nodes, wanted = orgs.forest().nodes, set(codes)
    stays: dict[str, list[Stay]] = {}
    for code, since, until, ends in rows.values_list("org_id", "since", "until", "alliance__until"):
        node = nodes.get(str(code))
        if node is None or node.code not in wanted or not fits(held, node):
            continue
        last = [end for end in (until, ends, node.until) if end is not None]
        stays.setdefault(node.code, []).append((max(since, node.since), min(last) if last else None))
    return [Life(f"org:{code}", code, tuple(merged(stays[code]))) for code in sorted(stays)]


def _posts(held: Subjects, codes: Collection[str]) -> list[Life]:
    rows = Post.objects.filter(kind__in=held.kinds)
    rows = rows.filter(org__in=list(codes)) if len(codes) <= FEW else rows
    wanted, nodes = set(codes), orgs.forest().nodes
    return [
        Life(f"post:{code}", str(org), ((since, until),))
        for code, org, since, until in rows.order_by("code").values_list("code", "org_id", "since", "until")
        if org in wanted and (not held.levels or nodes[str(org)].level in held.levels)
    ]


def _alliances(held: Subjects, codes: Collection[str]) -> list[Life]:
    """Alliances stand on the list of their seat."""
    rows = Alliance.objects.filter(kind__in=held.kinds) if held.kinds else Alliance.objects.all()
    rows = rows.filter(shape=held.shape) if held.shape else rows
    rows = rows.filter(seat__in=list(codes)) if len(codes) <= FEW else rows
    wanted = set(codes)
    return [
        Life(f"alliance:{code}", str(seat), ((since, until),))
        for code, seat, since, until in rows.order_by("code").values_list("code", "seat_id", "since", "until")
        if seat in wanted
    ]


def members(branch: str, day: date) -> list[Life]:
    """Who is on a branch's home roll on a day, by token, each with the stays on all home rolls: a transfer is no new beginning.
    One statement."""
    here = Membership.objects.filter(orgs.in_force(day), org=branch, kind="home", state="in")
    rows = Membership.objects.filter(kind="home", state="in", token__in=here.values("token"))
    stays: dict[str, list[Stay]] = {}
    for token, since, until in rows.order_by("token", "n").values_list("token", "since", "until"):
        stays.setdefault(token, []).append((since, until))
    return [Life(f"member:{token}", branch, tuple(merged(held))) for token, held in stays.items()]


def events(kinds: Collection[str], subjects: Collection[str], since: date, until: date) -> list[Begun]:
    """What began after-dues of these subjects in [since, until]. One statement."""
    rows = Begun.objects.filter(kind__in=list(kinds), day__gte=since, day__lte=until)
    if len(subjects) <= FEW:
        return list(rows.filter(subject__in=list(subjects)).order_by("day", "ref"))
    wanted = set(subjects)
    return [row for row in rows.order_by("day", "ref") if row.subject in wanted]
