"""Numbers, days and moments as people type them, and as addresses carry them. Full-width digits (１２, what many a keyboard for Chinese gives)
are digits; others that Unicode calls so (²) are none: `int` refuses them. `…_in` gives None for what is none, `…_typed` raises Invalid."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import Invalid

#: More than any number of a fact, a row or a second; every database compares it.
LARGEST = 2**53 - 1
#: Seconds since 1970 of a day in the year 5138: no moment in an address lies behind it.
FAR = 10**11
#: Days that somebody may mean. Some years more or less, or another time zone, and it still is a day.
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)

#: １２ → 12; nothing else of Unicode's compatible forms (² or ① are no digits where a number is asked).
_PLAIN = {0xFF10 + digit: str(digit) for digit in range(10)}
#: ２０２６－０６－０１ ０９：３０ → 2026-06-01 09:30.
_SIGNS = _PLAIN | {0xFF0D: "-", 0xFF1A: ":"}


def whole_number(text: str) -> int | None:
    """The whole number that a text is, blanks around it aside: 0 to LARGEST; None for anything else."""
    plain = text[:40].translate(_PLAIN).strip()
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 16:
        return None
    return number if (number := int(plain)) <= LARGEST else None


def digits_of(text: str) -> str:
    """The digits of a typed code, whatever stands between them."""
    plain = text[:200].translate(_PLAIN)
    return "".join(sign for sign in plain if sign.isascii() and sign.isdigit())


def day_in(text: str) -> date | None:
    """The day that a text is (2026-06-01), from FIRST to LAST; None for anything else."""
    try:
        day = date.fromisoformat(text[:40].translate(_SIGNS).strip())
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def month_in(text: str) -> date | None:
    """The first day of the month that a text is (2026-06); None for anything else."""
    return day_in(f"{text[:40].strip()}-01")


def moment_in(text: str, *, offset: bool = False) -> datetime | None:
    """The moment that a text is (2026-06-01 09:30, 2026-06-01T01:30:00Z), on a day from FIRST to LAST; without an offset it is local, or none if
    one is asked for. None for anything else, and for a day without an hour."""
    plain = "T".join(text[:60].translate(_SIGNS).split())
    try:
        written = datetime.fromisoformat(plain)
        at = timezone.make_aware(written) if written.tzinfo is None else timezone.localtime(written)
    except (ValueError, OverflowError):
        return None
    if len(plain) <= len("2026-06-01") or (offset and written.tzinfo is None):
        return None
    return at if FIRST <= at.date() <= LAST else None


def day_typed(text: str, field: str, empty: date | None = None) -> date:
    """A day as typed; ``empty`` for nothing, where there is one. Raises Invalid."""
    day = empty if empty is not None and not text.strip() else day_in(text)
    if day is None:
        raise Invalid.of(field, _("日期写法不对"), _("例如 2026-06-01"))
    return day


def day_or_none(text: str, field: str) -> date | None:
    """A day as typed; None for nothing. Raises Invalid."""
    return day_typed(text, field) if text.strip() else None


def month_typed(text: str, field: str, empty: date) -> date:
    """The first day of a month as typed (2026-11); that of ``empty`` for nothing. Raises Invalid."""
    month = month_in(text) if text.strip() else empty.replace(day=1)
    if month is None:
        raise Invalid.of(field, _("月份写法不对"), _("例如 2026-11"))
    return month


def hour_typed(text: str, field: str) -> time:
    """A time of the day as typed (19:30). Raises Invalid."""
    try:
        hour = time.fromisoformat(text[:40].translate(_SIGNS).strip())
    except ValueError:
        raise Invalid.of(field, _("时间写法不对"), _("例如 09:30")) from None
    return hour.replace(second=0, microsecond=0, tzinfo=None)


def moment_typed(text: str, field: str) -> datetime:
    """A moment as typed, in whole minutes. Raises Invalid."""
    at = moment_in(text)
    if at is None:
        raise Invalid.of(field, _("日期或时间写法不对"), _("例如 2026-06-01 09:00"))
    return at.replace(second=0, microsecond=0)
