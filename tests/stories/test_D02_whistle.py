"""D02: street, residents and web blow the whistle; whoever is called reports in, is late alone, is ruled on alone.

Waits for other rooms: presence at the place by a shift's own sign-in (Service), the database of cases shared by the three
levels beyond one installation (Exchange).
"""

import json
from typing import Any

import pytest

from tests.support.town import OFFICE, at, words
from tests.support.whistles import LAMPS, WATER, called, png

TEXT = "东门一排路灯不亮，晚上看不见台阶。"


def answered(square: Any, who: str, number: str, n: int, **typed: Any) -> str:
    """A unit does its part: with a picture, as the form asks."""
    form = {"claim": "solved", "result": "换了十二盏灯。", "photo": png(), **typed}
    return str(square.leg(who, number, n, "answer", **form))


def test_the_street_blows_the_whistle(square: Any) -> None:
    with at("11-23 09:00"):
        number = square.begin("superior", called(LAMPS, role="lead", duty="C-1"), called(WATER))
        read = square.matter("lamps", number)
        assert "东门路灯不亮" in read
        assert "主办 区城管局" in read
        assert "协办 区水务局" in read
        assert "东门路灯不亮" in square.todo("lamps")
        assert "东门路灯不亮" in square.todo("water")
        # Who is not called and stands above nobody who is finds nothing.
        assert square.opens("handler", number) == 404
        assert square.opens("sibling", number) == 404
        # Without the right nobody whistles: not a resident, not a unit that is only called.
        square.blow("lamps", called(WATER), expect=403)


def test_residents_blow_the_whistle(square: Any) -> None:
    with at("11-23 09:00"):
        slip = square.blow(
            "secretary",
            called(LAMPS, role="lead"),
            behalf=True,
            contact={"name": "陈大爷", "phone": "13900001234"},
            fields={"source": "residents"},
        )
        phone = square.phone()
        phone.look(slip["number"], slip["code"])
        phone.codes[slip["number"]] = slip["code"]
        read = phone.own(slip["number"])
        assert TEXT in read
        assert "联合办理" in read and "已经交给区城管局，等它收到。" in read
        square.leg("lamps", slip["number"], 1, "report_in")
        assert "区城管局报到了" in phone.own(slip["number"])


def test_the_web_blows_the_whistle_and_the_number_stays(square: Any) -> None:
    with at("11-23 09:00"):
        phone = square.phone()
        number = phone.report(kind="road", text=TEXT)
        square.do("secretary", number, "report_in")
        square.do("secretary", number, "to_whistle", org=LAMPS, reason="要接电，还要挖路。")
        read = phone.own(number)
        assert f"已经吹哨请区城管局报到，还是编号 {number}。要接电，还要挖路。" in read
        assert "联合办理" in read and "已经交给区城管局，等它收到。" in read
        square.do("secretary", number, "call", org=WATER, text="灯下是水管。")
        assert square.states(number) == {1: "released", 2: "called", 3: "called"}
        for who in ("lamps", "water"):
            assert TEXT in square.matter(who, number)


def test_who_does_not_report_in_is_told_on_one_level_and_then_one_more(square: Any) -> None:
    with at("11-23 09:00"):
        square.desks("lamps_head", "water_head", "supervisor")
        calls = (called(LAMPS, role="lead"), called(WATER))
        number = square.blow("clerk", *calls)["number"]
        square.work()
        assert f"{number} 派给区城管局，请在11月24日 周二前答复。" in square.notices("lamps_head")
        assert f"{number} 派给区水务局，请在11月24日 周二前答复。" in square.notices("water_head")
    with at("11-24 16:00"):
        square.leg("water", number, 2, "report_in")
        square.work()
        assert "过了" not in square.notices("lamps_head")
    with at("11-25 09:00"):
        square.work()
        late = f"{number} 过了答复期限，还在区城管局，请督促。"
        assert late in square.notices("lamps_head")
        assert late not in square.notices("supervisor")
        assert "过了" not in square.notices("water_head")
        read = square.matter("superior", number)
        assert "区城管局没有按时报到，已经告诉它的上级。" in read
        assert "逾期" in square.todo("lamps_head")
        assert "东门路灯不亮" in square.todo("lamps_head")
    with at("11-27 09:00"):
        square.work()
        assert late in square.notices("supervisor")
        assert "区城管局仍未报到，已经再上报一级。" in square.matter("superior", number)
        # The one that came is nowhere told on.
        assert "区水务局没有按时" not in square.matter("superior", number)
        square.leg("lamps", number, 1, "report_in")
        assert square.states(number) == {1: "reported", 2: "reported"}


