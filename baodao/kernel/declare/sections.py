"""The sections of packs: each app registers the Struct of its own, in its `declare.py`, at import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

if TYPE_CHECKING:
    from .load import Pack
    from .report import Report

#: What one section's entries do to another's, once all are read: section → name → entry.
Finish = Callable[[dict[str, dict[str, Any]]], None]
#: A check of a whole pack (references, files, rules over several entries). It only adds to the report.
Check = Callable[["Pack", "Report"], None]


@dataclass(frozen=True)
class Section:
    """`[name.<entry>]` when `many`, else the single table `[name]`; `needs`: a pack in use must have it."""

    name: str
    struct: type[msgspec.Struct]
    many: bool
    needs: bool = False
    checks: list[Check] = field(default_factory=list)
    finishes: list[Finish] = field(default_factory=list)


_SECTIONS: dict[str, Section] = {}


def register_section(
    name: str,
    struct: type[msgspec.Struct],
    many: bool = True,
    *,
    needs: bool = False,
    check: Check | None = None,
    finish: Finish | None = None,
) -> Section:
    """Declare that packs may have this section. The same Struct again is harmless, another one an error."""
    known = _SECTIONS.get(name)
    if known is not None and (known.struct is not struct or known.many != many):
        raise ValueError(f"section {name!r} is already registered with {known.struct.__qualname__}")
    section = known or _SECTIONS.setdefault(name, Section(name, struct, many, needs))
    if check is not None and check not in section.checks:
        section.checks.append(check)
    if finish is not None and finish not in section.finishes:
        section.finishes.append(finish)
    return section


def sections() -> dict[str, Section]:
    """All registered sections by name."""
    return dict(_SECTIONS)


def section_of(struct: type[Any]) -> Section:
    """The section of a Struct. Raises KeyError when none has it."""
    for section in _SECTIONS.values():
        if section.struct is struct:
            return section
    raise KeyError(struct.__qualname__)


Span = Annotated[str, msgspec.Meta(pattern=r"^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$")]


class District(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[district]`: who the pack is for, how its numbers look, its office hours, which files go with it."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]
    """Official statistical code of the district."""
    name: str
    name_en: str
    number: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2,4}-\{year\}-\{n:0[4-8]\}$")]
    """Form of a matter's number; one sequence for all procedures, e.g. FL-{year}-{n:06}."""
    office_hours: tuple[Span, ...]
    """Hours of a workday, e.g. ["09:00-12:00", "14:00-18:00"]."""
    municipality: str = ""
    municipality_en: str = ""
    hotline: str = ""
    """The number that residents may always call, e.g. 12345."""
    divisions: str = ""
    """File of the official streets and communities, beside the pack."""
    border: str = ""
    """GeoJSON file of the district's border, WGS-84, beside the pack."""
    source: str = ""


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[figure.<name>]`: a figure that the district published once; never computed, never mixed with the
    official tree of today."""

    title: str
    title_en: str
    value: int
    as_of: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    unit: str = ""
    unit_en: str = ""
    at_least: bool = False
    """The publication says "more than"."""
    note: str = ""
    source: str = ""
