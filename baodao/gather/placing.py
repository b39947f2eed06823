"""A place of a kind that is given to one at a time (``alone``) is not given twice. The database keeps it (exclusion.py); here it is said
before, with the other time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from django.db.models import Q
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict
from baodao.kernel.verbs import Tx
from baodao.places.facilities.models import Facility
from baodao.places.facilities.selectors import kinds_of

from .credits import day_of
from .fold import Meeting
from .models import Slot
from .times import said

if TYPE_CHECKING:
    from .ruling import NewSlot

#: Forms that take a room; whoever is on duty there (a shift, a post, a round) takes none.
TAKING = frozenset({"meeting", "talk", "class", "activity", "booking", "visit"})
_known: WeakKeyDictionary[Tx, dict[str, Facility | None]] = WeakKeyDictionary()


def know(tx: Tx, row: Facility) -> None:
    """A command that has read a place need not read it again. No statement."""
    _known.setdefault(tx, {})[row.code] = row


def takes(tx: Tx, new: NewSlot, form: str) -> bool:
    """Whether this slot has its place to itself. What is told afterwards, of a time that is over, takes nothing from anybody. One
    statement for each place of a command, none without a place."""
    if not new.place or form not in TAKING or new.ends <= tx.by.noted:
        return False
    known = _known.setdefault(tx, {})
    if new.place not in known:
        known[new.place] = Facility.objects.filter(code=new.place).first()
    return is_alone(known[new.place], new.starts)


def is_alone(row: Facility | None, at: datetime) -> bool:
    """Whether the pack gives this place to one at a time. No statement."""
    if row is None:
        return False
    kind = kinds_of(str(row.org_id), day_of(at))[0].get(row.kind)
    return kind is not None and kind.alone


def must_be_free(slots: Iterable[Meeting]) -> None:
    """Raises Conflict naming the other time when a place is taken then, by what is stored or by another of these. One statement."""
    wanted = [one for one in slots if one.holds]
    if not wanted:
        return
    since, until = min(one.starts for one in wanted), max(one.ends for one in wanted)
    rows = Slot.objects.filter(
        ~Q(place=""), place__in={one.place for one in wanted}, holds=True, starts__lt=until, ends__gt=since
    ).exclude(code__in=[one.code for one in wanted])  # fmt: skip
    held = list(rows.values_list("code", "place", "starts", "ends"))
    held += [(one.code, one.place, one.starts, one.ends) for one in wanted]
    for one in wanted:
        for code, place, starts, ends in held:
            if code != one.code and place == one.place and starts < one.ends and ends > one.starts:
                raise Conflict.of(
                    "place",
                    _("这个地方这段时间已经有安排：%(time)s") % {"time": said(starts, ends)},
                    _("请换一个时间，或换一个地方"),
                )
