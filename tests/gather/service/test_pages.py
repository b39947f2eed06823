"""Pages of volunteers and of members' service, pressed by those who may not: the neighbour's secretary, those above, those below in the same
community, an outsider, a resident. Nothing is written by any of them; then those who may go through all of it."""

from __future__ import annotations

import re

from baodao.ledger.models import Fact
from tests.stories.test_F09_posts import PHONE, fill, listed
from tests.support.town import SINCE, A, Town, at, local, town, words

__all__ = ["listed", "town"]
#: The sibling, those above, one below in the same community, an outsider, another post of the unit's.
OTHERS = ("sibling", "superior", "supervisor", "neighbour", "outsider", "handler")


def below(town: Town) -> None:
    """The neighbour is a grid worker of the same community; the district has an arbiter."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from tests.support.town import DISTRICT

    posts = [
        NewPost("p-below", A, "grid_worker", town.uids["neighbour"], SINCE),
        NewPost("p-arbiter", DISTRICT, "arbiter", town.uids["auditor"], SINCE),
    ]
    begin_posts(system_act(local("01-06 09:00"), "pages-posts"), posts=posts)


def pressed(town: Town, address: str, but: str = "", **typed: str) -> None:
    """Each of the others presses it, in her own browser: refused or not there, and no fact is written."""
    for who in (one for one in OTHERS if one != but):
        before = Fact.objects.count()
        answer = town.desk(who).post(address, {"command": f"{who}-{typed['do']}", **typed})
        assert answer.status_code in {403, 404, 409, 422}, (who, typed["do"], answer.status_code)
        assert Fact.objects.count() == before, (who, typed["do"])


def test_members_service_is_between_her_and_the_community(listed: Town) -> None:
    below(listed)
    with at("11-23 09:00"):
        given = {
            "do": "offer", "kind": "service_opening", "title": "小区巡清", "since": "2026-11-24", "until": "2026-12-10",
            "weekdays": ["1", "2", "3", "4", "5"], "starts": "09:00", "minutes": "120", "wanted": "2", "most": "1",
        }  # fmt: skip
        fill(listed.desk("secretary"), "/desk/service/", **given)
        me = listed.phone_by(PHONE).browser
        slot = re.findall(r'value="claim-([\w-]+)"', me.get("/me/service/").content.decode())[0]
        assert "已认领" in fill(me, "/me/service/", do=f"claim-{slot}")
        # Somebody who is on no list claims nothing, and tells of nothing that she did not claim.
        stranger = listed.phone("resident").browser
        for do in (f"claim-{slot}", f"tell-{slot}"):
            answer = stranger.post(
                "/me/service/", {"command": f"s-{do}", "do": do, "minutes": "60", "text": "去了"}
            )
            assert answer.status_code in {403, 404, 409}, do
    with at("12-11 09:00"):
        me = listed.phone_by(PHONE).browser
        fill(me, "/me/service/", do=f"tell-{slot}", minutes="100", text="清了三处楼道")
        page = listed.desk("secretary").get("/desk/service/").content.decode()
        key = re.search(r'value="yes-([\w-]+~\w+)"', page)
        assert key
        for do in (f"yes-{key[1]}", f"no-{key[1]}"):
            pressed(listed, "/desk/service/", do=do, **{f"reply-{key[1].replace('~', '-')}": "那天没有见到"})
        # Nor does she confirm herself.
        assert me.post("/desk/service/", {"command": "me-yes", "do": f"yes-{key[1]}"}).status_code in {
            302,
            403,
        }
        assert "等您确认的 1" in words(listed.desk("secretary").get("/desk/service/"))
        fill(listed.desk("secretary"), "/desk/service/", do=f"yes-{key[1]}")
        assert "确认 100 分钟" in words(me.get("/me/service/record/"))
    with at("12-11 10:00"):
        # The service is rated once, by the community it was for; no star is a person's.
        stars = {f"stars-{slot}": "4"}
        pressed(listed, "/desk/service/", do=f"rate-{slot}", **stars)
        assert "4 星" in fill(listed.desk("secretary"), "/desk/service/", do=f"rate-{slot}", **stars)
        assert "星" not in words(me.get("/me/service/record/")).replace("星期", "")
        # Corrected by both: the community mends its word, both stay told; her record follows.
        fixed = {f"minutes-{key[1].replace('~', '-')}": "80", f"reply-{key[1].replace('~', '-')}": "中途走了"}
        again = listed.desk("secretary").post(
            "/desk/service/", {"command": "fix", "do": f"yes-{key[1]}", **fixed}
        )
        assert again.status_code in {303, 409}
        # Points are nobody's where no pack switched them on: no page, for anybody.
        for who in ("secretary", *OTHERS):
            assert listed.desk(who).get("/desk/service/points/").status_code == 403, who
        assert "我的积分" not in words(me.get("/me/service/record/"))
    with at("12-11 11:00"):
        # An objection goes past all of them to the district's arbiter.
        said = {"command": "ob-1", "on": "rating", "slot": slot, "reason": "打分的不是这一次"}
        told = me.post("/me/service/record/", said)
        assert told.status_code == 303, words(told)
        number = told["Location"].split("/")[2]
        for who in ("secretary", "sibling", "superior", "neighbour", "outsider", "handler", "head"):
            assert listed.opens(who, number) == 404, who
        assert listed.phone("resident").browser.get(told["Location"]).status_code in {403, 404}
        assert number in listed.todo("auditor")
        assert "维持原来的记录" in listed.do("auditor", number, "dismiss", reason="就是这一次")
        assert "就是这一次" in words(me.get(told["Location"]))


def test_a_volunteers_hours_are_the_conveners_to_tell_and_hers_to_dispute(town: Town) -> None:
    from tests.gather.test_pages import form_of, publish

    below(town)
    with at("03-10 10:00"):
        code = publish(town)
        there, mine = f"/desk/gather/{code}/", f"/gather/{code}/"
        me = town.phone("resident").browser
        me.post(mine, form_of(me.get(mine), "join"))
        assert "您：有名额" in words(me.get(mine))
        pressed(town, there, do="invite", name="某人", phone="13700009999")
        pressed(town, there, do="call_off", why="weather", reason="雨")
        # The list at the door is the grid worker's too; inviting, calling off and closing are not.
        pressed(town, there, but="neighbour", do="release-1")
        # Another one's seat is not hers to give up.
        other = town.desk("neighbour")
        before = Fact.objects.count()
        assert other.post(mine, {"command": "o-1", "do": "leave"}).status_code in {403, 404, 409}
        assert Fact.objects.count() == before
    with at("03-14 11:30"):
        pressed(town, there, but="neighbour", do="attend", **{"s-1": "absent", "how": "list"})
        pressed(town, there, do="hold", heads="9")
        desk = town.desk("secretary")
        opened = desk.post(there, {"command": "n-1", "do": "names"})
        assert 'name="s-1"' in opened.content.decode()
        told = desk.post(
            there, {"command": "a-1", "do": "attend", "s-1": "present", "how": "paper", "m-1": "60"}
        )
        assert told.status_code == 303, words(told)
        me = town.phone("resident").browser
        assert "记了 1 小时 0 分钟" in words(me.get("/me/gatherings/"))
        # She says otherwise; the convener corrects; the hours follow. Nobody disputes another's.
        said = {"command": "d-1", "do": "dispute", "status": "present", "reply": "到十一点才走"}
        assert town.desk("neighbour").post(mine, said | {"command": "d-0"}).status_code in {
            403,
            404,
            409,
        }
        assert me.post(mine, said).status_code == 303
        assert "本人有不同意见" in words(desk.post(there, {"command": "n-2", "do": "names"}))
        mended = {"command": "a-2", "do": "attend", "s-1": "present", "how": "paper", "m-1": "120"}
        assert desk.post(there, mended).status_code == 303
        assert "记了 2 小时 0 分钟" in words(me.get("/me/gatherings/"))
        # The event is rated by who was there, once, and no person is.
        assert me.post(mine, {"command": "r-1", "do": "rate", "stars": "5"}).status_code == 303
        assert town.desk("neighbour").post(
            mine, {"command": "r-2", "do": "rate", "stars": "1"}
        ).status_code in {403, 404, 409}
        assert "1 人评过" in words(desk.get(there))
