"""A member's own data, and who can see it; who can see a branch's roll."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.powers.seeing import Part, Seen, register_seen
from baodao.people.ports import Seer, register_my_data, register_seers

from .selectors import COUNT, READ, of_branch, of_count, own


def my_data(person: str) -> Any:
    """Her rows and where she is seen."""
    _token, member = own(person)
    rows = [
        {"branch": row.org, "kind": row.kind, "state": row.state, "since": row.since.isoformat(),
         "until": row.until.isoformat() if row.until else ""}
        for row in member.rows
    ]  # fmt: skip
    return {"rows": rows, "seen_at": sorted(member.shown)}


def seers(person: str) -> list[Seer]:
    """Posts that keep the rolls she is on."""
    _token, member = own(person)
    branches = sorted({row.org for row in member.rows if row.until is None})
    if not branches:
        return []
    posts = orgs.posts_with(READ, branches, orgs.today())
    return [Seer(orgs.name_of(str(p.org_id)), p.title, _("您在这个支部的名册上"), _("姓名")) for p in posts]


def seen(by: Act, org: str) -> Seen:
    """A branch's roll, and how many are on it."""
    if org not in orgs.forest().nodes or not allowed(by, READ, of_branch(org)):
        raise Missing.of("code", _("没有这份名册，或者不对您开放"), _("请从党员名册里点进来"))
    herself, kept = ((_("党员本人，只看自己的"), None),), _("保管这份名册")
    parts = (
        Part(_("谁在册、哪天起：姓名每次说明用途才看"), READ, of_branch(org), herself, sent=kept),
        Part(_("多少人在册：不到十人不显示"), COUNT, of_count(org)),
    )
    return Seen(orgs.name_of(org), reverse("desk:roll"), parts)


register_my_data("rolls", my_data)
register_seers("rolls", seers)
register_seen("roll", seen)
