"""Likely the same somebody: found by the program, decided by a person, undone by a person. Nothing is ever merged by itself.

Found are records with the same identity number, phone or e-mail (blind index), and those with the same name and the same
day of birth or the same office. A merge moves nothing: one record leads, the tokens of both stay where they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.people import facts, ports
from baodao.people.models import Account, Identity, Likeness, Person

from .identity import queue_token
from .roster import values_of

RIGHT = "people.merge"
#: A contact of more persons than this is an office's or a building's: it likens nobody.
CROWD = 6
#: Pairs of one command.
CHUNK = 1000
_KINDS = {
    "idno": "idno",
    "phone": "phone",
    "contact_phone": "phone",
    "email": "email",
    "contact_email": "email",
}


class Pair(msgspec.Struct, frozen=True):
    """Two uids in order, and why they are alike: idno, phone, email, birth (name and birthday), office (name and
    office)."""

    one: str
    other: str
    why: tuple[str, ...]


def find_pairs(uids: Sequence[str]) -> list[Pair]:
    """Pairs that have at least one of these persons and were never noted. Compared inside the program, shown to nobody."""
    fresh = set(uids)
    why: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, group in [*_by_contact(uids), *_by_name(fresh)]:
        for pair in combinations(sorted(group), 2):
            if fresh.intersection(pair):
                why[pair].add(code)
    known = set(Likeness.objects.values_list("one_id", "other_id")) if why else set()
    return [Pair(*pair, tuple(sorted(codes))) for pair, codes in sorted(why.items()) if pair not in known]


def _by_contact(uids: Sequence[str]) -> Iterable[tuple[str, set[str]]]:
    for start in range(0, len(uids), 500):
        own = Identity.objects.filter(person_id__in=uids[start : start + 500], field__in=list(_KINDS))
        marks = [bytes(mark) for mark in own.values_list("blind", flat=True) if mark is not None]
        groups: dict[tuple[str, bytes], set[str]] = defaultdict(set)
        rows = Identity.objects.filter(blind__in=marks, field__in=list(_KINDS), person__erased=False)
        for uid, field, mark in rows.values_list("person_id", "field", "blind"):
            groups[(_KINDS[field], bytes(mark or b""))].add(str(uid))
        for (kind, _mark), group in groups.items():
            if 1 < len(group) <= CROWD:
                yield kind, group


def _by_name(fresh: set[str]) -> Iterable[tuple[str, set[str]]]:
    groups: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    persons = list(Person.objects.filter(erased=False).exclude(kind="imported").values_list("uid", "office"))
    for start in range(0, len(persons), 1000):
        part = persons[start : start + 1000]
        values = values_of([uid for uid, _office in part], ("name", "idno"))
        for uid, office in part:
            held = values.get(uid, {})
            name, idno = held.get("name", ""), held.get("idno", "")
            if name and idno:
                groups[("birth", name, idno[6:14])].add(uid)
            if name and office:
                groups[("office", name, office)].add(uid)
    return [(key[0], group) for key, group in groups.items() if 1 < len(group) <= CROWD and group & fresh]


@verb("people.compare")
def note_pairs(tx: Tx, by: Act, *, pairs: list[Pair]) -> int:
    """Put pairs on the list of what a person has to decide. Whoever may enrol for one of both offices may; gives how many."""
    offices = _offices({uid for pair in pairs for uid in (pair.one, pair.other)})
    for pair in pairs:
        near = sorted(filter(None, {offices.get(pair.one, ""), offices.get(pair.other, "")})) or [""]
        tx.ask("people.enrol", Subject(ref=f"org:{near[0]}", org=near[0], level=1, legs=_legs(near)))
        tx.insert(
            Likeness,
            one_id=pair.one,
            other_id=pair.other,
            why=",".join(pair.why),
            state="open",
            noted=by.noted,
        )
    return len(pairs)


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two uids; of a merge the first one leads."""

    lead: str
    other: str


