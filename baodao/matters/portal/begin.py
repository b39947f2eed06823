"""What residents and firms begin themselves beside reports: every procedure declared with ``portal``, by one form for all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.matters.declare import Action, Procedure
from baodao.matters.desk.fields import Ground, fields_of, typed_fields
from baodao.matters.engine import OPEN
from baodao.matters.openly import released
from baodao.matters.services import Contact, Draft, open_
from baodao.orgs.selectors import home_pack, name_of, pack_of
from baodao.people.door import address_of
from baodao.people.services.throttle import take

from .report import PHOTO_SALT, is_sent, photos
from .standing import REPORTS, as_resident, keep_slip
from .where import Where, choose, responsible

#: The chooser of the place asks for it.
PLACE = "place"


class Asked(Struct):
    """What is filled: the procedure with its name and words, the place, the released matter that it is about, if any."""

    name: str
    procedure: Procedure
    opens: Action
    where: Where
    about: Any = None
    kept: list[str] = []

    @property
    def office(self) -> str:
        """Who looks after it: the office of the place, else of the matter that it is about; "" where several districts live together."""
        if self.about is not None and not self.where.org:
            return str(self.about.org)
        return responsible(self.where)

    @property
    def files(self) -> str:
        """The field of the opening that takes files; "" where none does."""
        return next((name for name, kind in self.opens.fields.items() if kind.rstrip("?") == "file"), "")


def may_begin(by: Act, name: str, procedure: Procedure, org: str) -> bool:
    """Whether this resident begins such matters herself."""
    subject = Subject(ref="matter:new", org=org, level=procedure.level)
    return procedure.portal and allowed(by, f"{name}.{OPEN}", subject)


def begun_about(row: Any, lang: str) -> list[SimpleNamespace]:
    """What residents begin about a matter that everybody may read, from its page."""
    if row.ended is not None:
        return []
    found = get_pack(row.pack).many(Procedure, lang).items()
    return [
        SimpleNamespace(
            title=_opens(procedure).title,
            href=reverse("portal:begin-one", kwargs={"name": name}) + f"?about={row.number}",
        )
        for name, procedure in found
        if procedure.portal and row.procedure in procedure.about
    ]


def _opens(procedure: Procedure) -> Action:
    action = procedure.action(OPEN)
    assert action is not None
    return action


@page("portal", "begin/", name="begin", public=True, methods=("GET", "HEAD"))
def begin(request: HttpRequest) -> HttpResponse:
    """All that can be begun here, in the district's words."""
    procedures = get_pack(home_pack()).many(Procedure, as_resident(request).lang)
    rows = [
        SimpleNamespace(
            title=_opens(procedure).title,
            what=procedure.title,
            summary=procedure.summary,
            href=reverse("portal:begin-one", kwargs={"name": name}),
        )
        for name, procedure in procedures.items()
        if procedure.portal and (procedure.alone or not procedure.about)
    ]
    return render(request, "matters/portal/begin.html", rows=rows)


@page("portal", "begin/<str:name>/", name="begin-one", public=True)
def begin_one(request: HttpRequest, name: str) -> HttpResponse:
    """The form of one procedure; pressed buttons choose the place or send."""
    typed = request.POST.dict()
    by = as_resident(request, typed.get("command", "")[:200])
    asked = _asked(by, name, choose(typed), request.GET.get("about", "").strip().upper()[:40])
    if not may_begin(by, name, asked.procedure, asked.office):
        if by.person:
            raise Missing.of("procedure", _("这一种不能自己在网上发起"), _("请拨 12345，或到受理窗口"))
        return HttpResponseRedirect(
            f"{reverse('portal:sign-in')}?{urlencode({'next': request.get_full_path()})}", status=303
        )
    problem: Problem | None = None
    if request.method == "POST":
        asked.kept, problem = photos(request, by, asked.files or "photo")
    if is_sent(typed) and problem is None:
        try:
            take(REPORTS, address_of(request), by.noted)
            number = open_(by, matters=[_draft(by, asked, typed)]).numbers[0]
            response = HttpResponseRedirect(reverse("portal:receipt", kwargs={"number": number}), status=303)
            keep_slip(request, response, number)
            return response
        except Problem as caught:
            problem = caught
    return _form(request, by, asked, typed, problem)


def _asked(by: Act, name: str, where: Where, about: str) -> Asked:
    row = released().filter(number=about).first() if about else None
    pack = row.pack if row is not None else pack_of(where.org) if where.org else home_pack()
    procedure = get_pack(pack).many(Procedure, by.lang).get(name)
    if procedure is None or not procedure.portal or (about and row is None):
        raise Missing.of("procedure", _("没有这种事"), _("请从“还可以办的”里选"))
    return Asked(name, procedure, _unnamed(procedure), where, row)


def _unnamed(procedure: Procedure) -> Action:
    """The opening as it is asked here. Where one has no name until she gives it by an act of her own, the form does not ask for what
    that act asks: the page promises that the units do not see who she is."""
    opens = _opens(procedure)
    gives = procedure.action((procedure.unnamed or "").partition(".")[2])
    later = {name for name in gives.fields if opens.fields.get(name, "").endswith("?")} if gives else set()
    return replace(opens, fields={name: kind for name, kind in opens.fields.items() if name not in later})


def _draft(by: Act, asked: Asked, typed: dict[str, str]) -> Draft:
    # Files were stored before: they are kept while the form is filled.
    fields = typed_fields(asked.opens, typed, MultiValueDict(), by)
    fields.pop(PLACE, None)
    kind, where = str(fields.pop("kind", "")), asked.where
    return Draft(
        procedure=asked.name,
        org=asked.office,
        place=where.grid,
        kind=kind,
        fields={**fields, **({asked.files: asked.kept} if asked.files and asked.kept else {})},
        contact=Contact(name=typed.get("name", ""), phone=typed.get("phone", "")),
        about=asked.about.number if asked.about is not None else "",
        address=typed.get("address", "").strip()[:200],
        point=f"{where.lon},{where.lat}" if where.lon and where.lat else "",
    )


def _form(
    request: HttpRequest, by: Act, asked: Asked, typed: dict[str, str], problem: Problem | None
) -> HttpResponse:
    org, about = asked.office, asked.about
    ground = Ground(
        procedure=asked.procedure, pack=home_pack(), name=asked.name, near=org, addressee=org, by=by
    )
    values = SimpleNamespace(
        **{name: typed.get(name, "") for name in ("address", "name", "phone")},
        lon=asked.where.lon,
        lat=asked.where.lat,
    )
    here = reverse("portal:begin-one", kwargs={"name": asked.name})
    return render(
        request,
        "matters/portal/begin_one.html",
        status=problem.status if problem is not None else 200,
        procedure=asked.procedure,
        action=asked.opens,
        fields=[one for one in fields_of(ground, asked.opens) if one.name != PLACE],
        typed=typed,
        values=values,
        where=asked.where,
        about=about,
        office=name_of(org) if asked.where.org or about is not None else "",
        kept=[
            (signing.dumps(digest, salt=PHOTO_SALT), "", _("附件 %(n)d 已收到") % {"n": n})
            for n, digest in enumerate(asked.kept, 1)
        ],
        problem=problem,
        command=typed.get("command") or new_key("begin"),
        here=here + (f"?about={about.number}" if about is not None else ""),
    )
