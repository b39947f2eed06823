"""Which files belong to which evening, which matters came of it, and who holds it too are caches of the facts in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from baodao.gather.models import Side
from baodao.kernel.evidence import register_holder
from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, effective_of, fact_rows, facts_of, in_force, texts_of
from baodao.ledger.services import on_void

from . import sides
from .models import Handed, Paper
from .selectors import holds

_STEP = 200


def truth() -> Iterator[tuple[str, str]]:
    """(evening, hash) as the ledger has them."""
    rows = Fact.objects.filter(kind="gather.held").order_by("subject").values_list("subject", flat=True)
    subjects = list(dict.fromkeys(rows))
    for start in range(0, len(subjects), _STEP):
        for fact in effective_of(facts_of(subjects[start : start + _STEP])):
            if fact.kind == "gather.held":
                yield from (
                    (fact.subject.partition(":")[2], digest) for digest in sorted(set(fact.data.papers))
                )


def handed() -> Iterator[tuple[str, str, int]]:
    """(matter, evening, decision) as the ledger has them."""
    ids = Fact.objects.filter(kind="gather.handed_on").order_by("id").values_list("id", flat=True)
    for fact in in_force(fact_rows(ids)):
        yield fact.data.number, fact.subject.partition(":")[2], fact.data.n


def asked(
    subjects: Sequence[str] | None = None, gone: Iterable[int] = ()
) -> Iterator[tuple[str, str, str, str]]:
    """(evening, organization, state, note) of `Side` as the ledger has them, but for the facts ``gone``."""
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
            stands = sides.folded(told)
            texts = texts_of(id_ for _state, id_ in stands.values() if id_)
            for org, (state, id_) in sorted(stands.items()):
                yield subject.partition(":")[2], org, state, texts.get(id_, {}).get("note", "")


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for done, (slot, digest) in enumerate(truth(), 1):
        Paper.objects.create(slot=slot, digest=digest)
        progress(done, done)
    Handed.objects.bulk_create([Handed(number=number, slot=slot, n=n) for number, slot, n in handed()])
    held = [Side(slot=slot, org=org, state=state, note=note) for slot, org, state, note in asked()]
    Side.objects.bulk_create(held, batch_size=500)


def check() -> Iterator[str]:
    """`baodao doctor`: files that no record names, or that are not found here."""
    stored, wanted = set(Paper.objects.values_list("slot", "digest")), set(truth())
    for slot, digest in sorted(stored ^ wanted):
        yield f"file {digest[:12]} of {slot}: does not follow from its facts; run `baodao rebuild`"
    if set(Handed.objects.values_list("number", "slot", "n")) != set(handed()):
        yield "decisions that became matters: do not follow from their facts; run `baodao rebuild`"
    sides_held = set(Side.objects.values_list("slot", "org", "state", "note"))
    for slot, org in sorted({(row[0], row[1]) for row in sides_held ^ set(asked())}):
        yield f"side {org} of {slot}: does not follow from its facts; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """A batch is taken back: an evening that is gone has no files."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if subject.startswith("gather:"):
            left = [fact for fact in facts_of(subject) if fact.id not in gone and fact.kind == "gather.held"]
            if not left:
                tx.delete(Paper, slot=subject.partition(":")[2])
    for pending in tx.facts:
        if pending.voids is not None and pending.about.startswith("matter:"):
            tx.delete(Handed, number=pending.about.partition(":")[2])
    _without_sides(tx, subjects, gone)


def _without_sides(tx: Tx, subjects: list[str], gone: set[int]) -> None:
    """What is left is folded anew."""
    wanted = [subject for subject in subjects if subject.startswith("gather:")]
    codes = [subject.partition(":")[2] for subject in wanted]
    before = {(code, org) for code, stands in sides.states(codes).items() for org in stands}
    left = {(row[0], row[1]): row for row in asked(wanted, gone)}
    for code, org in sorted(before - set(left)):
        tx.delete(Side, slot=code, org=org)
    for slot, org, state, note in left.values():
        tx.upsert(Side, ("slot", "org"), slot=slot, org=org, state=state, note=note)


on_void(_after_void)
register_holder("meetings", holds)
register_cache(
    "branches",
    [
        Table(Paper, ("slot", "digest"), exclude=("id",)),
        Table(Handed, ("number",)),
        Table(Side, ("slot", "org"), exclude=("id",)),
    ],
    rebuild,
)
register_checker("branches", check)
