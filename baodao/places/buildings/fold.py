"""From facts to versions, pure. A later record of the same day takes the place of the earlier one; any later day ends
the version before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

import msgspec

from baodao.ledger.selectors import Recorded

from .facts import BuildingEnded, BuildingRecorded, CompoundEnded, CompoundRecorded

#: Degrees of a fact's whole numbers.
MICRO = 1_000_000


class CompoundRow(msgspec.Struct, frozen=True):
    """One version of a compound, as its table has it."""

    code: str
    since: date
    until: date | None
    name: str
    address: str
    org: str
    team: str
    property: str
    owners: str
    origin: str


class BuildingRow(msgspec.Struct, frozen=True):
    """One version of a building, as its table has it."""

    code: str
    since: date
    until: date | None
    name: str
    address: str
    grid: str
    compound: str
    team: str
    units: int | None
    storeys: int | None
    lon: float | None
    lat: float | None
    origin: str


R = TypeVar("R", CompoundRow, BuildingRow)


def put(rows: Iterable[R], fresh: R) -> list[R]:
    """The versions with one more, in order of time; ``fresh`` begins on or after the last of them."""
    kept = [row for row in rows if row.since != fresh.since]
    return [end(row, fresh.since) for row in kept] + [fresh]


def end(row: R, until: date) -> R:
    """The version ended by a day, unless it ended before."""
    return row if row.until is not None and row.until <= until else msgspec.structs.replace(row, until=until)


def fold_buildings(facts: Iterable[Recorded], texts: Mapping[int, Mapping[str, str]]) -> list[BuildingRow]:
    """Versions of one building from its facts in force."""
    rows: list[BuildingRow] = []
    for fact in facts:
        data, code = fact.data, fact.subject.partition(":")[2]
        if isinstance(data, BuildingRecorded):
            said = texts.get(fact.id, {})
            rows = put(
                rows, building_row(code, data, said.get("name", ""), said.get("address", ""), fact.origin)
            )
        elif isinstance(data, BuildingEnded) and rows:
            rows[-1] = end(rows[-1], date.fromisoformat(data.until))
    return rows


def fold_compounds(facts: Iterable[Recorded], texts: Mapping[int, Mapping[str, str]]) -> list[CompoundRow]:
    """Versions of one compound from its facts in force."""
    rows: list[CompoundRow] = []
    for fact in facts:
        data, code = fact.data, fact.subject.partition(":")[2]
        if isinstance(data, CompoundRecorded):
            said = texts.get(fact.id, {})
            rows = put(
                rows, compound_row(code, data, said.get("name", ""), said.get("address", ""), fact.origin)
            )
        elif isinstance(data, CompoundEnded) and rows:
            rows[-1] = end(rows[-1], date.fromisoformat(data.until))
    return rows


def building_row(code: str, data: BuildingRecorded, name: str, address: str, origin: str) -> BuildingRow:
    """The version that a record begins."""
    return BuildingRow(
        code, date.fromisoformat(data.since), None, name, address, data.grid, data.compound, data.team,
        data.units, data.storeys, _degrees(data.lon), _degrees(data.lat), origin,
    )  # fmt: skip


def compound_row(code: str, data: CompoundRecorded, name: str, address: str, origin: str) -> CompoundRow:
    """The version that a record begins."""
    since = date.fromisoformat(data.since)
    return CompoundRow(
        code, since, None, name, address, data.org, data.team, data.property, data.owners, origin
    )


def _degrees(micro: int | None) -> float | None:
    return None if micro is None else round(micro / MICRO, 6)
