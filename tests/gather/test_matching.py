"""Matching: every limit holds, what is said to be the best is the best (against brute force), nobody who confirmed is moved,
reasons are true, and a process that breaks loses nothing."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.utils.translation import override
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from baodao.gather.matching.asking import ask
from baodao.gather.matching.rounds import match
from baodao.gather.matching.terms import Pair, Person, Plan, Request, Seats, Span, Weights
from baodao.gather.matching.words import gap_told, reasons_told, way
from baodao.kernel.errors import Busy
from baodao.kernel.geometry import distance

HOUR = 3600
DAY = 24 * HOUR
#: Four places on one line, some 1.9 km apart.
PLACES = [(107.30 + n * 0.02, 29.6) for n in range(4)]

# Brute force ---------------------------------------------------------------------------------------------------


def metres(request: Request, person: Person, seats: Seats) -> int:
    if seats.lon is None or seats.lat is None:
        return 0
    if person.lon is None or person.lat is None:
        return person.reach or request.reach
    return int(distance((person.lon, person.lat), (seats.lon, seats.lat)))


def alone(request: Request, person: Person, seats: Seats) -> bool:
    """Whether the person may take the slot if nothing else were."""
    span = seats.span
    if seats.skill and seats.skill not in person.skills:
        return False
    hours = range(span.starts, span.ends, HOUR // 2)
    if person.free is not None and not all(any(f.starts <= at < f.ends for f in person.free) for at in hours):
        return False
    if any(at >= busy.starts and at < busy.ends for busy in person.busy for at in hours):
        return False
    if metres(request, person, seats) > (person.reach or request.reach):
        return False
    return all(apart(request, span, duty) for duty in person.duties)


def apart(request: Request, one: Span, other: Span) -> bool:
    return one.starts >= other.ends + request.rest or other.starts >= one.ends + request.rest


def together(request: Request, person: Person, spans: list[Span]) -> bool:
    """Whether one person may have all these."""
    if any(not apart(request, *two) for two in itertools.combinations(spans, 2)):
        return False
    return person.cap is None or person.served + sum(span.ends - span.starts for span in spans) <= person.cap


def price(request: Request, person: Person, seats: Seats) -> int:
    weights = request.weights
    cost = metres(request, person, seats) + person.served * weights.hour // HOUR
    if person.wishes and not set(person.wishes) & set(seats.tags):
        cost += weights.unwished
    if request.suggested and Pair(person.who, seats.slot) not in request.suggested:
        cost += weights.moved
    return cost


def brute(request: Request) -> tuple[int, int]:
    """(most seats, least cost for so many) over every plan there is. Nobody is confirmed in these requests."""

    def go(at: int, given: dict[str, list[Span]], filled: int, cost: int) -> Iterator[tuple[int, int]]:
        if at == len(request.seats):
            again = sum(n * (n - 1) // 2 for n in map(len, given.values())) * request.weights.again
            yield -filled, cost + again
            return
        seats = request.seats[at]
        fit = [
            p
            for p in request.people
            if alone(request, p, seats) and together(request, p, [*given[p.who], seats.span])
        ]
        for many in range(min(seats.need, len(fit)) + 1):
            for chosen in itertools.combinations(fit, many):
                for person in chosen:
                    given[person.who].append(seats.span)
                yield from go(
                    at + 1, given, filled + many, cost + sum(price(request, p, seats) for p in chosen)
                )
                for person in chosen:
                    given[person.who].pop()

    best = min(go(0, {person.who: [] for person in request.people}, 0, 0))
    return -best[0], best[1]


def check(request: Request, plan: Plan) -> None:
    """Every hard limit, by the oracle's own reading; the sums of the plan."""
    people = {each.who: each for each in request.people}
    seats = {each.slot: each for each in request.seats}
    given: dict[str, list[Span]] = {who: [] for who in people}
    for pair in request.confirmed:
        given[pair.who].append(seats[pair.slot].span)
    for each in plan.suggestions:
        assert alone(request, people[each.who], seats[each.slot])
        assert each.cost == price(request, people[each.who], seats[each.slot])
        given[each.who].append(seats[each.slot].span)
    for who in {each.who for each in plan.suggestions}:
        assert together(request, people[who], given[who])
    pairs = [(each.who, each.slot) for each in plan.suggestions]
    assert len(set(pairs)) == len(pairs) == plan.filled <= plan.bound <= plan.wanted
    for slot in request.seats:
        had = sum(pair.slot == slot.slot for pair in request.confirmed)
        assert had + sum(each.slot == slot.slot for each in plan.suggestions) <= max(slot.need, had)
    assert {gap.slot: gap.missing for gap in plan.gaps} == {
        slot.slot: slot.need - sum(e.slot == slot.slot for e in [*plan.suggestions, *request.confirmed])
        for slot in request.seats
        if slot.need > sum(e.slot == slot.slot for e in [*plan.suggestions, *request.confirmed])
    }


