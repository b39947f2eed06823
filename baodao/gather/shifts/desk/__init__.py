"""Desk pages of call-outs: the list, declaring one, its grid of numbers, filling an organization's shifts, rosters, whom a unit misses."""

from . import away, declaring, filling, listing, one, rosters  # noqa: F401
