"""Simulated alliances: one consortium of the district, one of each street and of each urban community (the published
form is 1+8+63), and a pairing across the border when a second district is there. Who takes part is drawn."""

import random
from collections.abc import Iterator
from datetime import date, datetime

from baodao.kernel.act import system_act
from baodao.orgs.alliances.ruling import NewAlliance, NewMember
from baodao.orgs.alliances.services import found_alliances
from baodao.orgs.selectors import forest
from baodao.orgs.tree import Forest

#: Alliances of one command.
CHUNK = 50


def found_consortia(district: str, now: datetime, rng: random.Random, since: date) -> list[str]:
    """Found them through the verbs, by the system, of origin `simulated`; gives their codes. The same again adds
    nothing. ``since`` must be a day on which all organizations exist."""
    trees = forest()
    wanted = [*_consortia(trees, district, rng, since), *_across(trees, district, rng, since)]
    made: list[str] = []
    for start in range(0, len(wanted), CHUNK):
        by = system_act(now, f"sim-alliances-{district}-{start}", "simulated")
        made += found_alliances(by, alliances=wanted[start : start + CHUNK]).codes
    return made


def _consortia(trees: Forest, district: str, rng: random.Random, since: date) -> Iterator[NewAlliance]:
    below = trees.children(district, since)
    streets = [code for code in below if trees.nodes[code].kind == "street"]
    bureaus = [code for code in below if trees.nodes[code].level == "department"]
    yield _consortium(trees, district, [*streets, *bureaus], since)
    for street in streets:
        own = trees.children(street, since)
        urban = [code for code in own if trees.nodes[code].kind == "community"]
        drawn = rng.sample(bureaus, min(2, len(bureaus)))
        yield _consortium(trees, street, [*own, *drawn], since)
        for community in urban:
            # Property firms and owners' committees come later, and join by their own word.
            grids = [code for code in trees.children(community, since) if trees.nodes[code].level == "grid"]
            guest = rng.sample(bureaus, min(1, len(bureaus)))
            yield _consortium(trees, community, [*grids, *guest], since)


def _consortium(trees: Forest, seat: str, members: list[str], since: date) -> NewAlliance:
    node = trees.nodes[seat]
    return NewAlliance(
        kind="consortium",
        name=f"{node.name}城市基层党建共同体",
        name_en=f"Party-building consortium of {node.name_en or node.name}",
        seat=seat,
        since=since,
        code=f"gtt-{seat}",
        members=tuple(NewMember(code) for code in members),
    )


def _across(trees: Forest, district: str, rng: random.Random, since: date) -> Iterator[NewAlliance]:
    """One street of this district helps one of each other district that is loaded."""
    for other in sorted(
        code for code, node in trees.nodes.items() if node.level == "district" and node.at(since)
    ):
        pairs = [
            [code for code in trees.children(one, since) if trees.nodes[code].level == "street"]
            for one in (district, other)
        ]
        if other == district or not all(pairs):
            continue
        helper, helped = (rng.choice(streets) for streets in pairs)
        name = f"{trees.name(helper)}与{trees.name(helped)}结对帮带"
        members = (NewMember(helper, "helper"), NewMember(helped, "helped"))
        yield NewAlliance("help", name, helper, since, code=f"jd-{district}-{other}", members=members)
