"""Desk pages of gatherings: what an organization has on, one slot with its list, the screen with the code, sheets."""

from . import files, forms, listing, one, screen  # noqa: F401
