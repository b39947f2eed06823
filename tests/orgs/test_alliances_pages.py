"""Alliances on the desk: list, one, found, invite, accept, leave, end, the sheet of members; as browsers send them."""

import io
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.declare import forget_packs
from baodao.kernel.tables import read_table, write_xlsx
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import takeback
from baodao.orgs.alliances.ruling import NewAlliance, NewMember
from baodao.orgs.alliances.selectors import members_of
from baodao.orgs.alliances.services import found_alliances
from baodao.orgs.ruling import NewOrg
from baodao.orgs.selectors import today
from baodao.orgs.services import create_orgs
from tests.orgs.conftest import PACKS, START, system
from tests.support.town import words

SEAT, TOWN, ABROAD, HOME = "990101001", "990101002", "990102001", "990101001001"
LIST = "/desk/alliances/"


@pytest.fixture(autouse=True)
def kinds(packs: Path, tmp_path: Path, settings: Any) -> None:
    """The shipped kinds of alliance; uploads in a folder of this test."""
    shutil.copy(PACKS / "base" / "alliances.toml", packs / "base" / "alliances.toml")
    settings.DATA = tmp_path
    (tmp_path / "keys").mkdir(exist_ok=True)
    forget_packs()


@pytest.fixture
def enter(staff: Callable[..., Any]) -> Callable[..., Any]:
    """Staff of a district beside another one."""
    create_orgs(
        system(),
        orgs=[
            NewOrg("990102", "邻区", "district", "district", START),
            NewOrg(ABROAD, "邻街道", "street", "street", START, "990102"),
        ],
    )
    return staff


@pytest.fixture
def council(enter: Callable[..., Any]) -> str:
    """The first street's council with one community."""
    one = NewAlliance("neighbours", "两江议事会", SEAT, START, code="nb-1", members=(NewMember(HOME),))
    found_alliances(system(), alliances=[one])
    return f"{LIST}nb-1/"


def hidden(page: Any) -> dict[str, str]:
    """Hidden fields of the page's last form (the one in its body)."""
    form = re.findall(r"<form[^>]*method=\"post\".*?</form>", page.content.decode(), re.S)[-1]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return dict(found)


def through(browser: Any, address: str, **typed: str) -> Any:
    """Fill a form, read what it means, confirm."""
    form = browser.get(address)
    assert form.status_code == 200, words(form)
    check = browser.post(address, {**hidden(form), **typed, "do": "check"})
    assert check.status_code == 200, words(check)
    before = len(facts_of("alliance:nb-1"))
    done = browser.post(address, {**hidden(check), "do": "send"})
    assert done.status_code == 303, words(done)
    again = browser.post(address, {**hidden(check), "do": "send"})
    assert again.status_code in {303, 403, 422}
    assert before == 0 or len(facts_of("alliance:nb-1")) - before == 1
    return browser.get(done["Location"])


def test_a_head_founds_one_and_reads_before_what_will_happen(enter: Callable[..., Any]) -> None:
    browser = enter("department_head", SEAT)
    empty = words(browser.get(LIST))
    assert "还没有您看得到的共建组织" in empty
    assert "毗邻共建" in words(browser.get("/desk/alliances-new/"))
    address = "/desk/alliances-new/?kind=neighbours"
    typed = {"name": "两江议事会", "seat": SEAT, "since": "2026-01-01", "member": f"名{HOME}\n邻街道\n\n"}
    wrong = browser.post(
        address, {**hidden(browser.get(address)), **typed, "member": "远方\n名zjw", "do": "check"}
    )
    assert wrong.status_code == 422
    assert "没有叫“远方”的单位" in words(wrong)
    assert "远方" in wrong.content.decode()
    check = browser.post(address, {**hidden(browser.get(address)), **typed, "do": "check"})
    text = words(check)
    assert "确认后就是成员 1" in text
    assert "会收到邀请，自己接受以后才是成员 1" in text
    assert not facts_of("alliance:al-000001")
    done = browser.post(address, {**hidden(check), "do": "send"})
    page = words(browser.get(done["Location"]))
    assert "成员单位 2" in page
    assert "等答复的邀请 1" in page
    assert "邀请 邻街道 自 2026年1月1日 起加入" in page
    assert browser.post(address, {**hidden(check), "do": "send"})["Location"] == done["Location"]
    assert "两江议事会" in words(browser.get(LIST))


