"""Every read of branch life. Names open for a purpose only; those above have what was told openly, and shares from ten on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Max, Q
from msgspec import Struct

from baodao.dues import board
from baodao.dues import selectors as dues
from baodao.gather.declare import Gathering
from baodao.gather.kinds import kinds_of
from baodao.gather.models import Seat, Slot
from baodao.gather.selectors import OfBranch, of_branches
from baodao.kernel.act import Act, Subject
from baodao.kernel.jinja import day as day_words
from baodao.kernel.jinja import short_day
from baodao.ledger.models import Fact
from baodao.ledger.selectors import fact_rows
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.selectors import fellows_of
from baodao.orgs.policies import reach_of
from baodao.orgs.rolls.models import Membership
from baodao.people.selectors import persons_of, token_for
from baodao.people.services.reading import read_identity

from .evening import SECRET
from .kept import holds, papers_of, pictures_of, points_of
from .models import Handed
from .told import (
    BEFORE,
    DOMAIN,
    FORM,
    Told,
    attended_before,
    excuses,
    held_of,
    last_place,
    local_day,
    midnight,
    others,
    planned,
    presence,
    presence_of,
    replies,
    to_remind,
    together_before,
    told,
    told_all,
)

RECORD, READ, SEE, OWN = "meeting.record", "meeting.read", "meeting.see", "meeting.own"


def subject_of(org: str, persons: tuple[str, ...] = ()) -> Subject:
    """What a right on a branch's evenings is asked about: those who keep its record take part; nobody above."""
    return Subject(ref=f"meeting:{org}", org=org, level=2, legs=((org, ""),), persons=persons)


def open_of(org: str) -> Subject:
    """The same for what was told openly: that it was held, agenda, minutes, decisions, what it met."""
    return Subject(ref=f"meeting:{org}", org=org, level=1)


# ── what may be recorded ────────────────────────────────────────────────────────────────────────────────────


def kinds_at(org: str, day: date) -> Mapping[str, Gathering]:
    """Kinds of meetings of Party life that this organization holds, as its pack declares them. No statement."""
    node = orgs.forest().nodes.get(org)
    level = node.level if node is not None else ""
    return {
        name: kind
        for name, kind in kinds_of(org, day).items()
        if kind.form == FORM and kind.domain == DOMAIN and (not kind.at or level in kind.at)
    }


def roll_on(org: str, day: date) -> list[str]:
    """Tokens of those on a branch's roll on a day, in order. One statement."""
    rows = Membership.objects.filter(org=org, state="in", since__lte=day)
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=day))
    return sorted(set(rows.values_list("token", flat=True)))


def side_roll(one: Told, org: str) -> list[str]:
    """Whom an organization that held an evening too tells of: its own roll of the day, but for those on the roll of the branch that
    recorded it. Two statements."""
    day = local_day(one.starts)
    recorded = set(roll_on(one.org, day))
    return [token for token in roll_on(org, day) if token not in recorded]


def names(by: Act, org: str, tokens: Iterable[str]) -> dict[str, str]:
    """Token → name, for a purpose; each look is in the member's access log. Raises Refused."""
    wanted = list(tokens)
    read = read_identity(by, wanted, ("name",), subject_of(org), right=READ)
    return {token: read.one(token, "name") for token in wanted}


def own_token(by: Act) -> str:
    """The Party token of the one who acts; "" for none. One statement."""
    return token_for(by.person, DOMAIN) if by.person else ""


class Proposal(Struct, frozen=True):
    """A due that the evening would meet. ``key`` as facts.Held writes it; ``whose``: another organization that held it too."""

    key: str
    title: str
    why: str
    whose: str = ""
    met: bool = False


def proposals(org: str, day: date, traits: Sequence[str], with_orgs: Sequence[str] = ()) -> list[Proposal]:
    """Which dues an evening of these traits meets, for each organization that holds it, and why."""
    found = []
    for one in (org, *with_orgs):
        for due in dues.proposals(one, day, frozenset(traits)):
            if due.subject == "member:":
                continue  # goes to those who came: see own_dues
            key = due.requirement if due.subject == f"org:{org}" else f"{due.requirement}/{due.subject}"
            whose = "" if one == org else orgs.name_of(one)
            found.append(Proposal(key, due.title, due.why, whose, bool(due.met)))
    return found


