"""Dues over HTTP: an organization's list as the desk shows it. Nothing of members."""

import msgspec
from django.utils.translation import gettext_lazy

from baodao.kernel.http import Call, endpoint
from baodao.orgs import selectors as orgs

from . import selectors
from .board import Line


class DueView(msgspec.Struct, frozen=True):
    """One due; days as YYYY-MM-DD. ``state``: due, met, made_up, missing, excused; ``refs``: the records that count; ``make_up``: until
    when something missing can be made up, "" without; ``provisional``: a day rests on no published calendar."""

    requirement: str
    title: str
    subject: str
    state: str
    period: str
    due: str
    closes: str
    make_up: str
    provisional: bool
    need: int
    have: int
    unit: str
    refs: list[str]


class DuesView(msgspec.Struct, frozen=True):
    """The dues of an organization around today, missing ones first."""

    org: str
    day: str
    dues: list[DueView]


@endpoint(
    "GET",
    "dues/<str:code>/",
    name="due.read",
    summary=gettext_lazy("看一个单位该做什么、做了没有"),
    result=DuesView,
    errors=(403,),
)
def dues(call: Call, code: str) -> DuesView:
    """What an organization has to do around today, and how it stands. Of members nothing is told here."""
    day = orgs.today()
    lines = selectors.dues_of(call.by, code, day)
    return DuesView(code, day.isoformat(), [_view(line) for line in lines])


def _view(line: Line) -> DueView:
    window = line.stand.window
    return DueView(
        line.requirement, selectors.title_of(line.rule), line.subject, line.stand.state, window.first.isoformat(),
        window.due.isoformat(), window.closes.isoformat(), window.make_up.isoformat() if window.make_up else "",
        window.provisional, line.stand.need, line.stand.have, line.rule.unit, list(line.stand.refs),
    )  # fmt: skip
