"""What others read of branch life: a matter tells from which evening it came; a member reads her own presence."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.elsewhere import register_page
from baodao.gather.kinds import kinds_of
from baodao.kernel.act import Act
from baodao.kernel.jinja import day as day_words
from baodao.kernel.verbs import allowed
from baodao.matters.beside import Way, register_ways
from baodao.matters.selectors import Seen
from baodao.orgs import selectors as orgs
from baodao.people.ports import register_my_data
from baodao.people.selectors import token_for

from . import selectors
from .selectors import DOMAIN, READ, SEE, open_of, subject_of


def evening_of(by: Act, seen: Seen) -> list[Way]:
    """The evening whose decision became this matter. One statement, only for procedures that decisions open."""
    org = seen.row.org
    if not any(kind.decides == seen.row.procedure for kind in kinds_of(org).values()):
        return []
    slot = selectors.evening_of(seen.row.number)
    if slot is None or not (allowed(by, READ, subject_of(org)) or allowed(by, SEE, open_of(org))):
        return []
    words = _("会上的决定：%(org)s %(day)s %(title)s") % {
        "org": orgs.name_of(org), "day": day_words(slot.starts), "title": slot.title,
    }  # fmt: skip
    return [Way(words, reverse("desk:branch-one", kwargs={"code": slot.code}))]


def my_data(person: str) -> Any:
    """Her presence, evening by evening."""
    token = token_for(person, DOMAIN)
    rows = selectors.own_evenings(token, 5000) if token else []
    return [
        {"evening": slot.code, "branch": str(slot.org_id), "day": selectors.local_day(slot.starts).isoformat(),
         "status": status, "minutes": minutes}
        for slot, status, _disputed, minutes in rows
    ]  # fmt: skip


register_ways("", evening_of)


def opens(by: Act, org: str, whose: str) -> bool:
    """Whether the page of an evening opens: for those of either side, and for those above the one that recorded it."""
    own = any(allowed(by, READ, subject_of(one)) for one in dict.fromkeys((org, whose)))
    return own or allowed(by, SEE, open_of(org))


register_page("party", "meeting", "desk:branch-one", opens)
register_my_data("meetings", my_data)