def test_founding_is_for_those_who_may(enter: Callable[..., Any]) -> None:
    assert enter("handler", "zjw-fw").get("/desk/alliances-new/").status_code == 403
    browser = enter("department_head", SEAT)
    address = "/desk/alliances-new/?kind=joint_meeting"
    form = hidden(browser.get(address))
    for do in ("check", "send"):
        answer = browser.post(address, {**form, "name": "会", "seat": TOWN, "since": "2026-01-01", "do": do})
        assert answer.status_code in {403, 422}
    assert not facts_of("alliance:al-000001")


def test_an_invitation_crosses_the_border_and_waits_for_an_answer(
    council: str, enter: Callable[..., Any]
) -> None:
    here, there = enter("department_head", SEAT), enter("department_head", ABROAD)
    assert there.get(council).status_code == 404
    assert "两江议事会" not in words(there.get(LIST))
    page = words(through(here, f"{council}invite/", org="邻街道", day="2026-02-01"))
    assert "等它自己的岗位答复" not in page  # the seat may take it back
    assert here.get(f"{council}accept/?org={ABROAD}").status_code == 403
    asked = words(there.get(LIST))
    assert "等您答复的邀请 1" in asked
    assert "邀请 邻街道 加入" in asked
    assert there.get(f"{council}invite/").status_code == 403
    assert there.get(f"{council}end/").status_code == 403
    through(there, f"{council}accept/?org={ABROAD}", org=ABROAD, day="2026-02-10")
    assert [one.org for one in members_of("nb-1", date(2026, 2, 10))] == [SEAT, HOME, ABROAD]
    assert "等您答复的邀请" not in words(there.get(LIST))
    assert there.get(f"{council}leave/").status_code == 200
    through(there, f"{council}leave/?org={ABROAD}", org=ABROAD, day="2026-03-01")
    assert ABROAD not in [one.org for one in members_of("nb-1", date(2026, 3, 1))]
    assert "邻街道 退出，2026年3月1日 起不在" in words(here.get(council))


def test_declining_and_ending(council: str, enter: Callable[..., Any]) -> None:
    here, there = enter("department_head", SEAT), enter("department_head", ABROAD)
    through(here, f"{council}invite/", org=ABROAD, day="2026-02-01")
    address = f"{council}decline/?org={ABROAD}"
    check = there.post(address, {**hidden(there.get(address)), "org": ABROAD, "do": "check"})
    assert there.post(address, {**hidden(check), "do": "send"}).status_code == 303
    # Whoever said no does not see it any more.
    assert there.get(council).status_code == 404
    assert "邻街道 谢绝了邀请" in words(here.get(council))
    through(here, f"{council}end/", day=today().isoformat())
    assert "已结束" in words(here.get(council))
    assert "两江议事会" not in words(here.get(LIST))
    assert "两江议事会" in words(here.get(f"{LIST}?view=ended"))
    for what in ("invite", "end", "leave"):
        assert here.get(f"{council}{what}/").status_code == 403


@pytest.mark.parametrize(
    ("kind", "org", "sees", "does"),
    [
        ("department_head", SEAT, True, True),
        ("department_head", TOWN, False, False),
        ("supervisor", "990101", True, True),
        ("grid_worker", HOME, True, False),
        ("auditor", "990101", True, False),
        ("department_head", ABROAD, False, False),
    ],
)
def test_list_page_sheet_and_buttons_agree(
    council: str, enter: Callable[..., Any], kind: str, org: str, sees: bool, does: bool
) -> None:
    browser = enter(kind, org)
    assert ("两江议事会" in words(browser.get(LIST))) is sees
    assert ("nb-1" in str(_rows(browser.get(f"{LIST}alliances.xlsx")))) is sees
    page = browser.get(council)
    assert page.status_code == (200 if sees else 404)
    assert browser.get(f"{council}members.xlsx").status_code == (200 if sees else 404)
    for what in ("invite", "end", "sheet/import"):
        offered = f'href="{council}{what}/' in page.content.decode()
        status = browser.get(f"{council}{what}/").status_code
        assert offered is does
        assert status == (200 if does else 403 if sees else 404)


def _rows(answer: Any) -> list[list[Any]]:
    with read_table(io.BytesIO(answer.content)) as table:
        return [list(table.header), *[list(row.cells) for row in table.rows()]]


def _file(*rows: list[Any]) -> SimpleUploadedFile:
    out = io.BytesIO()
    write_xlsx(out, "名单", ["单位", "角色", "加入日期"], rows)
    return SimpleUploadedFile("members.xlsx", out.getvalue())


