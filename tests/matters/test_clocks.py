"""Clocks: each rule on its own, and all of them against a count by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.matters import clocks
from baodao.matters.declare import Clock, Pause, Procedure
from baodao.matters.facts import Acted, Extended, Opened, Resumed
from baodao.matters.fold import begin
from baodao.matters.lapses import RECALENDAR, advance, next_at, recompute
from baodao.matters.state import Leg, Run, State

from .scene import CALENDAR, HANDLER, HEAD, OTHER, PLAIN, REQUEST, RESIDENT, SUPERIOR, A, B, Stage, at

SECOND = timedelta(seconds=1)
HOURS = Clock(name="soon", limit="10 hours", on="leg", lapse="escalate")


def bare(**columns: Any) -> State:
    """A state with two open legs and one that has ended, at rest."""
    state = State(
        number="N",
        procedure="p",
        digest="",
        edition="",
        opened=at("03-02 09:00"),
        last=at("03-02 09:00"),
        stage="handling",
        stage_since=at("03-02 09:00"),
        round_since=at("03-02 09:00"),
        **columns,
    )
    for n, ended in ((1, None), (2, None), (3, at("03-02 09:00"))):
        state.legs[n] = Leg(n=n, round=1, role="co", org=A, called=state.opened, ended=ended)
    return state


def run_of(state: State, about: str = "leg:1", name: str = "soon") -> Run:
    return state.runs[(about, name)]


def started(clock: Clock = HOURS, when: str = "03-02 09:00") -> tuple[State, Run]:
    state = bare()
    clocks.start(state, clock, "leg:1", at(when), CALENDAR)
    return state, run_of(state, name=clock.name)


def test_a_fact_that_promises_a_day_ends_its_clock_with_that_day() -> None:
    plan = Clock(name="soon", limit="60 days", on="leg", lapse="escalate")
    for promised, limit, due in (
        ("2026-03-12", "10 days", "03-12 23:59"),
        ("2026-03-12T02:00:00Z", "10 days", "03-12 23:59"),
        ("2026-03-02", "1 days", "03-03 23:59"),
    ):
        state = bare()
        clocks.start(state, plan, "leg:1", at("03-02 09:00"), CALENDAR, promised=promised)
        assert (run_of(state).limit, run_of(state).due.replace(second=0)) == (limit, at(due))
    assert started(plan)[1].limit == "60 days"


# --- start, stop, again ---------------------------------------------------------------------------------------------


def test_a_start_says_all_of_the_declaration() -> None:
    _state, run = started()
    assert (run.clock, run.about, run.limit, run.lapse, run.pausable) == (
        "soon",
        "leg:1",
        "10 hours",
        "escalate",
        True,
    )
    assert (run.start, run.due) == (at("03-02 09:00"), at("03-02 19:00"))
    assert (run.extra, run.pauses, run.paused, run.stopped, run.lapsed) == (0, [], None, None, False)
    assert run.running
    assert not run.provisional
    _state, free = started(Clock(name="free", limit="1 hour", pausable=False))
    assert (free.lapse, free.pausable) == ("", False)


def test_a_due_beyond_the_published_days_is_provisional() -> None:
    state = bare()
    clocks.start(state, Clock(name="far", limit="400 days"), "leg:1", at("03-02 09:00"), CALENDAR)
    assert run_of(state, name="far").provisional
    run = run_of(state, name="far")
    run.limit = "3 days"
    clocks.remeasure(run, CALENDAR)
    assert not run.provisional


@pytest.mark.parametrize(
    ("on", "about", "places"),
    [
        ("leg", "leg:2", ("leg:2",)),
        ("leg", "", ("leg:1", "leg:2")),
        ("leg", "round:1", ("leg:1", "leg:2")),
        ("stage", "leg:1", ("stage:4",)),
        ("round", "leg:1", ("round:3",)),
        ("matter", "leg:1", ("",)),
    ],
)
def test_to_what_a_clock_belongs(on: Any, about: str, places: tuple[str, ...]) -> None:
    state = bare(visit=4, round=3)
    clock = Clock(name="c", limit="1 hour", on=on)
    assert clocks.about_of(clock, state, about) == places
    clocks.start(state, clock, about, state.opened, CALENDAR)
    assert set(state.runs) == {(place, "c") for place in places}


def test_a_fact_that_starts_a_running_clock_keeps_the_run_before() -> None:
    state, first = started()
    clocks.start(state, HOURS, "leg:1", at("03-02 15:00"), CALENDAR)
    second = run_of(state)
    assert second is not first
    assert (first.stopped, second.start, second.due) == (
        at("03-02 15:00"),
        at("03-02 15:00"),
        at("03-03 01:00"),
    )
    assert state.past == [first]
    assert state.runs_of("leg:1") == (first, second)


def test_an_effect_lets_a_held_clock_go_on_and_starts_a_stopped_one_anew() -> None:
    state, run = started()
    clocks.go_on(state, HOURS, "leg:1", at("03-02 10:00"), CALENDAR)
    assert run_of(state) is run
    assert run.running
    clocks.hold(run, at("03-02 11:00"))
    clocks.go_on(state, HOURS, "leg:1", at("03-02 13:00"), CALENDAR)
    assert run.running
    assert run.due == at("03-02 21:00")
    clocks.stop(run, at("03-02 14:00"), CALENDAR)
    clocks.go_on(state, HOURS, "leg:1", at("03-02 15:00"), CALENDAR)
    assert run_of(state).start == at("03-02 15:00")
    fresh = bare()
    clocks.go_on(fresh, HOURS, "", at("03-02 15:00"), CALENDAR)
    assert len(fresh.runs) == 2


def test_a_stopped_clock_stays_as_it_is() -> None:
    state, run = started()
    clocks.stop(run, at("03-02 12:00"), CALENDAR)
    clocks.stop(run, at("03-02 13:00"), CALENDAR)
    clocks.hold(run, at("03-02 14:00"))
    assert (run.stopped, run.paused, run.running) == (at("03-02 12:00"), None, False)
    clocks.stop_about(state, "leg:1", at("03-02 15:00"), CALENDAR)
    assert run.stopped == at("03-02 12:00")


def test_what_ran_for_a_thing_stops_with_it_and_nothing_else() -> None:
    state = bare()
    clocks.start(state, HOURS, "", at("03-02 09:00"), CALENDAR)
    clocks.stop_about(state, "leg:1", at("03-02 10:00"), CALENDAR)
    assert run_of(state, "leg:1").stopped == at("03-02 10:00")
    assert run_of(state, "leg:2").stopped is None


def test_stopping_a_held_clock_counts_the_pause_in_its_due() -> None:
    _state, run = started()
    clocks.hold(run, at("03-02 10:00"))
    assert not run.running
    clocks.stop(run, at("03-02 12:00"), CALENDAR)
    assert run.due == at("03-02 21:00")
    assert run.pauses == [(at("03-02 10:00"), at("03-02 12:00"))]
    assert run.paused is None


def test_a_hold_counts_from_its_first_moment() -> None:
    _state, run = started()
    clocks.hold(run, at("03-02 10:00"))
    clocks.hold(run, at("03-02 11:00"))
    assert run.paused == at("03-02 10:00")
    clocks.unpause(run, at("03-02 10:00"), CALENDAR)
    assert run.pauses == []
    clocks.unpause(run, at("03-02 12:00"), CALENDAR)
    assert (run.pauses, run.due) == ([], at("03-02 19:00"))


# --- pauses of a leg ------------------------------------------------------------------------------------------------

PAUSING = Procedure(
    title="p",
    stages=("handling",),
    pauses=(Pause(name="rain", title="雨", longest="2 days"), Pause(name="money", title="钱")),
)


def three() -> State:
    """A leg's clock that may be paused, one that may not, another leg's, and the matter's."""
    state = bare()
    for name, about, pausable in (("a", "leg:1", True), ("b", "leg:1", False), ("a", "leg:2", True)):
        clocks.start(
            state, Clock(name=name, limit="10 hours", pausable=pausable), about, at("03-02 09:00"), CALENDAR
        )
    clocks.start(state, Clock(name="m", limit="10 hours", on="matter"), "", at("03-02 09:00"), CALENDAR)
    return state


