"""Every write to households."""

from .ending import close_households, expire_lines, strike_lines
from .writing import join_household, register_households, write_lines

__all__ = [
    "close_households",
    "expire_lines",
    "join_household",
    "register_households",
    "strike_lines",
    "write_lines",
]