# Drawn requests ------------------------------------------------------------------------------------------------

skills = st.sampled_from(["", "aid", "boat"])
hours = st.integers(0, 40)


@st.composite
def spans(draw: st.DrawFn, longest: int = 8) -> Span:
    starts = draw(hours)
    return Span(starts * HOUR, (starts + draw(st.integers(1, longest))) * HOUR)


@st.composite
def requests(draw: st.DrawFn, one_turn: bool = False) -> Request:
    people = []
    for n in range(draw(st.integers(1, 4))):
        lon, lat = draw(st.sampled_from([*PLACES, (None, None)]))
        free = None if draw(st.booleans()) else tuple(draw(st.lists(spans(30), max_size=2)))
        people.append(
            Person(
                f"p{n}",
                tuple(draw(st.sets(st.sampled_from(["aid", "boat"])))),
                free=free,
                lon=lon,
                lat=lat,
                reach=draw(st.sampled_from([0, 0, 2_500])),
                wishes=tuple(draw(st.sets(st.sampled_from(["day", "market"]), max_size=1))),
                served=draw(st.integers(0, 20)) * HOUR,
                cap=draw(st.sampled_from([None, None, 20 * HOUR, 24 * HOUR])),
                duties=tuple(draw(st.lists(spans(), max_size=1))) if draw(st.booleans()) else (),
                busy=tuple(draw(st.lists(spans(), max_size=1))) if draw(st.booleans()) else (),
            )
        )
    seats = []
    for n in range(draw(st.integers(1, 4))):
        lon, lat = draw(st.sampled_from([*PLACES, (None, None)]))
        span = (
            Span(20 * HOUR - draw(hours) * 1800, 20 * HOUR + draw(st.integers(1, 6)) * HOUR)
            if one_turn
            else draw(spans())
        )
        tags = tuple(draw(st.sets(st.sampled_from(["day", "market"]), max_size=1)))
        seats.append(Seats(f"s{n}", span, draw(st.integers(0, 2)), draw(skills), lon, lat, tags))
    suggested = draw(
        st.sets(st.sampled_from([Pair(p.who, s.slot) for p in people for s in seats]), max_size=2)
    )
    rest = draw(st.sampled_from([0, 4, 11])) * HOUR
    return Request(
        tuple(people), tuple(seats), suggested=tuple(sorted(suggested, key=str)), rest=rest, reach=4_000
    )


@settings(max_examples=60, deadline=None)
@given(requests())
def test_limits_hold_and_what_is_proved_equals_brute_force(request_: Request) -> None:
    plan = match(request_)
    check(request_, plan)
    most, least = brute(request_)
    assert plan.filled <= most <= plan.bound
    if plan.proved:
        assert (plan.filled, plan.cost) == (most, least)
    else:
        assert plan.cost >= least or plan.filled < most
    # Nothing is left that could simply be added.
    given_ = {
        p.who: [
            s.span for e in plan.suggestions for s in request_.seats if (e.who, e.slot) == (p.who, s.slot)
        ]
        for p in request_.people
    }
    for gap in plan.gaps:
        seats = next(each for each in request_.seats if each.slot == gap.slot)
        for person in request_.people:
            if alone(request_, person, seats) and seats.span not in given_[person.who]:
                assert not together(request_, person, [*given_[person.who], seats.span])
        assert gap.left == 0 and gap.people == len(request_.people)


@settings(max_examples=40, deadline=None)
@given(requests(one_turn=True))
def test_slots_of_one_turn_are_always_solved_to_the_optimum(request_: Request) -> None:
    plan = match(request_)
    check(request_, plan)
    assert plan.proved
    assert (plan.filled, plan.cost) == brute(request_)


@settings(max_examples=30, deadline=None)
@given(requests(), st.randoms(use_true_random=False))
def test_a_new_plan_moves_nobody_who_confirmed(request_: Request, chance) -> None:
    first = match(request_)
    assume(first.suggestions)
    confirmed = tuple(Pair(e.who, e.slot) for e in first.suggestions if chance.random() < 0.6)
    # The world turns against them: all that can be lost is lost, and what was confirmed stands.
    people = tuple(
        Person(p.who, (), free=(), lon=p.lon, lat=p.lat, served=p.served, cap=p.cap)
        if chance.random() < 0.3
        else p
        for p in request_.people
    )
    again = Request(people, request_.seats, confirmed, rest=request_.rest, reach=request_.reach)
    plan = match(again)
    check(again, plan)
    assert not {(p.who, p.slot) for p in confirmed} & {(e.who, e.slot) for e in plan.suggestions}
    assert plan.wanted == sum(s.need for s in request_.seats) - len(confirmed)


