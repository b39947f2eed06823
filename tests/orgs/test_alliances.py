"""Alliances through their verbs: founding, invitations across a border, leaving, ending, rebuild, taking back."""

import shutil
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Act
from baodao.kernel.declare import forget_packs
from baodao.kernel.errors import Invalid, Refused
from baodao.ledger.caches import dump
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import rebuild, takeback
from baodao.orgs.alliances.caches import check
from baodao.orgs.alliances.models import Alliance
from baodao.orgs.alliances.ruling import (
    Decline,
    EndAlliance,
    Invite,
    Join,
    Leave,
    NewAlliance,
    NewMember,
)
from baodao.orgs.alliances.selectors import (
    Wish,
    alliances_of,
    helpers_of,
    listed,
    members_of,
    see,
)
from baodao.orgs.alliances.services import (
    decline_invitations,
    end_alliances,
    found_alliances,
    invite_members,
    join_alliances,
    leave_alliances,
)
from baodao.orgs.ruling import NewOrg
from baodao.orgs.selectors import grants_of
from baodao.orgs.services import create_orgs
from tests.orgs.conftest import NOW, PACKS, START, system

DAY = date(2026, 11, 20)
SEAT, TOWN, VILLAGE, ABROAD = "990101001", "990101002", "990101002001", "990102001"
HOME = "990101001001"
_acts = count(1)


@pytest.fixture(autouse=True)
def kinds(packs: Path) -> None:
    """The shipped kinds of alliance."""
    shutil.copy(PACKS / "base" / "alliances.toml", packs / "base" / "alliances.toml")
    forget_packs()


@pytest.fixture
def two(district: None) -> None:
    """A second district beyond the border, with one street."""
    create_orgs(
        system(),
        orgs=[
            NewOrg("990102", "邻区", "district", "district", START),
            NewOrg(ABROAD, "邻街道", "street", "street", START, "990102"),
        ],
    )


def acting(kind: str, org: str, day: date = DAY) -> Act:
    """Somebody who holds a post of this kind, at ten on that day; a new command each time."""
    at = NOW + timedelta(days=(day - DAY).days)
    post = f"{org}.{kind}"
    return Act(
        kind="person", happened=at, noted=at, command=f"alliance-{next(_acts)}", person="0" * 32,
        post=post, grants=grants_of(post, org, kind, day),
    )  # fmt: skip


def council(*members: NewMember, **more: Any) -> NewAlliance:
    """A council of the first street."""
    return NewAlliance(
        "neighbours", "两江议事会", SEAT, date(2026, 11, 1), code="nb-1", members=members, **more
    )


def state() -> list[tuple[str, str, str]]:
    """(organization, role, state) of the council, by organization and stay."""
    seen = see(system(), "nb-1")
    assert seen is not None
    return [(str(tie.org_id), tie.role, tie.state) for tie in seen.ties]


HEAD = ("department_head", SEAT)
THERE = ("department_head", ABROAD)


def test_the_founder_binds_what_it_reaches_and_asks_the_others(two: None) -> None:
    done = found_alliances(
        acting(*HEAD), alliances=[council(NewMember(HOME), NewMember(ABROAD), NewMember(TOWN))]
    )
    assert done.joined == [("nb-1", SEAT), ("nb-1", HOME)]
    assert done.invited == [("nb-1", ABROAD), ("nb-1", TOWN)]
    assert [one.org for one in members_of("nb-1", DAY)] == [SEAT, HOME]
    kinds = [fact.kind for fact in facts_of("alliance:nb-1")]
    assert kinds == ["alliance.founded", *["alliance.joined"] * 2, *["alliance.invited"] * 2]
    assert not alliances_of(ABROAD, DAY)
    join_alliances(acting(*THERE), joins=[Join("nb-1", ABROAD, DAY)])
    assert [(one.code, one.role, one.since) for one in alliances_of(ABROAD, DAY)] == [("nb-1", "member", DAY)]
    assert not alliances_of(ABROAD, DAY - timedelta(days=1))
    assert members_of("nb-1", DAY)[0].role == "convener"


