"""Nobody is in two places at once. The database keeps it (exclusion.py); here it is said before, with the other time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from weakref import WeakKeyDictionary

from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict
from baodao.kernel.jinja import day as day_words
from baodao.kernel.jinja import moment
from baodao.kernel.verbs import Tx
from baodao.people.selectors import same_person

from .fold import Meeting
from .models import Seat

Time = tuple[datetime, datetime]


class Work(Protocol):
    """A slot as a command works on it (`working.Working`)."""

    code: str

    @property
    def it(self) -> Meeting:
        """The slot as it stands after what was told."""


#: The slots that each command works on, by code.
HELD: WeakKeyDictionary[Tx, dict[str, Work]] = WeakKeyDictionary()


def busy(tx: Tx, spans: Mapping[str, Time], but: str) -> dict[str, Time]:
    """Of these tokens with the time that each wants, who has another that overlaps, and which; in both domains. What this command
    has told of other slots counts instead of what is stored. Two statements for all."""
    if not spans:
        return {}
    persons = same_person(spans)
    mine = HELD.get(tx, {})
    held: dict[str, list[Time]] = {}
    for work in mine.values():
        if work.code != but:
            for row in work.it.rows.values():
                if row.holds:
                    held.setdefault(row.token, []).append((row.starts, row.ends))
    loaded = {(work.code, token) for work in mine.values() for token in work.it.rows}
    tokens = {other for found in persons.values() for other in found}
    since, until = min(s for s, _e in spans.values()), max(e for _s, e in spans.values())
    rows = Seat.objects.filter(token__in=tokens, holds=True, starts__lt=until, ends__gt=since).exclude(
        slot=but
    )
    for code, token, starts, ends in rows.values_list("slot_id", "token", "starts", "ends"):
        if (str(code), token) not in loaded:
            held.setdefault(token, []).append((starts, ends))
    found: dict[str, Time] = {}
    for token, (starts, ends) in spans.items():
        others = [time for one in persons[token] for time in held.get(one, ())]
        overlapping = [time for time in others if time[0] < ends and time[1] > starts]
        if overlapping:
            found[token] = min(overlapping)
    return found


def must_be_free(tx: Tx, spans: Mapping[str, Time], but: str) -> None:
    """Raises Conflict naming the other time; of several people how many."""
    found = busy(tx, spans, but)
    if not found:
        return
    starts, ends = min(found.values())
    reason = (
        _("这段时间已经有安排：%(time)s")
        if len(found) == 1
        else _("有 %(n)s 个人这段时间已经有安排，最早的是 %(time)s")
    )
    raise Conflict.of(
        "slot",
        reason % {"time": said(starts, ends), "n": len(found)},
        _("一个人不能同时在两个地方：请先退出那一场，或换一个时间"),
        tokens=sorted(found),
    )


def said(starts: datetime, ends: datetime) -> str:
    """A time in words of the district's clock: 11月23日 周一 08:00–10:00."""
    return f"{day_words(starts)} {hours_of(starts, ends)}"


def hours_of(starts: datetime, ends: datetime) -> str:
    """From when to when, where the day stands beside it: 08:00–10:00; over midnight 22:00–11月24日 周二 06:00."""
    first, last = timezone.localtime(starts), timezone.localtime(ends)
    till = f"{last:%H:%M}" if first.date() == last.date() else moment(last)
    return f"{first:%H:%M}–{till}"
