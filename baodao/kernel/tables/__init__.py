"""Sheets: reading CSV and Excel as rows with their numbers, typed columns that collect every fault, exports
and error files.

    with read_table(path) as table:
        mapping = map_columns(table.header, COLUMNS, given={"title": "主题"})
        for parsed in parse_rows(table, COLUMNS, mapping): ...
"""

from .columns import (
    Bad,
    CellFault,
    Column,
    Parsed,
    as_choice,
    as_code,
    as_day,
    as_flag,
    as_integer,
    as_moment,
    as_text,
    guess_columns,
    map_columns,
    parse_rows,
)
from .moments import Moment, parse_moment
from .read import Cell, Limits, Row, Table, read_table, source_digest
from .template import Given, Template, Verdicts, choice, register_template, template_of, templates
from .write import write_csv, write_error_file, write_xlsx

__all__ = [
    "Bad",
    "Cell",
    "CellFault",
    "Column",
    "Given",
    "Limits",
    "Moment",
    "Parsed",
    "Row",
    "Table",
    "Template",
    "Verdicts",
    "as_choice",
    "as_code",
    "as_day",
    "as_flag",
    "as_integer",
    "as_moment",
    "as_text",
    "choice",
    "guess_columns",
    "map_columns",
    "parse_moment",
    "parse_rows",
    "read_table",
    "register_template",
    "source_digest",
    "template_of",
    "templates",
    "write_csv",
    "write_error_file",
    "write_xlsx",
]
