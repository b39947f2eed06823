"""Templates of places, found by the kernel by this module's name."""

from . import gridsheet  # noqa: F401
from .buildings import sheets as buildings  # noqa: F401
from .devices import sheets as devices  # noqa: F401
from .facilities import sheets as facilities  # noqa: F401
from .households import sheets as households  # noqa: F401
