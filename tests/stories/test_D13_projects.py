"""D13 (N05, Y18, N12's projects by their own kinds): a project with milestones. A late milestone becomes a supervised matter
by the clock alone, and its history says who was told when; somebody else than the unit accepts; it is looked at on site. Several
projects stand in one drive, which does not close while one of them is open.

Waits for other rooms: a studio's review in public (gather, bulletin), money in public (funds).
"""

import re
from typing import Any

from tests.support.ledgers import begin, entries, ledger
from tests.support.town import OFFICE, A, at, words
from tests.support.whistles import png


def project(town: Any, **typed: str) -> str:
    return begin(
        town, "superior", "project", **{"kind": "major", "title": "老旧管网改造", "text": "三条街。", **typed}
    )


def test_how_it_is_measured_is_asked_in_one_place(town: Any) -> None:
    with at("11-23 09:00"):
        form = town.desk("superior").get("/desk/start/project/").content.decode()
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="(measure|counted|baseline|amount)', form)
    assert list(dict.fromkeys(names)) == ["measure", "counted", "baseline", "amount"]


def test_a_late_milestone_becomes_a_supervised_matter(town: Any) -> None:
    with at("11-23 09:00"):
        number = project(town, amount="1200000")
        assert "1,200,000.00" in town.matter("superior", number)
        town.do("superior", number, "milestone", title="施工图审完", org=OFFICE, by="2026-12-04")
        town.do("superior", number, "milestone", title="开工", org=OFFICE, by="2026-12-31")
        assert "节点“施工图审完”，由区住建委在" in town.matter("handler", number)
        # Looked at on site; what was seen stands in the history.
        assert "已进场打围" in town.do("superior", number, "note", leg=1, text="已进场打围。", photo=png())
        # Not concluded while a milestone is open.
        assert "收尾：量一量" not in town.matter("superior", number)
    with at("12-07 09:00"):
        town.work()
        town.work()
        page = town.desk("handler").get(f"/desk/matters/{number}/").content.decode()
        assert "区住建委误了节点的日子，已立督办件，上级知道了。" in words(page)
        # Late looks late: red, not as if it were under way.
        assert '<span class="bd-tag late">误了，已督办</span>' in page
        (watched,) = set(re.findall(r"/desk/matters/(FL-\d+-\d+)/", page)) - {number}
        read = town.matter("handler", watched)
        assert "督办区住建委，请在12月" in read
        assert "施工图审完" not in town.todo("outsider")
        town.do("handler", watched, "answer", result="设计单位换人，已补上。", until="2026-12-15")
        # Whoever is supervised does not rule on it.
        assert "rule" not in town.office("head").offers(watched)
        assert "认定：补救了" in town.do("supervisor", watched, "rule", verdict="remedied")
        # The other milestone is not late because of the first.
        states = {leg["n"]: leg["state"] for leg in town.office("clerk").see(number)["legs"]}
        assert states == {1: "late", 2: "called"}
    with at("12-15 09:00"):
        town.do("handler", number, "answer", leg=1, result="审完了。", photo=png())
        assert "验收通过" in town.do("superior", number, "accept", leg=1)


def test_several_projects_stand_in_one_drive(town: Any) -> None:
    """Bundled supervision, special drives as F18: one ledger over projects that may also stand alone."""
    with at("11-23 09:00"):
        drive = begin(
            town, "superior", "campaign", kind="rectify", title="老旧小区打包督办", text="两个项目。"
        )
        town.do("superior", drive, "plan", plan="每月看一次。", until="2027-03-31")
        made = [
            begin(town, "superior", "project", about=drive, kind="major", title=title, text="一条街。")
            for title in ("东街管网", "西街管网")
        ]
        alone = project(town)
        assert entries(town, "superior", drive) == sorted(made)
        assert alone not in made
        assert "共 2 件，已结束 0 件" in ledger(town, "superior", drive)
        assert "还有 2 件没有结束" in town.do("superior", drive, "close", expect=409, text="完了。")
        town.do("superior", made[0], "milestone", title="开工", org=OFFICE, by="2026-12-04")
        town.do("superior", made[1], "milestone", title="开工", org=A, by="2026-12-31")
    with at("12-07 09:00"):
        town.work()
        town.work()
        # The late one alone is supervised.
        assert "已立督办件" in town.matter("superior", made[0])
        assert "已立督办件" not in town.matter("superior", made[1])
        for who in ("sibling", "outsider"):
            assert town.opens(who, drive) == 404, who


def test_what_was_not_accepted_has_a_day_of_its_own(town: Any) -> None:
    """Not the sixty days of a milestone without a day."""
    with at("11-23 09:00"):
        number = project(town)
        town.do("superior", number, "milestone", title="施工图审完", org=OFFICE, by="2026-12-04")
        town.do("handler", number, "answer", leg=1, result="图审完了。")
        town.do("superior", number, "redo", 422, leg=1, reason="缺一张图")
        read = town.do("superior", number, "redo", leg=1, reason="缺一张图", by="2026-12-08")
        assert "验收没有通过，12月8日 周二 前再做：缺一张图" in read
        assert re.search(r"节点日子 12月8日 周二", town.matter("superior", number))
