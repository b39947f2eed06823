"""The tables of returns are caches of their facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baodao.kernel.evidence import register_holder
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of

from .fold import State, fold
from .models import Copy, Form, Return
from .selectors import holds, numbers
from .services import columns

_STEP = 200


def truth() -> Iterator[tuple[str, State]]:
    """Returns as the ledger has them."""
    known = numbers()
    for start in range(0, len(known), _STEP):
        part = known[start : start + _STEP]
        told: dict[str, list[Recorded]] = {}
        for fact in facts_of([f"return:{number}" for number in part], effective=False):
            told.setdefault(fact.subject.partition(":")[2], []).append(fact)
        for number in part:
            if (state := fold(told.get(number, ()))) is not None:
                yield number, state


def copies(number: str, state: State) -> Iterator[dict[str, object]]:
    """The frozen copies of a return as model columns."""
    for one in state.copies:
        yield {
            "number": number, "version": one.version, "file": one.file, "signed": one.at, "post": one.post,
            "second": one.second,
        }  # fmt: skip


def forms() -> Iterator[dict[str, str]]:
    """Given forms as model columns."""
    for fact in facts_of(
        Fact.objects.filter(kind="return.formed").order_by("id").values_list("subject", flat=True)
    ):
        code = fact.subject.partition(":")[2]
        yield {"code": code, "org_id": fact.org, "file": fact.data.file, "origin": fact.origin}


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    Form.objects.bulk_create([Form(**one) for one in forms()])
    for done, (number, state) in enumerate(truth(), 1):
        Return.objects.create(**columns(number, state))
        Copy.objects.bulk_create([Copy(**one) for one in copies(number, state)])
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: rows that are not what their facts say."""
    stored = {row["number"]: row for row in Return.objects.values()}
    kept = set(Copy.objects.values_list("number", "version", "file"))
    for number, state in truth():
        if stored.pop(number, None) != columns(number, state):
            yield f"return {number}: does not follow from its facts; run `baodao rebuild`"
        kept ^= {(number, one.version, one.file) for one in state.copies}
    for number in sorted([*stored, *(row[0] for row in kept)]):
        yield f"return {number}: no fact says so; run `baodao rebuild`"
    if {row["code"]: row for row in Form.objects.values()} != {one["code"]: one for one in forms()}:
        yield "forms of returns: do not follow from their facts; run `baodao rebuild`"


register_holder("returns", holds)
register_cache(
    "returns",
    [Table(Return, ("number",)), Table(Copy, ("number", "version"), exclude=("id",)), Table(Form, ("code",))],
    rebuild,
)
register_checker("returns", check)
