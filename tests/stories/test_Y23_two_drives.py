"""Y23: Yuzhong's two drives: acting wrongly, not acting, not daring, not able; misconduct near the people. A ledger speaks of units
and their work; clues about persons are never an input of anything.

Waits for other rooms: the drives' figures in public (bulletin).
"""

from pathlib import Path
from typing import Any

from tests.support.ledgers import begin, ledger, under
from tests.support.town import OFFICE, A, at
from tests.support.whistles import png

PACKS = Path(__file__).resolve().parents[2] / "packs"


def test_two_drives_each_with_its_ledger(town: Any) -> None:
    under("yuzhong")
    with at("11-23 09:00"):
        drives = {}
        for kind, title in (("conduct", "四不为专项"), ("near_people", "身边不正之风专项")):
            number = begin(town, "superior", "campaign", kind=kind, title=title, text="全街道。")
            town.do("superior", number, "plan", plan="先查后改。", until="2027-03-31")
            drives[kind] = number
        assert "乱作为不作为不敢为不善为" in town.matter("superior", drives["conduct"])
        rows = (
            ("conduct", "inaction", "三个月没有回访", OFFICE, "handler"),
            ("conduct", "unable", "不会用系统派单", A, "secretary"),
            ("near_people", "near_people", "代办要排两次队", OFFICE, "handler"),
        )
        for drive, kind, title, org, who in rows:
            number = begin(
                town,
                "superior",
                "problem",
                about=drives[drive],
                kind=kind,
                title=title,
                text="抽查发现，电话 13812345678。",
                org=org,
            )
            assert title in town.matter(who, number)
            # A private number in the text is masked where the text is searched.
            assert "13812345678" not in town.search("superior", title)
            town.do(who, number, "report_in")
            town.do(who, number, "answer", claim="mended", result="改了。", photo=png())
            assert "pass" not in town.office(who).offers(number)
            town.do("superior", number, "pass", how="site")
        for drive, words in (("conduct", ("不作为", "不善为")), ("near_people", ("群众身边不正之风",))):
            page = ledger(town, "superior", drives[drive])
            assert f"共 {len(words)} 件，已结束 {len(words)} 件" in page
            assert all(word in page for word in words)
            assert "收官报告" in town.do("superior", drives[drive], "close", text="建立回访制度。")
        # An organ reads of its own problems and of no other's drive.
        for who in ("handler", "secretary", "sibling", "outsider"):
            assert town.opens(who, drives["conduct"]) == 404


def test_clues_are_never_an_input() -> None:
    """limits.md: in no district does a restricted procedure open, feed or hang on a drive, a problem or a hazard; none of these
    has a field for a person."""
    from baodao.kernel.declare import load_pack
    from baodao.matters.declare import Procedure

    ledgers = {"campaign", "problem", "hazard", "spot_check", "listing"}
    for pack in sorted(path.name for path in PACKS.iterdir() if (path / "pack.toml").exists()):
        found = load_pack(PACKS / pack).many(Procedure)
        shut = {name for name, one in found.items() if one.level >= 2}
        assert shut, pack
        for name, one in found.items():
            effects = [effect for action in one.actions for effect in action.then]
            reached = {x for e in effects for x in (e.open, e.change) if x} | set(one.about)
            if name in shut:
                assert not reached & ledgers, (pack, name)
            if name in ledgers:
                assert not reached & shut, (pack, name)
                kinds = {kind.rstrip("?") for action in one.actions for kind in action.fields.values()}
                assert not kinds & {"person", "post", "score"}, (pack, name)
