"""Y20 (on line) and D19's spot check: a round is due, the list for the kind of place is gone through once for fire, gas and
electricity together; each item that failed becomes a hazard of its own, with a date for whoever answers for the place; the
mend is re-checked by another person; what comes again says so and goes to the department with its history.

Waits for other rooms: the list without a network (visits).
"""

import re
from typing import Any

from tests.support.ledgers import begin, entries, ledger
from tests.support.town import GRID_A, OFFICE, A, at, words
from tests.support.whistles import png

FINE = ("exits", "hydrant", "bottles", "wiring", "drains", "stalls", "weighing")


def look(town: Any, number: str, bad: dict[str, str], expect: int = 303, **typed: Any) -> str:
    """Fill the list as it stands on the page."""
    rows = {f"list.{item}": "fail" if item in bad else "ok" for item in FINE}
    notes = {f"list.{item}.note": note for item, note in bad.items()}
    return str(town.do("secretary", number, "check", expect, **{**rows, **notes, "org": OFFICE, **typed}))


def market(town: Any) -> str:
    return begin(town, "secretary", "round", kind="market", title="南门市场巡查", place=GRID_A)


def test_one_round_for_several_trades_and_each_fault_is_mended_and_re_checked(town: Any) -> None:
    with at("11-23 09:00"):
        number = market(town)
        assert "南门市场巡查" in town.todo("secretary")
        # Every item is looked at: an empty list is no round.
        partly = {f"list.{item}": "ok" for item in FINE[:3]}
        assert "还没有看：线路不私拉乱接" in town.do(
            "secretary", number, "check", expect=422, org=OFFICE, **partly
        )
        read = look(
            town,
            number,
            {"exits": "堆了泡沫箱。", "bottles": "软管龟裂。", "wiring": "飞线。"},
            by="2026-11-30",
            photo=png(),
        )
        # One round, three trades.
        assert "看了 7 项，3 项不合格：安全出口畅通；气瓶合格、软管未老化；线路不私拉乱接" in read
        table = ledger(town, "secretary", number)
        assert "共 3 件" in table
        for trade in ("消防", "燃气", "用电"):
            assert trade in table
        fire, gas, power = entries(town, "secretary", number)
        assert "飞线" in town.matter("handler", power)
        # Whoever answers for the place gets the paper, with the day and what to do if it is not theirs.
        page = town.desk("handler").get(f"/desk/matters/{fire}/").content.decode()
        (paper,) = set(
            re.findall(rf'href="(/desk/matters/{fire}/[^"]*notice[^"]*)"', page.replace("?as=docx", ""))
        )
        read = words(town.desk("handler").get(paper))
        for told in (
            "隐患整改通知书",
            fire,
            "区住建委",
            "堆了泡沫箱",
            "请在 2026年11月30日",
            "由另一个人复核",
            "说明退回",
        ):
            assert told in read, (told, read)
        told = town.matter("handler", fire)
        assert "堆了泡沫箱。" in told
        # The item has its words and no code, and no phrase for residents is offered where nobody of them waits.
        assert "安全出口畅通" in told
        assert "exits" not in told
        assert (
            "您看看是不是好了"
            not in town.desk("handler").get(f"/desk/matters/{fire}/?do=answer").content.decode()
        )
        assert "11月30日" in town.matter("handler", gas)
    with at("11-24 09:00"):
        for one in (fire, gas):
            town.do("handler", one, "answer", claim="mended", result="清了、换了。", photo=png())
            # Neither the one who mended it nor her head strikes it off.
            assert "pass" not in town.office("head").offers(one)
        read = town.do("secretary", fire, "pass", how="site")
        assert "复核通过" in read
        # How it was judged is said in words, and once.
        assert "认定 整改好了" in read, read
        assert "outcome" not in read
        assert "再整改" in town.do("secretary", gas, "redo", reason="只换了一根。")


