"""What packs say about members' service: how openings are paced, standing posts, and points (off unless declared).

In TOML::

    [service]
    alliance = "service_group"
    opening = ["service_opening"]
    a_day = 3

    [standing.key_post]
    title = "关键岗"
    duties = ["带头学习", "带头服务"]
    evidence = 90

    [points]                                  # no such section: no points
    basis = "区委组织部〔2026〕12 号"
    approver = "区委组织部部务会"
    since = 2026-01-01
    until = 2026-12-31
    post = "points_keeper"
    cap = 60
    expires_after = 1
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from baodao.gather.declare import Gathering, Name, Source, Text
from baodao.kernel.declare import Pack, Report
from baodao.kernel.declare.sections import register_section
from baodao.orgs.declare import ANYONE, PERSON, SYSTEM, PostKind
from baodao.orgs.rights import matches

Words = Annotated[str, Meta(min_length=2, max_length=200)]
POINTS = "service.points"


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    """`[service]`: which kind of alliance links units with communities, which kinds of gathering are openings, the unit's
    collective check-in; ``a_day`` the most seats that a community opens for one day, where it does not say otherwise."""

    alliance: Name
    opening: tuple[Name, ...]
    together: Name = ""
    a_day: Annotated[int, Meta(ge=1, le=200)] = 5
    source: Source = ""


class Standing(Struct, frozen=True, forbid_unknown_fields=True):
    """`[standing.<kind>]`: a named post for a member with standing duties, told to everybody. ``evidence``: days within which
    the holder notes something done, else the post is shown as lapsed; 0: none is asked."""

    title: Text
    duties: tuple[Words, ...]
    title_en: str = ""
    duties_en: tuple[str, ...] = ()
    evidence: Annotated[int, Meta(ge=0, le=800)] = 0
    area: bool = False
    """A responsibility area (责任区): asks for the grid."""
    source: Source = ""

    def __post_init__(self) -> None:
        if not self.duties:
            raise ValueError("a standing post has at least one duty")
        if self.duties_en and len(self.duties_en) != len(self.duties):
            raise ValueError("duties_en has one line for each duty")


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """What gives points: confirmed service (each time, or each full hour), or evidence of a standing post. ``most`` in a half-year."""

    name: Name
    title: Text
    points: Annotated[int, Meta(ge=1, le=100)]
    most: Annotated[int, Meta(ge=1, le=1000)]
    title_en: str = ""
    what: Literal["service", "standing"] = "service"
    per: Literal["time", "hour"] = "time"
    kinds: tuple[Name, ...] = ()


class Star(Struct, frozen=True, forbid_unknown_fields=True):
    """So many stars from so many points in a half-year on."""

    stars: Annotated[int, Meta(ge=1, le=5)]
    points: Annotated[int, Meta(ge=1, le=1000)]


class Points(Struct, frozen=True, forbid_unknown_fields=True):
    """`[points]`: the switch, and all that it must name: on which legal ``basis``, by whose approval, from when to when, who
    besides the member reads them (one kind of post), the most in a half-year, and for how many further half-years they hold.

    A pack without this section has no points. At most two years: after ``until`` somebody decides again.
    """

    basis: Words
    approver: Words
    since: date
    until: date
    post: Name
    cap: Annotated[int, Meta(ge=1, le=1000)]
    expires_after: Annotated[int, Meta(ge=0, le=4)]
    rule: Annotated[tuple[Rule, ...], Meta(min_length=1, max_length=20)]
    star: Annotated[tuple[Star, ...], Meta(max_length=5)] = ()
    basis_en: str = ""
    approver_en: str = ""
    source: Source = ""

    def __post_init__(self) -> None:
        if not self.since <= self.until:
            raise ValueError("until lies before since")
        if (self.until - self.since).days > 731:
            raise ValueError("points are switched on for two years at most")
        if len({one.name for one in self.rule}) < len(self.rule):
            raise ValueError("two rules have one name")


def _check_service(pack: Pack, report: Report) -> None:
    if not pack.has(Service):
        return
    kinds = pack.many(Gathering)
    service = pack.one(Service)
    for name in (*service.opening, *((service.together,) if service.together else ())):
        if name not in kinds:
            report.add(("service",), _("没有这一类活动：%(name)s") % {"name": name}, _("请在 gatherings.toml 里写上"))  # fmt: skip
        elif kinds[name].domain != "service":
            report.add(
                ("service",), _("%(name)s 不是服务一类的") % {"name": name}, _('写 domain = "service"')
            )


def _check_points(pack: Pack, report: Report) -> None:
    """One kind of post reads them, at its own organization; nobody has the right by a wildcard, over others, or without a post."""
    able = [
        (code, line)
        for code, kind in pack.many(PostKind).items()
        for line in kind.rights
        if code != SYSTEM and matches(line.right, POINTS)
    ]
    if not pack.has(Points):
        return
    post = pack.one(Points).post
    for code, line in able:
        if code != post or code in {ANYONE, PERSON} or line.reach != "own":
            reason = _("积分只有本人和一个指定岗位能看，%(post)s 也有 %(right)s")
            remedy = _("只留 [points] 的 post 写的那一个岗位，reach 写 own")
            report.add(("points", "post"), reason % {"post": code, "right": line.right}, remedy)
    if not any(code == post for code, _line in able):
        reason = _("岗位 %(post)s 没有看积分的权限") % {"post": post}
        report.add(
            ("points", "post"), reason, _('给它写 { right = "service.points", reach = "own", level = 1 }')
        )


register_section("service", Service, many=False, check=_check_service)
register_section("standing", Standing)
register_section("points", Points, many=False, check=_check_points)
