"""One door for staff: choose what to begin, call the units that are needed, look at it once more, send it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Fault, Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.selectors import current_calendar
from baodao.kernel.verbs import allowed
from baodao.matters.beside import register_start, start_of
from baodao.matters.declare import Action, Procedure
from baodao.matters.engine import OPEN, judge
from baodao.matters.portal.report import PHOTO_SALT, photos
from baodao.matters.selectors import Seen, usual
from baodao.matters.services import Contact, Draft, open_
from baodao.matters.switches import switch_of
from baodao.orgs.selectors import name_of, pack_of, today
from baodao.people.door import act_from

from .addressees import Row, filled_rows, names_duty, offered, preview_of, read_rows, rows_of, takes_calls
from .fields import Ground, fields_of, typed_fields
from .opening import slip_token

#: The residents' own procedure has its form already; rooms above register theirs.
register_start("request", "desk:report")


class Filled(Struct):
    """The form as filled so far: values by name, the units to be called, files by hash."""

    typed: dict[str, str]
    rows: list[Row]
    kept: list[str]


def own_org(request: HttpRequest) -> str:
    """The organization of the post that the reader holds now."""
    post = who_of(request).post
    return post.org if post is not None else ""


def may_open(by: Act, org: str, name: str, procedure: Procedure) -> bool:
    """Whether this post opens such matters for its own organization, by a right of staff."""
    action = procedure.action(OPEN)
    if action is None or all(who == "system" for who in action.who):
        return False
    if procedure.switched and switch_of(get_pack(pack_of(org)), name, today()) is None:
        return False
    return allowed(by, f"{name}.open", Subject(ref="matter:new", org=org, level=procedure.level))


def may_gather(by: Act, org: str) -> bool:
    """Whether this post may begin anything to which several units are called."""
    found = get_pack(pack_of(org)).many(Procedure).items() if org else ()
    return any(takes_calls(procedure) and may_open(by, org, name, procedure) for name, procedure in found)


@page("desk", "start/", name="start", nav=(5, gettext_lazy("发起")), methods=("GET", "HEAD"))
def start(request: HttpRequest) -> HttpResponse:
    """What can be begun from here, what this organization usually has to do with first; ``?q=`` looks in titles, summaries,
    buttons and kinds."""
    by, org = act_from(request, command=new_key()), own_org(request)
    about, wanted = request.GET.get("about", "")[:40], request.GET.get("q", "").strip()[:40]
    query = f"?{urlencode({'about': about})}" if about else ""
    procedures, often = get_pack(pack_of(org)).many(Procedure, by.lang), usual(org)
    opens = {name: one for name, one in procedures.items() if may_open(by, org, name, one)}
    rows = [
        SimpleNamespace(
            title=_opens(procedure).title or procedure.title,
            what=procedure.title,
            summary=procedure.summary,
            href=reverse(start_of(name))
            if start_of(name)
            else reverse("desk:start-one", kwargs={"name": name}) + query,
            words=words_in(name, procedure),
        )
        for name, procedure in sorted(opens.items(), key=lambda one: -often[one[0]])
        if procedure.alone or not procedure.about
    ]
    if "proposal" in opens:
        rows.append(_meeting())
    found = [row for row in rows if wanted.lower() in row.words]
    context: dict[str, Any] = {
        "rows": found,
        "office": name_of(org),
        "all": len(rows),
        "q": wanted,
        "about": about,
    }
    context["everything"] = reverse("desk:start") + query
    return render(request, "matters/desk/start.html", **context)


def _meeting() -> SimpleNamespace:
    """Many proposals at once, from the minutes of a meeting."""
    title = _("意见征集会")
    told = _("开了一次居民会，把大家的意见一次登记：每条意见一个编号、一个答复，当场打印纸条。")
    return SimpleNamespace(
        title=title, what=told, summary="", href=reverse("desk:opinions"), words=f"{title} {told}".lower()
    )


def words_in(name: str, procedure: Procedure) -> str:
    """All by which one may look for a procedure, in small letters."""
    rows: list[Any] = [*procedure.actions, *procedure.kinds, *procedure.clocks, *procedure.papers]
    return " ".join([name, procedure.title, procedure.summary, *(row.title for row in rows)]).lower()


def begins(by: Act, org: str, seen: Seen) -> list[SimpleNamespace]:
    """What this post may begin about a matter, from its page: procedures that are always about one like it."""
    if seen.state.ended is not None or not org:
        return []
    return [
        SimpleNamespace(
            title=_opens(procedure).title or procedure.title,
            href=f"{reverse('desk:start-one', kwargs={'name': name})}?about={seen.row.number}",
        )
        for name, procedure in get_pack(pack_of(org)).many(Procedure, by.lang).items()
        if seen.row.procedure in procedure.about and may_open(by, org, name, procedure)
    ]


def _opens(procedure: Procedure) -> Action:
    action = procedure.action(OPEN)
    assert action is not None
    return action


@page("desk", "start/<str:name>/", name="start-one")
def start_one(request: HttpRequest, name: str) -> HttpResponse:
    """The form of one procedure; pressed buttons add, find or drop units, show a preview, or send."""
    typed = request.POST.dict()
    # Begun from a matter's page: it is about that one, whatever the form sends.
    typed["about"] = (request.GET.get("about") or typed.get("about", "")).strip().upper()[:40]
    by = act_from(request, command=typed.get("command", "")[:200] or new_key("start"))
    org = own_org(request)
    procedure = get_pack(pack_of(org)).many(Procedure, by.lang).get(name)
    if procedure is None or start_of(name):
        raise Missing.of("procedure", _("没有这种事"), _("请从“发起”里选"))
    if not may_open(by, org, name, procedure):
        raise Refused.of(
            "", _("这个岗位不能发起“%(name)s”") % {"name": procedure.title}, _("请换岗位，或请书记发起")
        )
    rows = read_rows(request.POST, by, procedure) if takes_calls(procedure) else []
    kept, problem = photos(request, by, _files(procedure)) if request.method == "POST" else ([], None)
    if typed.get("do") == "send" and problem is None:
        rows = rows and (filled_rows(rows) or rows)
        try:
            draft = _draft(by, name, procedure, org, Filled(typed, rows, kept))
            if takes_calls(procedure) and not any(row.org for row in rows):
                raise _nobody_called(by, procedure, draft)
            return _send(request, by, draft)
        except Problem as caught:
            problem = caught
    return _form(request, by, (name, procedure, org), Filled(typed, rows, kept), problem)


def _files(procedure: Procedure) -> str:
    """The field of the opening that takes files, as its control is named."""
    fields = _opens(procedure).fields
    return next((name for name, kind in fields.items() if kind.rstrip("?") == "file"), "photo")


def _draft(by: Act, name: str, procedure: Procedure, org: str, filled: Filled) -> Draft:
    typed, kept = filled.typed, filled.kept
    action = _opens(procedure)
    # Files were stored before: they are kept while the form is filled.
    fields = typed_fields(action, typed, MultiValueDict(), by)
    files = _files(procedure)
    place = str(fields.pop("place", ""))
    kind = str(fields.pop("kind", ""))
    return Draft(
        procedure=name,
        org=org,
        place=place,
        kind=kind,
        fields={**fields, **({files: kept} if files and kept else {})},
        contact=Contact(name=typed.get("name", ""), phone=typed.get("phone", "")),
        behalf=on_behalf(procedure),
        about=typed["about"],
        calls=tuple(row.called for row in filled.rows),
    )


def _nobody_called(by: Act, procedure: Procedure, draft: Draft) -> Invalid:
    """That no unit was chosen, beside everything else that is missing: nobody wants to be told one by one."""
    faults: list[Fault] = []
    try:
        given = {"place": draft.place, "kind": draft.kind}
        judge(procedure, draft.fields, given, by.happened, current_calendar())
    except Invalid as caught:
        faults += caught.faults
    return Invalid(*faults, Fault("calls.0.org", _("还没有选单位"), _("至少请一个单位")))


def on_behalf(procedure: Procedure) -> bool:
    """Whether what staff enters is somebody else's, who gets a slip."""
    return "reporter" in _opens(procedure).who


