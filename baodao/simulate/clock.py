"""Simulated people's hours: staff work 9–12 and 14–18 local on workdays, residents write between 7 and 23. Pure."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS = ((9.0, 12.0), (14.0, 18.0))
AWAKE = (7.0, 23.0)


def at(day: date, hour: float, zone: ZoneInfo) -> datetime:
    """A local hour as a moment in whole seconds."""
    return datetime.combine(day, time(), zone) + timedelta(seconds=int(hour * 3600))


def after_work_hours(
    start: datetime, hours: float, is_workday: Callable[[date], bool], zone: ZoneInfo
) -> datetime:
    """The moment at which so many office hours have passed since `start`."""
    local = start.astimezone(zone)
    day, left = local.date(), hours
    for _try in range(400):
        if is_workday(day):
            for begin, end in HOURS:
                opens, closes = at(day, begin, zone), at(day, end, zone)
                begins = max(opens, local)
                if begins >= closes:
                    continue
                room = (closes - begins).total_seconds() / 3600
                if left <= room:
                    return (begins + timedelta(seconds=int(left * 3600))).replace(microsecond=0)
                left -= room
        day += timedelta(days=1)
    raise ValueError("no workday in 400 days")


def awake(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment, or the next morning if a resident would be asleep."""
    local = moment.astimezone(zone)
    hour = local.hour + local.minute / 60
    if hour < AWAKE[0]:
        return at(local.date(), AWAKE[0] + (local.minute % 50) / 60, zone)
    if hour >= AWAKE[1]:
        return at(local.date() + timedelta(days=1), AWAKE[0] + (local.minute % 50) / 60, zone)
    return moment
