"""Scenes of branches: theme days near the tenth, committees, a quarterly members' meeting, each written down by the secretary; one
branch has missed its last theme day, so that somebody has something to make up."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from baodao.gather.branch.evening import Evening, Line, traits_of
from baodao.gather.branch.selectors import kinds_at, proposals
from baodao.gather.branch.services import record_meetings
from baodao.kernel.errors import Problem

from . import words
from .branches import Branch
from .life import Life, Scene, office, patiently

#: Day of the month and hour of the evening, by kind; a members' meeting in the first month of a quarter only.
EVENINGS = {"theme_day": (10, 19), "committee_meeting": (20, 18), "members_meeting": (25, 19)}
#: The branch whose last theme day did not take place.
BEHIND = 1


class Held(msgspec.Struct, frozen=True):
    """An evening that took place."""

    branch: Branch
    kind: str
    starts: datetime

    @property
    def ends(self) -> datetime:
        """Two hours later."""
        return self.starts + timedelta(hours=2)


def evenings(life: Life, branches: list[Branch], begin: datetime) -> Iterator[Held]:
    """Every evening of every branch between `begin` and the end, but the one that was missed."""
    last = life.day_of(life.until)
    for number, branch in enumerate(branches):
        for month in _months(life.day_of(begin), last):
            for kind, (day, hour) in EVENINGS.items():
                if kind == "members_meeting" and month.month % 3 != 1:
                    continue
                held = Held(branch, kind, datetime.combine(_workday(life, month, day), time(hour), life.zone))
                missed = number == BEHIND and kind == "theme_day" and month == last.replace(day=1)
                if begin <= held.starts and held.ends < life.until - timedelta(days=1) and not missed:
                    yield held


def recorded(life: Life, at: datetime, held: Held, rng: random.Random) -> Scene:
    """The secretary writes it down in the days after; who was there is drawn, by a chance of its own: what else is drawn stays
    as it was."""
    at = yield office(rng.uniform(0.5, 12))
    branch, day = held.branch, life.day_of(held.starts)
    known = kinds_at(branch.code, day)
    items = tuple(f"{held.kind}.{item.name}" for item in known[held.kind].item[:3])
    traits = traits_of(known, (held.kind,), items)
    text = words.vocabulary()["evening"]
    one = Evening(
        org=branch.code, kinds=(held.kind,), starts=held.starts, ends=held.ends, items=items,
        where=rng.choice(text["where"]), lines=tuple(_lines(rng, branch)),
        minutes=rng.choice(text["minutes"]), decisions=tuple(rng.sample(text["decisions"], rng.randint(0, 2))),
        meets=tuple(p.key for p in proposals(branch.code, day, traits, ())),
    )  # fmt: skip
    try:
        patiently(lambda: record_meetings(life.staff(branch.post, at), meetings=[one]))
    except Problem as problem:
        life.refused.append(f"evening of {branch.code}: {problem}")


def _lines(rng: random.Random, branch: Branch) -> Iterator[Line]:
    for token in branch.members:
        drawn = rng.random()
        status = (
            "present" if drawn < 0.8 else "phone" if drawn < 0.86 else "visit" if drawn < 0.9 else "excused"
        )
        if drawn < 0.97:
            yield Line(token, status)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _workday(life: Life, month: date, day: int) -> date:
    """The day, or the workday after it."""
    held = month.replace(day=day)
    while not life.works(held):
        held += timedelta(days=1)
    return held
