"""Answers to commands: kept for thirty days, for whoever sends the same once more (a click, a phone without signal). After that a command
is known by its key and does nothing again, but what it answered is gone: it says what somebody was told, and is a third of its row.

Only what people sent: the answers to beats, loads and other commands of the system, which are done anew by name, stay; so do those of simulated
lives, which after a kill are lived again from their first day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction

from baodao.kernel.models import Command

from .models import Cursor, Fact

KEPT = timedelta(days=30)
#: Facts looked at in one transaction, and transactions in one turn.
STEP, STEPS = 5000, 20
NAME = "answers"


def forget(now: datetime, stay: Collection[str] = ("simulated",)) -> int:
    """The worker's beat: on from where the last one stopped, in the ledger's order, since commands have none. ``stay``: origins whose answers
    do. Gives how many were emptied."""
    done = 0
    for _n in range(STEPS):
        emptied = _step(now - KEPT, stay)
        if emptied is None:
            break
        done += emptied
    return done


def _step(before: datetime, stay: Collection[str]) -> int | None:
    Cursor.objects.get_or_create(reader=NAME)
    with transaction.atomic():
        # Locked: of two workers one goes on where the other stopped.
        at = Cursor.objects.select_for_update().get(reader=NAME)
        rows = Fact.objects.filter(id__gt=at.position).order_by("id")
        columns = rows.values_list("id", "noted", "command", "origin", "person", "post")
        # The time in Python: a condition on it would read on to the ledger's end for the first that fits.
        told = list(takewhile(lambda row: row[1] < before, columns[:STEP]))
        if not told:
            return None
        keys = sorted({row[2] for row in told if row[3] not in stay and (row[4] or row[5])})
        found = Command.objects.filter(key__in=keys, batch="").exclude(result=b"")
        emptied = found.update(body=b"", result=b"")
        Cursor.objects.filter(reader=NAME).update(position=told[-1][0])
    return emptied
