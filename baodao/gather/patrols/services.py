"""Every write to patrols. A point is passed by somebody's own act there; no verb takes a location of a person."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

import msgspec
from django.utils.translation import gettext as _

from baodao.gather import working
from baodao.gather.kinds import kind_of
from baodao.gather.models import Seat
from baodao.gather.ruling import NewSlot, utc
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault, Invalid, Missing, Refused
from baodao.kernel.verbs import Tx, verb
from baodao.matters.services.intake import Draft, open_one
from baodao.orgs import selectors as orgs
from baodao.orgs.duties import district_of
from baodao.people.services.identity import queue_token
from baodao.places.selectors import grid

from . import facts, selectors
from .models import Find, Passing, Route, RoutePoint
from .rows import passing_row, point_rows, route_row
from .times import ROUND

KIND = "patrol"
#: A round is open so long at the most.
LONGEST = timedelta(hours=12)
POINTS, ROUNDS = 200, 12


class NewPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point: its name, the grid that it lies in, degrees × 10⁶ (0, 0: not told)."""

    title: str
    place: str = ""
    lon: int = 0
    lat: int = 0


class NewRoute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A route to be. ``form`` area needs no points: each grid of ``area`` is one (a community or street of the district; "": the
    organization's own), so that a section without grids patrols one too."""

    org: str
    title: str
    form: str
    rounds: tuple[str, ...]
    points: tuple[NewPoint, ...] = ()
    area: str = ""


@verb("patrol.plan")
def plan_route(tx: Tx, by: Act, *, new: NewRoute) -> str:
    """A route with its rounds of the day. Raises Invalid. Gives the code."""
    tx.ask("patrol.plan", selectors.of_org(new.org))
    points = new.points
    if new.form == "area":
        _same_district(new)
        points = tuple(
            NewPoint(name, code, round(lon * 1e6), round(lat * 1e6))
            for code, name, lon, lat in selectors.grids(new.area or new.org)
        )
    _judge(new, points)
    code = f"r-{tx.number('route'):06}"
    marked = tuple(
        facts.Point(n=n, mark=f"{code}-{n}-{secrets.token_hex(4)}", place=one.place, lon=one.lon, lat=one.lat)
        for n, one in enumerate(points, 1)
    )
    data = facts.Planned(form=new.form, rounds=new.rounds, points=marked)  # type: ignore[arg-type]
    texts = {"title": new.title.strip(), **{f"p{n}": one.title.strip() for n, one in enumerate(points, 1)}}
    tx.fact(data, subject=f"route:{code}", org=new.org, level=1, texts=texts)
    tx.insert(Route, **route_row(code, new.org, data, texts, tx.by.origin))
    for row in point_rows(code, data, texts):
        tx.insert(RoutePoint, **row)
    return code


def _same_district(new: NewRoute) -> None:
    day = orgs.today()
    if new.area and district_of(new.area, day) != district_of(new.org, day):
        raise Invalid.of("area", _("这一片不在本区"), _("请写本区的街道（乡镇）或社区（村）"))


def _judge(new: NewRoute, points: Sequence[NewPoint]) -> None:
    found = []
    if not 1 <= len(new.title.strip()) <= 100:
        found.append(Fault("title", _("名称要 1 到 %(n)s 个字") % {"n": 100}, _("请写一个名称")))
    if new.form not in ("points", "line", "area"):
        found.append(Fault("form", _("请选一种：定点、沿线、分片"), ""))
    elif not 1 <= len(points) <= POINTS:
        if new.form == "area" and not points:
            found.append(
                Fault(
                    "area", _("这一片还没有画网格，分片走不了"), _("写一个画了网格的社区或街道，或改用定点")
                )
            )
        else:
            found.append(Fault("points", _("要 1 到 200 个点"), _("一行写一个点")))
    elif any(not 1 <= len(one.title.strip()) <= 100 for one in points):
        found.append(Fault("points", _("每个点都要有名称，不超过 100 字"), _("写地方，不写人")))
    if not 1 <= len(new.rounds) <= ROUNDS or not all(ROUND.match(one) for one in new.rounds):
        found.append(Fault("rounds", _("每天的巡查时段要像 22:00-06:00 这样写"), _("几个时段用空格隔开")))
    if found:
        raise Invalid(*found)


@verb("patrol.close")
def close_route(tx: Tx, by: Act, *, code: str) -> str:
    """The route is walked no more; what was passed stays."""
    row = _route(code)
    tx.ask("patrol.plan", selectors.of_org(str(row.org_id) if row else "", f"route:{code}"))
    if row is None or row.closed:
        raise Conflict.of("code", _("没有这条路线，或者已经停用"), _("请刷新页面"))
    tx.fact(facts.Closed(), subject=f"route:{code}", org=str(row.org_id), level=1)
    tx.upsert(Route, ("code",), **_columns(row, closed=True))
    return code


@verb("patrol.start")
def start_round(tx: Tx, by: Act, *, code: str) -> str:
    """Begin a round; the one that I am walking already, if there is one. Raises Conflict when I am elsewhere. Gives the slot."""
    row = _route(code)
    tx.ask("patrol.walk", selectors.of_org(str(row.org_id) if row else "", f"route:{code}"))
    if row is None or row.closed:
        raise Conflict.of("code", _("没有这条路线，或者已经停用"), _("请选另一条"))
    open_ = selectors.my_open_walk(by.person, code, by.noted)
    if open_:
        return open_
    starts = utc(by.happened)
    new = NewSlot(
        kind=KIND,
        org=str(row.org_id),
        starts=starts,
        ends=starts + LONGEST,
        title=row.title,
        about=f"route:{code}",
        seats=0,
    )
    work = working.begin(tx, new)
    work.join(queue_token(tx, by.person, selectors.DOMAIN), "seat", "self")
    working.keep(tx)
    return work.code


@verb("patrol.pass")
def pass_point(tx: Tx, by: Act, *, slot: str = "", point: int = 0, mark: str = "") -> str:
    """I am at this point: by the code that hangs there (``mark``), or by the button of my round. A second time changes nothing.
    Gives the slot."""
    how = "code" if mark else "button"
    if mark:
        slot, point = _scanned(by, mark)
    walk = selectors.my_walk(by.person, slot)
    tx.ask("patrol.walk", selectors.of_org(str(walk.org_id) if walk else "", f"walk:{slot}"))
    if walk is None or walk.state != "open" or walk.ends <= by.noted:
        raise Conflict.of("slot", _("这一轮不是您在走，或者已经结束"), _("请先开始一轮"))
    code = walk.about.partition(":")[2]
    if not RoutePoint.objects.filter(route=code, n=point).exists():
        raise Missing.of("point", _("这条路线没有这个点"), _("请从列表里选"))
    if not Passing.objects.filter(slot=slot, n=point).exists():
        data = facts.Passed(point=point, how=how)  # type: ignore[arg-type]
        tx.fact(data, subject=f"walk:{slot}", about=f"route:{code}", org=str(walk.org_id), level=1)
        tx.insert(Passing, **passing_row(slot, code, data, by.happened))
    return slot


def _scanned(by: Act, mark: str) -> tuple[str, int]:
    point = RoutePoint.objects.filter(mark=mark[:40]).first()
    if point is None:
        raise Missing.of("mark", _("这个码不是巡查点的"), _("请扫点位上贴的码"))
    slot = selectors.my_open_walk(by.person, str(point.route_id), by.noted)
    if not slot:
        raise Conflict.of("mark", _("您现在没有在走这条路线"), _("请先开始一轮，再点“到了”"))
    return slot, point.n


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something found: what kind of matter, what it is, pictures of the place (digests). ``of_place``: no people in them."""

    kind: str
    text: str
    photos: tuple[str, ...] = ()
    of_place: bool = False


@verb("patrol.find")
def find_on_round(tx: Tx, by: Act, *, slot: str, point: int, finding: Finding) -> str:
    """What I found at a point of my round becomes a matter with its place and pictures. Gives the number."""
    walk = selectors.my_walk(by.person, slot)
    tx.ask("patrol.walk", selectors.of_org(str(walk.org_id) if walk else "", f"walk:{slot}"))
    if walk is None or walk.state == "called_off":
        raise Conflict.of("slot", _("这一轮不是您在走"), _("请先开始一轮"))
    at = RoutePoint.objects.filter(route=walk.about.partition(":")[2], n=point).first()
    place = at.place if at is not None else ""
    spot = f"{at.lon / 1e6},{at.lat / 1e6}" if at is not None and (at.lon or at.lat) else ""
    words = at.title if at is not None else ""
    number = matter_of(tx, by, finding, org=str(walk.org_id), gathering=walk.kind, where=(place, spot, words))
    data = facts.Found(point=point if at is not None else 0)
    tx.fact(data, subject=f"walk:{slot}", about=f"matter:{number}", org=str(walk.org_id), level=1)
    tx.insert(Find, number=number, slot=slot, n=data.point)
    return number


def matter_of(
    tx: Tx, by: Act, finding: Finding, *, org: str, gathering: str, where: tuple[str, str, str]
) -> str:
    """Open the matter that a find is, by the matters' own intake; ``where``: grid, "lon,lat", words. The community of the grid looks after
    it, whoever found it (``org`` where no grid is told). Raises Invalid."""
    procedure = kind_of(org, gathering).finds
    if not procedure:
        raise Refused.of("", _("本区没有写明巡查发现转成哪一种事"), _("请在区县包里写 finds"))
    if not 2 <= len(finding.text.strip()) <= 2000:
        raise Invalid.of("text", _("请写 2 到 2000 个字"), _("写看到什么，在哪里"))
    if finding.photos and not finding.of_place:
        raise Invalid.of("of_place", _("照片里有人，就换一张只拍地方的"), _("确认只拍了地方，再勾上"))
    place, spot, words = where
    fields = {"kind": finding.kind, "text": finding.text.strip()}
    if place:
        fields["place"] = place
    if finding.photos:
        fields["photo"] = list(finding.photos)  # type: ignore[assignment]
    ground = grid(place) if place else None
    draft = Draft(
        procedure=procedure,
        org=ground.org if ground is not None else org,
        place=place,
        kind=finding.kind,
        fields=fields,
        point=spot,
        address=words,
    )
    return open_one(tx, by, draft, asked=True).number


@verb("patrol.finish")
def finish_round(tx: Tx, by: Act, *, slot: str) -> int:
    """My round is over: the time that I walked is credited, the round is held. Gives how many points were passed."""
    walk = selectors.my_walk(by.person, slot)
    tx.ask("patrol.walk", selectors.of_org(str(walk.org_id) if walk else "", f"walk:{slot}"))
    if walk is None or walk.state != "open":
        raise Conflict.of("slot", _("这一轮不是您在走，或者已经结束"), _("请刷新页面"))
    work = working.load(tx, slot)
    minutes = max(0, int((min(by.happened, walk.ends) - walk.starts) / timedelta(minutes=1)))
    tokens = list(Seat.objects.filter(slot=slot, state="seat").values_list("token", flat=True))
    work.attend_all([(one, "present") for one in tokens], "self", dict.fromkeys(tokens, minutes))
    work.hold()
    working.keep(tx)
    return Passing.objects.filter(slot=slot).count()


def _route(code: str) -> Route | None:
    return Route.objects.filter(code=code).first()


def _columns(row: Route, **more: object) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in Route._meta.concrete_fields} | more
