"""Who held what, from when to when: the spans of each leg and of the round, and what has ended and is to be
settled.

Spans touch without gap or overlap from the start to the end, so their lengths add up to the wall time
exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .state import LEG_WAITS, WAITING, Ending, Leg, Span, State

#: How the question put to the resident may end without an answer. A replayed matter was never asked.
UNANSWERED = ("silent", "reopened", "withdrawn")


def retime(state: State, at: datetime) -> None:
    """Close and open spans where holder or cause changed at ``at``: for each open leg, and for the round."""
    for leg in state.legs.values():
        if leg.ended is None and leg.state != LEG_WAITS:
            _turn(leg.spans, at, leg.label, leg.cause)
    if state.ended is not None:
        _close(state.timeline, at)
        return
    lead = state.lead
    if lead is None or lead.ended is not None:
        _turn(state.timeline, at, WAITING, "")
    else:
        _turn(state.timeline, at, lead.label, lead.cause)


def _turn(spans: list[Span], at: datetime, holder: str, cause: str) -> None:
    if spans and spans[-1].end is None:
        last = spans[-1]
        if (last.holder, last.cause) == (holder, cause):
            return
        _close(spans, at)
    if spans and spans[-1].end == at and (spans[-1].holder, spans[-1].cause) == (holder, cause):
        # What came between lasted no time (paused and resumed in one second): the span goes on.
        spans[-1].end = None
        return
    spans.append(Span(at, holder, cause))


def _close(spans: list[Span], at: datetime) -> None:
    if not spans or spans[-1].end is not None:
        return
    if spans[-1].start == at:
        spans.pop()
    else:
        spans[-1].end = at


def clip(spans: Iterable[Span], start: datetime, end: datetime) -> tuple[Span, ...]:
    """The part of spans that lies between two moments; an open span reaches to the end."""
    parts = []
    for span in spans:
        first, last = max(span.start, start), min(span.end or end, end)
        if first < last:
            parts.append(Span(first, span.holder, span.cause, last))
    return tuple(parts)


def end_leg(state: State, leg: Leg, at: datetime) -> None:
    """A leg is over: its spans are closed and it waits to be settled."""
    _close(leg.spans, at)
    _put(
        state,
        Ending(
            about=leg.about,
            scope="leg",
            start=leg.called,
            end=at,
            round=leg.round,
            outcome=leg.outcome,
            spans=clip(leg.spans, leg.called, at),
            runs=state.runs_of(leg.about),
            org=leg.org,
            role=leg.role,
            reported=leg.reported,
            first_act=leg.first_act,
            out=leg.out,
            day=leg.day,
        ),
    )


def end_stage(state: State, at: datetime) -> None:
    """A stage is left."""
    about = f"stage:{state.visit}"
    _put(
        state,
        Ending(
            about=about,
            scope="stage",
            start=state.stage_since,
            end=at,
            round=state.round,
            outcome="left",
            spans=clip(state.timeline, state.stage_since, at),
            runs=state.runs_of(about),
            org=state.org,
            stage=state.stage,
            day=state.day,
        ),
    )


def end_round(state: State, at: datetime, outcome: str) -> None:
    """A round is over: by the resident's answer, by silence, by withdrawal, or because it was reopened."""
    about = f"round:{state.round}"
    lead = state.lead
    _put(
        state,
        Ending(
            about=about,
            scope="round",
            start=state.round_since,
            end=at,
            round=state.round,
            outcome=state.claim or outcome,
            spans=clip(state.timeline, state.round_since, at),
            runs=state.runs_of(about),
            org=state.org,
            first_act=lead.first_act if lead is not None else None,
            day=state.day,
        ),
    )
    if state.answer or outcome in UNANSWERED:
        end_answer(state, state.answered or at, state.answer or outcome)


def end_answer(state: State, at: datetime, outcome: str) -> None:
    """The question put to the resident is over; ``outcome`` is the answer or silent, reopened, withdrawn."""
    if state.asked is None:
        return
    _put(
        state,
        Ending(
            about=f"answer:{state.round}",
            scope="answer",
            start=state.asked,
            end=at,
            round=state.round,
            outcome=outcome,
            org=state.org,
            claim=state.claim,
            answer=state.answer,
            day=state.day,
        ),
    )


def _put(state: State, ending: Ending) -> None:
    if ending.about in state.endings:
        state.stale.add(ending.about)
    state.endings[ending.about] = ending
