"""Checks that all catalogues make before anything is written; faults name the place in the list."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import msgspec
from django.db.models import Model
from django.utils.translation import gettext as _

from baodao.kernel.declare.report import suggest
from baodao.kernel.verbs import Tx
from baodao.orgs import selectors as orgs
from baodao.orgs.models import Post
from baodao.orgs.ruling import POST_CODE, Faults
from baodao.orgs.seats import quiet_by
from baodao.places import selectors
from baodao.places.shapes import BOUNDS

#: A point is kept in millionths of a degree (about 0.1 m).
MILLION = 1_000_000
_PHONE = re.compile(r"^[0-9+\-() ,，、转ext.]{3,40}$")  # data


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without it."""

    code: str
    until: date


class Entry(Protocol):
    """What every entry has. Points are WGS-84 in degrees, both or none."""

    code: str
    org: str
    kind: str
    name: str
    address: str
    keeper: str
    lon: float | None
    lat: float | None
    since: date


def check_entry(
    faults: Faults, place: int, one: Any, kinds: Mapping[str, Any], posts: Mapping[str, Post]
) -> None:
    """Code, organization, kind, words, point, day and post of one entry."""
    if one.code and not POST_CODE.match(one.code):
        faults.add(
            place, "code", _("代码写法不对"), _("2 到 48 个小写字母、数字、点、- 或 _；不写就自动编号")
        )
    faults.text(place, "name", one.name, 1, 80)
    faults.text(place, "address", one.address, 0, 200)
    faults.day(place, "since", one.since)
    trees = orgs.forest()
    node = trees.nodes.get(one.org)
    if node is None or not node.at(max(one.since, node.since)):
        faults.add(place, "org", _("没有组织 %(code)s") % {"code": one.org}, suggest(one.org, trees.nodes)[1])
        return
    if one.kind not in kinds:
        titles = "、".join(kind.title for kind in list(kinds.values())[:30])
        faults.add(place, "kind", _("没有叫 %(kind)s 的类别") % {"kind": one.kind}, titles)
    _check_point(faults, place, one)
    if one.keeper:
        _check_post(faults, place, posts.get(one.keeper), one.since)


def _check_point(faults: Faults, place: int, one: Any) -> None:
    if one.lon is None and one.lat is None:
        return
    west, south, east, north = BOUNDS
    if one.lon is None or one.lat is None:
        faults.add(place, "lon", _("经度和纬度要一起写"))
    elif not (west <= one.lon <= east and south <= one.lat <= north):
        faults.add(place, "lon", _("这个点不在国内"), _("请核对经纬度（WGS-84），经度在前"))
    elif not selectors.inside(one.lon, one.lat, one.org):
        faults.add(place, "lon", _("这个点在区界以外"), _("请核对经纬度（WGS-84），经度在前"))


def _check_post(faults: Faults, place: int, post: Post | None, day: date) -> None:
    today = max(day, orgs.today())
    if post is None or (post.until is not None and post.until <= today):
        faults.add(place, "keeper", _("没有这个在任的岗位"), _("写岗位代码，在组织页上能看到"))
    elif quiet_by(orgs.post_kinds(orgs.pack_of(str(post.org_id), today)), post.kind):
        faults.add(place, "keeper", _("这个岗位不公开，不能写在公开的目录里"))


def posts_named(codes: Collection[str]) -> dict[str, Post]:
    """Appointments by code. One statement, none for none."""
    wanted = sorted({code for code in codes if code})
    return {post.code: post for post in Post.objects.filter(code__in=wanted)} if wanted else {}


def check_codes(faults: Faults, codes: Sequence[str], held: Collection[str], *, known: bool) -> None:
    """Each code at most once, and there already only where it is told anew."""
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if known and code not in held:
            faults.add(place, "code", _("没有代码 %(code)s") % {"code": code})
        elif (not known and code in held) or (code and code in seen):
            faults.add(place, "code", _("代码 %(code)s 已经有了") % {"code": code})
        seen.add(code)


def numbered(tx: Tx, name: str, prefix: str, codes: Sequence[str], model: type[Model]) -> list[str]:
    """The codes as given; each "" takes the next number of the catalogue that no entry has: another installation's export brings its own.
    One statement, and as many more as half of the numbers ahead are taken."""
    missing, free = list(codes).count(""), list[str]()
    many = missing
    while len(free) < missing:
        first = tx.number(name, many)
        drawn = [f"{prefix}-{n:06}" for n in range(first, first + many)]
        used = {
            str(code) for code in model._default_manager.filter(pk__in=drawn).values_list("pk", flat=True)
        }
        free += [code for code in drawn if code not in used and code not in codes]
        many *= 2
    following = iter(free)
    return [code or next(following) for code in codes]


def check_phone(faults: Faults, place: int, phone: str) -> None:
    """An institution's telephone."""
    if phone.strip() and not _PHONE.match(phone.strip()):
        faults.add(place, "phone", _("电话写法不对"), _("例如 023-72812345"))


def millionths(degrees: float | None) -> int | None:
    """Degrees as a fact keeps them."""
    return None if degrees is None else round(degrees * MILLION)


def degrees(kept: int | None) -> float | None:
    """The same back."""
    return None if kept is None else kept / MILLION


def grid_of(lon: float | None, lat: float | None) -> str:
    """Code of the grid at a point; "" outside all grids. No statement."""
    found = selectors.grid_at(lon, lat) if lon is not None and lat is not None else None
    return found.code if found else ""
