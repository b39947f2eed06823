"""Y05 (评星定级): stars follow declared rules from facts; the member sees why and may object, and the objection is ruled by somebody else, after
which the stars follow the corrected facts. Off unless the district's pack switches points on; then there is no list, no rank and no export of
persons, on any page of the desk. A member's class is on which rolls she stands, shown to herself; nobody keeps a class for her.
"""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.town import DISTRICT, OFFICE, A, Town, at, local, words

PHONE, MEMBER = "13700004321", "沈评星"
SWITCH = """
[points]
basis = "区委〔2026〕5 号"
basis_en = "Document 5 of 2026"
approver = "区委组织部部务会"
approver_en = "The organization department"
since = 2026-01-01
until = 2026-12-31
post = "points_keeper"
cap = 6
expires_after = 1
source = "district"

[[points.rule]]
name = "served"
title = "服务一次"
title_en = "Served once"
points = 4
most = 12

[[points.star]]
stars = 1
points = 4

[[points.star]]
stars = 3
points = 6

[post.points_keeper]
title = "积分指定岗位"
title_en = "Keeper of points"
at = ["district"]
rights = [{ right = "service.points", reach = "own", level = 1 }]
source = "district"
"""


@pytest.fixture
def switched(settings: Any, tmp_path: Path) -> None:
    """Fuling's pack with points."""
    folder = tmp_path / "packs"
    shutil.copytree(settings.PACKS, folder)
    (folder / "fuling" / "points.toml").write_text(SWITCH, "utf-8")
    settings.PACKS = str(folder)


def served(town: Town, times: int, refused: int = 0) -> Any:
    """A listed member with confirmed service, the last ``refused`` times of which the community says that they were not; set up by the
    services, walked in D01. Gives her browser."""
    from datetime import date, time, timedelta

    from baodao.gather.service import services
    from baodao.kernel.act import Act, system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances
    from baodao.orgs.selectors import standing
    from baodao.people.selectors import persons_of
    from tests.support.town import SINCE

    group = NewAlliance("service_group", "服务团", A, SINCE, members=(NewMember(OFFICE),))
    found_alliances(system_act(local("01-06 09:00"), "y05-group"), alliances=[group])
    rows = [services.Listing(OFFICE, MEMBER, PHONE, SINCE)]
    [token] = services.list_members(system_act(local("01-06 09:00"), "y05-list"), members_=rows)
    uid = persons_of([token], "erase")[token]
    began, ended = local("08-03 09:00"), local("09-30 09:00")

    def by(who: str, key: str, now: Any) -> Act:
        grants = standing(town.uids[who], f"p-{who}").grants
        return Act("person", now, now, key, person=town.uids[who], post=f"p-{who}", grants=grants)

    given = services.Offer(
        A, "service_opening", "教老人用手机", date(2026, 8, 4), date(2026, 8, 4) + timedelta(days=30), time(9), 60, times,
        most=1,
    )  # fmt: skip
    made = services.offer(by("secretary", "y05-offer", began), offer=given)
    for n, slot in enumerate(made.codes):
        services.claim(Act("person", began, began, f"y05-c{n}", person=uid), slot=slot)
        services.tell(
            Act("person", ended, ended, f"y05-t{n}", person=uid), slot=slot, minutes=60, text="教了三位"
        )
        word = n < times - refused
        one = services.Confirm(slot, token, word, reply="" if word else "签到本上没有")
        services.confirm(by("secretary", f"y05-y{n}", ended), confirms=[one])
    return town.phone_by(PHONE).browser


def test_stars_follow_facts_with_reasons_and_an_objection(switched: None, town: Town) -> None:
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from tests.support.town import SINCE

    keeper = NewPost("p-keeper", DISTRICT, "points_keeper", town.uids["auditor"], SINCE)
    begin_posts(system_act(local("01-06 09:00"), "y05-keeper"), posts=[keeper])
    with at("10-01 09:00"):
        me = served(town, 2)
        page = words(me.get("/me/service/record/"))
        # 4 + 4, cut to the half-year's 6: three stars, and the line says why it gave fewer.
        assert "6 分" in page and "3 星" in page and "2/4" in page and "本半年总分到顶了" in page
        assert "区委〔2026〕5 号" in page and "区委组织部部务会" in page
        told = me.post("/me/service/record/", {"command": "o-1", "on": "points", "reason": "少算了一次"})
        assert told.status_code == 303
        assert "等复核" in words(me.get(told["Location"]))
    with at("12-31 09:00"):
        assert "6 分" in words(town.phone_by(PHONE).browser.get("/me/service/record/"))
    with at("10-02 09:00"):
        # No page of the desk that anybody can open has her points, her stars or her name beside a number.
        for who in ("secretary", "head", "superior", "supervisor", "administrator", "auditor"):
            desk = town.desk(who)
            home = desk.get("/desk/").content.decode()
            for address in sorted(set(re.findall(r'href="(/desk/[\w/-]*)"', home))):
                answer = desk.get(address)
                if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
                    text = words(answer)
                    assert MEMBER not in text and "6 分" not in text and "3 星" not in text, (who, address)


