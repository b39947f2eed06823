"""What a pack (or the clerk who uploads a form) says of a return. In TOML::

[return.grassroots]
title = "城市基层治理情况统计表"
asks = "市"
file = "returns/grassroots.xlsx"      # beside the pack
every = "quarter"
within = 10                           # days after the period to hand it in
levels = ["district"]

[[return.grassroots.cell]]
at = "C5"                             # a cell, a name of the workbook, or a slot {{…}} of a Word file
measure = "on_time"
show = "numerator"

[[return.grassroots.rows]]            # one line for each organization of a level
each = "street"
row = 9
most = 20
cell = [{ at = "A", say = "org" }, { at = "B", measure = "on_time" }]
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from baodao.kernel.declare.sections import register_section

Name = Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=40)]
Title = Annotated[str, msgspec.Meta(max_length=120)]
Every = Literal["", "month", "quarter", "half_year", "year"]
WAYS = ("measure", "due", "count", "say", "hand")


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One cell, and one way in which it is filled."""

    at: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    """`C5`, `表二!C5`, a name given in the workbook; in a Word file the slot's name."""
    title: Title = ""
    """What it is, where the form itself does not say."""
    measure: Name = ""
    """A measure of the pack."""
    due: Name = ""
    """A requirement of dues: how far it is covered in the window that holds the last day of the period."""
    count: Annotated[str, msgspec.Meta(pattern=r"^([a-z_]+(\.[a-z0-9_]+)?)?$", max_length=60)] = ""
    """A registry on the last day of the period: `orgs.<level>`, `posts.<kind>`, `grids`, `facilities`, `facilities.<kind>`."""
    say: Literal["", "org", "period", "day", "position"] = ""
    """What the return itself says: whose, which period, the day and the ledger position of filling."""
    hand: Title = ""
    """Written by hand; this says what."""
    show: Literal["value", "numerator", "denominator", "excluded", "owed", "met", "excused"] = "value"
    """Which of its numbers. A share's value is per cent; of a due: met (with what was made up) for each hundred owed."""
    org: Annotated[str, msgspec.Meta(max_length=32)] = ""
    """Code of an organization; empty: whose return it is (in a line: that line's)."""
    period: Literal["this", "before", "year", "last_year"] = "this"
    """This period, the one before, from the year's first day to its end, the same one a year ago."""
    digits: Annotated[int, msgspec.Meta(ge=0, le=4)] = 1


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line for each organization of a level below, by code."""

    each: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
    row: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0
    """The first line of an Excel form; a Word file repeats the table row with `{{each.…}}`."""
    sheet: Title = ""
    most: Annotated[int, msgspec.Meta(ge=1, le=500)] = 500
    """How many lines the form has room for."""
    cells: tuple[Cell, ...] = msgspec.field(name="cell", default=())
    """`at` is a column (`B`), in a Word file `each.name`."""


class ReturnForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A form of the level above and how it is filled."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    file: Annotated[str, msgspec.Meta(pattern=r"^([\w\-]+/)*[\w\-]+\.(xlsx|docx)$", max_length=120)] = ""
    """The file beside the pack; empty for an uploaded one."""
    asks: Title = ""
    """Who asks for it."""
    every: Every = ""
    """How often; empty: when it is asked for."""
    within: Annotated[int, msgspec.Meta(ge=0, le=366)] = 10
    """Days after the period within which it is handed in."""
    levels: tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")], ...] = ()
    """Levels of organizations that hand it in; none: any."""
    since: date | None = None
    """The first period that is asked for begins here."""
    cells: tuple[Cell, ...] = msgspec.field(name="cell", default=())
    rows: tuple[Rows, ...] = ()
    source: Literal["", "district", "public", "assumed"] = ""

    @property
    def word(self) -> bool:
        """A Word file."""
        return self.file.endswith(".docx")


from .fits import check  # noqa: E402 (it needs the Structs above)

register_section("return", ReturnForm, check=check)
