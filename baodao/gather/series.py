"""Recurrence by iCalendar rules (RFC 5545, section 3.3.10): a rule and a first slot give all slots of a series. Pure.

Rules run in the district's clock time, so that "every Saturday at nine" stays at nine.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice

import msgspec
from dateutil.rrule import rrulestr
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid

from .ruling import NewSlot, utc

#: Slots of one series.
MOST = 200
LONGEST = 300


def expand(first: NewSlot, rule: str, series: str) -> list[NewSlot]:
    """The slots of a series, the first one at ``first``'s time. Raises Invalid: a rule that cannot be read, without end, or with more
    than 200 slots."""
    starts = timezone.localtime(first.starts)
    length = first.ends - first.starts
    moments = _moments(rule, starts.replace(tzinfo=None))
    if len(moments) > MOST:
        raise Invalid.of("rule", _("一个系列最多 %(n)s 场") % {"n": MOST}, _("请写早一点的最后一天"))
    zone = timezone.get_current_timezone()
    slots = []
    for place, at in enumerate(moments, 1):
        begin = utc(at.replace(tzinfo=zone))
        code = f"{first.code}.{place:03}" if first.code else ""
        slots.append(
            msgspec.structs.replace(first, starts=begin, ends=begin + length, series=series, code=code)
        )
    return slots


def _moments(rule: str, first: datetime) -> list[datetime]:
    text = rule.strip().removeprefix("RRULE:").upper()
    refused = Invalid.of(
        "rule", _("重复规则读不懂：%(rule)s") % {"rule": rule[:80]}, _("例如 FREQ=WEEKLY;BYDAY=SA;COUNT=10")
    )
    if not text or len(text) > LONGEST or "\n" in text or "DTSTART" in text:
        raise refused
    if "COUNT=" not in text and "UNTIL=" not in text:
        raise Invalid.of("rule", _("没有写到哪一天为止"), _("请写最后一天或一共几场"))
    if any(f"FREQ={word}" in text for word in ("SECONDLY", "MINUTELY", "HOURLY")):
        raise refused
    try:
        found = rrulestr(text.replace("Z", ""), dtstart=first)
        return list(islice(found, MOST + 1))
    except (ValueError, TypeError, OverflowError, KeyError) as error:
        raise refused from error


def rule_of(every: str, until: datetime | None = None, count: int = 0, days: tuple[str, ...] = ()) -> str:
    """A rule from what a form asks: ``every`` day, week, fortnight or month."""
    freq = {"day": "DAILY", "week": "WEEKLY", "fortnight": "WEEKLY;INTERVAL=2", "month": "MONTHLY"}[every]
    parts = [f"FREQ={freq}"]
    if days and every in ("week", "fortnight"):
        parts.append(f"BYDAY={','.join(days)}")
    if count:
        parts.append(f"COUNT={count}")
    elif until is not None:
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%S}")
    return ";".join(parts)
