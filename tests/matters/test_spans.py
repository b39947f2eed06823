"""Spans: who held what from when to when, without gap or overlap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from baodao.matters import spans
from baodao.matters.state import WAITING, Leg, Span, State

from .scene import A, B, at
from .test_clocks import bare

NINE, TEN, ELEVEN, NOON = (at(f"03-02 {hour:02}:00") for hour in (9, 10, 11, 12))


def one(role: str = "lead") -> tuple[State, Leg]:
    state = bare()
    state.legs = {1: Leg(n=1, round=1, role=role, org=A, called=NINE)}  # type: ignore[arg-type]
    spans.retime(state, NINE)
    return state, state.legs[1]


def test_holder_and_cause_make_spans_that_touch() -> None:
    state, leg = one()
    spans.retime(state, TEN)
    leg.holder = "p1"
    spans.retime(state, TEN)
    leg.cause = "rain"
    spans.retime(state, ELEVEN)
    leg.cause = ""
    spans.retime(state, NOON)
    wanted = [
        Span(NINE, A, "", TEN),
        Span(TEN, "p1", "", ELEVEN),
        Span(ELEVEN, "p1", "rain", NOON),
        Span(NOON, "p1"),
    ]
    assert leg.spans == wanted
    assert state.timeline == wanted


def test_two_changes_at_one_moment_leave_no_empty_span() -> None:
    state, leg = one()
    leg.holder = "p1"
    spans.retime(state, TEN)
    leg.holder = "p2"
    spans.retime(state, TEN)
    assert leg.spans == [Span(NINE, A, "", TEN), Span(TEN, "p2")]


def test_a_round_waits_where_no_lead_leg_is_open() -> None:
    state, leg = one("co")
    assert state.timeline == [Span(NINE, WAITING)]
    assert leg.spans == [Span(NINE, A)]
    state, leg = one()
    leg.ended = TEN
    spans.end_leg(state, leg, TEN)
    spans.retime(state, TEN)
    assert leg.spans == [Span(NINE, A, "", TEN)]
    assert state.timeline == [Span(NINE, A, "", TEN), Span(TEN, WAITING)]
    state.ended = NOON
    spans.retime(state, NOON)
    spans.retime(state, NOON + timedelta(hours=1))
    assert state.timeline[-1] == Span(TEN, WAITING, "", NOON)


def test_of_several_lead_legs_the_latest_of_this_round_counts() -> None:
    state, first = one()
    state.legs[2] = Leg(n=2, round=1, role="lead", org=B, called=TEN)
    state.legs[3] = Leg(n=3, round=2, role="lead", org="C", called=TEN)
    spans.retime(state, TEN)
    assert state.timeline == [Span(NINE, A, "", TEN), Span(TEN, B)]
    assert first.spans == [Span(NINE, A)]


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (NINE, NOON, [(NINE, TEN), (TEN, NOON)]),
        (at("03-02 09:30"), at("03-02 10:30"), [(at("03-02 09:30"), TEN), (TEN, at("03-02 10:30"))]),
        (TEN, NOON, [(TEN, NOON)]),
        (NINE, TEN, [(NINE, TEN)]),
        (NOON, NOON, []),
        (at("03-01 09:00"), NINE, []),
    ],
)
def test_a_part_of_the_spans_is_cut_at_its_ends(start: object, end: object, wanted: list[object]) -> None:
    whole = [Span(NINE, A, "", TEN), Span(TEN, "p1", "rain")]
    parts = spans.clip(whole, start, end)  # type: ignore[arg-type]
    assert [(part.start, part.end) for part in parts] == wanted
    names = {(part.start < TEN, part.holder, part.cause) for part in parts}
    assert names <= {(True, A, ""), (False, "p1", "rain")}


def test_what_ends_carries_all_that_is_settled() -> None:
    state, leg = one()
    state.round, leg.round, state.org, state.visit, state.stage = 2, 2, A, 3, "handling"
    leg.reported, leg.first_act, leg.outcome, leg.day, leg.ended = TEN, ELEVEN, "solved", True, NOON
    spans.end_leg(state, leg, NOON)
    ending = state.endings["leg:1"]
    assert (ending.about, ending.scope, ending.start, ending.end) == ("leg:1", "leg", NINE, NOON)
    assert (ending.round, ending.outcome, ending.org, ending.role) == (2, "solved", A, "lead")
    assert (ending.reported, ending.first_act, ending.day) == (TEN, ELEVEN, True)
    assert ending.spans == (Span(NINE, A, "", NOON),)
    spans.end_stage(state, NOON)
    stage = state.endings["stage:3"]
    assert (stage.about, stage.scope, stage.stage, stage.outcome, stage.round) == (
        "stage:3",
        "stage",
        "handling",
        "left",
        2,
    )
    assert (stage.start, stage.end, stage.org, stage.day) == (NINE, NOON, A, False)
    assert stage.spans == (Span(NINE, A, "", NOON),)


def test_a_round_ends_with_the_question_or_without() -> None:
    state, leg = one()
    leg.first_act, state.org, state.day = TEN, A, True
    spans.end_round(state, NOON, "withdrawn")
    ending = state.endings["round:1"]
    assert (ending.about, ending.scope, ending.outcome, ending.first_act) == (
        "round:1",
        "round",
        "withdrawn",
        TEN,
    )
    assert (ending.start, ending.end, ending.round, ending.org, ending.day) == (NINE, NOON, 1, A, True)
    assert ending.spans == (Span(NINE, A, "", NOON),)
    assert "answer:1" not in state.endings  # nobody had claimed anything: there was no question
    state.claim, state.asked = "partly", TEN
    spans.end_round(state, NOON, "silent")
    assert state.endings["round:1"].outcome == "partly"
    answer = state.endings["answer:1"]
    assert (answer.about, answer.scope, answer.start, answer.end) == ("answer:1", "answer", TEN, NOON)
    assert (answer.claim, answer.answer, answer.outcome, answer.round, answer.org, answer.day) == (
        "partly",
        "",
        "silent",
        1,
        A,
        True,
    )


@pytest.mark.parametrize("outcome", ["replayed", "closed"])
def test_who_was_never_asked_did_not_keep_silent(outcome: str) -> None:
    state, _leg = one()
    state.claim, state.asked = "solved", TEN
    spans.end_round(state, NOON, outcome)
    assert "answer:1" not in state.endings


@pytest.mark.parametrize("outcome", ["silent", "reopened", "withdrawn"])
def test_three_ways_to_end_without_an_answer(outcome: str) -> None:
    state, _leg = one()
    state.claim, state.asked = "solved", TEN
    spans.end_round(state, NOON, outcome)
    assert state.endings["answer:1"].outcome == outcome
    assert not state.stale


def test_an_answer_has_its_own_moment_and_a_late_one_settles_anew() -> None:
    state, _leg = one()
    state.claim, state.asked, state.answer, state.answered = "solved", TEN, "not", ELEVEN
    spans.end_round(state, NOON, "solved")
    assert (state.endings["answer:1"].end, state.endings["answer:1"].outcome) == (ELEVEN, "not")
    assert state.stale == set()
    spans.end_answer(state, NOON, "solved")
    assert state.stale == {"answer:1"}


def test_a_round_without_lead_has_no_first_act() -> None:
    state, _leg = one("co")
    spans.end_round(state, NOON, "withdrawn")
    assert state.endings["round:1"].first_act is None


def test_clocks_are_settled_with_what_they_belong_to() -> None:
    from baodao.matters import clocks

    from .scene import CALENDAR
    from .test_clocks import HOURS

    state, leg = one()
    clocks.start(state, HOURS, "leg:1", NINE, CALENDAR)
    for about in ("stage:1", "round:1", "leg:2"):
        clocks.start(state, HOURS, "leg:1", NINE, CALENDAR)
        run = state.runs.pop(("leg:1", "soon"))
        run.about = about
        state.runs[(about, "soon")] = run
    state.past = [run for run in state.past if run.about == "leg:1"]
    clocks.start(state, HOURS, "leg:1", NINE, CALENDAR)
    spans.end_leg(state, leg, NOON)
    spans.end_stage(state, NOON)
    spans.end_round(state, NOON, "withdrawn")
    for about, ending in state.endings.items():
        assert ending.runs
        assert {run.about for run in ending.runs} == {about}


def test_an_open_span_is_closed_once() -> None:
    state, leg = one()
    leg.ended = TEN
    spans.end_leg(state, leg, TEN)
    spans.end_leg(state, leg, NOON)
    assert leg.spans == [Span(NINE, A, "", TEN)]
