"""What a person walking through a whistle stumbled on, each through the door that she took."""

from __future__ import annotations

import re
from typing import Any

from baodao.matters.desk.fields import offices_near
from baodao.matters.models import Leg
from tests.support.districts import found
from tests.support.town import OFFICE, B, at, words
from tests.support.whistles import LAMPS, WATER, Square, square

from .test_whistle_desk import blow, field

__all__ = ["square"]


def returned(square: Square, **called: Any) -> str:
    """A whistle that its unit sent back citing an item, and that the district ruled to be the unit's after all."""
    with at("11-23 09:00"):
        number = blow(square, **called)
        square.do("handler", number, "return", duty_item="Z-2", reason="不归我们")
        square.do("secretary", number, "dispute", reason="清单写着归他们")
        assert "退回时引用的事项 Z-2 路灯维护" in square.matter("secretary", number)
    with at("11-23 15:00"):
        square.do("supervisor", number, "send_back", reason="看过清单，归他们")
    return number


def test_an_item_cited_in_vain_is_no_duty_of_the_unit(square: Square) -> None:
    number = returned(square)
    with at("11-23 15:30"):
        shown = square.matter("handler", number)
        assert "引用的事项" not in shown
        assert "履职事项" not in shown
        # Nor is it learnt as what such matters are called for.
        assert list(Leg.objects.filter(matter=number).values_list("duty", flat=True)) == [""]


def test_an_overruled_unit_works_by_the_item_it_was_called_for(square: Square) -> None:
    number = returned(square, **{"calls.0.duty": f"{OFFICE}:Z-1"})
    with at("11-23 15:30"):
        assert "履职事项 Z-1 危房鉴定" in square.matter("handler", number)


def test_who_takes_over_does_not_inherit_the_item_of_another_list(square: Square) -> None:
    with at("11-23 09:00"):
        number = blow(square, **{"calls.0.duty": f"{OFFICE}:Z-1"})
        assert "履职事项 Z-1 危房鉴定" in square.matter("handler", number)
        square.do("handler", number, "hand_over", org=LAMPS, reason="归他们")
        shown = square.matter("secretary", number)
        assert "履职事项" not in shown
        assert "Z-1" not in shown


def test_who_sent_it_reads_whose_turn_it_is_and_goes_back_to_begin_another(square: Square) -> None:
    with at("11-23 09:00"):
        number = square.begin("secretary", {"org": LAMPS, "role": "lead"}, {"org": WATER, "role": "co"})
        page = square.desk("secretary").get(f"/desk/matters/{number}/?done=open").content.decode()
        said = words(page[page.index('role="status"') :].partition('<div class="split')[0])
        assert re.search(
            r"区城管局：待报到，报到时限 11月24日 周二 .*区水务局：待报到，报到时限 11月24日", said
        ), said
        assert "轮到本单位" not in said
        assert 'href="/desk/start/">再发起一件' in page
        # What the opening told names every unit, the lead first.
        assert "吹哨：请区城管局、区水务局报到，编号" in words(page)
    with at("11-23 10:00"):
        for n, who in ((1, "lamps"), (2, "water")):
            square.leg(who, number, n, "report_in")
        assert "说说进展" in square.matter("lamps", number)
        square.leg("lamps", number, 1, "pause", cause="weather", reason="下雨")
        page = square.desk("secretary").get(f"/desk/matters/{number}/?done=note").content.decode()
        assert "区城管局：等天气" in words(page)
        square.leg("water", number, 2, "cannot", reason="管不了")
        said = words(square.desk("secretary").get(f"/desk/matters/{number}/?done=note"))
        assert "轮到本单位 区水务局：" in said
        assert "再发起一件" not in said


def test_everything_that_is_missing_is_told_at_once(square: Square) -> None:
    with at("11-23 09:00"):
        path, desk = "/desk/start/whistle/", square.desk("secretary")
        page = desk.get(path).content.decode()
        sent = {"command": field(page, "command"), "rows": "1", "calls.0.role": "lead", "do": "send"}
        answer = desk.post(path, sent)
        assert answer.status_code == 422
        summary = words(answer.content.decode().partition('id="faults"')[2].partition("</ul>")[0])
        for one in ("一句话", "内容", "哨从哪里来", "请先选是什么事", "还没有选单位"):
            assert one in summary, (one, words(answer)[:600])


def test_one_more_unit_is_called_from_the_callers_own_neighbourhood(square: Square) -> None:
    with at("11-23 09:00"):
        number = square.begin("secretary", {"org": OFFICE, "role": "lead"})
        # The community next door, which could have been called at first, lies far from the bureau that leads.
        for who, do, near in (("secretary", "call", True), ("handler", "hand_over", False)):
            page = square.desk(who).get(f"/desk/matters/{number}/?do={do}").content.decode()
            assert f'value="{LAMPS}"' in page
            assert (f'value="{B}"' in page) == near
        square.do("secretary", number, "call", org=B)
        assert square.states(number)[2] == "called"


def test_nothing_is_handed_into_another_district(square: Square) -> None:
    found(
        ("city", "某市", "municipality", "municipality", ""),
        ("one", "一区", "district", "district", "city"),
        ("two", "二区", "district", "district", "city"),
        ("one-a", "一区城管局", "department", "bureau", "one"),
        ("one-b", "一区水务局", "department", "bureau", "one"),
        ("two-a", "二区城管局", "department", "bureau", "two"),
    )
    with at("11-23 09:00"):
        assert set(offices_near("one-a")) == {"one", "one-b"}
        assert set(offices_near("one")) == {"one-a", "one-b"}
        # The city itself reaches its districts.
        assert set(offices_near("city")) == {"one", "two"}
