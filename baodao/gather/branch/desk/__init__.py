"""Desk pages of branch life: this month, recording an evening, one evening, registers, and what those above read."""

from . import above, home, one, ours, papers, record, registers

__all__ = ["above", "home", "one", "ours", "papers", "record", "registers"]
