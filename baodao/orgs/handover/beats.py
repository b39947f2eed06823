"""What the worker does by itself: sheets that are signed go over on their day; what organizations left behind when they
ended goes to those that took over."""

from __future__ import annotations

import logging
from datetime import date, datetime

from django.utils import timezone

from baodao.kernel import epochs
from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat
from baodao.kernel.errors import Busy, Problem
from baodao.ledger.selectors import facts_of, position
from baodao.orgs import selectors as orgs
from baodao.orgs.facts import Ended

from . import selectors
from .services import pass_on, succeed

log = logging.getLogger("baodao.handover")

#: Sheets of one beat.
BATCH = 20


def run_due(now: datetime) -> int:
    """Pass on what is signed and due. Gives how many sheets moved."""
    at, done = now.replace(microsecond=0), 0
    for code in selectors.due(timezone.localdate(at), BATCH):
        done += pass_all(code, at)
    return done


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
    """Open work of ended organizations goes to their successors. Gives how many items went."""
    at, day = now.replace(microsecond=0), timezone.localdate(now)
    epochs.refresh(0)
    trees = orgs.forest()
    ended = [code for code, node in trees.nodes.items() if node.until is not None and node.until <= day]
    left = selectors.ended_with_work(ended)
    done = 0
    for org in sorted(left):
        if heir := heir_of(org, day):
            done += succeed(system_act(at, f"succeed-{org}-{position()}"), org=org, heir=heir)
    return done


def heir_of(org: str, day: date) -> str:
    """The organization that took over from one that has ended: the one named, else the one above it; of those that have
    ended too, their own. "" for nobody."""
    trees, seen = orgs.forest(), set[str]()
    while org not in seen and org in trees:
        seen.add(org)
        node = trees.nodes[org]
        if node.at(day):
            return org
        named = [fact.data.successor for fact in facts_of(f"org:{org}") if isinstance(fact.data, Ended)]
        above = [edge.parent for edge in trees.edges() if edge.child == org and edge.until == node.until]
        org = next((one for one in (*named[-1:], *above) if one), "")
    return ""


register_beat("orgs.handover", run_due, every=20.0)
register_beat("orgs.succession", run_ended, every=60.0)
