"""What a week holds beside open work: dues of a post's organization, its gatherings, and one's own seats. The page and the interface
read it here."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from baodao.dues import selectors as dues
from baodao.dues.board import Line
from baodao.kernel.act import Act
from baodao.kernel.verbs import allowed

from .models import Slot
from .policies import READ, at_org
from .selectors import ahead_of, between, midnight

MOST = 100


class Week(msgspec.Struct, frozen=True):
    """``owed`` by the organization until Sunday; ``slots`` of the organization; ``mine``: open slots in which the person has a row, and
    evenings that her branch announced or holds with another."""

    owed: list[Line]
    slots: list[Slot]
    mine: list[Slot]


def week_of(by: Act, home: str, monday: datetime, sunday: datetime) -> Week:
    """From the day of ``monday`` until the moment ``sunday``. A fixed number of statements, whatever the week holds."""
    day = monday.date()
    first = midnight(day)
    seen = between(home, first, sunday, MOST) if home and allowed(by, READ, at_org(home)) else []
    mine = ahead_of(by.person, first, sunday) if by.person else []
    return Week(
        [line for line in dues.todo(by, day, 6) if line.stand.window.due <= sunday.date()],
        [row for row in seen if row.state != "called_off"],
        sorted(
            (row for row in mine if row.starts <= sunday and row.state == "open"),
            key=lambda row: (row.starts, row.code),
        ),
    )


def bounds(now: datetime) -> tuple[datetime, datetime]:
    """The local Monday's first moment and the Sunday's last second around a moment."""
    from django.utils import timezone

    local = timezone.localtime(now)
    monday = midnight(local.date() - timedelta(days=local.weekday()))
    return monday, monday + timedelta(days=7) - timedelta(seconds=1)
