"""Settlement: exact seconds, two significant digits beside them, and each of the ways to end."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baodao.kernel.errors import Conflict, Invalid
from baodao.ledger.registry import decode, kind_of
from baodao.matters.declare import digest
from baodao.matters.facts import AnswerSettled, ClockEnd, Closed, Rated, Settled
from baodao.matters.replay import replay
from baodao.matters.settlement import (
    clock_ends,
    main_run,
    round_two,
    seconds,
    settle,
    settlements,
    totals,
)
from baodao.matters.state import Ending, Run, Span

from .scene import CALENDAR, HANDLER, HOUR, NEIGHBOUR, RESIDENT, A, Stage, at
from .test_clocks import bare

NINE, TEN, NOON = at("03-02 09:00"), at("03-02 10:00"), at("03-02 12:00")
SECOND = timedelta(seconds=1)


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "rounded"),
    [
        (0, 0),
        (7, 7),
        (94, 94),
        (99, 99),
        (100, 100),
        (994, 990),
        (995, 1000),
        (12_345, 12_000),
        (12_500, 13_000),
    ],
)
def test_two_significant_digits(n: int, rounded: int) -> None:
    assert round_two(n) == rounded


@settings(max_examples=30)
@given(st.integers(0, 10**12))
def test_two_significant_digits_as_decimal_rounds(n: int) -> None:
    assert round_two(n) == int(Context(prec=2, rounding=ROUND_HALF_UP).create_decimal(Decimal(n)))


def test_a_duration_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        round_two(-1)
    assert seconds(NINE, NOON) == 10_800


def test_paused_time_is_held_by_nobody() -> None:
    spans = [
        Span(NINE, A, "", TEN),
        Span(TEN, "p", "rain", NOON),
        Span(NOON, "p", "", NOON + SECOND),
        Span(NINE, A, "", TEN),
    ]
    assert totals(spans) == ({A: 7200, "p": 1}, {"rain": 7200})
    assert totals([Span(NINE, "p", "rain", TEN), Span(NINE, "q", "rain", TEN)]) == ({}, {"rain": 7200})
    with pytest.raises(ValueError, match="open"):
        totals([Span(NINE, A)])


def run(name: str, due: Any = TEN, **columns: Any) -> Run:
    return Run(clock=name, about="leg:1", limit="1 hour", start=NINE, due=due, **columns)


def test_a_clock_is_late_when_any_of_its_runs_was() -> None:
    runs = [
        run("a", stopped=NOON),
        run("a", due=NOON, stopped=NOON, provisional=True),
        run("b"),
        run("c", due=NOON, stopped=TEN),
        run("pause", stopped=NOON),
    ]
    assert clock_ends(runs, NOON) == {
        "a": ClockEnd("2026-03-02T04:00:00Z", True, True),
        "b": ClockEnd("2026-03-02T02:00:00Z", True, False),
        "c": ClockEnd("2026-03-02T04:00:00Z", False, False),
    }
    assert clock_ends([run("a", due=NOON), run("a", due=NOON)], NOON)["a"].late is False


def ending(*runs: Run, **columns: Any) -> Ending:
    return Ending(
        about="leg:1", scope="leg", start=NINE, end=NOON, round=1, outcome="x", runs=runs, **columns
    )


def test_the_due_is_that_of_the_clock_which_ran_to_the_end() -> None:
    early, late = run("a", due=NOON, stopped=TEN), run("b", due=TEN, stopped=NOON)
    assert main_run(ending(early, late)) is late
    assert main_run(ending(late, run("c", due=NOON))).clock == "c"  # type: ignore[union-attr]
    assert main_run(ending(run("pause", due=NOON), late)) is late
    assert main_run(ending(early)) is None
    assert main_run(ending()) is None


def test_what_has_no_clock_is_neither_in_time_nor_late() -> None:
    settled = settle(bare(), ending(spans=(Span(NINE, A, "", NOON),)))
    assert (settled.due, settled.late, settled.clocks) == (None, None, {})
    assert (settled.reported, settled.first_act) == (None, None)


# --- a life ---------------------------------------------------------------------------------------------------------


def lived() -> Stage:
    """Called at nine, taken at ten, visited at eleven, paused from noon for a day, answered on the 4th at ten."""
    stage = Stage().reported()
    stage.act("visit", HANDLER, "03-02 11:00", {"at": "2026-03-03T10:00+08:00"})
    stage.act("pause", HANDLER, "03-02 12:00", {"cause": "permit", "reason": "等批"})
    stage.act("resume", HANDLER, "03-03 12:00")
    return stage.answered()


def only(stage: Stage, kind: type[Any], about: str) -> Any:
    (fact,) = [fact for fact in stage.facts if isinstance(fact.data, kind) and fact.about == about]
    return fact


def test_a_leg_in_one_fact() -> None:
    fact = only(lived(), Settled, "leg:1")
    assert (fact.value, fact.happened, fact.org, fact.system, fact.precision) == (
        176_400,
        at("03-04 10:00"),
        A,
        True,
        "second",
    )
    assert fact.data == Settled(
        scope="leg",
        procedure="request",
        round=1,
        outcome="solved",
        worked=90_000,
        paused=86_400,
        held={A: 3600, "a-handler": 86_400},
        causes={"permit": 86_400},
        clocks={
            "report_in_by": ClockEnd("2026-03-03T15:59:59Z", False),
            "answer_by": ClockEnd("2026-03-17T15:59:59Z", False),
        },
        due="2026-03-17T15:59:59Z",
        late=False,
        role="lead",
        stage="",
        reported=3600,
        first_act=7200,
    )


def test_a_stage_in_one_fact() -> None:
    data = only(lived(), Settled, "stage:1").data
    assert (data.scope, data.stage, data.outcome, data.wall, data.role) == (
        "stage",
        "handling",
        "left",
        176_400,
        "",
    )
    assert data.held == {A: 3600, "a-handler": 86_400}
    assert (data.due, data.clocks) == (None, {})


def test_claim_answer_and_silence_stand_apart() -> None:
    stage = lived()
    stage.act("confirm", RESIDENT, "03-05 10:00", {"answer": "not"})
    answer = only(stage, AnswerSettled, "round:1")
    assert (answer.data.claim, answer.data.answer, answer.data.outcome, answer.data.silent) == (
        "solved",
        "not",
        "not",
        False,
    )
    assert (answer.value, answer.happened) == (86_400, at("03-05 10:00"))
    silent = lived()
    assert silent.wait("04-01 09:00") == ["close_silent"]
    fact = only(silent, AnswerSettled, "round:1")
    assert (fact.data.claim, fact.data.answer, fact.data.outcome, fact.data.silent) == (
        "solved",
        "",
        "silent",
        True,
    )
    assert only(silent, Closed, "round:1").data.outcome == "silent"


def test_a_round_carries_the_lateness_of_its_lead_leg() -> None:
    """The resident is never late: her silence runs out without making the round late."""
    stage = lived()
    stage.wait("04-01 09:00")
    data = only(stage, Settled, "round:1").data
    assert (data.scope, data.outcome, data.late, data.due) == (
        "round",
        "solved",
        False,
        "2026-03-17T15:59:59Z",
    )
    assert data.held["waiting"] == data.wall - 176_400
    assert (data.first_act, data.reported, data.paused) == (7200, None, 86_400)
    late = Stage().reported().answered("03-20 10:00")
    late.act("confirm", RESIDENT, "03-21 10:00", {"answer": "solved"})
    assert only(late, Settled, "leg:1").data.late
    assert only(late, Settled, "round:1").data.late


def test_a_round_without_a_lead_leg_has_no_due() -> None:
    state = bare()
    end = Ending(about="round:1", scope="round", start=NINE, end=NOON, round=1, outcome="x")
    state.endings["leg:9"] = ending(run("a"), role="co")
    assert settle(state, end).due is None
    state.endings["leg:8"] = Ending(
        about="leg:8", scope="leg", start=NINE, end=NOON, round=2, outcome="x", role="lead", runs=(run("a"),)
    )
    assert settle(state, end).due is None
    state.endings["leg:7"] = ending(run("a"), role="lead")
    state.endings["leg:6"] = ending(run("b", due=NOON), role="lead")
    assert settle(state, end).due == "2026-03-02T04:00:00Z"


def test_withdrawn_ends_the_leg_as_well() -> None:
    stage = Stage().reported()
    stage.act("withdraw", RESIDENT, "03-02 11:00")
    assert only(stage, Settled, "leg:1").data.outcome == "withdrawn"
    assert only(stage, Settled, "round:1").data.outcome == "withdrawn"
    assert stage.of(AnswerSettled) == []
    assert stage.state.outcome == "withdrawn"


def test_reopening_keeps_the_first_rounds_settlement() -> None:
    stage = lived()
    stage.act("confirm", RESIDENT, "03-05 10:00", {"answer": "not"})
    first = [fact for fact in stage.facts if isinstance(fact.data, Settled | AnswerSettled)]
    stage.act("reopen", RESIDENT, "03-06 10:00", {"text": "还漏"})
    assert (stage.state.round, stage.state.stage, stage.state.ended) == (2, "handling", None)
    stage.act("report_in", HANDLER, "03-06 11:00")
    stage.act("answer", HANDLER, "03-06 12:00", {"claim": "partly", "result": "补了"})
    assert [fact for fact in stage.facts if fact in first] == first
    assert all(fact.supersedes is None for fact in stage.facts)
    second = only(stage, Settled, "leg:2")
    assert (second.data.round, second.data.wall) == (2, 7200)


def test_reopened_without_an_answer_says_so() -> None:
    stage = lived()
    stage.act("reopen", RESIDENT, "03-05 10:00", {"text": "没好"})
    data = only(stage, AnswerSettled, "round:1").data
    assert (data.answer, data.outcome, data.silent) == ("", "reopened", False)
    assert only(stage, Settled, "round:1").data.held["waiting"] == 86_400


def test_reopening_has_its_days() -> None:
    stage = lived()
    stage.act("confirm", RESIDENT, "03-05 10:00", {"answer": "not"})
    with pytest.raises(Conflict):
        stage.act("reopen", RESIDENT, "03-30 10:00", {"text": "还漏"})


def test_the_star_is_a_fact_of_its_own() -> None:
    stage = lived()
    for stars in (0, 6, "many"):
        with pytest.raises(Invalid):
            stage.act("rate", RESIDENT, "03-05 10:00", {"stars": stars})
    fact = stage.act("rate", RESIDENT, "03-05 10:00", {"stars": 5})[0]
    assert isinstance(fact.data, Rated)
    assert (fact.value, fact.level, fact.person, fact.data.fields) == (5, 3, "", {})
    with pytest.raises(Conflict):
        stage.act("rate", RESIDENT, "03-05 11:00", {"stars": 4})
    assert stage.of(AnswerSettled) == []


def test_cannot_names_a_verified_step_and_its_last_day() -> None:
    stage = Stage().reported()
    for step in ("mediation", "nowhere", ""):
        with pytest.raises(Invalid):
            stage.act("cannot", HANDLER, "03-03 10:00", {"reason": "不归我们", "next_step": step})
    fact = stage.act(
        "cannot", HANDLER, "03-03 10:00", {"reason": "不归我们", "next_step": "reconsideration"}
    )[0]
    assert fact.data.claim == "cannot"  # type: ignore[union-attr]
    # 60 days after 3 March is Saturday, 2 May: the next workday is Monday the 4th.
    assert fact.data.fields["next_step_until"] == "2026-05-04"  # type: ignore[union-attr]
    assert fact.texts == {"reason": "不归我们"}
    assert only(stage, Settled, "leg:1").data.outcome == "cannot"


# --- settled anew ---------------------------------------------------------------------------------------------------


def test_nothing_is_settled_twice() -> None:
    stage = lived()
    assert settlements(stage.state) == []
    assert settlements(stage.state, recheck=True) == []


@pytest.mark.parametrize("version", [1, 2])
def test_what_earlier_releases_settled_reads_as_if_it_were_settled_today(version: int) -> None:
    """So a correction finds it the same, and writes nothing anew."""
    for kind, about in ((Settled, "leg:1"), (Settled, "stage:1"), (AnswerSettled, "round:1")):
        stage = lived()
        stage.act("confirm", RESIDENT, "03-05 10:00", {"answer": "not"})
        data = only(stage, kind, about).data
        whole = msgspec.to_builtins(data) | {"digest": "0" * 64, "edition": "2026-test"}
        if kind is Settled:
            whole |= {"start": "2026-03-02T01:00:00Z", "wall": data.wall}
            for clock in whole["clocks"].values():
                clock["met"] = "2026-03-02T02:00:00Z"
        else:
            whole |= {"asked": "2026-03-04T02:00:00Z", "waited": 86_400}
        if version == 1:
            whole |= {f"{name}_2": 7 for name in ("wall", "worked", "waited") if name in whole}
            whole |= {"end": "2026-03-04T02:00:00Z"} if kind is Settled else {}
        name = kind_of(data).name
        assert decode(name, version, msgspec.json.encode(whole).decode()) == data


def test_a_correction_settles_anew_and_supersedes() -> None:
    stage = lived()
    about, number = "leg:1", stage.state.settled["leg:1"].fact
    stage.state.endings[about] = Ending(
        **{
            name: getattr(stage.state.endings[about], name)
            for name in Ending.__struct_fields__
            if name != "outcome"
        },
        outcome="partly",
    )
    assert settlements(stage.state) == []
    (emit,) = settlements(stage.state, recheck=True)
    assert (emit.supersedes, emit.about, emit.data.outcome) == (number, "leg:1", "partly")  # type: ignore[union-attr]
    stage.state.stale.add("leg:1")
    assert [emit.supersedes for emit in settlements(stage.state)] == [number]


def test_what_began_and_ended_an_hour_later_is_settled_anew() -> None:
    """Its data say the same: lengths of time. When it was is the fact's own moment."""
    stage = lived()
    was = stage.state.endings["stage:1"]
    told = stage.state.settled["stage:1"]
    stage.state.endings["stage:1"] = replace(
        was,
        start=was.start + HOUR,
        end=was.end + HOUR,
        spans=tuple(
            replace(span, start=span.start + HOUR, end=(span.end or was.end) + HOUR) for span in was.spans
        ),
    )
    (emit,) = settlements(stage.state, recheck=True)
    assert (emit.data, emit.value) == (told.data, told.value)
    assert (emit.supersedes, emit.happened) == (told.fact, told.happened + HOUR)


