"""Desk pages of alliances: the list, one alliance, founding, what either side may do, a sheet of members."""

from . import acts, founding, free, importing, lists, one  # noqa: F401
