"""Who of service the rest of gather asks about: members linked with a community may sign up for its openings, and a community reads
there only the names that were shown to it (limits.md, F12 and D01)."""

from __future__ import annotations

from datetime import date
from typing import Any

from baodao.gather.policies import register_joiner, register_veil
from baodao.orgs.rolls.models import RollShown

from .selectors import members, rules, showing, where_to


def is_linked(slot: Any, day: date, tokens: dict[str, str]) -> bool:
    """Whether somebody is on the list of a unit linked with the convener, reports there, or showed herself there as a member. At most
    four statements."""
    token, party = tokens.get("service", ""), tokens.get("party", "")
    if token and _org(slot) in where_to(members([token])[token], day):
        return True
    return bool(party) and RollShown.objects.filter(org=_org(slot), token=party).exists()


def shown_at(slot: Any, tokens: list[str]) -> list[str]:
    """Of those in an opening of service: who chose to show her name to the community."""
    found = rules(_org(slot), slot.starts.date())
    if found is None or slot.kind not in found.opening:
        return tokens
    seen = showing(_org(slot), tokens, "name")
    return [token for token in tokens if token in seen]


def _org(slot: Any) -> str:
    return str(getattr(slot, "org_id", "") or slot.org)


register_joiner("linked", is_linked)
register_veil(shown_at)
