"""What the pages of hand-overs share."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing
from baodao.orgs import selectors as orgs
from baodao.orgs.handover import selectors
from baodao.orgs.handover.models import Handover
from baodao.people.door import act_from


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; a form brings its own command."""
    return act_from(request, command=request.POST.get("command", "")[:200] or new_key("handover"))


class Words(Struct, frozen=True):
    """A post for people: its title and its organization, never its holder."""

    title: str
    office: str
    ended: str = ""

    def __str__(self) -> str:
        return f"{self.title} · {self.office}"


def words_of(codes: Iterable[str], office: str = "") -> dict[str, Words]:
    """Post → words; "" is the office itself. One statement."""
    wanted = set(codes)
    found = {
        row.code: Words(row.title, orgs.name_of(str(row.org_id)), row.until.isoformat() if row.until else "")
        for row in selectors.posts_by(wanted - {""})
    }
    if "" in wanted:
        found[""] = Words(_("交回单位"), orgs.name_of(office))
    return found | {code: Words(code, "") for code in wanted - set(found)}


def row_or_missing(by: Act, code: str) -> Handover:
    """The sheet, when this actor may read it. Raises Missing."""
    row = selectors.row_of(code)
    if row is None or not selectors.may(by, selectors.READ, row):
        raise Missing.of("code", _("没有这张交接单，或者它不对您开放"), _("请从列表里选"))
    return row
