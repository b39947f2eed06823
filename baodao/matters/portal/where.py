"""Choosing the place of a report: names and a map, level by level, inside one form that loses nothing."""

from collections.abc import Mapping

from msgspec import Struct

from baodao.matters.importing.known import request_desk
from baodao.orgs import selectors as orgs
from baodao.places.maps import map_level
from baodao.places.selectors import grid, grid_at, plan

#: The picture is this wide where no script can tell how wide it was drawn.
PICTURE = 320


class Where(Struct):
    """The place as chosen so far. ``code``: an organization or a grid, "" for none; ``org``: who looks after it."""

    code: str = ""
    org: str = ""
    grid: str = ""
    crumbs: tuple[tuple[str, str], ...] = ()
    children: tuple[tuple[str, str], ...] = ()
    mapped: str = ""
    """The organization whose map is shown; "" when it has none."""
    height: int = 0
    lon: str = ""
    lat: str = ""

    @property
    def words(self) -> str:
        """The whole way down, for a preview."""
        return " ".join(name for _code, name in self.crumbs)


def root() -> str:
    """The district: the one root of the administrative tree, or the only district of a municipality; "" where several stand
    side by side."""
    trees, day = orgs.forest(), orgs.today()
    found = trees.roots("admin", day)
    if len(found) != 1:
        return ""
    below = trees.children(found[0], day) if trees.nodes[found[0]].level == "municipality" else ()
    return below[0] if len(below) == 1 else found[0]


def choose(typed: Mapping[str, str]) -> Where:
    """Read ``place`` and what was pressed: ``go`` (a code, "-" for anew, "here" for lon and lat) or a point of the map
    (``map.x``, ``map.y``)."""
    code, pressed = _known(typed.get("place", "")), typed.get("go", "")
    lon, lat = typed.get("lon", "")[:12], typed.get("lat", "")[:12]
    if pressed == "-":
        return at("")
    if pressed == "here":
        found = _at_point(lon, lat)
        return at(found, lon, lat) if found else at(code)
    if pressed:
        return at(_known(pressed))
    if typed.get("map.x"):
        return _clicked(code, typed)
    return at(code, lon, lat)


def at(code: str, lon: str = "", lat: str = "") -> Where:
    """The choice at one place, with the way up and what lies below."""
    day, trees = orgs.today(), orgs.forest()
    chosen = grid(code) if code and code not in trees else None
    org = chosen.org if chosen is not None else code or root()
    if org not in trees:
        return Where(children=tuple((one, orgs.name_of(one)) for one in trees.roots("admin", day)))
    chain = [(one, orgs.name_of(one)) for one in reversed(trees.chain(org, day))]
    drawn = map_level(org)
    where = Where(code=code, org=org if code else "", crumbs=tuple(chain), lon=lon, lat=lat)
    if chosen is not None:
        where.grid = chosen.code
        where.crumbs = (*chain, (chosen.code, chosen.name))
    elif drawn is not None:
        where.children = tuple((shape.code, shape.name) for shape in drawn.shapes)
        where.mapped, where.height = org, round(PICTURE * drawn.height / drawn.width)
    else:
        where.children = tuple((one, orgs.name_of(one)) for one in trees.children(org, day))
    return where


def responsible(where: Where) -> str:
    """Who looks after a report from there: the community of its grid, the organization chosen, else the request desk of
    the district; "" where several districts live together and none was chosen."""
    node = orgs.forest().nodes.get(where.org)
    if node is not None and node.level not in ("municipality", "district"):
        return where.org
    district = where.org or root()
    return (request_desk(district) if district else "") or district


def _known(code: str) -> str:
    return code if code in orgs.forest() or grid(code) is not None else ""


def _at_point(lon: str, lat: str) -> str:
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        return ""
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        return ""
    found = grid_at(x, y)
    return found.code if found is not None else ""


def _clicked(code: str, typed: Mapping[str, str]) -> Where:
    """The child under a point of the picture; what lies a little beside the land is the nearest child."""
    drawn = map_level(code or root())
    if drawn is None:
        return at(code)
    try:
        x, y = (float(typed[name]) * drawn.width / PICTURE for name in ("map.x", "map.y"))
    except (KeyError, ValueError):
        return at(code)
    lon, lat = drawn.lonlat(x, y)
    day = orgs.today()
    found = plan().at(lon, lat, day) or plan().near(lon, lat, day)
    if found is None:
        return at(code)
    codes = {shape.code for shape in drawn.shapes}
    way = (found.code, *orgs.forest().chain(found.org, day))
    child = next((one for one in way if one in codes), code)
    return at(child, *((str(lon), str(lat)) if child == found.code else ("", "")))
