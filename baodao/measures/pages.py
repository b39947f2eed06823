"""Pages of measures beside their own: the boards of an alliance's members."""

from . import clusters  # noqa: F401
from .returns import api as returns_api  # noqa: F401