def held(state: State) -> set[tuple[str, str]]:
    return {key for key, run in state.runs.items() if run.paused is not None}


def test_a_pause_of_a_leg_holds_its_own_pausable_clocks() -> None:
    state = three()
    clocks.begin_pause(state, PAUSING, "leg:1", "money", at=at("03-02 10:00"), calendar=CALENDAR)
    assert held(state) == {("leg:1", "a")}
    assert ("leg:1", clocks.PAUSE_CLOCK) not in state.runs
    clocks.end_pause(state, "leg:1", at("03-02 12:00"), CALENDAR)
    assert held(state) == set()
    assert run_of(state, "leg:1", "a").due == at("03-02 21:00")
    assert run_of(state, "leg:1", "b").due == at("03-02 19:00")


def test_a_pause_of_the_matter_holds_all_pausable_clocks() -> None:
    state = three()
    clocks.stop(run_of(state, "leg:2", "a"), at("03-02 09:30"), CALENDAR)
    clocks.begin_pause(state, PAUSING, "", "money", at=at("03-02 10:00"), calendar=CALENDAR)
    assert held(state) == {("leg:1", "a"), ("", "m")}


def test_the_longest_pause_ends_by_a_clock_of_its_own() -> None:
    state = three()
    clocks.begin_pause(state, PAUSING, "leg:1", "rain", at=at("03-02 10:00"), calendar=CALENDAR)
    own = run_of(state, "leg:1", clocks.PAUSE_CLOCK)
    assert (own.due, own.lapse, own.pausable, own.running) == (
        at("03-04 23:59") + 59 * SECOND,
        "resume",
        False,
        True,
    )
    clocks.end_pause(state, "leg:1", at("03-03 10:00"), CALENDAR)
    assert own.stopped == at("03-03 10:00")


