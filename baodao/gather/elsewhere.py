"""Slots that a room keeps in its own way: the general page leads to the room's, and a seat is claimed and given back by the room's
verbs, so that there is one way to each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from django.urls import reverse

from baodao.kernel.act import Act

from .fold import Meeting
from .models import Slot


class Claims(msgspec.Struct, frozen=True):
    """A room's verbs for a seat: ``claim`` gives "seat" or "waiting", ``withdraw`` gives the seat back. Both raise as verbs do. Minutes
    of such a slot are credited by the room alone: whoever notes presence on the general page credits nothing."""

    claim: Callable[[Act, str], str]
    withdraw: Callable[[Act, str], Any]


#: (reader, organization that convenes, organization that it counts for) → whether the room's page opens for her. No statement.
Opens = Callable[[Act, str, str], bool]
_pages: dict[tuple[str, str], tuple[str, Opens]] = {}
_claims: list[Callable[[Slot | Meeting], Claims | None]] = []


def register_page(domain: str, form: str, name: str, opens: Opens) -> None:
    """Slots of this domain and form have the page of this name, which takes ``code``; it asks the policy itself, and ``opens`` says
    beforehand what it will answer."""
    _pages[domain, form] = name, opens


def register_claims(find: Callable[[Slot | Meeting], Claims | None]) -> None:
    """A room says of which slots the seats are claimed by its own verbs, never by `gather.join`. No statement."""
    _claims.append(find)


def page_of(slot: Slot) -> str:
    """The address of a slot's own page; "" for the general one."""
    name, _opens = _pages.get((slot.domain, slot.form), ("", None))
    return reverse(name, kwargs={"code": slot.code}) if name else ""


def opener_of(slot: Slot) -> Opens | None:
    """Who opens a slot's own page; None for the general one."""
    return _pages.get((slot.domain, slot.form), ("", None))[1]


def claims_of(slot: Slot | Meeting) -> Claims | None:
    """The room's verbs for a seat; None where the general ones do."""
    return next((found for find in _claims if (found := find(slot)) is not None), None)
