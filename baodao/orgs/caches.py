"""What `baodao dump` prints of organizations, and how the closure is rebuilt and checked."""

from collections.abc import Callable, Iterator

from baodao.ledger.caches import Table, register_cache, register_state
from baodao.ledger.doctor import register_checker

from .models import DutyChange, DutyItem, DutyList, Org, OrgClosure, OrgParent, PackBinding, Post
from .selectors import read_forest
from .tree import Cycle, Edge, Node, Row, closure

KEY = ("ancestor", "descendant", "since")


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty closure from the dated parents."""
    rows = sorted(closure(*truth()), key=lambda row: (row.descendant, row.depth, row.since))
    for start in range(0, len(rows), 2000):
        OrgClosure.objects.bulk_create([OrgClosure(**columns(row)) for row in rows[start : start + 2000]])
        progress(min(start + 2000, len(rows)), len(rows))


def truth() -> tuple[list[Node], list[Edge]]:
    """Nodes and edges as the database has them."""
    trees = read_forest()
    return list(trees.nodes.values()), trees.edges()


def columns(row: Row) -> dict[str, object]:
    """A closure row as model columns."""
    return {
        "tree": row.tree,
        "ancestor": row.ancestor,
        "descendant": row.descendant,
        "depth": row.depth,
        "since": row.since,
        "until": row.until,
    }


def check() -> Iterator[str]:
    """`baodao doctor`: a line for each closure row too many or missing, and for each organization under
    itself."""
    try:
        wanted = closure(*truth())
    except Cycle as cycle:
        yield str(cycle)
        return
    stored = {
        Row(*row)
        for row in OrgClosure.objects.values_list("tree", "ancestor", "descendant", "depth", "since", "until")
    }
    for row in sorted(stored - wanted, key=str):
        yield f"{row.descendant} under {row.ancestor} from {row.since}: does not follow from the parents"
    for row in sorted(wanted - stored, key=str):
        yield f"{row.descendant} under {row.ancestor} from {row.since}: missing; run `baodao rebuild closure`"


register_state(Org, key=("code",))
register_state(OrgParent, key=("org_id", "since"), exclude=("id",))
register_state(Post, key=("code",))
register_state(PackBinding, key=("org_id", "since"), exclude=("id",))
register_state(DutyList, key=("code",))
register_state(DutyItem, key=("list_id", "code"), exclude=("id",))
register_state(DutyChange, key=("code",))
register_cache("closure", [Table(OrgClosure, KEY, exclude=("id",))], rebuild)
register_checker("closure", check)
