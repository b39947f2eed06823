"""The desk's pages of powers: deputies, what waits for a second person, who can see an object."""

from . import deputies, seconds, seeing  # noqa: F401
