"""Templates of places, found by the kernel by this module's name."""

from .devices import sheets as devices  # noqa: F401
from .facilities import sheets as facilities  # noqa: F401
