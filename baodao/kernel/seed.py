"""The published days that the maintained package knows. Imported by the seeding command only, never in a web
worker."""

from datetime import date
from importlib.metadata import version

from .calendar import Day

# Data, not messages: what the edition's rows keep, as the State Council's notices name the days.
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def seed_days() -> list[Day]:
    """Days off and make-up days of all years that the package covers, in order."""
    from chinese_calendar.constants import holidays, workdays

    days = [Day(day, "holiday", _NAMES.get(name, name)) for day, name in holidays.items()]
    # The package also lists a few weekdays that offices worked although a holiday lay on them: no difference
    # from the rule.
    days += [
        Day(day, "makeup", _NAMES.get(name, name)) for day, name in workdays.items() if day.weekday() >= 5
    ]
    return sorted(days, key=lambda day: day.date)


def seed_horizon(days: list[Day]) -> date:
    """The first day that the seed says nothing about."""
    return date(max(day.date.year for day in days) + 1, 1, 1)


def seed_source() -> str:
    """Package and version, for the edition's row."""
    return f"chinesecalendar {version('chinesecalendar')}"
