"""What was given to a post by name: it ends with the appointment, is told on the hand-over sheet, and passes to nobody."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tests.support.cards import office, send
from tests.support.districts import appoint, enrol
from tests.support.town import OFFICE, A, Town, at, words

__all__ = ["office"]
LAST = date(2026, 12, 1)


def end(post: str, day: date = LAST) -> None:
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import EndPost
    from baodao.orgs.services import end_posts
    from tests.support.town import local

    end_posts(system_act(local("11-20 08:00"), f"end-{post}"), posts=[EndPost(post, day)])


def patrol(town: Town) -> None:
    """An officer of a bureau with an area; who follows has the same kind of post."""
    uids = enrol({"officer": "某警", "next": "某接"}, {"officer": "13600008801", "next": "13600008802"})
    appoint(("officer", OFFICE, "area_officer"), ("next", OFFICE, "area_officer"), uids=uids)
    town.uids |= uids
    page = town.desk("administrator").post(
        "/desk/areas/",
        {
            "command": "area-1",
            "post": "p-officer",
            "name": "东片",
            "since": "2026-11-20",
            "places": f"{A} {A}-01",
        },
    )
    assert page.status_code == 303, words(page)


def depute(town: Town) -> None:
    """The officer asks the head of her office to act for her."""
    from baodao.kernel.act import Act
    from baodao.orgs.powers.deputies import NewDeputy, begin
    from baodao.orgs.selectors import standing
    from tests.support.town import local

    now = local("11-20 09:10")
    grants = standing(town.uids["officer"], "p-officer").grants
    by = Act("person", now, now, "dep-1", person=town.uids["officer"], post="p-officer", grants=grants)
    until = date(2026, 11, 20) + timedelta(days=9)
    begin(by, deputies=[NewDeputy("p-officer", "p-head", date(2026, 11, 20), until, ("matter.read",), 1)])


def test_areas_and_deputies_are_on_the_sheet_and_pass_to_nobody(town: Town) -> None:
    with at("11-20 09:00"):
        patrol(town)
        number = town.phone("resident").report(text="路灯不亮。", kind="road")
        depute(town)
        end("p-officer")
        made = town.desk("head").post(
            "/desk/handovers/new/",
            {"command": "h-1", "post": "p-officer", "heir": "p-next", "day": LAST.isoformat()},
        )
        assert made.status_code == 303, words(made)
        sheet = str(made["Location"])
        read = words(town.desk("head").get(sheet))
        assert "片区：东片（2 处）" in read
        assert re.search(r"区住建委\S*代理这个岗位", read)
        assert "随任期结束，不交给接手的人" in read
        # They are told, not counted as open work, and nobody else's.
        assert "没办完的 0 件" in read
        assert town.desk("officer").get(f"/desk/matters/{number}/").status_code == 200
        assert town.desk("next").get(f"/desk/matters/{number}/").status_code == 404
        assert "p-officer" in words(town.desk("administrator").get("/desk/areas/"))
    with at("12-01 09:00"):
        town.work()
        assert town.desk("next").get(f"/desk/matters/{number}/").status_code == 404
        assert "p-officer" not in words(town.desk("administrator").get("/desk/areas/"))


def test_a_card_is_never_on_a_sheet_and_its_reader_is_told_to_name_another(office: Town) -> None:
    with at("11-20 09:00"):
        number, _code = send(office, OFFICE)
        office.desk("second")
        for who in ("keeper", "second"):
            end(f"p-{who}")
        made = office.desk("chief").post(
            "/desk/handovers/new/",
            {"command": "h-2", "post": "p-keeper", "heir": "", "day": LAST.isoformat()},
        )
        assert made.status_code == 303, words(made)
        assert number not in words(office.desk("chief").get(str(made["Location"])))
        told = words(office.desk("keeper").get("/desk/cards/"))
        assert "不随工作交接" in told
        assert "这 1 张到那天只有您能打开" in told
        # Somebody who stays is named: nothing hangs on the leaver any more.
        office.do("keeper", number, "name_reader", reader="p-inspector")
        assert "每一张都还有别的人能打开" in words(office.desk("keeper").get("/desk/cards/"))
        # Whoever stays is not troubled.
        assert "不随工作交接" not in words(office.desk("inspector").get("/desk/cards/"))
    with at("12-01 09:00"):
        office.work()
        assert number in words(office.desk("inspector").get("/desk/cards/"))


def test_the_reader_of_a_card_loses_it_with_that_appointment_even_in_another_post(office: Town) -> None:
    """What names an appointment is not carried into the next one of the same person."""
    with at("11-20 09:00"):
        number, _code = send(office, OFFICE)
        end("p-keeper")
    with at("12-01 09:00"):
        from baodao.kernel.act import system_act
        from baodao.orgs.ruling import NewPost
        from baodao.orgs.services import begin_posts
        from tests.support.cards import COMMISSION
        from tests.support.town import local

        again = NewPost("p-keeper-9", COMMISSION, "card_keeper", office.uids["keeper"], LAST)
        begin_posts(system_act(local("12-01 08:00"), "again"), posts=[again])
        assert number not in words(office.desk("keeper").get("/desk/cards/"))
        assert office.desk("keeper").get(f"/desk/matters/{number}/").status_code == 404
        assert office.desk("second").get(f"/desk/matters/{number}/").status_code == 200
