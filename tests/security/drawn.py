"""Plans of generated districts: trees, posts, areas, matters of all levels, cards that name their readers, deputies with days and
limits, openings by two persons, things of the ground."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

#: level of an organization → kinds of post that are put there, with their printed titles.
KINDS = {
    "district": ("supervisor", "auditor", "administrator", "level_ruler"),
    "street": ("department_head", "desk_clerk"),
    "department": ("area_officer", "handler", "office_head", "department_head"),
    "community": ("community_secretary", "grid_worker"),
}
WORD = "路灯不亮"
#: Cards name their readers: switched on for the drawn district, with an office that keeps them.
OFFICE = "d-k"
CARDS = """
source = "assumed"
[switch.clue]
basis = "规则"
basis_en = "Rules"
approver = "区里"
approver_en = "The district"
since = 2026-01-01
until = 2027-12-31
keepers = ["card_keeper"]
source = "assumed"
"""


@st.composite
def districts(draw: Any) -> dict[str, Any]:
    """A tree of 4–8 organizations, a post or two in each, matters of levels 1 to 3 all over it; then some organizations end,
    one after the other, into another one or into nothing, before or after the worker hands their open work on."""
    streets = draw(st.integers(1, 2))
    orgs = [("d", "", "district")]
    for s in range(streets):
        orgs.append((f"d-s{s}", "d", "street"))
        orgs += [(f"d-s{s}-c{c}", f"d-s{s}", "community") for c in range(draw(st.integers(1, 2)))]
    orgs += [("d-b", "d", "department"), (OFFICE, "d", "department")]
    # Those who may open what is restricted; then everybody, by level.
    posts = [("d", draw(st.sampled_from(KINDS["district"][:2]))) for _ in range(draw(st.integers(0, 2)))]
    posts += [
        (OFFICE, draw(st.sampled_from(("card_keeper", "inspector")))) for _ in range(draw(st.integers(0, 3)))
    ]
    posts += [
        (org, draw(st.sampled_from(KINDS[level])))
        for org, _parent, level in orgs
        if org != OFFICE
        for _ in range(draw(st.integers(1, 2)))
    ]
    codes = [org for org, _parent, level in orgs if level != "district"]
    ground = [org for org, _parent, level in orgs if level == "community"]
    ground += [f"{org}-g" for org in ground]
    matters = draw(
        st.lists(
            st.tuples(
                st.sampled_from(codes), st.integers(1, 3), st.booleans(), st.sampled_from([*codes, ""]), st.booleans()
            ),
            min_size=3, max_size=6,
        )
    )  # fmt: skip
    ends = draw(st.lists(st.tuples(st.sampled_from(codes), st.sampled_from([*codes, ""])), max_size=4))
    areas = [draw(st.lists(st.sampled_from(ground), max_size=2)) for _one in posts]
    return {
        "areas": areas,
        "orgs": orgs,
        "posts": posts,
        "matters": matters,
        "ends": ends,
        # Which posts, of those that are near; first day and days from today; what of it, up to which level.
        "deputies": draw(
            st.lists(
                st.tuples(
                    st.integers(0, 9),
                    st.integers(0, 9),
                    st.integers(-4, 1),
                    st.integers(1, 6),
                    st.sampled_from(
                        [("matter.read",), ("matter.read", "device.read"), ("household.read", "device.read")]
                    ),
                    st.integers(0, 2),
                ),
                max_size=3,
            )
        ),
        # Which matter by whom, asked how many hours ago for how many.
        "glasses": draw(
            st.lists(
                st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3), st.integers(1, 4)),
                max_size=3,
            )
        ),
        # Which unit a card is about, and whether readers are named and taken off after.
        "cards": draw(st.lists(st.tuples(st.sampled_from(codes), st.booleans(), st.booleans()), max_size=2)),
        # In which organization a device hangs, and whether it has a point.
        "devices": draw(st.lists(st.tuples(st.sampled_from(codes), st.booleans()), max_size=4)),
        "worked": draw(st.booleans()),
    }


#: One district that has all of it, whatever is drawn: somebody acts for another, one matter is open to two persons' word and one no
#: more, a card names its readers, an officer has an area, an organization has ended.
WHOLE: dict[str, Any] = {
    "orgs": [
        ("d", "", "district"), ("d-s0", "d", "street"), ("d-s0-c0", "d-s0", "community"), ("d-s0-c1", "d-s0", "community"),
        ("d-b", "d", "department"), (OFFICE, "d", "department"),
    ],
    "posts": [
        ("d", "supervisor"), ("d", "auditor"), (OFFICE, "card_keeper"), (OFFICE, "inspector"), ("d-s0", "department_head"),
        ("d-s0-c0", "community_secretary"), ("d-s0-c1", "grid_worker"), ("d-b", "area_officer"),
    ],
    "areas": [[], [], [], [], [], [], [], ["d-s0-c0"]],
    "matters": [
        ("d-s0-c0", 1, True, "", False), ("d-s0-c0", 2, True, "", False), ("d-s0-c1", 2, False, "", False),
        ("d-s0-c0", 1, False, "", True),
    ],
    "ends": [("d-s0-c1", "d-s0-c0")],
    "worked": False,
    "deputies": [(5, 2, -1, 4, ("matter.read", "device.read"), 1), (0, 0, -4, 3, ("matter.read",), 2)],
    "glasses": [(0, 0, 0, 2), (1, 1, 3, 2)],
    "cards": [("d-b", True, True)],
    "devices": [("d-s0-c0", True), ("d-b", False)],
}  # fmt: skip
