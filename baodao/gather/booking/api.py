"""Bookings over HTTP: which places can be taken, when they are free, taking one, giving it back. The same rights and verbs as on the pages;
of others only that a time is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.gather.ruling import utc
from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid, Missing
from baodao.kernel.http import Call, Paged, Word, endpoint
from baodao.kernel.typed import day_typed
from baodao.ledger.canonical import stamp
from baodao.orgs import selectors as orgs
from baodao.places.facilities.models import Facility

from . import selectors, services
from .free import Span

#: With its offset from UTC, as 2026-06-01T14:00:00+08:00.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class PlacesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` with all below it, "" of every district here; ``q`` words of name or address; ``after`` the last code of the page before."""

    org: Word = ""
    q: Annotated[str, msgspec.Meta(max_length=40)] = ""
    after: Word = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


class PlaceView(msgspec.Struct, frozen=True):
    """A place that can be taken for local days (YYYY-MM-DD) in [since, until), until "" for open."""

    code: str
    name: str
    kind: str
    org: str
    address: str
    hours: str
    origin: str
    since: str
    until: str


class WayView(msgspec.Struct, frozen=True):
    """One booking that a place takes: what for, by whom ("person", "org"), at most so many people, minutes, days ahead."""

    booking: str
    use: list[str]
    who: list[str]
    most: int
    longest: int
    ahead: int


class SpanView(msgspec.Struct, frozen=True):
    """[starts, ends), UTC."""

    starts: str
    ends: str


class DayView(msgspec.Struct, frozen=True):
    """A local day as YYYY-MM-DD: when the place is open, and what of that is free."""

    day: str
    opened: list[SpanView]
    free: list[SpanView]


class PlaceDays(msgspec.Struct, frozen=True):
    """A place with the ways to take it and its days."""

    place: PlaceView
    ways: list[WayView]
    days: list[DayView]


class DaysQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a local day (YYYY-MM-DD, today if empty) so many days."""

    since: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    days: Annotated[int, msgspec.Meta(ge=1, le=31)] = 14


class BookBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org``: the organization for which it is taken, "" for oneself; ``use`` and ``booking`` as the place names them."""

    booking: Word
    place: Word
    starts: Moment
    ends: Moment
    use: Word
    people: int
    org: Word = ""
    note: Annotated[str, msgspec.Meta(max_length=400)] = ""


class BookedView(msgspec.Struct, frozen=True):
    """The gathering that holds the place; it is read under ``gatherings/``."""

    code: str


class BackView(msgspec.Struct, frozen=True):
    """The place is free again."""

    state: str


@endpoint(
    "GET", "bookings/places/", name="booking.places", summary=gettext_lazy("能约的场地"),
    query=PlacesQuery, result=Paged[PlaceView], public=True,
)  # fmt: skip
def places(call: Call, query: PlacesQuery) -> Paged[PlaceView]:
    """Places that can be taken, by code."""
    rows = selectors.listed(call.by, query.org, query.q, query.after, query.limit + 1)
    page = rows[: query.limit]
    return Paged([_view(row) for row in page], page[-1].code if len(rows) > query.limit else "")


@endpoint(
    "GET", "bookings/places/<str:code>/", name="booking.place", summary=gettext_lazy("场地哪天哪时空着"),
    query=DaysQuery, result=PlaceDays, public=True,
)  # fmt: skip
def place(call: Call, query: DaysQuery, code: str) -> PlaceDays:
    """One place with its free times."""
    row = selectors.place(call.by, code[:48])
    ways = selectors.ways(row, orgs.today()) if row is not None else {}
    if row is None or not ways:
        raise Missing.of("code", _("没有这个地方，或者它不接受预约"), _("请从列表里选"))
    days = selectors.days(row, _first(query.since), query.days, call.by.noted)
    return PlaceDays(
        _view(row),
        [
            WayView(name, [use.name for use in one.use], list(one.who), one.most, one.longest, one.ahead)
            for name, one in ways.items()
        ],
        [DayView(one.day.isoformat(), _spans(one.opened), _spans(one.free)) for one in days],
    )


@endpoint(
    "POST", "bookings/", name="booking.take", summary=gettext_lazy("约一处场地"), body=BookBody, result=BookedView
)  # fmt: skip
def take(call: Call, body: BookBody) -> BookedView:
    """Take a place, for oneself or for the organization of the token's post."""
    wanted = services.Wanted(
        booking=body.booking, place=body.place, starts=_at(body.starts, "starts"), ends=_at(body.ends, "ends"), use=body.use,
        people=body.people, org=body.org, note=body.note,
    )  # fmt: skip
    return BookedView(services.book(call.by if body.org else _herself(call.by), wanted=wanted))


@endpoint(
    "POST", "bookings/<str:code>/back/", name="booking.back", summary=gettext_lazy("退掉一个预约"), result=BackView
)  # fmt: skip
def back(call: Call, code: str) -> BackView:
    """Give back what the organization of the token's post, or the person herself, has taken."""
    services.give_back(call.by, slot=code[:40])
    return BackView("off")


def _first(since: str) -> date:
    """Within a year of today: nothing is lent beyond."""
    today = orgs.today()
    day = day_typed(since, "since", today)
    if abs((day - today).days) > 366:
        raise Invalid.of("since", _("只看得到前后一年"), _("请选近一些的日子"))
    return day


def _at(moment: datetime, field: str) -> datetime:
    try:
        return utc(moment)
    except OverflowError:
        raise Invalid.of(field, _("时间不对"), _("请选日期和时间")) from None


def _herself(by: Act) -> Act:
    return replace(by, post="", grants=())


def _view(row: Facility) -> PlaceView:
    return PlaceView(
        row.code, row.name, row.kind, str(row.org_id), row.address, row.hours, row.origin,
        row.since.isoformat(), row.until.isoformat() if row.until else "",
    )  # fmt: skip


def _spans(spans: Sequence[Span]) -> list[SpanView]:
    return [SpanView(stamp(starts), stamp(ends)) for starts, ends in spans]
