"""F18: problems are collected, likes brought together, answered once."""

from typing import Any

from tests.support.ledgers import begin, entries, ledger
from tests.support.town import at
from tests.support.whistles import LAMPS


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
