"""N06 (and N18's posted projects): a challenge is posted, plans are scored blind by at least three who declared no interest,
one is taken up by milestones, failure is an honest end. W20: a demand from above is entered by the demander with rule and
rhythm; a community sends it back in one act, without consequence.

Waits for other rooms: moving on-site rounds (gather), the board of hours asked (measures: a sum), tables that the machine fills.
"""

from typing import Any

from tests.support.ledgers import begin, entries
from tests.support.town import OFFICE, A, B, at
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
        for org, post in JUDGES.values():
            square.do("superior", plan, "ask_judge", org=org, post=post)
        square.do("superior", plan, "ask_judge", org=B, post="p-sibling")
        # Nobody scores before she has said that she has no interest; who has one is out.
        assert "score" not in square.office("lamps").offers(plan)
        square.do("sibling", plan, "excuse")
        for n, (who, points) in enumerate({"handler": "60", "lamps": "90", "water": "70"}.items(), 1):
            square.do(who, plan, "declare_none", leg=n)
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
        square.do("superior", plan, "close_scores")
        read = square.matter("superior", plan)
        assert "70（3 人）" in read
        assert "第1位的理由" in read
        square.do("superior", number, "choose", chosen=plan, why="花钱少。", by="2027-01-29")
    with at("12-21 09:00"):
        square.do("secretary", number, "answer", result="机关只肯让周末。")
        assert "judge" not in square.office("secretary").offers(number)
        square.do("superior", number, "judge", verdict="failed", reason="平日没有车位。")
        read = square.do("superior", number, "finish", outcome="failed", result="试过了，不推广。")
        assert "收尾（没有做成）：试过了，不推广。" in read
