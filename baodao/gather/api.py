"""Gatherings over HTTP: what is on, one of them, a seat of one's own, presence told by its recorder, the week. The same rights and the
same verbs as on the pages; persons come and go by their place in the row, never by a token."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.dues.selectors import title_of
from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid, Missing, Refused
from baodao.kernel.http import Call, Paged, Word, endpoint
from baodao.kernel.typed import day_or_none
from baodao.kernel.verbs import allowed
from baodao.ledger.canonical import stamp
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import name_of
from baodao.people.selectors import tokens_of

from . import selectors, services
from .credits import day_of
from .elsewhere import claims_of
from .kinds import kind_of, titled
from .models import Slot
from .policies import LIST, READ, people_of
from .selectors import Wish
from .services import Came
from .week import bounds, week_of

Day = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]


class SlotView(msgspec.Struct, frozen=True):
    """One gathering; moments in UTC. ``seats`` 0: no limit; ``taken``, ``waiting`` and ``heads`` are null for a branch's meetings, of
    which those above have shares alone."""

    code: str
    kind: str
    title: str
    kind_title: str
    form: str
    state: str
    org: str
    org_name: str
    place: str
    where: str
    starts: str
    ends: str
    seats: int
    taken: int | None
    waiting: int | None
    heads: int | None
    level: int
    origin: str


class SlotsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` with all below it; [since, until) local days as YYYY-MM-DD; ``kind`` as the pack names it."""

    org: Word = ""
    since: Day = ""
    until: Day = ""
    kind: Word = ""
    after: Annotated[str, msgspec.Meta(max_length=80, pattern=r"^([0-9]{1,11}\.[\w.\-]+)?$")] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


class SeatView(msgspec.Struct, frozen=True):
    """One's own row: ``state`` seat, waiting, invited, left or "" for none; ``status`` how presence was told, "" not yet."""

    state: str
    status: str
    minutes: int


class OneView(msgspec.Struct, frozen=True):
    """One gathering, what it is about, and the caller's own row."""

    slot: SlotView
    about: str
    reason: str
    own: SeatView


class SeatBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``claim`` a seat for oneself (or a place in the row), or ``withdraw``. No cause is asked."""

    do: Literal["claim", "withdraw"]


class RowView(msgspec.Struct, frozen=True):
    """One row of the list, by its place ``n``; no name."""

    n: int
    state: str
    status: str
    minutes: int
    disputed: bool


class RowsView(msgspec.Struct, frozen=True):
    """The list, for those who convene."""

    rows: list[RowView]


class CameBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: who is on the list by her place ``n``, who was not by name and telephone. ``minutes``: fewer than the whole time."""

    status: Literal["present", "phone", "visit", "made_up", "excused", "absent"]
    n: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=30)] = ""
    minutes: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None


class PresenceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Presence as its recorder has it; a line told before is corrected. ``paper``: entered later from a list on paper."""

    came: Annotated[list[CameBody], msgspec.Meta(min_length=1, max_length=2000)]
    how: Literal["list", "paper"] = "list"


class CountView(msgspec.Struct, frozen=True):
    """How many lines were written."""

    lines: int


class OwedView(msgspec.Struct, frozen=True):
    """One due of the week; ``due`` as YYYY-MM-DD."""

    requirement: str
    title: str
    org: str
    due: str
    missing: bool


class WeekView(msgspec.Struct, frozen=True):
    """From Monday to Sunday: dues of the post's organization, its gatherings, one's own. Open work is read under ``matters/``."""

    since: str
    until: str
    owed: list[OwedView]
    slots: list[SlotView]
    mine: list[SlotView]


@endpoint(
    "GET",
    "gatherings/",
    name="gathering.list",
    summary=gettext_lazy("有哪些活动"),
    query=SlotsQuery,
    result=Paged[SlotView],
)
def list_(call: Call, query: SlotsQuery) -> Paged[SlotView]:
    """Gatherings that the token's post reads, by start."""
    if not reach_of(call.by, READ):
        raise Refused.of("", _("您的岗位不看活动和排班"), _("请换岗位"))
    wish = Wish(query.org, day_or_none(query.since, "since"), day_or_none(query.until, "until"), query.kind)
    rows = selectors.listed(call.by, wish, query.after, query.limit + 1)
    page = rows[: query.limit]
    more = selectors.mark_of(page[-1]) if len(rows) > query.limit else ""
    return Paged([_view(row) for row in page], more)


@endpoint(
    "GET",
    "gatherings/<str:code>/",
    name="gathering.see",
    summary=gettext_lazy("看一场活动"),
    result=OneView,
    public=True,
)
def see(call: Call, code: str) -> OneView:
    """One that is open to all, one's own, or one that the post reads."""
    row = _seen(call.by, code)
    seat = selectors.seat_of(row, tokens_of(call.by.person)) if call.by.person else None
    own = SeatView(seat.state, seat.status, seat.minutes) if seat is not None else SeatView("", "", 0)
    texts = selectors.texts_here(row)
    return OneView(_view(row), texts.get("about", ""), texts.get("reason", ""), own)


