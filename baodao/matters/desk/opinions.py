"""A residents' opinion meeting: its date, place and how many came; every opinion becomes a proposal with a number of its own,
all in one command, each with a slip to take home. Who came is not asked: a head count, never a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Fault, Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.tables import read_table
from baodao.kernel.tables.web import given_file
from baodao.kernel.typed import day_in, whole_number
from baodao.matters import slips
from baodao.matters.declare import Procedure
from baodao.matters.engine import OPEN
from baodao.matters.listing import words_about
from baodao.matters.portal.report import slip_of
from baodao.matters.services import Contact, Draft, open_
from baodao.orgs.selectors import name_of, pack_of, today
from baodao.people.door import act_from
from baodao.places.selectors import grids_of

from .start import may_open, own_org

PROCEDURE, SOURCE = "proposal", "meeting"
SALT, MINUTES = "baodao.matters.opinion_slips", 10
#: Opinions of one meeting; the first words of one as its title; people in a room.
MOST, TITLE, CROWD = 100, 30, 10_000
_NUMBERED = re.compile(r"^\s*(?:[(（]?\d{1,3}[)）.、．:：]|[一二三四五六七八九十]{1,3}[、.])\s*")  # data
COLUMNS = {
    "text": ("意见", "建议", "内容", "opinion", "text"),  # data
    "name": ("称呼", "姓名", "name"),  # data
    "phone": ("电话", "手机", "phone"),  # data
}


class Opinion(Struct):
    """One opinion as typed, with what its author left, if anything."""

    text: str = ""
    name: str = ""
    phone: str = ""

    @property
    def title(self) -> str:
        """Its first words."""
        line = re.split(r"[。；;!！?？\n]", self.text.strip())[0]
        return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


@page("desk", "opinions/", name="opinions")
def opinions(request: HttpRequest) -> HttpResponse:
    """The form: paste, part into lines, mend, send."""
    typed = request.POST.dict()
    by = act_from(request, command=typed.get("command", "")[:200] or new_key("opinions"))
    org = own_org(request)
    procedure = get_pack(pack_of(org)).many(Procedure, by.lang).get(PROCEDURE)
    if procedure is None:
        raise Missing.of("procedure", _("本区没有开通建言"), _("请改用代为登记"))
    if not may_open(by, org, PROCEDURE, procedure):
        raise Refused.of("", _("这个岗位不能登记建议"), _("请由社区书记或窗口登记"))
    rows, problem = _rows(request)
    if typed.get("do") == "send" and problem is None:
        try:
            rows = [row for row in rows if row.text.strip()]
            taken = open_(by, matters=_drafts(procedure, org, typed, rows))
            token = signing.dumps([by.person, taken.numbers], salt=SALT, compress=True)
            there = reverse("desk:opinions-slips")
            return HttpResponseRedirect(f"{there}?t={token}", status=303)
        except Problem as caught:
            problem = caught
    status = problem.status if problem is not None else 200
    return render(
        request,
        "matters/desk/opinions.html",
        status=status,
        typed=typed or _begun(request),
        rows=rows or [Opinion()],
        grids=[(one.code, one.name) for one in grids_of(org)][:500],
        office=name_of(org),
        command=typed.get("command") or new_key("opinions"),
        problem=problem,
        most=MOST,
    )


def address_of(procedure: str, held: date, present: int) -> str:
    """Where the opinions of a meeting of this day with so many people are entered; "" for what is no proposal."""
    if procedure != PROCEDURE:
        return ""
    return f"{reverse('desk:opinions')}?{urlencode({'held': held.isoformat(), 'present': present or ''})}"


def _begun(request: HttpRequest) -> dict[str, str]:
    """What stands in the form at first: the meeting's day and heads where its own page led here."""
    given = {name: request.GET[name][:10] for name in ("held", "present") if request.GET.get(name)}
    return {"held": today().isoformat(), **given}


def _rows(request: HttpRequest) -> tuple[list[Opinion], Problem | None]:
    """The opinions as typed, after the button that was pressed: ``split`` (lines of the big field), ``sheet`` (rows of a
    file), ``add``, ``drop``."""
    posted = request.POST
    count = whole_number(posted.get("rows", "")) or 0
    rows = [
        Opinion(*(posted.get(f"opinions.{n}.{name}", "").strip() for name in ("text", "name", "phone")))
        for n in range(min(count, MOST))
    ]
    problem: Problem | None = None
    if (drop := whole_number(posted.get("drop", ""))) is not None and drop < len(rows):
        del rows[drop]
    try:
        if posted.get("do") in {"split", "send"}:
            rows = _joined(rows, [Opinion(text) for text in split(posted.get("paste", ""))])
        if posted.get("do") == "sheet":
            rows = _joined(rows, _sheet(request))
    except Problem as caught:
        problem = caught
    if posted.get("do") == "add" and len(rows) < MOST:
        rows.append(Opinion())
    return rows, problem


