"""Measures against a plain oracle, planted truths, and what must never happen to a number."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from baodao.kernel.errors import Invalid, Missing, Refused
from baodao.ledger.selectors import position
from baodao.measures.declare import Measure
from baodao.measures.lawful import faults
from baodao.measures.period import parse
from baodao.measures.results import Figure, Question
from baodao.measures.selectors import _answer, answer, board, facts_behind
from tests.measures.conftest import (
    A2,
    HOME,
    LATER,
    STREET,
    A,
    B,
    Cast,
    Plan,
    answered,
    called,
    move,
    settled,
    step,
    write,
)  # fmt: skip
from tests.measures.oracle import judge

MARCH = parse("2026-03", date(2026, 6, 20))
DAYS = datetime(2026, 3, 1, tzinfo=UTC)


def ask(
    cast: Cast, name: str, org: str = HOME, who: str = "supervisor", **how: Any
) -> dict[tuple[str, str], Figure]:
    question = Question(name, org, how.pop("period", MARCH), **how)
    return {(f.org, f.group): f for f in answer(cast.by(who, LATER), question).figures}


# ── against the oracle ──────────────────────────────────────────────────────────────────────────────────

orgs = st.sampled_from([A, A2, B, STREET])
moments = st.integers(-4 * 24, 33 * 24).map(lambda hours: DAYS + timedelta(hours=hours))
common = {
    "org": orgs,
    "at": moments,
    "level": st.sampled_from([0, 1, 1, 1, 2]),
    "precision": st.sampled_from(["second", "second", "second", "day"]),
    "origin": st.sampled_from(["live", "live", "live", "simulated", "import"]),
    "round_": st.integers(1, 2),
}
numbers = st.integers(1, 12)
legs = st.builds(
    settled, numbers, wall=st.integers(1, 200_000), late=st.booleans(), called_late=st.booleans(), due=st.booleans(),
    outcome=st.sampled_from(["solved", "partly", "cannot", "returned", "withdrawn"]),
    first=st.none() | st.integers(0, 200_000), reported=st.none() | st.integers(0, 5000),
    role=st.sampled_from(["lead", "co"]), scope=st.sampled_from(["leg", "leg", "stage", "round"]),
    stage=st.sampled_from(["", "handling"]),
    held=st.dictionaries(st.sampled_from([A, B, "p-secretary", "p-handler", "waiting"]), st.integers(0, 99_999), min_size=1),
    **common,
)  # fmt: skip
answers = st.builds(
    answered, numbers, st.sampled_from(["solved", "partly", "not", "silent", "reopened"]), **common
)
rulings = st.builds(step, st.just("matter.excluded"), numbers, **common)
ratings = st.builds(
    step, st.just("matter.rated"), numbers, value=st.integers(1, 5), org=orgs, at=moments, level=st.just(3),
    origin=common["origin"],
)  # fmt: skip
asked = st.builds(
    called, numbers, orgs, orgs, st.none() | st.integers(0, 5000), at=moments, level=common["level"],
    origin=common["origin"],
)  # fmt: skip
plans = st.lists(legs | answers | rulings | ratings | asked, max_size=40)
undoing = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["supersedes", "voids"])), max_size=8)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    plans=plans,
    undone=undoing,
    moved=st.booleans(),
    back=st.integers(0, 5),
    many=st.sampled_from([1, 4]),
    pick=st.data(),
)
def test_every_figure_is_what_a_plain_count_says(
    cast: Cast, plans: list[Plan], undone: list[Any], moved: bool, back: int, many: int, pick: Any
) -> None:
    from baodao.measures.selectors import measures
    from baodao.orgs.selectors import forest

    with transaction.atomic():
        if moved:
            move(A2, "990101002", date(2026, 3, 12))
        at = first = write(*plans * many) if plans else 0
        for place, how in undone if plans else ():
            last = plans[-1]
            again = {"kind": last.kind, "data": last.data, "subject": last.subject, "org": last.org}
            target = max(first - len(plans) * many + 1, at - place)
            at = write(
                Plan(
                    **again,
                    happened=last.happened,
                    value=last.value if how == "supersedes" else None,
                    **{how: target},
                )
            )
        told = {name: one for name, one in measures(HOME).items() if name != "satisfaction"}
        drawn = pick.draw(st.lists(st.sampled_from(list(told)), min_size=4, max_size=4, unique=True))
        for name in dict.fromkeys([*drawn, "hours_asked"]):
            group = pick.draw(st.sampled_from(["", "", *told[name].groups]))
            origin, position = pick.draw(st.sampled_from(["live", "live", "simulated"])), max(0, at - back)
            found = ask(cast, name, origin=origin, group=group, position=position)
            plain = judge(told[name], origin, position, MARCH, group, forest())
            compare(name, group, found, plain)
        transaction.set_rollback(True)
    from baodao.kernel import epochs

    epochs.forget()


def compare(name: str, group: str, found: dict[tuple[str, str], Figure], plain: dict[Any, Any]) -> None:
    for key, figure in found.items():
        want = plain.pop(key, None)
        if want is None:
            assert (figure.denominator, figure.excluded) == (0, 0), (name, key)
            continue
        have = (figure.denominator, figure.numerator or 0, figure.excluded, figure.coarse)
        assert have == want[:4], (name, key)
        assert [one.count for one in figure.beside] == want[4], (name, key)
        assert [cut.value for cut in figure.cuts] == (want[5] if figure.cuts else []), (name, key)
    left = {key: want for key, want in plain.items() if key[0] == HOME or not group}
    assert not left, (name, group, left)


# ── planted truths ──────────────────────────────────────────────────────────────────────────────────────


def test_a_late_department_is_found(cast: Cast) -> None:
    write(
        *[settled(n, org=A, late=n == 0) for n in range(20)],
        *[settled(40 + n, org=B, late=n < 12) for n in range(20)],
    )
    found = ask(cast, "on_time")
    assert (found[B, ""].numerator, found[B, ""].denominator) == (8, 20)
    assert (found[A, ""].numerator, found[A, ""].denominator) == (19, 20)
    assert (found[HOME, ""].numerator, found[HOME, ""].denominator) == (27, 40)
    late, good = found[B, ""], found[A, ""]
    assert late.high is not None and good.low is not None and late.high < good.low
    assert found[STREET, ""].place is None, "one street has nobody to be ranked with"


def test_silence_raises_silence_and_nothing_else(cast: Cast) -> None:
    write(
        *[answered(n, "solved" if n % 2 else "not") for n in range(12)],
        *[answered(50 + n, "silent") for n in range(30)],
    )
    resolution, silence = ask(cast, "resolution")[A, ""], ask(cast, "silence")[A, ""]
    assert (resolution.numerator, resolution.denominator) == (6, 12)
    assert [(one.name, one.count) for one in resolution.beside] == [("silent", 30)]
    assert silence.value == 30


def test_an_excluded_round_is_out_and_its_count_beside(cast: Cast) -> None:
    before = write(*[answered(n, "solved" if n else "not") for n in range(12)])
    write(step("matter.excluded", 0))
    told = ask(cast, "resolution")[A, ""]
    assert (told.numerator, told.denominator, told.excluded) == (11, 11, 1)
    then = ask(cast, "resolution", position=before)[A, ""]
    assert (then.numerator, then.denominator, then.excluded) == (11, 12, 0)


def test_too_small_a_sample_is_not_measured(cast: Cast) -> None:
    write(*[answered(n, "not") for n in range(9)])
    few = ask(cast, "resolution")[A, ""]
    assert (few.standing, few.value, few.numerator, few.denominator) == ("few", None, 0, 9)
    none = ask(cast, "resolution", org=B)[B, ""]
    assert (none.standing, none.value, none.sample) == ("none", None, 0)


def test_ties_are_ties(cast: Cast) -> None:
    write(
        *[settled(n, org=A, late=n < 5) for n in range(10)],
        *[settled(40 + n, org=A2, late=n < 10) for n in range(20)],
    )
    found = ask(cast, "on_time")
    assert [(found[one, ""].place, found[one, ""].tied) for one in (A, A2)] == [(1, True), (1, True)]


def test_origins_never_mix(cast: Cast) -> None:
    write(
        *[settled(n, late=False) for n in range(10)],
        *[settled(n, late=True, origin="simulated") for n in range(30)],
    )
    assert ask(cast, "on_time")[A, ""].denominator == 10
    assert ask(cast, "on_time", origin="simulated")[A, ""].denominator == 30
    assert ask(cast, "on_time", origin="import")[HOME, ""].denominator == 0


def test_days_take_no_part_in_hours(cast: Cast) -> None:
    write(
        *[settled(n) for n in range(11)], *[settled(40 + n, precision="day", wall=999_000) for n in range(5)]
    )
    told = ask(cast, "leg_time")[A, ""]
    assert (told.sample, told.coarse, told.value) == (11, 5, 7200.0)
    assert ask(cast, "on_time")[A, ""].denominator == 16


def test_a_settlement_made_anew_counts_once(cast: Cast) -> None:
    first = write(settled(1, late=True))
    second = write(settled(1, late=False, supersedes=first))
    write(settled(1, late=False, supersedes=second))
    assert ask(cast, "on_time")[A, ""].denominator == 1
    assert ask(cast, "on_time")[A, ""].numerator == 1
    assert ask(cast, "on_time", position=first)[A, ""].numerator == 0


def test_organizations_as_they_lay_then(cast: Cast) -> None:
    write(*[settled(n, org=A2, at=DAYS + timedelta(days=n)) for n in range(20)])
    move(A2, "990101002", date(2026, 3, 11))
    found = ask(cast, "on_time")
    assert (found[STREET, ""].denominator, found["990101002", ""].denominator) == (10, 10)


def test_what_is_asked_adds_up_for_whoever_asked(cast: Cast) -> None:
    write(
        called(1, B, A, 90 * 12),
        called(1, B, A2, 90 * 12),
        called(2, STREET, A, 60),
        called(3, B, A, None),
        called(4, B, A, 10**6, level=2),
        called(5, B, A, 10**6, origin="simulated"),
    )
    found = ask(cast, "hours_asked")
    assert (found[B, ""].value, found[B, ""].numerator, found[B, ""].denominator) == (36.0, 2160, 2)
    assert found[STREET, ""].value == 1.0
    assert found[HOME, ""].numerator == 2220, "restricted, simulated and unnumbered rows stay out"
    assert not {A, A2} & {org for org, _group in found}, "those asked do not stand in it"
    rows = facts_behind(cast.by("supervisor", LATER), Question("hours_asked", B, MARCH))
    assert [(row.value, row.org) for row in rows] == [(1080, B), (1080, B)]
    write(called(6, "990101002", A, 30 * 60))
    found = ask(cast, "hours_asked")
    places = {org: (one.place, one.tied) for (org, _group), one in found.items()}
    assert places[STREET] == (1, False)
    assert places["990101002"] == (2, False)
    assert places[B] == (None, False), "the only one of its level"


def test_a_sum_reads_numbers_and_nothing_else(cast: Cast) -> None:
    """What a form asked for as a number may be missing or be a word in another version: such a row adds nothing."""
    opened = [
        Plan(
            kind="matter.opened", subject=f"matter:HQ-2026-{n:06}", org=A, happened=DAYS + timedelta(days=n),
            data={
                "action": "open", "round": 1, "stage": "s", "procedure": "service_order", "digest": "d",
                "edition": "e", "fields": fields,
            },
        )
        for n, fields in enumerate([{"amount": 5000}, {"amount": "many"}, {"amount": True}, {}, {"amount": 250}])
    ]  # fmt: skip
    write(*opened)
    measure = msgspec.convert(
        {
            "title": "t", "kind": "sum", "fact": "matter.opened", "value": "fields.amount", "volume": True, "scale": 100,
            "denominator": {"says": "d", "where": [{"field": "procedure", "is": ["service_order"]}]},
        },
        Measure,
    )  # fmt: skip
    assert list(faults(measure)) == []
    told = _answer(cast.by("supervisor", LATER), measure, Question("", A, MARCH), position()).figures[0]
    assert (told.numerator, told.denominator, told.value) == (5250, 2, 52.5)


# ── what few may know ───────────────────────────────────────────────────────────────────────────────────


def test_restricted_facts_are_no_rows_and_count_from_ten_on(cast: Cast) -> None:
    write(*[settled(n) for n in range(10)], *[settled(20 + n, level=2) for n in range(9)])
    assert ask(cast, "on_time")[A, ""].denominator == 10
    write(settled(30, level=2))
    assert ask(cast, "on_time")[A, ""].denominator == 20
    rows = facts_behind(cast.by("supervisor", LATER), Question("on_time", A, MARCH))
    assert len(rows) == 10


def test_few_cannot_be_found_by_subtracting(cast: Cast) -> None:
    write(*[settled(n, level=2) for n in range(10)], *[settled(20 + n, org=A2, level=2) for n in range(4)])
    found = ask(cast, "on_time")
    assert found[A, ""].denominator == 10
    assert found[HOME, ""].denominator == 0, "14 above and 10 below would tell of the 4"


def test_stars_are_shown_from_ten_on_and_only_for_a_whole_month_that_is_over(cast: Cast) -> None:
    write(*[step("matter.rated", n, level=3, value=4 + n % 2) for n in range(9)])
    assert ask(cast, "satisfaction")[A, ""].standing == "hidden"
    at = write(step("matter.rated", 20, level=3, value=4))
    told = ask(cast, "satisfaction")[A, ""]
    assert (told.value, told.sample) == (4.4, 10)
    for how in ({"position": at}, {"period": parse("2026-03-01..2026-03-30", date(2026, 6, 1))}):
        with pytest.raises(Invalid):
            ask(cast, "satisfaction", **how)
    early = answer(
        cast.by("supervisor", datetime(2026, 3, 20, tzinfo=UTC)), Question("satisfaction", HOME, MARCH)
    )
    assert [figure.standing for figure in early.figures] == ["hidden"]
    with pytest.raises(Refused):
        facts_behind(cast.by("supervisor", LATER), Question("satisfaction", A, MARCH))


# ── rights ──────────────────────────────────────────────────────────────────────────────────────────────


def test_who_reads_what(cast: Cast) -> None:
    write(*[settled(n, org=A) for n in range(10)])
    question = Question("on_time", A, MARCH)
    for who in ("secretary", "superior", "supervisor"):
        assert answer(cast.by(who, LATER), question).figures[0].denominator == 10, who
    for who in ("sibling", "handler", "worker", "outsider", "stranger"):
        for read in (answer, facts_behind, board):
            with pytest.raises(Missing):
                read(cast.by(who, LATER), question)  # type: ignore[operator]
    with pytest.raises(Missing):
        answer(cast.by("superior", LATER), Question("on_time", HOME, MARCH))
    listed = {
        figure.org
        for figure in answer(cast.by("superior", LATER), Question("on_time", STREET, MARCH)).figures
    }
    assert listed == {STREET, A}
    for org in listed:
        assert (
            answer(cast.by("superior", LATER), Question("on_time", org, MARCH)).figures[0].denominator == 10
        )


# ── rows and statements ─────────────────────────────────────────────────────────────────────────────────


def test_rows_follow_each_other_without_gap_or_repeat(cast: Cast) -> None:
    write(*[settled(n, late=n % 3 == 0) for n in range(25)])
    by, seen, before = cast.by("supervisor", LATER), [], 2**62
    while rows := facts_behind(by, Question("on_time", HOME, MARCH), before=before, limit=7):
        seen += [row.id for row in rows]
        before = seen[-1]
    assert len(seen) == len(set(seen)) == 25
    assert seen == sorted(seen, reverse=True)
    assert len(facts_behind(by, Question("on_time", HOME, MARCH), which="missed")) == 9
    assert not any(row.open for row in facts_behind(by, Question("on_time", HOME, MARCH))), "no such matter"


def test_statements_are_few_and_do_not_grow(cast: Cast) -> None:
    by, counts = cast.by("supervisor", LATER), []
    for n in (1, 60):
        write(*[settled(100 * n + m, org=[A, A2, B][m % 3]) for m in range(n)])
        answer(by, Question("on_time", HOME, MARCH))
        with CaptureQueriesContext(connection) as one:
            answer(by, Question("on_time", HOME, MARCH))
        with CaptureQueriesContext(connection) as rows:
            facts_behind(by, Question("on_time", HOME, MARCH))
        with CaptureQueriesContext(connection) as many:
            told = board(by, Question("", HOME, MARCH))
        counts.append((len(one), len(rows), len(many) - len(told)))
    assert counts[0] == counts[1] == (2, 5, 1)
