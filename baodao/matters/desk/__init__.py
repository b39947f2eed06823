"""The desk's pages of matters: one matter with its actions, opening on behalf, importing."""

from . import importing, one, opening  # noqa: F401
