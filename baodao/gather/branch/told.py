"""Evenings as the ledger has them: what was told, who was there (for the branch), what is announced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.gather.fold import moment
from baodao.gather.kinds import kinds_of
from baodao.gather.models import Seat, Side, Slot
from baodao.kernel.errors import Missing
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_among, in_force, texts_of

DOMAIN, FORM = "party", "meeting"


class Told(Struct, frozen=True, kw_only=True):
    """A recorded evening as the ledger has it. ``handed_on``: decision → number of the matter; ``inner`` only for the branch;
    ``versions``: facts of the record, the last one holds; ``reason`` of the last correction; ``theirs``: organization that held it
    too → how many of its own members of each state, once it has told."""

    code: str
    org: str
    kinds: tuple[str, ...]
    items: tuple[str, ...]
    starts: datetime
    ends: datetime
    title: str
    where: str
    counts: dict[str, int]
    heads: int
    traits: tuple[str, ...]
    meets: tuple[str, ...]
    with_orgs: tuple[str, ...]
    papers: tuple[str, ...]
    minutes: str
    inner: str
    decisions: tuple[str, ...]
    handed_on: dict[int, str]
    procedure: str
    fact: int
    noted: datetime
    versions: tuple[int, ...]
    reason: str
    theirs: dict[str, dict[str, int]]

    @property
    def roll(self) -> int:
        """Members who were on the roll then."""
        return sum(self.counts.values())

    def part(self, states: Iterable[str]) -> int:
        """How many took part, by the states that count."""
        return sum(self.counts.get(status, 0) for status in states)


_KINDS = ("gather.held", "gather.handed_on", "gather.together")
_COUNTED = ("present", "phone", "visit", "made_up", "excused", "absent")


def told(code: str, at: int | None = None) -> Told:
    """One recorded evening. Raises Missing."""
    found = told_all([code], at)
    if not found:
        raise Missing.of("code", _("没有这次会，或者它不对您开放"))
    return found[0]


def told_all(codes: Sequence[str], at: int | None = None) -> list[Told]:
    """Recorded evenings in the order asked, at a ledger position. Four statements for any number."""
    return told_of(list(Slot.objects.filter(code__in=list(codes))), codes, at)


def told_of(slots_: Sequence[Slot], codes: Sequence[str], at: int | None = None) -> list[Told]:
    """The same of slots that were read already. Three statements, none without any."""
    if not codes:
        return []
    wanted = [f"gather:{code}" for code in codes]
    rows = Fact.objects.filter(subject__in=wanted, kind__in=_KINDS)
    if at is not None:
        rows = rows.filter(id__lte=at)
    found = facts_among(rows)
    held = [fact for fact in found if fact.kind == "gather.held"]
    live = {fact.id for fact in (in_force(held) if at is None else _last(held))}
    texts = texts_of(fact.id for fact in held)
    slots = {slot.code: slot for slot in slots_}
    made = {}
    for fact in held:
        code = fact.subject.partition(":")[2]
        if fact.id in live and code in slots:
            mine = [f for f in found if f.subject == fact.subject]
            made[code] = _told(slots[code], fact, texts.get(fact.id, {}), mine)
    return [made[code] for code in codes if code in made]


def _last(held: Iterable[Recorded]) -> list[Recorded]:
    return list({fact.subject: fact for fact in held}.values())


def _told(slot: Slot, fact: Recorded, texts: Mapping[str, str], mine: Sequence[Recorded]) -> Told:
    data = fact.data
    kinds = tuple(one[5:] for one in data.traits if one.startswith("kind:"))
    kinds = (data.kind, *(one for one in kinds if one != data.kind))
    known = kinds_of(str(slot.org_id), timezone.localdate(slot.starts))
    numbered = sorted(
        ((int(s.partition(".")[2]), t) for s, t in texts.items() if s.startswith("decision.")),
        key=lambda p: p[0],
    )
    return Told(
        code=slot.code, org=fact.org, kinds=kinds, title=slot.title, where=slot.where,
        items=tuple(one[5:] for one in data.traits if one.startswith("item:")),
        starts=moment(data.span.starts), ends=moment(data.span.ends),
        counts={name: getattr(data, name) for name in _COUNTED}, heads=data.heads, traits=data.traits, meets=data.meets,
        with_orgs=data.with_orgs, papers=data.papers, minutes=texts.get("minutes", ""), inner=texts.get("inner", ""),
        decisions=tuple(t for _n, t in numbered),
        handed_on={f.data.n: f.data.number for f in mine if f.kind == "gather.handed_on"},
        procedure=known[data.kind].decides if data.kind in known else "", fact=fact.id, noted=fact.noted,
        versions=tuple(f.id for f in mine if f.kind == "gather.held"), reason=texts.get("reason", ""),
        theirs={
            f.org: {name: getattr(f.data, name) for name in _COUNTED} for f in mine if f.kind == "gather.together"
        },
    )  # fmt: skip


def attended_before(code: str, token: str) -> int | None:
    """The fact that tells a member's presence so far."""
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.attended", person=token)
    last: int | None = rows.aggregate(last=Max("id"))["last"]
    return last


