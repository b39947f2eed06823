"""Slots of several sorts in one statement, to be parted afterwards: pages that show four lists need not ask four times."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Slot


def any_of(*parts: QuerySet[Slot]) -> QuerySet[Slot]:
    """Slots that any of these querysets gives, each narrowed, ordered and cut by itself; in no order. A union of keys rather than
    conditions joined by "or": those would walk all slots on PostgreSQL."""
    # SQLite takes no limit in a part of a union itself, but in a query inside it.
    keys = [Slot.objects.filter(pk__in=part.values("pk")).order_by().values("pk") for part in parts]
    return Slot.objects.filter(pk__in=keys[0].union(*keys[1:], all=True))
