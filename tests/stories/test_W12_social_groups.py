"""W12: 社会组织扶贫: 100 social organizations, each paired with a village: what is promised is dated, kept or not. No household is in any
field of a pairing or promise, and no link leads from them to one. Named people see, correct and leave lists by N11's means.

Declared in packs/weibin/alliances.toml and base/projects.toml. Waits for other rooms: the household's side of a pairing (visits, with
its consent).
"""

import re
from typing import Any

from tests.support.ledgers import begin, under
from tests.support.pairings import founded, orgs, staff
from tests.support.town import DISTRICT, OFFICE, STREET, A, B, at, words

GROUPS = 100
HOUSEHOLD = re.compile(r"household|family|resident|person|phone|idno|住户|家庭|户主|户号")


def test_groups_stand_by_villages_and_no_household_is_shown(town: Any) -> None:
    under("weibin")
    groups = [f"wb-g{n:03}" for n in range(GROUPS)]
    orgs(*[(code, f"协会{n:03}", "department", "enterprise", DISTRICT) for n, code in enumerate(groups)])
    code = founded("groups_villages", "结对甲社区", seat=STREET, helped=(A,), helpers=tuple(groups[:99]))
    founded("groups_villages", "结对乙社区", seat=STREET, helped=(B,))
    with at("11-23 09:00"):
        # The hundredth joins by itself.
        group = staff(town, "group", groups[99], "office_head")
        page = group.get("/desk/alliances-free/").content.decode()
        form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if f'value="{code}"' in f)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        assert group.post("/desk/alliances-free/", hidden).status_code == 303
        # The village lists what it needs and names nobody: a firm or group is not among those that a need may be put to.
        form = town.desk("secretary").get("/desk/start/need/").content.decode()
        assert f'value="{DISTRICT}"' in form and f'value="{groups[99]}"' not in form
        read = begin(
            town, "secretary", "need", expect=422, kind="goods", title="棉被", text="二十床。", org=groups[99]
        )
        assert "这样的单位不点名请" in read
        number = begin(town, "secretary", "wanted", kind="goods", title="缺御寒物资", text="二十床棉被。")
        _looks_and_declines(town, groups[0])
        answer = _take(group, number, text="下周送到。", by="2026-11-20")
        assert answer.status_code == 422 and "最早 11月23日" in words(answer)
        assert _take(group, number, text="下周送到。", by="2026-12-01").status_code == 303
        assert "有单位接了，答应在 12月1日 周二 前：下周送到。" in town.matter("secretary", number)
        # Taken once: the list is empty for the others, and a second taking is refused.
        assert "现在没有列着的需要" in words(town.desk("looker").get("/desk/wanted/"))
        assert (
            town.desk("looker").post("/desk/wanted/", {"number": number, "command": "x-1"}).status_code == 404
        )
        read = town.desk("superior").get(f"/desk/alliance-map/{code}/")
        assert "100 帮扶单位 2 受帮的地方 1 公开的需要" in words(read)
        assert "元" not in words(read).partition("受帮的地方")[2], "where no money is asked for, none is told"
        # No link from a pairing or a promise leads to a household, for nobody; and no field could name one.
        for who, address in (
            ("superior", f"/desk/alliance-map/{code}/"),
            ("superior", f"/desk/alliances/{code}/"),
            ("secretary", f"/desk/matters/{number}/"),
        ):
            body = town.desk(who).get(address).content.decode()
            main = body[body.index("<main") :]
            assert not re.search(r'href="[^"]*(household|/home)', main), address
        from baodao.kernel.declare import get_pack
        from baodao.matters.declare import Procedure

        for action in get_pack("weibin").many(Procedure)["wanted"].actions:
            for name, kind in action.fields.items():
                assert not HOUSEHOLD.search(name) and kind.rstrip("?") != "person", (action.name, name)
        # Outsiders, and the next community, see nothing of it.
        assert town.opens("outsider", number) == 404
        assert town.opens("sibling", number) == 404
        assert town.phone().browser.get(f"/desk/alliance-map/{code}/").status_code == 302


def test_who_gives_is_never_ranked_and_no_target_can_be_declared(town: Any) -> None:
    under("weibin")
    with at("11-23 09:00"):
        from baodao.kernel.declare import get_pack
        from baodao.measures.declare import Measure
        from baodao.orgs.alliances.declare import AllianceKind

        fields = set(AllianceKind.__struct_fields__)
        assert not fields & {"target", "quota", "least", "goal"}
        # No measure of the pack reads pairings or needs, so that none can rank who gives.
        for measure in get_pack("weibin").many(Measure).values():
            assert not measure.fact.startswith("alliance.")
        code = founded("groups_villages", "结对甲社区", seat=STREET, helped=(A,))
        read = words(town.desk("superior").get(f"/desk/alliance-map/{code}/"))
        assert "没有名额和指标" in read and "排名" not in read


