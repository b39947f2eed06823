"""The door for what is sealed: no account, no name, no contact. Whoever writes gets a number and a code, and reads with them how
far it has come, nothing else."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.matters import slips
from baodao.matters.declare import Procedure
from baodao.matters.desk.fields import offices_near
from baodao.matters.selectors import row_of
from baodao.matters.services import Draft, open_
from baodao.matters.switches import Switch, switch_of
from baodao.matters.versions import version, words_of
from baodao.orgs.selectors import holders_of, home_pack, name_of, today
from baodao.people.door import address_of
from baodao.people.services.throttle import take

from .standing import BY_ADDRESS, BY_NUMBER, REPORTS, as_resident


class Door(Struct, frozen=True):
    """The sealed procedure that takes what anybody writes, and the organization of its keepers."""

    name: str
    procedure: Procedure
    switch: Switch
    org: str


def door(lang: str) -> Door | None:
    """None while the district has none, or nobody holds the keepers' posts."""
    pack = get_pack(home_pack())
    for name, procedure in pack.many(Procedure, lang).items():
        switch = switch_of(pack, name, today()) if procedure.sealed else None
        held = holders_of(switch.keepers, today()) if switch is not None else []
        if switch is not None and held:
            return Door(name, procedure, pack.many(Switch, lang)[name], str(held[0].org_id))
    return None


def nobody(request: HttpRequest, command: str = "") -> Act:
    """The Act of whoever writes here: nobody, signed in or not."""
    return replace(as_resident(request, command), kind="anonymous", person="")


@page("portal", "tip/", name="tip", public=True)
def tip(request: HttpRequest) -> HttpResponse:
    """The form; once sent, the number and the code, this once."""
    typed = request.POST
    by = nobody(request, typed.get("command", "")[:200])
    found, problem, number = door(by.lang), None, ""
    if found is None:
        raise Missing.of("", _("这里没有开通"), _("可以到受理窗口，或拨打 12345、12388"))
    if request.method == "POST":
        try:
            take(REPORTS, address_of(request), by.noted)
            fields = {"unit": typed.get("unit", ""), "text": typed.get("text", "")}
            number = open_(by, matters=[Draft(procedure=found.name, org=found.org, fields=fields)]).numbers[0]
        except Problem as caught:
            problem = caught
    return render(
        request,
        "matters/portal/tip.html",
        status=problem.status if problem is not None else 200,
        door=found,
        units=[(code, name_of(code)) for code in offices_near(found.org)],
        typed=typed if problem is not None else {},
        problem=problem,
        number=number,
        code=slips.code_of(number) if number else "",
        command=(typed.get("command", "") if problem is not None else "") or new_key("tip"),
    )


@page("portal", "tip/look/", name="tip-look", public=True)
def look(request: HttpRequest) -> HttpResponse:
    """How far it has come, in plain words. A wrong pair says only that the two do not belong together."""
    by, problem, stage, number = nobody(request), None, "", ""
    if request.method == "POST":
        number = unicodedata.normalize("NFKC", request.POST.get("number", "")).strip().upper()[:24]
        try:
            stage = _stage(request, by, number)
        except Problem as caught:
            problem = caught
    status = problem.status if problem is not None else 200
    context: dict[str, Any] = {"problem": problem, "stage": stage, "number": number}
    return render(request, "matters/portal/tip_look.html", status=status, **context)


def _stage(request: HttpRequest, by: Act, number: str) -> str:
    take(BY_ADDRESS, address_of(request), by.noted)
    take(BY_NUMBER, number, by.noted)
    row = row_of(number)
    declared = version(row.digest) if row is not None else None
    fits = slips.matches(number, request.POST.get("code", "")[:24])
    if row is None or declared is None or not declared.sealed or not fits:
        raise Invalid.of("code", _("编号和查询码对不上"), _("请照着当时抄下的再输一遍"))
    return words_of(row.pack, row.procedure, declared, by.lang).word(f"plain.{row.stage}")
