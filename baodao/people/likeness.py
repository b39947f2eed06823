"""Reads of pairs that may be one somebody: those whose rosters the actor reaches. Names are opened for a purpose only."""

from collections.abc import Sequence

import msgspec
from django.db.models import Q, QuerySet

from baodao.kernel.act import Act

from . import normalise, ports
from .models import Account, Likeness, Person
from .services.likeness import RIGHT
from .services.reading import read_rosters
from .services.roster import code_of

PAGE = 20
STATES = ("open", "same", "different")
#: What a person needs to decide.
SHOWN = ("alias", "name", "phone", "contact_phone", "email", "contact_email", "idno", "address")
_MASKED = ("phone", "contact_phone", "email", "contact_email", "idno")


class Side(msgspec.Struct, frozen=True):
    """One record of a pair: whose roster, since when, whether she signs in, whether it leads the other."""

    uid: str
    kind: str
    office: str
    created: str
    account: bool
    leads: bool


class Alike(msgspec.Struct, frozen=True):
    """One pair: both records, why they are alike, what was decided."""

    id: int
    why: tuple[str, ...]
    state: str
    sides: tuple[Side, Side]

    @property
    def uids(self) -> tuple[str, str]:
        """Of both records."""
        return (self.sides[0].uid, self.sides[1].uid)


def visible(by: Act) -> QuerySet[Likeness]:
    """Pairs over whose rosters the actor has the right: both, or the one that stands on a roster."""
    reached = sorted(ports.reach(by, RIGHT))
    return (
        Likeness.objects.filter(one__erased=False, other__erased=False)
        .filter(
            Q(one__office__in=reached) | Q(one__office=""), Q(other__office__in=reached) | Q(other__office="")
        )
        .exclude(one__office="", other__office="")
    )


def pairs(by: Act, state: str, after: int = 0, limit: int = PAGE) -> list[Alike]:
    """One page of them by key. Two statements."""
    rows = list(
        visible(by).filter(state=state, id__gt=after).select_related("one", "other").order_by("id")[:limit]
    )
    persons = [person.uid for row in rows for person in (row.one, row.other)]
    accounts = set(Account.objects.filter(person_id__in=persons).values_list("person_id", flat=True))
    return [
        Alike(
            row.id,
            tuple(row.why.split(",")),
            row.state,
            (_side(row.one, row.other, accounts), _side(row.other, row.one, accounts)),
        )
        for row in rows
    ]


def _side(person: Person, second: Person, accounts: set[str]) -> Side:
    return Side(
        person.uid,
        person.kind,
        person.office,
        person.created.date().isoformat(),
        person.uid in accounts,
        second.led_by_id == person.uid,
    )


def one_of(by: Act, number: int) -> Alike | None:
    """A pair that the actor may see; None otherwise."""
    state = visible(by).filter(id=number).values_list("state", flat=True).first()
    found = pairs(by, state, number - 1, 1) if state else []
    return found[0] if found and found[0].id == number else None


def opened(by: Act, shown: Sequence[Alike]) -> dict[str, dict[str, str]]:
    """uid → field → value of these pairs' persons, contacts and numbers masked; for the act's purpose, each in the access
    log. The one who entered herself is read as of the other's roster."""
    rosters: dict[str, list[str]] = {}
    for pair in shown:
        office = pair.sides[0].office or pair.sides[1].office
        for side in pair.sides:
            known = rosters.setdefault(side.office or office, [])
            if side.uid not in known:
                known.append(side.uid)
    found: dict[str, dict[str, str]] = {}
    for uid, values in read_rosters(by, rosters, SHOWN, right=RIGHT):
        masked = {f: normalise.mask(f, value) if f in _MASKED else value for f, value in values.items()}
        masked["alias"] = code_of(values)
        found[uid] = {field: value for field, value in masked.items() if value}
    return found
