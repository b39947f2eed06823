"""Desk pages of courses."""

from . import lecturers, menu, orders  # noqa: F401
