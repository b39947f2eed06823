"""Every template goes round: what it exported comes into an empty database, and the dump is equal for what it carries."""

import json
from collections.abc import Mapping
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from baodao.kernel.tables.bring import load_filled, read_filled
from baodao.kernel.tables.template import columns_of, template_of, templates
from baodao.kernel.tables.write import write_xlsx
from tests.desk.test_bring import book, export, send, told
from tests.support.branches import Branches, branches, town
from tests.support.databases import pointed_at
from tests.support.town import GRID_A, OFFICE, SOUTH, STREET, WEST, A, B, at, forget, local, square, words

__all__ = ["branches", "town"]
DAY = date(2026, 3, 1)


#: Template → the tables that its sheet carries.
CARRIED = {
    "orgs": ("orgs_org", "orgs_orgparent", "orgs_packbinding"),
    "people": ("people_person", "people_identity"),
    "posts": ("orgs_post",),
    "grids": ("places_grid",),
    "compounds": ("places_compound",),
    "buildings": ("places_building",),
    "households": ("places_household",),
    "facilities": ("places_facility",),
    "devices": ("places_device",),
    "service_members": ("gather_servicemember",),
    "checklists": ("matters_checklistitem",),
    "duties": ("orgs_dutylist", "orgs_dutyitem"),
    "rolls": ("orgs_membership",),
    "offers": ("gather_offer",),
    "talents": ("orgs_talent",),
    "class_lists": ("gather_seat",),
}
#: When and how a row came in, who keeps it, what its owner showed to be hers: said in docs/bring.md.
NOT_CARRIED = ("created", "origin", "office", "led_by_id", "standing")
ROWS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "grids": ({"code": "g-new", "name": "新网格", "org": A, "team": A, "polygon": square(3, 1, 1)},),
    "compounds": ({"code": "xq", "name": "幸福里", "org": A, "address": "团结路1号", "property": OFFICE},),
    "buildings": (
        {"code": "xq-1", "name": "1栋", "compound": "xq", "units": 3, "storeys": 18, "lon": WEST + 0.02, "lat": SOUTH + 0.02},
        {"code": "xq-2", "name": "2栋", "grid": "g-new", "team": A},
    ),
    "households": (
        {"org": A, "grid": GRID_A, "building": "xq-1", "address": "团结路1号1栋301", "people": 3, "until": date(2026, 12, 20)},
        {"org": A, "address": "团结路2号", "until": date(2026, 12, 21)},
        {"org": B, "address": "团结路1号1栋301", "people": 1, "until": date(2026, 12, 22)},
    ),
    "facilities": ({"code": "hall", "org": A, "name": "大厅", "phone": "023-72812345"}, {"org": B, "name": "驿站"}),
    "devices": ({"code": "cam-1", "org": A, "name": "东门口"}, {"org": B, "name": "西门口"}),
    "duties": (
        {"org": STREET, "code": "J-2", "title": "网格巡查", "kind": "基本履职", "keywords": "巡查、网格", "since": DAY},
        {"org": STREET, "code": "J-1", "title": "文明养犬", "kind": "配合履职", "basis": "条例", "since": DAY},
        {"org": OFFICE, "code": "J-1", "title": "房屋安全", "kind": "上级收回", "since": DAY},
    ),
    "service_members": (
        {"unit": OFFICE, "name": "在职甲", "phone": "13700000031", "since": DAY},
        {"unit": OFFICE, "name": "在职乙", "phone": "13700000032", "since": DAY},
        # Somebody may be on the lists of two units.
        {"unit": STREET, "name": "在职甲", "phone": "13700000031", "since": DAY},
    ),
    "checklists": ({"org": A, "title": "垃圾桶没有满溢", "trade": "消防"}, {"org": A, "title": "路灯都亮", "trade": "用电"}),
    "offers": ({"org": A, "title": "相邻关系", "forms": "夜校，连讲几晚、坝坝会、院坝会"}, {"org": B, "title": "防汛", "forms": "大讲堂"}),
    "talents": (
        {"org": A, "name": "果农", "phone": "13700000041"},
        {"org": B, "name": "木匠", "phone": "13700000042"},
    ),
}  # fmt: skip


