"""Every write to the trees and the bindings.

The closure has its one writer here (`rewrite`). Commands on the trees take one lock and read the trees from
the database under it, so that two moves at once cannot make a closure that neither of them meant.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare import pack_names
from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.kernel.verbs import Tx, lock, verb
from baodao.orgs import facts, selectors
from baodao.orgs.alliances.services import follow_ends
from baodao.orgs.caches import columns
from baodao.orgs.divisions import District, plan
from baodao.orgs.models import Org, OrgClosure, OrgParent, PackBinding, Post
from baodao.orgs.ruling import End, Faults, Move, NewOrg, check_new_orgs
from baodao.orgs.tree import Cycle, Edge, Forest, Node, Row, closure_of

_LOCK = 0x4F524753  # "ORGS"


class Placed(msgspec.Struct):
    """Codes that were made by this command, and those that were there already just so."""

    created: list[str]
    same: list[str]


@verb("org.create")
def create_orgs(tx: Tx, by: Act, *, orgs: list[NewOrg]) -> Placed:
    """Make organizations and put them into their tree; parents before children. Three reading statements,
    bulk writes.

    :raises Invalid: faults by place (``orgs[3].parent``); nothing is written.
    """
    trees = locked()
    for parent in {org.parent for org in orgs if org.parent not in {one.code for one in orgs}} or {""}:
        tx.ask("org.create", Subject(ref=f"org:{parent}" if parent else "org:", org=parent))
    check_new_orgs(orgs, trees, lambda code, day: selectors.levels(_pack(trees, code, day)))
    grown = created(tx, orgs, trees)
    rewrite(tx, grown, {org.code for org in orgs}, fresh=True)
    return Placed(created=[org.code for org in orgs], same=[])


@verb("org.move")
def move_orgs(tx: Tx, by: Act, *, moves: list[Move]) -> list[str]:
    """From a day on, organizations lie under others. Gives the codes of all whose place above changed (they
    and all below).

    :raises Invalid: unknown organization, other tree, a day on which one of both does not exist.
    :raises Conflict: it would lie under itself, or it was moved at a later day already.
    """
    trees = locked()
    for move in moves:
        tx.ask("org.move", Subject(ref=f"org:{move.org}", org=move.org))
        tx.ask("org.move", Subject(ref=f"org:{move.parent}", org=move.parent))
    grown, codes = moved(tx, moves, trees)
    rewrite(tx, grown, codes)
    return sorted(codes)


@verb("org.end")
def end_orgs(tx: Tx, by: Act, *, ends: list[End]) -> list[str]:
    """Organizations are dissolved. Those under them and their posts must have ended or moved before:
    nothing is left hanging.

    :raises Conflict: names what still hangs on it.
    """
    trees = locked()
    for end in ends:
        tx.ask("org.end", Subject(ref=f"org:{end.org}", org=end.org))
    grown, codes = ended(tx, ends, trees, {})
    rewrite(tx, grown, codes)
    return sorted(codes)


@verb("pack.bind")
def bind_pack(tx: Tx, by: Act, *, org: str, pack: str, since: date) -> None:
    """From a day on, a pack rules an organization and all below it that have no nearer binding."""
    tx.ask("pack.bind", Subject(ref=f"org:{org}", org=org))
    _bind(tx, locked().nodes, org, pack, since)


@verb("divisions.load")
def load_divisions(
    tx: Tx, by: Act, *, district: District, since: date, pack: str = "", under: str = ""
) -> Placed:
    """Bring a district's official streets, communities and villages into the administrative tree; bind its
    pack. ``under``: the municipality above it ("": where it lies already, else nowhere).

    What is there just so is left alone, so that the same file again adds nothing; another name or place is
    a conflict.
    """
    trees = locked()
    tx.ask("divisions.load", Subject(ref=f"org:{district.code}", org=district.code))
    today = timezone.localdate(by.happened)
    wanted = plan(district, since, under or trees.parent(district.code, today) or "")
    fresh = [org for org in wanted if org.code not in trees]
    _refuse_changed([org for org in wanted if org.code in trees], trees, today)
    ruled = pack or trees.pack(district.code, since) or selectors.BASE
    check_new_orgs(fresh, trees, lambda code, day: selectors.levels(ruled))
    if fresh:
        rewrite(tx, created(tx, fresh, trees), {org.code for org in fresh}, fresh=True)
    if pack and trees.pack(district.code, since) != pack:
        _bind(tx, [org.code for org in wanted], district.code, pack, since)
    done = {org.code for org in fresh}
    return Placed(created=sorted(done), same=sorted(org.code for org in wanted if org.code not in done))


def locked() -> Forest:
    """The trees as committed, while nobody else can change them (PostgreSQL; on SQLite the command holds
    the write lock)."""
    lock(_LOCK)
    return selectors.read_forest()


def _pack(trees: Forest, code: str, day: date) -> str:
    return trees.pack(code, day) or selectors.BASE


# ── steps that a command of several kinds takes one after the other, each on the trees that the one before left ──


def created(tx: Tx, orgs: Sequence[NewOrg], trees: Forest) -> Forest:
    """Queue organizations that were checked, all but their closure; gives the trees with them."""
    nodes = [
        Node(
            org.code,
            org.tree,
            org.level,
            org.kind,
            org.name.strip(),
            org.name_en.strip(),
            org.since,
            None,
            tx.by.origin,
        )
        for org in orgs
    ]
    edges = [Edge(org.code, org.parent, org.since, None) for org in orgs if org.parent]
    for node in nodes:
        tx.insert(Org, **org_columns(node))
    for edge in edges:
        tx.insert(OrgParent, org_id=edge.child, parent_id=edge.parent, since=edge.since, until=None)
    for org in orgs:
        data = facts.Created(
            tree=org.tree, level=org.level, kind=org.kind, parent=org.parent, since=org.since.isoformat()
        )
        texts = {"name": org.name.strip()} | ({"name_en": org.name_en.strip()} if org.name_en.strip() else {})
        tx.fact(data, subject=f"org:{org.code}", org=org.code, texts=texts)
    return trees.grown([*trees.nodes.values(), *nodes], [*trees.edges(), *edges])


def moved(tx: Tx, moves: Sequence[Move], trees: Forest) -> tuple[Forest, set[str]]:
    """Check and queue moves, all but the closure; gives the trees after them and all whose place above changed."""
    _check_moves(moves, trees)
    edges, touched = _moved_edges(tx, moves, trees)
    codes = {code for org in touched for code in ever_below(org, edges)}
    return trees.grown(trees.nodes.values(), edges), codes


def ended(tx: Tx, ends: Sequence[End], trees: Forest, leaving: Mapping[str, date]) -> tuple[Forest, set[str]]:
    """Check and queue endings, all but the closure, with the alliances that they were in; ``leaving``: posts (code → first
    day without) that end by the same command. Gives the trees after them and the organizations themselves."""
    _check_ends(ends, trees, leaving)
    nodes, edges = dict(trees.nodes), trees.edges()
    for end in ends:
        nodes[end.org] = msgspec.structs.replace(nodes[end.org], until=end.until)
        tx.upsert(Org, ("code",), **org_columns(nodes[end.org]))
        data = facts.Ended(until=end.until.isoformat(), successor=end.successor)
        tx.fact(data, subject=f"org:{end.org}", org=end.org)
    gone = {end.org: end.until for end in ends}
    for number, edge in enumerate(edges):
        if edge.child in gone and (edge.until is None or edge.until > gone[edge.child]):
            edges[number] = msgspec.structs.replace(edge, until=gone[edge.child])
            put_edge(tx, edges[number])
    follow_ends(tx, gone)
    return trees.grown(nodes.values(), edges), set(gone)


def org_columns(node: Node) -> dict[str, object]:
    """An organization as model columns."""
    return {
        "code": node.code, "tree": node.tree, "level": node.level, "kind": node.kind, "name": node.name,
        "name_en": node.name_en, "origin": node.origin, "since": node.since, "until": node.until,
    }  # fmt: skip


def put_edge(tx: Tx, edge: Edge) -> None:
    """Queue one dated parent."""
    # Upserts in the order old, new: one statement, in which the old edge is closed before the new one opens.
    tx.upsert(
        OrgParent,
        ("org_id", "since"),
        org_id=edge.child,
        parent_id=edge.parent,
        since=edge.since,
        until=edge.until,
    )


def rewrite(tx: Tx, trees: Forest, codes: set[str], fresh: bool = False) -> None:
    """The closure's only writer: make the rows of these descendants what follows from the trees."""
    try:
        wanted = closure_of(trees.nodes.values(), trees.edges(), codes)
    except Cycle as cycle:
        raise Conflict.of("parent", _("%(code)s 会成为自己的下级") % {"code": cycle.code}) from cycle
    held: dict[Row, int] = {}
    if not fresh:
        rows = OrgClosure.objects.filter(descendant__in=codes)
        names = ("tree", "ancestor", "descendant", "depth", "since", "until", "id")
        held = {Row(*row[:6]): row[6] for row in rows.values_list(*names)}
    kept = {(row.ancestor, row.descendant, row.since) for row in wanted}
    gone = [number for row, number in held.items() if (row.ancestor, row.descendant, row.since) not in kept]
    if gone:
        tx.delete(OrgClosure, id=gone)
    for row in sorted(wanted - set(held), key=lambda r: (r.descendant, r.depth, r.since)):
        if fresh:
            tx.insert(OrgClosure, **columns(row))
        else:
            tx.upsert(OrgClosure, ("ancestor", "descendant", "since"), **columns(row))
    tx.bump(selectors.EPOCH)


