"""The tables of service are caches of their facts. Whom the vault has forgotten has no row, and holds no standing post."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import models

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache, register_state
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.ledger.services import on_void
from baodao.people.selectors import persons_of

from . import facts
from .fold import Member, StandState, fold, stand_of
from .models import (
    ServiceEnough,
    ServiceMember,
    ServiceOut,
    ServicePlace,
    ServiceRecord,
    ServiceShown,
    ServiceSuggested,
    Stand,
)
from .selectors import event, members
from .services.writing import (
    place_columns,
    put,
    record_columns,
    shown_columns,
    stand_columns,
    unit_columns,
)

_STEP = 500
Rows = list[tuple[type[models.Model], dict[str, Any]]]


def _subjects(prefix: str) -> list[str]:
    rows = Fact.objects.filter(subject__startswith=prefix).order_by("subject")
    return list(rows.values_list("subject", flat=True).distinct())


def truth() -> Iterator[tuple[str, Member]]:
    """Members as the ledger has them."""
    tokens = [name.partition(":")[2] for name in _subjects("service:")]
    for start in range(0, len(tokens), _STEP):
        part = tokens[start : start + _STEP]
        alive = persons_of(part, "erase")
        yield from ((token, member) for token, member in members(part).items() if token in alive)


def member_rows(token: str, member: Member) -> Rows:
    """All rows of one member."""
    rows: Rows = [(ServiceMember, unit_columns(token, row)) for row in member.units]
    rows += [(ServicePlace, place_columns(token, row)) for row in member.places]
    rows += [(ServiceShown, shown_columns(token, org, what)) for org, what in sorted(member.shown.items())]
    rows += [(ServiceOut, {"token": token, "half": half}) for half in sorted(member.out)]
    rows += [(ServiceRecord, record_columns(token, row)) for row in member.records.values()]
    return rows


def stands() -> Iterator[tuple[str, StandState]]:
    """Standing posts as the ledger has them."""
    subjects = _subjects("stand:")
    for start in range(0, len(subjects), _STEP):
        told: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            told.setdefault(fact.subject, []).append(fact)
        for subject, rows in sorted(told.items()):
            if (stand := _stand(rows)) is not None:
                yield subject.partition(":")[2], stand


def _stand(rows: list[Recorded]) -> StandState | None:
    texts = texts_of([fact.id for fact in rows if isinstance(fact.data, facts.Set)])
    stand = stand_of(event(fact, texts.get(fact.id)) for fact in rows)
    if stand is not None and stand.token and stand.token not in persons_of([stand.token], "erase"):
        stand.token, stand.named, stand.held, stand.last = "", False, None, None
    return stand


def words() -> Iterator[dict[str, Any]]:
    """The latest word of each community that it needs nobody."""
    for subject in _subjects("need:"):
        told = facts_of(subject)
        if told:
            yield enough_columns(told[-1])


def enough_columns(fact: Recorded) -> dict[str, Any]:
    """A community's word as model columns."""
    from datetime import date

    data: facts.Enough = fact.data
    return {
        "org_id": fact.org, "since": date.fromisoformat(data.since), "until": date.fromisoformat(data.until),
    }  # fmt: skip


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for done, (token, member) in enumerate(truth(), 1):
        by_model: dict[type[models.Model], list[models.Model]] = {}
        for model, columns in member_rows(token, member):
            by_model.setdefault(model, []).append(model(**columns))
        for model, rows in by_model.items():
            model._default_manager.bulk_create(rows, batch_size=_STEP)
        progress(done, done)
    Stand.objects.bulk_create([Stand(**stand_columns(code, one)) for code, one in stands()], batch_size=_STEP)
    ServiceEnough.objects.bulk_create([ServiceEnough(**columns) for columns in words()], batch_size=_STEP)


_KEYS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (ServiceMember, ("token", "n")),
    (ServicePlace, ("token", "n")),
    (ServiceShown, ("token", "org_id")),
    (ServiceOut, ("token", "half")),
    (ServiceRecord, ("token", "slot")),
    (Stand, ("code",)),
    (ServiceEnough, ("org_id",)),
)


def check() -> Iterator[str]:
    """`baodao doctor`: rows that are not what their facts say."""
    expected: Rows = [row for token, member in truth() for row in member_rows(token, member)]
    expected += [(Stand, stand_columns(code, one)) for code, one in stands()]
    expected += [(ServiceEnough, columns) for columns in words()]
    for model, key in _KEYS:
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        stored = {tuple(row[k] for k in key): row for row in model._default_manager.values(*names)}
        for other, columns in expected:
            if other is model and stored.pop(tuple(columns[k] for k in key), None) != columns:
                yield f"service: a row of {model._meta.db_table} does not follow from its facts; run `baodao rebuild`"
        for _left in stored:
            yield f"service: a row of {model._meta.db_table} without a fact; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: Iterable[str]) -> None:
    """An import was taken back: what is left of the facts."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if subject.startswith("service:"):
            token = subject.partition(":")[2]
            left = fold(event(fact) for fact in facts_of(subject) if fact.id not in gone)
            for model in (ServiceMember, ServicePlace, ServiceShown, ServiceOut, ServiceRecord):
                tx.delete(model, token=[token])
            put(tx, token, Member(), left)


on_void(_after_void)
register_cache("service", [Table(model, key, exclude=("id",)) for model, key in _KEYS], rebuild)
register_state(ServiceSuggested, key=("token", "slot"), exclude=("id",))
register_checker("service", check)
