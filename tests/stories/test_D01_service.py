"""D01 (with F22's third part, D16, Y05, F09 beside): members at work report at the community that their unit is linked with; the
community sets posts over the half-year, they claim the nearest, serve, say so; the community confirms and rates the service; points
appear, where a pack switched them on, to her and one named post, with the facts behind them.

Who is due shows in the coverage list of dues. Occasions that ask for a visit (四必到、五必访) wait for the visits.
"""

import io
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.gather.test_statements import DOOR, statements
from tests.support.districts import DISTRICTS, appoint, first_community, found
from tests.support.town import at, square, words

COMMUNITY = first_community("dadukou")
DISTRICT = DISTRICTS["dadukou"][0]
STREET, NEXT = COMMUNITY[:9], f"{COMMUNITY[:9]}099"
UNIT, OTHER = "ddk-tax", "ddk-law"
NAMES = {
    "secretary": "冯书记", "organizer": "江联络", "boss": "税局长", "street": "街道主任", "keeper": "魏干事", "sibling": "陈书记",
    "arbiter": "卫裁定", "other": "别联络", "above": "区组织科",
}  # fmt: skip
UNLINKED = "还没有和社区结对"
LACKING = "/desk/dues/lacking/collective_check_in/"
MEMBER, PHONE = "韩在职", "13700008888"
#: A district's own switch; nothing of it is in the shipped packs.
POINTS = """
[points]
basis = "渡组〔2026〕8 号"
basis_en = "Document 8 of 2026"
approver = "区委组织部部务会"
approver_en = "The organization department"
since = 2026-01-01
until = 2026-12-31
post = "points_keeper"
cap = 20
expires_after = 1
source = "district"

[[points.rule]]
name = "served"
title = "服务一次"
title_en = "Served once"
points = 2
most = 10

[[points.star]]
stars = 1
points = 2

[post.points_keeper]
title = "积分指定岗位"
title_en = "Keeper of points"
at = ["district"]
rights = [{ right = "service.points", reach = "own", level = 1 }]
source = "district"
"""


@pytest.fixture
def switched(settings: Any, tmp_path: Path) -> None:
    """Dadukou's pack with points, before anything reads it."""
    folder = tmp_path / "packs"
    shutil.copytree(settings.PACKS, folder)
    (folder / "dadukou" / "points.toml").write_text(POINTS, "utf-8")
    settings.PACKS = str(folder)


def town(districts: Any) -> None:
    """Two units of the district, one linked with the community; grids near and far; staff."""
    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances
    from baodao.places.services import NewGrid, draw_grids, set_border
    from tests.support.districts import SINCE
    from tests.support.town import local

    found(
        (UNIT, "区税务局", "department", "bureau", DISTRICT), (OTHER, "区司法局", "department", "bureau", DISTRICT),
        (NEXT, "邻社区", "community", "community", STREET),
    )  # fmt: skip
    by = system_act(local("01-05 09:00"), "d01")
    set_border(by, org=DISTRICT, polygon=square(0, 0, 10), since=SINCE, source="画的")
    draw_grids(
        system_act(local("01-05 09:00"), "d01-grids"),
        grids=[
            NewGrid(
                code=f"{COMMUNITY}-01", org=COMMUNITY, name="一网格", polygon=square(1, 1, 1), since=SINCE
            ),
            NewGrid(code=f"{NEXT}-01", org=NEXT, name="远网格", polygon=square(8, 8, 1), since=SINCE),
        ],
    )
    group = NewAlliance(
        kind="service_group", name="民生服务团", seat=COMMUNITY, since=SINCE, members=(NewMember(UNIT),),
    )  # fmt: skip
    found_alliances(system_act(local("01-05 09:00"), "d01-group"), alliances=[group])
    districts.people(
        NAMES,
        (
            ("secretary", COMMUNITY, "community_secretary"), ("organizer", UNIT, "service_organizer"),
            ("boss", UNIT, "office_head"), ("street", STREET, "department_head"),
            ("sibling", NEXT, "community_secretary"), ("other", OTHER, "service_organizer"), ("arbiter", DISTRICT, "arbiter"),
            ("above", DISTRICT, "supervisor"),
        ),
    )  # fmt: skip


