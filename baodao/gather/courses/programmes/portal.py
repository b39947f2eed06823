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

from . import openly, selectors  # noqa: F401
from .calls import APPLICATION, apply_to, programmes_of, state_of

PAGE = 30


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
    source = request.POST if request.method == "POST" else request.GET
    rows = list(mine(by).filter(procedure=APPLICATION)[:20])
    return render(
        request,
        "gather/courses/apply.html",
        status=problem.status if problem else 200,
        offices=takers,
        kinds=[(one.name, one.title) for one in procedure.kinds],
        calls=[(row, orgs.name_of(str(row.org_id))) for row in selectors.open_now(orgs.today())],
        chosen=selectors.call(asked) if (asked := str(source.get("call", ""))[:16]) else None,
        rows=[(row, procedure.word(f"plain.{row.stage}")) for row in rows],
        typed=request.POST,
        problem=problem,
        command=new_key("apply"),
    )


def _send(request: HttpRequest, by: Act, kept: list[str], takers: set[str]) -> HttpResponse:
    names = ("office", "kind", "title", "text", "unit", "call")
    typed = {name: request.POST.get(name, "").strip() for name in names}
    fields = {name: typed[name] for name in ("title", "text", "unit") if typed[name]}
    fields |= {"photo": kept} if kept else {}  # type: ignore[dict-item]
    if typed["call"]:
        number = apply_to(by, call=typed["call"][:16], fields=fields)
        return HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)
    if typed["office"] not in takers:
        raise Invalid.of("office", _("请选交给哪个单位"), _("从列表里选"))
    draft = Draft(procedure=APPLICATION, org=typed["office"], kind=typed["kind"], fields=fields)
    number = open_(by, matters=[draft]).numbers[0]
    return HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)


@page("portal", "calls/", name="calls", public=True, methods=("GET", "HEAD"))
def calls(request: HttpRequest) -> HttpResponse:
    """Calls for applications, for everybody, the newest first. One statement."""
    rows = selectors.calls("", orgs.today(), after=request.GET.get("after", "")[:16], limit=PAGE + 1)
    return render(
        request,
        "gather/courses/calls_public.html",
        rows=[(row, orgs.name_of(str(row.org_id)), state_of(row)) for row in rows[:PAGE]],
        next_href=f"?after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
    )


@page("portal", "calls/<str:code>/", name="call", public=True, methods=("GET", "HEAD"))
def call(request: HttpRequest, code: str) -> HttpResponse:
    """One call: who may apply, by what it is judged, until when; its result, by organization. One statement."""
    row = selectors.call(code)
    if row is None:
        raise Missing.of("code", _("没有这个申报通知"), _("请从列表里选"))
    day = orgs.today()
    lang = act_from(request, command="read").lang
    return render(
        request,
        "gather/courses/call_public.html",
        row=row,
        org=orgs.name_of(str(row.org_id)),
        programme=programmes_of(str(row.org_id), lang).get(row.programme, row.programme),
        state=state_of(row),
        open=row.since <= day <= row.until,
    )
