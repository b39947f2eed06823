"""Living a simulated district: scenes play through the same verbs as everybody's acts, in simulated time.

A scene is a generator: it acts, says how long it waits (`office` hours of staff, `home` hours of residents), and goes on at the moment
that it is sent. Events lie in a queue by moment; the clocks that were due are applied each evening, and by each act itself.

Commands are named by the district and a running number, and all chance comes from one seed: a life that was cut off is lived again with
the same names, and what was done already is not done twice.
"""

import heapq
import random
import time
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import OperationalError
from PIL import Image, ImageDraw

from baodao.kernel.act import Act, Grant
from baodao.kernel.errors import Busy, Conflict, Problem
from baodao.kernel.evidence import store
from baodao.kernel.selectors import current_calendar
from baodao.matters.services import Draft, act, open_
from baodao.matters.timer import run_due
from baodao.orgs.selectors import grants_of
from baodao.places.selectors import GridRef, grids_of

from . import clock
from .district import Cast
from .truths import Truths

Tick = Callable[[int, int], None]
T = TypeVar("T")
P = ParamSpec("P")
#: A web server writes too: so often is a command tried again, a little later.
PATIENCE, REST = 60, 0.25


class Wait(msgspec.Struct, frozen=True):
    """How long a scene waits: office hours of staff on workdays, or hours of residents, who sleep at night."""

    hours: float
    home: bool = False


Scene = Generator[Wait, datetime, None]


def office(hours: float) -> Wait:
    """So many hours of work later."""
    return Wait(hours)


def home(hours: float) -> Wait:
    """So many hours later, while people are awake."""
    return Wait(hours, home=True)


class Event(msgspec.Struct):
    """One thing to happen: moment and running number order the queue; `run` is called with the moment."""

    at: datetime
    n: int
    run: Callable[[datetime], None]

    def __lt__(self, other: "Event") -> bool:
        return (self.at, self.n) < (other.at, other.n)


