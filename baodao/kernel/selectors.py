"""What the kernel reads from its tables: the calendar in force."""

from django.conf import settings

from .calendar import Day, WorkCalendar, weekdays_only
from .epochs import cached
from .models import CalendarDay, CalendarEdition


def edition_in_force() -> CalendarEdition | None:
    """The edition published last; of one day's the one with the greater code."""
    return CalendarEdition.objects.order_by("-published", "-code").first()


def days_of(edition: str) -> list[Day]:
    """The days that an edition names, in order."""
    rows = CalendarDay.objects.filter(edition_id=edition).order_by("date")
    return [Day(row.date, "makeup" if row.kind == "makeup" else "holiday", row.name) for row in rows]


def calendar_of(edition: CalendarEdition) -> WorkCalendar:
    """An edition as a calendar."""
    return WorkCalendar(edition.code, days_of(edition.code), edition.provisional_from, settings.TIME_ZONE)


@cached("calendar")
def current_calendar() -> WorkCalendar:
    """The calendar in force, kept in memory until an edition is loaded; Monday to Friday, provisional, before
    the first one."""
    edition = edition_in_force()
    return calendar_of(edition) if edition else weekdays_only(settings.TIME_ZONE)
