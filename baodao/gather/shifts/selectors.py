"""Reads of call-outs: which ones, their grid of shifts, who is willing (codes only), one person's own page, whom a unit misses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from django.db.models import Count, Q, QuerySet

from baodao.gather.models import Seat, Slot
from baodao.kernel.act import Act, Subject
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import Columns, reach_of, where
from baodao.people.selectors import same_person, token_for, tokens_for
from baodao.people.services.reading import read_identity

from .limits import Duty
from .models import CallArea, CallOut, Roster, StandIn, Willing

READ, FILL, HOME, DOMAIN = "callout.read", "callout.fill", "callout.home", "service"
SKILL = "skill."
_LEGS = (CallArea, "call", "org_id", "org_id")
COLUMNS = Columns(org="org_id", level="level", key="pk", legs=_LEGS)
#: A unit sees a fortnight ahead.
AHEAD = timedelta(days=14)


def of_call(call: CallOut, areas: Iterable[str] = ()) -> Subject:
    """A call-out as a rule is asked about it: whoever declared it, and those who have its posts."""
    return Subject(
        ref=f"call:{call.code}", org=str(call.org_id), level=1, legs=tuple((one, "") for one in areas)
    )


def of_area(org: str, code: str = "new") -> Subject:
    """The posts of one organization in a call-out."""
    return Subject(ref=f"call:{code}", org=org, level=1)


def own_subject(by: Act) -> Subject:
    """One's own offer and shifts."""
    return Subject(ref="willing:own", persons=(by.person,), level=2)


def visible(by: Act) -> QuerySet[CallOut]:
    """Call-outs that this actor sees; no statement yet."""
    reach = reach_of(by, READ)
    return CallOut.objects.filter(where(reach, COLUMNS)) if reach else CallOut.objects.none()


def listed(by: Act, after: str = "", limit: int = 51) -> list[CallOut]:
    """Those that are on first, the newest first, behind the key ``after`` (``<state>.<code>``). One statement."""
    rows = visible(by).order_by("-state", "-code")
    state, _dot, code = after.partition(".")
    if code:
        rows = rows.filter(Q(state__lt=state) | Q(state=state, code__lt=code))
    return list(rows[:limit])


def call(by: Act, code: str) -> CallOut | None:
    """One call-out. One statement."""
    return visible(by).filter(code=code).first()


def areas_of(code: str) -> list[str]:
    """Organizations that have its posts. One statement."""
    rows = CallArea.objects.filter(call=code).order_by("org").values_list("org_id", flat=True)
    return [str(one) for one in rows]


class Shift(msgspec.Struct, frozen=True):
    """A shift of a call-out in numbers: nobody is named. ``gap``: seats that nobody has taken."""

    code: str
    org: str
    starts: datetime
    ends: datetime
    seats: int
    taken: int
    invited: int
    stand_ins: int
    state: str
    skill: str
    where: str

    @property
    def gap(self) -> int:
        """Seats nobody has taken."""
        return max(0, self.seats - self.taken) if self.state != "called_off" else 0


def shifts(code: str, org: str = "") -> list[Shift]:
    """Shifts of a call-out (of one organization), by organization and time. Two statements."""
    rows = Slot.objects.filter(about=f"call:{code}", **({"org": org} if org else {})).order_by(
        "org_id", "starts", "code"
    )
    found = rows.annotate(invited=Count("rows", filter=Q(rows__state="invited")))
    open_: dict[str, int] = {}
    for slot in StandIn.objects.filter(call=code).values_list("slot", flat=True):
        open_[slot] = open_.get(slot, 0) + 1
    return [
        Shift(
            row.code, str(row.org_id), row.starts, row.ends, row.seats, row.taken, row.invited,
            open_.get(row.code, 0), row.state, skill_of(row.traits), row.where,
        )
        for row in found
    ]  # fmt: skip


def skill_of(traits: str | Iterable[str]) -> str:
    """The skill that a shift asks for; "" for none."""
    words = traits.split(",") if isinstance(traits, str) else traits
    return next((word.removeprefix(SKILL) for word in words if word.startswith(SKILL)), "")


def seated(codes: Sequence[str]) -> list[Seat]:
    """Who sits in these shifts or is asked. One statement."""
    rows = Seat.objects.filter(slot__in=list(codes), state__in=["seat", "invited"])
    return list(rows.order_by("slot_id", "state", "n"))


def names(by: Act, org: str, code: str, tokens: Sequence[str]) -> Mapping[str, str]:
    """Token → name, for whoever fills the posts of ``org``, for a purpose. Raises Refused."""
    read = read_identity(by, tokens, ("name",), of_area(org, code), right=FILL)
    return {token: read.one(token, "name") for token in tokens}


# ── who is willing ──────────────────────────────────────────────────────────────────────────────────────


def willing(tokens: Iterable[str] | None = None) -> list[Willing]:
    """Those who offered themselves and are not pausing; of these tokens only, where given. One statement."""
    rows = Willing.objects.filter(paused=False)
    return list((rows if tokens is None else rows.filter(token__in=list(tokens))).order_by("token"))