def test_what_is_stale_but_the_same_is_not_written_again() -> None:
    stage = lived()
    stage.state.stale.add("leg:1")
    assert settlements(stage.state) == []


def test_precision_and_level_go_with_it() -> None:
    stage = lived()
    stage.state.settled.clear()
    stage.state.level, stage.state.place = 2, "grid-1"
    for about in stage.state.endings:
        stage.state.endings[about] = Ending(
            **{
                name: getattr(stage.state.endings[about], name)
                for name in Ending.__struct_fields__
                if name != "day"
            },
            day=True,
        )
    made = settlements(stage.state)
    assert {(emit.precision, emit.level, emit.place) for emit in made} == {("day", 2, "grid-1")}
    assert all(emit.supersedes is None for emit in made)


def test_a_replayed_matter_is_settled_but_nobody_was_asked() -> None:
    from baodao.matters.engine import Opening

    from .test_replay import REPLAYED

    opening = Opening(
        number="N-1",
        digest=digest(REPLAYED),
        name="replayed",
        org=A,
        actor=NEIGHBOUR,
        reporter="someone",
        behalf=True,
        happened=at("03-02 00:00"),
        precision="day",
        fields={"text": "路不平"},
    )
    decision = replay(
        REPLAYED, opening, CALENDAR, answered=at("03-30 00:00"), claim="", texts={"result": "修了"}
    )
    kinds = [type(emit.data).__name__ for emit in decision.emits]
    assert kinds == ["Opened", "LegCalled", "LegAnswered", "Closed", "Settled", "Settled", "Settled"]
    assert {emit.precision for emit in decision.emits} == {"day"}
    leg = next(
        emit.data for emit in decision.emits if emit.about == "leg:1" and isinstance(emit.data, Settled)
    )
    assert (leg.wall, leg.late, leg.outcome) == (28 * 86_400, True, "answered")
    assert decision.state.outcome == "replayed"
    with pytest.raises(Invalid):
        replay(REPLAYED, opening, CALENDAR, answered=at("03-01 00:00"), claim="", texts={})
