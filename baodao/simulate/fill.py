"""Many matters out of few, **for benchmarks only**: rows and facts are copied in bulk, past the verbs, the policy and the readers.

Each copy is a matter in its own right: a number of the counter, commands and facts of its own (new nonce, leaf recomputed), the same
texts under the same salts (so that the commitments hold), its rows. `baodao doctor` and `baodao rebuild` find nothing to say.
"""

import os
from collections import Counter as TallyOf
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, models, transaction
from django.utils import timezone

from baodao.kernel.declare import District, get_pack
from baodao.kernel.models import Command, Counter
from baodao.kernel.text import index_words
from baodao.ledger.canonical import COLUMNS, leaf_hash
from baodao.ledger.flush import FACT_COLUMNS, LOCK
from baodao.ledger.models import Content, Fact, SearchDoc
from baodao.ledger.rows import field_of
from baodao.matters.models import Leg, Matter, MatterFile, Stake
from baodao.orgs.selectors import home_pack

from .bulk import catch_up

#: Matters that are copied in turn, and copies a transaction.
SOURCES, CHUNK = 1000, 500

_PLACE = {name: place for place, name in enumerate(FACT_COLUMNS)}

Tick = Callable[[int, int], None]
Values = list[Any]


class NotSimulated(Exception):
    """The database holds a matter that nobody simulated, or none at all."""


class Mould(msgspec.Struct):
    """A matter to be copied. `form` is how its district writes numbers. Rows are ready to be bound, but for number and ids: `rows` by
    table, number first; `facts` the columns as the leaf hashes them; `texts` (place in facts, slot, text, salt) and `commands` (key, then the rest)."""

    number: str
    form: str
    rows: dict[type[models.Model], list[Values]] = {}
    facts: list[dict[str, Any]] = []
    bound: list[Values] = []
    texts: list[tuple[int, str, str, bytes]] = []
    commands: list[Values] = []
    doc: dict[str, Any] | None = None


class Batch(msgspec.Struct):
    """Rows on their way, by table."""

    rows: dict[type[models.Model], list[Sequence[Any]]] = {}

    def add(self, model: type[models.Model], row: Sequence[Any]) -> None:
        """Queue a row in the order of `_names(model)`."""
        self.rows.setdefault(model, []).append(row)


def fill(count: int, tick: Tick) -> int:
    """Add `count` matters; `tick(done, total)`. Raises NotSimulated. Gives the number of facts written."""
    if Matter.objects.exclude(origin="simulated").exists():
        raise NotSimulated("this database holds matters that are not simulated: it is not filled")
    moulds = list(_moulds())
    if not moulds:
        raise NotSimulated("there is nothing to copy: live a district first (--days)")
    written = 0
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        with transaction.atomic():
            written += _write([moulds[n % len(moulds)] for n in range(start, start + size)])
        tick(start + size, count)
    _settle()
    return written


# ── what is copied ──────────────────────────────────────────────────────────────────────────────────────


#: Tables of a matter and the column that holds its number; it comes first in `_names`.
_OF_MATTER: tuple[tuple[type[models.Model], str], ...] = (
    (Matter, "number"),
    (Leg, "matter"),
    (Stake, "matter"),
    (MatterFile, "matter"),
)


