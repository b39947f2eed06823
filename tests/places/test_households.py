"""Households: who may write and read, purpose and log, expiry and the household's own switch, nothing left behind."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Act, Grant, new_key
from baodao.kernel.beats import run_all_once
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.jinja import day as words_of_day
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.models import Content, SearchDoc
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import erase, rebuild, takeback
from baodao.people.models import AccessLog, Consent, Identity, Person
from baodao.places.households import slips
from baodao.places.households.models import Household, HouseholdLine, HouseholdMember
from baodao.places.households.ruling import LineRef, NewHousehold, NewLine
from baodao.places.households.selectors import counts, opened
from baodao.places.households.services import (
    close_households,
    join_household,
    register_households,
    strike_lines,
    write_lines,
)
from baodao.places.uses import refuse_used
from tests.orgs.conftest import NOW, system
from tests.places.registry import HOME, NEXT, STREET, TOWN, hidden, lists, send, staff
from tests.support.town import words
from tests.test_canary import tables_with

__all__ = ["lists", "staff"]
pytestmark = pytest.mark.usefixtures("lists")
LIST = "/desk/households/"
TODAY, ADDRESS, NAME, PHONE = date(2026, 11, 20), "QZX金丝雀巷八号三楼", "金丝雀婶", "13955550707"
UNTIL = TODAY + timedelta(days=90)


@pytest.fixture(autouse=True)
def day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def new(address: str = ADDRESS, org: str = HOME, **more: Any) -> NewHousehold:
    return NewHousehold(org, address, "service", UNTIL, **{"grid": "g-home" if org == HOME else ""} | more)


def by(org: str, reach: Any = "legs", purpose: str = "", level: int = 2, person: str = "u" * 32) -> Act:
    rights = ("register", "read", "write", "strike", "close", "count")
    grants = tuple(Grant(f"household.{what}", reach, org, level, "p-x") for what in rights)
    key = new_key()
    return Act("person", NOW, NOW, key, person=person, post="p-x", grants=grants, purpose=purpose)


def contact(code: str, **more: Any) -> NewLine:
    given = {"name": NAME, "phone": PHONE, "word": True} | more
    return NewLine(code, "contact", "service", UNTIL, **given)


def test_at_the_door_on_the_desk_and_the_household_reads_and_ends_it(
    staff: Callable[..., Any], client: Any
) -> None:
    browser = staff("grid_worker", HOME)
    typed = {
        "address": ADDRESS,
        "grid": "g-home",
        "people": "3",
        "why": "service",
        "until": UNTIL.isoformat(),
    }
    wrong = words(
        send(browser, f"{LIST}new/", 422, **typed | {"address": "找王姐 13812345678", "until": "2030-01-01"})
    )
    assert "地址里有电话或证件号码" in wrong
    assert "2027-11-20 之间" in wrong
    slip = browser.get(send(browser, f"{LIST}new/", **typed)["Location"])
    secret = re.search(r'<dd class="code">([^<]+)<', slip.content.decode())[1]  # type: ignore[index]
    page = f"{LIST}hh-000001/"
    assert ADDRESS not in words(browser.get(LIST)) + words(browser.get(page))
    need = {"field": "need", "need": "meals", "why": "asked", "until": UNTIL.isoformat()}
    assert "要这一户自己说了" in words(send(browser, f"{page}write/", 422, **need))
    send(browser, f"{page}write/", **need, word="yes")
    read = words(browser.post(page, hidden(browser.get(page)) | {"do": "open", "purpose": "household"}))
    assert ADDRESS in read and "送餐" in read and "本人说的" in read
    assert words(browser.post(page, {"command": "no-purpose", "do": "open"})).count("没有说明用途") >= 1
    listed = browser.post(LIST, hidden(browser.get(LIST)) | {"purpose": "household"})
    assert ADDRESS in words(listed)
    # The household, without an account.
    assert client.get("/household/hh-000001/").status_code == 404
    assert "编号和查询码对不上" in words(
        client.post("/household/", {"number": "hh-000001", "code": "AAAA-2222"})
    )
    there = client.post("/household/", {"number": "HH-000001", "code": secret.lower(), "command": "in-1"})[
        "Location"
    ]
    own = words(client.get(there))
    assert f"住址：{ADDRESS}" in own and "几口人：3" in own and "需要：送餐" in own
    assert "为什么：上门服务、有事联系" in own and f"留到：{words_of_day(UNTIL)}" in own and "网格员" in own
    assert "用途：上门服务、联系您家" in own  # who looked
    client.post(there, {"command": "own-1", "do": "strike-2"})
    assert "几口人" not in words(client.get(there))
    assert "请先勾上" in words(client.post(there, {"command": "own-2", "do": "close"}))
    client.post(there, {"command": "own-3", "do": "close", "sure": "yes"})
    assert "什么都没有留下" in words(client.get(there))
    assert facts_of("household:hh-000001")[-1].data.side == "household"
    assert tables_with([ADDRESS])[ADDRESS] == set()
    assert browser.get(f"{page}write/").status_code == 403
    assert "hh-000001" in words(browser.get(f"{LIST}?view=closed"))


def test_what_is_written_lies_in_content_and_vault_alone_and_goes() -> None:
    [code] = register_households(by(HOME), households=[new(people=4)])
    write_lines(by(HOME), lines=[contact(code)])
    found = tables_with([ADDRESS, NAME, PHONE, PHONE[3:]])
    assert found == {ADDRESS: {"ledger_content"}, NAME: set(), PHONE: set(), PHONE[3:]: set()}
    assert not SearchDoc.objects.filter(subject=f"household:{code}").exists()
    assert not [line for line in dump(with_caches=True) if ADDRESS in line or NAME in line or PHONE in line]
    assert [f.data for f in facts_of(f"household:{code}") if "8" in str(f.data) and "八" in str(f.data)] == []
    assert Consent.objects.get().what == "household_contact"
    assert Identity.objects.count() == 2
    said = opened(by(HOME, purpose="household"), [code])[code]
    assert (said[3].text, said[3].phone) == (NAME, "+86" + PHONE)
    close_households(by(HOME), households=[code])
    assert not Content.objects.filter(text__in=[ADDRESS, "4"]).exists()
    assert not Identity.objects.exists() and not Consent.objects.exists()
    assert not HouseholdLine.objects.exists()
    row = Household.objects.get()
    assert (row.mark, row.building, row.until) == (None, "", TODAY)
    # The same home may be written again, as another household.
    assert register_households(by(HOME), households=[new()]) == ["hh-000002"]


def test_a_line_ends_by_itself_on_its_day_and_the_last_one_ends_all() -> None:
    [code] = register_households(by(HOME), households=[new(people=2)])
    soon = TODAY + timedelta(days=5)
    write_lines(
        by(HOME),
        lines=[
            contact(code, until=soon)
            if False
            else NewLine(code, "contact", "service", soon, name=NAME, phone=PHONE, word=True)
        ],
    )
    beat = ["places.households"]
    assert run_all_once(NOW + timedelta(days=4), beat) == {"places.households": 0}
    assert run_all_once(NOW + timedelta(days=5), beat) == {"places.households": 1}
    assert not Identity.objects.exists()
    assert HouseholdLine.objects.count() == 2
    assert run_all_once(NOW + timedelta(days=90), beat) == {"places.households": 2}
    assert tables_with([ADDRESS])[ADDRESS] == set()
    assert Household.objects.get().until is not None
    assert facts_of(f"household:{code}")[-1].data.side == "empty"
    assert run_all_once(NOW + timedelta(days=91), beat) == {"places.households": 0}


@pytest.mark.parametrize(
    ("who", "org", "reach", "may"),
    [
        ("allowed", HOME, "legs", True),
        ("sibling", NEXT, "legs", False),
        ("superior", STREET, "legs", False),
        ("superior-below", STREET, "below", False),
        ("own-is-not-enough", HOME, "own", False),
        ("below", "zjw-fw", "legs", False),
        ("outsider", TOWN, "below", False),
    ],
)
def test_who_may_write_and_read(who: str, org: str, reach: str, may: bool) -> None:
    [code] = register_households(system(), households=[new(people=2)])
    purposeful = by(org, reach, "household")
    acts: list[Callable[[], Any]] = [
        lambda: register_households(by(org, reach), households=[new("另一户二号")]),
        lambda: write_lines(
            by(org, reach), lines=[NewLine(code, "need", "asked", UNTIL, "meals", word=True)]
        ),
        lambda: opened(purposeful, [code]),
        lambda: strike_lines(by(org, reach), lines=[LineRef(code, 2)]),
        lambda: close_households(by(org, reach), households=[code]),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()
    assert AccessLog.objects.exists() is may
    with pytest.raises(Refused):
        opened(by(org, reach), [code])


@pytest.mark.parametrize(
    ("kind", "org", "lists_them", "counts_them"),
    [
        ("grid_worker", HOME, True, False),
        ("community_secretary", HOME, True, True),
        ("community_secretary", NEXT, True, True),
        ("department_head", STREET, False, True),
        ("administrator", "990101", False, True),
        ("handler", "zjw-fw", False, False),
    ],
)
def test_pages_agree_with_the_verbs(
    staff: Callable[..., Any], kind: str, org: str, lists_them: bool, counts_them: bool
) -> None:
    register_households(system(), households=[new(f"巷{n}号") for n in range(3)])
    browser = staff(kind, org)
    mine = lists_them and org == HOME
    assert ("hh-000001" in words(browser.get(LIST))) is mine
    assert browser.get(f"{LIST}hh-000001/").status_code == (200 if mine else 404)
    assert browser.get(f"{LIST}hh-000001/slip/").status_code == (200 if mine else 404)
    assert browser.get(f"{LIST}new/").status_code == (200 if lists_them else 403)
    page = browser.get(f"{LIST}counts/")
    assert page.status_code == (200 if counts_them else 403)
    if counts_them:
        assert ("少于 10 户" in words(page)) is (org != NEXT)
        assert "hh-0" not in words(page)
    ground = browser.get("/desk/grids/g-home/")
    assert ("3 户" in words(ground)) is mine
    assert ("/desk/households/?grid=g-home" in ground.content.decode()) is mine
    assert ("全社区 少于 10 户" in words(ground)) is (counts_them and org not in (HOME, NEXT))


def test_superiors_have_counts_from_ten_on_and_no_row() -> None:
    register_households(system(), households=[new(f"巷{n}号") for n in range(10)])
    register_households(system(), households=[new(f"路{n}号", NEXT) for n in range(9)])
    assert counts(by(STREET, "below", level=1)) == [(HOME, 10), (NEXT, None)]
    assert counts(by(TOWN, "below", level=1)) == []
    assert counts(by(HOME, "own", level=1)) == [(HOME, 10)]


def test_the_looks_are_shown_to_whoever_keeps_it_at_hand(
    staff: Callable[..., Any], person: Callable[[], str]
) -> None:
    [code] = register_households(system(), households=[new()])
    uid = person()
    act = Act("person", NOW, NOW, "join-1", person=uid)
    join_household(act, household=code)
    opened(by(HOME, purpose="household"), [code])
    assert {row.whom for row in AccessLog.objects.all()} == {code, uid}
    assert {(row.fields, row.purpose, row.subject) for row in AccessLog.objects.all()} == {
        ("address", "household", f"household:{code}")
    }
    from baodao.people.ports import my_data, seers

    assert ADDRESS in str(my_data(uid)["households"])
    assert my_data("x" * 32)["households"] == []
    staff("grid_worker", HOME)
    assert [seer.post for seer in seers(uid)] == ["网格员"]
    # Whoever keeps it at hand may end it; a stranger may not.
    with pytest.raises(Refused):
        close_households(Act("person", NOW, NOW, "end-0", person="z" * 32), households=[code])
    close_households(Act("person", NOW, NOW, "end-1", person=uid), households=[code])
    assert not HouseholdMember.objects.exists()


def test_erasing_a_person_takes_what_only_she_kept(person: Callable[[], str]) -> None:
    codes = register_households(system(), households=[new(), new("QZX合住巷九号")])
    alone, other = person(), person()
    for n, (uid, code) in enumerate(((alone, codes[0]), (alone, codes[1]), (other, codes[1]))):
        join_household(Act("person", NOW, NOW, f"join-{n}", person=uid), household=code)
    erase(system(), person=alone)
    assert tables_with([ADDRESS])[ADDRESS] == set()
    assert tables_with(["QZX合住巷九号"])["QZX合住巷九号"] == {"ledger_content"}
    assert [line for line in examine() if "household" in line] == []
    before = [line for line in dump(with_caches=True) if "places_household" in line]
    rebuild()
    assert [line for line in dump(with_caches=True) if "places_household" in line] == before
    assert Person.objects.get(uid=other).erased is False


def test_faults_name_field_reason_and_remedy() -> None:
    wanted = [
        NewHousehold(HOME, "巷1号", "curiosity", UNTIL),
        new("巷2号", grid="g-next"), new("巷3号", people=99), new("巷4号", building="nothing"), new("", STREET),
        NewHousehold(HOME, "巷5号", "aid", TODAY + timedelta(days=181)), NewHousehold(HOME, "巷6号", "aid", TODAY),
    ]  # fmt: skip
    with pytest.raises(Invalid) as caught:
        register_households(system(), households=wanted)
    assert {fault.field for fault in caught.value.faults} == {
        "households[0].why", "households[1].grid", "households[2].people", "households[3].building",
        "households[4].org", "households[5].until", "households[6].until",
    }  # fmt: skip
    register_households(system(), households=[new()])
    for again in ([new(f" {ADDRESS} ")], [new("同一号"), new("同 一号")]):
        with pytest.raises(Conflict):
            register_households(system(), households=again)
    with pytest.raises(Invalid) as caught:
        write_lines(
            system(),
            lines=[
                NewLine("hh-000001", "need", "asked", UNTIL, "religion", word=True), contact("hh-000001", word=False),
                NewLine("hh-000001", "people", "asked", UNTIL, "many"), contact("hh-000009"),
                NewLine("hh-000001", "need", "asked", UNTIL, "meals"),
            ],
        )  # fmt: skip
    assert {fault.field for fault in caught.value.faults} == {
        "lines[0].text", "lines[1].word", "lines[2].text", "lines[3].household", "lines[4].word",
    }  # fmt: skip


def test_the_database_itself_refuses_a_need_that_nobody_said(django_assert_num_queries: Any) -> None:
    register_households(system(), households=[new()])
    with pytest.raises(IntegrityError):
        HouseholdLine.objects.create(
            household_id="hh-000001", n=9, field="need", why="asked", until=UNTIL, word=False, written=TODAY
        )


def test_there_is_no_field_for_what_a_household_believes_or_is_worth() -> None:
    never = {
        "religion", "ethnicity", "mood", "opinion", "politics", "party", "score", "level_of", "note", "remark", "risk",
        "guest", "star", "label", "tag",
    }  # fmt: skip
    for struct in (NewHousehold, NewLine):
        assert not never & set(struct.__struct_fields__)
    for model in (Household, HouseholdLine):
        assert not never & {field.name for field in model._meta.fields}
    from baodao.places.households.declare import lists_of

    _reasons, needs = lists_of(HOME, TODAY)
    assert needs
    text = " ".join(need.title for need in needs.values())
    assert not [
        word for word in ("信教", "民族", "上访", "党员", "困难户", "重点人", "刑满", "吸毒") if word in text
    ]


def test_the_ledger_gives_the_same_rows_again_and_takeback_erases() -> None:
    imported = system()
    import msgspec

    act = msgspec.structs.replace(imported, origin="import", batch="hh-batch")
    register_households(act, households=[new(people=3)])
    register_households(system(), households=[new("巷二号", people=1)])
    write_lines(system(), lines=[contact("hh-000002"), NewLine("hh-000002", "people", "asked", UNTIL, "2")])
    strike_lines(system(), lines=[LineRef("hh-000001", 2)])
    before = [line for line in dump(with_caches=True) if "places_household" in line]
    assert [line for line in examine() if "household" in line] == []
    rebuild()
    assert [line for line in dump(with_caches=True) if "places_household" in line] == before
    takeback(system(), batch="hh-batch")
    assert tables_with([ADDRESS])[ADDRESS] == set()
    assert list(Household.objects.values_list("code", flat=True)) == ["hh-000002"]
    assert [line for line in examine() if "household" in line] == []


def test_a_grid_that_households_point_to_is_not_taken_back_from_under_them() -> None:
    register_households(system(), households=[new()])
    with pytest.raises(Conflict):
        refuse_used("grid", ["g-home", "g-next"])
    refuse_used("grid", ["g-next"])


def test_the_list_costs_the_same_for_many(staff: Callable[..., Any]) -> None:
    browser, costs, reads = staff("grid_worker", HOME), [], []
    for batch in (1, 29):
        register_households(system(), households=[new(f"{batch}巷{n}号", people=2) for n in range(batch)])
        page = browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        costs.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            browser.post(LIST, hidden(page) | {"purpose": "household"})
        reads.append(len(queries))
    assert costs[0] == costs[1] <= 4, costs
    assert reads[0] == reads[1] <= 12, reads


def test_slips_differ_and_are_not_guessed_from_the_number() -> None:
    found = {slips.code_of(f"hh-{n:06}") for n in range(200)}
    assert len(found) == 200
    assert slips.matches("hh-000001", slips.code_of("hh-000001").lower().replace("-", " "))
    assert not slips.matches("hh-000002", slips.code_of("hh-000001"))


def test_a_sheet_brings_homes_in_once_and_an_export_is_logged(tmp_path: Any) -> None:
    from baodao.kernel.tables.bring import load_filled, read_filled
    from baodao.kernel.tables.template import columns_of, lines, template_of
    from tests.places.registry import book

    template, act = template_of("households"), by(HOME)
    header = ["社区代码", "网格代码", "住址", "几口人", "为什么登记", "留到哪一天"]
    rows: list[list[Any]] = [
        [HOME, "g-home", ADDRESS, 3, "上门服务、有事联系", UNTIL.isoformat()],
        [HOME, "g-home", f" {ADDRESS}", 3, "上门服务、有事联系", UNTIL.isoformat()],
        [NEXT, "", "别人的巷一号", "", "service", UNTIL.isoformat()],
        [HOME, "g-next", "巷二号", "", "service", UNTIL.isoformat()],
        [HOME, "", "找王姐 13812345678", "", "service", UNTIL.isoformat()],
    ]
    path = tmp_path / "homes.xlsx"
    path.write_bytes(book(header, rows).read())
    sheet = read_filled(template, path, act)
    assert (len(sheet.items), sheet.same, sorted(sheet.faults)) == (1, 0, [3, 4, 5, 6])
    loaded = load_filled(template, path, sheet, act, good=True)
    assert loaded.added == 1 and read_filled(template, path, act).same == 1
    with pytest.raises(Refused):
        list(template.rows(by(HOME)))
    purposeful = by(HOME, purpose="household")
    [line] = lines(template, purposeful, columns_of(template, purposeful))
    assert line[3:5] == [ADDRESS, 3] and AccessLog.objects.filter(whom="hh-000001").exists()
    assert list(template.rows(by(NEXT, purpose="household"))) == []
    takeback(system(), batch=loaded.batch)
    assert tables_with([ADDRESS])[ADDRESS] == set()
