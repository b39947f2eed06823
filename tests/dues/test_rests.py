"""Periods excused because nobody was asked: pure spans against a day-by-day oracle, and what pages and shares say."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from baodao.dues.periods import Window
from baodao.dues.rests import rested
from baodao.gather.service.resting import EVER, Span, nearest, quiet, steps_of

FIRST = date(2026, 7, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(60)]
spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
    lambda pair: (FIRST + timedelta(days=min(pair)), FIRST + timedelta(days=max(pair)))
)


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), spans), max_size=4),
    st.dictionaries(st.sampled_from(["a", "b"]), st.lists(spans, max_size=3)),
)
def test_quiet_days_are_those_on_which_every_linked_community_needs_nobody(
    links: list[tuple[str, Span]], said: dict[str, list[Span]]
) -> None:
    found = quiet(links, said, FIRST)
    assert all(a[1] < b[0] for a, b in pairwise(found))  # apart from each other
    for day in DAYS:
        here = [code for code, (since, until) in links if since <= day < until]
        wanted = bool(here) and all(
            any(since <= day < until for since, until in said.get(code, ())) for code in here
        )
        assert any(since <= day < until for since, until in found) is wanted, day


UP = {"a": "b", "b": "c", "p": "q", "q": "r"}  # two trees of three steps


def above(code: str) -> list[str]:
    """An organization and all above it."""
    return [code, *(above(UP[code]) if code in UP else [])]


@given(
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from("abc"), st.sets(st.sampled_from("pqr"), max_size=2)),
    st.dictionaries(st.sampled_from("abcpqr"), st.lists(st.sampled_from("xyz"), min_size=1, max_size=2)),
)
def test_links_are_those_of_the_nearest_body_above(
    code: str, joined: dict[str, set[str]], linked: dict[str, list[str]]
) -> None:
    """Against a walk in rings: from a half of a body to the other costs nothing, to the organization above one step."""
    links = {one: [(to, (FIRST, EVER)) for to in held] for one, held in linked.items()}
    ring, seen, wanted = {code}, set[str](), list[str]()
    while ring and not wanted:
        ring |= {other for one in ring for other in joined.get(one, ())}
        ring -= seen
        wanted = [to for one in sorted(ring) for to in linked.get(one, ())]
        seen |= ring
        ring = {UP[one] for one in ring if one in UP}
    bodies = {one: sorted(held) for one, held in joined.items()}
    found = nearest(steps_of(above(code), bodies, above), links)
    assert sorted(to for to, _span in found) == sorted(wanted)


def window() -> Window:
    last = date(2026, 12, 31)
    return Window(FIRST, last, FIRST, last, last)


def test_a_window_is_excused_while_the_word_holds_at_its_end_or_for_half_of_its_days() -> None:
    one = window()
    assert one.days == 184
    september = [(date(2026, 9, 1), date(2026, 10, 1))]
    assert rested(september, one, date(2026, 9, 15))  # nobody is asked now
    assert not rested(september, one, date(2026, 10, 1))  # asked again
    assert not rested(september, one, date(2027, 1, 5))
    december = [(date(2026, 12, 20), EVER)]
    assert not rested(december, one, date(2026, 12, 19)) and rested(december, one, date(2027, 1, 5))
    # 92 of 184 days are half of it.
    half = [(FIRST, FIRST + timedelta(days=92))]
    assert rested(half, one, date(2027, 1, 5))
    assert not rested([(FIRST, FIRST + timedelta(days=91))], one, date(2027, 1, 5))