def _send(request: HttpRequest, by: Act, draft: Draft) -> HttpResponse:
    number = open_(by, matters=[draft]).numbers[0]
    if draft.behalf:
        there = reverse("desk:report-slip", kwargs={"number": number})
        return HttpResponseRedirect(f"{there}?t={slip_token(by.person, number)}", status=303)
    there = reverse("desk:matter", kwargs={"number": number})
    return HttpResponseRedirect(f"{there}?done={OPEN}", status=303)


def _form(
    request: HttpRequest,
    by: Act,
    what: tuple[str, Procedure, str],
    filled: Filled,
    problem: Problem | None,
) -> HttpResponse:
    name, procedure, org = what
    action = _opens(procedure)
    ground = Ground(procedure=procedure, pack=pack_of(org), name=name, near=org, addressee=org, by=by)
    typed, rows = filled.typed, filled.rows
    found = offered(request.POST, org, by, rows) if takes_calls(procedure) else None
    context = {
        "name": name,
        "procedure": procedure,
        "action": action,
        "fields": fields_of(ground, action),
        "typed": typed,
        "about": typed["about"],
        "begun": bool(request.GET.get("about")),
        "problem": problem,
        "command": typed.get("command") or new_key("start"),
        "calls": takes_calls(procedure),
        "judged": any(one.fact == "leg_ruled" for one in procedure.actions),
        "rows": rows_of(rows),
        "duties": names_duty(procedure),
        "offered": found,
        "allied": [(one.code, one.name) for one in found.alliances] if found is not None else [],
        "kept": [
            (signing.dumps(digest, salt=PHOTO_SALT), "", _("附件 %(n)d 已收到") % {"n": n})
            for n, digest in enumerate(filled.kept, 1)
        ],
        "behalf": on_behalf(procedure),
        "preview": preview_of(procedure, name, org, rows) if typed.get("do") == "preview" else None,
        "office": name_of(org),
    }
    status = problem.status if problem is not None else 200
    return render(request, "matters/desk/start_one.html", status=status, **context)
