"""Facilities: who may tell what, the desk's pages, what a resident finds near and open, the sheet, the ledger."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Act, Grant, new_key
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.tables.bring import load_filled, read_filled
from baodao.kernel.tables.template import template_of
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import rebuild, takeback
from baodao.places.catalogue.ruling import End
from baodao.places.facilities.models import Facility
from baodao.places.facilities.selectors import Wish, kept_by, listed
from baodao.places.facilities.services import (
    NewFacility,
    change_facilities,
    end_facilities,
    register_facilities,
)
from tests.orgs.conftest import NOW, START, system
from tests.places.conftest import SOUTH, WEST
from tests.places.registry import FAR, HOME, NEXT, STREET, TOWN, lists, rows_of, send, staff
from tests.support.town import words

__all__ = ["lists", "staff"]
pytestmark = pytest.mark.usefixtures("lists")
LIST = "/desk/facilities/"


def new(code: str = "hall", org: str = HOME, **more: Any) -> NewFacility:
    given = {"kind": "service_hall", "name": "便民大厅", "since": START, "hours": "工作日 09:00-17:00"} | more
    return NewFacility(code=code, org=org, **given)


def by(kind: str, org: str, reach: Any = "own") -> Act:
    grants = tuple(
        Grant(f"facility.{what}", reach, org, 1, f"p-{kind}") for what in ("register", "change", "end")
    )
    return Act("person", NOW, NOW, new_key(), person="u" * 32, post=f"p-{kind}", grants=grants)


def test_a_secretary_registers_one_on_the_desk_and_a_resident_finds_it(
    staff: Callable[..., Any], client: Any
) -> None:
    browser = staff("community_secretary", HOME)
    assert "这里还没有登记过" in words(browser.get(LIST))
    point = f"{WEST + 0.004}, {SOUTH + 0.004}"
    typed = {
        "name": "家门口大厅", "kind": "service_hall", "org": f"名{HOME} {HOME}", "functions": ["affairs", "water"],
        "hours": "工作日 09:00-12:00 14:00-18:00；休息日 10:00-12:00", "address": "丹桂路 8 号", "lon": point,
        "phone": "023-72812345", "since": "2026-01-01",
    }  # fmt: skip
    wrong = send(browser, f"{LIST}new/", 422, **typed | {"hours": "有空就开", "kind": ""})
    assert "看不懂“有空就开”" in words(wrong)
    assert "丹桂路 8 号" in wrong.content.decode()
    done = send(browser, f"{LIST}new/", **typed)
    page = words(browser.get(done["Location"]))
    assert "一格" in page and "办事 喝水、热饭" in page and "登记，自 2026-01-01 起启用" in page
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        near = words(client.get(f"/near/?at={HOME}"))
        assert "家门口大厅" in near and "现在开着，12:00 关门" in near and "走路约" in near
        point_near = words(client.get(f"/near/?lon={WEST + 0.004}&lat={SOUTH + 0.014}&open=1&function=water"))
        assert "从您现在的位置算起" in point_near and "家门口大厅" in point_near and "1113 米" in point_near
        code = Facility.objects.get().code
        shown = words(client.get(f"/near/{code}/"))
        assert "丹桂路 8 号" in shown and "工作日 09:00-12:00 14:00-18:00" in shown
        answer = client.get(f"/api/v1/facilities-near/?lon={WEST}&lat={SOUTH}").json()["rows"]
        assert [(row["code"], row["open"], row["closes"]) for row in answer] == [
            (code, True, "2026-11-20T12:00:00+08:00")
        ]
    with time_machine.travel("2026-11-20T12:30:00+08:00", tick=False):
        assert "现在没开，14:00 开门" in words(client.get(f"/near/?at={HOME}"))
        assert "附近没有找到" in words(client.get(f"/near/?at={HOME}&open=1"))
        assert client.get(f"/api/v1/facilities-near/?lon={WEST}&lat={SOUTH}&open=1").json()["rows"] == []
    assert client.get("/near/?lon=1&lat=2").status_code == 422
    assert client.get("/near/?at=nowhere").status_code == 404
    assert client.get("/api/v1/facilities/no/").status_code == 404


def test_without_telling_where_one_is_names_lead_there(client: Any) -> None:
    register_facilities(system(), facilities=[new(lon=WEST + 0.001, lat=SOUTH + 0.001), new("far", FAR)])
    top = client.get("/near/")
    assert f"at={STREET}&" in top.content.decode() and "便民大厅" not in words(top)
    street = client.get(f"/near/?at={STREET}")
    assert f"at={HOME}&" in street.content.decode()
    assert "便民大厅" in words(client.get(f"/near/?at={HOME}"))
    assert "便民大厅" in words(client.get("/near/?at=g-home"))
    assert "12.4 公里" in words(client.get(f"/near/?at={FAR}"))


def test_change_and_end_leave_their_history_and_nothing_twice(staff: Callable[..., Any], client: Any) -> None:
    register_facilities(system(), facilities=[new(lon=WEST + 0.001, lat=SOUTH + 0.001)])
    browser, page = staff("community_secretary", HOME), f"{LIST}hall/"
    form = browser.get(f"{page}edit/").content.decode()
    assert 'value="便民大厅"' in form and 'value="2024-01-01"' in form
    typed = {
        "name": "便民大厅", "kind": "service_hall", "org": HOME, "hours": "工作日 09:00-17:00", "since": "2024-01-01",
        "lon": str(WEST + 0.001), "lat": str(SOUTH + 0.001),
    }  # fmt: skip
    send(browser, f"{page}edit/", **typed)
    assert len(facts_of("facility:hall")) == 1  # told as it was: no fact
    send(browser, f"{page}edit/", **typed | {"name": "新大厅"})
    assert "改了登记的内容" in words(browser.get(page))
    assert "新大厅" in words(client.get(f"/near/?at={HOME}"))
    send(browser, f"{page}end/", until="2026-03-01")
    assert "撤销，2026-03-01 起不再使用" in words(browser.get(page))
    assert browser.get(f"{page}edit/").status_code == 403
    assert client.get("/near/hall/").status_code == 404
    assert "新大厅" in words(browser.get(f"{LIST}?view=ended"))
    with pytest.raises(Conflict):
        change_facilities(system(), facilities=[new(name="又")])
    with pytest.raises(Conflict):
        end_facilities(system(), ends=[End("hall", date(2026, 5, 1))])


@pytest.mark.parametrize(
    ("kind", "org", "reach", "may"),
    [
        ("allowed", HOME, "own", True),
        ("sibling", NEXT, "own", False),
        ("superior", STREET, "below", True),
        ("superior-own", STREET, "own", False),
        ("below", "zjw-fw", "own", False),
        ("outsider", TOWN, "below", False),
    ],
)
def test_who_may_tell(kind: str, org: str, reach: str, may: bool) -> None:
    register_facilities(system(), facilities=[new("there")])
    acts: list[Callable[[], Any]] = [
        lambda: register_facilities(by(kind, org, reach), facilities=[new("fresh")]),
        lambda: change_facilities(by(kind, org, reach), facilities=[new("there", name="改")]),
        # Nobody takes over what is another's by naming it his own.
        lambda: change_facilities(
            by(kind, org, reach), facilities=[new("there", org=org if not may else HOME)]
        ),
        lambda: end_facilities(by(kind, org, reach), ends=[End("there", date(2026, 6, 1))]),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()


@pytest.mark.parametrize(
    ("kind", "org", "does"),
    [
        ("community_secretary", HOME, True),
        ("community_secretary", NEXT, False),
        ("department_head", STREET, True),
        ("department_head", TOWN, False),
        ("grid_worker", HOME, False),
        ("administrator", "990101", True),
    ],
)
def test_buttons_pages_and_verbs_agree(staff: Callable[..., Any], kind: str, org: str, does: bool) -> None:
    register_facilities(system(), facilities=[new()])
    browser = staff(kind, org)
    page = browser.get(f"{LIST}hall/")
    assert page.status_code == 200  # facilities are public
    for what in ("edit", "end"):
        assert (f'href="{LIST}hall/{what}/"' in page.content.decode()) is does
        assert browser.get(f"{LIST}hall/{what}/").status_code == (200 if does else 403)


def test_faults_name_field_reason_and_remedy() -> None:
    with pytest.raises(Invalid) as caught:
        register_facilities(
            system(),
            facilities=[
                new("Bad Code", kind="nothing", name="", hours="？"), new("bb", lon=WEST), new("cc", lon=1.0, lat=2.0),
                new("dd", lon=WEST + 0.5, lat=SOUTH), new("ee", keeper="nobody"), new("ff", functions=("flying",)),
                new("gg", phone="打给老王"), new("gg"), new("hh", org="nowhere"),
            ],
        )  # fmt: skip
    found = {fault.field for fault in caught.value.faults}
    assert found == {
        "facilities[0].code", "facilities[0].kind", "facilities[0].name", "facilities[0].hours", "facilities[1].lon",
        "facilities[2].lon", "facilities[3].lon", "facilities[4].keeper", "facilities[5].functions",
        "facilities[6].phone", "facilities[7].code", "facilities[8].org",
    }  # fmt: skip
    assert not Facility.objects.exists()


def test_the_ledger_gives_the_same_rows_again() -> None:
    register_facilities(
        system(origin="simulated"),
        facilities=[new(lon=WEST + 0.001, lat=SOUTH + 0.001, functions=("water",))],
    )
    register_facilities(system(), facilities=[new("", name="自动编号"), new("gone")])
    change_facilities(system(), facilities=[new(name="改过", keeper="")])
    end_facilities(system(), ends=[End("gone", date(2026, 2, 1))])
    before = [line for line in dump(with_caches=True) if "places_facility" in line]
    assert len(before) == 3 and any('"origin": "simulated"' in line and "改过" in line for line in before)
    assert [line for line in examine() if "facility" in line] == []
    rebuild()
    assert [line for line in dump(with_caches=True) if "places_facility" in line] == before
    Facility.objects.filter(code="hall").update(name="偷改")
    assert [line for line in examine() if "facility" in line]


def test_a_sheet_comes_in_goes_out_and_can_be_taken_back(tmp_path: Any) -> None:
    from tests.places.registry import book

    register_facilities(system(), facilities=[new("there", address="老地址")])
    template, act = template_of("facilities"), system()
    header = ["编号", "所属单位代码", "类别", "名称", "功能", "开放时间", "经度", "纬度", "启用日期", "地址"]
    rows: list[list[Any]] = [
        [
            "Rest-1",
            HOME,
            "劳动者驿站",
            "驿站",
            "喝水、热饭、手机充电",
            "全天",
            WEST + 0.002,
            SOUTH + 0.002,
            "2026-01-01",
            "",
        ],
        ["", f"名{NEXT}", "rest_station", "第二驿站", "", "", "", "", "2026-01-01", ""],
        ["there", HOME, "service_hall", "便民大厅", "", "工作日 09:00-17:00", "", "", "2024-01-01", "老地址"],
        ["there", HOME, "service_hall", "便民大厅", "", "", "", "", "2024-01-01", "新地址"],
        ["bad", HOME, "飞船", "飞船", "", "", "", "", "2026-01-01", ""],
        ["bad2", HOME, "rest_station", "驿站", "飞", "", "", "", "2026-01-01", ""],
    ]
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(book(header, rows).read())
    sheet = read_filled(template, path, act)
    assert (len(sheet.items), sheet.same, sorted(sheet.faults)) == (2, 1, [5, 6, 7])
    loaded = load_filled(template, path, sheet, act, good=True)
    assert (loaded.added, loaded.same, loaded.bad) == (2, 1, 3)
    row = Facility.objects.get(code="rest-1")
    assert (row.functions, row.grid, row.origin) == (",water,charging,", "g-home", "import")
    again = read_filled(template, path, act)
    assert (again.same, again.items) == (3, [])  # the one without a code says all that is there
    twice = tmp_path / "twice.xlsx"
    twice.write_bytes(book(header, [rows[1], rows[1]]).read())
    [fault] = read_filled(template, twice, act).faults[3]
    assert (fault.column, "一模一样" in fault.reason) == ("编号", True)
    takeback(system(), batch=loaded.batch)
    assert list(Facility.objects.values_list("code", flat=True)) == ["there"]
    later = system(NOW + timedelta(hours=1))
    load_filled(template, path, read_filled(template, path, later), later, good=True)
    assert Facility.objects.filter(code="rest-1").exists()


def test_the_export_is_what_the_import_reads(staff: Callable[..., Any], tmp_path: Any) -> None:
    register_facilities(
        system(),
        facilities=[new(functions=("advice", "water")), new("=1+1".strip("=+1") or "two", name="=1+1")],
    )
    answer = staff("community_secretary", HOME).get(f"{LIST}facilities.xlsx")
    assert {row["名称"] for row in rows_of(answer)} == {"便民大厅", "=1+1"}
    path = tmp_path / "back.xlsx"
    path.write_bytes(answer.content)
    sheet = read_filled(template_of("facilities"), path, system())
    assert (sheet.same, sheet.items, sheet.faults) == (2, [], {})


def test_lists_cost_the_same_and_are_paged(staff: Callable[..., Any], client: Any) -> None:
    browser, costs, near = staff("department_head", STREET), [], []
    for batch in (1, 59):
        many = [
            new(f"f-{batch}-{n}", name=f"大厅{batch}-{n}", lon=WEST + n / 10_000, lat=SOUTH + 0.001)
            for n in range(batch)
        ]
        register_facilities(system(), facilities=many)
        for address, found, door in ((LIST, costs, browser), (f"/near/?at={HOME}", near, client)):
            door.get(address)
            with CaptureQueriesContext(connection) as queries:
                page = door.get(address)
            assert page.status_code == 200
            found.append(len(queries))
    assert costs[0] == costs[1] <= 6, costs
    assert near[0] <= 4 and near[1] <= near[0], near
    page = words(browser.get(LIST))
    assert "这一页 50 件 · 共 60 件" in page
    assert [row.code for row in listed(system(), Wish(), date(2026, 11, 20), "f-59-7")] == [
        "f-59-8",
        "f-59-9",
    ]
    assert "共 1 件" in words(browser.get(f"{LIST}?q=大厅59-7&org="))
    assert "没有符合的" in words(browser.get(f"{LIST}?q=没有的"))


def test_a_post_that_answers_for_it_is_named_and_a_quiet_one_never(
    staff: Callable[..., Any], client: Any
) -> None:
    from baodao.orgs.models import Post

    staff("community_secretary", HOME)
    staff("service_member", HOME)
    head, quiet = Post.objects.get(kind="community_secretary"), Post.objects.get(kind="service_member")
    register_facilities(system(), facilities=[new(keeper=head.code)])
    assert head.title in words(client.get("/near/hall/"))
    assert [row.code for row in kept_by([head.code])] == ["hall"]
    with pytest.raises(Invalid):
        register_facilities(system(), facilities=[new("qq", keeper=quiet.code)])