def test_one_above_both_sides_needs_no_answer(two: None) -> None:
    done = found_alliances(acting("supervisor", "990101"), alliances=[council(NewMember(TOWN))])
    assert done.invited == []
    assert {one.org for one in members_of("nb-1", DAY)} == {SEAT, TOWN}


def test_an_invitation_is_answered_once_by_the_invited_and_nobody_else(two: None) -> None:
    found_alliances(acting(*HEAD), alliances=[council(NewMember(ABROAD))])
    for kind, org in (HEAD, ("department_head", TOWN), ("supervisor", "990101"), ("handler", ABROAD)):
        with pytest.raises(Refused):
            join_alliances(acting(kind, org), joins=[Join("nb-1", ABROAD, DAY)])
    # Its own district's post may speak for it.
    join_alliances(acting("supervisor", "990102"), joins=[Join("nb-1", ABROAD, DAY)])
    with pytest.raises(Invalid):
        join_alliances(acting(*THERE), joins=[Join("nb-1", ABROAD, DAY)])
    with pytest.raises(Invalid):
        join_alliances(acting("department_head", TOWN), joins=[Join("nb-1", TOWN, DAY)])


def test_who_declines_may_be_asked_again(two: None) -> None:
    found_alliances(acting(*HEAD), alliances=[council(NewMember(ABROAD), NewMember(TOWN))])
    decline_invitations(acting(*THERE), declines=[Decline("nb-1", ABROAD)])
    decline_invitations(acting(*HEAD), declines=[Decline("nb-1", TOWN)])
    assert state()[1:] == [(TOWN, "member", "withdrawn"), (ABROAD, "member", "declined")]
    sides = [f.data.side for f in facts_of("alliance:nb-1") if f.kind == "alliance.declined"]
    assert sides == ["member", "seat"]
    invite_members(acting(*HEAD), invites=[Invite("nb-1", ABROAD, DAY)])
    with pytest.raises(Invalid, match=r"等答复|waiting"):
        invite_members(acting(*HEAD), invites=[Invite("nb-1", ABROAD, DAY)])
    assert state()[2:] == [(ABROAD, "member", "declined"), (ABROAD, "member", "invited")]
    with pytest.raises(Refused):
        decline_invitations(acting("department_head", TOWN), declines=[Decline("nb-1", ABROAD)])


def test_a_members_own_head_leaves_the_seat_releases_others_cannot(two: None) -> None:
    found_alliances(acting("supervisor", "990101"), alliances=[council(NewMember(TOWN), NewMember(HOME))])
    for kind, org in (("community_secretary", HOME), THERE, ("handler", TOWN), ("auditor", "990101")):
        with pytest.raises(Refused):
            leave_alliances(acting(kind, org), leaves=[Leave("nb-1", TOWN, DAY)])
    leave_alliances(acting("department_head", TOWN), leaves=[Leave("nb-1", TOWN, DAY)])
    leave_alliances(acting("community_secretary", HOME), leaves=[Leave("nb-1", HOME, DAY)])
    assert [one.org for one in members_of("nb-1", DAY)] == [SEAT]
    assert len(members_of("nb-1", DAY - timedelta(days=1))) == 3
    with pytest.raises(Invalid):
        leave_alliances(acting(*HEAD), leaves=[Leave("nb-1", SEAT, DAY)])
    # Who left may come back: a second stay.
    invite_members(acting(*HEAD), invites=[Invite("nb-1", HOME, DAY)])
    leave_alliances(acting(*HEAD), leaves=[Leave("nb-1", HOME, DAY + timedelta(days=1))])
    sides = [f.data.side for f in facts_of("alliance:nb-1") if f.kind == "alliance.left"]
    assert sides == ["member", "member", "member"]  # the street's head speaks for its community too
    assert not list(check())


def test_the_seat_releases_a_member_that_it_does_not_reach(two: None) -> None:
    found_alliances(acting(*HEAD), alliances=[council(NewMember(ABROAD))])
    join_alliances(acting(*THERE), joins=[Join("nb-1", ABROAD, DAY)])
    leave_alliances(acting(*HEAD), leaves=[Leave("nb-1", ABROAD, DAY + timedelta(days=1))])
    left = [f for f in facts_of("alliance:nb-1") if f.kind == "alliance.left"]
    assert [(f.data.side, f.org) for f in left] == [("seat", ABROAD)]


