"""One action for many rows of the list: chosen there, said once here, taken row by row, each by its own command and with its own result."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.selectors import current_calendar
from baodao.kernel.typed import whole_number
from baodao.matters.declare import Action
from baodao.matters.engine import Offer
from baodao.matters.forms import fill
from baodao.matters.listing import words_about
from baodao.matters.selectors import Seen, offers, see_many
from baodao.matters.services import act
from baodao.orgs.selectors import name_of
from baodao.people.door import act_from

from .acting import makes_sense
from .fields import Field, Ground, fields_of, ground_of, typed_fields

#: Rows of one page of the list; each is a command of its own.
MOST = 100
#: Fields that mean something for one matter only.
SINGLE = ("file", "matter")


class Row(Struct, frozen=True):
    """A chosen row: matter, leg, and the position at which the page showed it (0: not shown yet)."""

    number: str
    leg: int
    seen: int = 0


class Choice(Struct):
    """An action that some of the rows allow: ``able`` are those that it can be taken on now."""

    procedure: str
    action: Action
    of: str
    able: list[tuple[Row, Offer]]

    @property
    def name(self) -> str:
        """As a form sends it."""
        return f"{self.procedure}.{self.action.name}"


class Result(Struct, frozen=True):
    """What became of one row: ``problem`` says why nothing was done."""

    number: str
    leg: int
    about: str
    problem: Problem | None = None


@page("desk", "bulk/", name="bulk")
def bulk(request: HttpRequest) -> HttpResponse:
    """`?row=` marks of the list's rows: what can be done with them; `do` opens the form of one action. A POST takes it on
    every row and tells the result of each."""
    by = act_from(request, command=request.POST.get("_command", "")[:100] or new_key("bulk"))
    rows = _rows(request)
    if not rows:
        return HttpResponseRedirect(reverse("desk:home"), status=303)
    # As the post alone: what she may do as herself is not done in bulk, and would ask for her tokens row by row.
    post = replace(by, person="")
    seen = see_many(post, list(dict.fromkeys(row.number for row in rows)))
    choices = _choices(post, rows, seen)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = next((one for one in choices if one.name == asked.get("_do", asked.get("do", ""))), None)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _done(request, by, rows, seen, chosen)
        except Problem as caught:
            problem = caught
    return _page(request, by, rows, seen, choices, chosen=chosen, problem=problem)


def _rows(request: HttpRequest) -> list[Row]:
    """The chosen rows, each once, in the order of the list; what cannot be read is no row. Raises Invalid above a page."""
    found: dict[tuple[str, int], Row] = {}
    for mark in request.POST.getlist("at") if request.method == "POST" else request.GET.getlist("row"):
        parts = mark.split(".")
        if len(parts) != 3 or (last := whole_number(parts[2])) is None:
            continue
        # The list's mark is (when, number, leg); the form's own (number, leg, position).
        number, leg, at = (parts[0], parts[1], last) if request.method == "POST" else (parts[1], parts[2], 0)
        if (n := whole_number(leg)) is not None and n < 10_000 and len(number) <= 24:
            found[number, n] = Row(number, n, at)
    if len(found) > MOST:
        raise Invalid.of("row", _("一次最多办 %(n)d 行") % {"n": MOST}, _("请分几次选"))
    return list(found.values())


# ── what can be done ────────────────────────────────────────────────────────────────────────────────────


def _choices(by: Act, rows: Iterable[Row], seen: dict[str, Seen]) -> list[Choice]:
    """The actions that at least one row allows now, those that most rows allow first."""
    found: dict[str, Choice] = {}
    offered = {number: offers(by, one) for number, one in seen.items()}
    for row in rows:
        for offer in offered.get(row.number, ()):
            one = seen[row.number]
            if offer.hindrances or offer.leg not in {None, row.leg} or not _alike(one, offer):
                continue
            made = Choice(one.state.procedure, offer.action, one.procedure.title, [])
            found.setdefault(made.name, made).able.append((row, offer))
    return sorted(found.values(), key=lambda one: -len(one.able))


def _alike(seen: Seen, offer: Offer) -> bool:
    """Whether the action can be said once for many: no title of its own, no file, no other matter."""
    needed = (kind.partition(":")[0] for kind in offer.action.fields.values() if not kind.endswith("?"))
    return not offer.action.releases and not set(needed) & set(SINGLE) and makes_sense(seen, offer)


def _fields(by: Act, seen: dict[str, Seen], chosen: Choice) -> list[Field]:
    """The form: what the first row's form asks, with the choices that all rows have in common."""
    grounds: dict[tuple[str, str, str], Ground] = {}
    for row, offer in chosen.able:
        ground = ground_of(seen[row.number], by, offer.leg)
        grounds.setdefault((ground.near, ground.addressee, ground.pack), ground)
    forms = [fields_of(ground, chosen.action) for ground in grounds.values()]
    own = {
        name
        for name, kind in chosen.action.fields.items()
        if kind.rstrip("?").partition(":")[0] in SINGLE or name == "after"
    }
    fields = []
    for field in forms[0] if forms else ():
        others = [
            {value for one in form if one.name == field.name for value, _w in one.choices}
            for form in forms[1:]
        ]
        common = tuple(choice for choice in field.choices if all(choice[0] in held for held in others))
        if field.name not in own:
            fields.append(
                Field(
                    **{name: getattr(field, name) for name in Field.__struct_fields__} | {"choices": common}
                )
            )
    return fields


