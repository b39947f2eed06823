"""Beginning things on the desk, and a matter with several legs, through the doors that staff take."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from openpyxl import Workbook

from tests.support.town import GRID_A, OFFICE, SINCE, STREET, A, at, local, words
from tests.support.whistles import LAMPS, WATER, Square, png, square

__all__ = ["square"]

WHISTLE = {
    "kind": "facility",
    "source": "community",
    "title": "消防通道堵了",
    "text": "货车长期停在东门消防通道。",
}


def body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, (answer.status_code, words(answer))
    return str(answer.content.decode())


def field(page: str, name: str) -> str:
    """What a hidden field or the chosen option of a list holds."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    if found:
        return html.unescape(found[1])
    listed = re.search(rf'<select[^>]*name="{re.escape(name)}".*?</select>', page, re.S)
    chosen = re.search(r'<option value="([^"]*)" selected', listed[0]) if listed else None
    return html.unescape(chosen[1]) if chosen else ""


def units(page: str) -> list[str]:
    """The units of the rows, as chosen."""
    return [field(page, f"calls.{n}.org") for n in range(int(field(page, "rows")))]


def press(desk: Any, page: str, path: str, **typed: Any) -> Any:
    """Send the form with everything that stands in it, and one button."""
    data = {"command": field(page, "command"), "rows": field(page, "rows")}
    for n in range(int(data["rows"] or 0)):
        for part in ("org", "role", "post", "duty", "after"):
            data[f"calls.{n}.{part}"] = field(page, f"calls.{n}.{part}")
    return desk.post(path, {**data, **typed})


def blow(square: Square, who: str = "secretary", *, expect: int = 303, **typed: Any) -> str:
    """Whistle on the desk; gives the number (or the page)."""
    path, desk = "/desk/start/whistle/", square.desk(who)
    page = body(desk.get(path))
    calls = {"rows": "1", "calls.0.org": OFFICE, "calls.0.role": "lead"}
    answer = press(desk, page, path, **{**WHISTLE, **calls, "do": "send", **typed})
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]).split("/")[3] if expect == 303 else answer.content.decode()


def test_what_an_organization_usually_begins_stands_first(square: Square) -> None:
    with at("11-23 09:00"):
        desk = square.desk("secretary")
        doors = [
            body(desk.get("/desk/start/")).index(f"/desk/start/{one}/") for one in ("council", "whistle")
        ]
        assert doors == sorted(doors)
        blow(square)
        doors = [
            body(desk.get("/desk/start/")).index(f"/desk/start/{one}/") for one in ("whistle", "council")
        ]
        assert doors == sorted(doors)


def test_the_door_shows_what_a_post_may_begin(square: Square) -> None:
    with at("11-23 09:00"):
        page = body(square.desk("secretary").get("/desk/start/"))
        for path in (
            "/desk/start/whistle/",
            "/desk/start/council/",
            "/desk/start/proposal/",
            "/desk/report/",
            "/desk/opinions/",
        ):
            assert path in page
        # A bureau's handler whistles nobody.
        other = body(square.desk("handler").get("/desk/start/"))
        assert "/desk/start/whistle/" not in other
        assert square.desk("handler").get("/desk/start/whistle/").status_code == 403
        assert square.desk("secretary").get("/desk/start/nothing/").status_code == 404
        assert 'href="/desk/start/"' in body(square.desk("secretary").get("/desk/"))


@pytest.mark.parametrize(
    ("who", "opens"),
    [
        ("secretary", A),
        ("sibling", "500102001002"),
        ("superior", STREET),
        ("worker", ""),
        ("handler", ""),
        ("supervisor", ""),
    ],
)
def test_who_whistles_does_so_for_the_own_unit(square: Square, who: str, opens: str) -> None:
    with at("11-23 09:00"):
        answer = square.desk(who).post(
            "/desk/start/whistle/",
            {
                **WHISTLE,
                "command": f"c-{who}",
                "org": A,
                "rows": "1",
                "calls.0.org": LAMPS,
                "calls.0.role": "lead",
                "do": "send",
            },
        )
        assert answer.status_code == (303 if opens else 403)
        if opens:
            number = str(answer["Location"]).split("/")[3]
            from baodao.matters.models import Matter

            assert Matter.objects.get(number=number).org == opens