def _names(model: type[models.Model]) -> tuple[str, ...]:
    if model is Fact:
        return FACT_COLUMNS
    names = [field.name for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    first = dict(_OF_MATTER).get(model)
    return (first, *(name for name in names if name != first)) if first else tuple(names)


def _moulds() -> Iterator[Mould]:
    # What was merged into another, or is about another, would point at the same one from every copy.
    alone = Matter.objects.filter(into="", about="").order_by("number").values_list("number", "pack")
    numbers = list(alone)
    # Of every district some, of every procedure: evenly out of all.
    numbers = numbers[:: -(-len(numbers) // SOURCES) or 1]
    for start in range(0, len(numbers), 100):
        found = {number: Mould(number, _form(pack)) for number, pack in numbers[start : start + 100]}
        for model, key in _OF_MATTER:
            names = _names(model)
            for row in model._default_manager.filter(**{f"{key}__in": list(found)}).values(*names):
                found[row[key]].rows.setdefault(model, []).append(_bound(model, names, row))
        _add_facts(found)
        for doc in SearchDoc.objects.filter(subject__in=[f"matter:{number}" for number in found]).values():
            found[doc["subject"].partition(":")[2]].doc = dict(doc)
        yield from (mould for mould in found.values() if not any(_points(f["data"]) for f in mould.facts))


def _form(pack: str) -> str:
    declared = get_pack(pack)
    form: str = (declared if declared.has(District) else get_pack(home_pack())).one(District).number
    return form


def _points(data: str) -> bool:
    return '"matter:' in data or '"into":' in data


def _add_facts(found: dict[str, Mould]) -> None:
    subjects = {f"matter:{number}": mould for number, mould in found.items()}
    places: dict[int, tuple[Mould, int]] = {}
    for row in Fact.objects.filter(subject__in=list(subjects)).order_by("id").values("id", *COLUMNS):
        mould = subjects[row["subject"]]
        places[row["id"]] = (mould, len(mould.facts))
        mould.facts.append(row)
        mould.bound.append([_plain(row.get(name)) for name in FACT_COLUMNS])
    for fact, slot, text, salt in Content.objects.filter(fact__in=list(places)).values_list(
        "fact", "slot", "text", "salt"
    ):
        mould, place = places[fact]
        mould.texts.append((place, slot, text, bytes(salt)))
    names = _names(Command)
    commands = {row["key"]: row for row in Command.objects.filter(
        key__in={fact["command"] for mould in found.values() for fact in mould.facts}
    ).values(*names)}  # fmt: skip
    for mould in found.values():
        for key in dict.fromkeys(fact["command"] for fact in mould.facts):
            mould.commands.append(_bound(Command, names, {**commands[key], "batch": ""}))


def _bound(model: type[models.Model], names: Sequence[str], row: dict[str, Any]) -> Values:
    return [_bind(model, name, row[name]) for name in names]


def _bind(model: type[models.Model], name: str, value: Any) -> Any:
    if value is None or (isinstance(value, datetime) and connection.vendor == "postgresql"):
        return value
    value = field_of(model, name).get_db_prep_save(value, connection)
    return bytes(value) if isinstance(value, memoryview) else getattr(value, "adapted", value)


# ── copies ──────────────────────────────────────────────────────────────────────────────────────────────


def _write(moulds: Sequence[Mould]) -> int:
    """Copies of these moulds in one transaction. Gives the number of facts."""
    numbers = _take_numbers([mould.form for mould in moulds])
    total = sum(len(mould.facts) for mould in moulds)
    fact, batch = _take_facts(total), Batch()
    for mould, number in zip(moulds, numbers, strict=True):
        _copy(mould, number, fact, batch)
        fact += len(mould.facts)
    for model, rows in batch.rows.items():
        _put(model, rows)
    return total


def _take_numbers(forms: Sequence[str]) -> list[str]:
    """The next numbers of each district's own sequence, in the order of `forms`."""
    year = timezone.localdate().year
    last: dict[str, int] = {}
    for form, count in TallyOf(forms).items():
        series = form.partition("{")[0] + str(year)
        Counter.objects.get_or_create(series=series, defaults={"n": 0})
        last[form] = Counter.objects.select_for_update().get(series=series).n
        Counter.objects.filter(series=series).update(n=last[form] + count)
    numbers = []
    for form in forms:
        last[form] += 1
        numbers.append(form.format(year=year, n=last[form]))
    return numbers


def _take_facts(count: int) -> int:
    """The first of `count` ids in a row, under the ledger's lock."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM ledger_fact")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT nextval('ledger_fact_id_seq')")
        first = int(cursor.fetchone()[0])
        cursor.execute("SELECT setval('ledger_fact_id_seq', %s)", [first + count - 1])
        return first


def _copy(mould: Mould, number: str, first: int, batch: Batch) -> None:
    keys = {row[0]: f"fill-{number}-{n}" for n, row in enumerate(mould.commands)}
    old, new = mould.number.encode(), number.encode()
    for row in mould.commands:
        plain = [value.replace(old, new) if isinstance(value, bytes) else value for value in row[1:]]
        batch.add(Command, [keys[row[0]], *plain])
    ids = {fact["id"]: first + place for place, fact in enumerate(mould.facts)}
    for fact, bound in zip(mould.facts, mould.bound, strict=True):
        batch.add(Fact, _fact(fact, bound, ids, keys, number))
    for place, slot, text, salt in mould.texts:
        batch.add(Content, [first + place, slot, text, salt])
    for model, _key in _OF_MATTER:
        for row in mould.rows.get(model, ()):
            batch.add(model, [number, *row[1:]])
    if mould.doc is not None:
        batch.add(SearchDoc, _doc(mould.doc, mould.number, number))


def _fact(
    fact: dict[str, Any], bound: Values, ids: dict[int, int], keys: dict[str, str], number: str
) -> Values:
    fresh = {
        "id": ids[fact["id"]],
        "command": keys[fact["command"]],
        "subject": f"matter:{number}",
        "supersedes": ids.get(fact["supersedes"]) if fact["supersedes"] else None,
        "voids": ids.get(fact["voids"]) if fact["voids"] else None,
        "nonce": os.urandom(16),
    }
    fresh["leaf"] = leaf_hash({**fact, **fresh})
    # What does not change was bound once, with the mould.
    values = list(bound)
    for name, value in fresh.items():
        values[_PLACE[name]] = value
    return values


def _plain(value: Any) -> Any:
    # The one type of a fact's columns that the embedded database does not take as it is.
    if isinstance(value, datetime) and connection.vendor != "postgresql":
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _doc(doc: dict[str, Any], old: str, new: str) -> Values:
    shown = doc["shown"].replace(old, new, 1)
    row = {**doc, "subject": f"matter:{new}", "words": index_words(shown), "shown": shown}
    return [row[name] for name in _names(SearchDoc)]


def _put(model: type[models.Model], rows: Iterable[Sequence[Any]]) -> None:
    """COPY, or many at once on the embedded database."""
    columns = ", ".join(f'"{field_of(model, name).column}"' for name in _names(model))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * len(_names(model)))
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(rows))
            return
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def _settle() -> None:
    """Counts and statistics of the new size, as they would be a while later by themselves."""
    # Suggestions are left to their reader: they read texts, one matter after another.
    catch_up("tallies")
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
