"""Registering a household, writing a line, taking the slip home."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict
from baodao.kernel.verbs import Tx, verb
from baodao.orgs.ruling import Faults
from baodao.people import vault
from baodao.people.selectors import token_for
from baodao.people.services.consent import queue_given
from baodao.people.services.identity import queue_contact, queue_token
from baodao.places.households import facts, ruling
from baodao.places.households.fold import Whole, local
from baodao.places.households.models import Household, HouseholdLine, HouseholdMember
from baodao.places.households.policies import of
from baodao.places.households.ruling import NewHousehold, NewLine
from baodao.places.households.selectors import wholes

CONSENT = "household_contact"
DOMAIN = "service"


def mark_of(org: str, address: str) -> bytes:
    """The blind index of an address within a community."""
    return vault.blind("home", f"{org}|{ruling.plain_address(address)}").digest


@verb("household.register")
def register_households(tx: Tx, by: Act, *, households: list[NewHousehold]) -> list[str]:
    """Households with their first lines; gives their codes.

    :raises Invalid: faults by place. :raises Conflict: the same address is written already, or twice here.
    """
    for org in sorted({one.org for one in households}) or [""]:
        tx.ask("household.register", of("", org))
    today, faults = local(by.noted), Faults("households")
    ruling.examine_households(faults, households, today)
    faults.close()
    marks = [mark_of(one.org, one.address) for one in households]
    taken = known_marks(marks)
    if taken or len(set(marks)) < len(marks):
        raise Conflict.of("address", _("这个地址已经登记过一户"), _("请在名单里找到它，在它的页面上添"))
    first = tx.number("household", len(households)) if households else 0
    codes = []
    for place, one in enumerate(households):
        code = f"hh-{first + place:06}"
        tx.fact(
            facts.Registered(org=one.org), subject=f"household:{code}", org=one.org, place=one.grid, level=2
        )
        tx.insert(
            Household, code=code, org_id=one.org, grid=one.grid, building=one.building, mark=marks[place], post="",
            level=2, origin=by.origin, since=today, until=None,
        )  # fmt: skip
        where = {"text": one.address.strip()} | ({"building": one.building} if one.building else {})
        _line(tx, code, one, n=1, field="address", texts=where)
        if one.people:
            _line(tx, code, one, n=2, field="people", texts={"text": str(one.people)})
        codes.append(code)
    return codes


def known_marks(marks: list[bytes]) -> set[bytes]:
    """Which of these blind indexes stand in an open household. One statement per 500."""
    found: list[Any] = []
    for start in range(0, len(marks), 500):
        rows = Household.objects.filter(mark__in=marks[start : start + 500])
        found.extend(rows.values_list("mark", flat=True))
    return {bytes(mark) for mark in found}


def _line(
    tx: Tx,
    code: str,
    one: NewHousehold | NewLine,
    *,
    n: int,
    field: str,
    texts: Mapping[str, str],
    org: str = "",
    grid: str = "",
    word: bool = False,
    token: str = "",
    consent: str = "",
) -> None:
    if isinstance(one, NewHousehold):
        org, grid = one.org, one.grid
    data = facts.Written(
        n=n, field=field, why=one.why, until=one.until.isoformat(), word=word, consent=consent  # type: ignore[arg-type]
    )  # fmt: skip
    tx.fact(data, subject=f"household:{code}", org=org, place=grid, level=2, person=token, texts=dict(texts))
    tx.insert(
        HouseholdLine, household_id=code, n=n, field=field, why=one.why, until=one.until, post=tx.by.post, word=word,
        written=local(tx.by.noted), token=token,
    )  # fmt: skip


@verb("household.write")
def write_lines(tx: Tx, by: Act, *, lines: list[NewLine]) -> list[str]:
    """Write lines; an address or number of people replaces the one that stood. Gives the households.

    A contact becomes somebody in the vault with the consent that was given by word of mouth to the writer."""
    held = wholes({line.household for line in lines})
    for code in sorted({line.household for line in lines}) or [""]:
        tx.ask("household.write", of(code, held[code].org if code in held else ""))
    _check_lines(lines, held, local(by.noted))
    for line in lines:
        whole = held[line.household]
        if line.field in ("address", "people"):
            replace_standing(tx, line.household, whole, line.field)
        token, consent, texts = "", "", {"text": line.text.strip()}
        if line.field == "contact":
            contact = queue_contact(tx, domain=DOMAIN, name=line.name, phone=line.phone)
            consent = queue_given(tx, contact.uid, CONSENT)
            token, texts = contact.token, {}
        elif line.field == "address":
            texts |= {"building": line.building} if line.building else {}
            _put(tx, line.household, whole, line.building, mark_of(whole.org, line.text))
        _line(
            tx, line.household, line, n=whole.next, field=line.field, texts=texts,
            org=whole.org, grid=whole.grid, word=line.word, token=token, consent=consent,
        )  # fmt: skip
        whole.next += 1
    return sorted({line.household for line in lines})


def _check_lines(lines: list[NewLine], held: Mapping[str, Whole], today: date) -> None:
    faults, once = Faults("lines"), set[tuple[str, str]]()
    for place, line in enumerate(lines):
        whole = held.get(line.household)
        if whole is None or whole.until is not None:
            faults.add(place, "household", _("没有这一户，或者已经停止登记"))
            continue
        ruling.examine_line(faults, place, line, whole.org, today)
        if line.field != "need" and (line.household, line.field) in once:
            faults.add(place, "field", _("写了两次"))
        once.add((line.household, line.field))
    faults.close()


def _put(tx: Tx, code: str, whole: Whole, building: str, mark: bytes | None) -> None:
    tx.upsert(
        Household, ("code",), code=code, org_id=whole.org, grid=whole.grid, building=building, mark=mark, post="",
        level=2, origin=whole.origin, since=whole.since, until=whole.until,
    )  # fmt: skip


def replace_standing(tx: Tx, code: str, whole: Whole, field: str) -> None:
    """The line of a field that has one only makes room; its text goes."""
    from .ending import forget_lines

    standing = [line for line in whole.lines.values() if line.field == field]
    for line in standing:
        data = facts.Struck(n=line.n, side="office")
        tx.fact(data, subject=f"household:{code}", org=whole.org, place=whole.grid, level=2)
        del whole.lines[line.n]
    forget_lines(tx, code, standing)


@verb("household.join")
def join_household(tx: Tx, by: Act, *, household: str) -> str:
    """Somebody signed in came with the slip (the page has checked it): the household is at hand from now on."""
    held = wholes([household]).get(household)
    tx.ask("household.join", of(household, held.org if held else "", (by.person,)))
    if held is None or held.until is not None:
        raise Conflict.of("household", _("这一户已经停止登记，什么都没有留下"))
    known = token_for(by.person, DOMAIN)
    if known and known in held.tokens:
        return household
    token = queue_token(tx, by.person, DOMAIN)
    tx.fact(
        facts.Joined(), subject=f"household:{household}", org=held.org, place=held.grid, level=2, person=token
    )
    tx.insert(HouseholdMember, household_id=household, token=token)
    return household
