"""Plans: many dated changes at once, undone until their day; the trees on any day against the plainest oracle."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel import epochs
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.caches import dump
from baodao.ledger.selectors import facts_of
from baodao.orgs import caches, selectors
from baodao.orgs.models import OrgParent, OrgPlan, Post
from baodao.orgs.plans import caches as doctor
from baodao.orgs.plans.lines import Asked
from baodao.orgs.plans.selectors import clashes, lines_of, touch
from baodao.orgs.plans.services import add_lines, confirm_plan, draft_plan, drop_plan, remove_lines, undo_plan
from baodao.orgs.ruling import NewOrg, NewPost
from baodao.orgs.services import begin_posts, create_orgs
from baodao.orgs.tree import covers
from baodao.people.models import SecurityLog
from tests.orgs.conftest import NOW, START, system
from tests.support.together import together

TODAY = date(2026, 11, 20)
DAY = date(2026, 12, 1)
HOME = "990101"
ONE, TWO, THREE = "990101001001", "990101001002", "990101002001"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def made(*rows: Asked, day: date = DAY, title: str = "换届") -> str:
    """A draft with these changes."""
    code = draft_plan(system(), org=HOME, title=title, day=day)
    add_lines(system(), code=code, rows=list(rows))
    return code


def state() -> list[str]:
    """All rows of organizations as they are dumped, without the plans themselves."""
    epochs.forget()
    return [line for line in dump(with_caches=True) if '"orgs_orgplan' not in line and '"people_' not in line]


def secretary(person: Callable[[], str], org: str, code: str) -> str:
    uid = person()
    begin_posts(system(), posts=[NewPost(code, org, "community_secretary", uid, START)])
    return uid


def test_secretaries_change_on_one_day_and_nothing_changes_before(
    district: None, person: Callable[[], str]
) -> None:
    for number, org in enumerate((ONE, TWO, THREE)):
        secretary(person, org, f"old-{number}")
    news = [person() for _ in range(3)]
    code = made(
        *(
            Asked("replace", org, post_kind="community_secretary", person=uid)
            for org, uid in zip((ONE, TWO, THREE), news, strict=True)
        )
    )
    assert touch(lines_of(code), DAY).lines == {"end": 3, "begin": 3}
    assert confirm_plan(system(), code=code) == 6
    epochs.forget()
    kinds = ["community_secretary"]
    assert [p.code for p in selectors.holders([ONE], DAY - timedelta(days=1), kinds)] == ["old-0"]
    assert [p.person for p in selectors.holders([ONE], DAY, kinds)] == [news[0]]
    assert facts_of(f"plan:{code}")[0].data.begin == 3
    assert list(doctor.check()) == []


def test_the_same_number_of_statements_for_four_hundred(district: None, person: Callable[[], str]) -> None:
    orgs = [f"c{n:03}" for n in range(400)]
    create_orgs(system(), orgs=[NewOrg(c, c, "community", "community", START, "990101001") for c in orgs])
    uid = person()
    counts = []
    for part in (orgs[:1], orgs[1:]):
        code = made(*(Asked("begin", org, post_kind="community_secretary", person=uid) for org in part))
        with CaptureQueriesContext(
            connection,
        ) as told:
            confirm_plan(system(), code=code)
        counts.append(len(told))
    # Beyond 30,000 values the flush writes table by table instead of in one statement.
    assert counts[1] <= counts[0] + 8, counts


def test_everything_undone_before_its_day_is_as_before(district: None, person: Callable[[], str]) -> None:
    secretary(person, ONE, "old-0")
    secretary(person, TWO, "old-1")
    before = state()
    code = made(
        Asked("found", "990101003", HOME, name="新街", level="street", org_kind="street"),
        Asked("move", THREE, "990101003"),
        Asked("merge", ONE, TWO),
        Asked("begin", "990101003", post_kind="department_head", person=person()),
        Asked("replace", TWO, post_kind="community_secretary", person=person()),
    )
    confirm_plan(system(), code=code)
    assert state() != before
    assert list(caches.check()) == [] and list(doctor.check()) == []
    trees = selectors.forest()
    assert trees.chain(THREE, DAY) == (THREE, "990101003", HOME)
    assert trees.chain(ONE, DAY) == ()
    assert undo_plan(system(), code=code) == 7
    assert state() == before
    assert OrgPlan.objects.get().state == "undone"
    assert list(caches.check()) == [] and list(doctor.check()) == []
    assert {"post.began", "post.undone"} <= set(SecurityLog.objects.values_list("kind", flat=True))


def test_on_its_day_it_holds_and_cannot_be_undone(district: None, clock: Any) -> None:
    code = made(Asked("move", THREE, "990101001"))
    confirm_plan(system(), code=code)
    clock.move_to(NOW + timedelta(days=11))
    with pytest.raises(Conflict) as told:
        undo_plan(system(NOW + timedelta(days=11)), code=code)
    assert "已经生效" in told.value.faults[0].reason
    assert selectors.forest().chain(THREE, selectors.today())[1] == "990101001"


def test_what_was_built_on_a_plan_since_keeps_it(district: None, person: Callable[[], str]) -> None:
    code = made(Asked("found", "990101003", HOME, name="新街", level="street", org_kind="street"))
    confirm_plan(system(), code=code)
    begin_posts(system(), posts=[NewPost("x-1", "990101003", "department_head", person(), DAY)])
    with pytest.raises(Conflict) as told:
        undo_plan(system(), code=code)
    assert "新街" in told.value.faults[0].reason


def test_a_split_founds_a_part_and_takes_members_along(district: None) -> None:
    code = made(Asked("split", "990101001", code="990101009", name="东街", members=(TWO,)))
    confirm_plan(system(), code=code)
    trees = selectors.forest()
    assert trees.chain(TWO, DAY) == (TWO, "990101009", HOME)
    assert trees.chain(ONE, DAY) == (ONE, "990101001", HOME)
    assert list(caches.check()) == []


def test_every_fault_of_a_list_is_told_with_its_row(district: None, person: Callable[[], str]) -> None:
    code = draft_plan(system(), org=HOME, title="错的", day=DAY)
    with pytest.raises(Invalid) as told:
        add_lines(
            system(),
            code=code,
            rows=[
                Asked("fly", ONE), Asked("move", "nobody", TWO), Asked("move", ONE), Asked("begin", ONE),
                Asked("split", "990101001", code="x9", name="东", members=(THREE,)),
            ],
        )  # fmt: skip
    assert [fault.field for fault in told.value.faults] == [
        "rows[0].kind", "rows[1].org", "rows[2].other", "rows[3].post_kind", "rows[3].person", "rows[4].members",
    ]  # fmt: skip
    add_lines(
        system(),
        code=code,
        rows=[Asked("move", HOME, ONE), Asked("begin", ONE, post_kind="nix", person=person())],
    )
    with pytest.raises((Conflict, Invalid)):
        confirm_plan(system(), code=code)
    remove_lines(system(), code=code, numbers=[1])
    with pytest.raises(Invalid) as told:
        confirm_plan(system(), code=code)
    assert told.value.faults[0].field == "lines[2]"
    assert "第 2 项" in told.value.faults[0].reason
    assert not Post.objects.exists()
    drop_plan(system(), code=code)


def test_two_plans_for_one_organization_and_a_stale_page_are_conflicts(district: None) -> None:
    first, second = made(Asked("move", ONE, "990101002"), title="一号"), made(Asked("move", ONE, "zjw"))
    confirm_plan(system(), code=first)
    assert [one.plan for one in clashes(second, lines_of(second), TODAY)] == [first]
    with pytest.raises(Conflict) as told:
        confirm_plan(system(), code=second)
    assert "一号" in told.value.faults[0].reason
    with pytest.raises(Conflict):
        add_lines(system(), code=second, rows=[Asked("move", TWO, "990101002")], version=1)
    with pytest.raises(Conflict):
        add_lines(system(), code=second, rows=[Asked("move", ONE, "990101002")])


def test_two_clerks_who_confirm_at_once_leave_one(committed_db: Any) -> None:
    epochs.forget()
    orgs = [NewOrg(HOME, "画区", "district", "district", START)]
    orgs += [NewOrg(f"s{n}", f"街{n}", "street", "street", START, HOME) for n in range(3)]
    orgs += [NewOrg("c1", "社区", "community", "community", START, "s0")]
    create_orgs(system(), orgs=orgs)
    codes = [made(Asked("move", "c1", "s1")), made(Asked("move", "c1", "s2"))]
    results = together(*(lambda code=code: confirm_plan(system(), code=code) for code in codes))  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "int"], results
    assert list(caches.check()) == []
    assert OrgParent.objects.filter(org="c1").count() == 2


def act_of(uid: str, post: str, key: str) -> Act:
    held = selectors.standing(uid, post)
    return Act(kind="person", happened=NOW, noted=NOW, command=key, person=uid, post=post, grants=held.grants)


def test_who_may_plan(district: None, person: Callable[[], str], packs: Any) -> None:
    from baodao.orgs.services import bind_pack

    create_orgs(system(), orgs=[NewOrg("880101", "外区", "district", "district", START)])
    bind_pack(system(), org=HOME, pack="drawn", since=START)
    cast = {
        "administrator": (HOME, "administrator"), "outsider": ("880101", "administrator"),
        "superior": ("990101001", "department_head"), "below": (ONE, "community_secretary"),
        "sibling": ("zjw", "office_head"),
    }  # fmt: skip
    uids = {who: person() for who in cast}
    begin_posts(
        system(),
        posts=[NewPost(f"p-{who}", org, kind, uids[who], START) for who, (org, kind) in cast.items()],
    )
    for who in ("outsider", "superior", "below", "sibling"):
        with pytest.raises(Refused):
            draft_plan(act_of(uids[who], f"p-{who}", f"d-{who}"), org=HOME, title="试试", day=DAY)
    code = draft_plan(
        act_of(uids["administrator"], "p-administrator", "d-1"), org=HOME, title="换届", day=DAY
    )
    for who in ("outsider", "superior", "below", "sibling"):
        by = act_of(uids[who], f"p-{who}", f"x-{who}")
        for number, attempt in enumerate(
            (
                lambda by: add_lines(by, code=code, rows=[Asked("move", ONE, TWO)]),
                lambda by: remove_lines(by, code=code, numbers=[1]),
                lambda by: confirm_plan(by, code=code),
                lambda by: undo_plan(by, code=code),
                lambda by: drop_plan(by, code=code),
            )
        ):
            import msgspec

            with pytest.raises(Refused):
                attempt(msgspec.structs.replace(by, command=f"x-{who}-{number}"))
    # Her own appointment is confirmed by another person.
    admin = act_of(uids["administrator"], "p-administrator", "d-2")
    add_lines(
        admin, code=code, rows=[Asked("begin", HOME, post_kind="supervisor", person=uids["administrator"])]
    )
    with pytest.raises(Conflict) as told:
        confirm_plan(act_of(uids["administrator"], "p-administrator", "d-3"), code=code)
    assert "另一个人" in told.value.faults[0].reason
    confirm_plan(system(), code=code)


def oracle(day: date) -> set[tuple[str, str, int]]:
    """Who lay how deep under whom on a day, by walking up from each organization."""
    trees = selectors.read_forest()
    edges, found = trees.edges(), set()
    for node in trees.nodes.values():
        code: str | None = node.code if node.at(day) else None
        depth = 0
        while code is not None:
            found.add((code, node.code, depth))
            code = next((e.parent for e in edges if e.child == code and covers(e.since, e.until, day)), None)
            depth += 1
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_closure_is_what_walking_up_says_after_any_plans(district: None, seed: int) -> None:
    from baodao.orgs.models import OrgClosure

    dice, confirmed = random.Random(seed), 0
    more = [NewOrg(f"m{n}", f"社{n}", "community", "community", START, "990101001") for n in range(9)]
    create_orgs(system(), orgs=more)
    streets = ["990101001", "990101002", "zjw"]
    for number in range(8):
        day = DAY + timedelta(days=dice.randint(0, 40))
        leaves = [
            c
            for c, node in selectors.read_forest().nodes.items()
            if node.level == "community" and node.at(day)
        ]
        rows = [Asked("move", c, dice.choice(streets)) for c in dice.sample(leaves, min(2, len(leaves)))]
        if dice.random() < 0.5:
            rows.append(
                Asked(
                    "found",
                    f"n{number}",
                    dice.choice(streets[:2]),
                    name="新",
                    level="community",
                    org_kind="community",
                )
            )
        if dice.random() < 0.3 and len(leaves) > 3:
            rows = [Asked("merge", leaves[0], leaves[1])]
        before = state()
        code = made(*rows, day=day)
        try:
            confirm_plan(system(), code=code)
        except (Conflict, Invalid):
            continue
        confirmed += 1
        if dice.random() < 0.4:
            undo_plan(system(), code=code)
            assert state() == before
        assert list(caches.check()) == [] and list(doctor.check()) == []
    assert confirmed >= 2
    for step in range(-1, 45):
        day = DAY + timedelta(days=step)
        rows_ = OrgClosure.objects.filter(selectors.in_force(day)).values_list(
            "ancestor", "descendant", "depth"
        )
        assert set(rows_) == oracle(day)
        assert len(rows_) == len(set(rows_))


@pytest.fixture
def kinds_of_alliance(packs: Any) -> None:
    """The shipped kinds of alliance."""
    import shutil

    from baodao.kernel.declare import forget_packs
    from tests.orgs.conftest import PACKS

    shutil.copy(PACKS / "base" / "alliances.toml", packs / "base" / "alliances.toml")
    forget_packs()


def test_a_unit_that_ends_leaves_its_alliances_and_comes_back_with_the_plan_undone(
    kinds_of_alliance: None, district: None
) -> None:
    from baodao.ledger.services import rebuild, takeback
    from baodao.orgs.alliances.caches import check
    from baodao.orgs.alliances.models import AllianceMember
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.selectors import members_of
    from baodao.orgs.alliances.services import found_alliances

    found_alliances(
        system(),
        alliances=[
            NewAlliance(
                seat="990101001",
                kind="consortium",
                name="江边共建",
                since=START,
                members=[NewMember(ONE), NewMember(TWO)],
            )
        ],
    )
    before = state()
    code = made(Asked("merge", ONE, TWO))
    confirm_plan(system(), code=code)
    stay = AllianceMember.objects.get(org=ONE)
    assert stay.until == DAY
    alliance = str(stay.alliance_id)
    assert ONE in {one.org for one in members_of(alliance, TODAY)}
    assert ONE not in {one.org for one in members_of(alliance, DAY)}
    assert list(check()) == [] and list(doctor.check()) == []
    after_ = state()
    rebuild()
    assert state() == after_
    with pytest.raises(Conflict):
        takeback(system(), batch=code)
    undo_plan(system(), code=code)
    assert state() == before
    AllianceMember.objects.filter(org=ONE).update(until=None)
    confirm_plan(system(), code=made(Asked("dissolve", ONE, TWO)))
    AllianceMember.objects.filter(org=ONE).update(until=None)
    assert any("still in it" in line for line in doctor.check())


def test_doctor_names_gaps_and_overlaps(district: None, person: Callable[[], str]) -> None:
    uid = person()
    begin_posts(system(), posts=[NewPost("a-1", ONE, "community_secretary", uid, START)])
    assert list(doctor.check()) == []
    Post.objects.create(
        code="a-2", org_id=ONE, kind="community_secretary", title="t", person=uid, since=DAY, origin="live"
    )
    OrgParent.objects.filter(org=TWO).update(until=date(2026, 1, 1))
    OrgParent.objects.create(org_id=TWO, parent_id="990101001", since=date(2026, 2, 1))
    OrgParent.objects.filter(org=THREE).update(until=DAY)
    OrgParent.objects.create(org_id=THREE, parent_id="990101001", since=TODAY)
    Post.objects.create(
        code="a-3", org_id="zjw", kind="office_head", title="t", since=date(2020, 1, 1), origin="live"
    )
    told = list(doctor.check())
    assert sorted(line.split(":")[0] for line in told) == sorted(["post a-3", "post a-2", TWO, THREE])
    assert any("at the same time" in line for line in told)
    assert any("reaches beyond zjw" in line for line in told)
    assert f"{TWO}: under nothing from 2026-01-01 to 2026-02-01" in told
    assert f"{THREE}: under 990101002 and 990101001 at once from 2026-11-20" in told


def test_lists_of_plans_cost_the_same_for_one_as_for_many(staff: Callable[..., Any]) -> None:
    browser = staff("administrator", HOME)
    counts = []
    for more in (1, 8):
        for number in range(more):
            made(Asked("begin", ONE, post_kind="community_secretary", person="0" * 32), title=f"第{number}份")
        browser.get("/desk/plans/")
        with CaptureQueriesContext(connection) as told:
            assert browser.get("/desk/plans/").status_code == 200
        counts.append(len(told))
    assert counts[0] == counts[1] <= 5, counts
