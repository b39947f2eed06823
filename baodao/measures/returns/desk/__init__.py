"""Pages of returns on the desk."""

from . import giving, known, listing, one  # noqa: F401 (they register themselves)
