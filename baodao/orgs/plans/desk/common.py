"""What the pages of plans share."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing
from baodao.orgs import selectors as orgs
from baodao.orgs.plans import selectors
from baodao.orgs.plans.lines import SHORT, Line
from baodao.orgs.plans.models import OrgPlan
from baodao.people.door import act_from


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; a form brings its own command."""
    return act_from(request, command=request.POST.get("command", "")[:200] or new_key("plan"))


def row_or_missing(by: Act, code: str) -> OrgPlan:
    """The plan, when this actor may read it. Raises Missing."""
    row = selectors.row_of(code)
    if row is None or not selectors.may(by, selectors.READ, row):
        raise Missing.of("code", _("没有这个计划，或者它不对您开放"), _("请从列表里选"))
    return row


class Told(Struct, frozen=True):
    """One change in words."""

    n: int
    kind: str
    org: str
    words: str
    note: str


def told(lines: Sequence[tuple[int, Line]], lang: str) -> list[Told]:
    """Changes in words. No statement."""
    fresh = {line.org: line.name for _n, line in lines if line.kind == "found"}

    def name(code: str) -> str:
        return fresh.get(code) or orgs.name_of(code)

    return [
        Told(
            n,
            str(SHORT[line.kind]),
            f"{name(line.org)} {line.org}",
            _words(line, name(line.other), lang),
            line.note,
        )
        for n, line in lines
    ]


def _words(line: Line, other: str, lang: str) -> str:
    if line.kind == "move":
        return _("移到 %(other)s 下面") % {"other": other}
    if line.kind == "found":
        return _("新设“%(name)s”，在 %(other)s 下面") % {"name": line.name, "other": other}
    if line.kind == "dissolve":
        return _("撤销，工作由 %(other)s 接手") % {"other": other} if line.other else _("撤销，工作归上级")
    kind = orgs.post_kinds(orgs.home_pack()).get(line.post_kind)
    title = (
        ((kind.title_en if lang.startswith("en") else "") or kind.title)
        if kind is not None
        else line.post_kind
    )
    if line.kind == "end":
        return _("%(title)s离岗（%(post)s）") % {"title": title, "post": line.post}
    return _("%(title)s上任（新岗位 %(post)s）") % {"title": line.name or title, "post": line.post}
