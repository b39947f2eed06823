"""Reading the ledger. Effective facts = not superseded, not voided, at a position."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db.models import Max, Q, QuerySet

from baodao.kernel.raw import fetch, marks

from .models import Content, Fact
from .registry import decode


class Recorded(msgspec.Struct, frozen=True):
    """A stored fact with its decoded data. Moments are aware UTC; `person` is a token; `texts` only where asked for."""

    id: int
    kind: str
    happened: datetime
    noted: datetime
    precision: str
    origin: str
    level: int
    subject: str
    about: str
    org: str
    place: str
    person: str
    post: str
    value: int | None
    data: Any
    slots: tuple[str, ...]
    supersedes: int | None
    voids: int | None
    command: str


#: How a text begins that lies in a box (``people.boxes``): nobody types this sign.
SHUT = "\ue0b1box:"

_COLUMNS = (
    "id", "kind", "v", "happened", "noted", "precision", "origin", "level", "subject", "about", "org", "place", "person", "post",
    "value", "data", "commitments", "supersedes", "voids", "command",
)  # fmt: skip


def _moment(value: datetime) -> datetime:
    # SQLite keeps naive UTC; PostgreSQL gives aware moments.
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _recorded(row: Sequence[Any]) -> Recorded:
    number, kind, v, happened, noted, *plain, value, data, commitments, supersedes, voids, command = row
    return Recorded(  # type: ignore[call-arg]
        number,
        kind,
        _moment(happened),
        _moment(noted),
        *plain,
        value,
        decode(kind, v, data),
        tuple(msgspec.json.decode(commitments)) if commitments else (),
        supersedes,
        voids,
        command,
    )


_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM ledger_fact WHERE "


def _read(where: str, values: Sequence[Any]) -> list[Recorded]:
    """Facts by a hand-written condition: every act reads its matter's facts, and the query compiler costs more than the query."""
    return [_recorded(row) for row in fetch(_SELECT + where, values)]


def position() -> int:
    """The ledger's position: the id of the last committed fact (0 for none)."""
    return Fact.objects.aggregate(last=Max("id"))["last"] or 0


def facts_of(
    subject: str | Iterable[str], *, at: int | None = None, effective: bool = True
) -> list[Recorded]:
    """Facts of one subject or several, in ledger order, at a position. `effective` leaves out superseded and voided ones and the
    voiding facts themselves."""
    names = [subject] if isinstance(subject, str) else list(subject)
    if not names:
        return []
    where = f"subject IN ({', '.join(['%s'] * len(names))})"
    values: list[Any] = list(names)
    if at is not None:
        where, values = f"{where} AND id <= %s", [*values, at]
    found = _read(f"{where} ORDER BY id", values)
    return effective_of(found) if effective else found


def effective_of(facts: Sequence[Recorded]) -> list[Recorded]:
    """Without superseded and voided facts. A fact that is itself voided undoes nothing any more; one that was superseded in
    its turn still does: of three settlements only the last one holds."""
    void: set[int] = set()
    old: set[int] = set()
    # Later facts rule: walk backwards, so that a voided voiding is known before it could act.
    for fact in sorted(facts, key=lambda f: -f.id):
        if fact.id in void:
            continue
        if fact.voids is not None:
            void.add(fact.voids)
        if fact.supersedes is not None:
            old.add(fact.supersedes)
    return [fact for fact in facts if fact.id not in void and fact.id not in old and fact.voids is None]


def newer_than(n: int, kinds: Iterable[str] | None = None, limit: int = 500) -> list[Recorded]:
    """The next facts after position `n`: exact, because id order is commit order."""
    rows = Fact.objects.filter(id__gt=n).order_by("id")
    names = list(kinds or ())
    if names:
        rows = rows.filter(kind__in=names)
    return [_recorded(row) for row in rows.values_list(*_COLUMNS)[:limit]]


def ids_newer_than(n: int, kinds: Iterable[str] | None = None, limit: int = 500) -> list[int]:
    """The ids that `newer_than` would give, without reading the facts."""
    rows = Fact.objects.filter(id__gt=n).order_by("id")
    names = list(kinds or ())
    return list((rows.filter(kind__in=names) if names else rows).values_list("id", flat=True)[:limit])


def fact_rows(ids: Iterable[int]) -> list[Recorded]:
    """Facts by id (walking back from a number)."""
    return [
        _recorded(row) for row in Fact.objects.filter(id__in=list(ids)).order_by("id").values_list(*_COLUMNS)
    ]


def facts_among(rows: QuerySet[Fact]) -> list[Recorded]:
    """Facts of a narrowed queryset, in ledger order, superseded and voided ones too. One statement."""
    return [_recorded(row) for row in rows.order_by("id").values_list(*_COLUMNS)]


def texts_of(ids: Iterable[int], *, shut: bool = False) -> dict[int, dict[str, str]]:
    """Texts by fact and slot. Erased ones are simply not there: the fact's `slots` tells what once was; nor are those that
    lie in a box, which `shut` gives alone, as they are stored."""
    found: dict[int, dict[str, str]] = {}
    for fact, slot, text in Content.objects.filter(fact__in=list(ids)).values_list("fact", "slot", "text"):
        if text.startswith(SHUT) == shut:
            found.setdefault(fact, {})[slot] = text
    return found


def facts_of_batch(batch: str) -> list[Recorded]:
    """All facts of an import's commands, in order."""
    rows = fetch(
        "SELECT f.id FROM kernel_command c JOIN ledger_fact f ON f.id BETWEEN c.first AND c.last AND f.command = c.key "
        "WHERE c.batch = %s ORDER BY f.id",
        [batch],
    )
    ids = [row[0] for row in rows]
    found: list[Recorded] = []
    for start in range(0, len(ids), 500):
        found.extend(fact_rows(ids[start : start + 500]))
    return found


def in_force(facts: Sequence[Recorded]) -> list[Recorded]:
    """Which of these hold now, whoever superseded or voided them: asks for what points at them, and at that."""
    known = {fact.id: fact for fact in facts}
    asked = list(known)
    while asked:
        later: list[Recorded] = []
        for start in range(0, len(asked), 500):
            part = asked[start : start + 500]
            rows = Fact.objects.filter(Q(supersedes__in=part) | Q(voids__in=part))
            later.extend(_recorded(row) for row in rows.values_list(*_COLUMNS))
        asked = [fact.id for fact in later if fact.id not in known]
        known.update((fact.id, fact) for fact in later)
    wanted = {fact.id for fact in facts}
    return [fact for fact in effective_of(sorted(known.values(), key=lambda f: f.id)) if fact.id in wanted]


def held_by(orgs: Sequence[str]) -> str:
    """An organization among these that holds a fact in force about something else than an organization ("" = none): what
    hangs on it. Reads the ledger once per 500; for takebacks only."""
    for start in range(0, len(orgs), 500):
        part = list(orgs[start : start + 500])
        rows = fetch(
            f"SELECT f.org FROM ledger_fact f WHERE f.org IN ({marks(part)}) "
            "AND f.subject NOT LIKE 'org:%%' AND f.voids IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM ledger_fact v WHERE v.voids = f.id) LIMIT 1",
            part,
        )
        if rows:
            return str(rows[0][0])
    return ""


def acted_as(posts: Sequence[str]) -> str:
    """A post among these in which somebody has acted ("" = none). Reads the ledger once per 500."""
    for start in range(0, len(posts), 500):
        found = Fact.objects.filter(post__in=list(posts[start : start + 500])).values_list("post", flat=True)
        if name := found.first():
            return str(name)
    return ""