@settings(max_examples=30, deadline=None)
@given(requests(), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_neither_number_nor_cost(request_: Request, chance) -> None:
    mixed = list(request_.people)
    chance.shuffle(mixed)
    plan = match(request_)
    other = match(
        Request(
            tuple(mixed),
            request_.seats,
            suggested=request_.suggested,
            rest=request_.rest,
            reach=request_.reach,
        )
    )
    if plan.proved:
        assert (plan.filled, plan.cost, plan.proved) == (other.filled, other.cost, other.proved)


# Cases that one can reckon by hand ------------------------------------------------------------------------------


def day(number: int, starts: int, ends: int) -> Span:
    return Span(number * DAY + starts * HOUR, number * DAY + ends * HOUR)


def at(n: int, who: str, **more: object) -> Person:
    lon, lat = PLACES[n]
    return Person(who, lon=lon, lat=lat, **more)  # type: ignore[arg-type]


def seat(n: int, slot: str, span: Span, need: int = 1, **more: object) -> Seats:
    lon, lat = PLACES[n]
    return Seats(slot, span, need, lon=lon, lat=lat, **more)  # type: ignore[arg-type]


def who_has(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in plan.suggestions:
        found.setdefault(each.slot, []).append(each.who)
    return {slot: sorted(people) for slot, people in found.items()}


def test_a_late_and_the_next_early_shift_are_mended_in_a_second_round_and_not_called_proved() -> None:
    """Noon ends early enough to rest before the early shift, late does not: the two nights are two turns, and the flow alone
    would give one person late and early."""
    seats = (
        seat(0, "noon", day(0, 11, 16), skill="boat"),
        seat(0, "late", day(0, 16, 24)),
        seat(0, "early", day(1, 2, 8)),
    )
    one = Request((at(0, "near"),), seats, rest=8 * HOUR)
    plan = match(one)
    check(one, plan)
    assert (plan.filled, plan.bound, plan.proved) == (1, 2, False) and brute(one)[0] == 1
    two = Request((at(0, "near"), at(1, "far")), seats, rest=8 * HOUR)
    plan = match(two)
    check(two, plan)
    assert plan.filled == brute(two)[0] == 2


def test_the_nearest_goes_unless_she_has_served_much_more() -> None:
    seats = (seat(0, "gate", day(0, 8, 12)),)
    assert who_has(match(Request((at(0, "here"), at(1, "there")), seats))) == {"gate": ["here"]}
    # 1.9 km of way weigh as much as ten hours served.
    assert who_has(match(Request((at(0, "here", served=9 * HOUR), at(1, "there")), seats))) == {
        "gate": ["here"]
    }
    assert who_has(match(Request((at(0, "here", served=11 * HOUR), at(1, "there")), seats))) == {
        "gate": ["there"]
    }


def test_over_a_half_year_the_hours_come_out_even() -> None:
    served = {f"p{n}": 0 for n in range(6)}
    for week in range(26):
        people = tuple(at(n % 3, who, served=hours_) for n, (who, hours_) in enumerate(served.items()))
        plan = match(Request(people, (seat(0, f"w{week}", day(week * 7, 8, 12), 2),)))
        for each in plan.suggestions:
            served[each.who] += 4 * HOUR
    assert sum(served.values()) == 26 * 2 * 4 * HOUR
    # The two who live at the gate a little more than the two who come from 3.9 km away (20 hours' worth).
    assert max(served.values()) - min(served.values()) <= 24 * HOUR


def test_what_was_suggested_stays_unless_the_gain_is_great() -> None:
    seats = (seat(0, "gate", day(0, 8, 12)),)
    people = (at(0, "a", served=HOUR), at(0, "b"))
    assert who_has(match(Request(people, seats))) == {"gate": ["b"]}
    assert who_has(match(Request(people, seats, suggested=(Pair("a", "gate"),)))) == {"gate": ["a"]}
    people = (at(0, "a", served=2 * HOUR), at(0, "b"))
    assert who_has(match(Request(people, seats, suggested=(Pair("a", "gate"),)))) == {"gate": ["b"]}


def test_everyone_gets_one_before_anybody_gets_two() -> None:
    seats = tuple(seat(0, f"d{n}", day(n, 8, 12)) for n in range(3))
    plan = match(Request((at(0, "a"), at(0, "b"), at(0, "c")), seats))
    assert sorted(who_has(plan).values()) == [["a"], ["b"], ["c"]]
    alone_ = match(Request((at(0, "a"),), seats))
    assert alone_.filled == 3 and alone_.cost == (0 + 1 + 2) * Weights().again


def test_who_declined_is_not_asked_again_for_that_slot() -> None:
    seats = (seat(0, "gate", day(0, 8, 12)), seat(0, "other", day(1, 8, 12)))
    plan = match(Request((at(0, "a"),), seats, declined=(Pair("a", "gate"),)))
    assert who_has(plan) == {"other": ["a"]} and plan.gaps[0].free == 0


def test_a_seat_of_somebody_unknown_to_the_request_is_filled() -> None:
    plan = match(
        Request(
            (at(0, "a"),),
            (seat(0, "gate", day(0, 8, 12), 2),),
            confirmed=(Pair("x", "gate"), Pair("y", "gate")),
        )
    )
    assert (plan.wanted, plan.filled, plan.gaps) == (0, 0, ())


def test_reasons_and_gaps_are_told_in_words() -> None:
    people = (
        at(1, "a", skills=("aid",), wishes=("market",), served=2 * HOUR),
        at(1, "b", skills=("aid",), served=6 * HOUR),
        at(3, "c", skills=("aid",)),
        at(0, "d"),
    )
    wanted = (seat(0, "market", day(0, 8, 12), 3, skill="aid", tags=("market",)),)
    plan = match(Request(people, wanted, suggested=(Pair("a", "market"),), reach=2_500))
    with override("zh-hans"):
        words = {each.who: reasons_told(each, {"aid": "急救", "market": "集市"}) for each in plan.suggestions}
        gap = gap_told(plan.gaps[0])
    assert words["a"] == [
        "会急救",
        "离常在的地方约 1.9 公里",
        "合自己写的意愿：集市",
        "本半年服务 2 小时，合适的人里居中的是 4 小时",
        "和上次的建议一样",
        "合适的有 2 人",
    ]
    assert "c" not in words and "d" not in words
    assert gap.startswith("还缺 1 人。愿意的 4 人中：会的 3，有空的 3，不太远的 2，休息够的 0")
    with override("zh-hans"):
        assert [way(n) for n in (3, 612, 1_249)] == ["50 米", "600 米", "1.2 公里"]


# Its own process -------------------------------------------------------------------------------------------------

ONE = Request((at(0, "a"),), (seat(0, "gate", day(0, 8, 12)),))


def test_the_process_answers_as_the_function_does() -> None:
    assert ask(ONE) == match(ONE)


def test_asking_loads_no_solver_into_the_asking_process() -> None:
    code = (
        "import sys, django; from baodao.gather.matching.asking import ask; "
        "from baodao.gather.matching import words; from baodao.gather.matching.terms import *; "
        "plan = ask(Request((Person('a'),), (Seats('x', Span(0, 60)),))); assert plan.filled == 1; "
        "print(sorted({n.split('.')[0] for n in sys.modules} & {'ortools', 'pandas', 'scipy'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "code",
    ["import os; os.abort()", "raise SystemExit(3)", "print('{')", "x = [0] * (1 << 40)"],
    ids=["crash", "error", "half an answer", "out of memory"],
)
def test_a_process_that_breaks_is_a_clear_error(code: str) -> None:
    with override("zh-hans"), pytest.raises(Busy) as caught:
        ask(ONE, process=[sys.executable, "-c", code])
    assert caught.value.status == 503
    assert "什么也没有改动" in caught.value.faults[0].reason and caught.value.faults[0].remedy


def test_a_process_that_takes_too_long_is_ended(tmp_path) -> None:
    note = tmp_path / "pid"
    code = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with override("zh-hans"), pytest.raises(Busy) as caught:
        ask(ONE, process=[sys.executable, "-c", code], patience=1.5)
    assert "已经停下" in caught.value.faults[0].reason
    with pytest.raises(ProcessLookupError):
        import os

        os.kill(int(note.read_text()), 0)


def test_a_program_that_is_not_there_is_a_clear_error() -> None:
    with pytest.raises(Busy):
        ask(ONE, process=["/no/such/program"])


def test_a_request_that_cannot_be_read_says_where() -> None:
    bad = json.dumps({"people": [{"who": "a", "religion": "x"}], "seats": []})
    done = subprocess.run(
        [sys.executable, "-m", "baodao.gather.matching"],
        input=bad,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "religion" in done.stderr and "$.people[0]" in done.stderr
