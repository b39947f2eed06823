"""Desk pages of hand-overs: who leaves with something open, the sheets, one sheet to fill, sign and print."""

from . import lists, sheet  # noqa: F401
