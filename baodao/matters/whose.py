"""Which kinds of post a selector of an action can mean in a district: what `pack check` and the chart ask. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from baodao.kernel.declare import Pack
from baodao.orgs.declare import ANYONE, PERSON, SYSTEM, PostKind
from baodao.orgs.rights import matches

from .declare import Action

#: Selectors that a post kind can fill → reaches with which its right gets there.
REACHES: Mapping[str, tuple[str, ...]] = {
    "leg": ("legs", "own", "below"),
    "lead": ("legs", "own", "below"),
    "holder": ("legs", "own", "below"),
    "participant": ("self", "legs", "own", "below"),
    "caller": ("own", "below"),
    "superior_of_holder": ("below",),
    "ruler": ("own", "below", "legs"),
    "named": ("self", "named"),
    "reporter": ("self", "any"),
    "outsider": ("legs", "own", "below"),
    "helper": ("own",),
}


def actors(pack: Pack, name: str, action: Action) -> dict[str, list[str]]:
    """Selector of the action → the kinds of post in this district that can be meant by it."""
    kinds, right = pack.many(PostKind), f"{name}.{action.name}"
    found: dict[str, list[str]] = {}
    for selector in action.who:
        wanted = (
            selector[6:-1]
            if selector.startswith("right(")
            else f"{name}.rule"
            if selector == "ruler"
            else right
        )
        reaches = REACHES.get(selector, ("own", "below", "legs", "any"))
        found[selector] = [
            code
            for code, kind in kinds.items()
            if (code == SYSTEM) == (selector == "system")
            and (selector != "reporter" or code in (PERSON, ANYONE))
            and any(
                matches(line.right, wanted)
                and (line.reach in reaches or code == SYSTEM)
                # A right that everybody has is named by the selector; what only reaches one's own is no post's.
                and (not selector.startswith("right(") or code not in (PERSON, ANYONE) or line.reach == "any")
                for line in kind.rights
            )
        ]
    return found