def system(name: str = "back") -> Any:
    from msgspec.structs import replace

    from baodao.kernel.act import new_key, system_act

    return replace(system_act(local("11-23 09:00"), new_key(name)), purpose="roster")


def sheet(folder: Path, name: str) -> Path:
    """A sheet of the rows above; what they leave open of the required cells is the first of its list, or the example."""
    template, path = template_of(name), folder / f"{name}.xlsx"
    columns = columns_of(template, system())

    def cell(column: Any, row: dict[str, Any]) -> Any:
        if column.field in row or not column.required:
            return row.get(column.field)
        return next(iter(column.words.values()), None) or column.example

    with path.open("wb") as out:
        rows = [[cell(column, row) for column in columns] for row in ROWS[name]]
        write_xlsx(out, str(template.title), [column.title for column in columns], rows)
    return path


def bring(folder: Path, name: str) -> None:
    path, by = sheet(folder, name), system(name)
    filled = read_filled(template_of(name), path, by)
    assert not filled.faults, (name, filled.faults)
    assert load_filled(template_of(name), path, filled, by).added == len(ROWS[name]), name


def a_class() -> None:
    """A class with a session, which no sheet opens."""
    from baodao.gather.courses.programmes.services import NewClass, NewSession, add_sessions, open_classes

    [code] = open_classes(
        system("class"), classes=[NewClass(STREET, "community_basics", "基础班", date(2026, 11, 23))]
    )
    session = NewSession(starts=local("11-24 10:00"), minutes=60, course="requests")
    add_sessions(system("session"), code=code, sessions=[session])


