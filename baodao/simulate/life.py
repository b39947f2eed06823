"""Living a simulated district: requests and what becomes of them, through the same verbs as everybody, in simulated time.

Events lie in a queue by moment; before each of them the clocks that were due by then are applied (as the timer does).
"""

import heapq
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Problem
from baodao.kernel.selectors import current_calendar
from baodao.matters.services import Draft, act, open_
from baodao.matters.timer import run_due
from baodao.orgs.selectors import grants_of
from baodao.places.selectors import GridRef, grids_of

from . import clock, fates, words
from .district import BUREAUS, Cast, station_of
from .truths import Truths

#: Kinds and how often they come.
KINDS = {
    "housing": 16,
    "road": 14,
    "noise": 14,
    "utilities": 12,
    "sanitation": 12,
    "property": 12,
    "neighbours": 9,
    "other": 6,
    "health": 2,
    "minors": 2,
    "domestic_violence": 1,
}
BURST_DAY, BURST_SIZE = 18, 12
Tick = Callable[[int, int], None]


class Event(msgspec.Struct):
    """One thing to happen: moment and running number order the queue; `run` is called with the moment."""

    at: datetime
    n: int
    run: Callable[[datetime], None] = msgspec.field(default=lambda at: None)

    def __lt__(self, other: "Event") -> bool:
        return (self.at, self.n) < (other.at, other.n)