def test_units_are_found_added_and_dropped_without_scripts_and_nothing_is_lost(square: Square) -> None:
    path = "/desk/start/whistle/"
    with at("11-23 09:00"):
        desk = square.desk("secretary")
        page = body(press(desk, body(desk.get(path)), path, **WHISTLE, find="路灯", do="find"))
        assert "C-1 路灯维护（基本履职）" in page
        assert "Z-2" not in page  # taken back: nobody is called for it
        assert "货车长期停在东门消防通道。" in page
        page = body(press(desk, page, path, **WHISTLE, find="路灯", take=f"{LAMPS}:C-1"))
        assert units(page) == [LAMPS]
        assert field(page, "calls.0.duty") == f"{LAMPS}:C-1"
        page = body(press(desk, page, path, **WHISTLE, find="水务", do="find"))
        page = body(press(desk, page, path, **WHISTLE, take=WATER))
        page = body(press(desk, page, path, **WHISTLE, do="add"))
        assert units(page) == [LAMPS, WATER, ""]
        typed = {"calls.2.org": OFFICE, "calls.1.after": "1", "calls.2.after": "2"}
        page = body(press(desk, page, path, **WHISTLE, **typed, do="preview"))
        assert "等第 1 家办完再开始" in words(page)
        assert "报到时限 1 个工作日" in words(page)
        page = body(press(desk, page, path, **WHISTLE, drop="0"))
        assert units(page) == [WATER, OFFICE]
        assert [field(page, f"calls.{n}.after") for n in range(2)] == ["", "1"]
        answer = press(desk, page, path, **WHISTLE, do="send")
        number = str(answer["Location"]).split("/")[3]
        again = press(desk, page, path, **WHISTLE, do="send")
        assert str(again["Location"]).split("/")[3] == number, "the same command opens nothing twice"
        shown = square.matter("secretary", number)
        assert "协办 区水务局" in shown
        assert "等第 1 家区水务局办完才开始" in shown


def test_every_fault_stands_at_its_row(square: Square) -> None:
    with at("11-23 09:00"):
        page = blow(square, expect=422, title="", **{"calls.0.org": ""})
        assert "还没有选单位" in page
        rows = {"rows": "2", "calls.0.org": LAMPS, "calls.1.org": LAMPS, "calls.1.role": "co"}
        page = blow(square, expect=422, **rows)
        assert 'id="w-calls.1.org"' in page
        assert "同一个单位派了两次" in page
        assert "货车长期停在东门消防通道。" in page
        page = blow(square, expect=422, title="")
        assert 'id="w-title"' in page


def test_two_legs_each_with_its_own_clock_buttons_and_ruling(square: Square) -> None:
    with at("11-23 09:00"):
        rows = {"rows": "2", "calls.1.org": LAMPS, "calls.1.role": "co", "calls.1.duty": f"{LAMPS}:C-2"}
        number = blow(square, **rows)
        page = square.desk("secretary").get(f"/desk/matters/{number}/").content.decode()
        assert "C-2 占道整治" in page
        square.leg("handler", number, 1, "report_in")
    with at("11-23 15:00"):
        square.leg("handler", number, 1, "answer", claim="solved", result="已经清走", photo=png())
        assert "等我们裁定的" in square.todo("secretary")
        assert number in square.todo("secretary")
        # On paper a list says of when it is.
        assert 'class="only-print">截至 <time datetime="2026-11-23T07:00' in body(
            square.desk("secretary").get("/desk/")
        )
        # Nobody objects to a ruling that has not come.
        assert "对裁定有异议" not in square.matter("handler", number)
        shown = body(square.desk("secretary").get("/desk/?view=asks"))
        assert ">裁定<" in shown
        assert ">等裁定<" in body(square.desk("handler").get("/desk/"))
        assert "甲社区请主办" in square.todo("handler")
    with at("11-24 09:00"):
        page = body(square.desk("secretary").get(f"/desk/matters/{number}/"))
        # The ruling comes first, its form open.
        assert 'name="_do" value="rule"' in page
        assert ("rule", 1) in square.offered("secretary", number)
        square.leg("secretary", number, 1, "rule", came="yes", did="some", verdict="solved")
        shown = square.matter("secretary", number)
        assert re.search(r"到场了吗 是 办了吗 办了一部分 解决了吗 解决了", shown), shown
        assert "对裁定有异议" in square.matter("handler", number)


