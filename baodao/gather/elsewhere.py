"""Slots that a room shows on a page of its own: the general page leads there, so that there is one way to record each."""

from __future__ import annotations

from django.urls import reverse

from .models import Slot

_pages: dict[tuple[str, str], str] = {}


def register_page(domain: str, form: str, name: str) -> None:
    """Slots of this domain and form have the page of this name, which takes ``code``; it asks the policy itself."""
    _pages[domain, form] = name


def page_of(slot: Slot) -> str:
    """The address of a slot's own page; "" for the general one."""
    name = _pages.get((slot.domain, slot.form), "")
    return reverse(name, kwargs={"code": slot.code}) if name else ""
