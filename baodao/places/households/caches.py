"""The tables of households are folded from facts and what is left of their contents: dumped, rebuilt, checked."""

from collections.abc import Callable, Iterator
from typing import Any

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import texts_of

from .fold import Line, Whole
from .models import Household, HouseholdLine, HouseholdMember
from .selectors import wholes
from .services.writing import mark_of

_STEP = 200
LINE = ("household_id", "n", "field", "why", "until", "post", "word", "written", "token")


def household_columns(code: str, whole: Whole) -> dict[str, Any]:
    """A household as model columns. One statement when it has an address."""
    line = next((line for line in whole.lines.values() if line.field == "address"), None)
    texts = texts_of([line.fact]).get(line.fact, {}) if line else {}
    return {
        "code": code, "org_id": whole.org, "grid": whole.grid, "building": texts.get("building", ""),
        "mark": mark_of(whole.org, texts["text"]) if "text" in texts else None, "post": "", "level": 2,
        "origin": whole.origin, "since": whole.since, "until": whole.until,
    }  # fmt: skip


def line_columns(code: str, line: Line) -> dict[str, Any]:
    """A line as model columns."""
    return {
        "household_id": code, "n": line.n, "field": line.field, "why": line.why, "until": line.until,
        "post": line.post, "word": line.word, "written": line.written, "token": line.token,
    }  # fmt: skip


def truth() -> Iterator[tuple[str, Whole]]:
    """Households as the ledger has them. A contact whom the vault has forgotten does not stand."""
    from baodao.people.selectors import persons_of

    subjects = (
        Fact.objects.filter(kind="household.registered").order_by("id").values_list("subject", flat=True)
    )
    codes = [subject.partition(":")[2] for subject in subjects]
    for start in range(0, len(codes), _STEP):
        found = wholes(codes[start : start + _STEP])
        tokens = {t for whole in found.values() for t in (*whole.tokens, *_contacts(whole))}
        alive = set(persons_of(tokens, "erase")) if tokens else set()
        for code, whole in found.items():
            whole.tokens &= alive
            whole.lines = {
                n: line for n, line in whole.lines.items() if not line.token or line.token in alive
            }
            yield code, whole


def _contacts(whole: Whole) -> set[str]:
    return {line.token for line in whole.lines.values() if line.token}


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables."""
    for done, (code, whole) in enumerate(truth(), 1):
        Household.objects.create(**household_columns(code, whole))
        HouseholdLine.objects.bulk_create(
            [HouseholdLine(**line_columns(code, line)) for _n, line in sorted(whole.lines.items())]
        )
        HouseholdMember.objects.bulk_create(
            [HouseholdMember(household_id=code, token=token) for token in sorted(whole.tokens)]
        )
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: households whose rows are not what facts and contents say."""
    for code, whole in truth():
        row = Household.objects.filter(code=code).values().first()
        wanted = [line_columns(code, line) for _n, line in sorted(whole.lines.items())]
        lines = list(HouseholdLine.objects.filter(household=code).order_by("n").values(*LINE))
        tokens = set(HouseholdMember.objects.filter(household=code).values_list("token", flat=True))
        if row is not None and row["mark"] is not None:
            row["mark"] = bytes(row["mark"])
        if row != household_columns(code, whole) or lines != wanted or tokens != whole.tokens:
            yield f"household {code}: does not follow from its facts; run `baodao rebuild`"


register_cache(
    "households",
    [
        Table(HouseholdMember, ("household_id", "token"), exclude=("id",)),
        Table(HouseholdLine, ("household_id", "n"), exclude=("id",)),
        Table(Household, ("code",), exclude=("mark",)),
    ],
    rebuild,
)
register_checker("households", check)
