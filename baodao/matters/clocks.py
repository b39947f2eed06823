"""Clocks: a pure function of when a limit started, what paused it, what was added, and a calendar edition.

A run is never marked late; it is late when its due lies before the moment asked about. The second of the due
itself is in time (``kernel.calendar`` ends days at 23:59:59), so a lapse happens one second after the due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from baodao.kernel.calendar import Due, Hours, Limit

from .declare import Clock, Procedure
from .state import LEG_WAITS, Run, State

#: A moment after the due: what the lapse of a clock is dated.
TICK = timedelta(seconds=1)
#: The clock that ends a pause by itself, and the act that it takes.
PAUSE_CLOCK = "pause"
RESUME = "resume"


class Calendar(Protocol):
    """What the engine needs of ``kernel.calendar.WorkCalendar``."""

    edition: str

    def due(
        self,
        start: datetime,
        limit: Limit,
        hours: Hours | None = None,
        pauses: Sequence[tuple[datetime, datetime]] = (),
    ) -> Due: ...

    def is_workday(self, day: date) -> bool: ...
    def add_workdays(self, day: date, count: int) -> date: ...
    def local_date(self, at: datetime) -> date: ...


@lru_cache(maxsize=1024)
def limit_of(text: str) -> Limit:
    return Limit.parse(text)


def measure(run: Run, calendar: Calendar) -> Due:
    """The due of a run from its start, its limit with what was added, and its finished pauses."""
    limit = limit_of(run.limit)
    return calendar.due(run.start, Limit(limit.count + run.extra, limit.unit), pauses=run.pauses)


def remeasure(run: Run, calendar: Calendar) -> None:
    due = measure(run, calendar)
    run.due, run.provisional = due.at, due.provisional


def about_of(clock: Clock, state: State, about: str) -> tuple[str, ...]:
    """To what a clock belongs when a fact about ``about`` starts or stops it: legs, this visit of a stage, a
    round."""
    if clock.on == "leg":
        legs = state.open_legs() if not about.startswith("leg:") else [state.legs[int(about[4:])]]
        return tuple(leg.about for leg in legs if leg.state != LEG_WAITS)
    if clock.on == "stage":
        return (f"stage:{state.visit}",)
    return (f"round:{state.round}",) if clock.on == "round" else ("",)


def start(
    state: State, clock: Clock, about: str, at: datetime, calendar: Calendar, *, promised: str = ""
) -> None:
    """A fact starts a clock. One that runs already is stopped and kept: each run is judged on its own, so
    that a new addressee gets the whole limit and the first one's lateness stays. A fact that promises a day
    (``promised``) starts clocks that end with that day; their limit is for facts that name none."""
    for place in about_of(clock, state, about):
        key = (place, clock.name)
        run = state.runs.get(key)
        if run is not None:
            stop(run, at, calendar)
            state.past.append(run)
        limit = _until(promised, at, calendar) or _limit(state, clock, place)
        state.runs[key] = _run(clock, place, at, calendar, limit)


def _until(promised: str, at: datetime, calendar: Calendar) -> str:
    """The limit that ends with a promised day ("2026-12-10", or a moment of it); "" without one."""
    if not promised:
        return ""
    days = (date.fromisoformat(promised[:10]) - calendar.local_date(at)).days
    return f"{max(days, 1)} days"


def _limit(state: State, clock: Clock, place: str) -> str:
    """A leg takes the limits of its addressee's pack."""
    if not place.startswith("leg:"):
        return clock.limit
    return state.legs[int(place[4:])].limits.get(clock.name, clock.limit)


def go_on(state: State, clock: Clock, about: str, at: datetime, calendar: Calendar) -> None:
    """An effect starts a clock: one that stood goes on, one that runs is left alone, else it starts anew."""
    for place in about_of(clock, state, about):
        run = state.runs.get((place, clock.name))
        if run is None or run.stopped is not None:
            start(state, clock, place, at, calendar)
        else:
            unpause(run, at, calendar)