class Life:
    """The days before `until` of a district's cast."""

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
        self.pictures = _pictures(until)
        self._n = 0
        self._homes: dict[str, list[str]] = {}
        for uid, community in cast.residents:
            self._homes.setdefault(community, []).append(uid)
        self._grants: dict[tuple[str, date], tuple[Grant, ...]] = {}

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────

    def at(self, moment: datetime, run: Callable[[datetime], None]) -> None:
        """Let something happen at a moment."""
        self._n += 1
        heapq.heappush(self.queue, Event(moment.astimezone(UTC).replace(microsecond=0), self._n, run))

    def begin(self, moment: datetime, scene: Callable[[datetime], Scene]) -> None:
        """Let a scene begin at a moment: ``scene(at)`` gives it."""
        self.at(moment, lambda at: self._play(scene(at), at, fresh=True))

    def play(self, scene: Scene, at: datetime) -> None:
        """Let a scene begin now, beside others."""
        self._play(scene, at, fresh=True)

    def _play(self, scene: Scene, at: datetime, *, fresh: bool = False) -> None:
        try:
            wait = next(scene) if fresh else scene.send(at)
        except StopIteration:
            return
        self.at(self._after(wait, at), lambda then: self._play(scene, then))

    def _after(self, wait: Wait, at: datetime) -> datetime:
        if wait.home:
            moment = clock.awake(at + timedelta(hours=wait.hours), self.zone)
        else:
            moment = clock.after_work_hours(at, wait.hours, self.works, self.zone)
        return max(moment, at + timedelta(seconds=60))

    def works(self, day: date) -> bool:
        """Whether a local day is a workday."""
        return self.calendar.is_workday(day)

    def day_of(self, at: datetime) -> date:
        """The local day."""
        return at.astimezone(self.zone).date()

    def workdays_ago(self, count: int) -> datetime:
        """Ten in the morning so many workdays before the end."""
        day = self.day_of(self.until)
        while count:
            day -= timedelta(days=1)
            count -= self.works(day)
        return clock.at(day, 10, self.zone)

    def run(self, days: int, tick: Tick) -> None:
        """Let events happen until the end; `tick(done, total)` counts days."""
        begin = self.until - timedelta(days=days)
        for day in range(1, days + 1):
            self.at(begin + timedelta(days=day), lambda at, d=day: self._evening(at, d, days, tick))  # type: ignore[misc]
        while self.queue and self.queue[0].at <= self.until:
            event = heapq.heappop(self.queue)
            event.run(event.at)
        self._evening(self.until, days, days, tick)

    def _evening(self, at: datetime, day: int, days: int, tick: Tick) -> None:
        while patiently(lambda: run_due(at)):
            pass
        tick(day, days)

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────

    def neighbour(self, community: str) -> str:
        """Somebody who lives there, else anybody; a uid."""
        homes = self._homes.get(community)
        return self.rng.choice(homes) if homes else self.rng.choice(self.cast.residents)[0]

    def resident(self, uid: str, at: datetime) -> Act:
        """An act of a resident."""
        self.commands += 1
        return Act(
            kind="person",
            happened=at,
            noted=at,
            command=f"sim-{self.cast.prefix}-{self.commands}",
            origin="simulated",
            person=uid,
        )

    def staff(self, post: str, at: datetime) -> Act:
        """An act of whoever holds a post."""
        uid, org, kind = self.cast.holds(post)
        key = (post, self.day_of(at))
        if key not in self._grants:
            self._grants[key] = grants_of(post, org, kind, key[1])
        return msgspec.structs.replace(self.resident(uid, at), post=post, grants=self._grants[key])

    @property
    def prompt(self) -> list[str]:
        """The bureaus that are not planted as late, in the order of BUREAUS."""
        return [code for code in self.cast.bureaus if code != self.truths.late_department]

    # ── acts ────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, by: Act, draft: Draft) -> str:
        """Open one matter; gives its number, "" if it was refused."""
        try:
            number = patiently(lambda: open_(by, matters=[draft])).numbers[0]
        except Problem as problem:
            self.refused.append(f"open {draft.procedure}: {problem}")
            return ""
        self.opened += 1
        return number

    def do(self, by: Act, number: str, action: str, /, *, leg: Any = None, **fields: Any) -> bool | None:
        """One act. True: done; False: a clock or somebody else was faster, as it happens to people; None: refused."""
        try:
            patiently(lambda: act(by, number=number, action=action, fields=fields, leg=leg))
        except Conflict:
            return False
        except Problem as problem:
            self.refused.append(f"{number} {action}: {problem}")
            return None
        return True

    def attempt(self, what: str, verb: Callable[P, T], *args: P.args, **more: P.kwargs) -> T | None:
        """What another verb gives, None when it was refused, which is told."""
        try:
            return patiently(lambda: verb(*args, **more))
        except Problem as problem:
            self.refused.append(f"{what}: {problem}")
            return None

    def maybe(self, what: str, verb: Callable[P, T], *args: P.args, **more: P.kwargs) -> T | None:
        """The same where a refusal happens to people: elsewhere at that time, full, too late."""
        try:
            return patiently(lambda: verb(*args, **more))
        except Problem:
            return None

    def draft(self, community: str, procedure: str, kind: str, fields: dict[str, Any], **more: Any) -> Draft:
        """A matter of a community, at a grid of it."""
        grids = self.grids.get(community)
        grid = self.rng.choice(grids) if grids else None
        point = f"{grid.lon:.6f},{grid.lat:.6f}" if grid else ""
        place = grid.code if grid else ""
        given = {"place": place, "point": point, **more}
        return Draft(procedure=procedure, org=community, kind=kind, fields=fields, **given)

    def soon(self, at: datetime, hours: float) -> str:
        """A local moment so many office hours ahead, as forms take it."""
        then = clock.after_work_hours(at, hours, self.works, self.zone)
        return then.astimezone(self.zone).isoformat(timespec="minutes")

    def picture(self) -> str:
        """SHA-256 of a made-up photo."""
        return self.rng.choice(self.pictures)


def patiently(do: Callable[[], T]) -> T:
    """Try again while the database takes no write (the embedded one has a single writer at a time)."""
    for _attempt in range(PATIENCE):
        try:
            return do()
        except (Busy, OperationalError):
            time.sleep(REST)
    return do()


def _pictures(now: datetime) -> list[str]:
    """Three drawn "photos": a striped pole, a hole, a wall."""
    kept = []
    for number, colour in enumerate(((178, 90, 60), (90, 110, 130), (120, 130, 90))):
        picture = Image.new("RGB", (480, 320), (226, 222, 214))
        pen = ImageDraw.Draw(picture)
        pen.rectangle((0, 220, 480, 320), fill=(150, 148, 142))
        pen.ellipse((150 + 20 * number, 120, 330 + 20 * number, 260), fill=colour)
        for line in range(0, 480, 40):
            pen.line((line, 0, line - 60, 320), fill=(205, 200, 190))
        raw = BytesIO()
        picture.save(raw, "PNG")
        raw.seek(0)
        kept.append(store(raw, "simulated.png", now=now).hash)
    return kept
