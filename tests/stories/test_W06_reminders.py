"""W06: a reminder is given, acknowledged, worked on, checked; only its subject and its author see it, and no measure can read
it. W08: a recommendation is sent, copied, answered by a date; a duty's chain shows its missing link. F18: issues are
collected, likes brought together, given to units, answered.

Waits for other rooms: honours to units (bulletin), the drive's figures in public (bulletin).
"""

from pathlib import Path
from typing import Any

from tests.support.ledgers import begin, entries, ledger
from tests.support.town import OFFICE, A, at
from tests.support.whistles import LAMPS, WATER

PACKS = Path(__file__).resolve().parents[2] / "packs"


def test_a_reminder_between_two_people(square: Any) -> None:
    with at("11-23 09:00"):
        number = begin(
            square,
            "superior",
            "reminder",
            title="网格例会的记录",
            text="连续两个月没有记录，十二月起每月补上。",
            org=A,
            post="p-secretary",
            by="2026-12-31",
        )
        assert "网格例会的记录" in square.do("secretary", number, "acknowledge")
        # Level 2: colleagues, her superior's other posts, supervisors, auditors find nothing, neither do lists and search.
        for who in ("clerk", "sibling", "supervisor", "auditor", "leader", "handler"):
            assert square.opens(who, number) == 404, who
            assert number not in square.todo(who)
        assert number not in square.search("superior", "网格例会")
        square.do("secretary", number, "object", reason="十一月的在纸上。")
        square.do("secretary", number, "improve", result="两个月的都补上了。")
        assert "提醒结束，文字已删除" in square.do("superior", number, "meet")
        read = square.matter("secretary", number)
        assert "连续两个月没有记录" not in read
        assert "十一月的在纸上" not in read
        # Nothing that a measure, a list of lateness or a board could read was ever written.
        from baodao.ledger.models import Fact

        kinds = set(Fact.objects.filter(subject=f"matter:{number}").values_list("kind", flat=True))
        assert not kinds & {"matter.settled", "matter.answer_settled"}


def test_in_no_district_can_a_reminder_be_measured() -> None:
    from baodao.kernel.declare import load_pack
    from baodao.matters.declare import Procedure

    for pack in sorted(path.name for path in PACKS.iterdir() if (path / "pack.toml").exists()):
        reminder = load_pack(PACKS / pack).many(Procedure)["reminder"]
        assert reminder.level >= 2
        assert reminder.measured is False
        assert {action.name for action in reminder.actions if action.forgets} == {"meet", "lapse"}


def test_a_recommendation_is_copied_and_answered_by_a_date(square: Any) -> None:
    with at("11-23 09:00"):
        first, second = (
            begin(
                square,
                "superior",
                "recommendation",
                title="完善路灯巡检",
                text="夜间巡检没有记录。",
                org=LAMPS,
            )
            for _n in range(2)
        )
        square.do("superior", first, "copy", org=WATER)
        square.do("water", first, "report_in", leg=2)
        read = square.do("lamps", first, "reply", claim="part", result="巡检系统明年上线，先用纸。")
        assert "区城管局答复：巡检系统明年上线，先用纸。（部分采纳）" in read
        # Who only got the copy does not answer.
        assert "reply" not in square.office("water").offers(first)
        assert "收到答复，结束" in square.do("superior", first, "close")
    with at("12-22 09:00"):
        square.work()
        read = square.matter("superior", second)
        assert "区城管局没有按时签收" in read
        assert "到期没有答复，如实记下" in read


def test_a_duty_chain_shows_its_missing_link(square: Any) -> None:
    with at("11-23 09:00"):
        number = begin(square, "superior", "duty_chain", title="夜间路灯", text="谁巡、谁修、谁负责。")
        square.do("superior", number, "name_does", org=LAMPS)
        square.do("superior", number, "name_knows", org=A)
        square.do("lamps", number, "sign", leg=1)
        square.do("secretary", number, "sign", leg=2)
        assert "还缺：谁负责" in square.matter("superior", number)
        square.do("superior", number, "name_answers", org=OFFICE)
        assert "还有单位没有办结" in square.matter("superior", number)
        square.do("handler", number, "sign", leg=3)
        assert "知情、去做、负责都有单位了。" in square.do("superior", number, "confirm_chain")


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
