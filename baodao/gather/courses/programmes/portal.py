"""Portal page: applying to a programme of talents; what follows is a matter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.matters.declare import Procedure
from baodao.matters.portal.report import photos
from baodao.matters.selectors import mine
from baodao.matters.services import Draft, open_
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

APPLICATION = "talent_application"


def offices() -> list[tuple[str, str]]:
    """(organization, name) of those that take applications: who has a post that admits. One statement."""
    trees, day = orgs.forest(), orgs.today()
    near = [
        code
        for code, node in trees.nodes.items()
        if node.level in ("district", "department") and node.at(day)
    ]
    found = {str(post.org_id) for post in orgs.posts_with(f"{APPLICATION}.admit", near, day)}
    return sorted((code, orgs.name_of(code)) for code in found)


@page("portal", "apply/", name="apply")
def apply(request: HttpRequest) -> HttpResponse:
    """The form, and my applications."""
    command = request.POST.get("command", "")[:200] or new_key("apply")
    by = replace(act_from(request, command=command), post="", grants=())
    procedure = get_pack(orgs.home_pack()).many(Procedure, by.lang).get(APPLICATION)
    if procedure is None:
        raise Missing.of("procedure", _("本区没有这种申报"), _("请问社区"))
    takers, problem = offices(), None
    if request.method == "POST":
        kept, problem = photos(request, by)
        try:
            if problem is None:
                return _send(request, by, kept, {code for code, _name in takers})
        except Problem as caught:
            problem = caught
    rows = list(mine(by).filter(procedure=APPLICATION)[:20])
    return render(
        request,
        "gather/courses/apply.html",
        status=problem.status if problem else 200,
        offices=takers,
        kinds=[(one.name, one.title) for one in procedure.kinds],
        rows=[(row, procedure.word(f"plain.{row.stage}")) for row in rows],
        typed=request.POST,
        problem=problem,
        command=new_key("apply"),
    )


def _send(request: HttpRequest, by: Act, kept: list[str], takers: set[str]) -> HttpResponse:
    typed = {name: request.POST.get(name, "").strip() for name in ("office", "kind", "title", "text")}
    if typed["office"] not in takers:
        raise Invalid.of("office", _("请选交给哪个单位"), _("从列表里选"))
    fields = {"title": typed["title"], "text": typed["text"], **({"photo": kept} if kept else {})}
    draft = Draft(procedure=APPLICATION, org=typed["office"], kind=typed["kind"], fields=fields)
    number = open_(by, matters=[draft]).numbers[0]
    return HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)