def _page(
    request: HttpRequest,
    by: Act,
    rows: list[Row],
    seen: dict[str, Seen],
    choices: list[Choice],
    *,
    chosen: Choice | None,
    problem: Problem | None,
) -> HttpResponse:
    able = {(row.number, row.leg) for row, _offer in chosen.able} if chosen else set()
    told = (
        [seen[row.number] for row, _offer in chosen.able]
        if chosen and "reporter" in chosen.action.tells
        else []
    )
    about = words_about([row.number for row in rows if row.number in seen])
    query = "&".join(f"row=0.{row.number}.{row.leg}" for row in rows)
    return render(
        request,
        "matters/desk/bulk.html",
        status=problem.status if problem is not None else 200,
        rows=[_line(row, seen.get(row.number), about, (row.number, row.leg) in able) for row in rows],
        choices=[(one, f"?{query}&do={one.name}#do", len(one.able)) for one in choices],
        chosen=chosen,
        fields=_fields(by, seen, chosen) if chosen else [],
        people=sum(1 for one in told if one.state.reporters),
        typed=request.POST,
        command=new_key("bulk"),
        problem=problem,
    )


def _line(row: Row, seen: Seen | None, about: dict[str, str], able: bool) -> SimpleNamespace:
    leg = seen.state.legs.get(row.leg) if seen is not None else None
    return SimpleNamespace(
        number=row.number,
        at=f"{row.number}.{row.leg}.{seen.position if seen is not None else 0}",
        about=about.get(row.number, ""),
        office=name_of(leg.org) if leg is not None else "",
        state=seen.procedure.word(f"state.{leg.state}") if seen is not None and leg is not None else "",
        title=seen.procedure.title if seen is not None else "",
        there=seen is not None,
        able=able,
    )


# ── doing it ────────────────────────────────────────────────────────────────────────────────────────────


def _done(
    request: HttpRequest, by: Act, rows: list[Row], seen: dict[str, Seen], chosen: Choice | None
) -> HttpResponse:
    """Take the action on every row; none is left out silently, and none stops another. Raises Invalid only before the
    first, where the form itself is wrong for all."""
    name = request.POST.get("_do", "")
    action = chosen.action if chosen else _declared(seen, name)
    if action is None:
        raise Invalid.of("_do", _("没有选办什么"), _("请选一个动作"))
    fields = typed_fields(action, request.POST.dict(), MultiValueDict(), by)
    if chosen is not None:
        calendar = current_calendar()
        procedure = seen[chosen.able[0][0].number].procedure
        fill(procedure, action, fields, calendar.local_date(by.happened), calendar)
    about = words_about([row.number for row in rows if row.number in seen])
    results = [
        Result(
            row.number, row.leg, about.get(row.number, ""), _take(by, row, seen.get(row.number), name, fields)
        )
        for row in rows
    ]
    refused = [one for one in results if one.problem is not None]
    return render(
        request,
        "matters/desk/bulk_done.html",
        title=action.title,
        results=results,
        done=len(results) - len(refused),
        refused=len(refused),
        again="&".join(f"row=0.{one.number}.{one.leg}" for one in refused),
    )


def _declared(seen: dict[str, Seen], name: str) -> Action | None:
    """The action by its full name, where no row allows it any more (all were just done, or moved meanwhile)."""
    procedure, _dot, action = name.partition(".")
    held = (one.procedure.action(action) for one in seen.values() if one.state.procedure == procedure)
    return next((one for one in held if one is not None), None)


def _take(by: Act, row: Row, seen: Seen | None, name: str, fields: dict[str, Any]) -> Problem | None:
    """One row, under a command of its own: sent twice, it is done once. The verb decides as it does for a single act; gives
    why nothing was done."""
    procedure, _dot, action = name.partition(".")
    declared = (
        seen.procedure.action(action) if seen is not None and seen.state.procedure == procedure else None
    )
    if seen is None or declared is None:
        reason = _("没有这个编号，或它不对您开放") if seen is None else _("这一类事没有这个动作")
        return Invalid.of("", reason, _("请单独打开这一件看"))
    try:
        act(
            replace(by, command=f"{by.command}/{row.number}.{row.leg}"),
            number=row.number,
            action=action,
            fields=fields,
            leg=row.leg if declared.on == "leg" else None,
            seen=row.seen or None,
        )
    except Problem as problem:
        return problem
    return None
