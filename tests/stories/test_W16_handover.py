"""W16: a community's old secretary leaves, the new one begins on one date, and what was open is handed over on a sheet that
both sign; nothing stays with the one who left.

Waits for other rooms: standards for candidates, the roll of voters, nomination, the vote and its result (Ballots);
the funds on the same sheet (Funds).
"""

import re
from datetime import date
from typing import Any

import pytest

from tests.support.town import STREET, A, B, Town, at, local, words

LAST = date(2026, 12, 1)


def elect(town: Town, start: date = LAST) -> str:
    """The setup of the day: the old term ends, the new one begins; gives the new post."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import EndPost, NewPost
    from baodao.orgs.services import begin_posts, end_posts

    by = system_act(local("11-20 09:00"), "w16-end")
    end_posts(by, posts=[EndPost("p-secretary", LAST)])
    begin_posts(
        system_act(local("11-20 09:00"), "w16-begin"),
        posts=[NewPost("p-new", A, "community_secretary", town.uids["neighbour"], start)],
    )
    return "p-new"


def hidden(form: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def form_of(page: Any, mark: str) -> dict[str, str]:
    """The hidden fields of the one form that holds these words."""
    found = [one for one in re.findall(r"<form.*?</form>", page.content.decode(), re.S) if mark in one]
    assert len(found) == 1, (mark, len(found), words(page))
    return hidden(found[0])


def main(page: Any) -> str:
    body = page.content.decode()
    return words(body[body.index("<main") :])


@pytest.fixture
def two(town: Town) -> list[str]:
    """Two requests that the secretary took, one with a promised day."""
    with at("11-23 09:00"):
        numbers = [town.phone().report(text=f"楼道里第{n}盏灯不亮。") for n in (1, 2)]
        for number in numbers:
            town.do("secretary", number, "report_in")
    return numbers


def open_sheet(town: Town, who: str, heir: str) -> str:
    desk = town.desk(who)
    page = desk.get("/desk/handovers/new/?post=p-secretary")
    assert page.status_code == 200, words(page)
    assert "手上现有 2 件没办完" in main(page)
    made = desk.post(
        "/desk/handovers/new/", {**form_of(page, "由谁接手"), "heir": heir, "day": LAST.isoformat()}
    )
    assert made.status_code == 303, words(made)
    return str(made["Location"])


def test_everything_open_goes_over_on_the_day_on_a_sheet_signed_by_both(town: Town, two: list[str]) -> None:
    new = elect(town)
    with at("11-24 09:00"):
        # Before the day: she leaves with two things in hand, and her list says so.
        listed = main(town.desk("secretary").get("/desk/handovers/"))
        assert "2 件" in listed and "2026年12月1日" in listed
        sheet = open_sheet(town, "secretary", new)
        page = town.desk("secretary").get(sheet)
        text = main(page)
        assert all(number in text for number in two)
        assert "第1盏灯" in text
        assert "还没签" in text
        signed = town.desk("secretary").post(sheet, form_of(page, "以上都交清了"))
        assert signed.status_code == 303, words(signed)
        assert "签字时 2 件" in main(town.desk("secretary").get(sheet))
    with at("12-01 08:30"):
        # The new secretary reads it on her first day, and signs.
        page = town.desk("neighbour").get(sheet)
        assert page.status_code == 200
        signed = town.desk("neighbour").post(sheet, form_of(page, "以上都接下了"))
        assert signed.status_code == 303, words(signed)
        text = main(town.desk("neighbour").get(sheet))
        assert "交了 2 件，一件不剩" in text
        todo = town.todo("neighbour")
        assert all(number in todo for number in two)
        # Nothing stays with the one who left: no line for her, and the resident reads who goes on.
        assert "没有离岗还带着事的岗位" in main(town.desk("superior").get("/desk/handovers/"))
        assert "承办人交接，由甲社区 社区（村）书记接着办，日子不变" in words(
            town.desk("neighbour").get(f"/desk/matters/{two[0]}/")
        )
        town.do("neighbour", two[0], "answer", claim="solved", result="换好了。")


def test_a_superior_stands_in_for_who_is_gone_and_some_items_go_back_to_the_office(
    town: Town, two: list[str]
) -> None:
    new = elect(town)
    with at("12-01 09:00"):
        gone = main(town.desk("superior").get("/desk/handovers/"))
        assert "已离岗" in gone
        sheet = open_sheet(town, "superior", new)
        page = town.desk("superior").get(sheet)
        ref = f"matters:{two[1]}/1"
        assert f'value="{ref}"' in page.content.decode()
        chosen = town.desk("superior").post(sheet, {**form_of(page, "选中的交给它"), "item": ref, "heir": ""})
        assert chosen.status_code == 303, words(chosen)
        page = town.desk("superior").get(sheet)
        refused = town.desk("superior").post(sheet, {**form_of(page, 'party" value="leaver:'), "reason": ""})
        assert refused.status_code == 422
        assert "代签要写原因" in words(refused)
        page = town.desk("superior").get(sheet)
        signed = town.desk("superior").post(
            sheet, {**form_of(page, 'party" value="leaver:'), "reason": "已调往区里，无法到场"}
        )
        assert signed.status_code == 303, words(signed)
        assert "代签：已调往区里，无法到场" in main(town.desk("superior").get(sheet))
        # She may not receive as well: another person signs for the office.
        page = town.desk("superior").get(sheet)
        assert "另一方是您签的" in main(page)
        forged = {
            **form_of(page, "选中的交给它"),
            "do": "sign",
            "side": "heir",
            "party": "heir:",
            "command": "both",
        }
        both = town.desk("superior").post(sheet, forged)
        assert both.status_code == 409
        assert "另一个人" in words(both)
        heir = town.desk("neighbour")
        for mark in (f'party" value="heir:{new}"', 'party" value="heir:"'):
            page = heir.get(sheet)
            assert heir.post(sheet, form_of(page, mark)).status_code == 303
        assert "交了 2 件，一件不剩" in main(heir.get(sheet))


def test_who_left_without_a_sheet_gets_one_and_what_nobody_signed_goes_over(
    town: Town, two: list[str]
) -> None:
    elect(town)
    with at("11-30 09:00"):
        town.work()
        assert "没有交接单" in main(town.desk("superior").get("/desk/handovers/"))
    with at("12-01 08:00"):
        town.work()
        listed = town.desk("superior").get("/desk/handovers/").content.decode()
        [sheet] = set(re.findall(r'href="(/desk/handovers/ho-\d+/)"', listed))
        # Whoever took the same post is the heir, and may sign as on any sheet.
        text = main(town.desk("neighbour").get(sheet))
        assert all(number in text for number in two)
        assert "到 2026年12月4日 还没有签齐，就由系统交过去" in text
        signed = town.desk("neighbour").post(
            sheet, form_of(town.desk("neighbour").get(sheet), "以上都接下了")
        )
        assert signed.status_code == 303, words(signed)
        town.work()
        assert "等签字" in main(town.desk("superior").get("/desk/handovers/"))
    with at("12-03 23:00"):
        town.work()
        assert "没办完的 2 件" in main(town.desk("neighbour").get(sheet))
    with at("12-04 00:30"):
        town.work()
        text = main(town.desk("neighbour").get(sheet))
        assert "交了 2 件，一件不剩" in text and "由系统交了过去" in text
        assert "没有离岗还带着事的岗位" in main(town.desk("superior").get("/desk/handovers/"))
        assert all(number in town.todo("neighbour") for number in two)
        town.do("neighbour", two[0], "answer", claim="solved", result="换好了。")
        assert (
            len(
                set(
                    re.findall(
                        r"ho-\d+", town.desk("superior").get("/desk/handovers/?view=done").content.decode()
                    )
                )
            )
            == 1
        )


def test_others_neither_see_nor_sign_it(town: Town, two: list[str]) -> None:
    new = elect(town)
    with at("11-24 09:00"):
        sheet = open_sheet(town, "secretary", new)
        strange = town.desk("superior").get("/desk/handovers/new/?post=p-head")
        assert strange.status_code == 404
        for who in ("sibling", "outsider", "handler", "clerk", "auditor"):
            assert town.desk(who).get(sheet).status_code == 404, who
            assert sheet.split("/")[3] not in main(town.desk(who).get("/desk/handovers/")), who
            assert town.desk(who).get("/desk/handovers/new/?post=p-secretary").status_code == 404, who
        assert town.desk("superior").get(sheet).status_code == 200
        paper = town.desk("secretary").get(f"{sheet}sheet.xlsx")
        assert paper.status_code == 200 and paper.content[:2] == b"PK"


def sheet_of(rows: list[list[str]]) -> Any:
    """A filled sheet as a browser sends it."""
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile

    from baodao.kernel.tables import write_xlsx

    out = io.BytesIO()
    header = ["调整", "单位代码", "岗位类别", "接任人的手机号", "依据文号"]
    write_xlsx(out, "调整", header, iter(rows))
    return SimpleUploadedFile("换届.xlsx", out.getvalue())


def test_old_terms_end_and_new_ones_begin_on_one_date_and_can_be_undone_before(town: Town) -> None:
    with at("11-20 09:00"):
        desk = town.desk("administrator")
        made = desk.post(
            "/desk/plans/", {"command": "w16-plan", "title": "社区换届", "day": LAST.isoformat()}
        )
        assert made.status_code == 303, words(made)
        plan = str(made["Location"])
        empty = desk.get(f"{plan}sheet/empty.xlsx")
        assert empty.status_code == 200 and empty.content[:2] == b"PK"
        rows = [
            ["接任", A, "社区（村）书记", town.number_of("neighbour"), "涪委〔2026〕12号"],
            ["接任", B, "社区（村）书记", town.number_of("resident"), "涪委〔2026〕12号"],
            ["接任", A, "社区（村）书记", "13900009999", ""],
        ]
        sent = desk.post(f"{plan}sheet/", {"command": "w16-file", "file": sheet_of(rows)})
        assert sent.status_code == 303, words(sent)
        checked = desk.get(sent["Location"])
        assert "没有登记这个手机号" in main(checked)
        assert "社区（村）书记离岗（p-secretary）" in main(checked)
        refused = desk.post(sent["Location"], {"command": "w16-add"})
        assert refused.status_code == 422 and "有 1 行要改" in words(refused)
        added = desk.post(sent["Location"], {"command": "w16-add-2", "good": "1"})
        assert added.status_code == 303, words(added)
        page = desk.get(plan)
        text = main(page)
        assert "2 任命" in text and "2 免职" in text
        done = desk.post(plan, {**form_of(page, 'value="confirm"'), "do": "confirm"})
        assert done.status_code == 303, words(done)
        # Everybody reads what will be; today nothing is different.
        secretary = main(town.desk("secretary").get(f"/desk/orgs/{A}/"))
        assert "2026年12月1日 社区（村）书记离岗" in secretary
        tree = main(town.desk("superior").get(f"/desk/tree/?on=2026-12-01&from=2026-11-20&under={STREET}"))
        assert "社区（村）书记离岗（p-secretary）" in tree
        assert "社区（村）书记上任" in tree
        # Somebody else's plan for the same post is told of this one.
        other = desk.post("/desk/plans/", {"command": "w16-two", "title": "另一份", "day": "2026-12-05"})[
            "Location"
        ]
        page = desk.get(other)
        form = form_of(page, "接任人的手机号")
        desk.post(other, {**form, "kind": "end", "org": A, "post": "p-secretary"})
        assert "社区换届" in main(desk.get(other))
        assert (
            desk.post(other, {**form_of(desk.get(other), 'value="confirm"'), "do": "confirm"}).status_code
            == 409
        )
    with at("11-30 18:00"):
        page = desk.get(plan)
        desk = town.desk("administrator")
        page = desk.get(plan)
        undone = desk.post(plan, {**form_of(page, "撤回整个计划"), "do": "undo"})
        assert undone.status_code == 303, words(undone)
        assert "已撤回" in main(desk.get(plan))
        assert "将有的变化" not in main(town.desk("secretary").get(f"/desk/orgs/{A}/"))
    with at("12-02 09:00"):
        assert "社区（村）书记" in words(town.desk("secretary").get("/desk/"))


def test_only_who_may_plan_finds_the_plans(town: Town) -> None:
    with at("11-20 09:00"):
        made = town.desk("administrator").post(
            "/desk/plans/", {"command": "w16-p", "title": "社区换届", "day": LAST.isoformat()}
        )
        plan = str(made["Location"])
        for who in ("superior", "secretary", "handler", "outsider", "auditor"):
            assert town.desk(who).get("/desk/plans/").status_code == 403, who
            assert town.desk(who).get(plan).status_code == 404, who
            assert town.desk(who).get(f"{plan}sheet/").status_code == 404, who


def test_a_sheet_made_void_after_the_day_is_begun_again_when_nobody_does_so_in_three_days(
    town: Town, two: list[str]
) -> None:
    elect(town)
    with at("12-01 09:00"):
        town.work()
        first = numbers_of(town)
        assert len(first) == 1
        sheet = f"/desk/handovers/{first.pop()}/"
        page = town.desk("superior").get(sheet)
        assert "岗位结束三天还没有另开的，系统会再开一张" in main(page)
        assert "模拟数据" not in main(page)
        void = town.desk("superior").post(sheet, {**form_of(page, "作废这张单"), "do": "drop"})
        assert void.status_code == 303, words(void)
    for day in ("12-01 09:10", "12-03 23:00"):
        with at(day):
            town.work()
            assert numbers_of(town) == set(), day
            assert "没有交接单" in main(town.desk("superior").get("/desk/handovers/"))
    with at("12-04 08:00"):
        town.work()
        assert len(numbers_of(town)) == 1


def test_a_sheet_for_a_made_up_appointment_says_that_it_is_made_up(town: Town, two: list[str]) -> None:
    from baodao.orgs.models import Post

    Post.objects.filter(code="p-secretary").update(origin="simulated")
    elect(town)
    with at("12-01 08:00"):
        town.work()
        [number] = numbers_of(town)
        assert "模拟数据" in main(town.desk("superior").get(f"/desk/handovers/{number}/"))


def numbers_of(town: Town) -> set[str]:
    """The sheets that the list shows as running."""
    return set(
        re.findall(
            r'href="/desk/handovers/(ho-\d+)/"',
            town.desk("superior").get("/desk/handovers/").content.decode(),
        )
    )
