"""Every read of dues."""

from datetime import date

import msgspec

from baodao.orgs import selectors as orgs

from .declare import DueRule


class Proposal(msgspec.Struct, frozen=True):
    """A due that a record would meet. ``why``: in words, for the one who confirms. ``met``: refs that met it in this period already."""

    requirement: str
    title: str
    why: str
    met: tuple[str, ...] = ()


def rules_of(org: str, day: date) -> dict[str, DueRule]:
    """The requirements of the pack that rules an organization on a day, in its order. No statement."""
    pack = orgs.pack_named(orgs.pack_of(org, day))
    return dict(pack.many(DueRule)) if pack is not None else {}


def proposals(org: str, day: date, traits: frozenset[str]) -> tuple[Proposal, ...]:
    """Which dues of an organization a record of this day with these traits meets."""
    return ()
