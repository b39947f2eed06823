"""F18: a campaign collects, brings likes together, assigns, reports; each keeps its number and has its answer. What was sent to the
wrong unit goes on; the report is given once all have ended.
"""

from typing import Any

from tests.stories.test_D14_enterprise import begin_online
from tests.support.ledgers import begin, entries, ledger
from tests.support.town import GRID_A, at, words
from tests.support.whistles import LAMPS, WATER


def test_likes_are_brought_together_and_answered_once(square: Any) -> None:
    with at("11-23 09:00"):
        drive = begin(
            square, "superior", "campaign", kind="near_people", title="大讨论", text="收集身边的问题。"
        )
        square.do("superior", drive, "plan", plan="三个月。", until="2027-02-28")
        made = [
            begin(square, who, "issue", about=drive, kind="life", title=title, text="晚上看不见。")
            for who, title in (
                ("superior", "东门路灯不亮"),
                ("superior", "东门太黑"),
                ("superior", "办事等太久"),
            )
        ]
        first, like, other = made
        square.do("superior", like, "merge", into=first)
        assert f"并到 {first} 一起办" in square.matter("superior", like)
        square.do("superior", first, "hand_over", org=LAMPS)
        read = square.do("lamps", first, "answer", claim="solved", result="换了灯。")
        assert "区城管局答复：换了灯。（解决了）" in read
        # The like is answered with it and keeps its number; the other goes its own way.
        assert "换了灯。" in square.matter("superior", like)
        assert entries(square, "superior", drive) == sorted(made)
        assert "共 3 件，已结束 2 件" in ledger(square, "superior", drive)
        assert "待归类" in square.matter("superior", other)
        assert square.opens("sibling", other) == 404
        # Not reported while one is open; assigned, answered as "cannot", then the report with its counts.
        assert "还有 1 件没有结束" in square.do("superior", drive, "close", expect=409, text="办完了。")
        square.do("superior", other, "hand_over", org=LAMPS)
        square.do("superior", other, "hand_over", org=WATER, reason="应由水务答。")
        assert "（办不了）" in square.do("water", other, "answer", claim="cannot", result="要等新系统。")
        read = ledger(square, "superior", drive)
        assert "共 3 件，已结束 3 件" in read
        assert "东门太黑" in read
        report = square.do(
            "superior", drive, "close", text="三条，两条同类一起办了，一条说明了为什么办不了。"
        )
        assert "收官报告：三条，两条同类一起办了" in report
        for who in ("sibling", "outsider"):
            assert square.opens(who, drive) == 404, who


def test_beside_an_issue_stand_earlier_ones_that_may_be_like_it(square: Any) -> None:
    """4,500 of them are not sorted by memory."""
    with at("11-23 09:00"):
        drive = begin(square, "superior", "campaign", kind="near_people", title="大讨论", text="收集。")
        square.do("superior", drive, "plan", plan="三个月。", until="2027-02-28")
        texts = ("东门口的路灯不亮，晚上看不见路。", "东门口路灯坏了，晚上看不见。", "办事大厅排队等太久。")
        made = [
            begin(
                square, "superior", "issue", about=drive, kind="life", title=text[:8], text=text, place=GRID_A
            )
            for text in texts
        ]
        square.work()
        page = square.desk("superior").get(f"/desk/matters/{made[1]}/").content.decode()
        assert f"/desk/matters/{made[0]}/" in page, words(page)[-1500:]


def test_residents_raise_issues_themselves_on_a_drive_that_was_made_public(square: Any) -> None:
    """From the drive's public page, without an account; she keeps a number, reads the answer and says how it is."""
    with at("11-23 09:00"):
        drive = begin(square, "superior", "campaign", kind="near_people", title="大讨论", text="收集。")
        square.do("superior", drive, "plan", plan="三个月。", until="2027-02-28")
        phone = square.phone()
        asked = {"kind": "life", "title": "东门太黑", "text": "晚上看不见。", "place": GRID_A}
        assert phone.browser.get(f"/begin/issue/?about={drive}").status_code == 404, "not before it is public"
        square.do("superior", drive, "release", title="说说身边的事")
        page = phone.browser.get(f"/open/{drive}/").content.decode()
        assert f"/begin/issue/?about={drive}" in page
        assert "三个月" not in words(page)
        number = begin_online(square, phone, "issue", about=drive, **asked)
        phone.codes[number] = phone.code(number)
        assert entries(square, "superior", drive) == [number]
        square.do("superior", number, "hand_over", org=LAMPS)
        square.do("lamps", number, "answer", claim="solved", result="换了灯。")
        assert "区城管局答复：换了灯。（解决了）" in phone.own(number)
        phone.do(number, "say", word="good", text="谢谢")
        assert "提的人说：好。谢谢" in square.matter("lamps", number)
        square.do("superior", drive, "hide")
        assert phone.browser.get(f"/begin/issue/?about={drive}").status_code == 404


def test_the_page_groups_what_is_alike_and_one_tap_brings_it_together(square: Any) -> None:
    with at("11-23 09:00"):
        drive = begin(square, "superior", "campaign", kind="near_people", title="大讨论", text="收集。")
        square.do("superior", drive, "plan", plan="三个月。", until="2027-02-28")
        said = (
            "东门口的路灯不亮，晚上看不见路",
            "东门口的路灯不亮了，晚上看不见",
            "办事大厅排队要等一个上午",
        )
        made = [
            begin(square, "superior", "issue", about=drive, kind="life", title=one[:9], text=one)
            for one in said
        ]
        desk, there = square.desk("superior"), f"/desk/matters/{drive}/likes/"
        assert there in desk.get(f"/desk/matters/{drive}/").content.decode()
        page = desk.get(there).content.decode()
        assert f'value="{made[0]}.{made[1]}"' in page and made[2] not in page
        assert "没有选一组" in words(desk.post(there, {"command": "likes-1"}))
        done = desk.post(there, {"command": "likes-2", "group": f"{made[0]}.{made[1]}"})
        assert "并了 1 件" in words(done) and "没有看起来同类的" in words(done)
        assert f"并到 {made[0]} 一起办" in square.matter("superior", made[1])
        # Whoever may not read the drive has no such page; who reads it and may not merge is refused.
        assert square.desk("outsider").get(there).status_code == 404
