"""W02: a whistle asks for people, not only for departments. The member reports in by her own act, may say no without a
reason, is in no list of persons; her employer reads nothing of it.

Waits for other rooms: hours, rest, insurance and the cap of call-outs (Service); teams that form around a task (Service).
"""

import re
from typing import Any

from tests.support.town import OFFICE, A, at, words
from tests.support.whistles import LAMPS, called, png

#: Words by which a list of persons with points would give itself away.
POINTS = ("积分", "得分", "分数", "排行", "排名表", "星级党员", "光荣榜")


def asked(square: Any, *who: str) -> str:
    """The community whistles for lamps, and asks these people to guide neighbours in the dark."""
    people = [called(A, post=f"p-{one}") for one in who]
    number = square.blow("secretary", called(LAMPS, role="lead"), *people)["number"]
    square.work()
    return str(number)


def test_a_whistle_asks_for_people_who_report_in_by_their_own_act(square: Any) -> None:
    with at("11-23 09:00"):
        square.desks("member", "second")
        number = asked(square, "member")
        assert f"{number} 派给甲社区" in square.notices("member")
        assert number not in square.notices("second")
        assert "东门路灯不亮" in square.todo("member")
        # Asked is who is asked, not whoever holds such a post.
        assert ("report_in", 2) in square.offered("member", number)
        assert not {one for one in square.offered("second", number) if one[1] is not None}
        assert ("report_in", 2) not in square.offered("secretary", number)
    with at("11-23 19:00"):
        read = square.leg("member", number, 2, "report_in", at="东门岗亭", plan="带老人过台阶")
        assert "甲社区报到了" in read
        assert "东门岗亭" in square.matter("secretary", number)
        # Where she is, is said by her once: the page asks for no position by itself.
        assert "geolocation" not in square.desk("member").get(f"/desk/matters/{number}/").content.decode()
        square.leg("member", number, 2, "arrive", at="东门台阶")
        square.leg("member", number, 2, "answer", claim="solved", result="守到九点半。", photo=png())
        read = square.leg("secretary", number, 2, "rule", came="yes", did="yes", verdict="solved")
        assert "吹哨单位认定甲社区" in read
        # The department's part goes on by itself.
        assert ("report_in", 1) in square.offered("lamps", number)
        # Post and unit are told, never a name.
        for one in ("secretary", "lamps", "supervisor"):
            assert "某member" not in square.matter(one, number), one


def test_she_may_say_no_without_a_reason_and_nothing_follows(square: Any) -> None:
    with at("11-23 09:00"):
        square.desks("superior", "secretary")
        number = asked(square, "member", "second")
        page = square.desk("second").get(f"/desk/matters/{number}/?do=decline&leg=3").content.decode()
        form = next(one for one in re.findall(r"<form.*?</form>", page, re.S) if 'value="decline"' in one)
        # No field asks why.
        assert set(re.findall(r'name="(\w+)"', form)) - {"csrfmiddlewaretoken"} == {
            "_command",
            "_do",
            "_seen",
            "_leg",
        }
        read = square.leg("second", number, 3, "decline")
        assert "甲社区请的人这次来不了，不用说理由。" in read
        square.work()
        assert number in square.notices("secretary")
        assert square.states(number) == {1: "called", 2: "called", 3: "released"}
        # It is hers to say: no unit declines.
        assert ("decline", 1) not in square.offered("lamps", number)
        assert ("decline", 2) not in square.offered("secretary", number)
    with at("11-24 15:00"):
        square.leg("member", number, 2, "report_in")
        square.leg("lamps", number, 1, "report_in")
    with at("11-27 09:00"):
        square.work()
        # Nobody is told on, neither she nor the community.
        assert "没有按时" not in square.matter("secretary", number)
        assert "过了" not in square.notices("superior")
        settled = [f for f in square.office("clerk").see(number)["facts"] if f["fact"] == "settled"]
        assert [(f["about"], f["fields"]["outcome"]) for f in settled] == [("leg:3", "released")]
    with at("11-30 09:00"):
        for who, n in (("member", 2), ("lamps", 1)):
            square.leg(who, number, n, "answer", claim="solved", result="好了。", photo=png())
            square.leg("secretary", number, n, "rule", came="yes", did="yes", verdict="solved")
        # Who said no stands in no way, and in no rate.
        assert ("close", None) in square.offered("secretary", number)
        square.do("secretary", number, "close", outcome="solved", result="灯亮了。")