class Life:
    """One run: `days` before `until`, about `requests` requests of the cast's residents."""

    def __init__(self, cast: Cast, truths: Truths, until: datetime, rng: random.Random) -> None:
        self.cast, self.truths, self.until, self.rng = cast, truths, until, rng
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.calendar = current_calendar()
        self.queue: list[Event] = []
        self.commands = 0
        self.opened = 0
        self.refused: list[str] = []
        self.grids: dict[str, list[GridRef]] = {}
        for grid in grids_of(cast.district):
            self.grids.setdefault(grid.org, []).append(grid)
        self._n = 0
        self._homes: dict[str, list[str]] = {}
        for uid, community in cast.residents:
            self._homes.setdefault(community, []).append(uid)

    def run(self, days: int, requests: int, tick: Tick) -> None:
        """Plan all openings, then let events happen until the end; `tick(done, total)` counts days."""
        begin = self.until - timedelta(days=days)
        for moment, community, kind in self._openings(begin, days, requests):
            self._at(moment, lambda at, c=community, k=kind: self._open(at, c, k))  # type: ignore[misc]
        for day in range(1, days + 1):
            self._at(begin + timedelta(days=day), lambda at, d=day: self._evening(at, d, days, tick))  # type: ignore[misc]
        while self.queue and self.queue[0].at <= self.until:
            event = heapq.heappop(self.queue)
            event.run(event.at)
        self._evening(self.until, days, days, tick)

    def _openings(self, begin: datetime, days: int, requests: int) -> Iterator[tuple[datetime, str, str]]:
        planted = [self.truths.late, self.truths.silent, self.truths.refusing, self.truths.reopened]
        lived = sorted({community for _uid, community in self.cast.residents})
        kinds = list(KINDS)
        for number in range(requests):
            # Every sixth shows one of the planted truths; these come early enough to end.
            community = planted[number // 6 % 4] if number % 6 == 0 else self.rng.choice(lived)
            span = days * 0.45 if number % 6 == 0 else days
            moment = begin + timedelta(seconds=self.rng.randint(0, int(span * 86_400) - 7200))
            kind = self.rng.choices(kinds, list(KINDS.values()))[0]
            yield (
                clock.awake(moment, self.zone),
                community,
                kind if number % 6 else self.rng.choice(kinds[:8]),
            )
        burst = begin + timedelta(days=min(BURST_DAY, days - 1))
        for number in range(BURST_SIZE):
            yield (
                clock.awake(burst + timedelta(minutes=7 * number), self.zone),
                self.truths.burst,
                "utilities",
            )

    def _at(self, moment: datetime, run: Callable[[datetime], None]) -> None:
        self._n += 1
        whole = moment.astimezone(UTC)
        heapq.heappush(self.queue, Event(whole.replace(microsecond=0), self._n, run))

    def _evening(self, at: datetime, day: int, days: int, tick: Tick) -> None:
        while run_due(at):
            pass
        tick(day, days)

    def _resident(self, uid: str, at: datetime) -> Act:
        return self._act(at, person=uid)

    def _staff(self, post: str, at: datetime) -> Act:
        uid, org, kind = self.cast.posts[post]
        day = at.astimezone(self.zone).date()
        return msgspec.structs.replace(
            self._act(at, person=uid), post=post, grants=grants_of(post, org, kind, day)
        )

    def _act(self, at: datetime, person: str) -> Act:
        self.commands += 1
        return Act(
            kind="person",
            happened=at,
            noted=at,
            command=f"sim-{self.commands}",
            origin="simulated",
            person=person,
        )

    def _open(self, at: datetime, community: str, kind: str) -> None:
        homes = self._homes.get(community) or [self.rng.choice(self.cast.residents)[0]]
        uid = self.rng.choice(homes)
        title, text = words.complaint(self.rng, kind)
        grid = self.rng.choice(self.grids[community])
        draft = Draft(
            procedure="request",
            org=community,
            place=grid.code,
            kind=kind,
            fields={"title": title, "text": text},
            point=f"{grid.lon:.6f},{grid.lat:.6f}",
        )
        number = open_(self._resident(uid, at), matters=[draft]).numbers[0]
        self.opened += 1
        self.truths.note(community, number)
        fate = self.truths.fate(community, fates.draw(self.rng))
        late = community == self.truths.late
        plan = list(fates.steps(fate, self.rng, late=late, answers=community != self.truths.silent))
        self._next(_Story(number, uid, self.cast.post_at(community, "community_secretary"), plan), at)

    def _next(self, story: "_Story", after: datetime) -> None:
        if not story.plan:
            return
        step = story.plan.pop(0)
        if step.who == "resident":
            moment = clock.awake(after + timedelta(hours=step.hours), self.zone)
        else:
            moment = clock.after_work_hours(after, step.hours, self._works, self.zone)
        moment = max(moment, after + timedelta(seconds=60))
        self._at(moment, lambda at: self._step(story, step, at))

    def _works(self, day: date) -> bool:
        return self.calendar.is_workday(day)

    def _step(self, story: "_Story", step: fates.Step, at: datetime) -> None:
        fields = self._fields(story, step, at)
        by = self._actor(story, step, at)
        if by is None:
            return
        try:
            act(by, number=story.number, action=step.action, fields=fields)
        except Conflict:
            # The clock was faster (silence lapsed, a pause ran out): as it happens to people.
            pass
        except Problem as problem:
            self.refused.append(f"{story.number} {step.action}: {problem}")
            return
        if step.action == "hand_over":
            story.holder = self.cast.post_at(str(fields["org"]), "handler")
        self._next(story, at)

    def _actor(self, story: "_Story", step: fates.Step, at: datetime) -> Act | None:
        if step.who == "resident":
            return self._resident(story.uid, at)
        post = story.holder if step.who == "holder" else self._superior(story)
        return self._staff(post, at) if post else None

    def _superior(self, story: "_Story") -> str:
        org = self.cast.posts[story.holder][1]
        return self.cast.post_at(org[:9], "department_head")

    def _fields(self, story: "_Story", step: fates.Step, at: datetime) -> dict[str, str | int]:
        fields = dict(step.fields)
        if fields.get("at") == "+1":
            soon = clock.after_work_hours(at, 5, self._works, self.zone)
            fields["at"] = soon.astimezone(self.zone).isoformat(timespec="minutes")
        if fields.get("org") == "@station":
            street = self.cast.posts[story.holder][1][:9]
            bureaus = [code for code, _name, _english in BUREAUS]
            fields["org"] = self.rng.choice([station_of(street), station_of(street), *bureaus[:2]])
        return fields


class _Story(msgspec.Struct):
    """One request under way: its number, who reported it, which post has it, what is still to come."""

    number: str
    uid: str
    holder: str
    plan: list[fates.Step]