def test_members_come_from_a_sheet_and_can_be_taken_back(council: str, enter: Callable[..., Any]) -> None:
    browser = enter("department_head", SEAT)
    address = f"{council}sheet/import/"
    rows = [
        ["邻街道", "成员", "2026-03-01"],
        ["名990101001002", "", ""],
        [HOME, "成员", ""],
        ["远方", "", ""],
        [TOWN, "帮扶方", ""],
    ]
    sent = browser.post(address, {"command": "upload-1", "file": _file(*rows)})
    assert sent.status_code == 303, words(sent)
    check = browser.get(sent["Location"])
    text = words(check)
    assert "共 5 行：2 行可以加入，1 行已经在里面或已邀请，2 行要改" in text
    assert "收到邀请，等它接受" in text
    faulty = _rows(browser.get(f"{sent['Location']}errors.xlsx"))
    assert [row[0] for row in faulty[1:]] == ["远方", TOWN]
    refused = browser.post(sent["Location"], hidden(check))
    assert refused.status_code == 422
    done = browser.post(sent["Location"], {**hidden(check), "good": "yes"})
    assert done.status_code == 303
    page = words(browser.get(done["Location"]))
    assert "成员单位 3" in page
    assert "等答复的邀请 1" in page
    batch = done["Location"].rpartition("=")[2]
    assert batch in page
    exported = _rows(browser.get(f"{council}members.xlsx"))
    assert ["邻街道", "成员"] in [row[1:3] for row in exported]
    takeback(system(), batch=batch)
    assert "成员单位 2" in words(browser.get(council))
    # What was exported can be read again: everybody is in already.
    content = browser.get(f"{council}members.xlsx").content
    again = browser.post(address, {"command": "upload-2", "file": SimpleUploadedFile("m.xlsx", content)})
    assert "0 行可以加入，2 行已经在里面" in words(browser.get(again["Location"]))
    assert browser.post(address, {"command": "upload-3"}).status_code == 422


def test_the_list_is_searched_paged_and_costs_the_same(enter: Callable[..., Any]) -> None:
    browser = enter("supervisor", "990101")
    browser.get(LIST)
    costs = []
    for batch in (1, 59):
        many = [
            NewAlliance("joint_meeting", f"联席会{batch}-{n}", SEAT, START, members=(NewMember(HOME),))
            for n in range(batch)
        ]
        found_alliances(system(), alliances=many)
        browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(LIST)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 6, costs
    assert "这一页 50 件 · 共 60 件" in words(page)
    following = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', page.content.decode())
    assert following
    assert "这一页 10 件" in words(browser.get(LIST + following[1].replace("&amp;", "&")))
    assert "共 1 件" in words(browser.get(f"{LIST}?q=联席会59-7"))
    assert "共 60 件" in words(browser.get(f"{LIST}?q=名{HOME}"))
    assert "没有符合的共建组织" in words(browser.get(f"{LIST}?q=没有的"))
    assert "<script>alert" not in browser.get(LIST, {"q": "<script>alert(1)</script>"}).content.decode()


def test_the_page_of_one_costs_the_same_for_many_members(council: str, enter: Callable[..., Any]) -> None:
    browser = enter("department_head", SEAT)
    through(browser, f"{council}invite/", org=ABROAD, day="2026-02-01")
    with CaptureQueriesContext(connection) as few:
        browser.get(council)
    for org in (TOWN, "990101001002", "zjw", "zjw-fw"):
        through(browser, f"{council}invite/", org=org, day="2026-02-01")
    with CaptureQueriesContext(connection) as many:
        page = browser.get(council)
    assert len(few) == len(many) <= 7, (len(few), len(many))
    assert words(page).count("收回") == 4
    assert browser.get(f"{council}nothing/").status_code == 404
    assert browser.get(f"{LIST}nb-2/").status_code == 404


def test_english_readers_read_english_kinds(council: str, enter: Callable[..., Any]) -> None:
    browser = enter("department_head", SEAT)
    browser.cookies["lang"] = "en"
    assert "Neighbours across a border" in words(browser.get(council))


def test_an_organizations_page_links_to_what_its_reader_may_see(
    council: str, enter: Callable[..., Any]
) -> None:
    for kind, org, sees in (("department_head", SEAT, True), ("department_head", ABROAD, False)):
        page = enter(kind, org).get(f"/desk/orgs/{HOME}/")
        assert (f'href="{council}"' in page.content.decode()) is sees
        assert ("这一天没有您看得到的共建组织" in words(page)) is not sees
