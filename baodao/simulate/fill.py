"""Many matters out of few, **for benchmarks only**: rows and facts are copied in bulk, past the verbs, the policy and the readers.

Each copy is a matter in its own right: a number of the counter, commands and facts of its own (new nonce, leaf recomputed), the same
texts under the same salts (so that the commitments hold), its rows. `baodao doctor` and `baodao rebuild` find nothing to say.
"""

import base64
import hashlib
import os
import re
from collections import Counter as TallyOf
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
from django.db import connection, models, transaction
from django.utils import timezone

from baodao.kernel.declare import District, get_pack
from baodao.kernel.models import Command, Counter
from baodao.kernel.raw import marks
from baodao.kernel.text import index_words
from baodao.ledger.canonical import COLUMNS, canonical_bytes
from baodao.ledger.flush import FACT_COLUMNS, LOCK
from baodao.ledger.models import Content, Fact, SearchDoc
from baodao.ledger.rows import field_of
from baodao.matters.models import Follower, Leg, Matter, MatterFile, Stake
from baodao.orgs.selectors import home_pack

from .bulk import catch_up

#: Matters that are copied in turn, and copies a transaction.
SOURCES, CHUNK = 4000, 500

_PLACE = {name: place for place, name in enumerate(FACT_COLUMNS)}

Tick = Callable[[int, int], None]
Values = list[Any]


class NotSimulated(Exception):
    """The database holds a matter that nobody simulated, or none at all."""


class Shape(msgspec.Struct, frozen=True):
    """The canonical bytes of a fact around what differs from copy to copy: that many pieces, and between them the values of
    these columns."""

    pieces: tuple[bytes, ...]
    names: tuple[str, ...]


class Doc(msgspec.Struct, frozen=True):
    """A search row: cells, where its subject, words and shown text stand, and these texts."""

    cells: Values
    places: tuple[int, int, int]
    words: str
    shown: str


class Mould(msgspec.Struct):
    """A matter to be copied. `form` is how its district writes numbers. Rows are cells (see `_cell`), but for number and ids: `rows` by
    table, number first; `facts` the columns, `shapes` their canonical bytes in pieces (`_shape`), `bound` their cells; `texts` (place in
    facts, slot, text, salt); `commands` (key, cells, those of bytes by place, in which the number is told)."""

    number: str
    form: str
    rows: dict[type[models.Model], list[Values]] = {}
    facts: list[dict[str, Any]] = []
    shapes: list[Shape] = []
    bound: list[Values] = []
    texts: list[tuple[int, Values]] = []
    commands: list[tuple[str, Values, dict[int, bytes]]] = []
    doc: Doc | None = None


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
    (Follower, "matter"),
)


