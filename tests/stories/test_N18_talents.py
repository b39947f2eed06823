"""N18: four talent programmes and projects as challenges: a dated call says who may apply and by what it is judged; people apply within
its days; three scores decide (as D15); a year of milestones (as N06's challenge); the result names organizations, never persons.

Waits for other rooms: paying out money (funds).
"""

import re
from typing import Any

from tests.stories.test_D15_applications import REVIEWERS, hat, officers
from tests.stories.test_N04_homes import fill
from tests.support.town import DISTRICT, OFFICE, at, words

CALLS = "/desk/calls/"
TERMS = {
    "title": "人才项目揭榜（第一期）", "programme": "challenge", "since": "2026-11-23", "until": "2026-11-30",
    "who": "在本区的单位和个人", "criteria": "问题真不真、做法行不行、一年能见到什么", "about": "",
}  # fmt: skip


def admit(town: Any, number: str, action: str, **fields: str) -> None:
    """Taken up, scored by three, decided."""
    town.do("sibling", number, "report_in")
    for who in REVIEWERS[:3]:
        town.do("sibling", number, "call", org=OFFICE, post=f"p-{who}-t")
    for leg, who in enumerate(REVIEWERS[:3], 2):
        town.do(who, number, "score", leg=leg, score="good", no_conflict="yes", text="可行。")
    town.do("sibling", number, action, **fields)


def test_nanchuan_has_its_four_programmes() -> None:
    from baodao.gather.courses.programmes.calls import APPLICATION
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure

    for lang, four in (
        ("zh-hans", {"聚才：高层次人才", "青年人才逐梦", "产业人才壮大", "金山人才选拔"}),
        (
            "en",
            {
                "Gathering talents of high rank",
                "Dreams of the young",
                "Growing trades",
                "Choosing Jinshan talents",
            },
        ),
    ):
        kinds = get_pack("nanchuan").many(Procedure, lang)[APPLICATION].kinds
        assert four <= {kind.title for kind in kinds}, lang


def test_a_call_has_days_terms_and_a_result_by_organization(town: Any) -> None:
    officers(town)
    with at("11-22 09:00"):
        hat(town, "sibling")
        desk = town.desk("sibling")
        assert "截止日不能早于开始日" in fill(desk, f"{CALLS}new/", 422, **TERMS | {"until": "2026-11-01"})
        assert "里面有电话" in fill(desk, f"{CALLS}new/", 422, **TERMS | {"about": "问 13912345678"})
        page = fill(desk, f"{CALLS}new/", **TERMS)
        code = page.split("/")[3]
        assert town.desk("superior").post(f"{CALLS}new/", {"command": "s-1", **TERMS}).status_code == 403
        # Everybody reads it; before its first day nobody can apply.
        public = f"/calls/{code}/"
        assert "问题真不真" in words(town.phone().browser.get(public))
        phone = town.phone("resident")
        typed = {"title": "榨菜尾水处理", "text": "建一套小装置。", "unit": "涪陵榨菜研究所", "call": code}
        assert "11月23日 周一 到 11月30日 周一 可以报" in fill(
            phone.browser, f"/apply/?call={code}", 409, **typed
        )
    with at("11-23 09:00"):
        hat(town, "sibling")
        assert "人才项目揭榜（第一期）" in words(phone.browser.get("/apply/"))
        first = fill(phone.browser, f"/apply/?call={code}", **typed).split("/")[2]
        other = phone
        second = fill(
            other.browser, f"/apply/?call={code}", **typed | {"unit": "", "title": "绿豆新种"}
        ).split("/")[2]
        third = fill(
            other.browser, f"/apply/?call={code}", **typed | {"unit": "", "title": "重复报的"}
        ).split("/")[2]
        other.do(third, "withdraw", text="")
        for who in REVIEWERS[:3]:
            hat(town, who)
        admit(town, first, "admit", text="先做中试。")
        read = words(town.desk("sibling").get(page))
        assert "报了 3 项，入选 1 项" in read and "涪陵榨菜研究所" in read
        assert "等受理" in read
        # Whoever convenes nothing reads no application here.
        assert "榨菜尾水" not in words(town.desk("supervisor").get(page))
        assert "还没有截止" in fill(town.desk("sibling"), page, 409)
    with at("12-01 09:00"):
        for who in ("sibling", *REVIEWERS[:3]):
            hat(town, who)
        assert "可以报" in fill(phone.browser, f"/apply/?call={code}", 409, **typed)
        assert "还没有截止" in fill(town.desk("sibling"), page, 409)  # one is not decided
        admit(town, second, "admit", text="可以。")
        named = {f"unit-{first}": "涪陵榨菜研究所", f"unit-{second}": ""}
        assert "不像单位名称" in fill(town.desk("sibling"), page, 422, **named | {f"unit-{second}": "褚某"})
        fill(town.desk("sibling"), page, **named)
        shown = words(town.phone().browser.get(public))
        assert "报了 3 项，入选 2 项，没有入选 0 项，自己撤回 1 项" in shown
        assert "涪陵榨菜研究所" in shown and "另有 1 项是个人申报，不公布姓名" in shown
        assert "绿豆新种" not in shown and "榨菜尾水" not in shown
        assert "已经公布过" in fill(town.desk("sibling"), page, 409, **named)
        # A year of milestones, told to the applicant.
        town.do("sibling", first, "follow_up", text="装置到场，跑了三天。", money="50000")
        assert "装置到场" in phone.own(first)
        body = town.desk("sibling").get(CALLS).content.decode()
        assert re.search("已公布结果", body) and DISTRICT


def test_calls_plans_and_the_ledger_agree(town: Any) -> None:
    from datetime import date

    from baodao.gather.courses.programmes.calls import NewCall, open_calls
    from baodao.gather.courses.programmes.facts import Goal
    from baodao.gather.courses.programmes.goals import NewPlan, set_plans
    from baodao.kernel.act import system_act
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.services import rebuild
    from tests.support.town import local

    def tables() -> list[str]:
        names = ("gather_call", "gather_application", "gather_trainingplan", "gather_traininggoal")
        return [line for line in dump(with_caches=True) if any(f'"{name}"' in line for name in names)]

    with at("11-23 09:00"):
        now = local("11-23 09:00")
        call = NewCall(DISTRICT, "challenge", "揭榜", "单位", "好不好", date(2026, 11, 23), date(2026, 12, 1))
        [code] = open_calls(system_act(now, "calls", "import"), calls=[call])
        plan = NewPlan(
            DISTRICT,
            "规划",
            2026,
            2030,
            (Goal("grid_worker", 2026, 10, 32), Goal("grid_worker", 2027, 12, 32)),
        )
        [made] = set_plans(system_act(now, "plan"), plans=[plan])
        set_plans(
            system_act(now, "plan-2"), plans=[NewPlan(DISTRICT, "规划二", 2026, 2027, plan.goals[:1], made)]
        )
        phone = town.phone("resident")
        officers(town)
        fill(phone.browser, f"/apply/?call={code}", title="小装置", text="做一套。", unit="", call=code)
        before = tables()
        assert len(before) == 4, before
        assert not [line for line in examine() if line.startswith(("call", "application", "training"))]
        rebuild()
        assert tables() == before
