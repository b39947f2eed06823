"""Dates as people and spreadsheets write them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

Precision = Literal["second", "day"]

_DATE = r"(?P<y>[12][0-9]{3})(?P<sep>[-/.年])\s*(?P<m>[0-9]{1,2})(?:(?P=sep)|月)\s*(?P<d>[0-9]{1,2})日?"
_TIME = r"(?P<H>[0-9]{1,2})[:：时点](?P<M>[0-9]{1,2})(?:[:：分](?P<S>[0-9]{1,2})(?:\.[0-9]{1,6})?秒?)?分?"
_ZONE = r"\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
_WRITTEN = re.compile(rf"{_DATE}(?:(?:T|\s*)(?P<half>上午|下午|AM|PM)?\s*{_TIME}{_ZONE})?")
_COMPACT = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
# Day 0 of Excel's calendar, shifted by its leap day of 1900 that never was: right from 1 March 1900.
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 — local, the sheet does not say where
_EXCEL_DAYS = (36_526, 73_050)  # 2000-01-01 to 2099-12-31: other numbers are no dates


class Moment(msgspec.Struct, frozen=True):
    """A moment (UTC, whole seconds) and how exactly it is known; of a day it is the local midnight."""

    at: datetime
    precision: Precision


def parse_moment(value: object, zone: ZoneInfo) -> Moment | None:
    """A `Moment` of "2019/4/25 9:32:09", "2019-04-25", "2019年4月25日 9时32分", 20190425, an Excel serial,
    a date or a datetime; None if it is none. Without an offset the time is that of `zone`."""
    if isinstance(value, datetime):
        return _moment(value, "second", zone)
    if isinstance(value, date):
        return _moment(datetime.combine(value, time()), "day", zone)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value, zone)
    return _from_text(str(value), zone) if value is not None else None


def _moment(at: datetime, precision: Precision, zone: ZoneInfo) -> Moment | None:
    try:
        aware = at if at.tzinfo else at.replace(tzinfo=zone)
        return Moment(aware.astimezone(UTC).replace(microsecond=0), precision)
    except (OverflowError, ValueError):
        return None


def _from_number(value: float, zone: ZoneInfo) -> Moment | None:
    if compact := _COMPACT.fullmatch(str(int(value)) if value == value // 1 else ""):
        return _from_parts(compact.groups(), zone)
    if not _EXCEL_DAYS[0] <= value < _EXCEL_DAYS[1]:
        return None
    # The fraction is a rounded binary number: to the next whole second.
    seconds = round(value * 86_400)
    return _moment(_EXCEL_ZERO + timedelta(seconds=seconds), "second" if seconds % 86_400 else "day", zone)


def _from_text(text: str, zone: ZoneInfo) -> Moment | None:
    text = text.strip()
    if compact := _COMPACT.fullmatch(text):
        return _from_parts(compact.groups(), zone)
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    if found["H"] is None:
        return _from_parts((found["y"], found["m"], found["d"]), zone)
    hour = int(found["H"])
    if found["half"] in {"下午", "PM"} and hour < 12:
        hour += 12
    if found["half"] in {"上午", "AM"} and hour == 12:
        hour = 0
    try:
        clock = time(hour, int(found["M"]), int(found["S"] or 0))
        at = datetime.combine(date(int(found["y"]), int(found["m"]), int(found["d"])), clock)
    except ValueError:
        return None
    if found["zone"]:
        at = datetime.fromisoformat(at.isoformat() + found["zone"].replace("Z", "+00:00"))
    return _moment(at, "second", zone)


def _from_parts(parts: tuple[str, ...], zone: ZoneInfo) -> Moment | None:
    try:
        day = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
    return _moment(datetime.combine(day, time()), "day", zone)
