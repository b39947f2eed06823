"""Organizations, appointments and bindings through their verbs: rows, facts, closure, refusals."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.erasure import erasers
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs import caches, selectors
from baodao.orgs.models import OrgClosure, OrgParent, Post
from baodao.orgs.ruling import End, EndPost, Move, NewOrg, NewPost
from baodao.orgs.services import begin_posts, bind_pack, create_orgs, end_orgs, end_posts, move_orgs
from baodao.people.models import SecurityLog
from baodao.people.services.logs import security_leaf
from tests.orgs.conftest import NOW, START, system

LATER = date(2026, 6, 1)


def healthy() -> None:
    assert list(caches.check()) == []


def org(
    code: str, parent: str = "990101", level: str = "street", kind: str = "street", **more: Any
) -> NewOrg:
    return NewOrg(
        code=code, name="新", level=level, kind=kind, since=more.pop("since", START), parent=parent, **more
    )


def test_created_organizations_have_their_place_their_fact_and_their_name_in_content(district: None) -> None:
    healthy()
    assert OrgClosure.objects.filter(descendant="990101001001").count() == 3
    [fact] = facts_of("org:990101001001")
    assert (fact.kind, fact.data.parent, fact.org) == ("org.created", "990101001", "990101001001")
    assert texts_of([fact.id])[fact.id] == {"name": "名990101001001"}
    assert selectors.forest().chain("zjw-fw", LATER) == ("zjw-fw", "zjw", "990101")


def test_every_fault_of_a_list_is_told_with_its_place_and_nothing_is_written(district: None) -> None:
    bad = [
        org("990101001"),
        org("x1", parent="99010"),
        org("x2", level="strett"),
        org("x3", level="district", kind="district"),
        org("x4", kind="village"),
        org("x5", since=date(2020, 1, 1)),
        org("X 6"),
        org("x7", tree="party"),
    ]
    with pytest.raises(Invalid) as told:
        create_orgs(system(), orgs=bad)
    fields = {fault.field for fault in told.value.faults}
    assert {
        "orgs[0].code", "orgs[1].parent", "orgs[2].level", "orgs[3].level", "orgs[4].kind", "orgs[5].since",
        "orgs[6].code", "orgs[7].parent",
    } <= fields  # fmt: skip
    assert "street" in next(f.remedy for f in told.value.faults if f.field == "orgs[2].level")
    assert not OrgClosure.objects.filter(descendant__startswith="x").exists()


def test_a_move_changes_the_path_of_all_below_from_its_day_only(district: None) -> None:
    create_orgs(system(), orgs=[org("s3"), org("990101001009", "990101001", "community", "community")])
    moved = move_orgs(system(), moves=[Move("990101001001", "s3", LATER)])
    assert moved == ["990101001001"]
    healthy()
    trees = selectors.forest()
    assert trees.chain("990101001001", date(2026, 5, 31))[1] == "990101001"
    assert trees.chain("990101001001", LATER)[1] == "s3"
    under = set(selectors.under(["s3"], LATER).values_list("descendant", flat=True))
    assert under == {"s3", "990101001001"}
    assert set(selectors.under(["s3"], date(2026, 5, 31)).values_list("descendant", flat=True)) == {"s3"}
    [created, fact] = facts_of("org:990101001001")
    assert (created.kind, fact.kind, fact.data.before, fact.data.parent) == (
        "org.created",
        "org.moved",
        "990101001",
        "s3",
    )


def test_a_move_to_the_first_day_replaces_the_parent_and_the_same_move_again_adds_nothing(
    district: None,
) -> None:
    move_orgs(system(), moves=[Move("zjw-fw", "990101001", START)])
    healthy()
    assert OrgParent.objects.get(org="zjw-fw").parent_id == "990101001"
    assert move_orgs(system(), moves=[Move("zjw-fw", "990101001", LATER)]) == []
    assert OrgParent.objects.filter(org="zjw-fw").count() == 1


def test_nothing_can_lie_under_itself_and_no_move_goes_before_a_later_one(district: None) -> None:
    with pytest.raises(Conflict):
        move_orgs(system(), moves=[Move("990101001", "990101001001", LATER)])
    move_orgs(system(), moves=[Move("990101001001", "990101002", LATER)])
    with pytest.raises(Conflict):
        move_orgs(system(), moves=[Move("990101001001", "zjw", date(2026, 5, 1))])
    with pytest.raises(Invalid) as told:
        move_orgs(system(), moves=[Move("nobody", "zjw", LATER), Move("zjw", "nobody", LATER)])
    assert [fault.field for fault in told.value.faults] == ["moves[0].org", "moves[1].parent"]
    healthy()


def test_an_organization_ends_only_when_nothing_hangs_on_it(
    district: None, person: Callable[[], str]
) -> None:
    begin_posts(system(), posts=[NewPost("fw-1", "zjw-fw", "handler", person(), START)])
    with pytest.raises(Conflict) as told:
        end_orgs(system(), ends=[End("zjw", LATER, "990101001")])
    assert "名zjw-fw" in told.value.faults[0].reason
    end_posts(system(), posts=[EndPost("fw-1", LATER)])
    assert end_orgs(system(), ends=[End("zjw-fw", LATER), End("zjw", LATER, "990101001")]) == [
        "zjw",
        "zjw-fw",
    ]
    healthy()
    assert selectors.forest().chain("zjw-fw", LATER) == ()
    assert selectors.forest().chain("zjw-fw", date(2026, 5, 31)) == ("zjw-fw", "zjw", "990101")
    assert facts_of("org:zjw")[-1].data.successor == "990101001"


def test_an_appointment_is_dated_and_its_holder_is_a_token_in_the_fact(
    district: None, person: Callable[[], str]
) -> None:
    uid = person()
    begin_posts(system(), posts=[NewPost("fw-1", "zjw-fw", "handler", uid, START, note="涪建〔2024〕3号")])
    [fact] = facts_of("post:fw-1")
    assert fact.person not in {"", uid}
    assert (fact.org, fact.level, fact.data.kind) == ("zjw-fw", 1, "handler")
    assert texts_of([fact.id])[fact.id] == {"title": "承办人", "note": "涪建〔2024〕3号"}
    end_posts(system(), posts=[EndPost("fw-1", LATER)])
    assert [f.kind for f in facts_of("post:fw-1")] == ["post.began", "post.ended"]
    assert facts_of("post:fw-1")[1].person == fact.person
    assert [p.code for p in selectors.posts_of(uid, date(2026, 5, 31))] == ["fw-1"]
    assert selectors.posts_of(uid, LATER) == []
    with pytest.raises(Conflict):
        end_posts(system(), posts=[EndPost("fw-1", date(2026, 7, 1))])
    changes = SecurityLog.objects.filter(person=uid).order_by("id")
    assert [(row.kind, row.post) for row in changes] == [("post.began", "fw-1"), ("post.ended", "fw-1")]
    assert all(security_leaf(row) == bytes(row.leaf) for row in changes)


def test_erasing_a_person_empties_the_post_and_leaves_its_dates(
    district: None, person: Callable[[], str]
) -> None:
    uid = person()
    begin_posts(system(), posts=[NewPost("fw-1", "zjw-fw", "handler", uid, START, note="涪建〔2024〕3号")])
    eraser = next(one for one in erasers() if one.name == "posts")
    assert eraser.erase(uid, []) == 1
    held = Post.objects.get(code="fw-1")
    assert (held.person, held.note, held.since) == ("", "", START)
    assert selectors.posts_of(uid, LATER) == []
    assert selectors.standing("").posts == ()
    end_posts(system(), posts=[EndPost("fw-1", LATER)])


def test_an_appointment_that_the_pack_does_not_know_is_refused(
    district: None, person: Callable[[], str]
) -> None:
    uid = person()
    with pytest.raises(Invalid) as told:
        begin_posts(
            system(),
            posts=[
                NewPost("a1", "zjw-fw", "handlr", uid, START),
                NewPost("a2", "zjw-fw", "anyone", uid, START),
                NewPost("a3", "990101001001", "handler", uid, START),
                NewPost("a4", "zjw-fw", "handler", "nobody", START),
                NewPost("a4", "nowhere", "handler", uid, START),
                NewPost("a6", "zjw-fw", "handler", uid, date(2023, 1, 1)),
            ],
        )
    assert [f.field for f in told.value.faults] == [
        "posts[0].kind", "posts[1].kind", "posts[2].org", "posts[3].person", "posts[4].code", "posts[4].org", "posts[5].org",
    ]  # fmt: skip
    assert "handler" in told.value.faults[0].remedy
    assert not Post.objects.exists()


def test_the_same_command_again_gives_the_first_result(district: None) -> None:
    by = system()
    first = create_orgs(by, orgs=[org("s9")])
    assert create_orgs(by, orgs=[org("s9")]) == first
    assert len(facts_of("org:s9")) == 1


def test_nobody_without_the_right_changes_anything(district: None, person: Callable[[], str]) -> None:
    anonymous = Act(kind="anonymous", happened=NOW, noted=NOW, command="anon-1")
    for attempt in (
        lambda: create_orgs(anonymous, orgs=[org("s9")]),
        lambda: move_orgs(anonymous, moves=[Move("zjw-fw", "990101001", LATER)]),
        lambda: end_orgs(anonymous, ends=[End("zjw-fw", LATER)]),
        lambda: bind_pack(anonymous, org="990101", pack="drawn", since=START),
        lambda: begin_posts(anonymous, posts=[NewPost("a1", "zjw-fw", "handler", person(), START)]),
    ):
        with pytest.raises(Refused):
            attempt()


def test_an_administrator_rules_below_her_own_organization_only(
    district: None, person: Callable[[], str]
) -> None:
    create_orgs(system(), orgs=[org("880101", parent="", level="district", kind="district")])
    uid = person()
    begin_posts(system(), posts=[NewPost("adm", "990101", "administrator", uid, START)])
    held = selectors.standing(uid)
    act = Act(
        kind="person", happened=NOW, noted=NOW, command="adm-1", person=uid, post="adm", grants=held.grants
    )
    assert create_orgs(act, orgs=[org("s9")]).created == ["s9"]
    import msgspec

    with pytest.raises(Refused):
        create_orgs(msgspec.structs.replace(act, command="adm-2"), orgs=[org("s10", parent="880101")])


def test_a_pack_is_bound_from_a_day(district: None, settings: Any) -> None:
    with pytest.raises(Invalid) as told:
        bind_pack(system(), org="990101", pack="dravn", since=LATER)
    assert "drawn" in told.value.faults[0].remedy
    bind_pack(system(), org="990101", pack="drawn", since=LATER)
    assert selectors.pack_of("zjw-fw", date(2026, 5, 31)) == "base"
    assert selectors.pack_of("zjw-fw", LATER) == "drawn"


def test_rebuilding_the_closure_gives_the_same_dump(district: None) -> None:
    from baodao.ledger.caches import Table, dump_table

    move_orgs(system(), moves=[Move("990101001001", "990101002", LATER)])
    table = Table(OrgClosure, caches.KEY, exclude=("id",))
    before = list(dump_table(table))
    OrgClosure.objects.all().delete()
    assert list(caches.check())
    caches.rebuild(lambda done, total: None)
    assert list(dump_table(table)) == before
    healthy()


def test_a_hundred_organizations_cost_as_many_statements_as_one(district: None) -> None:
    counts = []
    for size in (1, 100):
        orgs = [org(f"n{size}-{number}") for number in range(size)]
        with CaptureQueriesContext(connection) as queries:
            create_orgs(system(datetime(2026, 11, 20, 2, tzinfo=NOW.tzinfo)), orgs=orgs)
        counts.append(len(queries))
    # Hundreds of rows of one table go by one COPY on PostgreSQL, beside the one statement of the rest.
    assert counts[0] <= counts[1] <= min(counts[0] + 1, 18), counts
    assert Subject(ref="x").level == 0
