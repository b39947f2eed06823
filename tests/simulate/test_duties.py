"""The simulated duty lists: valid, marked as simulated, for the departments that the district has."""

from datetime import date
from typing import Any

from baodao.kernel import epochs
from baodao.kernel.act import system_act
from baodao.orgs import duties
from baodao.orgs.ruling import NewOrg
from baodao.orgs.services import create_orgs
from baodao.simulate.district import BUREAUS, SINCE
from baodao.simulate.duties import simulate_duty_lists
from tests.support.town import local

DAY = date(2026, 11, 20)


def test_every_bureau_and_street_has_a_list_that_says_it_is_simulated(db: Any) -> None:
    epochs.forget()
    now = local("01-05 09:00")
    orgs = [NewOrg("990101", "画区", "district", "district", SINCE)]
    orgs += [NewOrg(f"fl-{end}", name, "department", "bureau", SINCE, "990101") for end, name, _en in BUREAUS]
    orgs += [NewOrg("s1", "画街道", "street", "street", SINCE, "990101")]
    create_orgs(system_act(now, "sim-orgs", "simulated"), orgs=orgs)
    offices = [f"fl-{end}" for end, _name, _en in BUREAUS]
    made = simulate_duty_lists(
        system_act(now, "sim-duties", "simulated"), [*offices, "fl-none"], ["s1"], SINCE
    )
    assert made == len(BUREAUS) + 1
    assert {version.origin for version in duties.lists_within(DAY, ["990101"])} == {"simulated"}
    assert set(duties.callable_orgs(DAY, ["990101"])) == {*offices, "s1"}
    assert [duty.org for duty in duties.search_duties("井盖", DAY, ["990101"])] == ["fl-cgj"]
    assert duties.counts_of("s1", DAY)["taken_back"] > 0
    epochs.forget()
