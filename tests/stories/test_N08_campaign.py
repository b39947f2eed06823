"""N08 (and, by other words of the same declaration, F13, W10, Y23): a campaign has its scope, its plan, its ledger and its
closing report; each problem is mended by its unit and struck off by another person than the one who mended it.

Waits for other rooms: the campaign's figures on a public page (bulletin). Clues never stand on a ledger: there is no field
for a person (see limits.md, F15).
"""

import io
import json
import zipfile
from typing import Any

import pytest
import time_machine

from tests.support.ledgers import begin, entries, ledger, under
from tests.support.town import OFFICE, A, B, at, local, words
from tests.support.whistles import png


@pytest.fixture
def campaign(town: Any) -> str:
    """A campaign of the street that has its plan."""
    with at("11-23 09:00"):
        number = begin(
            town,
            "superior",
            "campaign",
            kind="rectify",
            title="惠民资金专项整治",
            text="各社区、各站所的惠民资金发放。",
        )
        town.do("superior", number, "plan", plan="先自查，再抽查，逐件销号。", until="2027-03-31")
    return number


def problem(town: Any, campaign: str, org: str = OFFICE, **typed: str) -> str:
    form = {
        "kind": "money",
        "title": "公示栏没有公示发放名单",
        "text": "抽查三个月，两个月没有公示。",
        "org": org,
        **typed,
    }
    return begin(town, "superior", "problem", about=campaign, **form)


def test_scope_ledger_and_closing_report(town: Any, campaign: str) -> None:
    with at("11-23 10:00"):
        first, second = problem(town, campaign), problem(town, campaign, A, title="台账不全")
        read = ledger(town, "superior", campaign)
        assert "共 2 件，已结束 0 件" in read
        assert "公示栏没有公示发放名单" in read
        assert "区住建委" in read
        assert "公示栏没有公示发放名单" in town.todo("handler")
        # Not while a problem is open.
        assert "还有 2 件没有结束" in town.do("superior", campaign, "close", expect=409, text="都办完了。")
    with at("11-25 09:00"):
        for who, number in (("handler", first), ("secretary", second)):
            town.do(who, number, "report_in")
            # Without anything to show there is no answer.
            town.do(who, number, "answer", expect=422, claim="mended", result="补公示了。")
            town.do(who, number, "answer", claim="mended", result="补公示了。", photo=png())
            town.do("superior", number, "pass", how="site", note="到现场看过。")
        assert "共 2 件，已结束 2 件" in ledger(town, "superior", campaign)
        assert "整改好了 2" in ledger(town, "superior", campaign)
        read = town.do("superior", campaign, "close", text="两件都整改了，建立每月公示。")
        assert "收官报告：两件都整改了，建立每月公示。" in read
        assert "已结束" in read
        sheet = town.desk("superior").get(f"/desk/matters/{campaign}/ledger/")
        with zipfile.ZipFile(io.BytesIO(sheet.content)) as book:
            kept = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        assert "台账不全" in kept
        # Nothing hangs on a campaign that is over.
        assert "已经结束" in begin(
            town,
            "superior",
            "problem",
            expect=422,
            about=campaign,
            kind="money",
            title="又一件",
            text="……",
            org=OFFICE,
        )


def test_another_person_re_checks_and_what_is_not_mended_is_said(town: Any, campaign: str) -> None:
    with at("11-23 10:00"):
        number = problem(town, campaign, by="2026-12-04")
        town.do("handler", number, "report_in")
        town.do("handler", number, "answer", claim="partly", result="贴了一半。", photo=png())
        # The unit that mends cannot strike its own problem off.
        assert "pass" not in town.office("handler").offers(number)
        assert "pass" not in town.office("head").offers(number)
        read = town.do("superior", number, "redo", reason="还差十一月的。")
        assert "请区住建委再整改：还差十一月的。" in read
        mark = problem(town, campaign, A, by="2026-12-04")
        # The day chosen for the mend is no day for taking it up.
        assert "认领期限 11月25日 周三" in town.matter("secretary", mark)
    with at("12-31 09:00"):
        town.work()
        town.work()
        read = town.matter("superior", mark)
        assert "甲社区没有按时整改，已经告诉它的上级。" in read
        assert "如实记为“没有整改”" in read
        assert "没有整改 1" in ledger(town, "superior", campaign)


def test_wrongly_sent_it_goes_on_to_the_right_one(town: Any, campaign: str) -> None:
    with at("11-23 10:00"):
        number = problem(town, campaign, A)
        town.do("secretary", number, "return", reason="公示栏是住建委的。")
        assert "改由区住建委整改" in town.do("superior", number, "hand_over", org=OFFICE, reason="已核对")
        assert "公示栏" in town.todo("handler")


def test_a_ledger_speaks_of_units_and_nobody_else_reads_it(town: Any, campaign: str) -> None:
    """limits.md, F15: clues stay off; a ledger has no field for a person."""
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure

    for pack in ("base", "fuling", "nanchuan", "weibin", "yuzhong", "dadukou"):
        for name in ("campaign", "problem", "hazard", "round"):
            kinds = {
                kind.rstrip("?")
                for one in get_pack(pack).many(Procedure)[name].actions
                for kind in one.fields.values()
            }
            assert not kinds & {"person", "post"}, (pack, name)
    with at("11-23 10:00"):
        number = problem(town, campaign)
        for who in ("sibling", "outsider", "secretary"):
            assert town.opens(who, number) == 404, who
            assert town.opens(who, campaign) == 404, who
        assert entries(town, "superior", campaign) == [number]
        # Neither may a unit hang a problem on somebody else's campaign.
        page = town.desk("handler").get("/desk/start/problem/", {"about": campaign})
        assert page.status_code == 403, words(page)
        assert json.dumps(town.office("handler").see(number)["facts"], ensure_ascii=False).count("某") == 0


def test_a_leader_has_a_fixed_village_within_the_campaign(town: Any) -> None:
    """Which post looks after which village stands on the same ledger; who did not go in time is said, and no person is named."""
    under("nanchuan")
    with at("11-23 09:00"):
        number = begin(town, "superior", "campaign", kind="rectify", title="惠民资金", text="各村的发放。")
        town.do("superior", number, "plan", plan="领导定点到村。", until="2027-03-31")
        fixed = begin(
            town, "superior", "fixed_village", about=number, title="定点乙村", village=B, post="p-clerk"
        )
        assert "定点乙社区" in town.matter("clerk", fixed)
        assert "定点乙村" in town.todo("clerk")
        read = town.do("clerk", fixed, "look", found="2", text="公示栏旧的没有撤。")
        assert "去看了，发现 2 个问题" in read
        problem(town, number, A)
        assert "共 2 件" in ledger(town, "superior", number)
        # The village reads nothing about itself here, nor does the neighbour.
        for who in ("sibling", "secretary", "outsider"):
            assert town.opens(who, fixed) == 404, who
    with at("12-31 09:00"):
        assert "到日子没有去看" not in town.matter("superior", fixed)
    with time_machine.travel(local("11-23 09:00").replace(year=2027, month=3), tick=False):
        town.work()
        assert "到日子没有去看，如实记下" in town.matter("superior", fixed)
