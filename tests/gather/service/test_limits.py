"""limits.md, rows D01/Y05/F09 and F12/D01, and the central rules: each test fails when the rule is broken."""

import ast
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from baodao.gather.models import Slot
from baodao.gather.selectors import names as names_of_slot
from baodao.gather.service import models, selectors, services
from baodao.gather.service.asking import keeper_looks, own_points
from baodao.gather.service.declare import Points
from baodao.gather.service.sheets import columns
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.load import load_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.errors import Missing, Problem, Refused, TooMany
from baodao.people.models import AccessLog
from tests.gather.service.world import DAY, NOW, POINTS, A, World

LATER = NOW + timedelta(days=100)
TODAY = DAY + timedelta(days=100)
PACKS = Path(__file__).resolve().parents[3] / "packs"
ROOT = Path(__file__).resolve().parents[3] / "baodao"
FIVE = ("dadukou", "fuling", "nanchuan", "weibin", "yuzhong")


def test_points_are_off_in_every_shipped_pack() -> None:
    for name in FIVE:
        assert not get_pack(name).has(Points)


@pytest.mark.parametrize("key", ["basis", "approver", "since", "until", "post", "cap", "expires_after"])
def test_a_pack_that_switches_points_on_must_say_all_of_it(packs: Path, key: str) -> None:
    lines = [line for line in POINTS.splitlines() if not line.startswith(f"{key} ")]
    (packs / "drawn" / "points.toml").write_text("\n".join(lines), "utf-8")
    with pytest.raises(BadPack) as told:
        load_pack(packs / "drawn")
    assert any(key in fault.field or key in fault.reason for fault in told.value.faults)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('reach = "own", level = 1', 'reach = "below", level = 1'),  # a keeper over others
        ('rights = [{ right = "service.points"', 'rights = [{ right = "service.offer"'),  # nobody reads them
        ("until = 2027-06-30", "until = 2030-06-30"),  # for ever
        ("until = 2027-06-30", "until = 2025-06-30"),  # over before it began
        ("[[points.star]]", '[post.second]\ntitle = "另一个"\nrights = [{ right = "service.*", reach = "own", level = 1 }]\n\n[[points.star]]'),
    ],
)  # fmt: skip
def test_a_switch_that_reaches_too_far_is_refused(packs: Path, old: str, new: str) -> None:
    assert old in POINTS
    (packs / "drawn" / "points.toml").write_text(POINTS.replace(old, new, 1), "utf-8")
    with pytest.raises(BadPack):
        load_pack(packs / "drawn")


def test_points_are_stored_nowhere_and_only_two_pages_compute_them() -> None:
    """No page, export, interface or measure lists persons with points: whatever imports the reading of points is one of these."""
    for model in vars(models).values():
        if hasattr(model, "_meta"):
            assert not {"points", "stars", "score"} & {field.name for field in model._meta.get_fields()}
    readers = set()
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.names:
                taken = {alias.name for alias in node.names}
                if taken & {"own_points", "keeper_looks", "account"} and "service" in (
                    node.module + str(file)
                ):
                    readers.add(file.relative_to(ROOT).as_posix())
    own = {one for one in readers if one.startswith("gather/")}
    assert own == {
        "gather/service/asking.py", "gather/service/desk/keeper.py", "gather/service/portal/record.py",
    }  # fmt: skip
    exported = (ROOT / "gather/service/portal/record.py").read_text("utf-8").partition("def sheet(")[2]
    assert "points" not in exported.partition("\n@page")[0].partition('"""')[2].partition('"""')[2]


def test_residents_and_volunteers_outside_never_have_points(pointed: World) -> None:
    token, uid = pointed.member()
    [slot] = pointed.opening()
    pointed.served(uid, token, slot, LATER)
    hers = own_points(token, selectors.own(uid)[1], TODAY)
    assert hers is not None and hers.account.total == 2
    # The same facts of somebody who is on no unit's list (she left the unit) are worth nothing to anybody.
    services.unlist_members(
        pointed.by("organizer", LATER), rows=[services.Unlist("zjw", token, TODAY - timedelta(days=1))]
    )
    assert own_points(token, selectors.own(uid)[1], TODAY) is None
    keeper = pointed.by("keeper", LATER, purpose="duty")
    with pytest.raises(Missing):
        keeper_looks(keeper, "13900001111", TODAY)
    resident = pointed.uids["resident"]
    assert own_points("", selectors.own(resident)[1], TODAY) is None