def _run(clock: Clock, about: str, at: datetime, calendar: Calendar, limit: str = "") -> Run:
    limit = limit or clock.limit
    due = calendar.due(at, limit_of(limit))
    return Run(
        clock=clock.name,
        about=about,
        limit=limit,
        start=at,
        due=due.at,
        provisional=due.provisional,
        lapse=clock.lapse or "",
        pausable=clock.pausable,
    )


def stop(run: Run, at: datetime, calendar: Calendar) -> None:
    """A stopped clock keeps what it says; one that stood is first let go, so that the pause counts in its
    due."""
    if run.stopped is not None:
        return
    if run.paused is not None:
        unpause(run, at, calendar)
    run.stopped = at


def stop_about(state: State, about: str, at: datetime, calendar: Calendar) -> None:
    """Everything that ran for a leg, a stage or a round is over with it."""
    for run in state.runs.values():
        if run.about == about:
            stop(run, at, calendar)


def hold(run: Run, at: datetime) -> None:
    """A clock stands from now on. One that is late already is late: nothing is undone."""
    if run.running:
        run.paused = at


def unpause(run: Run, at: datetime, calendar: Calendar) -> None:
    if run.paused is None:
        return
    if at > run.paused:
        run.pauses.append((run.paused, at))
    run.paused = None
    remeasure(run, calendar)


def extend(run: Run, extra: int, calendar: Calendar) -> None:
    """More of the clock's own unit. An extension that reaches beyond now lets a lapsed clock lapse again."""
    run.extra += extra
    remeasure(run, calendar)
    run.lapsed = False


def affected(state: State, about: str) -> list[Run]:
    """The clocks that a pause of a leg (or, with "", of the whole matter) holds."""
    return [
        run
        for run in state.runs.values()
        if run.pausable and run.stopped is None and about in (run.about, "")
    ]


def begin_pause(
    state: State, procedure: Procedure, about: str, cause: str, *, at: datetime, calendar: Calendar
) -> None:
    """Hold the clocks; where the cause has a longest duration, a clock of its own lets them go again."""
    for run in affected(state, about):
        hold(run, at)
    declared = next((pause for pause in procedure.pauses if pause.name == cause), None)
    if declared is not None and declared.longest is not None:
        clock = Clock(name=PAUSE_CLOCK, limit=declared.longest, lapse=RESUME, pausable=False)
        state.runs[(about, PAUSE_CLOCK)] = _run(clock, about, at, calendar)


def end_pause(state: State, about: str, at: datetime, calendar: Calendar) -> None:
    for run in affected(state, about):
        unpause(run, at, calendar)
    own = state.runs.get((about, PAUSE_CLOCK))
    if own is not None:
        stop(own, at, calendar)


def is_overdue(run: Run, at: datetime) -> bool:
    """Late at ``at``: the due lies before it, or before the moment when the clock was stopped or held."""
    return run.due < min(end for end in (run.stopped, run.paused, at) if end is not None)


def lapsing(runs: Iterable[Run]) -> list[Run]:
    """Runs whose end will be acted on, in due order; ties by what they are about and name."""
    waiting = [run for run in runs if run.running and run.lapse and not run.lapsed]
    return sorted(waiting, key=lambda run: (run.due, run.about, run.clock))


class Moved(Struct, frozen=True):
    """An open clock whose due another calendar edition moves (or makes certain)."""

    clock: str
    about: str
    old: datetime
    new: datetime
    provisional: bool


def moved(state: State, calendar: Calendar) -> list[Moved]:
    """What a new edition changes for the open clocks of a state that was folded with the old one."""
    found = []
    for run in state.runs.values():
        if run.stopped is not None:
            continue
        due = measure(run, calendar)
        if (due.at, due.provisional) != (run.due, run.provisional):
            found.append(Moved(run.clock, run.about, run.due, due.at, due.provisional))
    return found
