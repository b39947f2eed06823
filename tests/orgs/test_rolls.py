"""Rolls: who may keep one, what a member may do alone, the ledger, erasure."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from baodao.kernel.act import Act, Grant, new_key
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import erase, rebuild
from baodao.orgs.rolls.models import Membership, RollShown
from baodao.orgs.rolls.selectors import counts, members, names, own, roll, shown_at
from baodao.orgs.rolls.services import (
    Answer,
    Enter,
    Leave,
    Show,
    answer_asked,
    ask_project,
    enter_members,
    leave_rolls,
    quit_project,
    show_member,
)
from baodao.orgs.ruling import NewOrg
from baodao.orgs.services import bind_pack, create_orgs
from baodao.people.selectors import persons_of
from tests.orgs.conftest import NOW, START, district, person, system
from tests.test_canary import tables_with

__all__ = ["district", "person"]
TODAY = date(2026, 11, 20)
ROOT, HOME, SIBLING, SITE, COMMUNITY = "dz", "dz-home", "dz-next", "dz-site", "990101001001"
NAME = "金丝雀党员"


@pytest.fixture
def party(packs: Any, settings: Any, district: None) -> Any:
    """A Party tree with two branches and a project branch."""
    (packs / "drawn" / "levels.toml").write_text(
        '[level.party_project]\ntitle = "项目支部"\ntitle_en = "Project branch"\ntree = "party"\nrank = 5\n'
        'kinds = ["branch"]\nsource = "assumed"\n'
    )
    import shutil
    from pathlib import Path

    from baodao.kernel.declare import forget_packs

    shutil.copy(
        Path(settings.BASE_DIR) / "packs" / "base" / "people.toml"
        if hasattr(settings, "BASE_DIR")
        else Path(__file__).resolve().parents[2] / "packs" / "base" / "people.toml",
        packs / "base" / "people.toml",
    )
    forget_packs()

    def org(code: str, level: str, kind: str, parent: str = "") -> NewOrg:
        return NewOrg(code, f"名{code}", level, kind, START, parent, tree="party")

    create_orgs(system(), orgs=[org(ROOT, "party_district", "committee")])
    bind_pack(system(), org=ROOT, pack="drawn", since=START)
    create_orgs(
        system(),
        orgs=[
            org(HOME, "party_community", "branch", ROOT), org(SIBLING, "party_community", "branch", ROOT),
            org(SITE, "party_project", "branch", HOME),
        ],
    )  # fmt: skip
    with time_machine.travel(NOW, tick=False):
        yield


def by(org: str, reach: Any = "legs", purpose: str = "", level: int = 2) -> Act:
    rights = ("enter", "read", "answer", "leave", "count", "seen")
    grants = tuple(Grant(f"roll.{what}", reach, org, level, "p-x") for what in rights)
    return Act(
        "person",
        NOW,
        NOW,
        new_key(),
        person="u" * 32,
        post="p-x",
        grants=grants,
        purpose=purpose,
    )


def me(uid: str, key: str) -> Act:
    return Act("person", NOW, NOW, key, person=uid)


def enter(phone: str = "13900001111", branch: str = HOME, who: str = NAME) -> tuple[str, str]:
    """A member on a roll; gives token and uid."""
    [token] = enter_members(system(), members_=[Enter(branch, who, phone, START)])
    return token, persons_of([token], "erase")[token]


@pytest.mark.usefixtures("party")
@pytest.mark.parametrize(
    ("who", "org", "reach", "may"),
    [
        ("allowed", HOME, "legs", True),
        ("sibling", SIBLING, "legs", False),
        ("superior", ROOT, "below", False),
        ("below", SITE, "legs", False),
        ("own-is-not-enough", HOME, "own", False),
        ("outsider", "990101", "below", False),
    ],
)
def test_a_roll_is_its_branchs_own(who: str, org: str, reach: str, may: bool) -> None:
    token, _uid = enter()
    acts: list[Callable[[], Any]] = [
        lambda: enter_members(by(org, reach), members_=[Enter(HOME, "新来的", "13900002222", START)]),
        lambda: names(by(org, reach, "duty"), HOME, [token]),
        lambda: leave_rolls(by(org, reach), leaves=[Leave(HOME, token, TODAY)]),
    ]
    assert bool(roll(by(org, reach), HOME)) is may
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()


@pytest.mark.usefixtures("party")
def test_joining_a_project_leaves_home_alone_and_is_the_members_own_step() -> None:
    token, uid = enter()
    with pytest.raises(Conflict):  # a branch cannot take somebody who did not ask
        answer_asked(by(SITE), answers=[Answer(SITE, token, True)])
    with pytest.raises(Invalid):
        enter_members(by(SITE), members_=[Enter(SITE, "人", "13900003333", START)])
    ask_project(me(uid, "a-1"), branch=SITE, since=TODAY)
    with pytest.raises(Conflict):
        ask_project(me(uid, "a-2"), branch=SITE, since=TODAY)
    answer_asked(by(SITE), answers=[Answer(SITE, token, True)])
    member = members([token])[token]
    assert {(row.org, row.kind, row.state) for row in member.rows} == {
        (HOME, "home", "in"),
        (SITE, "project", "in"),
    }
    quit_project(me(uid, "a-3"), branch=SITE, until=TODAY + timedelta(days=1))
    assert own(uid)[1].home is not None
    with pytest.raises(Conflict):
        quit_project(me(uid, "a-4"), branch=HOME, until=TODAY)
    with pytest.raises(Conflict):
        enter_members(system(), members_=[Enter(SIBLING, NAME, "13900001111", START)])
    leave_rolls(by(HOME), leaves=[Leave(HOME, token, TODAY)])
    assert enter(branch=SIBLING)[0] == token  # the same person, elsewhere


@pytest.mark.usefixtures("party")
def test_seen_is_her_choice_and_counts_begin_at_ten() -> None:
    for n in range(10):
        enter(f"1390000{n:04}")
    assert counts(by(ROOT, "below", level=1)) == [(HOME, "home", 10)]
    token, uid = enter("13900009999", SIBLING)
    assert counts(by(ROOT, "below", level=1))[1] == (SIBLING, "home", None)
    assert shown_at(COMMUNITY) == []
    show_member(me(uid, "s-1"), shows=[Show(COMMUNITY, True)])
    assert shown_at(COMMUNITY) == [token]
    with pytest.raises(Invalid):
        show_member(me(uid, "s-2"), shows=[Show(HOME, True)])
    leave_rolls(by(SIBLING), leaves=[Leave(SIBLING, token, TODAY)])
    assert shown_at(COMMUNITY) == []  # no member any more: nobody is shown
    with pytest.raises(Conflict):
        show_member(me(uid, "s-3"), shows=[Show("990101001002", True)])
    assert show_member(me(uid, "s-4"), shows=[Show(COMMUNITY, False)]) == []  # ending it stays open


@pytest.mark.usefixtures("party")
def test_no_name_outside_the_vault_the_same_rows_again_and_nothing_after_erasure() -> None:
    token, uid = enter()
    ask_project(me(uid, "a-1"), branch=SITE, since=TODAY)
    show_member(me(uid, "s-1"), shows=[Show(COMMUNITY, True)])
    assert tables_with([NAME, "13900001111", uid])[NAME] == set()
    assert "ledger_fact" not in tables_with([uid])[uid]
    assert {fact.level for fact in facts_of(f"member:{token}")} == {2}
    before = [line for line in dump(with_caches=True) if "membership" in line or "rollshown" in line]
    assert len(before) == 3
    assert [line for line in examine() if "roll" in line] == []
    rebuild()
    assert [line for line in dump(with_caches=True) if "membership" in line or "rollshown" in line] == before
    erase(system(), person=uid)
    assert not Membership.objects.exists() and not RollShown.objects.exists()
    rebuild()
    assert not Membership.objects.exists()
    assert [line for line in examine() if "roll" in line] == []
