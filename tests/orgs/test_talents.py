"""Local talents: who may name and read, the ledger, erasure."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from baodao.kernel.act import Act, Grant, new_key
from baodao.kernel.declare import forget_packs
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.services import erase, rebuild
from baodao.orgs.talents.models import Talent
from baodao.orgs.talents.selectors import growth, listed, names, without
from baodao.orgs.talents.services import NewStep, NewTalent, end_talents, name_talents, note_steps
from baodao.people.selectors import persons_of
from tests.orgs.conftest import NOW, PACKS, START, district, packs, person, system
from tests.test_canary import tables_with

__all__ = ["district", "packs", "person"]
VILLAGE, TOWN, COMMUNITY = "990101002001", "990101002", "990101001001"
TODAY, NAME, STEP = date(2026, 11, 20), "金丝雀果农", "QZX教邻居疏果"


@pytest.fixture(autouse=True)
def lists(packs: Path, district: None) -> None:
    for name in ("talents.toml", "people.toml"):
        shutil.copy(PACKS / "base" / name, packs / "base" / name)
    forget_packs()


def by(org: str, reach: Any, purpose: str = "duty") -> Act:
    grants = tuple(Grant(f"talent.{what}", reach, org, 1, "p-x") for what in ("read", "name", "note", "end"))
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


def new(phone: str = "13900007777", **more: Any) -> NewTalent:
    return NewTalent(
        **{"org": VILLAGE, "trade": "farming", "name": NAME, "phone": phone, "since": START, "word": True}
        | more
    )


@pytest.mark.parametrize(
    ("who", "org", "reach", "may"),
    [
        ("allowed", VILLAGE, "own", True),
        ("superior", TOWN, "below", True),
        ("sibling", COMMUNITY, "own", False),
        ("superior-own", TOWN, "own", False),
        ("below", "zjw-fw", "own", False),
        ("outsider", "990101001", "below", False),
    ],
)
def test_who_may_name_note_and_read(who: str, org: str, reach: str, may: bool) -> None:
    [code] = name_talents(system(), talents=[new()])
    rows = listed(by(org, reach), TODAY)
    assert [row.code for row in rows] == ([code] if may else [])
    acts: list[Callable[[], Any]] = [
        lambda: names(by(org, reach), list(Talent.objects.all())),
        lambda: name_talents(by(org, reach), talents=[new("13900008888")]),
        lambda: note_steps(by(org, reach), steps=[NewStep(code, "training", TODAY, "学了修剪")]),
        lambda: end_talents(by(org, reach), codes=[code], until=TODAY),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()


def test_villages_without_one_are_told_communities_are_not() -> None:
    assert without(by("990101", "below"), TODAY) == [VILLAGE]
    [code] = name_talents(system(), talents=[new()])
    assert without(by("990101", "below"), TODAY) == []
    end_talents(system(), codes=[code], until=TODAY)
    assert without(by("990101", "below"), TODAY) == [VILLAGE]
    with pytest.raises(Conflict):
        end_talents(system(), codes=[code], until=TODAY)


def test_only_with_her_word_from_closed_lists_and_once() -> None:
    wrong = [new(word=False), new(trade="loyalty"), new(org=TOWN)]
    with pytest.raises(Invalid) as caught:
        name_talents(system(), talents=wrong)
    assert {f.field for f in caught.value.faults} >= {"talents[0].word", "talents[1].trade", "talents[2].org"}
    [code] = name_talents(system(), talents=[new()])
    with pytest.raises(Conflict):
        name_talents(system(), talents=[new()])
    with pytest.raises(Invalid):
        note_steps(system(), steps=[NewStep(code, "assessment", TODAY, "思想好")])


def test_the_ledger_gives_the_same_rows_again_and_an_erasure_leaves_nothing() -> None:
    [code] = name_talents(system(), talents=[new()])
    note_steps(system(), steps=[NewStep(code, "taught", TODAY, STEP)])
    found = tables_with([NAME, STEP])
    assert found == {NAME: set(), STEP: {"ledger_content"}}
    before = [line for line in dump(with_caches=True) if "orgs_talent" in line]
    assert len(before) == 1 and [line for line in examine() if "talent" in line] == []
    rebuild()
    assert [line for line in dump(with_caches=True) if "orgs_talent" in line] == before
    token = Talent.objects.get().token
    erase(system(), person=persons_of([token], "erase")[token])
    assert not Talent.objects.exists() and tables_with([STEP])[STEP] == set()
    assert [one.text for one in growth(code)] == [""]
    rebuild()
    assert not Talent.objects.exists()
