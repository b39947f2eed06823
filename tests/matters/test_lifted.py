"""A draft that its words lift to level 2 is refused to nobody who may begin such matters, and is lost to nobody who takes part: over
all procedures of all packs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from baodao.kernel.declare import load_pack
from baodao.kernel.errors import Invalid
from baodao.kernel.verbs import allowed
from baodao.matters.declare import Action, Procedure
from baodao.matters.desk.start import may_open
from baodao.matters.models import Matter
from baodao.matters.policies import subject_of
from baodao.matters.selectors import see
from baodao.matters.services import Draft, open_
from baodao.matters.services.writing import load
from baodao.orgs.declare import IMPLICIT, PostKind
from baodao.orgs.rights import ceiling, matches

from .conftest import A, B, Cast
from .test_walks import form

PACKS = Path(__file__).resolve().parents[2] / "packs"
NAMES = [path.name for path in sorted(PACKS.iterdir()) if (path / "pack.toml").exists()]
#: What a matter of level 2 has no need of: superiors do not see it, nobody shows it, it is merged with no other.
SUPERIORS = {
    "extend",
    "refuse_extension",
    "prolong",
    "uphold",
    "send_back",
    "uphold_up",
    "send_back_up",
    "raise_level",
}
SHARED = {
    "to_whistle",
    "to_proposal",
    "decline",
    "follow",
    "unfollow",
    "merge",
    "split",
    "release",
    "hide",
    "reopen",
    "hand_over",
    "ask_time",
    "rule",
}
HELD = ("text", "longtext")


def liftable(procedure: Procedure) -> bool:
    """Whether what is typed at its opening can lift it."""
    opening = procedure.action("open")
    by_hand = opening is not None and opening.who != ("system",)
    return procedure.level < 2 and by_hand and any(k.rstrip("?") in HELD for k in opening.fields.values())


def reached(pack: Any, name: str, action: Action) -> set[str]:
    """Reaches by which some post takes this action at level 2."""
    right = f"{name}.{action.name}"
    return {
        line.reach
        for code, kind in pack.many(PostKind).items()
        if code not in IMPLICIT
        for line in kind.rights
        if matches(line.right, right) and ceiling(right, line.reach, line.level) >= 2
    }


@pytest.mark.parametrize("pack_name", NAMES)
def test_whoever_takes_part_can_go_on_at_level_two(pack_name: str) -> None:
    pack = load_pack(PACKS / pack_name)
    lost = []
    for name, procedure in pack.many(Procedure).items():
        if not liftable(procedure) or name == "replayed":
            continue
        for action in procedure.actions:
            if (
                action.name in SUPERIORS | SHARED | {"open"}
                or "reporter" in action.who
                or action.who == ("system",)
            ):
                continue
            units = {"leg", "lead", "holder"} & set(action.who)
            wanted = {"legs"} if units else {"legs", "named"}
            if not reached(pack, name, action) & wanted:
                lost.append(f"{name}.{action.name} {action.who}")
    assert lost == []


def drafted(name: str, procedure: Procedure) -> Draft:
    opening = procedure.action("open")
    assert opening is not None
    fields = form(opening)
    for field, kind in opening.fields.items():
        if kind.rstrip("?") in HELD:
            fields[field] = "她说又被家暴了"
    fields |= {field: B for field, kind in opening.fields.items() if kind.rstrip("?") == "org"}
    for field, kind in opening.fields.items():
        if (
            kind.rstrip("?") in ("file", "alliance", "place", "matter", "duty_item", "person")
            or field == "post"
        ):
            fields.pop(field, None)
    kind = procedure.kinds[0].name if procedure.kinds else ""
    if "kind" in fields:
        fields["kind"] = kind
    return Draft(procedure=name, org=A, kind=kind, fields=fields)


def test_no_family_turns_a_lifted_draft_away_and_its_author_goes_on(cast: Cast) -> None:
    pack = load_pack(PACKS / "fuling")
    begun = []
    for name, procedure in pack.many(Procedure).items():
        if not liftable(procedure) or procedure.about or procedure.switched or name == "replayed":
            continue
        for who in ("secretary", "clerk", "superior"):
            by = cast.by(who)
            org = next(grant.org for grant in by.grants if grant.post == by.post)
            if not may_open(by, org, name, procedure):
                continue
            draft = drafted(name, procedure)
            try:
                number = open_(by, matters=[replace(draft, org=org)]).numbers[0]
            except Invalid:
                continue  # this form wants a file, a place or a unit: its right was asked before and given
            begun.append(name)
            row = Matter.objects.get(number=number)
            assert row.level == 2, name
            if row.caller:
                assert see(by, number).row.number == number, name
                state = load(number).state
                acts = [
                    one
                    for one in procedure.actions
                    if "caller" in one.who and one.name not in SUPERIORS | SHARED
                ]
                assert all(allowed(by, f"{name}.{one.name}", subject_of(state)) for one in acts), name
                # Nobody else of her office, and nobody above her.
                others = [
                    one for one in ("sibling", "superior", "worker", "secretary", "clerk") if one != who
                ]
                assert not any(
                    allowed(cast.by(one), "matter.read", subject_of(state))
                    for one in others
                    if cast.posts[one][1] not in {leg.org for leg in state.legs.values()}
                ), name
            break
    assert len(set(begun)) >= 8, begun
