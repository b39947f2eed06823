"""D08 (and D18, N14 by the same menu; N01 has its own file): a department puts a topic on the menu, a community orders it, the page proposes whoever
was asked least, the lecturer accepts or says no without a reason, days are set, it is given, heads are counted, nobody is named.

Waits for other rooms: loudspeakers and the message to residents (bulletin).
"""

import re
from typing import Any

from tests.support.town import OFFICE, at, words

ORDERED = "/desk/courses/orders/"


def fill(browser: Any, address: str, expect: int = 303, **typed: Any) -> str:
    """Send the page's first form of ours; gives what is read then."""
    first = browser.get(address)
    assert first.status_code == 200, words(first)
    command = re.search(r'name="command" value="([^"]+)"', first.content.decode())
    assert command, words(first)
    answer = browser.post(address, {"command": command[1], **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def lecturers(town: Any, *names: str) -> None:
    """Appoint lecturers in the bureau: residents of the town by day."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from tests.support.town import SINCE, local

    begin_posts(
        system_act(local("01-06 09:00"), "lecturers"),
        posts=[
            NewPost(code=f"p-{who}-jiang", org=OFFICE, kind="lecturer", person=town.uids[who], since=SINCE)
            for who in names
        ],
    )


def offer(town: Any, **typed: Any) -> str:
    """A topic on the menu, by the clerk of the street; gives the address of its page."""
    fill(
        town.desk("clerk"), "/desk/courses/new/",
        **{"title": "民法典里的相邻关系", "subject": "law", "forms": ["yard", "hall"], "minutes": "60", "sessions": "1", "since": "2026-11-01"} | typed,
    )  # fmt: skip
    page = town.desk("clerk").get("/desk/courses/").content.decode()
    return re.findall(r'href="(/desk/courses/offers/of-\d+/)"', page)[-1]


def tell(town: Any, who: str, *subjects: str, **typed: Any) -> None:
    fill(town.desk(who), "/desk/courses/lecturers/", post=f"p-{who}-jiang", subjects=list(subjects), **typed)
    # What was said stands in the form: whoever looks and presses takes nothing back.
    again = town.desk(who).get(f"/desk/courses/lecturers/?post=p-{who}-jiang").content.decode()
    assert all(f'value="{name}" checked' in again for name in subjects)


def order(town: Any, page: str, who: str = "secretary", expect: int = 303, **typed: Any) -> str:
    """Order as the page proposes; gives the number (or what is read)."""
    desk = town.desk(who)
    first = desk.get(page).content.decode()
    chosen = re.search(r'name="lecturer" value="([^"]+)" checked', first)
    assert chosen, words(first)
    command = re.search(r'name="command" value="([^"]+)"', first)
    assert command
    answer = desk.post(
        page,
        {"command": command[1], "do": "order", "form": "yard", "lecturer": chosen[1], **typed},
    )
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]).split("/")[3] if expect == 303 else words(answer)


def has(town: Any, number: str, *names: str) -> str:
    """Who was asked: only there the matter's page offers to accept."""
    [found] = [
        who
        for who in names
        if "do=report_in" in town.desk(who).get(f"/desk/matters/{number}/").content.decode()
    ]
    return found


def test_a_community_orders_and_the_one_asked_least_is_proposed(town: Any) -> None:
    lecturers(town, "resident", "neighbour")
    with at("11-23 09:00"):
        page = offer(town)
        assert "还没有人说能讲这一类" in words(town.desk("secretary").get(page))
        tell(town, "resident", "law", days=["6", "7"], most="2")
        tell(town, "neighbour", "law", "health")
        # What a listener would have to be listed for is not offered for law.
        assert "只数人数" in fill(
            town.desk("clerk"), "/desk/courses/new/", 422, title="记名的法律课", subject="law", forms=["class"],
            minutes="60", sessions="1", since="2026-11-01",
        )  # fmt: skip
        first = order(town, page, text="楼上漏水怎么办")
        # The other one is proposed now.
        second = order(town, page, "sibling")
        who, other = (has(town, number, "resident", "neighbour") for number in (first, second))
        assert sorted((who, other)) == ["neighbour", "resident"]
        assert "民法典里的相邻关系" in words(town.desk("secretary").get(ORDERED))
        assert second not in words(town.desk("secretary").get(ORDERED))
        # A Saturday lecturer is not proposed for a Wednesday.
        asked = town.desk("superior").get(page, {"wish": "2026-12-02"}).content.decode()
        assert 'value="p-neighbour-jiang" checked' in asked
        assert "那天不是说好的日子" in words(asked)
    with at("11-24 09:00"):
        # No reason is asked.
        body = town.desk(who).get(f"/desk/matters/{first}/?do=decline").content.decode()
        form = next(f for f in re.findall(r"<form.*?</form>", body, re.S) if 'value="decline"' in f)
        assert not re.findall(r'<(?:textarea|input(?! type="hidden"))[^>]* name="(\w+)"', form)
        # She says so on the order's own page, in one press; another lecturer has no such button there.
        own = f"{ORDERED}{first}/"
        assert (
            first in words(town.desk(who).get(ORDERED))
            and f'href="{own}"' in town.desk(who).get(ORDERED).content.decode()
        )
        assert (
            "讲不了不用说理由" in words(town.desk(who).get(own))
            and 'value="report_in"' in town.desk(who).get(own).content.decode()
        )
        assert (
            town.desk(other).get(own).status_code in {403, 404}
            or 'value="decline"' not in town.desk(other).get(own).content.decode()
        )
        assert 'value="decline"' not in town.desk("secretary").get(own).content.decode()
        fill(town.desk(who), own, do="decline")
        assert "可以另请一位" in town.matter("secretary", first)
        town.do("secretary", first, "call", org=OFFICE, post=f"p-{other}-jiang")
        town.do(other, first, "report_in", leg=2)
        assert "接单了" in town.matter("secretary", first)


def test_the_menu_is_everybodys_and_ordering_is_free(town: Any) -> None:
    lecturers(town, "resident")
    with at("11-23 09:00"):
        page = offer(town, title="广场舞入门", subject="arts", forms=["class"], sessions="6")
        tell(town, "resident", "arts")
        read = words(town.phone().browser.get("/courses/"))
        assert "广场舞入门" in read and "现场只数人数" in read
        number = order(town, page, form="class", wish="2026-12-05", heads="20")
        assert "希望 12月5日 周六" in words(town.desk("secretary").get(f"{ORDERED}{number}/"))
        # Leaving is free too: no reason.
        town.do("secretary", number, "withdraw")
        assert "已结束" in words(town.desk("secretary").get(ORDERED))
        assert "这一天过了" in order(town, page, expect=422, form="class", wish="2026-11-01")
        assert town.desk("handler").post(page, {"command": "x-1", "form": "class"}).status_code in {403, 422}
        # The topic leaves the menu; nothing can be ordered then.
        fill(town.desk("clerk"), page, do="end")
        assert "广场舞入门" not in words(town.phone().browser.get("/courses/"))
        answer = town.desk("secretary").post(
            page, {"command": "x-2", "form": "class", "lecturer": "p-resident-jiang"}
        )
        assert answer.status_code == 422


def test_it_is_packed_given_and_counted(town: Any) -> None:
    lecturers(town, "resident")
    with at("11-23 09:00"):
        page = offer(
            town, title="防诈骗", subject="safety", forms=["yard", "night"], sessions="2", since="2026-11-20"
        )
        tell(town, "resident", "safety")
        number = order(town, page, heads="40")
        there = f"{ORDERED}{number}/"
        town.do("resident", number, "report_in")
        assert "排日子" in town.matter("resident", number)
        typed = {"do": "pack", "minutes": "60", "every": "7", "where": "三号院坝"}
        once = {**typed, "form": "yard"}
        assert "这种形式 1 到 1 次" in fill(
            town.desk("resident"), there, 422, **once, sessions="2", at="2026-11-24T19:00"
        )
        read = fill(town.desk("resident"), there, **typed, form="night", sessions="2", at="2026-11-24T19:00")
        assert "三号院坝" in read and "排好了" in read
        # The lecturer is in one place at a time.
        second = order(town, page, "sibling")
        town.do("resident", second, "report_in")
        clash = {**typed, "form": "yard", "sessions": "1"}
        assert "讲师 12月1日 周二 19:30 在别处讲" in fill(
            town.desk("resident"), f"{ORDERED}{second}/", 409, **clash, at="2026-12-01T19:30"
        )
        # Nobody else sets its days: not the neighbours' secretary, not an outsider.
        assert (
            town.desk("sibling")
            .post(there, {"command": "s-1", **clash, "at": "2026-12-03T19:00"})
            .status_code
            == 404
        )
        assert town.desk("outsider").get(there).status_code == 404
    with at("11-23 10:00"):
        body = town.desk("secretary").get(there).content.decode()
    slots = re.findall(r'name="slot" value="(g-\d+)"', body)
    slots = sorted(set(slots))
    assert len(slots) == 2
    with at("11-24 21:00"):
        assert "这一场还没有开始" in fill(
            town.desk("secretary"), there, 409, do="record", slot=slots[1], heads="30"
        )
        fill(town.desk("secretary"), there, do="record", slot=slots[0], heads="35")
        town.work()
        assert "已结束" not in words(town.desk("secretary").get(there))
    with at("12-01 21:00"):
        fill(town.desk("secretary"), there, do="record", slot=slots[1], heads="41")
        town.work()
        assert "已结束" in words(town.desk("secretary").get(there))
        # Who ordered it rates the event; of one rating no stars are told, and of who gave it never.
        assert "评了 5 星" in fill(town.desk("secretary"), there, do="rate", stars="5")
        assert "评价了 1 次，满十次才显示" in words(town.desk("secretary").get(page))
        # Nobody by name, how many in all, and how many days after it came onto the menu.
        read = words(town.desk("secretary").get(page))
        assert "点了 2 单，讲了 1 单，来了 76 人次" in read
        assert "甲社区 11月24日 周二 4 天" in read
        # A wrong number is corrected; what came of the order follows.
        fill(town.desk("secretary"), there, do="record", slot=slots[1], heads="14")
        town.work()
        assert "来了 49 人次" in words(town.desk("secretary").get(page))
        assert "谁来了" not in read and "名单" not in read