def test_without_the_switch_nobody_has_points(world: World) -> None:
    token, uid = world.member()
    [slot] = world.opening()
    world.served(uid, token, slot, LATER)
    assert own_points(token, selectors.own(uid)[1], TODAY) is None


def test_points_end_with_their_last_day(pointed: World) -> None:
    token, uid = pointed.member()
    [slot] = pointed.opening()
    pointed.served(uid, token, slot, LATER)
    member = selectors.own(uid)[1]
    assert own_points(token, member, date(2026, 12, 31)) is not None
    assert own_points(token, member, date(2027, 7, 1)) is None


def test_the_keeper_sees_one_for_a_purpose_and_she_reads_that_he_did(pointed: World) -> None:
    token, uid = pointed.member()
    [slot] = pointed.opening()
    pointed.served(uid, token, slot, LATER)
    before = AccessLog.objects.filter(whom=uid).count()
    with pytest.raises(Refused):
        keeper_looks(pointed.by("keeper", LATER), "13900001111", TODAY)
    for who in ("organizer", "secretary", "superior", "head", "clerk"):
        with pytest.raises(Refused):
            keeper_looks(pointed.by(who, LATER, purpose="duty"), "13900001111", TODAY)
    assert AccessLog.objects.filter(whom=uid).count() == before
    seen = keeper_looks(pointed.by("keeper", LATER, purpose="duty"), "13900001111", TODAY)
    assert seen.account.total == 2 and [line.what for line in seen.lines] == ["小区巡清"]
    assert AccessLog.objects.filter(whom=uid, fields="points").count() == 1


def test_the_keeper_cannot_go_through_a_list(pointed: World) -> None:
    pointed.member()
    keeper = pointed.by("keeper", LATER, purpose="duty")
    told: list[type[Problem]] = []
    for n in range(25):
        try:
            keeper_looks(keeper, f"1390002{n:04}", TODAY)
        except Problem as problem:
            told.append(type(problem))
    assert told[:20] == [Missing] * 20 and set(told[20:]) == {TooMany}


def test_a_sheet_has_no_column_but_these(world: World) -> None:
    assert [column.field for column in columns(world.by("organizer"))] == [
        "name", "phone", "since", "uid", "unit",
    ]  # fmt: skip


def test_a_community_reads_no_name_that_was_not_shown_to_it(world: World) -> None:
    """Neither on its own page nor on the slot's list of who signed up, which every other kind of gathering has."""
    token, uid = world.member()
    [code] = world.opening()
    services.claim(world.me(uid), slot=code)
    slot = Slot.objects.get(code=code)
    by = world.by("secretary", purpose="duty")
    assert names_of_slot(by, slot, [token]) == {token: ""}
    services.show_at(world.me(uid), place=A, what=["name"])
    assert names_of_slot(by, slot, [token]) == {token: "甲党员"}


def test_no_cause_can_be_told_anywhere() -> None:
    """Being out, withdrawing, ending a report, laying a post down: no verb of these takes a word."""
    import inspect

    for verb in (services.exempt, services.withdraw, services.end_report, services.lay_down):
        assert not {"reason", "cause", "text", "why"} & set(inspect.signature(verb).parameters)


def test_lists_are_flat_in_statements(world: World, django_assert_max_num_queries: Any) -> None:
    token, uid = world.member()
    world.opening(wanted=3)
    member = selectors.own(uid)[1]
    with django_assert_max_num_queries(8):
        few = selectors.suggested(member, NOW, None)
    world.opening(wanted=40, most=5)
    with django_assert_max_num_queries(8):
        many = selectors.suggested(member, NOW, None)
    assert len(few) < len(many)
    with django_assert_max_num_queries(4):
        selectors.told_at(A)
        selectors.said_at([token])


def test_the_switch_that_docs_show_is_sound(tmp_path: Path) -> None:
    import re

    page = (ROOT.parent / "docs" / "service.md").read_text("utf-8")
    [block] = re.findall(r"```toml\n(.*?)```", page, re.S)
    for name in ("base", "fuling"):
        (tmp_path / name).symlink_to(PACKS / name)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "pack.toml").write_text(f'extends = "fuling"\nsource = "district"\n{block}', "utf-8")
    for file in ("divisions.json", "border.geojson"):
        (tmp_path / "mine" / file).write_text("{}", "utf-8")
    pack = load_pack(tmp_path / "mine")
    assert pack.one(Points).cap == 20
