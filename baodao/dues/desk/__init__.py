"""Desk pages of dues: what an organization has to do this month, the branch's members, and coverage for those above."""

from . import above, members, month  # noqa: F401
