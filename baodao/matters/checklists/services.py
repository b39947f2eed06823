"""Every write of lists that a district brings in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs.ruling import Faults

from .facts import Ended, Registered
from .fold import Told, fold, subject_of
from .models import ChecklistItem
from .ruling import MOST, MOST_AT_ONCE, NewItem, examine
from .selectors import EPOCH

RIGHT = "checklist.register"


def owner(org: str) -> Subject:
    """What the policy is asked about."""
    return Subject(ref=f"org:{org}", org=org, level=1)


@verb("checklist.register")
def register_items(tx: Tx, by: Act, *, items: list[NewItem]) -> int:
    """Put items on lists; a list of an organization takes the place of the pack's for it and all below, for matters opened
    from here on. Asks ``checklist.register`` at each organization. An item that is there just so leaves no fact. Gives how
    many were told.

    :raises Invalid: every fault by place in the list.
    """
    if not 1 <= len(items) <= MOST_AT_ONCE:
        raise Invalid.of("items", _("一次最多 %(most)d 项") % {"most": MOST_AT_ONCE}, _("请分几次"))
    for org in sorted({one.org for one in items}):
        tx.ask(RIGHT, owner(org))
    faults = Faults("items")
    examine(faults, items)
    faults.close()
    told, by_list = 0, dict[tuple[str, str, str], list[NewItem]]()
    for one in items:
        by_list.setdefault((one.org, one.procedure, one.list), []).append(one)
    for (org, procedure, kind), rows in sorted(by_list.items()):
        before = told_of(org, procedure, kind)
        fresh = [_told(one, by.origin) for one in rows if not _same(one, before)]
        if len(fold(org, [*before, *fresh])) > MOST:
            raise Invalid.of("items", _("一份清单最多 %(most)d 项") % {"most": MOST}, _("请合并或分开"))
        subject = subject_of(org, procedure, kind)
        for made in fresh:
            tx.fact(made.data, subject=subject, org=org, post=by.post, level=1, texts={"title": made.title})
        put(tx, org, (procedure, kind), [*before, *fresh])
        told += len(fresh)
    tx.bump(EPOCH)
    return told


@verb("checklist.end")
def end_list(tx: Tx, by: Act, *, org: str, procedure: str, list: str) -> None:
    """Take a whole list back: that of the organization above holds again, or the pack's. Matters that were opened keep theirs.

    :raises Missing: there is none.
    """
    tx.ask(RIGHT, owner(org))
    before = told_of(org, procedure, list)
    if not fold(org, before):
        raise Missing.of("list", _("没有这份清单"), _("请从列表里选"))
    data = Ended(procedure=procedure, list=list)
    tx.fact(data, subject=subject_of(org, procedure, list), org=org, post=by.post, level=1)
    put(tx, org, (procedure, list), [*before, Told(data, "", by.origin)])
    tx.bump(EPOCH)


def _told(one: NewItem, origin: str) -> Told:
    data = Registered(
        procedure=one.procedure,
        list=one.list,
        item=one.code,
        trade=one.trade,
        grade=one.grade,
        unit=one.unit,
    )
    return Told(data, one.title.strip(), origin)


def _same(one: NewItem, before: Sequence[Told]) -> bool:
    made = _told(one, "")
    held = {row["item"]: row for row in fold(one.org, before)}.get(one.code)
    return held is not None and all(
        (held["title"] == made.title, held["trade"] == one.trade, held["grade"] == one.grade, held["unit"] == one.unit)
    )  # fmt: skip


def told_of(org: str, procedure: str, kind: str, but: frozenset[int] = frozenset()) -> list[Told]:
    """What the ledger says of a list, without some facts that are being voided."""
    facts = [fact for fact in facts_of(subject_of(org, procedure, kind)) if fact.id not in but]
    titles = texts_of([fact.id for fact in facts])
    return [
        Told(fact.data, titles.get(fact.id, {}).get("title", ""), fact.origin)
        for fact in facts
        if isinstance(fact.data, Registered | Ended)
    ]


def put(tx: Tx, org: str, what: tuple[str, str], told: Sequence[Told]) -> None:
    """Queue the rows that follow from a list's facts. ``what``: procedure and kind."""
    rows: list[dict[str, Any]] = fold(org, told)
    key = {"org": org, "procedure": what[0], "list": what[1]}
    kept = {row["item"] for row in rows}
    gone = sorted(set(ChecklistItem.objects.filter(**key).values_list("item", flat=True)) - kept)
    if gone:
        tx.delete(ChecklistItem, **key, item=gone)
    for row in rows:
        tx.upsert(ChecklistItem, ("org", "procedure", "list", "item"), **row)
