"""Openings over the half-year: never more than a day takes, as even as can be, the same answer each time."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from baodao.gather.service.pacing import days_between, spread

FIRST = date(2026, 7, 1)
day_lists = st.lists(st.integers(0, 183).map(lambda n: FIRST + timedelta(days=n)), max_size=60)
taken = st.dictionaries(st.integers(0, 183).map(lambda n: FIRST + timedelta(days=n)), st.integers(0, 4))


@given(day_lists, st.integers(0, 90), st.integers(1, 4), taken)
def test_no_day_takes_more_than_its_most_and_no_seat_is_lost(
    days: list[date], wanted: int, most: int, held: dict[date, int]
) -> None:
    found = spread(days, wanted, most, held)
    assert all(seats >= 1 and seats + held.get(day, 0) <= most for day, seats in found.items())
    assert set(found) <= set(days)
    room = sum(max(most - held.get(day, 0), 0) for day in set(days))
    assert sum(found.values()) == min(wanted, room)
    assert spread(reversed(days), wanted, most, held) == found


def test_sixty_members_of_28_june_find_the_whole_second_half_year() -> None:
    saturdays = days_between(date(2026, 7, 1), date(2027, 1, 1), [5])
    assert len(saturdays) == 26
    found = spread(saturdays, 60, 3, {})
    assert sum(found.values()) == 60 and set(found.values()) <= {2, 3} and len(found) == 26
    # By half of the time half of them have served.
    assert abs(sum(n for day, n in found.items() if day < date(2026, 10, 1)) - 30) <= 3


def test_few_seats_lie_far_apart() -> None:
    weekdays = days_between(date(2026, 7, 1), date(2027, 1, 1), range(5))
    days = list(spread(weekdays, 6, 2, {}))
    assert len(days) == 6
    assert min((later - earlier).days for earlier, later in pairwise(days)) >= 25


def test_no_days_and_no_wish_are_no_openings() -> None:
    assert spread([], 10, 3, {}) == {} == spread([FIRST], 0, 3, {})
    assert days_between(FIRST, FIRST, range(7)) == [] == days_between(FIRST, FIRST - timedelta(days=3), [1])