def _names(model: type[models.Model]) -> tuple[str, ...]:
    if model is Fact:
        return FACT_COLUMNS
    names = [field.name for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    first = dict(_OF_MATTER).get(model)
    return (first, *(name for name in names if name != first)) if first else tuple(names)


def _moulds() -> Iterator[Mould]:
    # What was merged into another, or is about another, would point at the same one from every copy; see also `_points`.
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
            found[doc["subject"].partition(":")[2]].doc = _doc_of(dict(doc))
        yield from (mould for mould in found.values() if not any(_points(f) for f in mould.facts))


def _form(pack: str) -> str:
    declared = get_pack(pack)
    form: str = (declared if declared.has(District) else get_pack(home_pack())).one(District).number
    return form


def _points(fact: dict[str, Any]) -> bool:
    """Whether it names another matter, or another room tells of this one and keeps rows of its own (an order, an application)."""
    return not fact["kind"].startswith("matter.") or '"matter:' in fact["data"] or '"into":' in fact["data"]


def _add_facts(found: dict[str, Mould]) -> None:
    subjects = {f"matter:{number}": mould for number, mould in found.items()}
    places: dict[int, tuple[Mould, int]] = {}
    for row in Fact.objects.filter(subject__in=list(subjects)).order_by("id").values("id", *COLUMNS):
        mould = subjects[row["subject"]]
        places[row["id"]] = (mould, len(mould.facts))
        mould.facts.append(row)
        mould.shapes.append(_shape(row))
        mould.bound.append([_cell(row.get(name)) for name in FACT_COLUMNS])
    for fact, slot, text, salt in Content.objects.filter(fact__in=list(places)).values_list(
        "fact", "slot", "text", "salt"
    ):
        mould, place = places[fact]
        mould.texts.append((place, [_cell(slot), _cell(text), _cell(bytes(salt))]))
    names = _names(Command)
    commands = {row["key"]: row for row in Command.objects.filter(
        key__in={fact["command"] for mould in found.values() for fact in mould.facts}
    ).values(*names)}  # fmt: skip
    for mould in found.values():
        for key in dict.fromkeys(fact["command"] for fact in mould.facts):
            plain = [
                _bind(Command, name, {**commands[key], "batch": "", "first": None, "last": None}[name])
                for name in names
            ]
            raw = {place: value for place, value in enumerate(plain) if place and isinstance(value, bytes)}
            mould.commands.append((plain[0], [_cell(value) for value in plain], raw))


def _bound(model: type[models.Model], names: Sequence[str], row: dict[str, Any]) -> Values:
    return [_cell(_bind(model, name, row[name])) for name in names]


def _bind(model: type[models.Model], name: str, value: Any) -> Any:
    if value is None or (isinstance(value, datetime) and connection.vendor == "postgresql"):
        return value
    value = field_of(model, name).get_db_prep_save(value, connection)
    value = getattr(value, "obj", value)  # the driver's wrapper of bytes
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
    keys = {key: _drawn(number, n) for n, (key, _cells, _raw) in enumerate(mould.commands)}
    old, new, name = mould.number.encode(), number.encode(), _cell(number)
    for key, cells, raw in mould.commands:
        row = [_cell(keys[key]), *cells[1:]]
        for place, value in raw.items():
            row[place] = _cell(value.replace(old, new))
        batch.add(Command, row)
    ids = {fact["id"]: first + place for place, fact in enumerate(mould.facts)}
    for fact, shape, bound in zip(mould.facts, mould.shapes, mould.bound, strict=True):
        batch.add(Fact, _fact(fact, shape, bound, ids=ids, keys=keys, number=number))
    for place, rest in mould.texts:
        batch.add(Content, [_cell(first + place), *rest])
    for model, _key in _OF_MATTER:
        for cells in mould.rows.get(model, ()):
            batch.add(model, [name, *cells[1:]])
    if mould.doc is not None:
        batch.add(SearchDoc, _doc(mould.doc, mould.number, number))


def _drawn(number: str, n: int) -> str:
    """Drawn and as long as real keys are (`kernel.act.new_key`): in order of their numbers they would leave the index half empty."""
    return f"f-{base64.urlsafe_b64encode(hashlib.sha256(f'{number}-{n}'.encode()).digest()[:12]).decode()}"


def _fact(
    fact: dict[str, Any],
    shape: Shape,
    bound: Values,
    *,
    ids: dict[int, int],
    keys: dict[str, str],
    number: str,
) -> Values:
    fresh: dict[str, Any] = {
        "id": ids[fact["id"]],
        "command": keys[fact["command"]],
        "subject": f"matter:{number}",
        "supersedes": ids.get(fact["supersedes"]) if fact["supersedes"] else None,
        "voids": ids.get(fact["voids"]) if fact["voids"] else None,
        "nonce": os.urandom(16),
    }
    told = [shape.pieces[0]]
    for name, piece in zip(shape.names, shape.pieces[1:], strict=True):
        value = fresh[name]
        told += [str(value.hex() if isinstance(value, bytes) else value).encode(), piece]
    fresh["leaf"] = hashlib.sha256(b"\x00" + b"".join(told)).digest()
    # What does not change was made a cell once, with the mould.
    values = list(bound)
    for name, value in fresh.items():
        values[_PLACE[name]] = _cell(value)
    return values


#: Values that stand for what differs from copy to copy; no fact holds them.
_SIGNS: dict[str, Any] = {
    "command": "fill-sign-command",
    "subject": "fill-sign-subject",
    "supersedes": 7310000000000000001,
    "voids": 7310000000000000002,
    "nonce": b"fill-sign-nonce!",
}
_TOLD = {(v.hex() if isinstance(v, bytes) else str(v)).encode(): name for name, v in _SIGNS.items()}
_CUT = re.compile(b"(" + b"|".join(_TOLD) + b")")


def _shape(fact: dict[str, Any]) -> Shape:
    signs = {name: sign for name, sign in _SIGNS.items() if fact[name] is not None}
    parts = _CUT.split(canonical_bytes({**fact, **signs}))
    return Shape(tuple(parts[::2]), tuple(_TOLD[part] for part in parts[1::2]))


@cache
def _copies() -> bool:
    # Asked for each cell: the connection's own answer takes longer than the cell.
    return connection.vendor == "postgresql"


def _cell(value: Any) -> Any:
    """A value as a COPY in text takes it, or as the embedded database does."""
    if isinstance(value, str):  # the most of them
        return value.translate(_ESCAPED).encode() if _copies() else value
    if not _copies():
        # The one type of a fact's columns that it does not take as it is.
        return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
    if value is None:
        return b"\\N"
    if isinstance(value, bytes):
        return b"\\\\x" + value.hex().encode()
    if isinstance(value, (datetime, date)):
        return value.isoformat().encode()
    return (b"t" if value else b"f") if isinstance(value, bool) else str(value).encode()


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _doc_of(doc: dict[str, Any]) -> Doc:
    names = _names(SearchDoc)
    places = (names.index("subject"), names.index("words"), names.index("shown"))
    return Doc([_cell(doc[name]) for name in names], places, doc["words"], doc["shown"])


def _doc(doc: Doc, old: str, new: str) -> Values:
    shown = doc.shown.replace(old, new, 1)
    # All but the number's own words stays as it was.
    was, now = index_words(old), index_words(new)
    words = doc.words.replace(was, now, 1) if doc.words.startswith(was) else index_words(shown)
    cells = list(doc.cells)
    for place, text in zip(doc.places, (f"matter:{new}", words, shown), strict=True):
        cells[place] = _cell(text)
    return cells


def _put(model: type[models.Model], rows: Iterable[Sequence[Any]]) -> None:
    """COPY, or many at once on the embedded database."""
    columns = ", ".join(f'"{field_of(model, name).column}"' for name in _names(model))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(
                f'INSERT INTO "{table}" ({columns}) VALUES ({marks(_names(model))})', list(rows)
            )
            return
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            copy.write(b"".join(b"\t".join(row) + b"\n" for row in rows))


def _settle() -> None:
    """Counts and statistics of the new size, as they would be a while later by themselves."""
    # Suggestions are left to their reader: they read texts, one matter after another.
    catch_up("tallies")
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