def test_came_did_and_solved_are_ruled_apart_and_being_there_stops_no_clock(square: Any) -> None:
    with at("11-23 09:00"):
        number = square.blow("clerk", called(LAMPS, role="lead"))["number"]
        square.leg("lamps", number, 1, "report_in", at="东门岗亭", plan="先查线路")
        before = square.due(number, 1)
    with at("11-23 15:00"):
        read = square.leg("lamps", number, 1, "arrive", at="东门第三根灯杆")
        assert "区城管局的人到了现场：东门第三根灯杆" in read
        assert square.due(number, 1) == before
        assert square.offered("superior", number) & {("rule", 1)} == set()
    with at("12-03 09:00"):
        # Came, and did nothing: late all the same.
        square.work()
        assert "区城管局没有按时办结，已经告诉它的上级。" in square.matter("superior", number)
        # Without anything to show there is no answer.
        square.leg("lamps", number, 1, "answer", expect=422, claim="solved", result="修好了。")
        answered(square, "lamps", number, 1)
    with at("12-03 15:00"):
        read = square.leg(
            "superior", number, 1, "rule", came="yes", did="some", verdict="cannot", reason="只亮三盏。"
        )
        assert "吹哨单位认定区城管局：到场 是" in read
        assert "结果 办不了" in read
        # Whoever did the part does not rule on it.
        assert ("rule", 1) not in square.offered("lamps", number)


def test_the_silent_one_is_ruled_in_absence_and_the_others_go_on(square: Any) -> None:
    with at("11-23 09:00"):
        calls = (called(LAMPS, role="lead"), called(WATER), called(OFFICE))
        number = square.blow("clerk", *calls)["number"]
        for who, n in (("water", 2), ("handler", 3)):
            square.leg(who, number, n, "report_in")
            answered(square, who, number, n)
            square.leg("superior", number, n, "rule", came="yes", did="yes", verdict="solved")
        # Not over while one is open.
        assert not {name for name, _n in square.offered("superior", number)} & {"close", "conclude"}
    with at("12-09 09:00"):
        square.work()
        read = square.matter("superior", number)
        assert "区城管局到最后期限也没有办，按缺席裁定，别的单位接着办。" in read
        assert square.states(number) == {1: "ruled", 2: "ruled", 3: "ruled"}
        settled = {
            fact["about"]: fact["fields"]
            for fact in square.office("clerk").see(number)["facts"]
            if fact["fact"] == "settled" and fact["about"].startswith("leg:")
        }
        assert {about: (one["outcome"], one["late"]) for about, one in settled.items()} == {
            "leg:1": ("absent", True),
            "leg:2": ("solved", False),
            "leg:3": ("solved", False),
        }
        read = square.do("superior", number, "close", outcome="partly", result="水管换了，灯还没亮。")
        assert "这次吹哨结束：水管换了，灯还没亮。" in read


def returned(square: Any) -> str:
    """The housing bureau is called for lamps, and sends it back with the item of the other bureau's list."""
    number = str(square.blow("clerk", called(OFFICE, role="lead"), called(WATER))["number"])
    square.leg("handler", number, 1, "return", expect=422, duty_item="", reason="路灯归城管局。")
    square.leg("handler", number, 1, "return", expect=422, duty_item="Z-1", reason="危房是我们的，路灯不是。")
    read = square.leg("handler", number, 1, "return", duty_item=f"{LAMPS}:C-1", reason="路灯归城管局。")
    assert "区住建委认为不归它办：路灯归城管局。" in read
    assert "C-1 路灯维护（基本履职） · 区城管局" in read
    return number


def test_sent_to_the_wrong_one_and_accepted(square: Any) -> None:
    with at("11-23 09:00"):
        number = returned(square)
        square.leg("superior", number, 1, "accept_return")
        assert square.states(number) == {1: "released", 2: "called"}
        square.do("superior", number, "call", org=LAMPS, duty_item="C-1")
        square.leg("lamps", number, 3, "report_in")
        assert square.states(number) == {1: "released", 2: "called", 3: "reported"}


@pytest.mark.parametrize(("ruling", "state"), [("uphold", "released"), ("send_back", "called")])
def test_a_dispute_over_a_return_is_ruled_by_the_district(square: Any, ruling: str, state: str) -> None:
    with at("11-23 09:00"):
        square.desks("supervisor")
        number = returned(square)
        square.leg("superior", number, 1, "dispute", reason="这一排灯是住建委装的。")
        square.work()
        assert number in square.notices("supervisor")
        # Neither of the two sides rules.
        for who in ("superior", "handler", "secretary"):
            if square.opens(who, number) == 200:
                assert (ruling, 1) not in square.offered(who, number), who
    with at("11-24 09:00"):
        read = square.leg(
            "supervisor", number, 1, ruling, duty_item=f"{LAMPS}:C-1", reason="按清单第 C-1 项。"
        )
        said = (
            "裁定：这件事不归区住建委办。" if ruling == "uphold" else "裁定：应由区住建委办，时限重新起算。"
        )
        assert said in read
        assert "办：裁定" not in read  # said once, not in the title and again in the sentence
        assert square.states(number)[1] == state
        if ruling == "send_back":
            # A new limit from the ruling on: the old one would have ended today.
            assert square.due(number, 1) > "2026-11-25"
            square.leg("handler", number, 1, "report_in")


