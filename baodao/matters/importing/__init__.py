"""Importing requests that were answered elsewhere: a sheet becomes closed matters with their true times.

    baodao import requests FILE [--org CODE] [--column text=内容 …] [--good] [--dry-run]

An import is one batch of list commands; `baodao takeback BATCH` voids it, after which the rows may come again.
"""

from .rows import COLUMNS, Sheet, read_sheet
from .run import Outcome, run
from .summary import Year, summary

__all__ = ["COLUMNS", "Outcome", "Sheet", "Year", "read_sheet", "run", "summary"]
