"""The same figures by plain Python over all facts: what the SQL is compared with."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import msgspec
from django.utils import timezone

from baodao.ledger.models import Fact
from baodao.ledger.selectors import _COLUMNS, _recorded
from baodao.matters.settlement import round_two

HOLDERS = {"p-secretary": "990101001001", "p-handler": "zjw"}


def effective(position: int) -> list[Any]:
    rows = [
        _recorded(row) for row in Fact.objects.filter(id__lte=position).order_by("id").values_list(*_COLUMNS)
    ]
    voided: set[int] = set()
    for fact in reversed(rows):
        if fact.voids and fact.id not in voided:
            voided.add(fact.voids)
    replaced = {fact.supersedes for fact in rows if fact.supersedes and fact.id not in voided}
    return [fact for fact in rows if fact.id not in voided | replaced]


def field(fact: Any, path: str) -> Any:
    here = msgspec.to_builtins(fact.data)
    if path.endswith("_2"):  # a length of time, rounded
        exact = here.get(path[:-2])
        return None if exact is None else round_two(exact)
    for part in path.split("."):
        here = here.get(part) if isinstance(here, dict) else None
    return here


def holds(fact: Any, where: Any) -> bool:
    for condition in where:
        held = field(fact, condition.field)
        if condition.is_ and held not in condition.is_:
            return False
        if condition.not_ and (held or "") in condition.not_:
            return False
        if condition.yes is not None and held is not condition.yes:
            return False
        if condition.given is not None and (held is not None) != condition.given:
            return False
        if condition.least is not None and (held is None or held < condition.least):
            return False
        if condition.until:
            limit = field(fact, condition.until)
            if held is None or limit is None:
                return False
            from datetime import datetime

            span = datetime.fromisoformat(limit) - datetime.fromisoformat(field(fact, "start"))
            if held > span.total_seconds():
                return False
    return True


def judge(measure: Any, origin: str, position: int, period: Any, group: str, trees: Any) -> dict[Any, Any]:
    """(organization, group) → (denominator, numerator, excluded, coarse, beside, percentiles)."""
    facts = effective(position)
    ruled = {(fact.subject, fact.data.round) for fact in facts if fact.kind == "matter.excluded"}
    made: dict[Any, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, [0] * len(measure.beside), []])
    seen: dict[Any, int] = defaultdict(int)
    open_: list[tuple[Any, ...]] = []
    restricted: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for fact in facts:
        if (
            fact.kind != measure.fact
            or fact.origin != origin
            or not period.start <= fact.happened < period.end
        ):
            continue
        if not holds(fact, measure.where):
            continue
        day = timezone.localtime(fact.happened).date()
        whose = fact.data.caller if measure.of == "caller" else fact.org
        for above in trees.chain(whose, day):
            row = (above, fact)
            if fact.level >= 2:
                restricted[above].append(row)
            else:
                open_.append(row)
    counted = list(open_)
    if not group and measure.kind in ("share", "ratio", "count"):
        counted += told_of(restricted, trees)
    timed = measure.kind == "percentile" or any(
        condition.until
        for condition in (*measure.denominator.where, *(measure.numerator.where if measure.numerator else ()))
    )
    for above, fact in counted:
        for name, value in names(measure, fact, group):
            out = made[above, name]
            seen[above, name] += 1
            den = holds(fact, measure.denominator.where) and (measure.kind != "sum" or value is not None)
            num = measure.numerator is not None and holds(fact, measure.numerator.where)
            num = num and (den or measure.kind == "ratio")
            gone = (
                (fact.subject, fact.data.round) in ruled
                and measure.fact != "matter.excluded"
                and not measure.volume
            )
            coarse = timed and fact.precision == "day"
            for place, part in enumerate(measure.beside.values()):
                out[4][place] += holds(fact, part.where) and not gone
            if gone:
                out[2] += den
            elif coarse:
                out[3] += den
            else:
                out[0] += den
                out[1] += value if measure.kind == "sum" and den else num
                if den and value is not None:
                    out[5].append(value)
    return {key: (*out[:5], [at(sorted(out[5]), p) for p in measure.percent]) for key, out in made.items()}


def names(measure: Any, fact: Any, group: str) -> list[tuple[str, int | None]]:
    value = field(fact, measure.value) if measure.value and measure.value != "value" else fact.value
    value = value if measure.value else None
    if group == "holder":
        held: dict[str, int] = defaultdict(int)
        for who, seconds in fact.data.held.items():
            held[HOLDERS.get(who, who)] += seconds
        return [(who, round_two(seconds)) for who, seconds in held.items()]
    if group == "month":
        return [(f"{timezone.localtime(fact.happened):%Y-%m}", value)]
    return [((field(fact, group) or "") if group else "", value)]


def at(values: list[int], percent: int) -> int:
    return values[max(1, -(-percent * len(values) // 100)) - 1] if values else 0


def told_of(restricted: dict[str, list[Any]], trees: Any) -> list[Any]:
    """Restricted rows are counted from ten on, and when what is left beside the told ones below is none or ten."""
    today = timezone.localdate()
    told: set[str] = set()

    def nearest(code: str) -> list[str]:
        found = []
        for child in trees.children(code, today):
            found += [child] if child in told else nearest(child)
        return found

    for code in sorted(restricted, key=lambda c: -len(trees.chain(c, today))):
        n = len(restricted[code])
        rest = n - sum(len(restricted.get(child, [])) for child in nearest(code))
        if n >= 10 and (rest == 0 or rest >= 10):
            told.add(code)
    return [row for code in told for row in restricted[code]]


DAY = date
