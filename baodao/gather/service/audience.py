"""Who of service the rest of gather asks about: members linked with a community may sign up for its openings, and a community reads
there only the names that were shown to it (limits.md, F12 and D01)."""

from __future__ import annotations

from datetime import date
from typing import Any

from baodao.gather.credits import day_of
from baodao.gather.elsewhere import Claims, register_claims
from baodao.gather.policies import register_joiner, register_veil
from baodao.orgs.rolls.models import RollShown

from . import resting, services  # noqa: F401
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
    if claims(slot) is None:
        return tokens
    seen = showing(_org(slot), tokens, "name")
    return [token for token in tokens if token in seen]


def _org(slot: Any) -> str:
    return str(getattr(slot, "org_id", "") or slot.org)


def claims(slot: Any) -> Claims | None:
    """Openings of service are claimed here: by a member, where somebody is needed. Her hours need her word and the community's."""
    found = rules(_org(slot), day_of(slot.starts)) if slot.form == "opening" else None
    return _CLAIMS if found is not None and slot.kind in found.opening else None


_CLAIMS = Claims(
    lambda by, slot: services.claim(by, slot=slot), lambda by, slot: services.withdraw(by, slot=slot)
)
register_claims(claims)
register_joiner("linked", is_linked)
register_veil(shown_at)
