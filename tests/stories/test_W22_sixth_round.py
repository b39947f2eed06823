"""W22: the sixth round, seventeen units; it ends once each has a result and every finding is over. Off until the district decides,
and off again after its last day; what was begun goes on."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.cards import inspection, send
from tests.support.districts import found
from tests.support.ledgers import begin
from tests.support.town import DISTRICT, OFFICE, Town, at, words

PACKS = Path(__file__).resolve().parents[2] / "packs"
UNITS = [f"fl-r{n:02}" for n in range(17)]


def test_seventeen_units_each_with_its_own_result(office: Town) -> None:
    with at("11-23 09:00"):
        found(*((code, f"单位{code[-2:]}", "department", "bureau", DISTRICT) for code in UNITS))
        number = inspection(office, *UNITS)
        page = office.matter("inspector", number)
        assert page.count("待反馈") == 17
        for leg in (1, 2):
            office.do("inspector", number, "feed_back", leg=leg, held="2026-11-23")
            office.do("checker", number, "settle", leg=leg)
        assert "还有单位没有办结" in office.matter("inspector", number)
        # One unit's lateness is its own: the others are told in time or not by themselves.
        begin(
            office, "inspector", "finding", about=number, kind="style", title="会议太多", text="一周七个。", org=UNITS[0], by="2026-12-20",
        )  # fmt: skip
    with at("11-24 09:00"):
        assert office.matter("inspector", number).count("有了结果") >= 2


def test_off_until_a_district_says_by_whose_decision_and_until_when() -> None:
    """Neither base nor a district without the section has it on; who switches on names basis, approver and last day."""
    from baodao.kernel.declare import load_pack
    from baodao.matters.declare import Procedure
    from baodao.matters.switches import Switch, switch_of

    day = datetime.date(2026, 11, 23)
    on = {}
    for path in sorted(PACKS.iterdir()):
        if not (path / "pack.toml").exists():
            continue
        pack = load_pack(path)
        procedures = pack.many(Procedure)
        assert procedures["clue"].sealed
        assert procedures["clue"].switched
        assert procedures["inspection"].switched
        on[path.name] = {name for name in ("clue", "inspection") if switch_of(pack, name, day)}
        for switch in pack.many(Switch).values():
            assert switch.basis
            assert switch.approver
            assert switch.until <= switch.since + datetime.timedelta(days=731)
            assert switch_of(pack, "clue", switch.until + datetime.timedelta(days=1)) is None
    assert on == {
        "dadukou": set(), "nanchuan": set(), "yuzhong": set(),
        "fuling": {"clue", "inspection"}, "weibin": {"clue", "inspection"},
    }  # fmt: skip


def test_after_the_last_day_nothing_new_comes_in_and_what_is_there_goes_on(office: Town) -> None:
    import time_machine

    with at("11-23 09:00"):
        number, _code = send(office, OFFICE)
        assert "开始一轮巡察" in words(office.desk("inspector").get("/desk/start/"))
    with time_machine.travel(datetime.datetime(2028, 1, 3, 2, tzinfo=datetime.UTC), tick=False):
        office._desks.clear()
        assert office.phone().browser.get("/tip/").status_code == 404
        assert "开始一轮巡察" not in words(office.desk("inspector").get("/desk/start/"))
        refused: Any = office.desk("keeper").get("/desk/start/clue/")
        assert refused.status_code == 403
        assert office.opens("keeper", number) == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": 2}, "第 3 级"),
        ({"measured": True}, "不进统计"),
        ({"switched": False}, "要有开关"),
        ({"about": ("inspection",)}, "没有类别"),
    ],
)
def test_pack_check_refuses_a_sealed_procedure_that_is_not(change: dict[str, Any], said: str) -> None:
    import msgspec

    from baodao.kernel.declare import load_pack
    from baodao.matters.declare import Procedure
    from baodao.matters.switches import sealed_faults

    clue = load_pack(PACKS / "fuling").many(Procedure)["clue"]
    assert list(sealed_faults(clue)) == []
    assert any(
        said in reason for _path, reason, _remedy in sealed_faults(msgspec.structs.replace(clue, **change))
    )


def test_no_measure_and_no_number_of_anybody_reads_a_card() -> None:
    import msgspec

    from baodao.measures.declare import Measure
    from baodao.measures.lawful import over_sealed

    plain = {
        "title": "线索件数", "kind": "count", "fact": "matter.opened", "volume": True,
        "denominator": {"says": "收到的", "where": [{"field": "procedure", "is": ["clue"]}]},
    }  # fmt: skip
    found_ = list(over_sealed(msgspec.convert(plain, Measure), {"clue"}))
    assert [path for path, _reason, _remedy in found_] == [("denominator", "where", 0, "is")]
    assert "不能算进任何指标" in found_[0][1]