def fill(browser: Any, address: str, expect: int = 303, **typed: Any) -> str:
    """Send a form of a page as it stands there; gives what is read then."""
    first = browser.get(address)
    assert first.status_code == 200, words(first)
    command = re.findall(r'name="command" value="([^"]+)"', first.content.decode())[0]
    answer = browser.post(address, {"command": f"{command}-{typed.get('do', 'x')}", **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def offer(districts: Any, who: str = "secretary", title: str = "小区巡清", **more: Any) -> str:
    given = {
        "do": "offer", "kind": "service_opening", "title": title, "since": "2026-11-24", "until": "2026-12-31",
        "weekdays": ["5", "6"], "starts": "09:00", "minutes": "120", "wanted": "6", "most": "2",
    }  # fmt: skip
    return fill(districts.desk(who), "/desk/service/", **(given | more))


def slots(browser: Any) -> list[str]:
    return re.findall(r'value="claim-([\w-]+)"', browser.get("/me/service/").content.decode())


def listed(districts: Any) -> Any:
    """The unit's organizer puts a member on the list; gives her browser."""
    fill(
        districts.desk("organizer"),
        "/desk/service/unit/",
        do="list",
        name=MEMBER,
        phone=PHONE,
        since="2026-01-01",
    )
    return districts.phone_by(PHONE).browser


def serve(districts: Any, me: Any) -> str:
    """Claim, do, say so. Gives the slot."""
    [slot, *_rest] = slots(me)
    with at("11-23 12:00"):
        assert "已认领" in fill(me, "/me/service/", do=f"claim-{slot}")
        assert slot not in slots(me)  # what is hers is not offered again
    with at("12-30 20:00"):
        me = districts.phone_by(PHONE).browser
        fill(me, "/me/service/", do=f"tell-{slot}", minutes="100", text="清了三处楼道")
    return str(slot)


def confirm(districts: Any, do: str = "yes", **typed: str) -> str:
    desk = districts.desk("secretary")
    page = desk.get("/desk/service/").content.decode()
    found_ = re.search(rf'value="{do}-([\w-]+)~(\w+)"', page)
    assert found_, words(page)
    slot, token = found_.groups()
    given = {f"{name}-{slot}-{token}": text for name, text in typed.items()}
    return fill(desk, "/desk/service/", do=f"{do}-{slot}~{token}", **given)


def test_posts_are_set_claimed_served_confirmed_and_the_service_is_rated(districts: Any) -> None:
    town(districts)
    with at("11-23 09:00"):
        offered = offer(districts)
        assert "设好的岗 6" in offered and "0/1" in offered
        offer(districts, "sibling", "远处的岗")
        me = listed(districts)
        # Until she says so nobody knows more than that somebody is on the list.
        list_page = words(districts.desk("organizer").get("/desk/service/unit/"))
        assert "名单上 1 人" in list_page and MEMBER not in list_page and "第 1 位（没有看姓名）" in list_page
        assert MEMBER in fill(
            districts.desk("organizer"), "/desk/service/unit/", 200, do="names", purpose="duty"
        )
    with at("11-23 11:00"):
        mine = words(me.get("/me/service/"))
        assert "小区巡清" in mine and "单位结对的社区" in mine
        assert "远处的岗" not in mine  # not linked; she may still report where she lives
        fill(me, "/me/service/", do="report", place=NEXT)
        near = fill(me, "/me/service/", 200, do="near", near=f"{NEXT}-01")
        assert near.index("远处的岗") < near.index("小区巡清") and "约" in near
        far = fill(me, "/me/service/", 200, do="near", near=f"{COMMUNITY}-01")
        assert far.index("小区巡清") < far.index("远处的岗")
        fill(me, "/me/service/", do=f"leave-{NEXT}")
        slot = serve(districts, me)
    with at("12-30 21:00"):
        waiting = words(districts.desk("secretary").get("/desk/service/"))
        assert "等您确认的 1" in waiting and "清了三处楼道" in waiting and "没有选择公开姓名" in waiting
        seen = fill(districts.desk("secretary"), "/desk/service/", 200, do="names", purpose="duty")
        assert MEMBER not in seen  # she did not choose to be seen
        me = districts.phone_by(PHONE).browser
        fill(me, "/me/service/", do=f"show-{COMMUNITY}", what=["name"])
        seen = fill(districts.desk("secretary"), "/desk/service/", 200, do="names", purpose="duty")
        assert MEMBER in seen
        refused = confirm(districts, "no", reply="那天没有见到您，签到本上也没有")
        assert "等您确认的 0" in refused
        record = words(me.get("/me/service/record/"))
        assert "社区说不是这样" in record and "那天没有见到您" in record
    with at("12-30 22:00"):
        # She objects; the district's arbiter reviews, the community corrects, both words stay.
        answer = me.post(
            "/me/service/record/",
            {"command": "ob-1", "on": "record", "slot": slot, "reason": "签到本第三行是我"},
        )
        assert answer.status_code == 303, words(answer)
        number = answer["Location"].split("/")[2]
        assert "等复核" in words(me.get(answer["Location"]))
        assert number in districts.todo("arbiter")
        assert number not in districts.todo("street")
        assert number not in districts.todo("secretary")
        # Which time is meant is said in words, not by a code.
        read = districts.matter("arbiter", number)
        assert re.search("哪一次 小区巡清 1[12]月[0-9]+日 周[六日]", read) and slot not in read
        ruled = districts.do("arbiter", number, "sustain", reason="签到本上有，请社区更正")
        assert "异议成立" in ruled
        desk = districts.desk("secretary")
        assert "等您确认的 0" in words(desk.get("/desk/service/"))
        fill(me, "/me/service/", do=f"tell-{slot}", minutes="100", text="签到本第三行是我")
        corrected = confirm(districts)
        assert "等您确认的 0" in corrected
        record = words(me.get("/me/service/record/"))
        assert "社区已确认" in record and "确认 100 分钟" in record
        stars = fill(desk, "/desk/service/", do=f"rate-{slot}", **{f"stars-{slot}": "4"})
        assert "4 星" in stars and MEMBER not in stars


def test_her_record_is_hers_and_a_certificate_holds_off_line(districts: Any, tmp_path: Path) -> None:
    town(districts)
    with at("11-23 09:00"):
        offer(districts)
        me = listed(districts)
        serve(districts, me)
    with at("12-30 21:00"):
        assert "等您确认的 0" in confirm(districts, minutes="90")
        me = districts.phone_by(PHONE).browser
        record = words(me.get("/me/service/record/"))
        assert "确认 90 分钟" in record and "我的积分" not in record  # no pack switched points on
        sheet = openpyxl.load_workbook(io.BytesIO(me.get("/me/service/record.xlsx").content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[1][2:5] == ["小区巡清", 100, 90]
        turned = {"command": "c-0", "since": "2026-12-31", "until": "2026-07-01", "kinds": "yes"}
        refused = me.post("/me/service/certificate/", turned)
        assert refused.status_code == 422 and "结束的日子在开始以前，请把两个日子换过来" in words(refused)
        page = me.post(
            "/me/service/certificate/",
            {"command": "c-1", "since": "2026-07-01", "until": "2026-12-31", "kinds": "yes"},
        )
        import html

        text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page.content.decode(), re.S)[1])  # type: ignore[index]
        assert "kind: 服务岗 1.5" in text and MEMBER not in text and "税务局" not in text
        keys = districts.phone().browser.get("/service/keys/").content.decode()
    import runpy

    script = runpy.run_path(str(Path(__file__).resolve().parents[2] / "docs" / "check_certificate.py"))
    assert script["check"](text, keys) == ""
    # Whoever checks has both from the portal: the keys and the script itself.
    assert "/service/check/" in page.content.decode() and "/service/keys/" in page.content.decode()
    served = districts.phone().browser.get("/service/check/").content.decode()
    assert served == (Path(__file__).resolve().parents[2] / "docs" / "check_certificate.py").read_text(
        "utf-8"
    )
    assert script["check"](text.replace("1.5", "9.5"), keys) != ""
    with at("12-30 22:00"):
        # The unit has counts, the employer's head nothing, another unit's organizer nothing.
        unit = words(districts.desk("organizer").get("/desk/service/unit/"))
        assert "不到 10 人，不显示多少人服务过" in unit and "90" not in unit
        for who in ("boss", "street", "secretary"):
            assert districts.desk(who).get("/desk/service/unit/").status_code == 403
        assert MEMBER not in fill(
            districts.desk("other"), "/desk/service/unit/", 200, do="names", purpose="duty"
        )
        assert "韩" not in words(districts.desk("sibling").get("/desk/service/"))


def test_a_community_that_needs_nobody_says_so_and_nobody_is_marked_down(districts: Any) -> None:
    town(districts)
    with at("11-23 09:00"):
        offer(districts)
        me = listed(districts)
        fill(
            districts.desk("secretary"), "/desk/service/",
            **{"do": "enough", "from": "2026-11-23", "to": "2026-12-31", "reason": "换届，忙不过来"},
        )  # fmt: skip
    with at("11-23 10:00"):
        mine = words(me.get("/me/service/"))
        assert "现在不需要人" in mine and "也不算您没有去" in mine and slots(me) == []
        unit = words(districts.desk("organizer").get("/desk/service/unit/"))
        assert "现在不需要人，到 2027年1月1日 周五" in unit and "不算单位没有去" in unit
        # Nothing is owed while the word holds: it stands so on every list, and nobody can be reminded.
        assert "免 集体报到 2026年下半年" in words(districts.desk("organizer").get("/desk/dues/"))
        assert "区税务局" not in words(districts.desk("above").get(LACKING))
        assert "集体报到 每半年" in words(districts.desk("above").get("/desk/dues/coverage/"))
        fill(districts.desk("secretary"), "/desk/service/", do="need")
        assert len(slots(me)) == 6
        # Who is due shows in the coverage list, to the district and to the unit itself.
        assert "区税务局" in words(districts.desk("above").get(LACKING))
        assert "该做 集体报到" in words(districts.desk("organizer").get("/desk/dues/"))
        assert districts.desk("secretary").get(LACKING).status_code == 403


def test_a_unit_comes_together_and_the_community_says_so(districts: Any) -> None:
    town(districts)
    with at("11-23 09:00"):
        planned = fill(
            districts.desk("organizer"), "/desk/service/unit/", do="plan", community=COMMUNITY, title="擦亮小区",
            day="2026-11-28", hour="09:00", minutes="120",
        )  # fmt: skip
        assert "擦亮小区" in planned and "等社区确认" in planned
    with at("11-29 09:00"):
        desk = districts.desk("secretary")
        slot = re.search(r'value="held-([\w-]+)"', desk.get("/desk/service/").content.decode())[1]  # type: ignore[index]
        assert "来了 12 人" in fill(desk, "/desk/service/", do=f"held-{slot}", **{f"heads-{slot}": "12"})
        assert "来了 12 人" in words(districts.desk("organizer").get("/desk/service/unit/"))
        assert "区税务局" not in words(districts.desk("above").get(LACKING))


def test_a_link_that_names_the_party_organization_is_the_units_too(districts: Any) -> None:
    """Unit and Party organization are joined on the desk: the district founds, the branch's secretary accepts."""
    from tests.stories.test_D01_service import COMMUNITY as AT
    from tests.support.districts import party_of

    town(districts)
    party_of("dadukou")
    found(("dz-law", "区司法局党支部", "party_community", "branch", f"dz-{AT[:9]}"), tree="party")
    appoint(("branch", "dz-law", "party_secretary"), uids={"branch": districts.uids["keeper"]})
    with at("11-23 09:00"):
        above, form = districts.desk("above"), "/desk/alliances-new/"
        typed = {
            "kind": "service_group",
            "name": "第二服务团",
            "seat": COMMUNITY,
            "since": "2026-11-23",
            "member": "区司法局党支部",
        }
        for one in (typed, typed | {"kind": "party_body", "name": "区司法局党组织", "seat": OTHER}):
            fill(above, f"{form}?kind={one['kind']}", **one, do="send")
        # It is asked, and has not accepted.
        assert UNLINKED in words(districts.desk("other").get("/desk/service/unit/"))
        secretary = districts.desk("keeper")
        asked = secretary.get("/desk/alliances/").content.decode()
        codes = sorted(set(re.findall(r"/desk/alliances/(al-\d+)/", asked)))
        assert len(codes) == 2
        for code in codes:
            there = f"/desk/alliances/{code}/accept/"
            fill(secretary, there, org="dz-law", day="2026-11-23", do="send")
        assert UNLINKED not in words(districts.desk("other").get("/desk/service/unit/"))
        # Whoever answers for the district and for its Party committee sees in one list who lacks what, a unit and its Party organization in one row.
        both = "/desk/dues/together/"
        alone = words(above.get(both))
        assert "区税务局" in alone and "区司法局党支部" not in alone and "党员大会" not in alone
        appoint(("chair", "dz-500104", "party_secretary"), uids={"chair": districts.uids["above"]})
        above = districts.desk("above")
        joined = words(above.get(both))
        assert "区司法局 · 区司法局党支部 该做 支委会" in joined and "该做 集体报到 2026年下半年" in joined
        assert "区税务局" in joined and statements(above, both) - DOOR <= 8
        # One press reminds in both trees, each by the post that may; the limit is that of all reminders.
        offered = re.findall(r'name="line" value="([\w.-]+\|[\w.-]+)"', above.get(both).content.decode())
        asked = [one for one in offered if one.startswith("dz-law|")][:1] + [
            one for one in offered if one.endswith("|collective_check_in")
        ][:1]
        assert len(asked) == 2, offered
        assert "一家也没有选" in fill(above, both, 422)
        assert "不归您提醒" in fill(above, both, 403, line=[*asked, "500103|collective_check_in"])
        assert "不归您提醒" in fill(above, both, 403, line=["nowhere|collective_check_in"])
        assert "提醒了 2 项；选了 2 项" in fill(above, both, line=asked)
        assert "都不用再提醒" in fill(above, both, 409, line=asked)
        assert asked[0] not in above.get(both).content.decode()
        assert districts.desk("organizer").post(both, {"line": asked}).status_code == 403
        # Lists and single objects agree, whichever of the posts is chosen; who has one tree alone reads that one.
        assert "党员大会" in words(above.get("/desk/dues/?org=dz-law"))
        wide = words(above.get("/desk/dues/coverage/?all=yes"))
        assert "集体报到" in wide and "党员大会" in wide
        assert "集体报到" in words(above.get("/desk/dues/coverage/")) and "党员大会" not in words(
            above.get("/desk/dues/coverage/")
        )
        assert secretary.get("/desk/dues/?org=500104").status_code == 403
        assert districts.desk("organizer").get(both).status_code == 403
        assert above.get("/desk/dues/coverage.xlsx?all=yes").content[:2] == b"PK"
        # What it does is told where the kind is chosen, and two of one tree are refused.
        assert "结对写在哪一边，另一边也算" in words(above.get(form))
        same = typed | {"kind": "party_body", "name": "两个局", "seat": OTHER, "member": "区税务局"}
        assert "同一棵树" in fill(above, f"{form}?kind=party_body", 422, **same, do="send")


def test_points_where_they_are_on_show_to_her_and_one_post_with_reasons(
    switched: None, districts: Any
) -> None:
    town(districts)
    appoint(("keeper", DISTRICT, "points_keeper"), uids={"keeper": districts.uids["keeper"]})
    with at("11-23 09:00"):
        offer(districts)
        me = listed(districts)
        serve(districts, me)
    with at("12-30 21:00"):
        confirm(districts)
        me = districts.phone_by(PHONE).browser
        record = words(me.get("/me/service/record/"))
        assert "2 分" in record and "1 星" in record and "服务一次" in record and "渡组〔2026〕8 号" in record
        keeper = districts.desk("keeper")
        nothing = words(keeper.get("/desk/service/points/"))
        assert "小区巡清" not in nothing and "没有名单，不能导出，不排队列" in nothing
        one = fill(keeper, "/desk/service/points/", 200, phone=PHONE, purpose="duty")
        assert "2 分" in one and "小区巡清" in one and MEMBER not in one
        assert "积分和理由" in words(me.get("/me/looked/"))
        for who in ("secretary", "organizer", "boss", "street"):
            assert districts.desk(who).get("/desk/service/points/").status_code == 403
        # Out for the half-year with one tap: nothing is counted, nothing is owed, no word of why.
        fill(me, "/me/service/", do="out-2026h2")
        assert "本半年不参加" in words(me.get("/me/service/record/"))
