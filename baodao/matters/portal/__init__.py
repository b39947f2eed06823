"""Residents' pages of matters: report, receipt, look up by number and code, my own, one request."""

from . import begin, look, own, places, report, shown  # noqa: F401
