"""Desk pages of patrols (routes, a route with its codes to print, a round on the phone) and of joint checks."""

from . import checking, routing, walking  # noqa: F401
