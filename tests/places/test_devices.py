"""The catalogue of devices: who may tell what, the desk's pages, what residents are told, what is refused, the ledger."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Act, Grant, new_key
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.tables.bring import read_filled
from baodao.kernel.tables.template import template_of
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.services import rebuild
from baodao.places.devices.models import Device
from baodao.places.devices.selectors import Wish, kept_by, narrowed
from baodao.places.devices.services import (
    Mark,
    NewDevice,
    change_devices,
    mark_devices,
    register_devices,
)
from tests.orgs.conftest import NOW, START, system
from tests.places.conftest import SOUTH, WEST
from tests.places.registry import HOME, NEXT, STREET, TOWN, lists, rows_of, send, staff
from tests.support.town import words

__all__ = ["lists", "staff"]
pytestmark = pytest.mark.usefixtures("lists")
LIST = "/desk/devices/"


def new(code: str = "cam-1", org: str = HOME, **more: Any) -> NewDevice:
    given = {
        "kind": "camera", "purpose": "fire_lane", "name": "东门口", "since": START, "sign": "posted",
        "address": "丹桂路 8 号东门", "lon": WEST + 0.002, "lat": SOUTH + 0.002,
    }  # fmt: skip
    return NewDevice(code=code, org=org, **given | more)


def by(kind: str, org: str, reach: Any) -> Act:
    rights = ("read", "register", "change", "mark")
    grants = tuple(Grant(f"device.{what}", reach, org, 1, f"p-{kind}") for what in rights)
    return Act("person", NOW, NOW, new_key(), person="u" * 32, post=f"p-{kind}", grants=grants)


def test_it_is_registered_marked_and_changed_on_the_desk(staff: Callable[..., Any]) -> None:
    browser = staff("community_secretary", HOME)
    assert "还没有登记设备" in words(browser.get(LIST))
    typed = {
        "name": "东门口", "kind": "camera", "purpose": "fire_lane", "org": HOME, "sign": "posted", "code": "CAM-7",
        "address": "丹桂路 8 号", "lon": str(WEST + 0.002), "lat": str(SOUTH + 0.002), "since": "2026-01-01",
    }  # fmt: skip
    wrong = send(
        browser, f"{LIST}new/", 422, **typed | {"sign": "not_needed", "basis": "rtsp://10.0.0.1/live"}
    )
    assert "拍得到人的设备必须有显著的提示标识" in words(wrong)
    assert "目录里不写视频流地址和密码" in words(wrong)
    done = send(browser, f"{LIST}new/", **typed)
    page = done["Location"]
    assert page == f"{LIST}cam-7/"
    send(browser, page, state="broken")
    read = words(browser.get(page))
    assert "坏了" in read and "状态改为：坏了" in read and "登记：名990101001001，正常" in read
    assert "坏了 1" in words(browser.get(LIST))
    send(browser, f"{page}edit/", **typed | {"sign": "missing"})
    assert Device.objects.get().state == "broken"  # a change of words leaves the state
    assert "东门口" in words(browser.get(f"{LIST}?view=unsigned"))
    send(browser, page, state="removed")
    assert "还没有登记设备" in words(browser.get(LIST))
    assert "东门口" in words(browser.get(f"{LIST}?view=removed"))
    with pytest.raises(Conflict):
        mark_devices(system(), marks=[Mark("cam-7", "removed")])


def test_residents_are_told_place_owner_purpose_and_sign_and_nothing_else(client: Any) -> None:
    sensor = new("gas-1", org=STREET, kind="gas", purpose="gas_leak", sign="not_needed", address="锅炉房")
    register_devices(
        system(), devices=[new(basis="某文号 7", sign="missing"), sensor, new("off", name="拆了的")]
    )
    mark_devices(system(), marks=[Mark("off", "removed"), Mark("gas-1", "broken")])
    assert f"/watching/{STREET}/" in client.get("/watching/").content.decode()
    for place in (HOME, "g-home"):
        text = words(client.get(f"/watching/{place}/"))
        assert "丹桂路 8 号东门 摄像头 · 消防通道占用 谁的：名990101001001 提示标识： 没有" in text
        assert "锅炉房 燃气感知 · 燃气泄漏预警 谁的：名990101001 提示标识：不需要" in text
        # Not what helps a thief: which one is broken, its exact point, its number.
        for never in ("坏了", str(WEST + 0.002), "cam-1", "某文号", "拆了的"):
            assert never not in text
    assert "这里没有登记过设备" in words(client.get(f"/watching/{NEXT}/"))
    assert client.get("/watching/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "org", "reach", "may"),
    [
        ("allowed", HOME, "own", True),
        ("sibling", NEXT, "own", False),
        ("superior", STREET, "below", True),
        ("below", "zjw-fw", "own", False),
        ("outsider", TOWN, "below", False),
    ],
)
def test_who_may_tell_and_who_may_see(kind: str, org: str, reach: str, may: bool) -> None:
    register_devices(system(), devices=[new("there")])
    who = by(kind, org, reach)
    assert [row.code for row in narrowed(who, Wish(), START)] == (["there"] if may else [])
    acts: list[Callable[[], Any]] = [
        lambda: register_devices(by(kind, org, reach), devices=[new("fresh")]),
        lambda: change_devices(by(kind, org, reach), devices=[new("there", name="改")]),
        lambda: change_devices(by(kind, org, reach), devices=[new("there", org=org if not may else HOME)]),
        lambda: mark_devices(by(kind, org, reach), marks=[Mark("there", "muted")]),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()


@pytest.mark.parametrize(
    ("kind", "org", "sees", "marks", "changes"),
    [
        ("community_secretary", HOME, True, True, True),
        ("grid_worker", HOME, True, True, False),
        ("community_secretary", NEXT, False, False, False),
        ("department_head", STREET, True, True, True),
        ("department_head", TOWN, False, False, False),
        ("auditor", "990101", True, False, False),
        ("handler", "zjw-fw", False, False, False),
    ],
)
def test_list_page_sheet_and_buttons_agree(
    staff: Callable[..., Any], kind: str, org: str, sees: bool, marks: bool, changes: bool
) -> None:
    register_devices(system(), devices=[new()])
    browser, page = staff(kind, org), f"{LIST}cam-1/"
    assert ("东门口" in words(browser.get(LIST))) is sees
    assert (len(rows_of(browser.get(f"{LIST}devices.xlsx"))) == 1) is sees
    answer = browser.get(page)
    assert answer.status_code == (200 if sees else 404)
    assert ('name="state" value="muted"' in answer.content.decode()) is marks
    status = browser.post(page, {"command": f"m-{kind}-{org}", "state": "muted"}).status_code
    assert status == (303 if marks else 403 if sees else 404)
    assert browser.get(f"{page}edit/").status_code == (200 if changes else 403 if sees else 404)


def test_there_is_no_field_for_pictures_or_people() -> None:
    never = (
        "url",
        "stream",
        "picture",
        "image",
        "face",
        "plate",
        "person",
        "name_of",
        "password",
        "user",
        "ip",
    )
    for struct in (NewDevice, Device):
        fields = getattr(struct, "__struct_fields__", None) or [f.name for f in Device._meta.fields]
        assert not [field for field in fields if any(part in field.split("_") for part in never)]
    for field in ("name", "address", "basis"):
        for text in ("rtsp://10.1.1.1", "用户 admin 密码 123", "http://cam/live"):
            with pytest.raises(Invalid) as caught:
                register_devices(system(), devices=[new(**{field: text})])
            assert caught.value.faults[0].field == f"devices[0].{field}"


def test_the_ledger_gives_the_same_rows_again() -> None:
    register_devices(system(), devices=[new(), new("two", lon=None, lat=None), new("")])
    mark_devices(system(), marks=[Mark("cam-1", "broken")])
    change_devices(system(), devices=[new(name="西门口", state="broken")])
    mark_devices(system(), marks=[Mark("two", "muted")])
    before = [line for line in dump(with_caches=True) if "places_device" in line]
    assert len(before) == 3
    assert [line for line in examine() if "device" in line] == []
    rebuild()
    assert [line for line in dump(with_caches=True) if "places_device" in line] == before


def test_the_export_is_what_the_import_reads(staff: Callable[..., Any], tmp_path: Any) -> None:
    register_devices(system(), devices=[new(), new("two", kind="gas", purpose="gas_leak", sign="not_needed")])
    answer = staff("community_secretary", HOME).get(f"{LIST}devices.xlsx")
    path = tmp_path / "back.xlsx"
    path.write_bytes(answer.content)
    sheet = read_filled(template_of("devices"), path, system())
    assert (sheet.same, sheet.items, sheet.faults) == (2, [], {})


def test_the_list_costs_the_same_for_many(staff: Callable[..., Any], client: Any) -> None:
    browser, costs, told = staff("department_head", STREET), [], []
    for batch in (1, 59):
        register_devices(system(), devices=[new(f"c-{batch}-{n}") for n in range(batch)])
        for address, found, door in ((LIST, costs, browser), (f"/watching/{HOME}/", told, client)):
            door.get(address)
            with CaptureQueriesContext(connection) as queries:
                page = door.get(address)
            assert page.status_code == 200
            found.append(len(queries))
    assert costs[0] == costs[1] <= 6, costs
    assert told[0] == told[1] <= 3, told
    assert "这一页 50 件 · 共 60 件" in words(browser.get(LIST))


def test_what_a_post_answers_for_can_be_asked(staff: Callable[..., Any]) -> None:
    from baodao.orgs.models import Post

    staff("community_secretary", HOME)
    post = Post.objects.get(kind="community_secretary").code
    register_devices(system(), devices=[new(keeper=post), new("two")])
    assert [row.code for row in kept_by([post])] == ["cam-1"]


def test_a_leaver_hands_devices_over_and_an_ended_unit_to_its_successor(staff: Callable[..., Any]) -> None:
    from baodao.kernel.verbs import Tx, verb
    from baodao.orgs.handover.ports import Heir, hand, open_of, open_of_orgs, refs_of
    from baodao.orgs.models import Post

    staff("community_secretary", HOME)
    staff("grid_worker", HOME)
    old, new_ = (Post.objects.get(kind=kind).code for kind in ("community_secretary", "grid_worker"))
    register_devices(system(), devices=[new(keeper=old), new("two", keeper=old)])
    mark_devices(system(), marks=[Mark("two", "broken")])
    assert open_of([old, new_])[old] == 2
    assert [item.words for _keeper, item in refs_of(old, 10)] == ["东门口", "东门口"]

    @verb("test.hand")
    def do(tx: Tx, by: Act, *, heirs: dict[str, Heir]) -> int:
        tx.asked = True
        return hand(tx, by, heirs)

    assert do(system(), heirs={"device:cam-1": Heir(HOME, new_), "device:two": Heir(HOME, new_)}) == 2
    assert open_of([old, new_]) == {new_: 2}
    assert Device.objects.get(code="two").state == "broken"
    assert open_of_orgs([HOME]) == {HOME: 2}
    assert do(system(), heirs={"device:cam-1": Heir(NEXT)}) == 1
    assert Device.objects.get(code="cam-1").keeper == "" and open_of_orgs([HOME, NEXT]) == {HOME: 1, NEXT: 1}
    before = [line for line in dump(with_caches=True) if "places_device" in line]
    rebuild()
    assert [line for line in dump(with_caches=True) if "places_device" in line] == before
