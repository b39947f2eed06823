"""Templates of matters, found by the kernel by this module's name."""

from .checklists import sheets as checklists  # noqa: F401
