"""Who was asked to hold an evening together, and what they said: every read, and the cache of its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from baodao.gather.models import Side
from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, fact_rows, facts_of, texts_of
from baodao.ledger.services import on_void

_STEP = 200
_KINDS = ("gather.side_asked", "gather.side_answered")
#: organization → (state, its note)
Stands = dict[str, tuple[str, str]]


def states(codes: Sequence[str]) -> dict[str, Stands]:
    """Evening → those who were asked, by code. One statement."""
    found: dict[str, Stands] = {}
    for side in Side.objects.filter(slot__in=list(codes)).order_by("slot", "org"):
        found.setdefault(side.slot, {})[side.org] = (side.state, side.note)
    return found


def joined(code: str) -> list[str]:
    """Organizations that said that they hold an evening too. One statement."""
    return list(Side.objects.filter(slot=code, state="joins").order_by("org").values_list("org", flat=True))


def reminded(code: str) -> set[str]:
    """Sides whose members were reminded of an evening. One statement."""
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.reminded")
    return set(rows.values_list("org", flat=True))


def held_before(fact: Recorded) -> bool:
    """Whether the side of which a fact tells had said before that it holds the evening too. One statement."""
    side = fact.data.side if fact.kind == "gather.side_asked" else fact.org
    rows = Fact.objects.filter(subject=fact.subject, kind__in=_KINDS, id__lt=fact.id)
    return _fold(fact_rows(rows.values_list("id", flat=True))).get(side, ("", 0))[0] == "joins"


# ── the cache ───────────────────────────────────────────────────────────────────────────────────────────────


def _fold(facts: Iterable[Recorded]) -> dict[str, tuple[str, int]]:
    """Organization → (state, the fact whose note holds; 0: none)."""
    found: dict[str, tuple[str, int]] = {}
    for fact in facts:
        if fact.kind == "gather.side_asked":
            if fact.data.what == "asked":
                found[fact.data.side] = ("asked", 0)
            else:
                found.pop(fact.data.side, None)
        elif fact.kind == "gather.side_answered" and fact.org in found:
            found[fact.org] = (fact.data.says, fact.id)
    return found


def truth(
    subjects: Sequence[str] | None = None, gone: Iterable[int] = ()
) -> Iterator[tuple[str, str, str, str]]:
    """(evening, organization, state, note) as the ledger has them, but for the facts ``gone``."""
    if subjects is None:
        rows = (
            Fact.objects.filter(kind="gather.side_asked")
            .order_by("subject")
            .values_list("subject", flat=True)
        )
        subjects = list(dict.fromkeys(rows))
    left = set(gone)
    for start in range(0, len(subjects), _STEP):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            if fact.id not in left:
                by_subject.setdefault(fact.subject, []).append(fact)
        for subject, told in by_subject.items():
            stands = _fold(told)
            texts = texts_of(id_ for _state, id_ in stands.values() if id_)
            for org, (state, id_) in sorted(stands.items()):
                yield subject.partition(":")[2], org, state, texts.get(id_, {}).get("note", "")


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty table from the facts."""
    rows = [Side(slot=slot, org=org, state=state, note=note) for slot, org, state, note in truth()]
    Side.objects.bulk_create(rows, batch_size=500)
    progress(len(rows), len(rows))


def check() -> Iterator[str]:
    """`baodao doctor`: sides that are not what their facts say."""
    stored = set(Side.objects.values_list("slot", "org", "state", "note"))
    for slot, org in sorted({(row[0], row[1]) for row in stored ^ set(truth())}):
        yield f"side {org} of {slot}: does not follow from its facts; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """A batch is taken back: what is left is folded anew."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    wanted = [subject for subject in subjects if subject.startswith("gather:")]
    codes = [subject.partition(":")[2] for subject in wanted]
    before = {(code, org) for code, stands in states(codes).items() for org in stands}
    left = {(row[0], row[1]): row for row in truth(wanted, [id_ for id_ in gone if id_ is not None])}
    for code, org in sorted(before - set(left)):
        tx.delete(Side, slot=code, org=org)
    for slot, org, state, note in left.values():
        tx.upsert(Side, ("slot", "org"), slot=slot, org=org, state=state, note=note)


on_void(_after_void)
register_cache("sides", [Table(Side, ("slot", "org"), exclude=("id",))], rebuild)
register_checker("sides", check)
