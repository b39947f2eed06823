"""Baodao (报到): grassroots work recorded once, where it happens; everything else is computed.

The rooms and the arrows between them are told in docs/house.md and held by import-linter.
"""

__version__ = "0.1.0"
