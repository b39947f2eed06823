"""Desk pages of dues: what an organization has to do this month, the branch's members, coverage for those above; contacts."""

from baodao.dues.contacts import desk as contacts  # noqa: F401

from . import above, members, month, together  # noqa: F401