def own_dues(org: str, day: date, traits: Sequence[str]) -> list[str]:
    """Requirements of members themselves (study hours) that minutes of this evening go to."""
    found = dues.proposals(org, day, frozenset(traits))
    return [due.requirement for due in found if due.subject == "member:" and due.unit == "minutes"]


def partners(org: str, day: date) -> list[tuple[str, str]]:
    """(code, name) of those with whom an evening may be held together: its own groups, and organizations in an alliance with it.
    One statement."""
    trees = orgs.forest()
    found = [code for code in trees.children(org, day) if code in trees.nodes]
    found += fellows_of(org, day)
    return [
        (code, orgs.name_of(code)) for code in dict.fromkeys(found) if code != org and kinds_at(code, day)
    ]


def too_few(org: str, day: date) -> int:
    """How many are on the roll when they are too few for a secret result; 0 when they are enough. One statement."""
    n = len(roll_on(org, day))
    return n if n < SECRET else 0


class Due(Struct, frozen=True):
    """One due as the branch reads it; ``kind`` is the meeting that meets it ("": none by its kind alone), ``open`` whether one may still be
    held for it, ``window`` its first and last day."""

    title: str
    words: str
    tone: str
    when: str
    make_up: str
    old: bool
    open: bool
    kind: str
    window: tuple[date, date]


def due_now(org: str, day: date) -> list[Due]:
    """What an organization owes around a day, what is done, what is missing and until when it can be made up."""
    from django.utils.translation import gettext as _

    from .words import STANDS

    found, known = [], kinds_at(org, day)
    for one in sorted(board.lines([org], day), key=dues.order):
        stand = one.stand
        words, tone = STANDS[stand.state]
        when = _("%(first)s 到 %(last)s") % {
            "first": short_day(stand.window.opens), "last": short_day(stand.window.closes),
        }  # fmt: skip
        late = stand.can_make_up(day) and stand.window.make_up is not None
        make_up = _("可以补开，到 %(day)s 为止") % {"day": day_words(stand.window.make_up)} if late else ""
        found.append(
            Due(
                dues.title_of(one.rule),
                str(words),
                tone,
                when,
                make_up,
                stand.state == "missing" and not late,
                stand.state == "due" or late,
                _kind_for(one.rule.counts_if, known),
                (stand.window.opens, stand.window.closes),
            )
        )
    return found


def _kind_for(counts_if: Sequence[str], known: Mapping[str, Gathering]) -> str:
    names = [name[5:] for trait in counts_if for name in trait.split("|") if name.startswith("kind:")]
    return next((name for name in names if name in known), "")


# ── those above ─────────────────────────────────────────────────────────────────────────────────────────────


class Below(Struct, frozen=True):
    """What one organization below held in a period: how many, how many without the first item, how many members took part of
    how many asked (None under ten members)."""

    org: str
    held: int
    without_first: int
    part: int | None
    asked: int | None


def below(by: Act, since: date, until: date, after: str = "", limit: int = 51) -> list[Below]:
    """Organizations below that hold meetings, by code behind ``after``: never who was there. Five statements."""
    reach = reach_of(by, SEE)
    roots = [org for org, top in reach.below if top >= 1]
    if not roots:
        return []
    trees = orgs.forest()
    codes = sorted(
        code for code in trees.nodes
        if code > after and any(root in trees.chain(code, since) for root in roots) and kinds_at(code, since)
    )[:limit]  # fmt: skip
    rows = Slot.objects.filter(org__in=codes, form=FORM, state="held", domain=DOMAIN)
    rows = rows.filter(starts__gte=midnight(since), starts__lt=midnight(until))
    evenings: dict[str, list[Told]] = {}
    for one in told_all(list(rows.values_list("code", flat=True)[:5000])):
        evenings.setdefault(one.org, []).append(one)
    return [_below(code, evenings.get(code, []), since) for code in codes]


