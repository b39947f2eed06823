"""Desk pages of training: classes, plans over some years, dated calls."""

from . import calls, classes, goals, reached  # noqa: F401
