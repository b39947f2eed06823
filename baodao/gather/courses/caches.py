"""Offers, lecturers, orders, and how often residents were told by hand are caches of their facts."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone

from baodao.gather.fold import moment
from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.ledger.services import on_void

from . import facts
from .models import Lecturer, Offer, Order, Relay
from .services import announced_columns, lecturer_columns, met_columns, offer_columns, order_columns

Row = dict[str, Any]


def _offer(key: str, told: list[Recorded], texts: dict[int, dict[str, str]]) -> Row | None:
    row: Row | None = None
    for fact in told:
        if isinstance(fact.data, facts.OfferMade):
            row = offer_columns(key, fact.org, fact.data, fact.origin, texts.get(fact.id, {}))
        elif row is not None and isinstance(fact.data, facts.OfferEnded):
            row["until"] = date.fromisoformat(fact.data.until)
    return row


def _lecturer(key: str, told: list[Recorded], texts: dict[int, dict[str, str]]) -> Row | None:
    row: Row | None = None
    for fact in told:
        if isinstance(fact.data, facts.LecturerTold):
            row = lecturer_columns(key, fact.org, fact.data, fact.origin)
    return row


def _order(key: str, told: list[Recorded], texts: dict[int, dict[str, str]]) -> Row | None:
    row: Row | None = None
    for fact in told:
        if isinstance(fact.data, facts.OrderPlaced):
            day = timezone.localdate(fact.noted)
            row = order_columns(key, fact.org, fact.data, day, fact.origin)
        elif row is not None and isinstance(fact.data, facts.OrderMet):
            row |= met_columns(fact.data, fact.value or 0)
        elif row is not None and isinstance(fact.data, facts.OrderAnnounced):
            row |= announced_columns(fact.data, row["channels"])
        elif row is not None and isinstance(fact.data, facts.OrderRated):
            row["stars"] = fact.value
    return row


Fold = Callable[[str, list[Recorded], dict[int, dict[str, str]]], Row | None]
#: Table → its key, the kind that begins a row, what its facts mean.
FOLDED: dict[type[models.Model], tuple[str, str, Fold]] = {
    Offer: ("code", "offer.made", _offer),
    Lecturer: ("post", "lecturer.told", _lecturer),
    Order: ("number", "order.placed", _order),
}


def truth(model: type[models.Model]) -> Iterator[Row]:
    """Rows as the ledger has them."""
    _key, kind, fold = FOLDED[model]
    rows = Fact.objects.filter(kind=kind).order_by("id")
    subjects = list(dict.fromkeys(rows.values_list("subject", flat=True)))
    for start in range(0, len(subjects), 500):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + 500]):
            by_subject.setdefault(fact.subject, []).append(fact)
        texts = texts_of([fact.id for told in by_subject.values() for fact in told if fact.kind == kind])
        for subject, told in by_subject.items():
            if (row := fold(subject.partition(":")[2], told, texts)) is not None:
                yield row


def _relays(told: Iterable[Recorded]) -> list[dict[str, Any]]:
    """Rows of one order, as its facts say."""
    rows: dict[tuple[str, datetime], dict[str, Any]] = {}
    for fact in told:
        number = fact.subject.partition(":")[2]
        if isinstance(fact.data, facts.OrderRelayed):
            at = fact.happened.replace(microsecond=0)
            rows[fact.data.channel, at] = {
                "number": number, "channel": fact.data.channel, "at": at, "org": fact.org, "post": fact.post,
            }  # fmt: skip
        elif isinstance(fact.data, facts.OrderUnrelayed):
            rows.pop((fact.data.channel, moment(fact.data.at)), None)
    return list(rows.values())


def relayed() -> Iterator[dict[str, Any]]:
    """Rows of `Relay` as the ledger has them."""
    told = Fact.objects.filter(kind="order.relayed").order_by("id").values_list("subject", flat=True)
    subjects = list(dict.fromkeys(told))
    for start in range(0, len(subjects), 500):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + 500]):
            by_subject.setdefault(fact.subject, []).append(fact)
        for mine in by_subject.values():
            yield from _relays(mine)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for model in FOLDED:
        model._default_manager.bulk_create([model(**row) for row in truth(model)], batch_size=500)
    Relay.objects.bulk_create([Relay(**row) for row in relayed()], batch_size=500)


def check() -> Iterator[str]:
    """`baodao doctor`: rows that are not what their facts say."""
    for model, (key, _kind, _fold) in FOLDED.items():
        name = model.__name__.lower()
        stored = {row[key]: row for row in model._default_manager.values()}
        for row in truth(model):
            if stored.pop(row[key], None) != row:
                yield f"{name} {row[key]}: does not follow from its facts; run `baodao rebuild`"
        for code in sorted(stored):
            yield f"{name} {code}: no fact named it; run `baodao rebuild`"
    names = ("number", "channel", "at", "org", "post")
    held = set(Relay.objects.values_list(*names))
    for told in sorted(held ^ {tuple(one[name] for name in names) for one in relayed()}):
        yield f"relay of {told[0]} by {told[1]}: does not follow from its facts; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        family, _sep, code = subject.partition(":")
        for model in {"offer": (Offer,), "post": (Lecturer,), "matter": (Order,)}.get(family, ()):
            key, kind, fold = FOLDED[model]
            told = [fact for fact in facts_of(subject) if fact.id not in gone]
            row = fold(code, told, texts_of([fact.id for fact in told if fact.kind == kind]))
            if row is None:
                tx.delete(model, **{key: code})
            else:
                tx.upsert(model, (key,), **row)
    _without_relays(tx, subjects, gone)


def _without_relays(tx: Tx, subjects: list[str], gone: set[int]) -> None:
    for subject in subjects:
        number = subject.partition(":")[2]
        stored = (
            {(row.channel, row.at) for row in Relay.objects.filter(number=number)}
            if subject.startswith("matter:")
            else set()
        )
        if not stored:
            continue
        left = {
            (row["channel"], row["at"]) for row in _relays(f for f in facts_of(subject) if f.id not in gone)
        }
        for channel, at in sorted(stored - left):
            tx.delete(Relay, number=number, channel=channel, at=at)


on_void(_after_void)
_TABLES = [Table(model, (key,)) for model, (key, _k, _f) in FOLDED.items()]
register_cache("courses", [*_TABLES, Table(Relay, ("number", "channel", "at"), exclude=("id",))], rebuild)
register_checker("courses", check)

from .programmes import caches as programmes  # noqa: E402, F401