def ever_below(code: str, edges: Sequence[Edge]) -> set[str]:
    """It and all that ever lay under it: their way upwards may have changed."""
    down: dict[str, list[str]] = {}
    for edge in edges:
        down.setdefault(edge.parent, []).append(edge.child)
    found = [code]
    for one in found:
        found.extend(child for child in down.get(one, ()) if child not in found)
    return set(found)


def _check_moves(moves: Sequence[Move], trees: Forest) -> None:
    faults = Faults("moves")
    for place, move in enumerate(moves):
        faults.day(place, "since", move.since)
        org, parent = trees.nodes.get(move.org), trees.nodes.get(move.parent)
        if org is None or not org.at(move.since):
            faults.add(
                place,
                "org",
                _("那一天没有组织 %(code)s") % {"code": move.org},
                suggest(move.org, trees.nodes)[1],
            )
        elif parent is None or not parent.at(move.since):
            faults.add(
                place,
                "parent",
                _("那一天没有组织 %(code)s") % {"code": move.parent},
                suggest(move.parent, trees.nodes)[1],
            )
        elif org.tree != parent.tree:
            faults.add(place, "parent", _("上级在另一棵组织树里"), _("行政组织和党组织各有一棵树"))
    faults.close()


def _moved_edges(tx: Tx, moves: Sequence[Move], trees: Forest) -> tuple[list[Edge], set[str]]:
    edges = trees.edges()
    moved: set[str] = set()
    for place, move in enumerate(moves):
        own = [edge for edge in edges if edge.child == move.org]
        if any(edge.since > move.since for edge in own):
            raise Conflict.of(f"moves[{place}].since", _("这个组织之后又调整过隶属"), _("先撤销后来的调整"))
        now = next((edge for edge in own if edge.until is None or edge.until > move.since), None)
        if now is not None and now.parent == move.parent:
            continue
        # Two who change one organization for the same day: the second learns of the first. Moving it back is no change.
        before = next((edge.parent for edge in own if edge.until == move.since), "")
        if now is not None and now.since == move.since and before not in {"", now.parent, move.parent}:
            reason = _("这个组织那一天已经改到 %(parent)s 下面") % {"parent": trees.name(now.parent)}
            raise Conflict.of(f"moves[{place}].since", reason, _("先撤回那一次调整，或改别的日子"))
        if now is not None:
            edges.remove(now)
        if now is not None and now.since < move.since:
            edges.append(msgspec.structs.replace(now, until=move.since))
            put_edge(tx, edges[-1])
        edges.append(Edge(move.org, move.parent, move.since, trees.nodes[move.org].until))
        put_edge(tx, edges[-1])
        data = facts.Moved(before=now.parent if now else "", parent=move.parent, since=move.since.isoformat())
        tx.fact(data, subject=f"org:{move.org}", org=move.org)
        moved.add(move.org)
    return edges, moved


