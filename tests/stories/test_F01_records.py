"""F01: a branch records an evening in two minutes on a phone, once; nothing is asked twice; the month's report writes itself. The
branch reads all that its superior reads; recording late is no fault.

Waits for other rooms: visits and ballots as records of the same kind (Visits, Ballots).
"""

import os
import re
import time
from typing import Any

from tests.support.branches import branches
from tests.support.town import at, street, town, words

__all__ = ["branches", "street", "town"]
#: What a person types in, as against ticking, choosing or leaving what stands there.
TYPED = ("text", "date", "time", "number", "tel", "search", "email", "password")


def _shot(page: Any, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_recording_a_theme_day_takes_two_minutes_and_fewer_than_twelve_typed_fields(
    branches: Any, street: str, page: Any
) -> None:
    """Four things in one evening, on a phone of 390 px."""
    from baodao.people.door import COOKIE

    browser = branches.desk("psec")
    page.context.add_cookies([{"name": COOKIE, "value": browser.cookies[COOKIE].value, "url": street}])
    began, typed = time.monotonic(), 0

    def fill(field: str, text: str) -> None:
        nonlocal typed
        page.fill(f"#f-{field}", text)
        typed += 1

    page.goto(f"{street}/desk/branch/")
    _shot(page, "branch-home-phone")
    page.click("button:has-text('记一次会')")
    for kind in ("主题党日", "党课", "党小组会"):
        page.click(f"fieldset:has(#f-kinds) label:has-text('{kind}')")
    page.check("input[value='theme_day.first']")
    assert not page.is_visible("input[value='organizational_life.criticism']")
    asked = page.eval_on_selector_all(
        "main form[enctype] :is(input, textarea)",
        "(all, kinds) => all.filter(one => one.tagName === 'TEXTAREA' || kinds.includes(one.type)).length",
        list(TYPED),
    )
    assert asked < 12, asked
    page.select_option(f"#s-{branches.tokens['钱二']}", "excused")
    fill("where", "党群服务中心")
    fill("minutes", "学习文件；商量三单元的灯。")
    fill("decisions", "周五前换好三单元的灯")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    _shot(page, "branch-record-phone")
    page.click("button:has-text('下一步：核对')")
    _shot(page, "branch-check-phone")
    assert "11/12" in page.inner_text("#check")
    page.click("#check button:has-text('记下')")
    page.wait_for_selector("h1:has-text('主题党日')")
    took = time.monotonic() - began
    _shot(page, "branch-one-phone")
    assert typed <= 4
    # A machine's time, without what a person thinks; 30 s of it leave her a minute and a half.
    assert took < 30, took
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_nothing_is_asked_twice_and_the_months_report_writes_itself(branches: Any) -> None:
    with at("11-05 09:00"):
        form, held = branches.form("psec")
        held |= {"kinds": ["theme_day"], "items": ["theme_day.first"], "day": "2026-11-10", "starts": "19:30", "ends": "21:00",
                 "where": "党群服务中心", "agenda": "会前读第三章"}  # fmt: skip
        branches.send("psec", held, "plan")
        home = branches.read("psec", "/desk/branch/")
        assert "预告了的" in home and "主题党日" in home
        slot = re.search(
            r"/desk/branch/evenings/([\w-]+)/", branches.desk("psec").get("/desk/branch/").content.decode()
        )
        assert slot
        assert "会前读第三章" in branches.read("pcom", f"/desk/branch/evenings/{slot[1]}/")
        me = branches.phone_by(branches.phones["赵一"]).browser
        mine = words(me.get("/me/evenings/"))
        assert "要开的" in mine and "会前读第三章" in mine
    with at("11-25 09:00"):  # two weeks late: no word about it anywhere
        form, held = branches.form("psec", slot=slot[1])
        # What was announced stands there already.
        assert held["day"] == "2026-11-10" and held["where"] == "党群服务中心" and held["starts"] == "19:30"
        assert held["kinds"] == ["theme_day"] and held["items"] == ["theme_day.first"]
        assert held["slot"] == slot[1]
        where = branches.record(slot=slot[1], minutes="学习第三章。", decisions="换灯")
        assert where == f"/desk/branch/evenings/{slot[1]}/"
        for who in ("psec", "pabove"):
            read = branches.read(who, where)
            assert not re.search("迟|晚记|补录|逾期|超期", read), who
        # The next one opens with where the last one was.
        _form, held = branches.form("psec")
        assert held["where"] == "党群服务中心"
        month = branches.read("psec", "/desk/branch/month/?month=2026-11")
        assert "本支部开会 1 次" in month and "11月10日 开主题党日，参加 12 人，应到 12 人" in month
        assert "决定 1 条" in month
        sheet = branches.desk("psec").get("/desk/branch/month/?month=2026-11&as=docx")
        assert sheet.status_code == 200 and sheet.content[:2] == b"PK"
        mine = words(me.get("/me/evenings/"))
        assert "到场" in mine


def test_the_branch_reads_all_that_its_superior_reads(branches: Any) -> None:
    with at("11-12 09:00"):
        where = branches.record(
            absent={"孙三": "phone"}, kinds=["theme_day"], items=["theme_day.first"], day="2026-11-10", starts="19:30", ends="21:00",
            minutes="公开的话。", inner="关起门来的话。", decisions="换灯", heads="3",
        )  # fmt: skip
        above = _page(branches, "pabove", where)
        own = _page(branches, "psec", where)
        # Every sentence and figure that the superior reads, the branch reads too.
        for piece in ("公开的话。", "换灯", "另外 3 人", "第一议题"):
            assert piece in above and piece in own, piece
        assert "关起门来" in own and "关起门来" not in above
        assert "电话" in own and "电话" not in above
        listed = branches.read("pabove", "/desk/branch/above/?month=2026-11")
        assert "甲支部 1 次会" in listed and "100 % 12/12" in listed
        # The general list and its sheet give those above no number of who came.
        import io

        import openpyxl

        sheet = branches.desk("pabove").get("/desk/gather/gatherings.xlsx?day=2026-11-10&span=month")
        rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.iter_rows(values_only=True))
        mine = next(row for row in rows[1:] if row[3] == "甲支部")
        assert not {12, 15} & set(mine), mine
        for name in branches.tokens:
            assert name not in listed and name not in above, name
        # The interface for machines and the search give nothing of it either.
        assert "关起门来" not in branches.search("pabove", "关起门来")
        # Those below a street read nothing of a neighbour's.
        assert branches.desk("pnext").get(where).status_code == 404


