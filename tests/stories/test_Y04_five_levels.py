"""Y04: street, community, grid, building, member household: five levels, each with its responsible person, on the desk's
pages of organizations, of the grid and of the building; the building stands on the map in its grid.

Waits for another room: visits per household (Visits).
"""

import json
from typing import Any

from tests.support.districts import first_community, found
from tests.support.town import at, local, words

COMMUNITY = first_community("yuzhong")
STREET, GRID, BUILDING, HOME = COMMUNITY[:9], f"{COMMUNITY}-w1", f"{COMMUNITY}-w1-b1", f"{COMMUNITY}-w1-b1-h1"
NAMES = {
    "street": "周明",
    "secretary": "吴兰",
    "grid": "郑涛",
    "building": "冯敏",
    "home": "陈洁",
    "resident": "无岗",
}


def settle(districts: Any) -> None:
    """One grid, two buildings, one member household."""
    found(
        (GRID, "第一网格", "grid", "grid", COMMUNITY),
        (BUILDING, "1 栋", "building", "building", GRID),
        (f"{GRID}-b2", "2 栋", "building", "building", GRID),
        (HOME, "1 栋党员中心户", "member_household", "member_household", BUILDING),
    )
    posts = (
        ("street", STREET, "department_head"),
        ("secretary", COMMUNITY, "community_secretary"),
        ("grid", GRID, "grid_head"),
        ("building", BUILDING, "building_head"),
        ("home", HOME, "household_contact"),
    )
    districts.people(NAMES, posts)


def test_the_tree_to_the_fifth_level_each_with_who_answers(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        desk = districts.desk("secretary")
        bottom = words(desk.get(f"/desk/orgs/{HOME}/"))
        way = bottom[bottom.index("一级一级谁负责") : bottom.index("任命日")]
        order = ["街道、镇、乡", "街道、部门负责人", "社区、村", "社区（村）书记", "网格 第一网格", "网格长"]
        order += ["楼栋 1 栋", "楼栋长", "党员中心户 1 栋党员中心户", "党员中心户联系人"]
        places = [way.index(one) for one in order]
        assert places == sorted(places)
        # From above: counts by level, who answers for what lies below, and where nobody does.
        grid = words(desk.get(f"/desk/orgs/{GRID}/"))
        assert "2 楼栋" in grid
        assert "1 党员中心户" in grid
        assert "1 栋 下面 1 个 楼栋长" in grid
        assert "2 栋 负责人空缺" in grid
        assert "冯敏" not in grid


def test_one_is_found_by_name_below_where_one_stands(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        desk = districts.desk("secretary")
        hits = words(desk.get("/desk/orgs/", {"q": "栋", "under": GRID}))
        assert "只在第一网格下面找" in hits
        assert "1 栋党员中心户" in hits
        elsewhere = words(desk.get("/desk/orgs/", {"q": "1 栋", "under": first_community("weibin")}))
        assert "没有名称里带这几个字的组织" in elsewhere


def test_a_name_is_opened_for_a_purpose_and_its_owner_sees_who_looked(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        desk, page = districts.desk("secretary"), f"/desk/orgs/{COMMUNITY}/"
        assert "郑涛" not in words(desk.get(page))
        opened = words(desk.post(page))
        assert "网格长 郑涛" in opened
        assert "已记下您看过" in opened
        # One's own below: not the street above, not a neighbour's district.
        assert desk.post(f"/desk/orgs/{STREET}/").status_code == 403
        assert desk.post(f"/desk/orgs/{first_community('fuling')}/").status_code == 403
        # The grid worker reads in "who looked at me" which office looked, and why.
        assert "联系您所任的岗位" in words(districts.desk("grid").get("/desk/me/looked/"))
        # A household has no right to names.
        home = districts.desk("home")
        assert "看姓名" not in words(home.get(page))
        assert home.post(page).status_code == 403


def test_the_five_levels_on_the_ground_from_the_grid_to_the_household(districts: Any) -> None:
    settle(districts)
    ground()
    with at("11-23 09:00"):
        desk = districts.desk("secretary")
        # A point finds the grid, the grid its team and buildings.
        found = desk.get("/api/v1/places/at/", {"lon": WEST + 0.005, "lat": SOUTH + 0.005}).json()
        assert found["grid"] == GRID
        grid = words(desk.get(f"/desk/grids/{GRID}/"))
        way = grid[grid.index("一级一级谁负责") : grid.index("岗位", grid.index("网格长"))]
        assert way.index("街道、部门负责人") < way.index("社区（村）书记") < way.index("网格长")
        assert "1 栋" in grid
        page = desk.get("/desk/buildings/b-1/").content.decode()
        levels = words(page)
        order = [
            "街道、镇、乡",
            "街道、部门负责人",
            "社区（村）书记",
            "网格长",
            "楼栋长",
            "楼里的组织",
            "党员中心户",
            "党员中心户联系人",
        ]
        places = [levels.index(one, levels.index("一级一级谁负责")) for one in order]
        assert places == sorted(places)
        assert "18" in levels
        # Where nobody was appointed it is said, and the building without a team of its own is the grid's.
        assert "负责人空缺" in words(desk.get("/desk/buildings/b-2/"))
        third = words(desk.get("/desk/buildings/b-3/"))
        assert "由网格负责" in third
        assert "网格长" in third
        # Names only for a purpose; a neighbour's secretary has none here.
        assert "冯敏" not in levels
        opened = words(districts.desk("grid").post("/desk/buildings/b-1/"))
        assert "楼栋长 冯敏" in opened
        assert districts.desk("home").post("/desk/buildings/b-1/").status_code == 403


WEST, SOUTH = 106.57, 29.56


def ground() -> None:
    """The polygon of the first grid, and three buildings in it: with its head, without one, without a team."""
    from baodao.kernel.act import system_act
    from baodao.places.buildings.ruling import NewBuilding
    from baodao.places.buildings.services import record_buildings
    from baodao.places.services import NewGrid, draw_grids
    from tests.support.districts import SINCE

    ring = [
        [WEST, SOUTH],
        [WEST + 0.01, SOUTH],
        [WEST + 0.01, SOUTH + 0.01],
        [WEST, SOUTH + 0.01],
        [WEST, SOUTH],
    ]
    polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
    grids = [NewGrid(GRID, COMMUNITY, "第一网格", polygon, SINCE, GRID)]
    draw_grids(system_act(local("01-05 09:00"), "y04-grids"), grids=grids)
    teams = {"b-1": BUILDING, "b-2": f"{GRID}-b2", "b-3": ""}
    buildings = [
        NewBuilding(code, f"{code[-1]} 栋", SINCE, GRID, team=team, storeys=18, units=2)
        for code, team in teams.items()
    ]
    record_buildings(system_act(local("01-05 09:00"), "y04-buildings"), buildings=buildings)
