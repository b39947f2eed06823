"""N05: a secretaries' studio of Nanchuan has a convener, members and reserve cadres; it applies for a project, is approved,
reports, is reviewed in public; one shared hard problem a season; its list of projects as Excel.

Forums and trainings have seats, take who signs up, and stand on the page of their studio.

Waits for other rooms: the review's hall (ballots), the project on a public page beyond its title (bulletin).
"""

import re
from typing import Any

from tests.support.gather import press, publish
from tests.support.ledgers import begin, entries, ledger, under
from tests.support.town import OFFICE, A, B, at, words
from tests.support.whistles import png

STUDIO = {"kind": "village", "title": "张书记工作室", "text": "几个村一起琢磨院坝治理。"}
STUDIOS, TOWNSHIPS = 35, 34


def test_a_studio_its_people_its_project_and_its_season(town: Any) -> None:
    under("nanchuan")
    with at("11-23 09:00"):
        studio = begin(town, "superior", "studio", org=A, post="p-secretary", **STUDIO)
        town.do("superior", studio, "name_member", org=B, post="p-sibling")
        town.do("superior", studio, "name_reserve", org=OFFICE, post="p-handler")
        for n, who in enumerate(("secretary", "sibling", "handler"), 1):
            if who != "handler":
                town.do(who, studio, "join", leg=n)
        page = town.matter("secretary", studio)
        for word in ("召集人", "成员", "后备干部"):
            assert word in page
        read = town.do(
            "secretary", studio, "note", what="forum", held="2026-11-22", count="18", text="院坝会怎么开。"
        )
        assert "论坛，18 人：院坝会怎么开。" in read
        project = begin(
            town, "secretary", "studio_project", about=studio, title="院坝议事亭", text="三个村各一处。"
        )
        # Nobody approves her own, a member of the studio neither.
        assert "approve" not in town.office("secretary").offers(project)
        assert town.opens("sibling", project) == 404
        assert "批准，做到" in town.do(
            "superior", project, "approve", until="2027-01-31", amount="60000", note="先做一处。"
        )
        # One shared problem a season: a second one waits for the first.
        hard = begin(
            town, "secretary", "shared_problem", about=studio, title="年轻人不回来议事", text="三个村都这样。"
        )
        again = begin(town, "secretary", "shared_problem", 422, about=studio, title="又一道难题", text="……")
        assert "最多同时有 1 件“共性难题”" in again
        town.do("secretary", hard, "note", text="我们村周末晚上开视频会。")
        read = town.do("secretary", hard, "close", outcome="partly", result="视频会能来一半。")
        assert "收尾（一部分）：视频会能来一半。" in read
    with at("12-21 09:00"):
        town.do("secretary", project, "note", text="第一处开工。", photo=png())
        town.do("secretary", project, "answer", result="第一处建成。", spent="58000", photo=png())
        assert "review" not in town.office("secretary").offers(project)
        # Before it is shown nobody outside reads it; shown, everybody reads its title and how it stands.
        assert "院坝议事亭" not in words(town.phone().browser.get("/news/"))
        read = town.do("superior", project, "review", held="2026-12-20", count="46", liked="41")
        assert "46 人参加，41 人说好" in read
        town.do("superior", project, "show", title="三个村的院坝议事亭")
        assert "共 2 件，已结束 2 件" in ledger(town, "superior", studio)
        assert entries(town, "superior", studio) == sorted([project, hard])
        assert town.desk("superior").get(f"/desk/matters/{studio}/ledger/").status_code == 200
        for who in ("outsider",):
            assert town.opens(who, studio) == 404
        # Neither fields for persons beyond their posts, nor a score of anybody.
        _no_scores()


def test_a_forum_with_seats_stands_on_the_page_of_its_studio(town: Any) -> None:
    under("nanchuan")
    with at("11-23 09:00"):
        studio = begin(town, "superior", "studio", org=A, post="p-secretary", **STUDIO)
        desk = town.desk("superior")
        way = re.search(
            r'href="(/desk/gather/new/[^"]*)">办一场活动',
            desk.get(f"/desk/matters/{studio}/").content.decode(),
        )
        assert way and "studio_forum" in way[1]
        day = {"day": "2026-11-28", "from": "09:00", "to": "11:00"}
        code = publish(desk, kind="studio_forum", title="院坝会怎么开", seats="2", about=studio, **day)
        read = press(town.desk("sibling"), f"/gather/{code}/", "join")
        assert "院坝会怎么开" in read
        assert "11月28日 周六 院坝会怎么开：已报名 1 人" in town.matter("superior", studio)
        # A resident without a post is not asked in.
        assert town.phone("resident").browser.get(f"/gather/{code}/").status_code in {302, 403, 404}
    with at("11-28 11:30"):
        press(town.desk("superior"), f"/desk/gather/{code}/", "hold", heads="18")
        assert "院坝会怎么开：来了 18 人" in town.matter("superior", studio)


def _no_scores() -> None:
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure

    found = get_pack("nanchuan").many(Procedure)
    for name in ("studio", "studio_project", "shared_problem"):
        kinds = {k.rstrip("?") for one in found[name].actions for k in one.fields.values()}
        assert not kinds & {"person", "score"}, name


def test_thirty_five_studios_over_thirty_four_townships(town: Any) -> None:
    """At the district's own size: each stands in its township, a silent application is said to be silent."""
    from baodao.kernel.act import system_act
    from baodao.matters.services import Draft, open_
    from tests.support.districts import found
    from tests.support.town import DISTRICT, local

    under("nanchuan")
    streets = [f"{DISTRICT}1{n:02}" for n in range(TOWNSHIPS)]
    found(*((code, f"{n}号镇", "street", "street", DISTRICT) for n, code in enumerate(streets, 1)))
    with at("11-23 09:00"):
        drafts = [
            Draft(
                procedure="studio",
                org=streets[n % TOWNSHIPS],
                kind="village",
                fields={**STUDIO, "title": f"第 {n + 1} 工作室", "org": A, "post": "p-secretary"},
            )
            for n in range(STUDIOS)
        ]
        numbers = open_(system_act(local("11-23 08:00"), "studios"), matters=drafts).numbers
        assert len(set(numbers)) == STUDIOS
        project = begin(town, "secretary", "studio_project", about=numbers[0], title="议事亭", text="一处。")
    with at("12-21 09:00"):
        town.work()
        assert "到期没有批复，如实记下，可以再申请。" in town.matter("secretary", project)
        assert "第 35 工作室" in words(town.desk("supervisor").get(f"/desk/matters/{numbers[-1]}/"))
