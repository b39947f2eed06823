"""A member's own data, and who can see it; who can see a unit's list."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.powers.seeing import Part, Seen, register_seen
from baodao.people.ports import Seer, register_my_data, register_seers

from .selectors import CONFIRM, LIST, of_unit, own
from .standing import held_by


def my_data(person: str) -> Any:
    """Lists, reportings, what she shows, her times of service, her standing posts. Points are no data: they are computed."""
    token, member = own(person)
    return {
        "units": [{"unit": row.org, "since": row.since.isoformat()} for row in member.units],
        "places": [
            {"place": row.org, "role": row.role, "since": row.since.isoformat(), "until": str(row.until or "")}
            for row in member.places
        ],
        "shown": {place: list(what) for place, what in sorted(member.shown.items())},
        "out": sorted(member.out),
        "served": [
            {"slot": row.slot, "at": row.org, "day": row.day.isoformat(), "told": row.told,
             "minutes": row.minutes, "state": row.state}
            for row in sorted(member.records.values(), key=lambda row: (row.day, row.slot))
        ],
        "standing": [one.row.code for one in held_by(token, orgs.today())],
    }  # fmt: skip


def seers(person: str) -> list[Seer]:
    """Posts that keep the lists she is on, and those that read her name because she showed it to them."""
    _token, member = own(person)
    day, found = orgs.today(), []
    for post in orgs.posts_with(LIST, sorted(member.units_now), day) if member.units_now else ():
        found.append(Seer(orgs.name_of(str(post.org_id)), post.title, _("您在单位的名单上"), _("姓名")))
    places = sorted(place for place, what in member.shown.items() if "name" in what)
    for post in orgs.posts_with(CONFIRM, places, day) if places else ():
        found.append(Seer(orgs.name_of(str(post.org_id)), post.title, _("您选了让它看到"), _("姓名")))
    return found


def seen(by: Act, org: str) -> Seen:
    """A unit's list of its members in service."""
    if org not in orgs.forest().nodes or not allowed(by, LIST, of_unit(org)):
        raise Missing.of("code", _("没有这份名单，或者不对您开放"), _("请从在职党员里点进来"))
    herself = ((_("党员本人，只看自己的"), None),)
    words, kept = _("谁在名单上：姓名每次说明用途才看"), _("保管这份名单")
    parts = (Part(words, LIST, of_unit(org), herself, sent=kept),)
    return Seen(orgs.name_of(org), reverse("desk:service-unit"), parts)


register_my_data("service", my_data)
register_seers("service", seers)
register_seen("unit", seen)