def test_a_dispute_that_nobody_rules_climbs_and_then_the_return_stands(square: Any) -> None:
    with at("11-23 09:00"):
        square.desks("leader")
        number = returned(square)
        other = returned(square)
        for one in (number, other):
            square.leg("superior", one, 1, "dispute", reason="这一排灯是住建委装的。")
    with at("11-26 09:00"):
        square.work()
        assert "争议没有按时裁定，已交上一级裁定。" in square.matter("superior", number)
        assert number in square.notices("leader")
        assert ("uphold", 1) not in square.offered("supervisor", number)
        read = square.leg("leader", number, 1, "send_back_up", reason="先办，清单下季度改。")
        assert "上级裁定：应由区住建委办，时限重新起算。先办，清单下季度改。" in read
    with at("12-01 09:00"):
        square.work()
        assert "没有人裁定，按退回算" in square.matter("superior", other)
        assert square.states(other)[1] == "released"


def test_a_return_that_nobody_answers_stands(square: Any) -> None:
    with at("11-23 09:00"):
        number = returned(square)
    with at("11-26 09:00"):
        square.work()
        assert "没有人回应退回，区住建委不再办这一部分。" in square.matter("superior", number)


def test_one_waits_for_another_and_one_is_called_later(square: Any) -> None:
    with at("11-23 09:00"):
        square.desks("lamps_head", "water_head")
        calls = (called(WATER, role="lead"), called(LAMPS, after=[1]))
        number = square.blow("clerk", *calls)["number"]
        assert square.states(number) == {1: "called", 2: "waiting"}
        assert "等前面的办完" in square.matter("superior", number)
        square.work()
        assert number in square.notices("water_head")
        assert number not in square.notices("lamps_head")
        square.leg("water", number, 1, "report_in")
    with at("11-27 09:00"):
        # Four days have passed, and nobody tells on the one that waits.
        square.work()
        assert number not in square.notices("lamps_head")
        answered(square, "water", number, 1, result="水管移开了。")
        square.leg("superior", number, 1, "rule", came="yes", did="yes", verdict="solved")
        assert square.states(number) == {1: "ruled", 2: "called"}
        assert square.due(number, 2) > "2026-11-30"
        square.work()
        assert f"{number} 派给区城管局，请在11月30日 周一前答复。" in square.notices("lamps_head")
        # A unit more, that waits for the lamps.
        square.do("superior", number, "call", org=OFFICE, after="2")
        assert square.states(number) == {1: "ruled", 2: "called", 3: "waiting"}
        square.leg("lamps", number, 2, "report_in")
        answered(square, "lamps", number, 2)
        square.leg("superior", number, 2, "rule", came="yes", did="yes", verdict="solved")
        assert square.states(number)[3] == "called"


def test_the_resident_says_at_the_end_whether_it_is_solved(square: Any) -> None:
    with at("11-23 09:00"):
        phone = square.phone()
        number = phone.report(kind="road", text=TEXT)
        square.do("secretary", number, "report_in")
        square.do("secretary", number, "to_whistle", org=LAMPS, reason="要接电。")
        square.leg("lamps", number, 2, "report_in")
        answered(square, "lamps", number, 2)
        # What the unit says is not yet the answer.
        assert "confirm" not in phone.offers(number)
        square.leg("secretary", number, 2, "rule", came="yes", did="yes", verdict="solved")
        square.do("secretary", number, "conclude", claim="solved", result="东门的灯都亮了。")
    with at("11-24 09:00"):
        read = phone.own(number)
        assert "各单位都办完了：东门的灯都亮了。（解决了）" in read
        assert "不回不算满意" in read
        phone.do(number, "confirm", answer="partly", text="还有一盏不亮。")
        assert "您说：解决了一部分" in phone.own(number)
        phone.do(number, "rate", stars="4")
        assert "还有一盏不亮。" in square.matter("secretary", number)


