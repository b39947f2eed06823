"""The database keeps it: nobody is in two places at once. The guard is verified, and comes back when it was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from baodao.gather import exclusion
from baodao.gather.models import Seat

from .conftest import HOUR, NOW, Cast, slot, tokens


def _seat(code: str, token: str, begin: int, holds: bool = True) -> Seat:
    return Seat(
        slot_id=code, token=token, state="seat", way="self", n=1, holds=holds,
        starts=NOW + begin * HOUR, ends=NOW + (begin + 2) * HOUR,
    )  # fmt: skip


def test_the_database_refuses_overlaps(cast: Cast) -> None:
    one, two, three = slot(cast), slot(cast), slot(cast)
    token, other = tokens(cast, 2)
    _seat(one, token, 0).save()
    _seat(two, token, 2).save()  # touches, does not overlap
    _seat(three, token, 1, holds=False).save()
    _seat(three, other, 1).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(slot=three, token=token).update(holds=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(slot=two, token=token).update(starts=NOW + timedelta(minutes=119))
    with pytest.raises(IntegrityError), transaction.atomic():
        _seat(slot(cast), token, 3).save()


def test_a_lost_guard_is_told_and_made_again(committed_db: Any) -> None:
    assert exclusion.missing() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE gather_seat DROP CONSTRAINT seat_one_place")
        else:
            cursor.execute("DROP TRIGGER seat_one_place_update")
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE gather_slot DROP CONSTRAINT slot_one_place")
        else:
            cursor.execute("DROP TRIGGER slot_one_place_insert")
    assert [error.id for error in exclusion.one_place(["default"])] == ["baodao.E040"] * 2
    exclusion.create()
    assert exclusion.missing() == []
