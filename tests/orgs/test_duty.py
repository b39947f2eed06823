"""Duty lists: dated versions, who may adopt and propose, what may be called for, disputes that propose a change."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.caches import dump
from baodao.ledger.selectors import facts_of
from baodao.orgs import duties
from baodao.orgs.duties import Duty, NewDuty, NewList
from baodao.orgs.ruling import NewOrg
from baodao.orgs.services import adopt_duties, create_orgs, note_dispute, propose_change, settle_change
from tests.orgs.conftest import NOW, START, system

DAY, LATER = date(2026, 1, 1), date(2026, 7, 1)
TODAY = date(2026, 11, 20)
LAMPS = NewDuty("ZJ-01", "路灯维护", "basic", "某条例第三条", "路灯 照明")
COVERS = NewDuty("ZJ-02", "井盖维护", "cooperating", "", "井盖 窨井")
TREES = NewDuty("ZJ-03", "树木修剪", "taken_back")


@verb("test.note_dispute")
def noted(tx: Tx, by: Act, *, org: str, item: str, outcome: str) -> str:
    """The verb that rules a dispute, as far as this app knows it."""
    tx.ask("duty.adopt", Subject(ref=f"duty:{org}", org=org))
    return note_dispute(tx, by, org, item, outcome)


def adopt(org: str = "zjw", since: date = DAY, items: Any = (LAMPS, COVERS, TREES), by: Any = None) -> Any:
    return adopt_duties(by or system(), lists=[NewList(org, since, list(items))])


def test_a_new_version_ends_the_one_before(district: None) -> None:
    assert adopt().adopted == ["zjw@2026-01-01"]
    assert adopt(since=LATER, items=[LAMPS, TREES]).adopted == ["zjw@2026-07-01"]
    assert [d.code for d in duties.duties_of("zjw", date(2026, 6, 30))] == ["ZJ-01", "ZJ-02", "ZJ-03"]
    assert [d.code for d in duties.duties_of("zjw", LATER)] == ["ZJ-01", "ZJ-03"]
    assert duties.duties_of("zjw", date(2025, 12, 31)) == []
    versions = duties.versions_of(["zjw"])
    assert [(v.since, v.until, v.items) for v in versions] == [(LATER, None, 2), (DAY, LATER, 3)]
    assert duties.find_duty("zjw", "ZJ-02", DAY).until == LATER  # type: ignore[union-attr]
    assert duties.find_duty("zjw", "ZJ-02", LATER) is None
    told = facts_of("duty:zjw")
    assert [(f.data.basic, f.data.cooperating, f.data.taken_back) for f in told] == [(1, 1, 1), (1, 0, 1)]
    assert [f.slots for f in told] == [(), ()]


def test_the_same_list_again_adds_nothing_and_an_earlier_one_is_a_conflict(district: None) -> None:
    adopt(since=LATER)
    assert adopt(since=LATER).same == ["zjw@2026-07-01"]
    assert adopt(since=TODAY).same == ["zjw@2026-07-01"]
    for since in (LATER, DAY):
        with pytest.raises(Conflict, match="名zjw 已经有 2026-07-01 起的清单"):
            adopt(since=since, items=[LAMPS])
    assert len(facts_of("duty:zjw")) == 1


def test_every_fault_of_a_list_is_told_by_place_and_nothing_is_written(district: None) -> None:
    lists = [
        NewList("zjw", DAY, [LAMPS, LAMPS, NewDuty("a b", "", "core"), NewDuty("x/y", "好\x00", "basic")]),
        NewList("zjx", DAY, [LAMPS]),
        NewList("zjw", date(1800, 1, 1), []),
    ]
    with pytest.raises(Invalid) as told:
        adopt_duties(system(), lists=lists)
    assert {fault.field for fault in told.value.faults} == {
        "lists[0].items[1].code", "lists[0].items[2].code", "lists[0].items[2].kind",
        "lists[0].items[2].title", "lists[0].items[3].code", "lists[0].items[3].title", "lists[1].org",
        "lists[2].since", "lists[2].org", "lists[2].items",
    }  # fmt: skip
    assert duties.versions_of(["zjw", "zjx"]) == []
    with pytest.raises(Invalid):
        adopt_duties(system(), lists=[])


def test_what_may_be_called_is_basic_or_cooperating_and_each_read_is_one_statement(district: None) -> None:
    adopt_duties(
        system(),
        lists=[
            NewList("zjw", DAY, [LAMPS, COVERS, TREES]),
            NewList("990101001", DAY, [NewDuty("J-1", "巡查井盖", "basic")]),
        ],
    )

    def one(read: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as queries:
            found = read()
        assert len(queries) == 1, [q["sql"] for q in queries]
        return found

    duties.district_of("zjw", TODAY)
    held = one(lambda: duties.callable_orgs(TODAY, ["990101"]))
    assert {org: [d.code for d in items] for org, items in held.items()} == {
        "zjw": ["ZJ-01", "ZJ-02"],
        "990101001": ["J-1"],
    }
    assert list(one(lambda: duties.callable_orgs(TODAY, ["990101001"]))) == ["990101001"]
    assert [d.code for d in one(lambda: duties.search_duties("井盖", TODAY, ["990101"]))] == ["J-1", "ZJ-02"]
    assert [d.code for d in one(lambda: duties.search_duties(" zj-01  照明", TODAY, ["990101"]))] == ["ZJ-01"]
    assert duties.search_duties("100%", TODAY, ["990101"]) == []
    assert duties.search_duties("树木", TODAY, ["990101"]) == []
    assert len(duties.search_duties("树木", TODAY, ["990101"], kinds=tuple(duties.KINDS))) == 1
    with CaptureQueriesContext(connection) as queries:
        assert duties.search_duties("  ", TODAY, ["990101"]) == []
    assert len(queries) == 0
    assert one(lambda: duties.duties_of("zjw", TODAY, kind="basic")) == one(
        lambda: [duties.find_duty("zjw", "ZJ-01", TODAY)]
    )
    assert [d.code for d in one(lambda: duties.duties_of("zjw", TODAY, after=1, limit=1))] == ["ZJ-02"]
    assert one(lambda: duties.find_elsewhere("zjw", "J-1", TODAY)).org == "990101001"
    assert one(lambda: duties.find_elsewhere("zjw", "ZJ-01", TODAY)) is None
    assert one(lambda: duties.counts_of("zjw", TODAY)) == {"basic": 1, "cooperating": 1, "taken_back": 1}
    assert one(lambda: duties.lists_within(TODAY, ["990101"]))[1].items == 3


def test_adopting_costs_the_same_for_one_item_as_for_many(district: None) -> None:
    counts = []
    for org, many in (("zjw", 1), ("zjw-fw", 300)):
        items = [NewDuty(f"X-{n}", f"事项{n}", "basic") for n in range(many)]
        with CaptureQueriesContext(connection) as queries:
            adopt(org, items=items)
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 2, counts


def test_lists_are_read_within_the_district_and_from_above_it(district: None) -> None:
    create_orgs(system(), orgs=[NewOrg("990202", "邻区", "district", "district", START)])
    assert duties.readable("990101001001", "zjw", TODAY)
    assert duties.readable("zjw", "990101001", TODAY)
    assert not duties.readable("zjw", "990202", TODAY)
    assert not duties.readable("nowhere", "zjw", TODAY)


Holder = Callable[[str, str], Act]


@pytest.fixture
def holder(district: None, person: Callable[[], str]) -> Holder:
    """An act of somebody who holds a post of a kind in an organization."""
    from itertools import count

    from baodao.orgs import selectors
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts

    numbers = count(1)

    def make(kind: str, org: str) -> Act:
        uid, code = person(), f"holder-{next(numbers)}"
        begin_posts(system(), posts=[NewPost(code, org, kind, uid, START)])
        grants = selectors.grants_of(code, org, kind, TODAY)
        return Act(
            kind="person",
            happened=NOW,
            noted=NOW,
            command=f"duty-{code}",
            person=uid,
            post=code,
            grants=grants,
        )

    return make


def test_who_may_adopt(holder: Holder) -> None:
    create_orgs(system(), orgs=[NewOrg("990202", "邻区", "district", "district", START)])
    adopt(since=DAY, by=holder("administrator", "990101"))
    adopt(since=LATER, items=[LAMPS], by=holder("supervisor", "990101"))
    for kind, org in (
        ("department_head", "zjw"),  # its own list: below those who decide
        ("office_head", "zjw-fw"),
        ("department_head", "990101001"),  # a sibling
        ("auditor", "990101"),  # above it, without the right
        ("administrator", "990202"),  # outside
        ("handler", "zjw"),
    ):
        with pytest.raises(Refused):
            adopt(since=TODAY, items=[COVERS], by=holder(kind, org))
    assert len(duties.versions_of(["zjw"])) == 2


def test_who_may_propose_and_settle(holder: Holder) -> None:
    create_orgs(system(), orgs=[NewOrg("990202", "邻区", "district", "district", START)])
    adopt()
    for kind, org in (
        ("department_head", "990101001"), ("auditor", "990101"), ("handler", "zjw"),
        ("office_head", "zjw-fw"), ("supervisor", "990202"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            propose_change(holder(kind, org), org="zjw", item="ZJ-01", reason="moved")
    code = propose_change(
        holder("department_head", "zjw"), org="zjw", item="ZJ-01", reason="moved", wanted="taken_back"
    )
    for kind, org in (
        ("department_head", "zjw"), ("department_head", "990101001"), ("auditor", "990101"),
        ("handler", "zjw"), ("supervisor", "990202"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            settle_change(holder(kind, org), code=code, outcome="accepted")
    assert settle_change(holder("supervisor", "990101"), code=code, outcome="accepted") == "accepted"
    assert duties.change(code).state == "accepted"  # type: ignore[union-attr]
    assert duties.find_duty("zjw", "ZJ-01", TODAY).kind == "basic"  # type: ignore[union-attr]


def test_a_proposal_names_what_is_there_and_is_open_once(holder: Holder) -> None:
    adopt()
    by = holder("supervisor", "990101")
    with pytest.raises(Invalid) as told:
        propose_change(by, org="zjw", item="ZJ-99", reason="mood", wanted="core")
    assert [fault.field for fault in told.value.faults] == ["item", "reason", "wanted"]
    with pytest.raises(Invalid):
        propose_change(by, org="zjw", item="ZJ-01", reason="moved", wanted="basic")
    code = propose_change(by, org="zjw", item="ZJ-01", reason="moved")
    other = holder("administrator", "990101")
    with pytest.raises(Conflict, match=code):
        propose_change(other, org="zjw", item="ZJ-01", reason="unclear")
    with pytest.raises(Missing):
        settle_change(_any(other), code="dc-999999", outcome="accepted")
    with pytest.raises(Invalid):
        settle_change(_any(other), code=code, outcome="perhaps")
    settle_change(_any(other), code=code, outcome="declined")
    with pytest.raises(Conflict, match="不采纳"):
        settle_change(_any(other), code=code, outcome="accepted")
    assert propose_change(_any(other), org="zjw", item="ZJ-01", reason="unclear") != code


def _any(by: Act) -> Act:
    from msgspec.structs import replace

    from baodao.kernel.act import new_key

    return replace(by, command=new_key("again"))


def test_the_third_ruled_dispute_within_a_year_proposes_a_change_once(holder: Holder) -> None:
    adopt()

    def dispute(at: datetime, outcome: str = "upheld") -> str:
        return noted(system(at), org="zjw", item="ZJ-01", outcome=outcome)

    first = datetime(2025, 1, 1, tzinfo=UTC)
    assert dispute(first) == ""
    assert dispute(first + timedelta(days=200), "overruled") == ""
    assert dispute(first + timedelta(days=370)) == ""  # the first is more than a year ago
    code = dispute(first + timedelta(days=380))
    assert code
    found = duties.change(code)
    assert found is not None
    assert (found.reason, found.disputes, found.state) == ("disputed", 3, "open")
    assert dispute(first + timedelta(days=381)) == ""
    settle_change(holder("supervisor", "990101"), code=code, outcome="declined")
    later = [dispute(NOW + timedelta(days=n)) for n in range(4)]
    assert [bool(one) for one in later] == [False, False, True, False]
    assert noted(system(), org="zjw", item="", outcome="upheld") == ""
    assert noted(system(), org="zjw-fw", item="zjw:ZJ-02", outcome="upheld") == ""
    assert [fact.org for fact in facts_of("duty:zjw/ZJ-02")] == ["zjw"]
    with pytest.raises(Invalid):
        noted(system(), org="zjw", item="ZJ-01", outcome="perhaps")
    kinds = [fact.kind for fact in facts_of("duty:zjw/ZJ-01")]
    assert kinds.count("duty.disputed") == 9
    assert kinds.count("duty.change_proposed") == 2


words = st.text("ab", max_size=2)
lists = st.lists(
    st.builds(
        Duty, org=st.just("o"), code=st.sampled_from("wxyz"), title=words, kind=st.just("basic"),
        basis=words, keywords=words, since=st.just(DAY), until=st.none(), place=st.integers(1, 9),
    ),
    unique_by=lambda duty: duty.code,
)  # fmt: skip


@given(lists, lists)
def test_a_difference_leads_from_one_version_to_the_next(before: list[Duty], after: list[Duty]) -> None:
    found = duties.difference(before, after)
    made = {duty.code: duty for duty in before}
    for duty in found.removed:
        del made[duty.code]
    made |= {duty.code: duty for duty in found.added} | {new.code: new for _old, new in found.changed}
    assert {c: duties._said(d) for c, d in made.items()} == {d.code: duties._said(d) for d in after}
    assert len(found.added) + len(found.removed) + len(found.changed) == 0 or before != after


def test_lists_are_in_the_dump(district: None) -> None:
    adopt()
    text = "\n".join(dump())
    assert "路灯维护" in text
    assert "zjw@2026-01-01" in text
