"""Simulated duty lists of the demonstration's departments and streets: made up, and marked as such."""

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from baodao.kernel.act import Act
from baodao.orgs.duties import NewDuty, NewList
from baodao.orgs.services import adopt_duties

DATA = Path(__file__).parent / "data" / "duties.toml"


def simulate_duty_lists(by: Act, departments: Iterable[str], streets: Iterable[str], since: date) -> int:
    """Adopt a list for each department whose code ends like one of the data (`fl-zjw`: `zjw`) and for each
    street, by one command. Gives the number of lists. `by` must be of origin `simulated`."""
    data = tomllib.loads(DATA.read_text("utf-8"))
    lists = list(_lists(data, departments, streets, since))
    return len(adopt_duties(by, lists=lists).adopted) if lists else 0


def _lists(
    data: dict[str, object], departments: Iterable[str], streets: Iterable[str], since: date
) -> Iterator[NewList]:
    basis, known = str(data["basis"]), data["department"]
    assert isinstance(known, dict)
    for org in departments:
        rows = known.get(org.rpartition("-")[2])
        if rows:
            yield NewList(org, since, _items(rows, basis))
    street = data["street"]
    assert isinstance(street, dict)
    for org in streets:
        yield NewList(org, since, _items(street["items"], basis))


def _items(rows: list[list[str]], basis: str) -> list[NewDuty]:
    return [NewDuty(code, title, kind, basis, keywords) for code, title, kind, keywords in rows]
