"""Points are a pure function of facts: caps, expiry, being out, against an oracle that says the same another way."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from baodao.gather.service.declare import Points, Rule, Star
from baodao.gather.service.halves import Half, half_from, half_of
from baodao.gather.service.points import Done, account, switched_on

FIRST = date(2026, 1, 1)
POINTS = Points(
    basis="某〔2026〕1 号", approver="部务会", since=FIRST, until=date(2027, 12, 31), post="points_keeper", cap=20,
    expires_after=1,
    rule=(
        Rule(name="time", title="服务一次", points=3, most=12),
        Rule(name="hour", title="满一小时", points=1, most=9, per="hour", kinds=("care",)),
        Rule(name="stand", title="岗位实绩", points=4, most=8, what="standing"),
    ),
    star=(Star(stars=1, points=3), Star(stars=2, points=12), Star(stars=3, points=20)),
)  # fmt: skip

facts = st.lists(
    st.builds(
        Done,
        key=st.integers(0, 60).map(str),
        what=st.sampled_from(["service", "standing"]),
        kind=st.sampled_from(["care", "sweep"]),
        day=st.integers(-30, 760).map(lambda n: FIRST + timedelta(days=n)),
        minutes=st.integers(0, 600),
    ),
    max_size=40,
    unique_by=lambda one: one.key,
)
days = st.integers(0, 760).map(lambda n: FIRST + timedelta(days=n))
outs = st.sets(st.sampled_from([Half(2026, 1), Half(2026, 2), Half(2027, 1), Half(2027, 2)]), max_size=3)


def oracle(done: list[Done], day: date, out: set[Half]) -> int:
    """The sum of the half-years in force, each the least of its cap and what its rules give."""
    total = 0
    for number in range(4):
        half = Half(2026, 1).after(number)
        if half in out or half.after(1) < half_of(day):
            continue
        here = [
            d for d in done if half.first <= d.day < half.end and FIRST <= d.day <= min(day, POINTS.until)
        ]
        times = 3 * sum(d.what == "service" for d in here)
        spent = sum(d.minutes // 60 for d in here if d.what == "service" and d.kind == "care")
        stood = 4 * sum(d.what == "standing" for d in here)
        total += min(20, min(12, times) + min(9, spent) + min(8, stood))
    return total


@given(facts, days, outs)
def test_the_total_is_what_the_oracle_says(done: list[Done], day: date, out: set[Half]) -> None:
    assert account(done, POINTS, day, out).total == oracle(done, day, out)


@given(facts, days, outs, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(done: list[Done], day: date, out: set[Half], chance: object) -> None:  # fmt: skip
    shuffled = [*done, *done[:3]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert account(shuffled, POINTS, day, out) == account(done, POINTS, day, out)


@given(facts, days)
def test_every_line_stands_on_a_fact_and_the_lines_are_the_total(done: list[Done], day: date) -> None:
    found = account(done, POINTS, day)
    assert sum(line.counted for line in found.lines) == found.total == sum(n for _half, n in found.halves)
    assert {line.key for line in found.lines} <= {one.key for one in done}
    for line in found.lines:
        assert 0 <= line.counted <= line.earned
        assert bool(line.cut) == (line.counted < line.earned)
        assert FIRST <= line.day <= day
    assert all(n <= POINTS.cap for _half, n in found.halves)


@given(facts, days, st.integers(0, 700), st.sampled_from(["service", "standing"]))
def test_another_fact_never_takes_points_away(done: list[Done], day: date, when: int, what: str) -> None:
    one = Done("new", what, "care", FIRST + timedelta(days=when), 120)  # type: ignore[arg-type]
    assert account([*done, one], POINTS, day).total >= account(done, POINTS, day).total


def test_points_expire_after_the_half_year_that_was_declared() -> None:
    done = [Done("a", "service", "sweep", date(2026, 3, 1))]
    assert account(done, POINTS, date(2026, 12, 31)).total == 3
    late = account(done, POINTS, date(2027, 1, 1))
    assert late.total == 0 and late.lines[0].cut == "expired"


def test_stars_follow_the_half_year_and_being_out_costs_nothing() -> None:
    spring = [Done(f"s{n}", "service", "sweep", date(2026, 3, n + 1)) for n in range(4)]
    july = date(2026, 7, 2)
    held = account(spring, POINTS, date(2026, 6, 30)).stars
    assert held is not None and held.stars == 2
    # The next half-year begins without points; who is out keeps what she had, and nothing says why.
    assert account(spring, POINTS, july).stars is None
    out = account(spring, POINTS, july, {Half(2026, 2)})
    assert out.stars is not None and out.stars.stars == 2 and out.reason == Half(2026, 1)
    # Out from the very beginning: no stars are told at all.
    nothing = account(spring, POINTS, july, {Half(2026, 1), Half(2026, 2)})
    assert nothing.stars is None and nothing.reason is None and nothing.total == 0


def test_the_switch_has_a_first_and_a_last_day() -> None:
    assert not switched_on(None, FIRST)
    assert not switched_on(POINTS, date(2025, 12, 31))
    assert switched_on(POINTS, FIRST) and switched_on(POINTS, date(2027, 12, 31))
    assert not switched_on(POINTS, date(2028, 1, 1))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-40, 40))
def test_half_years_follow_one_another(day: date, count: int) -> None:
    half = half_of(day)
    assert half.first <= day < half.end
    assert half.after(count).after(-count) == half and half_from(half.code) == half
    assert half.after(1).first == half.end