def test_an_end_takes_members_and_invitations_with_it(two: None) -> None:
    found_alliances(acting(*HEAD), alliances=[council(NewMember(HOME), NewMember(ABROAD))])
    with pytest.raises(Refused):
        end_alliances(acting("community_secretary", HOME), ends=[EndAlliance("nb-1", DAY)])
    end_alliances(acting(*HEAD), ends=[EndAlliance("nb-1", DAY)])
    assert not members_of("nb-1", DAY)
    assert len(members_of("nb-1", DAY - timedelta(days=1))) == 2
    assert state()[2] == (ABROAD, "member", "withdrawn")
    with pytest.raises(Invalid):
        end_alliances(acting(*HEAD), ends=[EndAlliance("nb-1", DAY)])
    with pytest.raises(Invalid):
        invite_members(acting(*HEAD), invites=[Invite("nb-1", TOWN, DAY)])
    assert not list(check())


def test_a_pairing_knows_who_helps_whom(two: None) -> None:
    pair = NewAlliance(
        "help", "街道帮社区", SEAT, START, members=(NewMember(SEAT, "helper"), NewMember(HOME, "helped"))
    )
    across = NewAlliance(
        "help", "跨区帮带", ABROAD, START, members=(NewMember(ABROAD, "helper"), NewMember(HOME, "helped"))
    )
    done = found_alliances(system(), alliances=[pair, across])
    assert len(done.codes) == 2
    assert [(one.org, one.role) for one in helpers_of(HOME, DAY)] == [(SEAT, "helper"), (ABROAD, "helper")]
    assert not helpers_of(SEAT, DAY)
    assert not helpers_of(HOME, START - timedelta(days=1))
    end_alliances(system(), ends=[EndAlliance(done.codes[1], DAY)])
    assert [one.org for one in helpers_of(HOME, DAY)] == [SEAT]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"seat": "nowhere"}, "seat"),
        ({"name": " "}, "name"),
        ({"until": date(2026, 10, 1)}, "until"),
        ({"kind": "street_committee", "seat": HOME}, "seat"),
        ({"members": (NewMember("nowhere"),)}, "members[0]"),
        ({"members": (NewMember(HOME), NewMember(HOME))}, "members[1]"),
        ({"members": (NewMember(HOME, "helper"),)}, "members[0]"),
        ({"code": "X !"}, "code"),
    ],
)
def test_what_cannot_be_is_named_by_place_and_nothing_is_written(
    two: None, wrong: dict[str, Any], field: str
) -> None:
    plain = {"kind": "neighbours", "name": "议事会", "seat": SEAT, "since": DAY}
    with pytest.raises(Invalid) as told:
        found_alliances(system(), alliances=[NewAlliance(**(plain | wrong))])
    assert [fault.field for fault in told.value.faults] == [f"alliances[0].{field}"]
    assert not Alliance.objects.exists()


FIVE = {
    "allowed": ("department_head", SEAT, True),
    "sibling": ("department_head", TOWN, False),
    "superior": ("supervisor", "990101", True),
    "below": ("community_secretary", HOME, False),
    "outsider": ("department_head", ABROAD, False),
}


@pytest.mark.parametrize("who", FIVE)
def test_lists_and_single_objects_agree(two: None, who: str) -> None:
    kind, org, sees = FIVE[who]
    found_alliances(acting(*HEAD), alliances=[council()])
    by = acting(kind, org)
    assert [row.code for row in listed(by, Wish(), DAY)] == (["nb-1"] if sees else [])
    assert (see(by, "nb-1") is not None) is sees
    if not sees:
        with pytest.raises(Refused):
            invite_members(by, invites=[Invite("nb-1", TOWN, DAY)])
        with pytest.raises(Refused):
            end_alliances(acting(kind, org), ends=[EndAlliance("nb-1", DAY)])
    # Being asked opens it; saying no closes it again.
    invite_members(
        acting(*HEAD), invites=[Invite("nb-1", org, DAY)] if org != SEAT else [Invite("nb-1", TOWN, DAY)]
    )
    assert [row.code for row in listed(by, Wish(), DAY)] == ["nb-1"]
    assert see(by, "nb-1") is not None


