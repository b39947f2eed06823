"""Calls, their applications and plans of training are caches of their facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from django.db import models
from django.utils import timezone

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.ledger.services import on_void

from . import facts
from .calls import opened_columns, published_columns
from .goals import plan_columns
from .models import Application, Call, TrainingGoal, TrainingPlan

Row = dict[str, Any]
Rows = dict[type[models.Model], list[Row]]
#: Family of the subject → the kind that begins its rows.
FAMILIES = {"call": "call.opened", "matter": "call.applied", "training_plan": "training.planned"}


def fold(subject: str, told: Iterable[Recorded], texts: dict[int, dict[str, str]]) -> Rows:
    """The rows of one subject."""
    key = subject.partition(":")[2]
    call: Row | None = None
    found: Rows = {}
    for fact in told:
        said = dict(texts.get(fact.id, {}))
        if isinstance(fact.data, facts.CallOpened):
            call = opened_columns(key, fact.org, fact.data, fact.origin, said)
        elif isinstance(fact.data, facts.CallPublished) and call is not None:
            call |= published_columns(fact.data, fact.value or 0, timezone.localdate(fact.noted), said)
        elif isinstance(fact.data, facts.CallApplied):
            found[Application] = [{"number": key, "call": fact.about.partition(":")[2]}]
        elif isinstance(fact.data, facts.TrainingPlanned):
            found[TrainingPlan] = [plan_columns(key, fact.org, fact.data, fact.origin, said.get("title", ""))]
            found[TrainingGoal] = [{"plan": key, **msgspec.structs.asdict(goal)} for goal in fact.data.goals]
    return found | ({Call: [call]} if call is not None else {})


def truth() -> Iterator[Rows]:
    """Rows as the ledger has them, subject by subject."""
    kinds = list(FAMILIES.values())
    subjects = list(
        dict.fromkeys(Fact.objects.filter(kind__in=kinds).order_by("id").values_list("subject", flat=True))
    )
    for start in range(0, len(subjects), 500):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + 500]):
            if fact.kind.startswith(("call.", "training.")):
                by_subject.setdefault(fact.subject, []).append(fact)
        texts = texts_of([fact.id for told in by_subject.values() for fact in told])
        for subject, told in by_subject.items():
            yield fold(subject, told, texts)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for rows in truth():
        for model, found in rows.items():
            model._default_manager.bulk_create([model(**row) for row in found])


def check() -> Iterator[str]:
    """`baodao doctor`: rows that are not what their facts say."""
    told: dict[type[models.Model], list[Row]] = {
        Call: [],
        Application: [],
        TrainingPlan: [],
        TrainingGoal: [],
    }
    for rows in truth():
        for model, found in rows.items():
            told[model] += found
    for model, found in told.items():
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        stored = {tuple(row[name] for name in names) for row in model._default_manager.values(*names)}
        if stored != {tuple(row[name] for name in names) for row in found}:
            yield f"{model.__name__.lower()}: does not follow from its facts; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        family, _sep, key = subject.partition(":")
        if family not in FAMILIES:
            continue
        told = [fact for fact in facts_of(subject) if fact.id not in gone]
        rows = fold(
            subject,
            told,
            texts_of([fact.id for fact in told if fact.kind.startswith(("call.", "training."))]),
        )
        for model, name in ((Call, "code"), (Application, "number"), (TrainingPlan, "code")):
            if family != {"Call": "call", "Application": "matter"}.get(model.__name__, "training_plan"):
                continue
            for row in rows.get(model, ()):
                tx.upsert(model, (name,), **row)
            if model not in rows:
                tx.delete(model, **{name: key})
        if family == "training_plan":
            tx.delete(TrainingGoal, plan=key)
            for row in rows.get(TrainingGoal, ()):
                tx.insert(TrainingGoal, **row)


on_void(_after_void)
register_cache(
    "calls",
    [
        Table(Call, ("code",)),
        Table(Application, ("number",)),
        Table(TrainingPlan, ("code",)),
        Table(TrainingGoal, ("plan", "kind", "year"), ("id",)),
    ],
    rebuild,
)
register_checker("calls", check)
