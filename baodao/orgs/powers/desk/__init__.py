"""The desk's pages of powers: deputies, and what waits for a second person."""

from . import deputies, seconds  # noqa: F401
