"""Portal pages of gatherings: what is on, one with its sign-up, signing in by code, my own, the calendar file."""

from . import calendar, mine, one, signing, station, what  # noqa: F401
