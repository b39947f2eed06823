"""In which classes a member stands (分类管理): read off the rolls, lists and posts that she is on, for herself alone. There is no label that somebody
gives her, none of health, age or conduct, and no list by class: whoever cannot take part is excused by her branch, or goes out for a half-year,
without a cause."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from baodao.orgs import selectors as orgs
from baodao.orgs.rolls import selectors as rolls

from . import standing
from .fold import Member


def classes(person: str, token: str, member: Member, day: date) -> list[tuple[str, str]]:
    """(class in words, where) of somebody herself. Three statements."""
    found = []
    on = rolls.own(person)[1]
    for row in on.rows:
        if row.state == "in" and row.since <= day and (row.until is None or row.until > day):
            words = _("流动党员（项目支部）") if row.kind == "project" else _("在册党员")
            found.append((words, orgs.name_of(row.org)))
    found += [(_("在职党员"), orgs.name_of(code)) for code in member.units_now]
    found += [(_("报到党员"), orgs.name_of(code)) for code in member.places_now]
    held = standing.held_by(token, day) if token else []
    found += [
        (one.title, orgs.name_of(str(one.row.org_id))) for one in held if one.state in ("held", "lapsed")
    ]
    return found