def _below(org: str, evenings: Sequence[Told], day: date) -> Below:
    known = kinds_at(org, day)
    bare = sum(1 for one in evenings if without_first(known, one))
    asked = sum(one.roll for one in evenings)
    small = any(one.roll < SECRET for one in evenings)
    part = sum(
        one.part(known[one.kinds[0]].counts if one.kinds[0] in known else ("present",)) for one in evenings
    )
    return Below(
        org,
        len(evenings),
        bare,
        None if small or not evenings else part,
        None if small or not evenings else asked,
    )


def without_first(known: Mapping[str, Gathering], one: Told) -> bool:
    """Whether a set first item was asked for and not taken."""
    asked = {
        item.trait
        for name in one.kinds
        if name in known
        for item in known[name].item
        if item.required and item.trait
    }
    return bool(asked - set(one.traits))


# ── years ───────────────────────────────────────────────────────────────────────────────────────────────────


class Closed(Struct, frozen=True):
    """A closed year: the ledger's position, when, how many evenings."""

    year: int
    position: int
    evenings: int
    noted: datetime


def closed_year(org: str, year: int) -> Closed | None:
    """The closing of an organization's year, or None. Two statements."""
    ids = Fact.objects.filter(subject=f"register:{org}", kind="gather.year_closed").values_list(
        "id", flat=True
    )
    for fact in fact_rows(ids):
        if fact.data.year == year:
            return Closed(year, fact.data.position, fact.data.evenings, fact.noted)
    return None


def year_now(org: str, year: int) -> tuple[int, int]:
    """(evenings, ledger position) as they stand."""
    codes = held_of(org, since=date(year, 1, 1), until=date(year + 1, 1, 1), limit=5000)
    return len(codes), Fact.objects.aggregate(last=Max("id"))["last"] or 0


def own_evenings(token: str, limit: int = 50) -> list[tuple[Slot, str, bool, int]]:
    """(evening, status, disputed, minutes) of a member, newest first: her own page. One statement."""
    rows = Seat.objects.filter(token=token, slot__form=FORM, slot__domain=DOMAIN).exclude(status="")
    rows = rows.select_related("slot").order_by("-starts")[:limit]
    return [(row.slot, row.status, row.disputed, row.minutes) for row in rows]


def coming(token: str, now: datetime, limit: int = 10) -> list[OfBranch]:
    """Announced evenings that the branches on whose rolls a member is hold, by themselves or with others: her own page. Three statements."""
    rows = of_branches(token, now, state="open")
    return [one for one in rows if one.slot.form == FORM and one.slot.domain == DOMAIN][:limit]


def evening_of(number: str) -> Slot | None:
    """The evening whose decision became this matter. One statement."""
    return Slot.objects.filter(code__in=Handed.objects.filter(number=number).values("slot")).first()


def roll_persons(slot: Slot, org: str) -> list[str]:
    """Uids of those whom a side of an announced evening tells of it: its roll of that day. Two statements."""
    tokens = roll_on(org, local_day(slot.starts))
    return sorted(set(persons_of(tokens, "notify").values()))


#: Read by pages as one with the rest.
__all__ = [
    "BEFORE",
    "DOMAIN",
    "FORM",
    "OWN",
    "READ",
    "RECORD",
    "SECRET",
    "SEE",
    "Below",
    "Closed",
    "Due",
    "Proposal",
    "Told",
    "attended_before",
    "below",
    "closed_year",
    "coming",
    "due_now",
    "evening_of",
    "excuses",
    "held_of",
    "holds",
    "kinds_at",
    "last_place",
    "local_day",
    "midnight",
    "names",
    "open_of",
    "others",
    "own_dues",
    "own_evenings",
    "own_token",
    "papers_of",
    "partners",
    "pictures_of",
    "planned",
    "points_of",
    "presence",
    "presence_of",
    "proposals",
    "replies",
    "roll_on",
    "roll_persons",
    "side_roll",
    "subject_of",
    "to_remind",
    "together_before",
    "told",
    "told_all",
    "too_few",
    "without_first",
    "year_now",
]
