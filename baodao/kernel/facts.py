"""Shapes of the kernel's own facts. The kernel knows no registry: the ledger registers them under their
names."""

from typing import Annotated

import msgspec

_Code = Annotated[str, msgspec.Meta(pattern=r"^[\w.\-:/+]{0,80}$", max_length=80)]
_Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class CalendarLoaded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fact `calendar.loaded`, subject `calendar:<edition>`: an edition with `days` named days became the one
    in force; from `provisional_from` on dates stay provisional. `before` is the edition that it follows (""
    for none)."""

    edition: _Code
    days: int
    published: _Day
    provisional_from: _Day
    before: _Code = ""
