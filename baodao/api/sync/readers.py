"""The reader that notes which partner must hear of which fact. It sends nothing: one partner that is down holds up no other, and no
transaction waits for somebody else's machine."""

from baodao.ledger.readers import Reader, register
from baodao.ledger.selectors import Recorded
from baodao.matters.facts import HandedOver, Step

from . import selectors, services

NAME = "sync"
#: Facts of a leg, and those of a whole matter that its offices must know.
OF_LEG = (
    "leg_called",
    "leg_reported",
    "leg_answered",
    "leg_returned",
    "leg_ruled",
    "paused",
    "resumed",
    "extended",
    "handed_over",
    "acted",
)
OF_MATTER = ("paused", "resumed", "merged", "split", "closed")
KINDS = tuple(f"matter.{name}" for name in dict.fromkeys((*OF_LEG, *OF_MATTER)))


def handle(fact: Recorded) -> None:
    """Note the deliveries of one fact; a repeat adds nothing, a replay sends what was parked again."""
    targets = [one for one in selectors.targets() if fact.id > one.since]
    if not targets or not _told(fact):
        return
    called = addressed(fact)
    services.record(fact.id, [one.code for one in targets if one.org in called])


def _told(fact: Recorded) -> bool:
    """Facts of legs; of the matter only those that change something for all of them."""
    if not isinstance(fact.data, Step):
        return False
    if fact.about.startswith("leg:"):
        return True
    return fact.kind.partition(".")[2] in OF_MATTER or "level" in fact.data.fields


def addressed(fact: Recorded) -> set[str]:
    """Organizations whose leg it is; handed over, both; of the whole matter, all that were called."""
    if not fact.about.startswith("leg:"):
        return selectors.orgs_of(fact.subject.partition(":")[2])
    orgs = {fact.org}
    if isinstance(fact.data, HandedOver):
        orgs.add(fact.data.to_org)
    return orgs - {""}


def start() -> None:
    """Register the reader: live facts only, and none that was noted days after it happened."""
    register(Reader(name=NAME, handle=handle, kinds=KINDS, live_only=True))
