"""The state of a due against brute force, day by day: over years, leap days, moved holidays, transfers."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baodao.dues.declare import DueRule, Subjects, Terms
from baodao.dues.periods import after_event, period, reach_back, terms, windows
from baodao.dues.ports import Met
from baodao.dues.state import merged, need_of, stands
from baodao.kernel.calendar import Day, WorkCalendar
from tests.support import dues_oracle as oracle

DAY = timedelta(days=1)
#: Two published years with moved holidays, the rest a guess.
HOLIDAYS = [
    *(Day(date(2027, 1, d), "holiday") for d in (1, 4)),
    *(Day(date(2027, 2, d), "holiday") for d in (8, 9, 10, 11, 12)),
    Day(date(2027, 2, 14), "makeup"),
    *(Day(date(2027, 10, d), "holiday") for d in (1, 4, 5, 6, 7)),
    Day(date(2027, 10, 10), "makeup"),
    *(Day(date(2028, 1, d), "holiday") for d in (25, 26, 27, 28, 31)),
    Day(date(2028, 2, 29), "holiday"),
    Day(date(2028, 3, 4), "makeup"),
]
CAL = WorkCalendar("t", HOLIDAYS, date(2028, 12, 1))


def rule(**given: Any) -> DueRule:
    """A requirement of organizations since 2026."""
    plain: dict[str, Any] = {"title": "某项", "subjects": Subjects("org"), "since": date(2026, 1, 1)}
    return DueRule(**{**plain, **given})


DAYS = st.dates(date(2026, 6, 1), date(2028, 12, 31))
RULES = (
    st.builds(
        rule,
        every=st.sampled_from(["week", "month", "quarter", "half_year", "year"]),
        day=st.sampled_from([0, 0, 1, 5, 7]),
        rest=st.sampled_from(["same", "next", "before"]),
        before_days=st.sampled_from([0, 2]),
        after_days=st.sampled_from([0, 3]),
        amount=st.sampled_from([1, 2, 90]),
        make_up=st.sampled_from(["", "5 days", "4 workdays"]),
        newcomers=st.sampled_from(["middle", "whole", "any", "prorated"]),
        until=st.sampled_from([None, date(2028, 7, 1)]),
    )
    | st.builds(
        rule,
        every=st.just("month"),
        day=st.sampled_from([10, 29, 31]),
        rest=st.sampled_from(["same", "next", "before"]),
        after_days=st.sampled_from([0, 5, 10]),
        make_up=st.sampled_from(["", "15 days", "10 workdays", "27 days"]),
        newcomers=st.sampled_from(["middle", "whole", "any"]),
    )
    | st.builds(
        rule,
        every=st.sampled_from(["month", "quarter", "year"]),
        within=st.sampled_from([1, 5, 10, 28]),
        make_up=st.sampled_from(["", "20 days", "4 workdays"]),
        newcomers=st.sampled_from(["middle", "whole", "any"]),
    )
)


@st.composite
def lives(draw: Any) -> list[tuple[date, date | None]]:
    """Up to three stays; some touch (a transfer), some leave a gap, the last may be open."""
    cuts = sorted(draw(st.lists(DAYS, min_size=1, max_size=4, unique=True)))
    pairs = list(zip(cuts, [*cuts[1:], None], strict=True))
    return draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))


def answers(one: DueRule, stays: Any, mets: list[Met], excused: set[date], day: date) -> dict[date, str]:
    """What the product says of every window that has begun to count by ``day``."""
    life = merged(stays)
    needs = [
        (w, need_of(one, w, life)) for w in windows(one, day - reach_back(one) * DAY, day + 20 * DAY, CAL)
    ]
    told = {s.window.first: s.state for s in stands(needs, mets, frozenset(excused), day)}
    return {first: state for first, state in told.items() if first <= day}


@settings(max_examples=150, deadline=None)
@given(RULES, lives(), st.lists(st.tuples(DAYS, st.integers(1, 60), st.booleans()), max_size=8), st.data())
def test_every_state_is_that_of_brute_force(one: DueRule, stays: Any, drawn: Any, data: Any) -> None:
    mets = sorted(
        (Met("x", "org:a", day, f"r:{n}", amount, late) for n, (day, amount, late) in enumerate(drawn)),
        key=lambda met: (met.day, met.ref),
    )
    around = [met.day for met in mets] or [date(2027, 2, 10)]
    day = data.draw(st.sampled_from(around)) + data.draw(st.integers(-3, 40)) * DAY
    firsts = [period(one.every, d)[0] for d in around]
    excused = set(data.draw(st.lists(st.sampled_from(firsts), max_size=2)))
    truth = oracle.states(one, stays, mets, excused, day, CAL)
    told = answers(one, stays, mets, excused, day)
    here = period(one.every, day)[0]
    assert here in told or one.since > here or (one.until is not None and one.until <= here)
    # The last two windows are exact whatever lies before; older ones only serve to place make-ups.
    for first in sorted(told)[-2:]:
        assert told[first] == truth[first], (first, day)


def test_a_year_whose_day_lies_ahead_has_begun() -> None:
    one, day = rule(every="year", day=5), date(2027, 2, 10)
    stays = [(date(2026, 6, 1), None)]
    told = answers(one, stays, [], set(), day)
    assert told[date(2027, 1, 1)] == oracle.states(one, stays, [], set(), day, CAL)[date(2027, 1, 1)]


@pytest.mark.parametrize("every", ["week", "month", "quarter", "half_year", "year"])
def test_periods_cover_every_day_once(every: str) -> None:
    day = date(2027, 12, 1)
    while day < date(2029, 2, 1):
        first, last = period(every, day)
        assert oracle.days_of_period(every, day) == [first + n * DAY for n in range((last - first).days + 1)]
        day += DAY


def test_the_tenth_moves_when_it_is_a_rest_day() -> None:
    tenth = rule(day=10, rest="next", after_days=5)
    found = {w.first.month: w for w in windows(tenth, date(2027, 1, 1), date(2027, 12, 31), CAL)}
    # The Spring Festival of 2027 covers 10 February; Sunday the 14th is worked.
    assert found[2].due == date(2027, 2, 14)
    assert found[2].closes == date(2027, 2, 19)
    # A Sunday that is worked is no rest day.
    assert found[10].due == date(2027, 10, 10)
    assert found[7].due == date(2027, 7, 12)
    assert not found[2].provisional
    [late] = windows(tenth, date(2028, 12, 1), date(2028, 12, 31), CAL)
    assert late.provisional


def test_a_leap_day_is_the_last_of_february() -> None:
    [short] = windows(rule(day=31), date(2027, 2, 1), date(2027, 2, 28), CAL)
    [long] = windows(rule(day=31), date(2028, 2, 1), date(2028, 2, 29), CAL)
    assert (short.due, long.due) == (date(2027, 2, 28), date(2028, 2, 29))


def test_a_change_leaves_the_periods_before_as_they_were() -> None:
    one = rule(every="quarter", changes=(Terms(date(2027, 7, 1), every="month", day=10),))
    found = windows(one, date(2027, 1, 1), date(2027, 9, 30), CAL)
    assert [w.first.month for w in found] == [1, 4, 7, 8, 9]
    assert found[1].due == date(2027, 6, 30)
    assert found[2].due == date(2027, 7, 10)
    assert terms(one, date(2027, 6, 30)).every == "quarter"


def test_after_an_event_the_limit_runs_in_workdays() -> None:
    one = rule(every="", after="gather.held", limit="3 workdays", make_up="2 days")
    window = after_event(one, date(2027, 2, 5), CAL)
    assert (window.opens, window.closes) == (date(2027, 2, 5), date(2027, 2, 16))
    assert window.make_up == date(2027, 2, 18)


def test_one_record_is_not_counted_twice() -> None:
    one = rule(make_up="20 days")
    needs = [(w, 1) for w in windows(one, date(2027, 3, 1), date(2027, 4, 30), CAL)]
    mets = [Met("x", "org:a", date(2027, 4, 10), "r:1", made_up=True)]
    march, april = stands(needs, mets, frozenset(), date(2027, 4, 12))
    assert (march.state, march.refs) == ("made_up", ("r:1",))
    assert (april.state, april.refs) == ("due", ())
    # The day before it, March was missing and could be made up.
    march, _april = stands(needs, mets, frozenset(), date(2027, 4, 9))
    assert march.state == "missing" and march.can_make_up(date(2027, 4, 9))


def test_a_transfer_is_no_new_beginning_and_who_is_gone_owes_nothing() -> None:
    one = rule(every="quarter")
    [window] = windows(one, date(2027, 1, 1), date(2027, 3, 31), CAL)
    moved = merged([(date(2020, 1, 1), date(2027, 3, 20)), (date(2027, 3, 20), None)])
    assert need_of(one, window, moved) == 1
    assert need_of(one, window, merged([(date(2027, 2, 20), None)])) == 0
    assert need_of(one, window, merged([(date(2027, 2, 14), None)])) == 1
    assert need_of(one, window, merged([(date(2020, 1, 1), date(2027, 3, 31))])) == 0