def test_a_pause_lasts_no_longer_than_declared() -> None:
    stage = Stage().reported()
    stage.act("pause", HANDLER, "03-02 11:00", {"cause": "weather", "reason": "下雨"})
    assert stage.wait("03-20 09:00") == ["resume"]
    resumed = stage.facts[-1]
    assert isinstance(resumed.data, Resumed)
    # Ten workdays after 2 March, without the 5th and with Sunday the 8th.
    assert resumed.happened == at("03-16 00:00") + timedelta(days=1)
    assert (resumed.data.cause, resumed.system, resumed.about) == ("weather", True, "leg:1")
    assert stage.state.legs[1].cause == ""


def test_only_declared_causes_pause_and_only_once() -> None:
    stage = Stage().reported()
    with pytest.raises(Invalid):
        stage.act("pause", HANDLER, "03-02 11:00", {"cause": "busy", "reason": "忙"})
    with pytest.raises(Conflict):
        stage.act("resume", HANDLER, "03-02 11:00")
    stage.act("pause", HANDLER, "03-02 11:00", {"cause": "permit", "reason": "等批"})
    with pytest.raises(Conflict):
        stage.act("pause", HANDLER, "03-02 12:00", {"cause": "money", "reason": "等钱"})


# --- more time ------------------------------------------------------------------------------------------------------


def test_an_extension_adds_the_clocks_own_unit() -> None:
    _state, run = started()
    run.lapsed = True
    clocks.extend(run, 5, CALENDAR)
    assert (run.extra, run.due, run.lapsed) == (5, at("03-03 00:00"), False)
    clocks.extend(run, 1, CALENDAR)
    assert (run.extra, run.due) == (6, at("03-03 01:00"))
    assert clocks.measure(run, CALENDAR).at == run.due


def asked() -> Stage:
    stage = Stage().reported()
    stage.act("ask_extension", HANDLER, "03-03 09:00", {"extra": 3, "reason": "材料没到"})
    return stage


def test_an_extension_needs_a_second_person() -> None:
    stage = asked()
    for who in (HANDLER, HEAD, OTHER, RESIDENT):
        with pytest.raises((Refused, Conflict)):
            stage.act("extend", who, "03-03 10:00", {"extra": 3, "reason": "同意"})
    before = stage.state.runs[("leg:1", "answer_by")].due
    (fact,) = stage.act("extend", SUPERIOR, "03-03 10:00", {"extra": 3, "reason": "同意"})
    assert isinstance(fact.data, Extended)
    assert (fact.data.clock, fact.data.extra) == ("answer_by", 3)
    assert stage.state.runs[("leg:1", "answer_by")].due == before + timedelta(days=3)


