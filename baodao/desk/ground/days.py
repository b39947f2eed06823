"""The day that a page of the ground is about, and what its links carry on of it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from msgspec import Struct

from baodao.orgs import selectors as orgs
from baodao.orgs.desk.orgs import day_of


class Shown(Struct, frozen=True):
    """``day`` and whether it is today's page. ``only``/``also``: what an address takes along, alone or behind others; "" today. What is open
    and who is kept at hand have no days: only today's page tells them."""

    day: date
    now: bool
    ahead: bool
    only: str
    also: str

    @property
    def query(self) -> dict[str, str]:
        """The same for an address that is put together."""
        return {} if self.now else {"on": self.day.isoformat()}


def shown(request: HttpRequest) -> Shown:
    """``?on=2026-06-01``, else today. Raises Invalid."""
    day, today = day_of(request), orgs.today()
    said = "" if day == today else f"on={day.isoformat()}"
    return Shown(day, day == today, day > today, f"?{said}" if said else "", f"&{said}" if said else "")
