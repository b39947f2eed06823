"""W12: 社会组织扶贫: 100 social organizations, each paired with a village: what is promised is dated, kept or not. No household is in any
field of a pairing or promise, and no link leads from them to one. Named people see, correct and leave lists by N11's means.

Declared in packs/weibin/alliances.toml and base/projects.toml. Waits for other rooms: the household's side of a pairing (visits, with
its consent).
"""

import re
from typing import Any

from tests.support.ledgers import begin, under
from tests.support.pairings import founded, orgs, staff
from tests.support.town import DISTRICT, STREET, A, B, at, words

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
        number = begin(
            town, "secretary", "need", kind="goods", title="缺御寒物资", text="二十床棉被。", org=groups[99]
        )
        answer = group.post(*_promise(group, number, text="下周送到。", by="2026-12-01"))
        assert answer.status_code == 303, words(answer)
        read = town.desk("superior").get(f"/desk/alliance-map/{code}/")
        assert "100 帮的单位 2 受帮的地方 1 项目" in words(read)
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

        for action in get_pack("weibin").many(Procedure)["need"].actions:
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


def _promise(browser: Any, number: str, **typed: str) -> tuple[str, dict[str, str]]:
    there = f"/desk/matters/{number}/"
    page = browser.get(f"{there}?do=promise").content.decode()
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if 'name="_do" value="promise"' in f)
    return there, {**dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)), **typed}
