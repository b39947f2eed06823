"""A form that came with a matter: the machine fills what it knows of the organization that was asked, and one act hands it in."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.evidence import open_evidence, refs_of, store
from baodao.kernel.evidence.content import DOCX, XLSX
from baodao.kernel.pages import page, render
from baodao.ledger.selectors import position
from baodao.matters.beside import Way, register_ways
from baodao.matters.selectors import Seen, see
from baodao.matters.services.acting import act as act_on
from baodao.matters.state import Leg
from baodao.measures.policies import may_read
from baodao.measures.returns.declare import ReturnForm
from baodao.measures.returns.filling import Filling, Value, period_of, why_href
from baodao.measures.returns.selectors import Found, contents, rendered
from baodao.orgs.selectors import name_of, today

from .giving import blank_cells, cell_of
from .listing import act, source


def leg_of(by: Act, seen: Seen) -> Leg | None:
    """The open leg of this reader's organization that the form is asked of, if she reads its figures."""
    if seen.procedure.fills is None or seen.state.ended is not None:
        return None
    own = {grant.org for grant in by.grants if grant.post == by.post}
    return next((leg for leg in seen.state.open_legs() if leg.org in own and may_read(by, leg.org)), None)


def form_in(seen: Seen) -> str:
    """The first Excel or Word file of the opening; "" without."""
    files = refs_of(seen.facts[0].data.files)
    return next((ref.hash for ref in files if ref.media_type in (XLSX, DOCX)), "")


def _beside(by: Act, seen: Seen) -> list[Way]:
    if leg_of(by, seen) is None or not form_in(seen):
        return []
    return [Way(_("账上有的，机器先填好"), reverse("desk:known", kwargs={"number": seen.row.number}))]


register_ways("", _beside)


@page("desk", "known/<str:number>/", name="known")
def known(request: HttpRequest, number: str) -> HttpResponse:
    """The form with what the ledger knows; handed in as it stands, or taken along to write the rest by hand."""
    by, problem = act(request), None
    seen = see(by, number)
    leg, file = leg_of(by, seen), form_in(seen)
    if leg is None or not file:
        raise Missing.of("number", _("没有要您这里填的表"), _("请回到那件事"))
    found, values = _filled(by, leg.org, file)
    body = rendered(found, contents(values, {}), source())
    if request.GET.get("as") == "file":
        return _taken(body, found, number)
    if request.method == "POST":
        try:
            kept = store(io.BytesIO(body), f"form.{'docx' if found.form.word else 'xlsx'}", now=by.noted)
            act_on(
                by, number=number, action=str(seen.procedure.fills), fields={"file": [kept.hash]}, leg=leg.n
            )
            return HttpResponseRedirect(reverse("desk:matter", kwargs={"number": number}), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "measures/returns/known.html",
        status=problem.status if problem else 200,
        problem=problem,
        number=number,
        org_name=name_of(leg.org),
        rows=[
            (value, why_href(value, source(), position(), "") if value.way == "measure" else "")
            for value in values
        ],
        left=sum(not value.text for value in values),
        simulated=source() == "simulated",
        command=f"known-{number}-{leg.n}",
    )


def _filled(by: Act, org: str, file: str) -> tuple[Found, list[Value]]:
    """What the words of the form ask for, of the month that ended last."""
    cells = blank_cells(file, org)
    with open_evidence(file) as held:
        raw = held.read()
    word = refs_of([file])[0].media_type == DOCX
    plain: dict[str, Any] = {"title": "form", "cell": [cell_of(cell, cell["guess"]) for cell in cells]}
    form = msgspec.structs.replace(
        msgspec.convert(plain, ReturnForm), file="form.docx" if word else "form.xlsx"
    )
    period = period_of("month", today().replace(day=1) - timedelta(days=1))
    with translation.override("zh-hans"):
        values = Filling(by, form, org, period, origin=source(), position=position()).values(raw)
    return Found("", form, raw), values


def _taken(body: bytes, found: Found, number: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=DOCX if found.form.word else XLSX)
    mark = "simulated-" if source() == "simulated" else ""
    name = f"{mark}{number}.{'docx' if found.form.word else 'xlsx'}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
