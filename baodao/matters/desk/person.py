"""Somebody stands at the counter or calls again: her matters by her number, for a purpose, as far as the reader may reach her in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.verbs import allowed
from baodao.matters.listing import words_about
from baodao.matters.models import Matter
from baodao.matters.policies import CONTACT, contact_right, subject_of
from baodao.matters.selectors import see_many, visible_to
from baodao.matters.services.tokens import DOMAIN
from baodao.matters.versions import version, words_of
from baodao.orgs.rights import matches
from baodao.people.declare import OF_MATTERS, choices, purposes
from baodao.people.door import act_from
from baodao.people.services.seeking import seek, told

#: The newest of her matters that are looked through; more of one person are seen on the matter's own page.
MOST = 30


@page("desk", "search/person/", name="search-person")
def person(request: HttpRequest) -> HttpResponse:
    """The form; a POST asks, so that no number stands in an address or a log."""
    if not any(matches(grant.right, CONTACT) for grant in who_of(request).grants):
        raise Refused.of("", _("您的岗位不看联系方式，不能按电话找人"), _("请用编号找，或请经办的岗位找"))
    found: list[dict[str, Any]] | None = None
    problem: Problem | None = None
    if request.method == "POST":
        by = act_from(request, command=new_key("seek"), purpose=request.POST.get("purpose", "")[:60])
        try:
            if by.purpose not in purposes():
                raise Invalid.of("purpose", _("没有说明用途"), _("查看个人信息要先选一个用途"))
            found = _found(by, request.POST.get("who", ""))
        except Problem as caught:
            problem = caught
    lang = act_from(request, command=new_key()).lang
    return render(
        request,
        "matters/desk/person.html",
        status=problem.status if problem is not None else 200,
        found=found,
        problem=problem,
        # What was typed is shown again only where it has to be mended.
        typed=request.POST.get("who", "")[:120] if problem is not None else "",
        chosen=request.POST.get("purpose", ""),
        purposes=choices(OF_MATTERS, lang),
    )


def _found(by: Act, typed: str) -> list[dict[str, Any]]:
    """The newest matters of whoever has this number that the reader may read and in which she may reach her."""
    sought = seek(by, typed, DOMAIN)
    owners = {token: uid for uid, token in sought.tokens.items()}
    rows = list(visible_to(by).filter(reporter__in=list(owners)).order_by("-opened", "number")[:MOST])
    open_to = _open_to(by, rows)
    rows = [row for row in rows if row.number in open_to]
    # Before anything is shown: no row, no reading.
    told(by, by.office, sought, [owners[row.reporter] for row in rows])
    about = words_about([row.number for row in rows])
    return [_line(row, about.get(row.number, ""), by.lang) for row in rows]


def _open_to(by: Act, rows: list[Matter]) -> set[str]:
    """Numbers of the matters in which this reader may know who asked. Three statements."""
    seen = see_many(by, [row.number for row in rows])
    return {
        number for number, one in seen.items() if allowed(by, contact_right(one.state), subject_of(one.state))
    }


def _line(row: Matter, about: str, lang: str) -> dict[str, Any]:
    procedure = words_of(row.pack, row.procedure, version(row.digest), lang)
    kind = next((one.title for one in procedure.kinds if one.name == row.kind), procedure.title)
    return {
        "number": row.number,
        "kind": kind,
        "about": about,
        "level": row.level,
        "opened": row.opened,
        "ended": row.ended is not None,
    }
