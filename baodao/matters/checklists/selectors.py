"""Reads of the lists that were brought in. They lie in memory: a district has some hundred items."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from baodao.kernel import epochs
from baodao.ledger.selectors import facts_of
from baodao.matters.declare import Checklist, Item, Procedure
from baodao.matters.facts import Opened
from baodao.matters.models import Matter
from baodao.orgs.selectors import forest, today

from .models import ChecklistItem

EPOCH = "checklists"
#: (organization, procedure, kind) of a list → its items in their order.
Lists = dict[tuple[str, str, str], tuple[Item, ...]]


@epochs.cached(EPOCH)
def lists() -> Lists:
    """As of the last change that this process knows of. One statement after a change."""
    found: dict[tuple[str, str, str], list[Item]] = {}
    for row in ChecklistItem.objects.order_by("org", "procedure", "list", "rank"):
        item = Item(
            name=row.item, title=row.title, kind=row.trade or None, grade=row.grade or None, unit=row.unit
        )
        found.setdefault((row.org, row.procedure, row.list), []).append(item)
    return {key: tuple(items) for key, items in found.items()}


def sources(org: str, name: str, day: date | None = None) -> dict[str, str]:
    """Kind → the nearest organization, from ``org`` upwards, that brought in a list for it. No statement."""
    held = lists()
    chain = forest().chain(org, day or today()) if held else ()
    found: dict[str, str] = {}
    for above in chain:
        for owner, procedure, kind in held:
            if (owner, procedure) == (above, name):
                found.setdefault(kind, above)
    return found


def standing(opened: str, org: str, place: str) -> dict[str, str]:
    """Item → number of what it opened at this place that is not mended yet: it is not asked for twice. Two statements."""
    rows = Matter.objects.filter(procedure=opened, org=org, place=place, ended__isnull=True) if place else ()
    numbers = [row.number for row in rows]
    facts = facts_of([f"matter:{number}" for number in numbers]) if numbers else []
    return {
        str(fact.data.fields["item"]): fact.subject.partition(":")[2]
        for fact in facts
        if isinstance(fact.data, Opened) and fact.data.fields.get("item")
    }


def with_lists(procedure: Procedure, name: str, owners: dict[str, str]) -> Procedure:
    """The procedure with the lists of these organizations in the place of the pack's."""
    held = lists()
    own = {row.name: row for row in procedure.checklists} | {
        kind: Checklist(name=kind, items=held[org, name, kind], source="district")
        for kind, org in owners.items()
    }
    return replace(procedure, checklists=tuple(own[kind] for kind in sorted(own)))
