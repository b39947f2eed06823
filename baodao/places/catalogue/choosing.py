"""Choosing a place by names, for residents who do not tell where they are: district, street, community, grid."""

import msgspec

from baodao.orgs import selectors as orgs
from baodao.places import selectors as places

#: Levels below which a list of what is there makes sense.
NEAR = ("community", "grid")


class Chosen(msgspec.Struct, frozen=True):
    """Where one stands. ``way``: (code, name) from the district down; ``below``: what can be chosen next; ``streets``:
    one must choose further before anything is listed."""

    code: str
    name: str
    way: tuple[tuple[str, str], ...]
    below: tuple[tuple[str, str], ...]
    streets: bool


def choose(code: str) -> Chosen | None:
    """The place of a code ("" begins anew); None when there is none. No statement."""
    trees, day = orgs.forest(), orgs.today()
    grid = places.grid(code) if code and code not in trees else None
    if grid is not None and grid.at(day):
        way = tuple((one, orgs.name_of(one)) for one in reversed(trees.chain(grid.org, day)))
        return Chosen(code, grid.name, (*way, (code, grid.name)), (), False)
    roots = trees.roots("admin", day)
    here = code or (roots[0] if len(roots) == 1 else "")
    if not here:
        return Chosen("", "", (), tuple((one, orgs.name_of(one)) for one in roots), True)
    if here not in trees or trees.nodes[here].tree != "admin" or not trees.nodes[here].at(day):
        return None
    way = tuple((one, orgs.name_of(one)) for one in reversed(trees.chain(here, day)))
    level = trees.nodes[here].level
    # Nobody need choose the district where a municipality has one.
    if not code and level == "municipality" and len(trees.children(here, day)) == 1:
        return choose(trees.children(here, day)[0])
    if level in NEAR:
        below = tuple((one.code, one.name) for one in places.grids_of(here))
    else:
        wanted = ("district", "street", *NEAR)
        children = (one for one in trees.children(here, day) if trees.nodes[one].level in wanted)
        below = tuple((one, orgs.name_of(one)) for one in children)
    return Chosen(here, orgs.name_of(here), way, below, level not in NEAR)
