"""W20: a demand from above is entered by whoever demands, with rule and rhythm, and sent back in one act. The board adds up what
each demander asked; communities stand in no board, whatever they answer."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tests.measures.test_returns import sheet
from tests.support.ledgers import begin
from tests.support.town import DISTRICT, A, B, at, words


def test_a_demand_is_entered_by_who_demands_and_sent_back_in_one_act(square: Any) -> None:
    with at("11-23 09:00"):
        form = {
            "asked": "table",
            "title": "楼栋信息表",
            "rule": "某文件第三条",
            "rhythm": "monthly",
            "minutes": "90",
            "by": "2026-12-04",
            "rows": "2",
            "calls.0.org": A,
            "calls.0.role": "lead",
            "calls.1.org": B,
            "calls.1.role": "co",
        }
        # Without a rule there is no demand.
        assert "这一项要填" in begin(square, "superior", "demand", expect=422, **{**form, "rule": ""})
        # Communities are asked alike: none leads and none assists.
        asked = words(square.desk("superior").get("/desk/start/demand/"))
        assert "主办还是协办" not in asked
        # Nothing is ruled about what a community answers.
        assert "每个单位各有时限；一家晚了不算到别家头上。" in asked
        assert "裁定" not in asked
        assert "每个单位各有时限、各自裁定" in words(square.desk("secretary").get("/desk/start/whistle/"))
        number = begin(square, "superior", "demand", **form)
        assert "楼栋信息表（报表，每月，每次 90 分钟），按 某文件第三条。" in square.matter(
            "secretary", number
        )
        page = square.desk("secretary").get(f"/desk/matters/{number}/?do=asked_before&leg=1").content.decode()
        # One tap: no reason, no file, no date.
        form_ = page[page.index('name="_do" value="asked_before"') :]
        assert "<textarea" not in form_[: form_.index("</form>")]
        square.do("secretary", number, "asked_before", leg=1)
        assert "甲社区退回：要过了。" in square.matter("superior", number)
        # Every kind of demand has its place: table, report, photo, group, app. Filed before it reaches a community: nobody below was told first.
        form_page = square.desk("superior").get("/desk/start/demand/").content.decode()
        for kind in ("table", "report", "photo", "group", "app"):
            assert f'value="{kind}"' in form_page, kind
        # A rule that is none is sent back as well, in one act.
        assert "乙社区退回：没有依据。" in square.do("sibling", number, "no_rule", leg=2)
        # A community files nothing itself.
        page = square.desk("secretary").get("/desk/start/demand/")
        assert page.status_code == 403, words(page)
        assert "向下要的东西" not in words(square.desk("secretary").get("/desk/start/"))
    with at("12-07 09:00"):
        square.work()
        assert "没有后果" in square.matter("sibling", number)
        # Neither community is late by it: nothing is settled that a board could read.
        from baodao.ledger.models import Fact

        kinds = set(Fact.objects.filter(subject=f"matter:{number}").values_list("kind", flat=True))
        assert "matter.settled" not in kinds


def test_what_is_known_is_filled_by_the_machine_and_given_in_one_tap(square: Any) -> None:
    with at("11-23 09:00"):
        desk = square.desk("superior")
        form = {
            "asked": "table", "title": "办结情况表", "rule": "某文件", "rhythm": "monthly", "minutes": "30",
            "by": "2026-12-04", "rows": "1", "calls.0.org": A, "calls.0.role": "lead",
        }  # fmt: skip
        raw = sheet(("事项", "数"), ("受理量", ""), ("志愿服务队", ""))
        number = begin(square, "superior", "demand", **form, file=SimpleUploadedFile("表.xlsx", raw))
        assert "账上有的，机器先填好" not in words(desk.get(f"/desk/matters/{number}/")), "not asked of her"
        asked = square.desk("secretary")
        assert f"/desk/known/{number}/" in asked.get(f"/desk/matters/{number}/").content.decode()
        there = f"/desk/known/{number}/"
        assert desk.get(there).status_code == 404
        page = words(asked.get(there))
        assert "B2 受理量 · 数 0" in page
        assert "B3 志愿服务队 · 数 账上没有" in page
        taken = load_workbook(io.BytesIO(asked.get(f"{there}?as=file").content)).worksheets[0]
        assert (taken["B2"].value, taken["B3"].value) == (0, None)
        body = asked.get(there).content.decode()
        assert body.count("<textarea") == 0
        assert asked.post(there, {"command": f"known-{number}-1"}).status_code == 303
        assert "甲社区给了。" in square.matter("superior", number)
        assert asked.get(there).status_code == 404, "given already"


def test_the_board_ranks_who_asks_and_never_who_is_asked(square: Any) -> None:
    def demand(who: str, title: str, rhythm: str, minutes: str, *communities: str) -> str:
        calls = {f"calls.{n}.org": org for n, org in enumerate(communities)}
        calls |= {f"calls.{n}.role": "co" if n else "lead" for n in range(len(communities))}
        form = {"asked": "table", "title": title, "rule": "某文件", "rhythm": rhythm, "minutes": minutes}
        return begin(square, who, "demand", **form, by="2026-12-04", rows=str(len(communities)), **calls)

    with at("11-23 09:00"):
        number = demand("superior", "楼栋信息表", "monthly", "90", A, B)
        demand("outsider", "一次照片", "once", "30", A)
        # Sent back: it was asked all the same, and nothing stands against the community.
        square.do("secretary", number, "asked_before", leg=1)
    with at("11-24 09:00"):
        square.work()
        desk, month = square.desk("supervisor"), f"?org={DISTRICT}&period=2026-11"
        board = words(desk.get(f"/desk/measures/hours_asked/board/{month}"))
        assert "排的是要的单位，要得少的在前；被要的单位从不排名。" in board
        assert "1 远街道 0.5 小时（折一年）" in board
        assert "2 画街道 36 小时（折一年）" in board, "90 minutes, twelve times a year, of two"
        ranks = board[board.index("位次 单位 数字") :]
        assert "甲社区" not in ranks
        assert "乙社区" not in ranks
        # From the number to what was asked.
        why = words(desk.get(f"/desk/measures/hours_asked/{month}"))
        assert "加起来 2190 ÷ 60 = 36.5 小时（折一年）" in why
        page = words(desk.get(f"/desk/measures/hours_asked/facts/{month}"))
        assert page.count("18 小时（折一年）") == 2
        assert number in page
        # Who is asked has no figure of that kind, from any side.
        own = words(square.desk("secretary").get(f"/desk/measures/hours_asked/?org={A}&period=2026-11"))
        assert "36 小时" not in own
        assert "同级位次 甲社区 0 小时" in own
        assert square.desk("secretary").get(f"/desk/measures/hours_asked/board/{month}").status_code == 404
        assert "没有可以比的" in words(desk.get("/desk/measures/hours_asked/board/?period=2026-08"))
        assert desk.get(f"/desk/measures/opened/board/{month}").status_code == 404, "volume is never ranked"
