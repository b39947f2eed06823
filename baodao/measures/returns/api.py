"""Returns over HTTP: what is due, what there is, one with its cells. Signing stays on the desk: two persons read the page first."""

from __future__ import annotations

from typing import Annotated

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy

from baodao.kernel.http import Call, Paged, endpoint
from baodao.orgs.selectors import today

from . import selectors
from .policies import READ, readable

Word = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[\w.\-|]*$")]
MOST = 100


class ReturnsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org``: whose (its code); ``before`` continues a page."""

    org: Word = ""
    before: Word = ""


class DueView(msgspec.Struct, frozen=True):
    """A form that is asked for; ``number`` "" until it was begun; days as YYYY-MM-DD; ``state``: "", draft, frozen."""

    form: str
    title: str
    asks: str
    first: str
    last: str
    due: str
    number: str
    state: str


class ReturnView(msgspec.Struct, frozen=True):
    """A return; ``simulated`` figures say so wherever they are shown."""

    number: str
    form: str
    org: str
    first: str
    last: str
    state: str
    version: int
    position: int
    simulated: bool


class CellView(msgspec.Struct, frozen=True):
    """One cell: what stands in it, what the machine said, why a hand wrote it ("" where none did)."""

    key: str
    text: str
    machine: str
    reason: str


class OneView(msgspec.Struct, frozen=True):
    """A return with its cells and the hashes of its signed copies, the first version first."""

    head: ReturnView
    cells: list[CellView]
    copies: list[str]


@endpoint(
    "GET",
    "returns/due/<str:org>/",
    name="return.due",
    summary=gettext_lazy("看一个单位要报的表"),
    result=list[DueView],
    errors=(404,),
)
def due(call: Call, org: str) -> list[DueView]:
    """What an organization hands in now. One that is not hers to read has none."""
    source = "simulated" if settings.DEMO else "live"
    found = selectors.dues_of(call.by, org, source, today(), call.by.lang) if org in readable(call.by) else []
    return [
        DueView(
            one.code, one.title, one.asks, one.first.isoformat(), one.last.isoformat(), one.due.isoformat(),
            one.number, one.state,
        )
        for one in found
    ]  # fmt: skip


@endpoint(
    "GET",
    "returns/",
    name="return.list",
    summary=gettext_lazy("看一个单位的报表"),
    query=ReturnsQuery,
    result=Paged[ReturnView],
    errors=(403,),
)
def listed(call: Call, query: ReturnsQuery) -> Paged[ReturnView]:
    """Returns of an organization that she reads, the latest period first."""
    rows = selectors.listed(call.by, query.org, query.before, MOST + 1)
    made = [
        ReturnView(
            row.number, row.form, str(row.org_id), row.first.isoformat(), row.last.isoformat(), row.state, row.version,
            row.position, row.source == "simulated",
        )
        for row in rows[:MOST]
    ]  # fmt: skip
    return Paged(made, f"{made[-1].last}|{made[-1].number}" if len(rows) > MOST else "")


@endpoint(
    "GET",
    "returns/<str:number>/",
    name=READ,
    summary=gettext_lazy("看一张报表"),
    result=OneView,
    errors=(404,),
)
def one(call: Call, number: str) -> OneView:
    """One return as its page shows it. What is not there and what is not hers are not told apart."""
    state = selectors.see(call.by, number)
    machine = {value.key: value.text for value in selectors.values_of(state.filled)}
    typed = selectors.typed_of(state.hands)
    head = ReturnView(
        number, state.form, state.org, state.first.isoformat(), state.last.isoformat(), state.state, state.version,
        state.position, state.source == "simulated",
    )  # fmt: skip
    cells = [
        CellView(
            key, typed[key].text if key in typed else machine.get(key, ""), machine.get(key, ""),
            typed[key].reason if key in typed else "",
        )
        for key in sorted(machine.keys() | typed.keys())
    ]  # fmt: skip
    return OneView(head, cells, [copy.file for copy in state.copies])
