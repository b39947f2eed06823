"""Portal pages of dues."""

from .contacts import portal  # noqa: F401
