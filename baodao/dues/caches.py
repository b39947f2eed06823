"""The tables of dues are caches of facts: of its own, and of those whose apps said how they meet dues (`ports.register_source`). What
met a member's due goes with the person whom the vault has forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import msgspec
from django.db import models

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.selectors import Recorded, in_force, newer_than
from baodao.people.selectors import persons_of

from . import facts, ports
from .contacts.models import Contact
from .models import Begun, Excuse, Met, Reminder
from .ports import register_source

_STEP = 2000


def _recorded(fact: Recorded) -> Iterable[ports.Met]:
    data = fact.data
    yield ports.Met(
        data.requirement,
        data.subject,
        date.fromisoformat(data.day),
        fact.subject,
        fact.value or 1,
        data.made_up,
    )


register_source("due.recorded", _recorded)


def _rows(fact: Recorded) -> Iterator[models.Model]:
    """The rows that one fact gives."""
    data = fact.data
    if isinstance(data, facts.Excused):
        yield Excuse(
            requirement=data.requirement, subject=data.subject, period=date.fromisoformat(data.period),
            cause=data.cause, ref=fact.subject,
        )  # fmt: skip
    elif isinstance(data, facts.Reminded):
        from django.utils import timezone

        yield Reminder(
            subject=data.subject, requirement=data.requirement, period=date.fromisoformat(data.period),
            day=timezone.localdate(fact.noted),
        )  # fmt: skip
    source, beginning = ports.sources().get(fact.kind), ports.beginnings().get(fact.kind)
    if source is not None:
        yield from (Met(**msgspec.structs.asdict(met)) for met in source(fact))
    if beginning is not None:
        yield from (Begun(**msgspec.structs.asdict(one)) for one in beginning(fact))


def truth() -> Iterator[list[models.Model]]:
    """The rows as the ledger has them, some thousand facts at a time."""
    kinds = {"due.excused", "due.reminded", *ports.sources(), *ports.beginnings()}
    last = 0
    while part := newer_than(last, kinds, _STEP):
        last = part[-1].id
        rows = [row for fact in in_force(part) for row in _rows(fact)]
        known = _known(rows)
        yield [row for row in rows if _alive(row, known)]


def _known(rows: list[models.Model]) -> set[str]:
    """Members whom the vault knows, and contacts that name somebody whom it knows."""
    subjects = {getattr(row, "subject", "") for row in rows}
    tokens = [subject.partition(":")[2] for subject in subjects if subject.startswith("member:")]
    codes = [subject.partition(":")[2] for subject in subjects if subject.startswith("contact:")]
    held = Contact.objects.filter(pk__in=codes).values_list("pk", flat=True) if codes else ()
    alive = {f"member:{token}" for token in persons_of(tokens, "erase")} if tokens else set()
    return alive | {f"contact:{code}" for code in held}


def _alive(row: Any, known: set[str]) -> bool:
    return not row.subject.startswith(("member:", "contact:")) or row.subject in known


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    done = 0
    for rows in truth():
        for model in (Met, Excuse, Reminder, Begun):
            ours: Any = [row for row in rows if isinstance(row, model)]
            # A record that was told twice without superseding is kept once, as the verb does.
            model._default_manager.bulk_create(ours, ignore_conflicts=True)
        done += len(rows)
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: what met dues and who is excused, compared with the facts."""
    stored = {_key(row) for model in (Met, Excuse, Begun) for row in model._default_manager.iterator()}
    for rows in truth():
        for row in rows:
            if isinstance(row, Reminder):
                continue
            if _key(row) not in stored:
                yield f"due {getattr(row, 'ref', '')}: does not stand as its fact says; run `baodao rebuild`"
            stored.discard(_key(row))
    for key in sorted(stored, key=str)[:20]:
        yield f"due {key[1:]}: no fact entered it; run `baodao rebuild`"


def _key(row: Any) -> tuple[Any, ...]:
    names = [field.attname for field in row._meta.concrete_fields if field.attname != "id"]
    return (row._meta.db_table, *(getattr(row, name) for name in names))


register_cache(
    "dues",
    [
        Table(Met, ("requirement", "subject", "ref"), exclude=("id",)),
        Table(Excuse, ("requirement", "subject", "period"), exclude=("id",)),
        Table(Reminder, ("subject", "requirement", "day"), exclude=("id",)),
        Table(Begun, ("kind", "subject", "ref"), exclude=("id",)),
    ],
    rebuild,
    after=("contacts",),
)
register_checker("dues", check)
