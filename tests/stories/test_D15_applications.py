"""D15, N18: a programme takes applications, people apply, reviewers score or declare a conflict, at least three scores decide, whoever is
admitted is followed up; Dadukou's own programmes call by a dated notice of their own.

Waits for other rooms: paying out money (funds); N06's public challenge lists (bulletin).
"""

from typing import Any

from tests.stories.test_N04_homes import fill
from tests.support.town import DISTRICT, OFFICE, at, words

REVIEWERS = ("neighbour", "clerk", "ruler", "auditor")


def officers(town: Any) -> None:
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from tests.support.town import SINCE, local

    posts = [("sibling", DISTRICT, "talent_officer"), *((who, OFFICE, "reviewer") for who in REVIEWERS)]
    begin_posts(
        system_act(local("01-06 09:00"), "officers"),
        posts=[
            NewPost(code=f"p-{who}-t", org=org, kind=kind, person=town.uids[who], since=SINCE)
            for who, org, kind in posts
        ],
    )


def hat(town: Any, who: str) -> None:
    """She acts in the post of this programme."""
    town.desk(who).post("/desk/me/post/", {"post": f"p-{who}-t"})


def test_three_scores_decide_and_a_conflict_does_not_score(town: Any) -> None:
    officers(town)
    with at("11-23 09:00"):
        phone = town.phone("resident")
        read = words(phone.browser.get("/apply/"))
        assert "至少三位评审打分才能定" in read
        typed = {"kind": "challenge", "office": DISTRICT, "title": "榨菜尾水处理", "text": "建一套小装置。"}
        assert "请选交给哪个单位" in fill(phone.browser, "/apply/", 422, **{**typed, "office": OFFICE})
        number = fill(phone.browser, "/apply/", **typed).split("/")[2]
        for who in ("sibling", *REVIEWERS):
            hat(town, who)
        town.do("sibling", number, "report_in")
        assert "开始请评审" in phone.own(number)
        # A reviewer who was not asked sees nothing.
        assert town.opens("neighbour", number) == 404
        for who in REVIEWERS:
            town.do("sibling", number, "call", org=OFFICE, post=f"p-{who}-t")
    with at("11-24 09:00"):
        for who in ("sibling", *REVIEWERS):
            hat(town, who)
        town.do("neighbour", number, "declare_conflict", leg=2)
        assert "do=score" not in town.desk("neighbour").get(f"/desk/matters/{number}/").content.decode()
        refused = town.desk("neighbour").get(f"/desk/matters/{number}/?do=score&leg=2").content.decode()
        assert 'name="_do" value="score"' not in refused
        score = {"score": "good", "no_conflict": "yes", "text": "有基础。"}
        town.do("clerk", number, "score", leg=3, **score)
        town.do("ruler", number, "score", leg=4, **score)
        # Two are too few; each scores once.
        page = town.desk("sibling").get(f"/desk/matters/{number}/").content.decode()
        assert "do=admit" not in page
        assert "do=score" not in town.desk("ruler").get(f"/desk/matters/{number}/").content.decode()
        town.do("auditor", number, "score", leg=5, **score)
        town.do("sibling", number, "admit", text="先做中试。")
        assert "您的项目入选了：先做中试。" in phone.own(number)
        town.do("sibling", number, "follow_up", text="装置到场，跑了三天。")
        assert "装置到场" in phone.own(number)
        # Superiors read nothing of it: level 2.
        for who in ("supervisor", "superior", "outsider"):
            assert town.opens(who, number) == 404, who


def test_a_programme_of_dadukou_calls_with_its_own_days(town: Any) -> None:
    """The call names programme, days, who may and by what it is judged; who is admitted is followed up until the end."""
    from datetime import date

    from baodao.kernel.act import system_act
    from baodao.orgs.services import bind_pack
    from tests.support.town import local

    bind_pack(system_act(local("01-07 09:00"), "d15"), org=DISTRICT, pack="dadukou", since=date(2026, 1, 8))
    officers(town)
    terms = {
        "title": "义渡科创（2026 年）", "programme": "invention", "since": "2026-11-24", "until": "2026-11-26",
        "who": "在本区的单位和团队", "criteria": "问题真不真、做法行不行", "about": "博士后平台可以联合申报",
    }  # fmt: skip
    with at("11-23 09:00"):
        hat(town, "sibling")
        form = words(town.desk("sibling").get("/desk/calls/new/"))
        for programme in (
            "英才大渡口行",
            "名校名院人才直通车",
            "义渡智培",
            "义渡菁英",
            "义渡金手指",
            "博士后平台",
        ):
            assert programme in form, programme
        assert "青年人才逐梦" not in form  # another district's
        code = fill(town.desk("sibling"), "/desk/calls/new/", **terms).split("/")[3]
        public = words(town.phone().browser.get(f"/calls/{code}/"))
        assert "义渡科创" in public and "11月24日 周二" in public and "问题真不真" in public
        phone = town.phone("resident")
        typed = {"title": "江水在线监测", "text": "做一套浮标。", "unit": "大渡口环保所", "call": code}
        assert "11月24日 周二 到 11月26日 周四 可以报" in fill(
            phone.browser, f"/apply/?call={code}", 409, **typed
        )
    with at("11-24 09:00"):
        number = fill(phone.browser, f"/apply/?call={code}", **typed).split("/")[2]
        for who in ("sibling", *REVIEWERS[:3]):
            hat(town, who)
        town.do("sibling", number, "report_in")
        for leg, who in enumerate(REVIEWERS[:3], 2):
            town.do("sibling", number, "call", org=OFFICE, post=f"p-{who}-t")
            town.do(who, number, "score", leg=leg, score="good", no_conflict="yes", text="可行。")
        town.do("sibling", number, "admit", text="先放两个浮标。")
        assert "您的项目入选了" in phone.own(number)
    with at("11-27 09:00"):
        for who in ("sibling", *REVIEWERS[:3]):
            hat(town, who)
        assert "可以报" in fill(phone.browser, f"/apply/?call={code}", 409, **typed)
        fill(town.desk("sibling"), f"/desk/calls/{code}/", **{f"unit-{number}": "大渡口环保所"})
        assert "报了 1 项，入选 1 项" in words(town.phone().browser.get(f"/calls/{code}/"))
        town.do("sibling", number, "follow_up", text="浮标下水了。")
        town.do("sibling", number, "finish", text="三个月的数据交了。")
        assert "跟踪结束" in phone.own(number) or "三个月的数据交了" in phone.own(number)