def test_ten_refusals_are_no_figure(square: Any) -> None:
    with at("11-23 09:00"):
        for _n in range(10):
            square.leg("second", asked(square, "second"), 2, "decline")
        for name in ("report_in", "on_time", "response"):
            page = words(
                square.desk("supervisor").get(f"/desk/measures/{name}/?org={A}&period=2026-11&origin=live")
            )
            assert "/10" not in page, name
            assert "未测" in page, name
        # And nobody is asked against a count of refusals: the next whistle may ask her like anybody.
        assert ("report_in", 2) in square.offered("second", asked(square, "second"))


def test_there_is_no_list_of_persons_with_points(square: Any) -> None:
    with at("11-23 09:00"):
        number = asked(square, "member")
        square.leg("member", number, 2, "report_in", at="东门岗亭")
        for who in ("member", "secretary", "superior", "supervisor", "administrator", "leader"):
            desk = square.desk(who)
            home = desk.get("/desk/").content.decode()
            here = set(re.findall(r'href="(/desk/[\w/-]*)"', home)) - {"/desk/me/"}
            assert "/desk/notices/" in here
            for address in sorted(here):
                page = desk.get(address)
                if page.status_code != 200:
                    continue
                read = words(page)
                assert not [word for word in POINTS if word in read], (who, address)
                assert who == "member" or "某member" not in read, (who, address)
        # Time of people is divided by unit, never by who.
        where = f"/desk/measures/leg_time/?org={A}&period=2026-11&origin=live&group=holder"
        assert "p-member" not in words(square.desk("supervisor").get(where))
        # The interface for machines has no such thing either.
        document = square.desk("supervisor").get("/api/v1/openapi.json").content.decode()
        assert not [word for word in ("points", "score", "ranking") if f'"{word}"' in document]


def test_her_employer_reads_nothing_of_it(square: Any) -> None:
    """She is a handler of the housing bureau, and a member who reports in where she lives."""
    with at("11-23 09:00"):
        square.desks("head", "handler")
        number = asked(square, "worker-2")
        desk = square.desk("worker")
        assert desk.post("/desk/me/post/", {"post": "p-worker-2"}).status_code == 303
        square.leg("worker", number, 2, "report_in", at="东门岗亭")
        square.work()
        for who in ("head", "handler"):
            assert square.opens(who, number) == 404, who
            assert number not in square.notices(who), who
            assert "东门路灯" not in square.todo(who), who
            assert number not in square.search(who, "路灯"), who
        # On the page of her office she is a handler and nothing else; at home her office is not told.
        office = words(square.desk("head").get(f"/desk/orgs/{OFFICE}/"))
        assert "承办人" in office
        assert "报到党员" not in office
        assert "甲社区" not in office
        named = words(square.desk("head").post(f"/desk/orgs/{OFFICE}/"))
        assert "某worker" in named
        assert "报到党员" not in named
        home = words(square.desk("secretary").get(f"/desk/orgs/{A}/"))
        assert "区住建委" not in home
        # Not even the community opens her name by her membership.
        named = words(square.desk("secretary").post(f"/desk/orgs/{A}/"))
        assert "已记下您看过" in named
        assert "某worker" not in named


def test_nobody_is_asked_by_a_post_that_is_not_there(square: Any) -> None:
    with at("11-23 09:00"):
        # Of another unit: nobody there could report in.
        refused = square.blow("secretary", called(LAMPS, role="lead"), called(A, post="p-worker"), expect=422)
        assert "甲社区没有这个岗位" in refused["detail"]
        number = asked(square, "member")
        refused = square.do("secretary", number, "call", expect=422, org=LAMPS, post="p-second")
        assert "区城管局没有这个岗位" in refused