def _check_ends(ends: Sequence[End], trees: Forest, leaving: Mapping[str, date]) -> None:
    faults = Faults("ends")
    gone = {end.org: end.until for end in ends}
    # Of what there is: PostgreSQL breaks at a text with a NUL instead of not finding it.
    known = [org for org in gone if org in trees.nodes]
    posts = Post.objects.filter(org__in=known).values_list("org_id", "code", "until")
    hanging: list[Fault] = []
    for place, end in enumerate(ends):
        faults.day(place, "until", end.until)
        node = trees.nodes.get(end.org)
        twice = end.org in [one.org for one in ends[:place]]
        if node is None or twice or node.until is not None or end.until <= node.since:
            faults.add(place, "org", _("没有这个组织，或者它已经结束"))
            continue
        if end.successor and end.successor not in trees:
            faults.add(place, "successor", _("没有组织 %(code)s") % {"code": end.successor})
        below = [code for code in trees.children(end.org, end.until) if gone.get(code, date.max) > end.until]
        held = [
            code
            for org, code, until in posts
            if org == end.org and _stays(until, leaving.get(code), end.until)
        ]
        if below or held:
            shown = "、".join([*map(trees.name, below[:5]), *held[:5]])
            reason = _("下面还有 %(n)d 个组织和 %(m)d 个任命：%(shown)s") % {
                "n": len(below),
                "m": len(held),
                "shown": shown,
            }
            hanging.append(Fault(f"ends[{place}].org", reason, _("先移走或结束它们")))
    faults.close()
    if hanging:
        raise Conflict(*hanging)