def _page(branches: Any, who: str, where: str) -> str:
    body = branches.desk(who).get(where).content.decode()
    return words(body[body.index("<main") :])


def test_no_trace_of_the_apps_use_is_in_any_fact_or_table() -> None:
    """limits F01: facts about work done only; no log-ins, time on line, trails, reading progress; no lateness of a record."""
    import msgspec
    from django.apps import apps

    from baodao.ledger.registry import _kinds

    banned = re.compile(
        r"login|log_in|signed_in|online|on_line|last_seen|duration_online|track|trail|gps|lat$|lon$|progress|opened_at|read_at|late_by|"
        r"screen|clicks|steps",
    )
    for name, kind in _kinds.items():
        if name.startswith(("gather.", "roll.")):
            for field in msgspec.structs.fields(kind.struct):
                assert not banned.search(field.name), (name, field.name)
    for model in apps.get_app_config("gather").get_models():
        if model.__name__ in ("Slot", "Seat", "Paper", "Handed"):
            for column in model._meta.get_fields():
                assert not banned.search(column.name), (model.__name__, column.name)


def test_members_hear_of_an_announced_evening_and_once_more_the_day_before(branches: Any) -> None:
    with at("11-05 09:00"):
        _text, held = branches.form("psec")
        held |= {"kinds": ["theme_day"], "day": "2026-11-10", "starts": "19:30", "ends": "21:00"}
        me = branches.phone_by(branches.phones["赵一"]).browser
        branches.send("psec", held, "plan")
        branches.work()
        read = words(me.get("/notices/"))
        assert "甲支部11月10日" in read.replace(" ", "") and "有一次会" in read
        assert "提醒" not in read.split("有一次会")[0][-30:]
    with at("11-09 20:00"):
        for _again in range(2):
            branches.work()
        read = words(me.get("/notices/"))
        assert read.count("提醒：甲支部") == 1
    with at("11-10 08:00"):
        page = branches.desk("psec").get("/desk/branch/").content.decode()
        code = page.split("/desk/branch/evenings/")[1].split("/")[0]
        # The general page of gatherings leads to the branch's own: one way to record each.
        assert (
            branches.desk("psec").get(f"/desk/gather/{code}/")["Location"] == f"/desk/branch/evenings/{code}/"
        )
        off = branches.desk("psec").post(
            f"/desk/branch/evenings/{code}/", {"command": "off-1", "do": "call_off", "reason": "大雨"}
        )
        assert off.status_code == 303
        branches.work()
        assert "取消了" in words(me.get("/notices/"))
        assert "还没有记过会" in branches.read("psec", "/desk/branch/")