def split(text: str) -> list[str]:
    """The opinions of a pasted text: one a line, without numbering in front and without those that are said twice."""
    lines = (_NUMBERED.sub("", line).strip() for line in text.replace("\r\n", "\n").split("\n"))
    return list(dict.fromkeys(line for line in lines if line))


def _joined(rows: list[Opinion], more: list[Opinion]) -> list[Opinion]:
    """What was typed is kept; the same words are not added again. Raises Invalid for too many."""
    kept = [row for row in rows if row.text.strip()]
    known = {row.text for row in kept}
    found = kept + [row for row in more if row.text not in known]
    if len(found) > MOST:
        raise Invalid.of(
            "paste",
            _("一次最多 %(most)d 条，现在有 %(n)d 条") % {"most": MOST, "n": len(found)},
            _("请分两次登记"),
        )
    return found


def _sheet(request: HttpRequest) -> list[Opinion]:
    """Rows of a sheet whose columns are called 意见, 称呼, 电话 (the last two may be missing)."""
    with read_table(given_file(request)) as table:
        places = {
            name: next((n for n, title in enumerate(table.header) if title.strip().lower() in words), None)
            for name, words in COLUMNS.items()
        }
        if places["text"] is None:
            raise Invalid.of(
                "file", _("没有“意见”这一列"), _("第一行写列名：意见、称呼、电话；后两列可以没有")
            )
        found = [_of(row.cells, places) for row in table.rows()]
    return [one for one in found if one.text]


def _of(cells: Any, places: Mapping[str, int | None]) -> Opinion:
    def cell(name: str) -> str:
        place = places[name]
        value = cells[place] if place is not None and place < len(cells) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    return Opinion(cell("text"), cell("name"), cell("phone"))


def _drafts(procedure: Procedure, org: str, typed: Mapping[str, str], rows: list[Opinion]) -> list[Draft]:
    """One draft an opinion. Raises Invalid with everything that is missing."""
    faults = _faults(typed, rows)
    if faults:
        raise Invalid(*faults)
    action = procedure.action(OPEN)
    declared = action.fields if action is not None else {}
    shared: dict[str, Any] = {"held": typed["held"], "present": typed["present"]}
    if SOURCE in declared.get("source", "").partition(":")[2].rstrip("?").split("|"):
        shared["source"] = SOURCE
    return [
        Draft(
            procedure=PROCEDURE,
            org=org,
            place=typed.get("place", ""),
            fields={
                name: value
                for name, value in {
                    **shared,
                    "title": row.title,
                    "text": row.text,
                    "anonymous": "anonymous" in typed,
                }.items()
                if name in declared
            },
            contact=Contact(name=row.name, phone=row.phone),
            behalf=True,
        )
        for row in rows
    ]


def _faults(typed: Mapping[str, str], rows: list[Opinion]) -> list[Fault]:
    faults = []
    held = day_in(typed.get("held", ""))
    if held is None:
        faults.append(Fault("held", _("请填哪天开的会"), _("写成 2026-03-05 这样")))
    elif held > today():
        faults.append(Fault("held", _("会还没有开"), _("开完会再登记，或改日期")))
    present = whole_number(typed.get("present", ""))
    if present is None or not 1 <= present <= CROWD:
        faults.append(Fault("present", _("请填到会多少人"), _("只要人数，不要名单")))
    if not rows:
        faults.append(Fault("paste", _("还没有意见"), _("一行写一条，或从表里读进来")))
    return faults


@page("desk", "opinions/slips/", name="opinions-slips", methods=("GET", "HEAD"))
def printed(request: HttpRequest) -> HttpResponse:
    """The slips of one meeting, printable for ten minutes by whoever entered it: each code is a resident's key."""
    try:
        person, numbers = signing.loads(request.GET.get("t", ""), salt=SALT, max_age=MINUTES * 60)
    except (signing.BadSignature, ValueError):
        person, numbers = "", []
    if not numbers or person != who_of(request).person:
        raise Refused.of(
            "", _("纸条只在登记后十分钟内能打印"), _("本人丢了纸条，可以登录账号查看，或重新登记")
        )
    found, said = [], words_about(numbers)
    for number in numbers:
        code = slips.code_of(number)
        found.append(
            {
                "number": number,
                "words": said.get(number, ""),
                "code": code.replace("-", ""),
                **slip_of(number, code),
            }
        )
    return render(request, "matters/desk/opinions_slips.html", slips=found)