def _stays(until: date | None, leaving: date | None, end: date) -> bool:
    """Whether an appointment goes on after the organization's last day."""
    last = min((day for day in (until, leaving) if day is not None), default=None)
    return last is None or last > end


def _bind(tx: Tx, known: Iterable[str], org: str, pack: str, since: date) -> None:
    codes = set(known)
    if org not in codes:
        raise Invalid.of("org", _("没有组织 %(code)s") % {"code": org}, suggest(org, codes)[1])
    if pack not in pack_names():
        raise Invalid.of("pack", _("没有叫 %(name)s 的包") % {"name": pack}, suggest(pack, pack_names())[1])
    tx.upsert(PackBinding, ("org_id", "since"), org_id=org, pack=pack, since=since)
    tx.fact(facts.Bound(pack=pack, since=since.isoformat()), subject=f"org:{org}", org=org)
    tx.bump(selectors.EPOCH)


def _refuse_changed(orgs: Sequence[NewOrg], trees: Forest, day: date) -> None:
    """The official file says another name or place than the tree: a person decides, never the loader."""
    faults: list[Fault] = []
    for org in orgs:
        node = trees.nodes[org.code]
        if node.name != org.name:
            faults.append(
                Fault(org.code, _("现名 %(now)s，名单写 %(new)s") % {"now": node.name, "new": org.name})
            )
        elif (trees.parent(org.code, day) or "") != org.parent:
            faults.append(
                Fault(
                    org.code,
                    _("现在隶属 %(now)s，名单写 %(new)s")
                    % {"now": trees.parent(org.code, day), "new": org.parent},
                )
            )
    if faults:
        raise Conflict(*faults[:200])