def test_a_return_and_its_dispute_are_told_on_the_leg(square: Square) -> None:
    with at("11-23 09:00"):
        number = blow(square)
        page = square.desk("handler").get(f"/desk/matters/{number}/?do=return&leg=1").content.decode()
        # The unit has a list: a return has to cite an item, and the form says so.
        assert "可不填" not in page[page.index('for="f-duty_item"') :].partition("</label>")[0]
        listed = re.search(r'<select[^>]*name="duty_item".*?</select>', page, re.S)
        assert listed
        assert "路灯维护（上级收回）" in listed[0]
        assert "危房鉴定" not in listed[0]
        square.do("handler", number, "return", 422, reason="不归我们")
        square.do("handler", number, "return", duty_item="Z-2", reason="不归我们")
    with at("11-23 11:00"):
        assert number in square.todo("secretary")
        square.do("secretary", number, "dispute", reason="清单写着归他们")
        shown = square.matter("secretary", number)
        assert "不该我办，退回：不归我们" in shown
        assert "不同意退回，请上级裁定：清单写着归他们" in shown
        assert "Z-2 路灯维护" in shown


def test_a_later_unit_may_wait_for_an_earlier_one(square: Square) -> None:
    with at("11-23 09:00"):
        number = blow(square)
        page = square.desk("secretary").get(f"/desk/matters/{number}/?do=call").content.decode()
        assert "第 1 家：区住建委" in page
        square.do("secretary", number, "call", org=WATER, after="1", duty_item=f"{WATER}:S-1")
        assert "等第 1 家区住建委办完才开始" in square.matter("secretary", number)


def test_a_later_call_offers_the_posts_that_can_take_it_up(square: Square) -> None:
    """Administrators and auditors stood there as well."""
    with at("11-23 09:00"):
        number = blow(square)
        page = square.desk("secretary").get(f"/desk/matters/{number}/?do=call").content.decode()
    named = ("water", "water_head", "superior", "auditor", "administrator", "supervisor")
    offered = [who for who in named if f'value="p-{who}"' in page]
    assert offered == ["water", "water_head", "superior"]


def test_links_are_shown_to_those_who_may_follow_them(square: Square) -> None:
    with at("11-23 09:00"):
        first, second = blow(square), blow(square, title="通道又堵了")
        square.do("secretary", second, "merge", into=first, reason="同一件")
        page = body(square.desk("secretary").get(f"/desk/matters/{first}/"))
        assert "与 1 件一起办" in page
        assert f'href="/desk/matters/{second}/"' in page
        assert f'href="/desk/matters/{first}/"' in body(
            square.desk("secretary").get(f"/desk/matters/{second}/")
        )


def test_an_alliance_comes_to_a_council_by_one_press(square: Square) -> None:
    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    members = [NewMember(LAMPS), NewMember(WATER)]
    made = NewAlliance(
        code="all-1", name="东门共同体", kind="consortium", seat=A, since=SINCE, members=tuple(members)
    )
    found_alliances(system_act(local("11-20 09:00"), "whistle-desk-alliance"), alliances=[made])
    with at("11-23 09:00"):
        desk, path = square.desk("secretary"), "/desk/start/council/"
        texts = {"title": "油烟", "text": "一条街的油烟"}
        page = body(desk.get(path))
        assert "东门共同体" in page
        page = body(press(desk, page, path, **texts, ally="all-1", do="ally"))
        assert units(page) == [LAMPS, WATER]
        answer = press(desk, page, path, **texts, alliance="all-1", do="send")
        assert answer.status_code == 303, words(answer)
        # Of an alliance in which the own unit takes no part nothing is taken.
        assert units(body(press(square.desk("sibling"), page, path, rows="1", ally="all-1", do="ally"))) == [
            LAMPS
        ]


OPINIONS = {"held": "2026-11-22", "present": "23"}


def test_a_meeting_becomes_proposals_with_slips_in_one_command(square: Square) -> None:
    with at("11-23 09:00"):
        desk, path = square.desk("secretary"), "/desk/opinions/"
        page = body(desk.get(path))
        typed = {"command": field(page, "command"), **OPINIONS, "place": GRID_A}
        paste = "1. 小区门口加一盏灯\n2、楼道扶手松了，老人不敢扶\n\n1. 小区门口加一盏灯"
        page = body(desk.post(path, {**typed, "do": "split", "paste": paste}))
        assert field(page, "rows") == "2"
        texts = {
            "opinions.0.text": "小区门口加一盏灯",
            "opinions.1.text": "楼道扶手松了，老人不敢扶",
            "opinions.1.phone": "13900001111",
        }
        answer = desk.post(path, {**typed, **texts, "rows": "2", "do": "send"})
        assert answer.status_code == 303, words(answer)
        slips = body(desk.get(answer["Location"]))
        numbers = re.findall(r'<dd class="bd-number">([^<]+)<', slips)
        assert len(numbers) == 2
        assert "2. 楼道扶手松了" in words(slips)
        again = desk.post(path, {**typed, **texts, "rows": "2", "do": "send"})
        assert re.findall(r'<dd class="bd-number">([^<]+)<', body(desk.get(again["Location"]))) == numbers
        assert square.desk("sibling").get(answer["Location"]).status_code == 403
        code = re.findall(r'<dd class="code">([^<]+)<', slips)[0]
        square.phone().look(numbers[0], code)
        shown = square.matter("secretary", numbers[1])
        assert "楼道扶手松了" in shown
        from baodao.ledger.models import Fact

        opened = Fact.objects.filter(kind="matter.opened")
        assert opened.count() == 2
        assert opened.values("command").distinct().count() == 1
    with at("11-23 09:20"):
        assert desk.get(answer["Location"]).status_code == 403