@pytest.mark.parametrize("extra", [0, -1, 11, 999])
def test_an_extension_is_at_most_the_limit_once_more(extra: int) -> None:
    stage = asked()
    with pytest.raises(Invalid) as told:
        stage.act("extend", SUPERIOR, "03-03 10:00", {"extra": extra, "reason": "同意"})
    assert [fault.field for fault in told.value.faults] == ["extra"]


def test_a_held_clock_cannot_be_extended() -> None:
    stage = asked()
    stage.act("pause", HANDLER, "03-03 09:30", {"cause": "permit", "reason": "等批"})
    with pytest.raises(Conflict):
        stage.act("extend", SUPERIOR, "03-03 10:00", {"extra": 3, "reason": "同意"})


# --- late, and what happens by itself -------------------------------------------------------------------------------


def test_the_second_of_the_due_is_in_time() -> None:
    _state, run = started()
    assert not clocks.is_overdue(run, run.due)
    assert clocks.is_overdue(run, run.due + SECOND)
    clocks.stop(run, run.due, CALENDAR)
    assert not clocks.is_overdue(run, run.due + SECOND)
    _state, run = started()
    clocks.hold(run, run.due - SECOND)
    assert not clocks.is_overdue(run, run.due + timedelta(days=9))
    _state, run = started()
    clocks.stop(run, run.due + SECOND, CALENDAR)
    assert clocks.is_overdue(run, run.due + SECOND)


def test_lapses_come_in_due_order_once_and_only_of_running_clocks() -> None:
    def run(name: str, hour: int, about: str = "", **columns: Any) -> Run:
        due = at(f"03-02 {hour:02}:00")
        return Run(clock=name, about=about, limit="1 hour", start=due, due=due, **{"lapse": "x", **columns})

    runs = [
        run("d", 12),
        run("c", 10, "leg:2"),
        run("b", 10, "leg:1"),
        run("a", 10, "leg:2"),
        run("no", 9, lapse=""),
        run("done", 9, lapsed=True),
        run("held", 9, paused=at("03-02 08:00")),
        run("over", 9, stopped=at("03-02 08:00")),
    ]
    assert [found.clock for found in clocks.lapsing(runs)] == ["b", "a", "c", "d"]


def test_a_silent_addressee_is_told_on_once() -> None:
    stage = Stage()
    due = stage.state.runs[("leg:1", "report_in_by")].due
    assert next_at(REQUEST, stage.state, CALENDAR) == due + SECOND
    assert stage.wait(due) == []
    assert stage.wait(due + SECOND) == ["escalate"]
    fact = stage.facts[-1]
    assert isinstance(fact.data, Acted)
    assert (fact.happened, fact.system, fact.about, fact.org, fact.post) == (
        due + SECOND,
        True,
        "leg:1",
        A,
        "",
    )
    assert fact.data.fields == {"lapsed": "report_in_by"}
    assert stage.wait(due + timedelta(days=1)) == []


def test_hand_over_gives_the_new_addressee_the_whole_limit_and_keeps_the_first_ones_lateness() -> None:
    stage = Stage()
    stage.act("hand_over", HANDLER, "03-06 10:00", {"org": B, "reason": "归住建委"})
    run = stage.state.runs[("leg:1", "report_in_by")]
    assert run.start == at("03-06 10:00")
    # Sunday the 8th is worked.
    assert run.due == at("03-08 23:59") + 59 * SECOND
    stage.act("report_in", OTHER, "03-06 11:00")
    stage.act("answer", OTHER, "03-06 12:00", {"claim": "solved", "result": "好了"})
    settled = next(fact.data for fact in stage.facts if fact.about == "leg:1" and hasattr(fact.data, "wall"))
    assert settled.clocks["report_in_by"].late
    assert not settled.late


# --- another calendar edition ---------------------------------------------------------------------------------------


