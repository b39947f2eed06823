"""Settlement: what has ended, as one fact that a measure can read alone. Exact integer seconds; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from baodao.ledger.canonical import stamp as moment

from .clocks import PAUSE_CLOCK, is_overdue
from .facts import AnswerSettled, ClockEnd, Emit, Settled
from .state import Ending, Run, Span, State

SILENT = "silent"


def round_two(n: int) -> int:
    """To two significant digits, half up: 94 → 94, 12,345 → 12,000, 995 → 1,000. Seconds, never negative."""
    if n < 0:
        raise ValueError("a duration is never negative")
    step: int = 10 ** max(0, len(str(n)) - 2)
    return (n + step // 2) // step * step


def seconds(start: datetime, end: datetime) -> int:
    """Whole seconds between two moments."""
    return round((end - start).total_seconds())


def totals(spans: Iterable[Span]) -> tuple[dict[str, int], dict[str, int]]:
    """(seconds by holder, paused seconds by cause) of closed spans. Paused time is held by nobody."""
    held: dict[str, int] = {}
    causes: dict[str, int] = {}
    for span in spans:
        if span.end is None:
            raise ValueError("an open span cannot be settled")
        into, name = (causes, span.cause) if span.cause else (held, span.holder)
        into[name] = into.get(name, 0) + seconds(span.start, span.end)
    return held, causes


def clock_ends(runs: Iterable[Run], end: datetime) -> dict[str, ClockEnd]:
    """How each clock of something that ended stands. Of a clock that ran several times the last run is told,
    and ``late`` if any of them was."""
    ends: dict[str, ClockEnd] = {}
    for run in runs:
        if run.clock == PAUSE_CLOCK:
            continue
        before = ends.get(run.clock)
        late = is_overdue(run, end) or (before is not None and before.late)
        ends[run.clock] = ClockEnd(moment(run.due), late, run.provisional)
    return ends


def main_run(ending: Ending) -> Run | None:
    """The clock whose due is *the* due: of those that ran up to the end, the one that ends last."""
    runs = [run for run in ending.runs if run.clock != PAUSE_CLOCK]
    if ending.out is not None:
        return _addressees(runs, ending.out, ending.end)
    last = [run for run in runs if (run.stopped or ending.end) == ending.end]
    return max(last, key=lambda run: (run.due, run.clock), default=None)


def _addressees(runs: list[Run], out: datetime, end: datetime) -> Run | None:
    """What is judged is the addressee's part: of the clocks that ran until the leg was out of its hands, the one that began
    first. What its caller takes to rule, or what is granted after a lateness, makes nobody late or on time."""
    held = [run for run in runs if run.start <= out <= (run.stopped or end)]
    return min(held, key=lambda run: (run.start, -run.due.timestamp(), run.clock), default=None)


def _governing(state: State, ending: Ending) -> Run | None:
    """A round has no due of its own (the resident is never late): it carries that of its lead leg."""
    if ending.scope != "round":
        return main_run(ending)
    legs = [other for other in state.endings.values() if (other.round, other.role) == (ending.round, "lead")]
    return main_run(legs[-1]) if legs else None


def settle(state: State, ending: Ending) -> Settled:
    """One leg, stage or round that has ended → its settlement."""
    held, causes = totals(ending.spans)
    paused = sum(causes.values())
    main = _governing(state, ending)
    reported = _since(ending.start, ending.reported)
    first_act = _since(ending.start, ending.first_act)
    return Settled(
        scope="leg" if ending.scope == "leg" else "stage" if ending.scope == "stage" else "round",
        procedure=state.procedure,
        round=ending.round,
        outcome=ending.outcome,
        worked=seconds(ending.start, ending.end) - paused,
        paused=paused,
        held=held,
        causes=causes,
        clocks=clock_ends(ending.runs, ending.end),
        due=moment(main.due) if main is not None else None,
        late=is_overdue(main, ending.end) if main is not None else None,
        role=ending.role,
        stage=ending.stage,
        reported=reported,
        first_act=first_act,
    )


def _since(start: datetime, at: datetime | None) -> int | None:
    return None if at is None else seconds(start, at)


def settle_answer(state: State, ending: Ending) -> AnswerSettled:
    """Claim, answer and silence of one round, apart."""
    return AnswerSettled(
        procedure=state.procedure,
        round=ending.round,
        claim=ending.claim,
        answer=ending.answer,
        silent=ending.outcome == SILENT,
        outcome=ending.outcome,
    )


def settlements(state: State, recheck: bool = False) -> list[Emit]:
    """The settlement facts that are missing, in the order in which things ended.

    A thing that ended again (a late answer, a corrected fact) is settled anew and supersedes. With
    ``recheck`` every recorded settlement is compared with what the effective facts say now: that is for
    after a correction.
    """
    made = []
    for about, ending in state.endings.items():
        recorded = state.settled.get(about)
        if recorded is not None and about not in state.stale and not recheck:
            continue
        data = settle_answer(state, ending) if ending.scope == "answer" else settle(state, ending)
        emit = _emit(state, ending, data, recorded.fact if recorded is not None else None)
        if recorded is None or (recorded.happened, recorded.value, recorded.data) != (
            emit.happened,
            emit.value,
            emit.data,
        ):
            made.append(emit)
    return made


def _emit(state: State, ending: Ending, data: Settled | AnswerSettled, supersedes: int | None) -> Emit:
    return Emit(
        data=data,
        about=f"round:{ending.round}" if ending.scope == "answer" else ending.about,
        happened=ending.end,
        precision="day" if ending.day else "second",
        level=state.level,
        org=ending.org,
        place=state.place,
        value=seconds(ending.start, ending.end),
        supersedes=supersedes,
        system=True,
    )