def test_opinions_come_from_a_sheet_and_wrong_ones_are_told(square: Square) -> None:
    with at("11-23 09:00"):
        desk, path = square.desk("secretary"), "/desk/opinions/"
        book = Workbook()
        for row in (["意见", "称呼", "电话"], ["加一盏灯", "王阿姨", 13900001111], ["修扶手", None, None]):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        out.seek(0)
        out.name = "意见.xlsx"
        page = body(desk.post(path, {"command": "m-1", "rows": "1", **OPINIONS, "do": "sheet", "file": out}))
        assert field(page, "rows") == "2"
        assert field(page, "opinions.0.phone") == "13900001111" or 'value="13900001111"' in page
        bad = {"command": "m-2", "rows": "0", "held": "2027-01-01", "present": "", "do": "send"}
        page = body(desk.post(path, bad), 422)
        for words_ in ("会还没有开", "请填到会多少人", "还没有意见"):
            assert words_ in page


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("sibling", 200), ("superior", 200), ("handler", 200)]
)
def test_opinions_open_to_posts_that_take_proposals(square: Square, who: str, status: int) -> None:
    with at("11-23 09:00"):
        assert square.desk(who).get("/desk/opinions/").status_code == status


def test_without_a_unit_the_row_stays_and_the_fault_stands_where_the_browser_goes(square: Square) -> None:
    with at("11-23 09:00"):
        page = blow(square, expect=422, **{"calls.0.org": ""})
    assert units(page) == [""]
    assert 'href="#f-calls.0.org"' in page
    assert 'id="f-calls.0.org"' in page
    there = page[page.index('id="here"') :]
    assert page.count('id="here"') == 1
    assert there.index('id="faults"') < there.index("<form")


def test_a_unit_hands_over_its_own_leg_and_never_that_of_another(square: Square) -> None:
    with at("11-23 09:00"):
        number = square.begin("secretary", {"org": LAMPS, "role": "lead"}, {"org": WATER, "role": "co"})
        offered = square.offered("lamps", number)
        assert ("hand_over", 1) in offered
        assert ("hand_over", 2) not in offered
        page = square.desk("lamps").get(f"/desk/matters/{number}/?do=hand_over&leg=1").content.decode()
        form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if 'value="hand_over"' in f)
        sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        there = f"/desk/matters/{number}/"
        answer = square.desk("lamps").post(there, {**sent, "_leg": "2", "org": OFFICE, "reason": "推给别家"})
        assert answer.status_code in {403, 422}
        assert square.states(number)[2] == "called"
        # So may the unit itself.
        assert ("hand_over", 2) in square.offered("water", number)
        square.leg("lamps", number, 1, "hand_over", org=OFFICE, reason="归建环所")


def test_a_result_without_a_photo_is_told_at_the_photo_and_nothing_is_lost(square: Square) -> None:
    with at("11-23 09:00"):
        number = square.begin("secretary", {"org": LAMPS, "role": "lead"})
        square.leg("lamps", number, 1, "report_in")
        desk, there = square.desk("lamps"), f"/desk/matters/{number}/"
        form = body(desk.get(f"{there}?do=answer&leg=1"))
        assert "可不填" not in form[form.index('for="f-photo"') :].partition("</label>")[0]
        sent = dict(
            re.findall(
                r'<input type="hidden" name="(\w+)" value="([^"]*)"',
                form[form.index('value="answer"') - 400 :],
            )
        )
        page = body(
            desk.post(there, {**sent, "_do": "answer", "_leg": "1", "claim": "partly", "result": "修了一半"}),
            422,
        )
    assert "事情已经有了变化" not in page
    assert 'href="#f-photo"' in page
    assert "修了一半" in page
