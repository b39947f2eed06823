"""The demonstration's roles: for each, somebody who has something to do, and a link that signs in as them."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext_noop as _

from baodao.gather.service.models import ServiceRecord
from baodao.matters.models import Leg, Matter
from baodao.orgs.selectors import name_of
from baodao.people.portal.forms import demo_path
from baodao.people.selectors import token_for

from .district import Cast

#: (role, its words, kind of post, which organization: any | desk | street | housing | called | caller)
STAFF = (
    ("caller", _("吹哨的社区书记"), "community_secretary", "caller"),
    ("community_secretary", _("社区书记"), "community_secretary", "any"),
    ("handler", _("承办人"), "handler", "any"),
    ("housing_handler", _("住建委承办人"), "handler", "housing"),
    ("called_department", _("被吹哨的部门承办人"), "handler", "called"),
    ("called_head", _("被吹哨的部门负责人"), "department_head", "called"),
    ("branch_secretary", _("支部书记"), "party_secretary", "any"),
    ("service_member", _("报到党员"), "service_member", "called"),
    ("lecturer", _("讲师"), "lecturer", "any"),
    ("service_organizer", _("单位的报到联络员"), "service_organizer", "any"),
    ("grid_worker", _("网格员"), "grid_worker", "caller"),
    ("home_helper", _("小家志愿者"), "home_helper", "any"),
    ("talent_officer", _("人才项目专员"), "talent_officer", "any"),
    ("reviewer", _("评审专家"), "reviewer", "any"),
    ("office_head", _("站所负责人"), "office_head", "any"),
    ("desk_clerk", _("群工中心受理员"), "desk_clerk", "desk"),
    ("department_head", _("街道负责人"), "department_head", "street"),
    ("mediator", _("人民调解员"), "mediator", "any"),
    ("supervisor", _("区级督办员（裁定争议）"), "supervisor", "any"),
    ("district_leader", _("区领导（上一级裁定）"), "district_leader", "any"),
    ("arbiter", _("考核裁定员"), "arbiter", "any"),
    ("level_ruler", _("知情范围裁定人"), "level_ruler", "any"),
    ("auditor", _("审计督查员"), "auditor", "any"),
    ("administrator", _("系统管理员"), "administrator", "any"),
)
#: One person is shown once, where there is another: the first secretary calls, the second has requests.
Role = dict[str, str]


def roles(cast: Cast) -> list[Role]:
    """A resident with an answered request, and one of each post, where open work lies. Keys: role, title, person, post, org, org_name, path."""
    found, shown = [_resident(cast)], set[str]()
    busy = _busy()
    for role, title, kind, where in STAFF:
        held = [(code, uid, org) for code, (uid, org, what) in cast.posts.items() if what == kind]
        held = [row for row in held if _fits(cast, row[2], where)] or held
        fresh = [row for row in held if row[0] not in shown] or held
        if not fresh:
            continue
        code, uid, org = max(
            fresh, key=lambda row: (_served(row[1], kind), busy[where].get(_seat(row, kind), 0), row[0])
        )
        shown.add(code)
        found.append(
            _role(role, title, person=uid, post=code, org=org, path=demo_path(uid, post=code, to="/desk/"))
        )
    return found


def _busy() -> dict[str, Counter[str]]:
    """Open legs by organization (and by post where one was called); of whistles alone; open whistles by caller."""
    legs: list[tuple[str, str, str]] = list(
        Leg.objects.filter(ended=None).values_list("org", "post", "matter")
    )
    whistles = dict(Matter.objects.filter(procedure="whistle", ended=None).values_list("number", "caller"))
    all_ = Counter(post or org for org, post, _number in legs)
    called = Counter(post or org for org, post, number in legs if number in whistles)
    return {
        **dict.fromkeys(("any", "desk", "street", "housing"), all_),
        "called": called,
        "caller": Counter(whistles.values()),
    }


def _served(uid: str, kind: str) -> bool:
    """Whether this is somebody whose own page of service holds something."""
    return kind == "service_member" and ServiceRecord.objects.filter(token=token_for(uid, "service")).exists()


def _seat(row: tuple[str, str, str], kind: str) -> str:
    return row[0] if kind == "service_member" else row[2]


def _fits(cast: Cast, org: str, where: str) -> bool:
    if where == "called":
        return org in cast.bureaus or org in cast.callers
    fits: dict[str, Any] = {
        "desk": org == cast.desk,
        "street": org in cast.streets,
        "housing": org == f"{cast.prefix}-zjw",
    }
    return bool(fits.get(where, True))


def _role(role: str, title: str, *, person: str, post: str, org: str, path: str) -> Role:
    return {
        "role": role,
        "title": title,
        "person": person,
        "post": post,
        "org": org,
        "org_name": name_of(org),
        "path": path,
    }


def _resident(cast: Cast) -> Role:
    answered = set(Matter.objects.filter(stage="answered").values_list("reporter", flat=True))
    found = ((uid, org) for uid, org in cast.residents if token_for(uid, "matters") in answered)
    uid, community = next(found, cast.residents[0])
    return _role("resident", _("居民"), person=uid, post="", org=community, path=demo_path(uid, to="/"))
