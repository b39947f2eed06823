"""Every write to facilities. Verbs take lists; a page passes a list of one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.orgs.ruling import Faults
from baodao.places.catalogue.caches import keep
from baodao.places.catalogue.folding import Catalogue, Told, told_of
from baodao.places.catalogue.ruling import (
    End,
    check_codes,
    check_entry,
    check_phone,
    degrees,
    grid_of,
    millionths,
    numbered,
    posts_named,
)

from . import facts, hours
from .models import Facility
from .selectors import kinds_of


class NewFacility(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A facility as somebody tells it, whole: ``code`` "" takes the next number; ``hours`` as people write them."""

    org: str
    kind: str
    name: str
    since: date
    code: str = ""
    name_en: str = ""
    address: str = ""
    functions: tuple[str, ...] = ()
    hours: str = ""
    phone: str = ""
    keeper: str = ""
    lon: float | None = None
    lat: float | None = None


@verb("facility.register")
def register_facilities(tx: Tx, by: Act, *, facilities: list[NewFacility]) -> list[str]:
    """Facilities that are not known yet; gives their codes. Raises Invalid with the place of each fault."""
    _ask(tx, "facility.register", {one.org for one in facilities})
    named = [one.code for one in facilities]
    taken = set(
        Facility.objects.filter(code__in=[code for code in named if code]).values_list("code", flat=True)
    )
    _check(facilities, taken, known=False)
    codes = numbered(tx, "facility", "fa", named, Facility)
    for code, one in zip(codes, facilities, strict=True):
        _tell(tx, code, one, facts.Registered, by.origin)
    return codes


@verb("facility.change")
def change_facilities(tx: Tx, by: Act, *, facilities: list[NewFacility]) -> list[str]:
    """Tell known facilities anew, whole; one that is told as it is already leaves no fact. Gives the codes changed."""
    held = {f.code: f for f in Facility.objects.filter(code__in=[one.code for one in facilities])}
    reached = {one.org for one in facilities} | {str(row.org_id) for row in held.values()}
    _ask(tx, "facility.change", reached)
    _check(facilities, set(held), known=True)
    told = told_of(CATALOGUE, held)
    changed = []
    for one in facilities:
        ended = held[one.code].until
        if ended is not None:
            raise Conflict.of("code", _("%(name)s 已经在 %(day)s 撤销") % {"name": one.name, "day": ended})
        if same(one, told[one.code]):
            continue
        _tell(tx, one.code, one, facts.Changed, told[one.code].origin)
        changed.append(one.code)
    return changed


@verb("facility.end")
def end_facilities(tx: Tx, by: Act, *, ends: list[End]) -> list[str]:
    """Facilities are given up; their history stays."""
    held = {f.code: f for f in Facility.objects.filter(code__in=[end.code for end in ends])}
    _ask(tx, "facility.end", {str(row.org_id) for row in held.values()})
    faults = Faults("ends")
    for place, end in enumerate(ends):
        row = held.get(end.code)
        faults.day(place, "until", end.until)
        if row is None:
            faults.add(place, "code", _("没有这个设施"))
        elif row.until is not None:
            raise Conflict.of(
                "code", _("%(name)s 已经在 %(day)s 撤销") % {"name": row.name, "day": row.until}
            )
        elif end.until <= row.since:
            faults.add(place, "until", _("撤销日要在启用日之后"), row.since.isoformat())
    faults.close()
    told = told_of(CATALOGUE, held)
    for end in {end.code: end for end in ends}.values():
        row, one = held[end.code], told[end.code]
        one.until = end.until.isoformat()
        tx.fact(
            facts.Ended(until=one.until),
            subject=CATALOGUE.subject(end.code), org=str(row.org_id), place=row.grid,
        )  # fmt: skip
        CATALOGUE.put(tx, end.code, one)
    return sorted(held)


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def of_org(code: str, org: str) -> Subject:
    """What a right on facilities of an organization is asked about."""
    return Subject(ref=f"facility:{code}" if code else f"org:{org}", org=org)


def _ask(tx: Tx, right: str, reached: set[str]) -> None:
    for org in sorted(reached) or [""]:
        tx.ask(right, of_org("", org))


def examine(faults: Faults, facilities: Sequence[NewFacility]) -> None:
    """All that can be wrong with what is told, whatever is known already. At most one statement."""
    posts = posts_named([one.keeper for one in facilities])
    for place, one in enumerate(facilities):
        kinds, functions = kinds_of(one.org, one.since)
        check_entry(faults, place, one, kinds, posts)
        check_phone(faults, place, one.phone)
        faults.text(place, "name_en", one.name_en, 0, 120)
        for name in one.functions:
            if name not in functions:
                titles = "、".join(function.title for function in functions.values())
                faults.add(place, "functions", _("没有叫 %(name)s 的功能") % {"name": name}, titles)
        try:
            hours.parse(one.hours)
        except Invalid as wrong:
            faults.add(place, "hours", wrong.faults[0].reason, wrong.faults[0].remedy)


def _check(facilities: Sequence[NewFacility], codes: set[str], *, known: bool) -> None:
    faults = Faults("facilities")
    examine(faults, facilities)
    check_codes(faults, [one.code for one in facilities], codes, known=known)
    faults.close()


def _telling(one: NewFacility) -> tuple[dict[str, Any], dict[str, str]]:
    """Codes for the fact, texts for its content."""
    functions = tuple(dict.fromkeys(one.functions))
    data = {
        "org": one.org, "kind": one.kind, "since": one.since.isoformat(), "functions": functions,
        "keeper": one.keeper, "lon": millionths(one.lon), "lat": millionths(one.lat),
    }  # fmt: skip
    slots = {
        "name": one.name, "name_en": one.name_en, "address": one.address, "hours": one.hours, "phone": one.phone
    }  # fmt: skip
    return data, {slot: text.strip() for slot, text in slots.items() if text.strip()}


def same(one: NewFacility, told: Told) -> bool:
    """Whether it is told as it is already."""
    data, texts = _telling(one)
    return texts == dict(told.texts) and facts.Changed(**data) == facts.Changed(**_plain(told.data))


def _plain(data: Any) -> dict[str, Any]:
    return {name: getattr(data, name) for name in data.__struct_fields__}


def _tell(tx: Tx, code: str, one: NewFacility, struct: Any, origin: str) -> None:
    data, texts = _telling(one)
    place = grid_of(one.lon, one.lat)
    fact = struct(**data)
    tx.fact(fact, subject=CATALOGUE.subject(code), org=one.org, place=place, texts=texts)
    CATALOGUE.put(tx, code, Told(fact, texts, place, origin))


def _columns(code: str, told: Told) -> dict[str, Any]:
    data, texts = told.data, told.texts
    return {
        "code": code, "org_id": data.org, "kind": data.kind,
        "functions": f",{','.join(data.functions)}," if data.functions else "",
        "name": texts.get("name", ""), "name_en": texts.get("name_en", ""),
        "address": texts.get("address", ""), "hours": texts.get("hours", ""), "phone": texts.get("phone", ""),
        "keeper": data.keeper, "lon": degrees(data.lon), "lat": degrees(data.lat), "grid": told.place,
        "level": 0, "origin": told.origin, "since": date.fromisoformat(data.since),
        "until": date.fromisoformat(told.until) if told.until else None,
    }  # fmt: skip


CATALOGUE = keep(Catalogue("facility", Facility, (facts.Registered, facts.Changed), _columns))

__all__ = [
    "CATALOGUE",
    "NewFacility",
    "change_facilities",
    "end_facilities",
    "examine",
    "of_org",
    "register_facilities",
    "same",
]