def test_a_refusal_closes_the_alliance_to_the_one_who_refused(two: None) -> None:
    found_alliances(acting(*HEAD), alliances=[council(NewMember(ABROAD))])
    assert see(acting(*THERE), "nb-1")
    decline_invitations(acting(*THERE), declines=[Decline("nb-1", ABROAD)])
    assert see(acting(*THERE), "nb-1") is None
    assert listed(acting(*THERE), Wish(), DAY) == []


def test_reads_cost_the_same_for_one_member_as_for_many(two: None) -> None:
    found_alliances(system(), alliances=[council(NewMember(HOME))])
    costs = []
    for more in ([], [TOWN, VILLAGE, ABROAD, "zjw", "zjw-fw", "990101001002"]):
        if more:
            invite_members(system(), invites=[Invite("nb-1", org, DAY) for org in more])
        found = []
        for ask in (
            lambda: alliances_of(HOME, DAY),
            lambda: members_of("nb-1", DAY),
            lambda: helpers_of(HOME, DAY),
            lambda: listed(acting(*HEAD), Wish(), DAY),
            lambda: see(acting(*HEAD), "nb-1"),
        ):
            with CaptureQueriesContext(connection) as queries:
                ask()
            found.append(len(queries))
        costs.append(found)
    assert costs == [[1, 1, 1, 1, 2]] * 2


def test_the_tables_are_rebuilt_from_the_facts_to_the_same_bytes(two: None) -> None:
    found_alliances(
        acting(*HEAD), alliances=[council(NewMember(HOME), NewMember(ABROAD), name_en="Two rivers")]
    )
    join_alliances(acting(*THERE), joins=[Join("nb-1", ABROAD, DAY)])
    leave_alliances(acting(*THERE), leaves=[Leave("nb-1", ABROAD, DAY + timedelta(days=1))])
    invite_members(acting(*HEAD), invites=[Invite("nb-1", ABROAD, DAY + timedelta(days=1))])
    found_alliances(system(), alliances=[NewAlliance("help", "结对", SEAT, START)])
    end_alliances(system(), ends=[EndAlliance("al-000001", DAY)])
    before = list(dump(with_caches=True))
    assert any('"orgs_alliance"' in line and "Two rivers" in line for line in before)
    assert not list(check())
    Alliance.objects.filter(code="nb-1").update(until=DAY)
    assert len(list(check())) == 1
    assert "alliances" in rebuild()
    assert list(dump(with_caches=True)) == before
    assert not list(check())


def test_an_import_taken_back_leaves_the_alliance_as_it_was(two: None) -> None:
    found_alliances(acting(*HEAD), alliances=[council(NewMember(HOME))])
    before = state()
    by = acting(*HEAD)
    imported = Act(
        kind="person", happened=by.happened, noted=by.noted, command="rows-1", origin="import",
        batch="alliance-1", person=by.person, post=by.post, grants=by.grants,
    )  # fmt: skip
    invite_members(imported, invites=[Invite("nb-1", ABROAD, DAY), Invite("nb-1", "990101001002", DAY)])
    assert len(state()) == 4
    takeback(system(), batch="alliance-1")
    assert state() == before
    assert not list(check())


def test_the_same_command_again_adds_nothing(two: None) -> None:
    by = acting(*HEAD)
    first = found_alliances(by, alliances=[council(NewMember(HOME))])
    assert found_alliances(by, alliances=[council(NewMember(HOME))]) == first
    assert Alliance.objects.count() == 1


def test_rights_of_the_street_reach_its_own_ground_only(two: None) -> None:
    for seat, allowed in ((SEAT, True), (HOME, True), (TOWN, False), ("990101", False), (ABROAD, False)):
        one = NewAlliance("joint_meeting", "联席会", seat, DAY)
        if allowed:
            assert found_alliances(acting(*HEAD), alliances=[one]).codes
        else:
            with pytest.raises(Refused):
                found_alliances(acting(*HEAD), alliances=[one])
    with pytest.raises(Refused):
        found_alliances(
            acting("community_secretary", HOME), alliances=[NewAlliance("joint_meeting", "会", HOME, DAY)]
        )
