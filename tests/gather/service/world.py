"""The drawn district with a unit linked with one community, its organizer, and members on its list."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from baodao.gather.service import services
from baodao.gather.service.services import Listing, Offer
from baodao.kernel.act import Act, system_act
from baodao.people.selectors import persons_of
from tests.matters.conftest import A2, NOW, START, A, B, Cast, build, key

__all__ = ["A2", "NOW", "START", "A", "B", "Cast", "key"]
OTHER = "sfj"
DAY = date(2026, 3, 2)

POINTS = """
source = "assumed"

[points]
basis = "画区组〔2026〕3 号"
basis_en = "Document 3 of 2026"
approver_en = "The organization department"
approver = "画区区委组织部部务会"
since = 2026-01-01
until = 2027-06-30
post = "points_keeper"
cap = 20
expires_after = 1

[[points.rule]]
name = "served"
title = "服务一次"
title_en = "Served once"
points = 2
most = 10

[[points.rule]]
name = "stood"
title = "岗位实绩"
title_en = "Evidence of a post"
what = "standing"
points = 3
most = 6

[[points.star]]
stars = 1
points = 2

[[points.star]]
stars = 2
points = 8

[post.points_keeper]
title = "积分指定岗位"
title_en = "Keeper of points"
at = ["district"]
rights = [{ right = "service.points", reach = "own", level = 1 }]
"""


class World(Cast):
    """The cast with the acts of service."""

    def member(self, name: str = "甲党员", phone: str = "13900001111", unit: str = B) -> tuple[str, str]:
        """Somebody on a unit's list; gives token and uid."""
        [token] = services.list_members(
            system_act(NOW, key("list")), members_=[Listing(unit, name, phone, START)]
        )
        return token, persons_of([token], "erase")[token]

    def me(self, uid: str, at: datetime = NOW) -> Act:
        """A member herself."""
        return Act("person", at, at, key("me"), person=uid)

    def opening(self, at: datetime = NOW, org: str = A, wanted: int = 1, **more: Any) -> list[str]:
        """Openings of a community from the next day on."""
        given: dict[str, Any] = {
            "org": org, "kind": "service_opening", "title": "小区巡清", "since": DAY + timedelta(days=1),
            "until": DAY + timedelta(days=60), "starts": time(9), "minutes": 120, "wanted": wanted,
        }  # fmt: skip
        who = "secretary" if org == A else "sibling"
        return services.offer(self.by(who, at), offer=Offer(**(given | more))).codes

    def served(self, uid: str, token: str, slot: str, after: datetime) -> None:
        """She claims, serves, says so; the community confirms."""
        services.claim(self.me(uid), slot=slot)
        services.tell(self.me(uid, after), slot=slot, minutes=90, text="清了三处楼道")
        said = [services.Confirm(slot, token, True)]
        services.confirm(self.by("secretary", after), confirms=said)


def linked(unit: str, community: str) -> None:
    """A service group of one unit and one community."""
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    found_alliances(
        system_act(NOW - timedelta(days=300), key("ally")),
        alliances=[
            NewAlliance(
                kind="service_group", name=f"{community}服务团", seat=community, since=START,
                members=(NewMember(unit),),
            )
        ],
    )  # fmt: skip


def make(*more: tuple[str, str, str]) -> World:
    """The district, two units, their organizers."""
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, create_orgs
    from baodao.people.services.identity import Entry, enrol

    cast = build()
    by = system_act(NOW - timedelta(days=390), key("more"))
    create_orgs(by, orgs=[NewOrg(OTHER, "司法局", "department", "bureau", START, parent="990101")])
    posts = (("organizer", B, "service_organizer"), ("stranger_organizer", OTHER, "service_organizer"), *more)
    by = system_act(NOW - timedelta(days=390), key("more"))
    uids = enrol(by, entries=[Entry(ref=who, name=f"某{who}", kind="staff") for who, _o, _k in posts]).uids
    by = system_act(NOW - timedelta(days=390), key("more"))
    rows = [NewPost(f"p-{who}", org, kind, uids[who], START) for who, org, kind in posts]
    begin_posts(by, posts=rows)
    linked(B, A)
    held = {who: (f"p-{who}", org) for who, org, _kind in posts}
    return World({**cast.uids, **uids}, {**cast.posts, **held})