Presence = dict[str, tuple[str, bool]]


def presence(code: str, org: str) -> Presence:
    """token → (status, disputed) of an organization's own members, for it alone: the caller has asked. Two statements."""
    return presence_of([code], org).get(code, {})


def presence_of(codes: Sequence[str], org: str) -> dict[str, Presence]:
    """The same of several evenings. Two statements."""
    rows = Seat.objects.filter(slot__in=list(codes)).exclude(status="").order_by("slot", "token")
    theirs = sides(codes)
    found: dict[str, Presence] = {}
    for code, token, status, disputed in rows.values_list("slot_id", "token", "status", "disputed"):
        convener, others = theirs.get(str(code), ("", {}))
        if others.get(token, convener) in (org, ""):
            found.setdefault(str(code), {})[token] = (status, disputed)
    return found


def sides(codes: Sequence[str]) -> dict[str, tuple[str, dict[str, str]]]:
    """Evening that others held too → (who recorded it, token → the organization that told of her). One statement."""
    rows = Fact.objects.filter(subject__in=[f"gather:{code}" for code in codes])
    rows = rows.filter(kind__in=("gather.opened", "gather.attended")).order_by("id")
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for subject, org, token in rows.values_list("subject", "org", "person"):
        code = subject.partition(":")[2]
        if not token:
            found[code] = (org, {})
        elif code in found and org != found[code][0]:
            found[code][1][token] = org
    return found


def others(code: str, org: str) -> frozenset[str]:
    """Tokens of those of whom another organization told. One statement."""
    _convener, told_ = sides([code]).get(code, ("", {}))
    return frozenset(token for token, side in told_.items() if side != org)


def together_before(code: str, org: str) -> int | None:
    """The fact by which an organization told of its members so far. One statement."""
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.together", org=org)
    last: int | None = rows.aggregate(last=Max("id"))["last"]
    return last


def excuses(code: str) -> dict[str, str]:
    """token → why she is excused, for the branch alone. Two statements."""
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.attended").order_by("id")
    last = {person: id_ for id_, person in rows.values_list("id", "person")}
    texts = texts_of(last.values())
    return {token: texts[id_]["reason"] for token, id_ in last.items() if texts.get(id_, {}).get("reason")}


def replies(code: str) -> dict[str, str]:
    """token → what she objects to, for the branch alone. Two statements."""
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.disputed").order_by("id")
    last = {person: id_ for id_, person in rows.values_list("id", "person")}
    texts = texts_of(last.values())
    return {token: texts.get(id_, {}).get("reply", "") for token, id_ in last.items()}


def held_of(org: str, *, since: date | None = None, until: date | None = None, limit: int = 500) -> list[str]:
    """Codes of an organization's recorded evenings, newest first, in [since, until). One statement."""
    rows = Slot.objects.filter(org=org, form=FORM, state="held", domain=DOMAIN)
    if since is not None:
        rows = rows.filter(starts__gte=midnight(since))
    if until is not None:
        rows = rows.filter(starts__lt=midnight(until))
    return list(rows.order_by("-starts", "-code").values_list("code", flat=True)[:limit])


def last_place(org: str) -> str:
    """Where the last evening was; most are held there again. One statement."""
    rows = Slot.objects.filter(org=org, form=FORM, domain=DOMAIN).order_by("-starts", "-code")
    return rows.values_list("where", flat=True).first() or ""


def planned(code: str) -> Slot | None:
    """A slot that is not recorded yet."""
    return Slot.objects.filter(code=code, form=FORM, domain=DOMAIN).first()


def midnight(day: date) -> datetime:
    """The beginning of a local day."""
    return datetime.combine(day, time(), timezone.get_current_timezone()).astimezone(UTC)


def local_day(at: datetime) -> date:
    """The district's day of a moment."""
    return timezone.localdate(at)


#: Hours before an announced evening at which its members are told once more.
BEFORE = 24


def to_remind(now: datetime, limit: int = 200) -> list[tuple[Slot, str]]:
    """(announced evening within a day, side that holds it) whose members were not reminded of it yet; those who heard of it only within
    that day are left out. Three statements."""
    near = now + timedelta(hours=BEFORE)
    rows = Slot.objects.filter(form=FORM, domain=DOMAIN, state="open", starts__gt=now, starts__lte=near)
    found = list(rows.order_by("starts", "code")[:limit])
    known = Fact.objects.filter(
        subject__in=[f"gather:{slot.code}" for slot in found],
        kind__in=("gather.reminded", "gather.opened", "gather.side_answered"),
    ).values_list("subject", "org", "kind", "noted")
    told = {
        (subject, org)
        for subject, org, kind, noted in known
        if kind == "gather.reminded" or noted > near - 2 * timedelta(hours=BEFORE)
    }
    too: dict[str, list[str]] = {}
    for side in Side.objects.filter(slot__in=[slot.code for slot in found], state="joins").order_by("org"):
        too.setdefault(side.slot, []).append(side.org)
    wanted = [(slot, org) for slot in found for org in (str(slot.org_id), *too.get(slot.code, ()))]
    return [(slot, org) for slot, org in wanted if (f"gather:{slot.code}", org) not in told]