def near(org: str, others: Sequence[str], limit: int) -> list[Willing]:
    """Those not pausing whose usual place lies in an organization, and ``others``. One statement."""
    below = orgs.forest().below(org, orgs.today())
    rows = Willing.objects.filter(Q(base__in=list(below)) | Q(token__in=list(others)), paused=False)
    return list(rows.order_by("token")[:limit])


def words(listed_: str) -> tuple[str, ...]:
    """A stored list as words."""
    return tuple(one for one in listed_.split(",") if one)


def rosters(org: str, kind: str) -> list[Roster]:
    """Rosters of an organization for a kind of call-out, in order. One statement."""
    return list(Roster.objects.filter(org=org, kind=kind).order_by("turn", "n", "token"))


def rosters_of(areas: Sequence[str], kind: str) -> dict[tuple[str, int], list[str]]:
    """(organization, turn) → tokens in order. One statement."""
    found: dict[tuple[str, int], list[str]] = {}
    for row in Roster.objects.filter(org__in=list(areas), kind=kind).order_by("n", "token"):
        found.setdefault((str(row.org_id), row.turn), []).append(row.token)
    return found


def duties(tokens: Iterable[str], since: datetime, until: datetime) -> dict[str, list[Duty]]:
    """token → her times between two moments, in both domains; what she is asked for and has not answered is hers too, so that
    nobody gets two at once. Two statements."""
    wanted = list(dict.fromkeys(tokens))
    if not wanted:
        return {}
    persons = same_person(wanted)
    all_ = {other for found in persons.values() for other in found}
    rows = Seat.objects.filter(token__in=all_, starts__lt=until, ends__gt=since)
    rows = rows.filter(Q(holds=True) | Q(state="invited", slot__state="open") | Q(minutes__gt=0))
    held: dict[str, list[Duty]] = {}
    for token, starts, ends, form, status, minutes in rows.values_list(
        "token", "starts", "ends", "slot__form", "status", "minutes"
    ):
        one = Duty(starts, ends, form == "shift", minutes if status else None)
        held.setdefault(token, []).append(one)
    return {token: [one for other in persons[token] for one in held.get(other, ())] for token in wanted}


# ── one person's own ────────────────────────────────────────────────────────────────────────────────────


class Mine(msgspec.Struct, frozen=True):
    """One of my shifts, or an invitation to one; ``call`` is its call-out, ``asks``: I look for a stand-in."""

    slot: Slot
    state: str
    starts: datetime
    ends: datetime
    call: str
    asks: bool


def own(person: str) -> tuple[str, Willing | None]:
    """A person's token ("" for none) and offer. Two statements."""
    token = token_for(person, DOMAIN)
    return token, (Willing.objects.filter(token=token).first() if token else None)


def mine(token: str, now: datetime, limit: int = 50) -> list[Mine]:
    """Shifts of call-outs that are still to come or under way, and invitations. Two statements."""
    rows = Seat.objects.filter(token=token, state__in=["seat", "invited"], ends__gt=now)
    rows = rows.filter(slot__about__startswith="call:", slot__state="open").select_related("slot")
    asked = set(StandIn.objects.filter(token=token).values_list("slot", flat=True))
    return [
        Mine(
            row.slot, row.state, row.starts, row.ends, row.slot.about.partition(":")[2], row.slot_id in asked
        )
        for row in rows.order_by("starts", "slot_id")[:limit]
    ]


def stand_ins(token: str, now: datetime, limit: int = 20) -> list[Slot]:
    """Shifts that somebody else looks for a stand-in for. One statement; whether I may take one is asked when I do."""
    wanted = StandIn.objects.exclude(token=token).values("slot")
    return list(
        Slot.objects.filter(code__in=wanted, starts__gt=now, state="open").order_by("starts", "code")[:limit]
    )


# ── the unit at home ────────────────────────────────────────────────────────────────────────────────────


class Away(msgspec.Struct, frozen=True):
    """One of a unit's own people on a shift: which post she holds ("": she has none and let the unit know), when, for what."""

    post: str
    starts: datetime
    ends: datetime
    call: str


def away(by: Act, org: str, now: datetime) -> list[Away]:
    """Whom a unit misses within a fortnight: its own staff, and those who said that it may know. Raises Refused. Five statements."""
    found = reach_of(by, HOME)
    if not found.admits(Subject(ref=f"org:{org}", org=org, level=1), orgs.forest().chain):
        return []
    day = orgs.today()
    posts = orgs.holders(list(orgs.forest().below(org, day)), day)
    tokens = tokens_for({post.person for post in posts if post.person}, DOMAIN)
    titles = {tokens[post.person]: post.title for post in posts if post.person in tokens}
    titles |= {
        one: titles.get(one, "") for one in Willing.objects.filter(unit=org).values_list("token", flat=True)
    }
    rows = Seat.objects.filter(token__in=list(titles), holds=True, ends__gt=now, starts__lt=now + AHEAD)
    rows = rows.filter(slot__about__startswith="call:").select_related("slot").order_by("starts", "token")
    calls = {row.slot.about.partition(":")[2] for row in rows}
    called = dict(CallOut.objects.filter(code__in=calls).values_list("code", "title"))
    return [
        Away(titles[row.token], row.starts, row.ends, called.get(row.slot.about.partition(":")[2], ""))
        for row in rows
    ]
