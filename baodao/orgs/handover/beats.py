"""What the worker does by itself: sheets that are signed go over on their day; leavers without one get theirs; what organizations left behind
when they ended goes to those that took over."""

from __future__ import annotations

import logging
from datetime import date, datetime

from django.utils import timezone

from baodao.kernel import epochs
from baodao.kernel.act import Origin, system_act
from baodao.kernel.beats import register_beat
from baodao.kernel.errors import Busy, Problem
from baodao.ledger.selectors import facts_of, newer_than, position
from baodao.orgs import selectors as orgs
from baodao.orgs.facts import Divided, Split
from baodao.orgs.models import Post

from . import selectors
from .services import STEP, divide, open_sheet, pass_on, succeed

log = logging.getLogger("baodao.handover")

#: Sheets of one beat that go over, and that are opened: 422 secretaries change on one day.
BATCH, LEFT = 20, 100
#: Seconds between two looks for leavers.
EVERY = 120


def run_due(now: datetime) -> int:
    """Pass on what is signed and due. Gives how many sheets moved."""
    at, done = now.replace(microsecond=0), 0
    for code in selectors.due(timezone.localdate(at), BATCH):
        done += pass_all(code, at)
    return done


def run_left(now: datetime) -> int:
    """Nothing open stays with a leaver: whoever is gone without a sheet gets one, whose heir is the one who took the same post; what
    was not signed in time goes over without. Gives how many sheets were opened or moved."""
    at, day, done = now.replace(microsecond=0), timezone.localdate(now), 0
    for post in selectors.left_behind(day, LEFT, turn=int(at.timestamp() // EVERY)):
        try:
            heir = selectors.next_in_office(post, day)
            act = system_act(at, f"left-{post.code}-{position()}", _origin(post))
            open_sheet(act, post=post.code, heir=heir, day=day)
            done += 1
        except Busy:
            raise
        except Problem as problem:
            log.info("no hand-over for %s (%s)", post.code, type(problem).__name__)
    return done + sum(pass_all(code, at) for code in selectors.unsigned(day, BATCH))


def _origin(post: Post) -> Origin:
    """What hangs on made-up appointments is made up as well; a sheet for one that came from a list is begun here and now."""
    return "simulated" if post.origin == "simulated" else "live"


def pass_all(code: str, at: datetime) -> int:
    """All items of one signed sheet, in commands of some; 1 when anything moved."""
    moved = 0
    while True:
        try:
            rest = pass_on(system_act(at, f"pass-{code}-{position()}"), code=code)
        except Busy:
            raise
        except Problem as problem:
            # Somebody else passed it on, or dropped it: nothing is left to do here.
            log.info("hand-over %s is not passed on (%s)", code, type(problem).__name__)
            return moved
        moved = 1
        if not rest:
            return moved


def run_ended(now: datetime) -> int:
    """Open work on the ground of a part that was split off goes to the part, that of ended organizations to their successors.
    Gives how many items went."""
    at, day = now.replace(microsecond=0), timezone.localdate(now)
    epochs.refresh(0)
    trees = orgs.forest()
    done = sum(_divide(org, part, since, at) for org, part, since in split_off(day))
    ended = [code for code, node in trees.nodes.items() if node.until is not None and node.until <= day]
    left = selectors.ended_with_work(ended)
    for org in sorted(left):
        if heir := trees.heir(org, day):
            done += succeed(system_act(at, f"succeed-{org}-{position()}"), org=org, heir=heir)
    return done


def split_off(day: date) -> list[tuple[str, str, date]]:
    """(organization, part, first day of the part) of splits that have come and whose open work is not divided yet. Two
    statements at the most."""
    subjects = sorted({fact.subject for fact in newer_than(0, ["org.split"], limit=5000)})
    told = facts_of(subjects)
    done = {(fact.subject, fact.data.part) for fact in told if isinstance(fact.data, Divided)}
    found = [
        (fact.subject.partition(":")[2], fact.data.part, date.fromisoformat(fact.data.since))
        for fact in told
        if isinstance(fact.data, Split) and (fact.subject, fact.data.part) not in done
    ]
    return [(org, part, since) for org, part, since in found if since <= day]


def _divide(org: str, part: str, since: date, at: datetime) -> int:
    done = went = divide(system_act(at, f"divide-{org}-{part}-{position()}"), org=org, part=part, since=since)
    while went == STEP:
        went = divide(system_act(at, f"divide-{org}-{part}-{position()}"), org=org, part=part, since=since)
        done += went
    return done


register_beat("orgs.handover", run_due, every=20.0)
register_beat("orgs.leavers", run_left, every=float(EVERY))
register_beat("orgs.succession", run_ended, every=60.0)