def test_an_objection_is_ruled_by_somebody_else_and_stars_follow_the_corrected_fact(
    switched: None, town: Town
) -> None:
    from baodao.gather.service import services
    from baodao.gather.service.selectors import own
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from tests.support.town import SINCE

    arbiter = NewPost("p-arbiter", DISTRICT, "arbiter", town.uids["neighbour"], SINCE)
    begin_posts(system_act(local("01-06 09:00"), "y05-arbiter"), posts=[arbiter])
    with at("10-01 09:00"):
        me = served(town, 2, refused=1)
        page = words(me.get("/me/service/record/"))
        # One of two counts: four points, one star; the other stands as the community told it.
        assert "4 分" in page and "1 星" in page and "签到本上没有" in page
        # In which classes she stands is read off the rolls, by her alone; no class of health or age is kept anywhere.
        assert "我在哪几类里" in page and "在职党员：区住建委" in page and "病" not in page
        slot = re.findall(
            r'<option value="([\w.-]+)"[^>]*>[^<]*</option>', me.get("/me/service/record/").content.decode()
        )
        refused = next(row.slot for row in own(_uid(town))[1].records.values() if row.state == "otherwise")
        assert refused in slot
        said = {"command": "o-2", "on": "record", "slot": refused, "reason": "签到本第三行是我"}
        number = me.post("/me/service/record/", said)["Location"].split("/")[2]
        # Neither the community nor the unit, nor the street above them, rule: they do not even see it.
        assert number in town.todo("neighbour")
        for who in ("secretary", "head", "superior", "handler"):
            assert town.opens(who, number) == 404, who
        ruled = town.do("neighbour", number, "sustain", reason="签到本第三行是本人，请社区更正")
        assert "异议成立" in ruled
        assert "异议成立" in words(me.get(f"/requests/{number}/"))
        # A ruling changes no fact: the community corrects, both stay, and the stars follow by themselves.
        assert "4 分" in words(me.get("/me/service/record/"))
    with at("10-02 09:00"):
        me = town.phone_by(PHONE).browser
        from baodao.kernel.act import Act
        from baodao.orgs.selectors import standing

        now, token = local("10-02 09:00"), own(_uid(town))[0]
        services.tell(
            Act("person", now, now, "y05-again", person=_uid(town)), slot=refused, minutes=60, text="教了两位"
        )
        grants = standing(town.uids["secretary"], "p-secretary").grants
        by = Act(
            "person", now, now, "y05-mend", person=town.uids["secretary"], post="p-secretary", grants=grants
        )
        services.confirm(by, confirms=[services.Confirm(refused, token, True)])
        page = words(me.get("/me/service/record/"))
        assert "6 分" in page and "3 星" in page
        # An objection that does not hold is answered with its reason, and nothing changes.
        said = {"command": "o-3", "on": "points", "reason": "应该是八分"}
        number = me.post("/me/service/record/", said)["Location"].split("/")[2]
        assert "维持原来的记录" in town.do("neighbour", number, "dismiss", reason="半年最多六分")
        assert "6 分" in words(me.get("/me/service/record/"))


def _uid(town: Town) -> str:
    from baodao.gather.service.models import ServiceMember
    from baodao.people.selectors import persons_of

    [token] = ServiceMember.objects.values_list("token", flat=True).distinct()
    return str(persons_of([token], "erase")[token])


def test_a_district_that_decided_nothing_has_no_points(town: Town) -> None:
    with at("10-01 09:00"):
        me = served(town, 1)
        page = words(me.get("/me/service/record/"))
        assert (
            "教老人用手机" in page
            and "积分由" not in page
            and "我的积分" not in page
            and "星" not in page.replace("星期", "")
        )
