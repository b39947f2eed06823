"""Measures keep no table; returns, which are filled from them, do."""

from .returns.models import Copy, Form, Return

__all__ = ["Copy", "Form", "Return"]