def carried() -> dict[str, list[str]]:
    """The dump's lines of each template's tables, a token read as whose it is: every installation mints its own."""
    from baodao.ledger.caches import dump

    lines = [json.loads(line) for line in dump(with_caches=True)]
    whose = {
        one["token"]: f"{one['person_id']}:{one['domain']}"
        for one in lines
        if "token" in one and "domain" in one
    }
    posted = {one["person"] for one in lines if one["table"] == "orgs_post"}
    rosters = {line["uid"] for line in lines if line["table"] == "people_person" and line["office"]} | posted
    listed = {
        whose[one["token"]].partition(":")[0] for one in lines
        if one["table"] in {"orgs_membership", "gather_servicemember", "orgs_talent"}
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    for line in lines:
        person = line.get("person_id") or line.get("uid") or ""
        if line.get("kind") == "party_committee_member":  # a quiet kind: never in a sheet
            continue
        if line["table"].startswith("people_") and person not in rosters | listed:
            continue
        for name in NOT_CARRIED:
            line.pop(name, None)
        said = {
            key: whose.get(value, value) if isinstance(value, str) else value for key, value in line.items()
        }
        found.setdefault(line["table"], []).append(json.dumps(said, ensure_ascii=False, sort_keys=True))
    return {
        name: sorted(line for table in tables for line in found.get(table, []))
        for name, tables in CARRIED.items()
    }


# What a sheet does not say is today's: one day for the first loading and for the second.
@time_machine.travel(local("11-23 09:00"), tick=False)
def test_every_template_comes_back_equal(branches: Branches, tmp_path: Path, committed_db: Any) -> None:
    """A district with something of everything; sent again, its own sheets add nothing."""
    assert {one.name for one in templates()} == set(CARRIED), "a new template is to go round here too"
    for name in ROWS:
        bring(tmp_path, name)
        again = read_filled(template_of(name), tmp_path / f"{name}.xlsx", system("again"))
        assert (again.faults, again.items, again.same) == ({}, [], len(ROWS[name])), name
    a_class()
    from baodao.gather.courses.programmes.services import Line, enrol_posts

    enrol_posts(system("enrol"), lines=[Line("c-000001", "p-secretary"), Line("c-000001", "p-handler")])
    path = tmp_path / "all.xlsx"
    call_command("export", "--out", str(path), "--purpose", "roster", stdout=StringIO())
    before = carried()
    assert all(before.values()), {name for name, lines in before.items() if not lines}
    for template in templates():
        again = read_filled(template, path, system("again"))
        assert (again.faults, again.items) == ({}, []), template.name
        assert again.same == again.total > 0, template.name

    other = committed_db.fresh()
    with pointed_at(committed_db, other):
        forget()
        for template in templates():
            if template.name == "class_lists":
                a_class()
            call_command("import", template.name, str(path), stdout=StringIO())
        after = carried()
    forget()
    committed_db.drop(other)
    for name in CARRIED:
        assert after[name] == before[name], name


PAGES = {
    "orgs": "/desk/orgs/",
    "grids": "/desk/grids/",
    "compounds": "/desk/compounds/",
    "buildings": "/desk/buildings/xq-2/",
}


@pytest.mark.parametrize(
    ("who", "draws"),
    [("administrator", True), ("supervisor", False), ("superior", False), ("clerk", False), ("secretary", False),
     ("sibling", False), ("outsider", False), ("handler", False)],
)  # fmt: skip
def test_whoever_reads_a_list_exports_it(branches: Branches, tmp_path: Path, who: str, draws: bool) -> None:
    """The page and the sheet are one right; writing stays the right to write."""
    for name in ("grids", "compounds", "buildings"):
        bring(tmp_path, name)
    desk = branches.desk(who)
    for name, address in PAGES.items():
        assert desk.get(address).status_code == 200, address
        answer = export(branches, who, names=[name], purpose="", command=f"{who}-{name}")
        assert answer.status_code == 200, (name, words(answer))
        rows = list(openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0].values)
        assert len(rows) - 1 == template_of(name).count(system()) > 0, name
    assert (desk.get("/desk/bring/grids/").status_code == 200) is draws
    if not draws:
        sent = desk.post(
            "/desk/bring/grids/",
            {"file": SimpleUploadedFile("a.xlsx", sheet(tmp_path, "grids").read_bytes())},
        )
        assert sent.status_code == 403


def test_who_reads_no_list_exports_none(branches: Branches) -> None:
    """Without a post neither the page nor the sheet: a resident who is signed in."""
    from tests.support.town import Phone

    phone = Phone().known(branches.uids["resident"])
    for address in PAGES.values():
        assert phone.browser.get(address).status_code in {302, 303, 403, 404}, address
    asked = phone.browser.post("/desk/bring/", {"command": "x-1", "names": list(PAGES), "purpose": ""})
    assert asked.status_code in {302, 303, 403, 404} and "/bring/export/" not in asked.get("Location", "")


DUTIES = ("单位", "事项编号", "事项", "类别", "依据", "关键词", "生效日")


def lists() -> list[tuple[str, str, str | None, int]]:
    from baodao.orgs import duties

    return [
        (one.org, one.since.isoformat(), one.until.isoformat() if one.until else None, one.items)
        for one in duties.versions_of([STREET, A])
    ]


def duty_rows(many: int, since: str) -> bytes:
    return book(
        "履职清单",
        DUTIES,
        [[STREET, f"J-{n}", f"事项{n}", "基本履职", None, None, since] for n in range(many)],
    )


def back(branches: Branches, address: str) -> str:
    """Take a load back from its page, let the worker run; the page as it reads then."""
    typed = {"command": f"back-{address}", "do": "takeback", "sure": "1"}
    asked = branches.desk("administrator").post(address, typed)
    assert asked.status_code == 303, words(asked)
    branches.work()
    return told(branches, "administrator", address)


