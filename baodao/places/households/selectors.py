"""Reads of households. Lists and pages show what is written only for a purpose: `opened` writes the access log."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import msgspec
from django.db import transaction
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Refused
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.orgs.policies import Columns, reach_of, where
from baodao.people.declare import purposes
from baodao.people.selectors import persons_of, token_for
from baodao.people.services.logs import log_looks
from baodao.people.services.reading import read_identity

from . import facts
from .fold import Whole, fold
from .models import Household, HouseholdLine, HouseholdMember
from .policies import COUNT, LEAST, READ, of, visible

DOMAIN = "service"


def wholes(codes: Iterable[str], gone: frozenset[int] = frozenset()) -> dict[str, Whole]:
    """Households as the ledger has them, without the facts in ``gone``. Two statements."""
    by_code: dict[str, list[Recorded]] = {}
    for fact in facts_of([f"household:{code}" for code in sorted(set(codes))]):
        if fact.id not in gone:
            by_code.setdefault(fact.subject.partition(":")[2], []).append(fact)
    written = [f.id for rows in by_code.values() for f in rows if isinstance(f.data, facts.Written)]
    kept = texts_of(written) if written else {}
    found = {code: fold(rows, kept) for code, rows in by_code.items()}
    return {code: whole for code, whole in found.items() if whole is not None}


class Wish(msgspec.Struct, frozen=True):
    """What a list is narrowed to: a grid, a building, a field that is written; ``view``: "" open, "soon" (a line ends
    within 30 days), "closed"."""

    grid: str = ""
    building: str = ""
    field: str = ""
    view: str = ""


class Listed(msgspec.Struct, frozen=True):
    """A row of the list, without anything that is written."""

    code: str
    org: str
    grid: str
    building: str
    since: date
    until: date | None
    lines: int
    next_end: date | None
    origin: str


def listed(by: Act, wish: Wish, today: date, after: str = "", limit: int = 51) -> list[Listed]:
    """A page by code behind ``after``. One statement."""
    rows = visible(by)
    rows = rows.filter(until__isnull=wish.view != "closed")
    for name in ("grid", "building"):
        if value := getattr(wish, name):
            rows = rows.filter(**{name: value})
    if wish.field:
        rows = rows.filter(pk__in=HouseholdLine.objects.filter(field=wish.field).values("household_id"))
    rows = rows.filter(code__gt=after) if after else rows
    counted = rows.annotate(n=Count("lines"), soonest=Min("lines__until"))
    if wish.view == "soon":
        counted = counted.filter(soonest__lte=date.fromordinal(today.toordinal() + 30))
    return [
        Listed(
            row.code, str(row.org_id), row.grid, row.building, row.since, row.until, row.n, row.soonest, row.origin
        )
        for row in counted.order_by("code")[:limit]
    ]  # fmt: skip


def household(by: Act, code: str, right: str = READ) -> Household | None:
    """One household that this actor may work with. One statement."""
    return visible(by, right).filter(code=code).first()


def lines_of(code: str) -> list[HouseholdLine]:
    """The lines that stand, without what is written. One statement."""
    return list(HouseholdLine.objects.filter(household=code).order_by("n"))


class Said(msgspec.Struct, frozen=True):
    """What a line says: an address, a number, the code of a need; of a contact name and telephone."""

    text: str
    phone: str = ""


def opened(by: Act, codes: Sequence[str]) -> dict[str, dict[int, Said]]:
    """code → n → what is written, for a purpose; the access log says who read what of which household, also to those who
    keep it at hand. Raises Refused without purpose or right. The caller found the codes by `visible`."""
    if by.purpose not in purposes():
        raise Refused.of("purpose", _("没有说明用途"), _("查看个人信息要先选一个用途"))
    allowed_codes = set(visible(by).filter(code__in=list(codes)).values_list("code", flat=True))
    if set(codes) - allowed_codes:
        raise Refused.of("", _("这一户不归您的岗位联系"), _("请换岗位"))
    with transaction.atomic():
        held = wholes(codes)
        found = _told(held)
        members = persons_of({token for whole in held.values() for token in whole.tokens}, by.purpose)
        looks = []
        for code, whole in held.items():
            found[code] |= _contacts(by, code, whole)
            # Who is in the vault was logged there; the household as such, and who keeps it at hand, are logged here.
            fields = tuple(sorted({line.field for line in whole.lines.values()}))
            whom = [code, *(members[token] for token in sorted(whole.tokens) if token in members)]
            looks += [
                (whole.org, one, fields, f"household:{code}") for one in whom if fields and one != by.person
            ]
        log_looks(by, looks)
    return found


def _contacts(by: Act, code: str, whole: Whole) -> dict[int, Said]:
    found = {}
    for line in whole.lines.values():
        if line.token:
            read = read_identity(by, [line.token], ("name", "phone"), of(code, whole.org), right=READ)
            found[line.n] = Said(read.one(line.token, "name"), read.one(line.token, "phone"))
    return found


def _told(held: Mapping[str, Whole]) -> dict[str, dict[int, Said]]:
    """code → n → text of every line but contacts. One statement."""
    texts = texts_of([line.fact for whole in held.values() for line in whole.lines.values()])
    return {
        code: {
            line.n: Said(texts.get(line.fact, {}).get("text", ""))
            for line in whole.lines.values()
            if not line.token
        }
        for code, whole in held.items()
    }


def told(whole: Whole) -> dict[int, Said]:
    """n → text of every line but contacts: for the household itself. One statement."""
    return _told({"": whole})[""]


def own_codes(person: str) -> list[str]:
    """Households that a signed-in person keeps at hand. Two statements."""
    token = token_for(person, DOMAIN)
    rows = HouseholdMember.objects.filter(token=token) if token else HouseholdMember.objects.none()
    return sorted(str(code) for code in rows.values_list("household_id", flat=True))


def members(code: str) -> int:
    """How many signed-in persons keep it at hand. One statement."""
    return HouseholdMember.objects.filter(household=code).count()


def history(code: str) -> list[Recorded]:
    """All facts of a household, newest first. One statement."""
    return facts_of(f"household:{code}")[::-1]


def ended(now: date, limit: int = 200) -> list[tuple[str, int]]:
    """(household, n) of lines whose last day has passed. One statement."""
    rows = HouseholdLine.objects.filter(until__lte=now).order_by("until", "household_id", "n")
    return [(str(code), n) for code, n in rows.values_list("household_id", "n")[:limit]]


def counts(by: Act) -> list[tuple[str, int | None]]:
    """(community, open households; None: fewer than 10) below the actor, for those who may count. One statement."""
    reach = reach_of(by, COUNT)
    if not reach:
        return []
    # A count is of level 1, whatever the level of what is counted.
    rows = Household.objects.filter(where(reach, Columns(level="")))
    found = Counter(dict(rows.filter(until__isnull=True).values_list("org_id").annotate(n=Count("code"))))
    return [(str(org), n if n >= LEAST else None) for org, n in sorted(found.items())]


class Homes(msgspec.Struct, frozen=True):
    """Households at a place, as far as a reader goes. ``kept``: she keeps them and may open the list, ``n`` is that of the place; else ``n`` is
    that of the whole community (None: fewer than 10), since parts of a small number tell on each other."""

    n: int | None
    kept: bool


def at_place(by: Act, org: str, *, grid: str = "", buildings: Collection[str] = ()) -> Homes | None:
    """What the page of a grid, a building or a compound of a community says; None for whoever reads nothing of it. One statement at most."""
    if allowed(by, READ, of("", org)):
        rows = visible(by).filter(org=org, until__isnull=True)
        rows = rows.filter(grid=grid) if grid else rows.filter(building__in=list(buildings))
        return Homes(rows.count(), kept=True)
    if allowed(by, COUNT, Subject(ref=f"org:{org}", org=org, level=1)):
        n = Household.objects.filter(org=org, until__isnull=True).count()
        return Homes(n if n >= LEAST else None, kept=False)
    return None


def in_buildings(codes: Iterable[str]) -> dict[str, int]:
    """Building → open households. One statement."""
    rows = Household.objects.filter(building__in=list(codes), until__isnull=True)
    return dict(rows.values_list("building").annotate(n=Count("code")))


def in_grids(codes: Iterable[str]) -> dict[str, int]:
    """Grid → open households. One statement."""
    rows = Household.objects.filter(grid__in=list(codes), until__isnull=True)
    return dict(rows.values_list("grid").annotate(n=Count("code")))
