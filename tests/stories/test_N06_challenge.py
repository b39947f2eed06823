"""N06 (and N18's posted projects): a challenge is posted, plans are scored blind by at least three who declared no interest,
one is taken up by milestones, failure is an honest end. An on-site round visits four places: each host shows one work and one
failure, visitors leave a question that must be answered.

A contest of secretaries compares ways, scored the same way; nobody is ranked.
"""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.ledgers import begin, entries, ledger, sheet, under
from tests.support.town import OFFICE, A, B, at, words
from tests.support.whistles import LAMPS, WATER

JUDGES = {"handler": (OFFICE, "p-handler"), "lamps": (LAMPS, "p-lamps"), "water": (WATER, "p-water")}


def test_blind_scores_a_choice_milestones_and_an_honest_failure(square: Any) -> None:
    with at("11-23 09:00"):
        number = begin(
            square,
            "superior",
            "challenge",
            title="老小区停车",
            text="一百个车位，三百辆车。",
            by="2026-12-11",
            rows="1",
            **{"calls.0.org": A, "calls.0.role": "lead"},
        )
        square.do("secretary", number, "report_in")
        plan = begin(
            square, "superior", "bid", about=number, title="错时共享", text="和机关停车场错时。", unit=A
        )
        assert entries(square, "superior", number) == [plan]
        assert "张榜：张榜" not in square.matter("superior", number), "nothing is said twice"
        # Only posts that can judge are offered, and the scale is told.
        form = square.desk("superior").get(f"/desk/matters/{plan}/?do=ask_judge").content.decode()
        offered_posts = form[form.index('name="post" required') :].partition("</select>")[0]
        assert "p-handler" in offered_posts
        for none in ("p-administrator", "p-auditor", "p-ruler"):
            assert none not in offered_posts
        for org, post in JUDGES.values():
            square.do("superior", plan, "ask_judge", org=org, post=post)
        square.do("superior", plan, "ask_judge", org=B, post="p-sibling")
        # They are judges, not units that handle it; the page says until when, and the ledger whose plan it is.
        read = square.matter("superior", plan)
        assert "评委 区住建委" in read and "协办" not in read
        assert "评分期限 12月21日 周一" in read
        assert "甲社区 等声明" in ledger(square, "superior", number)
        # Nobody scores before she has said that she has no interest; who has one is out.
        assert "score" not in square.office("lamps").offers(plan)
        square.do("sibling", plan, "excuse")
        for n, (who, points) in enumerate({"handler": "60", "lamps": "90", "water": "70"}.items(), 1):
            square.do(who, plan, "declare_none", leg=n)
            assert "0 到 100" in words(square.desk(who).get(f"/desk/matters/{plan}/?do=score&leg={n}"))
            square.do(who, plan, "score", expect=422, leg=n, points="101", reason="太好了")
            square.do(who, plan, "score", leg=n, points=points, reason=f"第{n}位的理由")
            if n < 3:
                assert "还差" in square.matter("superior", plan)
                # Blind: not to the one who asked, not to the other judges, not over the interface.
                for other in ("superior", "clerk", "water"):
                    assert "第1位的理由" not in square.matter(other, plan), other
                assert "'points'" not in str(square.office("clerk").see(plan)["facts"])
        assert "第1位的理由" in square.matter("handler", plan)
        assert "已有 3 人，截止后才看得到" in square.matter("superior", plan)
        assert "已有 3 人，截止后才看得到" in ledger(square, "superior", number)
        assert "甲社区 评分中" in ledger(square, "superior", number), "one is excused, three have scored"
        # Chosen by scored review: not before the scores are closed.
        early = {"chosen": plan, "why": "看着好。", "by": "2027-01-29"}
        assert "选定 还有 1 件没有结束" in square.matter("superior", number), "told before it is tried"
        assert "还有 1 件没有结束" in square.do("superior", number, "choose", expect=409, leg=1, **early)
        with CaptureQueriesContext(connection) as one:
            square.desk("superior").get(f"/desk/matters/{number}/")
        more = [
            begin(square, "superior", "bid", about=number, title=f"第{n}份", text="另一个办法。", unit=A)
            for n in (2, 3)
        ]
        with CaptureQueriesContext(connection) as three:
            square.desk("superior").get(f"/desk/matters/{number}/")
        assert len(one) == len(three), "a ledger with figures costs the same for one plan and for three"
        for extra in more:
            square.do("superior", extra, "withdraw", reason="撤回。")
        square.do("superior", plan, "close_scores")
        read = square.matter("superior", plan)
        assert "70（3 人）" in read
        assert "第1位的理由" in read
        # Beside each other in the ledger and as Excel: what they came to together, never what one gave.
        table, told = ledger(square, "superior", number), sheet(square, "superior", number)
        for shown in (table, told):
            assert "得分（去掉最高最低的平均）" in shown and "70（3 人）" in shown
            assert "60" not in shown and "90" not in shown and "位的理由" not in shown
        # The plans that came are offered, so that nobody copies a number.
        form = square.desk("superior").get(f"/desk/matters/{number}/?do=choose&leg=1").content.decode()
        assert f'<option value="{plan}">{plan} 错时共享</option>' in form
        read = square.do("superior", number, "choose", chosen=plan, why="花钱少。", by="2027-01-29")
        assert "收尾期限 2028年11月22日" in read, "the day of the first milestone does not end the whole"
    with at("12-21 09:00"):
        square.do("secretary", number, "answer", result="机关只肯让周末。")
        # That it asked to be looked at is not that it said it had done it.
        assert "它自己说" not in square.matter("superior", number)
        assert "judge" not in square.office("secretary").offers(number)
        now = square.do("superior", number, "judge", verdict="failed", reason="平日没有车位。")
        assert "收尾：收尾" not in now and "：收尾" in now, "what to do next is said once"
        read = square.do("superior", number, "finish", outcome="failed", result="试过了，不推广。")
        assert "收尾（没有做成）：试过了，不推广。" in read