def test_a_new_edition_tells_the_dates_that_it_moves() -> None:
    stage = Stage(calendar=PLAIN)
    told = recompute(stage.state, CALENDAR, at("03-03 09:00"))
    (by_answer,) = told
    assert isinstance(by_answer.data, Acted)
    assert by_answer.data.action == RECALENDAR
    # One day off and one make-up day within the ten: the same day, now certain.
    assert by_answer.data.fields == {
        "clock": "answer_by",
        "old": "2026-03-16T15:59:59Z",
        "new": "2026-03-16T15:59:59Z",
        "provisional": False,
        "edition": "2026-test",
    }
    assert (by_answer.about, by_answer.happened, by_answer.system) == ("leg:1", at("03-03 09:00"), True)
    assert recompute(stage.state, PLAIN, at("03-03 09:00")) == []


def test_what_has_stopped_is_not_told_anew() -> None:
    stage = Stage(calendar=PLAIN).reported()
    stage.answered()
    assert recompute(stage.state, PLAIN, at("03-05 09:00")) == []
    moved = clocks.moved(stage.state, CALENDAR)
    assert [(change.clock, change.about) for change in moved] == [("confirm_by", "round:1")]


# --- against a count by hand ----------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 30),
    st.integers(0, 10),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
)
def test_hours_are_counted_one_by_one(limit: int, extra: int, steps: list[tuple[int, int]]) -> None:
    """A clock of hours runs through an hour unless it is paused in it."""
    state, run = started(Clock(name="soon", limit=f"{limit} hours"))
    clocks.extend(run, extra, CALENDAR)
    moment, paused_hours = 0, set()
    for wait, pause in steps:
        clocks.hold(run, run.start + timedelta(hours=moment + wait))
        clocks.unpause(run, run.start + timedelta(hours=moment + wait + pause), CALENDAR)
        paused_hours |= set(range(moment + wait, moment + wait + pause))
        moment += wait + pause
    left, hour = limit + extra, 0
    while left:
        left -= hour not in paused_hours
        hour += 1
    # A pause that begins at the very end still is a pause: the due lies at its end.
    begins = hour
    for wait_end in sorted(_spans(steps)):
        if wait_end[0] == begins and wait_end[1] > wait_end[0]:
            begins = wait_end[1]
    assert run.due == run.start + timedelta(hours=begins)


def _spans(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    moment, found = 0, []
    for wait, pause in steps:
        found.append((moment + wait, moment + wait + pause))
        moment += wait + pause
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20), st.integers(0, 5), st.integers(0, 40), st.integers(0, 40))
def test_workdays_are_counted_one_by_one(limit: int, extra: int, wait: int, pause: int) -> None:
    """Each workday after the start counts, but those after the day of a pause up to the day of resuming."""
    state, run = started(Clock(name="soon", limit=f"{limit} workdays"))
    clocks.extend(run, extra, CALENDAR)
    unpaused = run.due
    begin, end = run.start + timedelta(days=wait), run.start + timedelta(days=wait + pause)
    clocks.hold(run, begin)
    clocks.unpause(run, end, CALENDAR)
    first = CALENDAR.local_date(run.start)
    left, day = limit + extra, first
    while left:
        day += timedelta(days=1)
        inside = wait < (day - first).days <= wait + pause and begin <= unpaused
        left -= CALENDAR.is_workday(day) and not inside
    if (day - first).days == wait and begin <= unpaused:
        # Held on the very last day: it ends with the last workday of the pause.
        paused = [first + timedelta(days=n) for n in range(wait + 1, wait + pause + 1)]
        day = max([day, *filter(CALENDAR.is_workday, paused)])
    assert run.due == CALENDAR.day_end(day)


def test_a_matter_without_clocks_has_nothing_to_wait_for() -> None:
    procedure = Procedure(title="t", stages=("one", "two"))
    from baodao.matters.facts import Emit

    fact = Emit(
        data=Opened(action="open", round=1, stage="one", procedure="t", digest="", edition=""),
        happened=datetime(2026, 3, 2, tzinfo=UTC),
    )
    state = begin(procedure, fact, CALENDAR, "N-1")
    assert next_at(procedure, state, CALENDAR) is None
    assert advance(procedure, state, datetime(2030, 1, 1, tzinfo=UTC), CALENDAR).emits == ()
