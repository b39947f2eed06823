"""W06: a reminder is given, acknowledged, worked on, checked; only its subject and its author see it, and no measure can read
it. W08: a recommendation is sent, copied, answered by a date; a duty's chain shows its missing link. F18: issues are
collected, likes brought together, given to units, answered.

Waits for other rooms: the honour on a public page (bulletin), the drive's figures in public (bulletin).
"""

from pathlib import Path
from typing import Any

from tests.support.ledgers import begin, under
from tests.support.town import OFFICE, A, at

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


def test_an_honour_is_given_to_a_unit_once_nobody_objects_any_more(square: Any) -> None:
    under("weibin")
    with at("11-23 09:00"):
        first, second = (
            begin(square, "superior", "honour", title=title, text="三个月销号 40 件。", unit=A)
            for title in ("路灯销号快", "门前三包")
        )
        # The unit that is to be honoured does not propose or object for itself; a level above does.
        assert square.opens("sibling", second) == 404
        assert "有异议：数不对" in square.do("supervisor", second, "object", reason="数不对")
    with at("12-02 09:00"):
        square.work()
        assert "表扬生效" in square.matter("superior", first)
        assert "等答复" in square.matter("superior", second)
    with at("12-21 09:00"):
        square.work()
        assert "异议到期没有答复，不给了" in square.matter("superior", second)


def test_an_honest_error_is_ruled_by_one_and_checked_by_another(square: Any) -> None:
    under("weibin")
    with at("11-23 09:00"):
        number = begin(
            square, "secretary", "tolerance", title="积分换物停了", text="新办法，居民用不来。", org=OFFICE
        )
        ruling = {
            "new_way": "yes",
            "talked": "yes",
            "own_gain": "no_gain",
            "mended": "yes",
            "result": "tolerated",
            "reason": "先行先试。",
        }
        square.do("handler", number, "rule_it", **ruling)
        # Not checked by whoever ruled; nobody else knows of it, and no measure can.
        assert "confirm_it" not in square.office("handler").offers(number)
        for who in ("sibling", "superior", "supervisor", "leader", "auditor"):
            assert square.opens(who, number) == 404, who
        assert "文字已删除" in square.do("head", number, "confirm_it")
        read = square.matter("secretary", number)
        assert "居民用不来" not in read and "认定了" in read