def test_the_measures_show_the_late_department(square: Any) -> None:
    with at("11-23 09:00"):
        numbers = [
            square.blow("clerk", called(LAMPS, role="lead"), called(WATER), called(OFFICE))["number"]
            for _n in range(10)
        ]
        for number in numbers:
            done(square, "water", number, 2)
            square.office("handler").browser.post(
                f"/api/v1/matters/{number}/return/",
                json.dumps({"leg": 3, "fields": {"duty_item": f"{LAMPS}:C-1", "reason": "路灯归城管局。"}}),
                content_type="application/json",
                headers={"Idempotency-Key": f"return-{number}"},
            )
            act(square, "clerk", number, "accept_return", 3)
    with at("12-09 09:00"):
        square.work()
        desk = square.desk("supervisor")
        for name, says in (("report_in", "报到率"), ("on_time", "按时办结率")):
            where = f"/desk/measures/{name}/?period=2026-12&origin=live"
            late = words(desk.get(f"{where}&org={LAMPS}"))
            assert says in late
            assert "0/10" in late
            november = f"/desk/measures/{name}/?period=2026-11&origin=live"
            assert "10/10" in words(desk.get(f"{november}&org={WATER}")), name
            # Who sent it back with reason is in no rate, and stands beside.
            assert "/10" not in words(desk.get(f"{november}&org={OFFICE}")), name
        facts = words(
            desk.get(f"/desk/measures/report_in/facts/?org={LAMPS}&period=2026-12&origin=live&which=missed")
        )
        assert all(number in facts for number in numbers)
        # Its own head reads the same number; the neighbour's does not.
        assert "0/10" in words(
            square.desk("lamps_head").get(f"/desk/measures/report_in/?org={LAMPS}&period=2026-12&origin=live")
        )


def act(square: Any, who: str, number: str, action: str, n: int, **fields: Any) -> Any:
    """One step over HTTP."""
    answer = square.office(who).browser.post(
        f"/api/v1/matters/{number}/{action}/",
        json.dumps({"leg": n, "fields": fields}),
        content_type="application/json",
        headers={"Idempotency-Key": f"{action}-{who}-{number}-{n}"},
    )
    assert answer.status_code == 200, answer.content.decode()
    return json.loads(answer.content)


def sent(office: Any, key: str) -> str:
    """A picture goes in by HTTP; gives its hash."""
    answer = office.browser.post(
        "/api/v1/files/",
        png().getvalue(),
        content_type="application/octet-stream",
        headers={"Idempotency-Key": key},
    )
    assert answer.status_code == 201, answer.content.decode()
    return str(json.loads(answer.content)["digest"])


def done(square: Any, who: str, number: str, n: int) -> None:
    """A unit's part from call to ruling, over HTTP."""
    act(square, who, number, "report_in", n)
    photo = sent(square.office(who), f"photo-{number}-{n}")
    act(square, who, number, "answer", n, claim="solved", result="换了。", photo=photo)
    act(square, "clerk", number, "rule", n, came="yes", did="yes", verdict="solved")


def test_a_department_s_own_system_takes_the_leg_and_gives_back_the_result(square: Any) -> None:
    rights = ["matter.read", "whistle.report_in", "whistle.answer", "whistle.cannot"]
    with at("11-23 09:00"):
        number = square.blow("clerk", called(LAMPS, role="lead"), called(WATER))["number"]
        system = square.token("lamps", rights)
        listed = json.loads(system.browser.get("/api/v1/legs/").content)
        assert [(row["number"], row["leg"], row["state"]) for row in listed["rows"]] == [
            (number, 1, "called")
        ]
        one = json.loads(system.browser.get(f"/api/v1/legs/{number}/1/").content)
        assert "路灯不亮" in json.dumps(one, ensure_ascii=False)
    with at("11-24 10:00"):
        take = {"leg": 1, "fields": {"at": "东门岗亭"}}
        twice = [posted(system, number, "report_in", take, "take-0001") for _try in range(2)]
        assert [answer.status_code for answer in twice] == [200, 200]
        photo = sent(system, "file-0001")
        body = {"leg": 1, "fields": {"claim": "solved", "result": "换了十二盏灯。", "photo": photo}}
        assert posted(system, number, "answer", body, "back-0001").status_code == 200
        # The neighbour's part is not its to give back.
        assert posted(system, number, "answer", {**body, "leg": 2}, "back-0002").status_code in {403, 409}
        read = square.matter("superior", number)
        assert "换了十二盏灯。" in read
        feed = json.loads(system.browser.get("/api/v1/legs/", {"newer": listed["position"]}).content)
        assert [(row["leg"], row["state"]) for row in feed["rows"]] == [(1, "answered")]
        square.leg("superior", number, 1, "rule", came="yes", did="yes", verdict="solved")


def posted(system: Any, number: str, action: str, body: Any, key: str) -> Any:
    """As the department's machine sends it."""
    return system.browser.post(
        f"/api/v1/matters/{number}/{action}/",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )
