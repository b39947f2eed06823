"""Secret addresses of calendars: made, and renewed when one has gone astray. Not a fact: nothing about the use of the app is."""

from __future__ import annotations

from baodao.gather import codes
from baodao.gather.models import Feed
from baodao.gather.policies import at_org, own
from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx, verb


@verb("gather.feed")
def renew_feed(tx: Tx, by: Act, *, org: str = "") -> str:
    """A new address for my calendar, or for that of an organization; the one before is dead. Gives the secret."""
    tx.ask("gather.feed", at_org(org) if org else own("feed", by.person))
    owner = f"org:{org}" if org else f"person:{by.person}"
    held = Feed.objects.filter(owner=owner).first()
    n = held.n + 1 if held else 1
    secret = codes.feed(owner, n)
    tx.upsert(Feed, ("owner",), owner=owner, n=n, digest=codes.digest(secret))
    return secret
