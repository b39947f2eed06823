"""Desk pages of plans: what is planned, one plan to fill, check, confirm and undo, changes from a sheet."""

from . import importing, lists, plan  # noqa: F401
