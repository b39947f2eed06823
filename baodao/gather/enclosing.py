"""Files of a slot: papers to read before, and the photo of a list that was signed on paper, which is gone on its day. Reads, who may, and
the cache of the facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from baodao.kernel.act import Act
from baodao.kernel.evidence import register_holder
from baodao.kernel.verbs import Tx, allowed
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.ledger.services import on_void

from . import facts
from .credits import day_of
from .kinds import kind_of
from .models import Enclosed, Seat, Slot
from .policies import LIST, of_slot, people_of

MOST = 12
_STEP = 200


def due_of(row: Any, org: str, kind: str) -> date:
    """The last day of a photo of a slot's list."""
    return day_of(row.ends) + timedelta(days=kind_of(org, kind).keeps)


def of(code: str) -> list[Enclosed]:
    """Files of a slot, lists first. One statement. Whoever shows them asks `readable`."""
    return list(Enclosed.objects.filter(slot=code).order_by("what", "name", "digest"))


def readable(by: Act, row: Slot, seat: Seat | None, *, seen: bool) -> list[Enclosed]:
    """Those of a slot's files that the actor may read: ``seen`` says that she sees the slot, ``seat`` is her own row. One statement."""
    convening = allowed(by, LIST, people_of(row)) or allowed(by, "gather.change", of_slot(row))
    seated = seat is not None and seat.state in ("seat", "invited")
    found = []
    for one in of(row.code):
        if one.what == "list":
            may = allowed(by, LIST, people_of(row))
        else:
            may = convening or (one.readers == "slot" and seen) or (one.readers == "seat" and seated)
        if may:
            found.append(one)
    return found


def holds(digests: Collection[str]) -> Collection[str]:
    """Which of these files a slot refers to."""
    return set(Enclosed.objects.filter(digest__in=list(digests)).values_list("digest", flat=True))


def due(day: date, limit: int = 500) -> list[Enclosed]:
    """Photos of lists whose day is over. One statement."""
    return list(Enclosed.objects.filter(until__lt=day).order_by("slot", "digest")[:limit])


# ── the cache ───────────────────────────────────────────────────────────────────────────────────────────


def columns(code: str, data: facts.Enclosed, name: str, level: int) -> dict[str, Any]:
    """A file of a slot as model columns."""
    until = date.fromisoformat(data.until) if data.until else None
    return {
        "slot": code, "digest": data.digest, "what": data.what, "readers": data.readers, "name": name,
        "until": until, "level": level,
    }  # fmt: skip


def rows_of(told: Iterable[Recorded], texts: Mapping[int, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What these facts of one or several slots leave, in ledger order."""
    left: dict[tuple[str, str], dict[str, Any]] = {}
    for fact in told:
        code = fact.subject.partition(":")[2]
        if isinstance(fact.data, facts.Enclosed):
            name = texts.get(fact.id, {}).get("name", "")[:80]
            left[code, fact.data.digest] = columns(code, fact.data, name, fact.level)
        elif isinstance(fact.data, facts.TakenOut):
            left.pop((code, fact.data.digest), None)
    return list(left.values())


def truth() -> Iterator[dict[str, Any]]:
    """Files of all slots as the ledger has them."""
    rows = Fact.objects.filter(kind="gather.enclosed").order_by("subject").values_list("subject", flat=True)
    subjects = list(dict.fromkeys(rows))
    for start in range(0, len(subjects), _STEP):
        told = facts_of(subjects[start : start + _STEP])
        texts = texts_of([fact.id for fact in told if fact.kind == "gather.enclosed"])
        yield from rows_of(told, texts)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty table from the facts."""
    for done, one in enumerate(truth(), 1):
        Enclosed.objects.create(**one)
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: files that no fact names, or that are not found here."""
    names = [field.attname for field in Enclosed._meta.concrete_fields if field.attname != "id"]
    stored = {(row["slot"], row["digest"]): row for row in Enclosed.objects.values(*names)}
    for one in truth():
        if stored.pop((one["slot"], one["digest"]), None) != one:
            yield f"file of {one['slot']}: does not follow from its facts; run `baodao rebuild`"
    for slot, _digest in stored:
        yield f"file of {slot}: no fact encloses it; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """A batch is taken back: only what is left of the slot keeps its files."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if not subject.startswith("gather:"):
            continue
        code = subject.partition(":")[2]
        kept = rows_of((fact for fact in facts_of(subject) if fact.id not in gone), {})
        left = {one["digest"] for one in kept}
        for digest in Enclosed.objects.filter(slot=code).values_list("digest", flat=True):
            if digest not in left:
                tx.delete(Enclosed, slot=code, digest=digest)


on_void(_after_void)
register_holder("gatherings", holds)
register_cache("enclosed", [Table(Enclosed, ("slot", "digest"), exclude=("id",))], rebuild)
register_checker("enclosed", check)