@endpoint(
    "POST",
    "gatherings/<str:code>/seat/",
    name="gathering.seat",
    summary=gettext_lazy("给自己报名或退出"),
    body=SeatBody,
    result=SeatView,
)
def seat(call: Call, body: SeatBody, code: str) -> SeatView:
    """A seat of one's own; nobody claims for another."""
    row = _seen(call.by, code)
    room = claims_of(row)
    by = _herself(call.by, row)
    if room is not None:
        state = room.claim(by, code) if body.do == "claim" else room.withdraw(by, code)
    elif body.do == "claim":
        state = services.join(by, slot=code).state
    else:
        services.leave(by, slot=code)
    return SeatView(str(state) if body.do == "claim" else "left", "", 0)


@endpoint(
    "GET",
    "gatherings/<str:code>/presence/",
    name="gathering.rows",
    summary=gettext_lazy("看一场活动的名单（不含姓名）"),
    result=RowsView,
)
def rows(call: Call, code: str) -> RowsView:
    """Who is on the list, by place: for those who convene."""
    row = _listing(call.by, code)
    return RowsView(
        [RowView(one.n, one.state, one.status, one.minutes, one.disputed) for one in selectors.seats_of(row)]
    )


@endpoint(
    "POST",
    "gatherings/<str:code>/presence/",
    name="gathering.presence",
    summary=gettext_lazy("记谁到了"),
    body=PresenceBody,
    result=CountView,
)
def presence(call: Call, body: PresenceBody, code: str) -> CountView:
    """Presence told by the recorder. Of kinds that keep only heads nobody is listed (403)."""
    row = _listing(call.by, code)
    places = {one.n: one.token for one in selectors.seats_of(row)}
    for at, line in enumerate(body.came):
        if line.n is not None and line.n not in places:
            raise Invalid.of(f"came[{at}].n", _("名单上没有这个人"), _("请先读名单"))
        if line.n is None and not line.name.strip():
            raise Invalid.of(f"came[{at}].name", _("没有说是谁"), _("名单上的写 n，别人写姓名和手机号"))
    came = [
        Came(one.status, places[one.n], minutes=one.minutes) if one.n is not None
        else Came(one.status, name=one.name, phone=one.phone, minutes=one.minutes)
        for one in body.came
    ]  # fmt: skip
    return CountView(services.attend(call.by, slot=code, came=came, how=body.how))


@endpoint("GET", "week/", name="week.read", summary=gettext_lazy("本周有什么"), result=WeekView)
def week(call: Call) -> WeekView:
    """This week of the token's post and person."""
    by = call.by
    home = by.office
    monday, sunday = bounds(by.noted)
    found = week_of(by, home, monday, sunday)
    owed = [
        OwedView(
            line.requirement,
            title_of(line.rule),
            line.org,
            line.stand.window.due.isoformat(),
            line.stand.state == "missing",
        )
        for line in found.owed
    ]
    return WeekView(
        _local(monday), _local(sunday), owed, [_view(row) for row in found.slots], [_view(row) for row in found.mine]
    )  # fmt: skip


def _seen(by: Act, code: str) -> Slot:
    """As the pages: by right, or as a person. Raises Missing."""
    row = selectors.slot(by, code) or selectors.slot_for(by, code, tokens_of(by.person) if by.person else {})
    if row is None:
        raise Missing.of("code", _("没有这一场，或者不对您开放"), _("请从列表里选"))
    return row


def _listing(by: Act, code: str) -> Slot:
    row = selectors.slot(by, code)
    if row is None:
        raise Missing.of("code", _("没有这一场，或者不对您开放"), _("请从列表里选"))
    if not allowed(by, LIST, people_of(row)):
        raise Refused.of("", _("这一场的名单不归您的岗位记"), _("请换岗位，或告诉组织的单位"))
    return row


def _herself(by: Act, row: Slot) -> Act:
    """A person acts for herself, without her post; in it only where staff are asked as staff."""
    kind = kind_of(str(row.org_id), row.kind, day_of(row.starts))
    return by if "staff" in kind.join else replace(by, post="", grants=())


def _view(row: Slot) -> SlotView:
    kind = kind_of(str(row.org_id), row.kind, day_of(row.starts))
    branch = row.domain == "party" and row.form == "meeting"
    return SlotView(
        row.code, row.kind, row.title, titled(kind), row.form, row.state, str(row.org_id), name_of(str(row.org_id)),
        row.place, row.where, stamp(row.starts), stamp(row.ends), row.seats, None if branch else row.taken,
        None if branch else row.waiting, None if branch else row.heads, row.level, row.origin,
    )  # fmt: skip


def _local(at: datetime) -> str:
    return timezone.localtime(at).date().isoformat()
