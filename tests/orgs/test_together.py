"""Two who change the trees at the same moment, on real connections: one after the other, and the closure
holds."""

from datetime import date
from typing import Any

import pytest

from baodao.kernel import epochs
from baodao.kernel.errors import Conflict
from baodao.orgs import caches, duties, selectors
from baodao.orgs.duties import NewDuty, NewList
from baodao.orgs.ruling import Move, NewOrg
from baodao.orgs.services import adopt_duties, create_orgs, move_orgs
from tests.orgs.conftest import START, system
from tests.support.together import together

LATER = date(2026, 6, 1)


@pytest.fixture
def trees(committed_db: Any) -> None:
    epochs.forget()
    orgs = [NewOrg("990101", "画区", "district", "district", START)]
    orgs += [NewOrg(f"s{n}", f"街{n}", "street", "street", START, "990101") for n in range(6)]
    create_orgs(system(), orgs=orgs)


def test_two_moves_that_would_close_a_circle_leave_one(trees: None) -> None:
    for _round in range(3):
        one, two = together(
            lambda: move_orgs(system(), moves=[Move("s0", "s1", LATER)]),
            lambda: move_orgs(system(), moves=[Move("s1", "s0", LATER)]),
        )
        refused = [result for result in (one, two) if isinstance(result, Conflict)]
        assert len(refused) == 1, (one, two)
        assert list(caches.check()) == []
        epochs.forget()
        back = "s0" if "s1" in selectors.forest().chain("s0", LATER) else "s1"
        move_orgs(system(), moves=[Move(back, "990101", LATER)])


def test_moves_at_once_leave_a_closure_that_follows_from_the_parents(trees: None) -> None:
    results = together(
        lambda: move_orgs(system(), moves=[Move("s2", "s3", LATER)]),
        lambda: move_orgs(system(), moves=[Move("s3", "s4", LATER)]),
        lambda: move_orgs(system(), moves=[Move("s4", "s5", LATER)]),
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    assert list(caches.check()) == []
    epochs.forget()
    assert selectors.forest().chain("s2", LATER) == ("s2", "s3", "s4", "s5", "990101")


def test_two_lists_adopted_at_once_leave_one_open_version(trees: None) -> None:
    items = [NewDuty("A-1", "事项", "basic")]
    adopt_duties(system(), lists=[NewList("s0", START, items)])

    def later(day: int) -> list[str]:
        new = [*items, NewDuty(f"B-{day}", "又一项", "basic")]
        return adopt_duties(system(), lists=[NewList("s0", date(2026, 6, day), new)]).adopted

    found = together(lambda: later(1), lambda: later(2))
    versions = duties.versions_of(["s0"])
    refused = [result for result in found if isinstance(result, Conflict)]
    assert len(versions) + len(refused) == 3, found
    assert [version.until for version in versions] == [None, *[v.since for v in versions[:-1]]]