def test_what_was_taken_and_not_kept_is_held_against_nobody(town: Any) -> None:
    """Put down, or its day passed: it stays listed, no verdict of the group is written, the next may take it."""
    from baodao.matters.models import Leg

    under("weibin")
    orgs(("wb-a", "甲协会", "department", "enterprise", DISTRICT))
    founded("groups_villages", "结对甲社区", seat=STREET, helped=(A,), helpers=("wb-a",))
    with at("11-23 09:00"):
        group = staff(town, "group", "wb-a", "office_head")
        number = begin(town, "secretary", "wanted", kind="skill", title="教两次直播", text="村里没有人会。")
        assert _take(group, number, text="我们来教。", by="2026-11-30").status_code == 303
        town.do("group", number, "release")
        assert _take(group, number, text="这次行。", by="2026-11-30").status_code == 303
    with at("12-05 09:00"):
        town.work()
        read = town.matter("secretary", number)
        assert "这一条继续列着；不记在接的单位头上" in read
        assert set(Leg.objects.filter(matter=number).values_list("state", flat=True)) == {"released"}
        assert _take(town.desk("group"), number, text="再来。", by="2026-12-20").status_code == 303
        town.do("group", number, "answer", leg=3, result="教了两次。")
        assert "列的一方说：收到了" in town.do("secretary", number, "say", leg=3, verdict="kept")
        # Nobody who is not paired with the village may take, or is told of it.
        assert "现在没有列着的需要" in words(town.desk("handler").get("/desk/wanted/"))


def _looks_and_declines(town: Any, org: str) -> None:
    """One that helps reads the list and takes nothing: no fact names it, nowhere."""
    from baodao.ledger.models import Fact

    before = Fact.objects.order_by("-id").values_list("id", flat=True).first()
    looker = staff(town, "looker", org, "office_head")
    since = Fact.objects.order_by("-id").values_list("id", flat=True).first()
    assert "缺御寒物资" in words(looker.get("/desk/wanted/"))
    assert before is not None and Fact.objects.filter(id__gt=since).count() == 0
    assert not Fact.objects.filter(kind__startswith="matter.", org=org).exists()


def _take(browser: Any, number: str, **typed: str) -> Any:
    page = browser.get(f"/desk/wanted/?take={number}").content.decode()
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if f'value="{number}"' in f)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return browser.post("/desk/wanted/", {**hidden, **typed})


def test_who_asked_to_be_told_hears_of_a_new_need_and_nobody_else(town: Any) -> None:
    """By a consent of their own, in their inbox, without a word of what it is about; only those whose unit helps, who may take."""
    from baodao.notify.models import Notice

    under("weibin")
    orgs(*[(f"wb-{n}", f"协会{n}", "department", "enterprise", DISTRICT) for n in "abc"])
    founded("groups_villages", "结对甲社区", seat=STREET, helped=(A,), helpers=("wb-a", "wb-b"))
    with at("11-23 09:00"):
        desks = {n: staff(town, f"group-{n}", f"wb-{n}", "office_head") for n in "abc"}
        assert "/desk/me/consents/" in desks["a"].get("/desk/wanted/").content.decode()
        for n in "ac":  # a helps and asked; b helps and did not ask; c asked and helps nobody here
            page = desks[n].get("/desk/me/consents/").content.decode()
            assert 'value="wanted_told"' in page
            assert desks[n].post("/desk/me/consents/", {"yes": ["wanted_told"]}).status_code in {
                200,
                302,
                303,
            }
        begin(town, "secretary", "wanted", kind="goods", title="缺御寒物资", text="二十床棉被。")
        town.work()
        told = Notice.objects.filter(template="wanted.told")
        assert [row.person for row in told] == [town.uids["group-a"]]
        assert (told[0].link, told[0].number) == ("/desk/wanted/", "")
        assert "棉被" not in told[0].params


def test_the_unit_that_is_paired_is_offered_first(town: Any) -> None:
    under("weibin")
    founded("groups_villages", "机关结对甲社区", seat=STREET, helped=(A,), helpers=(OFFICE,))
    with at("11-23 09:00"):
        for who, first in (("secretary", f"{OFFICE}（结对）"), ("sibling", "")):
            form = town.desk(who).get("/desk/start/need/").content.decode()
            offered = form[form.index('name="org"') :].partition("</select>")[0]
            found = re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)', offered)
            marked = [f"{code}（结对）" for code, words_ in found if "（结对）" in words_]
            assert marked == ([first] if first else [])
            assert found[0][0] == OFFICE if first else found[0][0] != OFFICE