@verb("people.merge")
def merge(tx: Tx, by: Act, *, decisions: list[Decision]) -> int:
    """Two records are one somebody: the first leads. Tokens, facts and contacts of both stay. Gives how many.

    :raises Missing: the pair was never found alike. Conflict: it is decided already, the other has an account of her
        own or leads others. Refused: over one of the offices, or over what the other holds.
    """
    for decision, row in _rows(tx, decisions):
        lead, other = _two(decision, row)
        if row.state != "open" or lead.led_by_id or other.led_by_id:
            raise Conflict.of("pair", _("这一对已经定过了"), _("要改请先撤销"))
        if Account.objects.filter(person=other).exists():
            raise Conflict.of("lead", _("这一份已经登录过，不能并到别人名下"), _("请让登录过的那一份为主"))
        if Person.objects.filter(led_by=other).exists():
            raise Conflict.of("lead", _("这一份名下已经并有别的记录"), _("请让它为主，或先撤销那一次合并"))
        ports.guard_merge(tx, lead.uid, other.uid)
        _put_person(tx, other, lead.uid)
        _put(tx, row, "same")
        _tell(tx, lead, other, facts.Merged(why=row.why.partition(",")[0]))
    return len(decisions)


@verb("people.keep_apart")
def keep_apart(tx: Tx, by: Act, *, decisions: list[Decision]) -> int:
    """Two records are two persons. Gives how many. Raises Missing, Conflict, Refused like `merge`."""
    for decision, row in _rows(tx, decisions):
        lead, other = _two(decision, row)
        if row.state != "open":
            raise Conflict.of("pair", _("这一对已经定过了"), _("要改请先撤销"))
        _put(tx, row, "different")
        _tell(tx, lead, other, facts.KeptApart(why=row.why.partition(",")[0]))
    return len(decisions)


@verb("people.undecide")
def undecide(tx: Tx, by: Act, *, decisions: list[Decision]) -> int:
    """What was decided of two records is open again; a led record stands for itself. Gives how many."""
    for decision, row in _rows(tx, decisions):
        lead, other = _two(decision, row)
        if row.state == "open":
            raise Conflict.of("pair", _("这一对还没有定"))
        for person, second in ((lead, other), (other, lead)):
            if person.led_by_id == second.uid:
                _put_person(tx, person, None)
        _tell(tx, lead, other, facts.Undecided(before=row.state))
        _put(tx, row, "open")
    return len(decisions)


def _rows(tx: Tx, decisions: Sequence[Decision]) -> list[tuple[Decision, Likeness]]:
    """The pairs, after the right over both offices was asked."""
    if not decisions or len(decisions) > CHUNK:
        raise Invalid.of("decisions", _("一次要有 1 到 %(most)d 对") % {"most": CHUNK})
    uids = {uid for one in decisions for uid in (one.lead, one.other)}
    rows = Likeness.objects.filter(one_id__in=uids, other_id__in=uids).select_related("one", "other")
    held = {(row.one_id, row.other_id): row for row in rows}
    found = []
    for decision in decisions:
        row = held.get(tuple(sorted((decision.lead, decision.other))))  # type: ignore[arg-type]
        if row is None or row.one.erased or row.other.erased:
            raise Missing.of("pair", _("没有这一对"), _("请从名单里选"))
        ask_both(tx, {row.one.office, row.other.office})
        found.append((decision, row))
    return found


def ask_both(tx: Tx, offices: set[str]) -> None:
    """The right over each office; of somebody who entered herself only the other's office is asked."""
    for office in sorted(filter(None, offices)) or [""]:
        tx.ask(RIGHT, Subject(ref=f"org:{office}", org=office, level=1))


def _two(decision: Decision, row: Likeness) -> tuple[Person, Person]:
    return (row.one, row.other) if row.one_id == decision.lead else (row.other, row.one)


def _tell(tx: Tx, lead: Person, other: Person, data: msgspec.Struct) -> None:
    tokens = {uid: queue_token(tx, uid, "service") for uid in (lead.uid, other.uid)}
    tx.fact(
        data,
        subject=f"person:{tokens[lead.uid]}",
        about=f"person:{tokens[other.uid]}",
        person=tokens[lead.uid],
        org=lead.office or other.office,
        level=1,
    )


def _put(tx: Tx, row: Likeness, state: str) -> None:
    tx.upsert(
        Likeness, ("one_id", "other_id"), one_id=row.one_id, other_id=row.other_id, why=row.why, state=state,
        noted=row.noted,
    )  # fmt: skip


def _put_person(tx: Tx, person: Person, lead: str | None) -> None:
    kept: dict[str, Any] = {f.attname: getattr(person, f.attname) for f in Person._meta.concrete_fields}
    tx.upsert(Person, ("uid",), **(kept | {"led_by_id": lead}))


def _offices(uids: set[str]) -> dict[str, str]:
    return dict(Person.objects.filter(uid__in=uids).values_list("uid", "office"))


def _legs(offices: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((office, "") for office in offices)
