"""Desk pages of courses."""

from baodao.gather.courses.programmes import desk as programmes  # noqa: F401

from . import lecturers, menu, orders, pace, telling  # noqa: F401
