"""What a fact says is counted alike, whichever release wrote it: said in full with rounded lengths of time beside (version 1), or lean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction

from baodao.ledger.canonical import stamp
from baodao.ledger.models import Fact
from baodao.ledger.registry import decode
from baodao.matters.settlement import round_two
from baodao.measures.dialect import dialect
from baodao.measures.period import parse
from baodao.measures.results import Question
from baodao.measures.selectors import answer, measures
from tests.measures.conftest import HOME, LATER, A, B, Cast, answered, called, settled, write

MARCH = parse("2026-03", LATER.date())
TIMES = ("wall", "worked", "paused", "reported", "first_act", "waited")


def in_full(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the first release wrote it."""
    data = msgspec.to_builtins(decode(row["kind"], row["v"], row["data"]))
    if row["kind"] in ("matter.settled", "matter.answer_settled"):
        for clock in data.get("clocks", {}).values():
            clock["met"] = stamp(row["happened"])
        begun = row["happened"] - timedelta(seconds=row["value"])
        names = ("wall", "start") if "worked" in data else ("waited", "asked")
        data |= {"digest": "0" * 64, "edition": "e", names[0]: row["value"], names[1]: stamp(begun)}
        for name in TIMES:
            if name in data:
                data[f"{name}_2"] = None if data[name] is None else round_two(data[name])
        data |= {"end": stamp(row["happened"])} if "wall" in data else {}
        row = {**row, "v": 1}
    return {**row, "data": msgspec.json.encode(data, order="sorted").decode()}


def figures(cast: Cast) -> dict[Any, Any]:
    """Every declared measure of the district and all below, in every group."""
    return {
        (name, group): msgspec.to_builtins(
            answer(cast.by("supervisor", LATER), Question(name, HOME, MARCH, group=group)).figures
        )
        for name, held in measures(HOME).items()
        for group in ("", *held.groups)
    }


def test_facts_of_both_releases_give_the_same_figures(cast: Cast) -> None:
    plans = [
        *(settled(n, wall=1234 * n, late=n % 4 == 0, role="co" if n % 3 else "lead", due=n % 5 > 0) for n in range(1, 30)),
        *(settled(n, scope="stage", stage="handling", org=B, first=None, reported=None) for n in range(1, 15)),
        *(settled(n, scope="round", role="", held={A: 70, "p-secretary": 99}, wall=169) for n in range(1, 15)),
        *(answered(n, "solved" if n % 3 else "silent") for n in range(1, 30)),
        *(called(n, HOME, A, 15 * n if n % 2 else None) for n in range(1, 20)),
    ]  # fmt: skip
    with transaction.atomic():
        before = set(Fact.objects.values_list("id", flat=True))
        write(*plans)
        lean, rows = figures(cast), list(Fact.objects.exclude(id__in=before).order_by("id").values())
        transaction.set_rollback(True)
    assert any(figure["cuts"] for told in lean.values() for figure in told)
    with transaction.atomic():
        full = [in_full(row) for row in rows]
        assert sum(len(row["data"]) for row in full) > 1.3 * sum(len(row["data"]) for row in rows)
        Fact.objects.bulk_create([Fact(**row) for row in full])
        assert figures(cast) == lean
        transaction.set_rollback(True)


def test_a_field_that_is_left_out_says_its_default(cast: Cast) -> None:
    from django.db import connection

    words = dialect(connection.vendor, "matter.opened")
    settlement = dialect(connection.vendor, "matter.settled")
    clock = '{"clocks":{"a":{"due":"x","late":true}}}'
    for expression, text, said in (
        (words.truth("behalf"), "{}", 0),
        (words.truth("behalf"), '{"behalf":true}', 1),
        (words.text("caller"), "{}", ""),
        (words.text("procedure"), "{}", "request"),
        (words.text("digest"), "{}", None),
        (words.number("fields.heads"), "{}", None),
        (settlement.number("paused"), "{}", 0),
        (settlement.number("paused_2"), "{}", 0),
        (settlement.number("worked_2"), '{"worked":12345}', 12000),
        (settlement.number("worked_2"), "{}", None),
        (settlement.number("value"), "{}", 12345),
        (settlement.number("value_2"), "{}", 12000),
        (settlement.whole("paused"), "{}", 0),
        (settlement.truth("late"), "{}", None),
        (settlement.truth("clocks.a.provisional"), clock, 0),
        (settlement.truth("clocks.b.provisional"), clock, None),
        (settlement.truth("clocks.a.late"), clock, 1),
    ):
        held = "CAST(%s AS jsonb)" if connection.vendor == "postgresql" else "%s"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {expression} FROM (SELECT {held} AS j, 12345 AS value) f", [text])
            assert cursor.fetchone()[0] == said, expression
