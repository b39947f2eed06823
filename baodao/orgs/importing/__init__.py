"""Importing duty lists: a sheet of items becomes whole lists of organizations.

baodao import duties FILE [--org CODE] [--since DAY] [--column title=事项 …] [--good] [--dry-run]
"""

from .duties import COLUMNS, Sheet, read_duties, take

__all__ = ["COLUMNS", "Sheet", "read_duties", "take"]