def test_what_comes_again_says_so_and_goes_to_the_department(town: Any) -> None:
    with at("11-23 09:00"):
        first = market(town)
        look(town, first, {"exits": "堆了泡沫箱。"}, org=OFFICE)
        (open_one,) = entries(town, "secretary", first)
    with at("11-24 09:00"):
        # What is being mended is not asked for twice: the form says so, and no second one begins.
        between = market(town)
        form = words(town.desk("secretary").get(f"/desk/matters/{between}/?do=check"))
        assert f"安全出口畅通（已在整改 {open_one}，不再另立）" in form
        look(town, between, {"exits": "还堆着。"}, org=OFFICE)
        assert entries(town, "secretary", between) == []
        town.do("handler", open_one, "answer", claim="mended", result="清了。", photo=png())
        town.do("secretary", open_one, "pass", how="site")
    with at("12-07 09:00"):
        second = market(town)
        look(town, second, {"exits": "又堆了。"}, org=A)
        (again,) = entries(town, "secretary", second)
        read = town.matter("secretary", again)
        assert "这里以前有过同类的" in read
        assert "改由区住建委整改：第二次了" in town.do(
            "secretary", again, "hand_over", org=OFFICE, reason="第二次了"
        )
        assert "又堆了" in town.matter("handler", again)


def test_a_day_is_called_by_what_it_is_for(town: Any) -> None:
    """Sent out, a round has a day for looking; on the list it is the day for mending."""
    with at("11-23 09:00"):
        form = words(town.desk("secretary").get("/desk/start/round/"))
        assert "哪天前看完" in form and "不合格的到哪天改好" not in form
        told = words(town.desk("secretary").get("/desk/procedures/round/"))
        assert "哪天前看完" in told and "不合格的到哪天改好" in told
        number = begin(town, "secretary", "round", kind="market", title="巡查", place=GRID_A, by="2026-12-01")
        read = words(town.desk("secretary").get(f"/desk/matters/{number}/?do=check"))
        assert "哪天前看完 12月1日" in read
        assert "不合格的到哪天改好 可不填" in read


def test_whoever_answers_for_it_is_asked_only_where_something_failed(town: Any) -> None:
    with at("11-23 09:00"):
        number = market(town)
        refused = look(town, number, {"exits": "堆了泡沫箱。"}, org="", expect=422)
        assert "有不合格的，由谁负责改：哪个单位：这一项要填" in refused, refused
        assert entries(town, "secretary", number) == []
        assert "看了 7 项，都合格" in look(town, number, {}, org="")


def test_not_looked_at_is_said(town: Any) -> None:
    with at("11-23 09:00"):
        number = market(town)
    with at("12-15 09:00"):
        town.work()
        assert "到期没有巡查，如实记下。" in town.matter("superior", number)


def test_rounds_are_about_places_never_people(town: Any) -> None:
    """limits.md, W18 and D19: nothing about who lives there can be entered or asked."""
    with at("11-23 09:00"):
        number = market(town)
        page = words(town.desk("secretary").get(f"/desk/matters/{number}/?do=check"))
        for word in ("民族", "租户", "前科", "姓名", "身份证"):
            assert word not in page
        form = town.desk("secretary").get(f"/desk/matters/{number}/?do=check").content.decode()
        names = set(re.findall(r'name="(list\.\w+)"', form))
        assert names == {f"list.{item}" for item in FINE}


def test_a_place_is_looked_at_by_a_rhythm_and_what_nobody_looked_at_is_said(town: Any) -> None:
    """Planned once; each round is sent by itself, stands in the plan's list, and comes on whether the last was looked at or not."""
    with at("11-23 09:00"):
        plan = begin(town, "secretary", "round_plan", kind="market", title="南门市场", place=GRID_A)
        town.do("secretary", plan, "send_weekly")
        (first,) = entries(town, "secretary", plan)
        look(town, first, {"exits": "堆了泡沫箱。"})
    with at("12-01 10:00"):
        town.work()
        assert "共 2 件，已结束 1 件" in ledger(town, "secretary", plan)
        second = next(one for one in entries(town, "secretary", plan) if one != first)
        assert "南门市场" in town.todo("secretary")
        # What is being mended at the place is known on the next form.
        assert "已在整改" in town.desk("secretary").get(f"/desk/matters/{second}/?do=check").content.decode()
    with at("12-31 10:00"):
        town.work()
        read = ledger(town, "secretary", plan)
        assert "没有巡查" in read, read
        assert "派了一次巡查（每周一次）" in town.matter("secretary", plan)
        town.do("secretary", plan, "send_quarterly")
        before = len(entries(town, "secretary", plan))
    with at("12-31 18:00"):
        assert "计划停下：改由街道看" in town.do("secretary", plan, "call_off", reason="改由街道看")
        assert len(entries(town, "secretary", plan)) == before
        assert town.opens("sibling", plan) == 404
