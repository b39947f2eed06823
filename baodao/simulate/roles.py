"""The demonstration's roles: for each, somebody who has something to do, and a link that signs in as them."""

from collections import Counter

import msgspec

from baodao.matters.models import Leg, Matter
from baodao.orgs.selectors import name_of
from baodao.people.portal.forms import demo_path
from baodao.people.selectors import token_for

from .district import DESK, Cast

STAFF = (
    ("community_secretary", "社区书记", "/desk/"),
    ("handler", "承办人", "/desk/"),
    ("office_head", "站所负责人", "/desk/"),
    ("desk_clerk", "群工中心受理员", "/desk/"),
    ("department_head", "街道负责人", "/desk/"),
    ("supervisor", "区级督办员", "/desk/"),
    ("level_ruler", "知情范围裁定人", "/desk/"),
    ("auditor", "审计督查员", "/desk/"),
    ("administrator", "系统管理员", "/desk/"),
)


class Role(msgspec.Struct):
    """A role with its words, the simulated person's post and organization, and the path that signs in."""

    role: str
    title: str
    person: str
    post: str
    org: str
    org_name: str
    path: str


def roles(cast: Cast) -> list[Role]:
    """A resident with an answered request, and one of each post, where open work lies."""
    found = [_resident(cast)]
    busy = Counter(Leg.objects.filter(ended=None).values_list("org", flat=True))
    for kind, title, to in STAFF:
        held = [(code, uid, org) for code, (uid, org, what) in cast.posts.items() if what == kind]
        if kind == "desk_clerk":
            held = [row for row in held if row[2] == DESK[0]]
        if kind == "department_head":
            held = [row for row in held if len(row[2]) == 9] or held
        code, uid, org = max(held, key=lambda row: (busy.get(row[2], 0), row[0]))
        path = demo_path(uid, post=code, to=to)
        found.append(Role(kind, title, uid, code, org, name_of(org), path))
    return found


def _resident(cast: Cast) -> Role:
    answered = set(Matter.objects.filter(stage="answered").values_list("reporter", flat=True))
    for uid, community in cast.residents:
        if token_for(uid, "matters") in answered:
            return Role("resident", "居民", uid, "", community, name_of(community), demo_path(uid, to="/"))
    uid, community = cast.residents[0]
    return Role("resident", "居民", uid, "", community, name_of(community), demo_path(uid, to="/"))