def test_a_duty_list_is_brought_in_as_a_job_and_taken_back(branches: Branches) -> None:
    """The empty sheet has its lists and notes; the same again adds nothing; taken back, the version before holds on."""
    desk = branches.desk("administrator")
    assert "履职清单" in words(desk.get("/desk/bring/"))
    empty = openpyxl.load_workbook(BytesIO(b"".join(desk.get("/desk/bring/duties/empty.xlsx"))))
    sheet = empty["履职清单"]
    assert str(sheet["A2"].value).startswith("例：") and sheet.data_validations.dataValidation
    assert "填写说明" in empty.sheetnames
    first = send(branches, "administrator", "duties", duty_rows(2, "2026-01-01"))
    assert "新增 2 " in told(branches, "administrator", first)
    again = told(
        branches, "administrator", send(branches, "administrator", "duties", duty_rows(2, "2026-01-01"))
    )
    assert "新增 0" in again and "有错 0" in again
    taken = told(
        branches, "administrator", send(branches, "administrator", "duties", duty_rows(3, "2026-01-01"))
    )
    assert "新的一版要从更晚的一天起" in taken and "新增 0" in taken
    second = send(branches, "administrator", "duties", duty_rows(1200, "2026-06-01"))
    assert lists() == [(STREET, "2026-06-01", None, 1200), (STREET, "2026-01-01", "2026-06-01", 2)]

    assert "已经撤回" in back(branches, second)
    assert lists() == [(STREET, "2026-01-01", None, 2)]
    # What was taken back can be sent again, and the first goes too.
    third = send(branches, "administrator", "duties", duty_rows(1200, "2026-06-01"))
    assert "新增 1200 " in told(branches, "administrator", third) and "已经撤回" in back(branches, first)
    assert lists() == [(STREET, "2026-06-01", None, 1200)]


def test_the_same_sheet_taken_back_and_sent_again_within_a_second_is_loaded(branches: Branches) -> None:
    """The second batch is another one: it is not taken for the first, which was done already."""
    with at("11-24 09:00"):
        for _ in range(2):
            address = send(branches, "administrator", "duties", duty_rows(2, "2026-01-01"))
            assert "新增 2 " in told(branches, "administrator", address)
            assert lists() == [(STREET, "2026-01-01", None, 2)]
            assert "已经撤回" in back(branches, address)
            assert lists() == []


@pytest.mark.parametrize("who", ["secretary", "sibling", "superior", "clerk", "outsider"])
def test_nobody_else_brings_duty_lists_in(branches: Branches, who: str) -> None:
    """All in office read and export them; adopting is the district's."""
    desk = branches.desk(who)
    assert desk.get("/desk/bring/duties/").status_code == 403
    sent = desk.post(
        "/desk/bring/duties/", {"file": SimpleUploadedFile("a.xlsx", duty_rows(1, "2026-01-01"))}
    )
    assert sent.status_code == 403
    assert export(branches, who, names=["duties"], purpose="").status_code == 200


def test_a_list_whose_item_is_to_be_changed_stays(branches: Branches) -> None:
    """A proposal cites an item of it: taking it back is refused with a reason."""
    from msgspec.structs import replace

    from baodao.kernel.act import Grant
    from baodao.orgs.services.duty import propose_change

    sent = send(branches, "administrator", "duties", duty_rows(2, "2026-01-01"))
    by = replace(
        system("propose"),
        kind="person",
        person=branches.uids["superior"],
        grants=(Grant("duty.propose_change", "own", STREET, 1, ""),),
    )
    propose_change(by, org=STREET, item="J-1", reason="unclear")
    branches.desk("administrator").post(sent, {"command": "back", "do": "takeback", "sure": "1"})
    branches.work()
    page = told(branches, "administrator", sent)
    assert "没有撤回" in page and lists() == [(STREET, "2026-01-01", None, 2)]
