"""What a pack says about measures. In TOML::

    [measure.report_in]
    title = "报到率"
    kind = "share"
    fact = "matter.settled"
    by = "then"
    least = 10
    direction = "up"
    ranked = true
    groups = ["role", "month"]
    where = [{ field = "scope", is = ["leg"] }]

    [measure.report_in.denominator]
    says = "叫到的、没有依法退回的承办"
    where = [{ field = "outcome", not = ["returned"] }]

    [measure.report_in.numerator]
    says = "时限内报到的承办"
    where = [{ field = "clocks.report_in_by.late", yes = false }]

A measure reads one fact kind; what it may not count is refused by ``lawful``.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import msgspec

from baodao.kernel.declare.sections import register_section

_PATH = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,3}$"
Path = Annotated[str, msgspec.Meta(pattern=_PATH, max_length=80)]
#: The same or "": what a Struct holds by default has to pass when it is read again in another language.
NoPath = Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]*(\.[a-z0-9_]+){0,3})?$", max_length=80)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Value = Annotated[str, msgspec.Meta(pattern=r"^[\w.\-:]{0,80}$", max_length=80)]
Origin = Literal["live", "import", "paper", "simulated"]

#: Samples below this never show a level-3 value, and restricted facts below it are not counted.
K = 10
ORIGINS: tuple[Origin, ...] = ("live", "import", "paper", "simulated")


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is", "not_": "not"}):
    """One condition on one field of the fact; of several all must hold. A field that is absent meets none but
    ``given = false`` and ``not``."""

    field: Path
    """Field of the fact's data; parts of tables with dots: `clocks.report_in_by.late`."""
    is_: tuple[Value, ...] = ()
    """One of these words."""
    not_: tuple[Value, ...] = ()
    """None of these words."""
    yes: bool | None = None
    """The field is true (or false)."""
    given: bool | None = None
    """The field is there (or not)."""
    least: int | None = None
    """The number is this or more."""
    most: int | None = None
    """The number is this or less."""
    until: str = ""
    """A field in seconds since the beginning (``happened`` less ``value``) is not after this moment of the same fact."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numerator, denominator, or a count that stands beside."""

    says: Text
    """What it counts, as people read it."""
    where: tuple[Condition, ...] = ()


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measure."""

    title: Text
    kind: Literal["count", "sum", "share", "ratio", "mean", "percentile"]
    """`share`: numerator within denominator; `ratio`: two counts, the first for each `per` of the second; `sum`: the `value` of
    its rows added up."""
    fact: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=60)]
    """The one fact kind that it reads."""
    denominator: Part
    """What is counted at all; of a count, a sum, a mean and a percentile: its rows."""
    numerator: Part | None = None
    where: tuple[Condition, ...] = ()
    """Holds for every part."""
    unit: Text = "%"
    value: NoPath = ""
    """Field of a sum, mean or percentile: whole numbers, in percentiles durations rounded to two digits (`…_2`); `value` is the
    column. A row without it is in no sum."""
    scale: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    """A sum is shown divided by this: 60 for hours from minutes, 100 for yuan from fen."""
    of: Literal["org", "caller"] = "org"
    """Whose number it is: of the organization with which the fact lies, or of the one that asked it of another."""
    percent: tuple[Annotated[int, msgspec.Meta(ge=1, le=99)], ...] = ()
    """Which percentiles, e.g. [50, 90]; the first is the one that tables show."""
    per: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    beside: dict[Name, Part] = {}
    """Counts that stand beside and in no denominator, e.g. silence."""
    groups: tuple[str, ...] = ()
    """What it may be divided by, besides organizations: stage, role, month, holder (its organization), procedure."""
    by: Literal["then", "now"] = "then"
    """Organizations as they lay when the fact happened, or as they lie today."""
    least: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 10
    """Least sample; below it nothing was measured."""
    direction: Literal["up", "down", "none"] = "none"
    """Which way is better; `none` for volume."""
    ranked: bool = False
    volume: bool = False
    """How much came, never how good: not ranked and not coloured."""
    origins: tuple[Origin, ...] = ORIGINS
    """Where facts may be from; one at a time, never added up."""
    with_: tuple[Name, ...] = msgspec.field(default=(), name="with")
    """Measures that are always shown beside this one."""
    source: Literal["", "district", "public", "assumed"] = ""

    def formula(self) -> str:
        """Version of the formula: the first 12 hex digits of SHA-256 over all that decides the number (no texts)."""
        plain = msgspec.to_builtins(self)
        for key in ("title", "unit", "source", "with", "direction", "ranked", "groups", "origins"):
            plain.pop(key, None)
        for key, usual in (
            ("scale", 1),
            ("of", "org"),
        ):  # what came later leaves the versions of before alone
            if plain[key] == usual:
                plain.pop(key)
        for part in (plain["denominator"], plain["numerator"], *plain["beside"].values()):
            if part:
                part.pop("says")
        return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()[:12]


from .lawful import check  # noqa: E402 (it needs the Structs above)

register_section("measure", Measure, check=check)

from .returns import declare as _returns  # noqa: E402, F401 (packs may declare returns as well)
