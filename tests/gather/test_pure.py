"""The pure parts, against brute force: minutes, rules, codes, the calendar file, the fold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baodao.gather import codes, facts, icalendar, series
from baodao.gather import credits as credit
from baodao.gather.fold import Told, fold, moved, span_of
from baodao.gather.ruling import NewSlot

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def span(a: int, b: int) -> tuple[datetime, datetime]:
    """Minutes behind T0."""
    return T0 + timedelta(minutes=a), T0 + timedelta(minutes=b)


SPANS = st.tuples(st.integers(0, 200), st.integers(1, 120)).map(lambda p: (p[0], p[0] + p[1]))


@given(SPANS, st.lists(st.tuples(SPANS, st.integers(0, 120)), max_size=6), st.integers(0, 300))
def test_minutes_are_those_that_nothing_else_covers(own: Any, others: Any, longest: int) -> None:
    covered = {m for (a, b), given_ in others if given_ > 0 for m in range(a, b)}
    fresh = len([m for m in range(*own) if m not in covered])
    taken = sum(given_ for _s, given_ in others)
    wanted = fresh if not longest else max(0, min(fresh, longest - taken))
    assert credit.minutes(span(*own), [(span(*s), g) for s, g in others], longest) == wanted


@given(SPANS, st.lists(SPANS, max_size=6))
def test_credited_in_any_order_no_minute_counts_twice(first: Any, more: Any) -> None:
    held: list[tuple[Any, int]] = []
    for one in [first, *more]:
        held.append((span(*one), credit.minutes(span(*one), held)))
    union = {m for a, b in [first, *more] for m in range(a, b)}
    assert sum(minutes for _span, minutes in held) <= len(union)


@given(SPANS, SPANS, SPANS)
def test_a_moved_time_lies_within_the_new_one(own: Any, was: Any, now: Any) -> None:
    starts, ends = moved(span(*own), span(*was), span(*now))
    assert span(*now)[0] <= starts < ends <= span(*now)[1]


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=300))
def test_a_folded_line_unfolds_to_itself(text: str) -> None:
    line = icalendar.folded(f"SUMMARY:{text}")
    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    assert line.replace("\r\n ", "").removesuffix("\r\n") == f"SUMMARY:{text}"


def test_the_file_escapes_what_has_a_meaning_there() -> None:
    event = icalendar.Event("g-1@x", T0, T0 + timedelta(hours=1), "读书; 会, \\ 一", notes="两\n行", off=True)
    text = icalendar.write("我的", [event], T0).decode()
    assert "SUMMARY:读书\\; 会\\, \\\\ 一\r\n" in text
    assert "DESCRIPTION:两\\n行\r\n" in text
    assert "STATUS:CANCELLED\r\n" in text
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["03-02", "03-09", "03-16"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["03-31", "05-31", "07-31"]),
        ("FREQ=MONTHLY;BYDAY=2SA;COUNT=2", ["03-14", "04-11"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260331T160000Z", ["03-02", "03-16", "03-30"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1", ["02-29"]),
    ],
)
def test_rules_as_the_standard_says(rule: str, days: list[str]) -> None:
    first = NewSlot(kind="clean", org="x", starts=T0, ends=T0 + timedelta(hours=2), title="一")
    made = series.expand(first, rule, "s-1")
    assert [f"{one.starts + timedelta(hours=8):%m-%d}" for one in made] == days
    assert {one.ends - one.starts for one in made} == {timedelta(hours=2)}
    assert {f"{one.starts + timedelta(hours=8):%H:%M}" for one in made} == {"09:00"}


@given(st.integers(0, 10**6), st.integers(0, 200))
def test_a_code_is_good_for_its_step_and_the_next(at: int, later: int) -> None:
    shown_at, now = T0 + timedelta(seconds=at), T0 + timedelta(seconds=at + later)
    steps = codes.step_at(now) - codes.step_at(shown_at)
    good = codes.is_code("g-1", codes.code_at("g-1", shown_at), now)
    # Six digits may meet by chance, once in half a million.
    assert good or steps > 1
    assert steps <= 1 or not good or codes.code_at("g-1", shown_at) in {
        codes.code_at("g-1", now), codes.code_at("g-1", now - timedelta(seconds=codes.STEP)),
    }  # fmt: skip


def test_a_stand_in_code_is_of_one_seat() -> None:
    given_ = codes.stand_in("g-1", "t" * 32, 3)
    assert codes.same(given_, f" {given_.lower()} ")
    assert (
        len(
            {
                given_,
                codes.stand_in("g-1", "t" * 32, 4),
                codes.stand_in("g-2", "t" * 32, 3),
                codes.stand_in("g-1", "t" * 32, 3, "g-2"),
            }
        )
        == 4
    )


ACTS = st.lists(
    st.tuples(st.sampled_from(["join", "wait", "leave", "present", "absent"]), st.integers(0, 4)), max_size=30
)


@given(ACTS)
def test_the_counts_of_a_slot_are_those_of_its_rows(acts: Any) -> None:
    whole = span_of(T0, T0 + timedelta(hours=2))
    told = [
        Told(facts.Opened(kind="k", form="activity", span=whole), org="o", level=1, texts={"title": "一"})
    ]
    for act, who in acts:
        person = f"t{who}"
        if act in ("join", "wait"):
            state: Any = "seat" if act == "join" else "waiting"
            told.append(Told(facts.Joined(state=state, way="self", span=whole), person=person))
        elif act == "leave":
            told.append(Told(facts.Left(side="person", why="withdrew"), person=person))
        else:
            told.append(Told(facts.Attended(status=act, how="list"), person=person, value=5))
    meeting = fold("g-1", told)
    assert meeting is not None
    rows = meeting.rows.values()
    assert meeting.taken == sum(1 for row in rows if row.state == "seat")
    assert meeting.waiting == sum(1 for row in rows if row.state == "waiting")
    assert len({row.n for row in rows}) == len(rows)
    assert all(row.n <= meeting.came for row in rows)
    assert all(not row.holds or (row.state == "seat" and row.status != "absent") for row in rows)


@given(st.lists(st.integers(0, 30), max_size=12))
def test_no_small_number_of_holders_is_told_or_follows_from_the_whole(holders: list[int]) -> None:
    """Parts that are left out speak of nobody, or of ten and more together; unless nothing is told at all."""
    from baodao.gather.courses.programmes.reached import Part, told
    from baodao.gather.courses.programmes.selectors import LEAST

    parts = [Part(f"o{n:02}", many, 0, many // 2, many // 3, 1.0) for n, many in enumerate(holders)]
    shown = told(parts)
    assert [one.org for one in shown] == [one.org for one in parts]
    out = [one.holders for one in shown if one.whole is None]
    assert all(one.holders >= LEAST or not one.holders for one in shown if one.whole is not None)
    assert not out or sum(out) >= LEAST or all(not one.holders for one in shown if one.whole is not None)
