"""F22 (城乡支部联线): two branches hold one meeting together, recorded once and counted for both; promises made to the village fall due.

Members paired with families who agreed: contacts of dues (N11) and homes. Members in communities: D01.
"""

import re
from typing import Any

from tests.gather.test_branch import decide
from tests.support.branches import BRANCH, NEXT, branches, fields
from tests.support.town import SINCE, at, local, town, words

__all__ = ["branches", "town"]


def pair() -> None:
    """The two branches are paired: the town's helps, the village's is helped."""
    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    new = NewAlliance(
        "help", "城乡联线", BRANCH, SINCE, members=(NewMember(BRANCH, "helper"), NewMember(NEXT, "helped"))
    )
    found_alliances(system_act(local("01-08 09:00"), "pair"), alliances=[new])


def test_one_meeting_of_two_branches_is_recorded_once_and_counts_for_both(branches: Any) -> None:
    from baodao.gather.models import Slot

    with at("11-10 22:00"):
        # Nobody is offered with whom the branch has nothing to do.
        assert "乙支部" not in words(branches.form("psec")[0])
        pair()
        branches.enter("乙支部", 11)
        text, held = branches.form("psec")
        assert "乙支部" in words(text)
        held |= {"kinds": ["theme_day"], "items": ["theme_day.first"], "day": "2026-11-10", "starts": "19:30", "ends": "21:00",
                 "heads": "11", "with_orgs": [NEXT], "decisions": "春耕前修好村口的水渠\n给小学送一批书"}  # fmt: skip
        checked = branches.send("psec", held, "check", 200)
        assert "主题党日 （乙支部）" in words(checked) or "主题党日（乙支部）" in words(checked)
        where = str(branches.send("psec", fields(checked.content.decode()))["Location"])
        assert Slot.objects.count() == 1
        for who in ("psec", "pnext"):
            assert "已开 主题党日 2026-11-10" in branches.read(who, "/desk/branch/"), who
        theirs = branches.read("pnext", "/desk/branch/")
        assert "由 甲支部 记，两边都算" in theirs
        read = branches.read("pnext", where)
        assert "春耕前修好村口的水渠" in read
        # Who of the other branch was there is that branch's own.
        assert "谁没有到会" not in read and "到场 12" not in read
        assert branches.desk("secretary").get(where).status_code == 404
    with at("11-11 09:00"):
        read = decide(branches, where, 1, org="甲支部", by="2026-11-30")
        number = re.search(r"FL-2026-\d+", read)
        assert number, read
        assert "11月30日" in branches.matter("psec", number[0])
    with at("12-02 09:00"):
        branches.work()
        assert "过了说好的日子，甲支部还没有办好" in branches.matter("psec", number[0])
        branches.do("psec", number[0], "answer", claim="solved", result="水渠修好了。")
        assert "办好了" in branches.matter("psec", number[0])
        # Those to whom it was promised read how it went, from the evening's page.
        assert number[0] in branches.read("pnext", where)
