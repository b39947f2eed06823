"""A member's own data, and who can see it."""

from typing import Any

from django.utils.translation import gettext as _

from baodao.orgs import selectors as orgs
from baodao.people.ports import Seer, register_my_data, register_seers

from .selectors import READ, own


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


register_my_data("rolls", my_data)
register_seers("rolls", seers)