def offered(square: Any, who: str, number: str, leg: int) -> str:
    """What the page offers on a leg."""
    page = square.desk(who).get(f"/desk/matters/{number}/?do=ask&leg={leg}").content.decode()
    return "ask" if 'name="question"' in page else ""


def test_an_on_site_round_visits_four_places_and_questions_must_be_answered(square: Any) -> None:
    hosts = {"secretary": A, "sibling": B, "lamps": LAMPS, "water": WATER}
    with at("11-23 09:00"):
        rows = {f"calls.{n}.org": org for n, org in enumerate(hosts.values())}
        number = begin(
            square, "superior", "onsite", title="老旧小区怎么管", text="一上午看四处。", by="2026-11-27", rows="4",
            **rows, **{"calls.0.role": "lead"},
        )  # fmt: skip
        assert square.matter("superior", number).count("等去看") >= 4
        # Works alone are not shown: each host says what failed as well.
        square.do("secretary", number, "show", expect=422, leg=1, work="楼道不堆物。")
    with at("11-27 09:00"):
        for n, who in enumerate(hosts, 1):
            square.do(who, number, "show", leg=n, work=f"做法{n}。", failure=f"没做好{n}。")
        read = square.matter("water", number)
        assert "做法1。 没做好的：没做好1。" in read, "every visitor reads what every host showed"
        # A visitor asks; a host does not ask herself.
        assert "ask" not in offered(square, "secretary", number, leg=1)
        read = square.do("sibling", number, "ask", leg=1, question="楼道谁来清？")
        assert "问甲社区：楼道谁来清？" in read
        square.do("lamps", number, "ask", leg=2, question="钱从哪里来？")
        assert number in square.todo("secretary")
        assert "甲社区答：每周三物业清。" in square.do(
            "secretary", number, "answer_question", leg=1, result="每周三物业清。"
        )
        # Not wound up while a question is open; nobody outside reads it.
        assert "收尾 还有单位没有办结" in square.matter("superior", number)
        assert square.opens("outsider", number) == 404
    with at("12-21 09:00"):
        square.work()
        read = square.matter("superior", number)
        assert "乙社区到期没有答，如实记下。" in read
        assert "没有人给区城管局留问题，如实记下。" in read
        assert "收尾：四处都看了。" in square.do("superior", number, "close", text="四处都看了。")


def test_a_contest_of_secretaries_compares_ways_and_ranks_nobody(square: Any) -> None:
    """Ways are handed in, each is scored blind by three, and who stays away says no reason."""
    under("nanchuan")
    judges = ("lamps", "water", "handler")
    with at("11-23 09:00"):
        number = begin(
            square,
            "superior",
            "contest",
            title="怎么开好院坝会",
            text="讲办法，讲一次没有成的。",
            by="2026-12-20",
            rows="2",
            **{"calls.0.org": A, "calls.1.org": B, "calls.0.role": "lead"},
        )
        square.do("secretary", number, "enter", leg=1, work="三张凳子", text="晚饭后，三张凳子就开。")
        square.do("sibling", number, "decline", leg=2)
        way = begin(square, "superior", "bid", about=number, title="三张凳子", text="见擂台。", unit=A)
        assert "还有 1 件没有结束" in square.do("superior", number, "conclude", expect=409, result="推广。")
        for n, who in enumerate(judges, 1):
            org = {"lamps": LAMPS, "water": WATER, "handler": OFFICE}[who]
            square.do("superior", way, "ask_judge", org=org, post=f"p-{who}")
            square.do(who, way, "declare_none", leg=n)
            square.do(who, way, "score", leg=n, points=str(70 + n), reason="做得到。")
        assert "72" in square.do("superior", way, "close_scores")
        read = square.do("superior", number, "conclude", result="三张凳子：各村照着开。")
        assert "推广的办法：三张凳子" in read
        assert "名次" not in read and "第一" not in read
        assert square.opens("outsider", number) == 404
