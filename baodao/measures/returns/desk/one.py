"""One return: the filled form, every cell with its way back, hands, two signatures, copies, correction."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel import evidence
from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Conflict, Missing, Problem
from baodao.kernel.evidence import ref_of, response
from baodao.kernel.evidence.content import DOCX, XLSX
from baodao.kernel.pages import page, render
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.forms import SheetForm
from baodao.kernel.tables.web import workbook
from baodao.measures.declare import Measure
from baodao.measures.returns import selectors, services
from baodao.measures.returns.filling import named
from baodao.measures.returns.fits import Fault, faults
from baodao.measures.returns.fold import State
from baodao.measures.returns.policies import CORRECT, FILL, READ, SIGN, TAKE, may
from baodao.orgs.powers import seconds
from baodao.orgs.selectors import name_of, pack_of, post_words

from . import preview
from .listing import act
from .rows import rows_behind


@page("desk", "returns/<str:number>/", name="return", right=READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """The page, and what may be done from it: fill anew, write a cell, sign, begin a correction, give up."""
    by, problem, waits = act(request), None, None
    state = selectors.see(by, number)
    if request.method == "POST":
        try:
            _do(by, number, state, request)
            gone = request.POST.get("do") == "drop" and not state.copies
            there = reverse("desk:returns") if gone else reverse("desk:return", kwargs={"number": number})
            return HttpResponseRedirect(there, status=303)
        except Problem as caught:
            problem = caught
        if problem.status == 202:
            problem, waits = None, problem
        state = selectors.see(by, number)
    return render(
        request,
        "measures/returns/one.html",
        status=problem.status if problem else 202 if waits else 200,
        problem=problem,
        waits=waits,
        number=number,
        state=state,
        typed=request.POST if problem else {},
        command=new_key("return"),
        simulated=state.source == "simulated",
        **_shown(by, number, state),
    )


def _do(by: Act, number: str, state: State, request: HttpRequest) -> None:
    given, do = request.POST, request.POST.get("do", "")
    if do == "fill":
        wish = services.Wish(state.org, state.form, state.first, state.last, state.source, state.due)
        services.fill(by, wish=wish, number=number)
    elif do == "write":
        words = services.Words(given.get("key", "")[:80], given.get("value", ""), given.get("reason", ""))
        services.write(by, number=number, cells=[words])
    elif do == "sign":
        body, digest = services.prepared(state)
        if digest != given.get("digest", ""):
            raise Conflict.of("", _("签的时候内容已经变了，没有签"), _("请看过下面的再签"))
        if not may(by, SIGN, state.org, number):  # nothing is kept for whoever may not sign
            services.sign(by, number=number, file="", digest=digest)
        ref = evidence.store(io.BytesIO(body), _file_name(number, state), now=by.noted)
        services.sign(by, number=number, file=ref.hash, digest=digest)
    elif do == "correct":
        services.correct(by, number=number, reason=given.get("reason", ""))
    elif do == "drop":
        services.drop(by, number=number)
    else:
        raise Conflict.of("do", _("没有这一步"), _("请刷新页面"))


def _shown(by: Act, number: str, state: State) -> dict[str, Any]:
    found = selectors.form_of(state.org, state.form, by.lang)
    values, typed = selectors.values_of(state.filled), selectors.typed_of(state.hands)
    said, sheet = selectors.contents(values, typed), selectors.sheet_of(found)
    before_number, said_before = selectors.before(by, number, state)
    posts = _posts(state)
    measures = get_pack(pack_of(state.org)).many(Measure, by.lang)
    rows = preview.cells(
        values, typed, said_before, state=state, number=number, measures=measures, posts=posts
    )
    plain = selectors.form_of(state.org, state.form)
    stale = state.state == "draft" and plain.digest != state.digest
    return {
        "form": found.form,
        "org_name": name_of(state.org),
        "period": named(state.first, state.last).name,
        "rows": rows,
        "own": [row for row in rows if not row["line"]],
        "lines": [row for row in rows if row["line"]],
        "blank": [row for row in rows if row["fillable"] and not row["text"] and not row["hand"]],
        "loose": _loose(plain, said, sheet),
        "grids": preview.grids(sheet, said, typed, {row["key"]: row["href"] for row in rows})
        if sheet
        else [],
        "sentences": [] if sheet else preview.sentences(found, said, state.source),
        "before_number": before_number,
        "copies": [_copy(state, copy, posts, n) for n, copy in enumerate(state.copies)],
        "reason": services.why_of(state),
        "stale": stale,
        "digest": selectors.digest_of(plain.digest, values, typed) if not stale else "",
        "waiting": _waiting(by, number),
        "can": {name: may(by, right, state.org, number) for name, right in _RIGHTS.items()},
    }


_RIGHTS = {"fill": FILL, "sign": SIGN, "correct": CORRECT, "take": TAKE}


def _loose(found: selectors.Found, said: dict[str, str], sheet: SheetForm | None) -> list[Fault]:
    """Cells that nothing fills yet."""
    told = [key for key, text in said.items() if text]
    places = [place for key in told if (place := selectors.place_of(key)) is not None]
    at = {sheet.words(place) for place in places} if sheet else {key.removeprefix("w:") for key in told}
    return [fault for fault in faults(found.form, found.raw) if fault.at not in at]


def _posts(state: State) -> dict[str, str]:
    codes = {hand.post for hand in state.hands.values()}
    for copy in state.copies:
        codes |= {copy.post, copy.second, *(hand.post for hand in copy.hands.values())}
    codes |= {post for _version, post in state.taken}
    return {code: f"{one.office} · {one.title}" for code, one in post_words(codes - {""}).items()}


def _copy(state: State, copy: Any, posts: dict[str, str], n: int) -> dict[str, Any]:
    now = selectors.contents(selectors.values_of(copy.filled), selectors.typed_of(copy.hands))
    told = []
    if n:
        old = state.copies[n - 1]
        was = selectors.contents(selectors.values_of(old.filled), selectors.typed_of(old.hands))
        at = {one.key: one.at for one in selectors.values_of(copy.filled)}
        told = [
            (at.get(key, key), was.get(key, ""), now.get(key, ""))
            for key in dict.fromkeys([*was, *now])
            if was.get(key, "") != now.get(key, "")
        ]
    takers = sorted(
        (at, posts.get(post, post)) for (version, post), at in state.taken.items() if version == copy.version
    )
    return {
        "version": copy.version, "at": copy.at, "first": posts.get(copy.post, copy.post), "file": copy.file,
        "second": posts.get(copy.second, copy.second), "position": copy.position, "reason": selectors.reason_of(copy.reason),
        "changes": told, "takers": takers,
    }  # fmt: skip


def _waiting(by: Act, number: str) -> list[tuple[str, bool, Any]]:
    rows = [row for row in seconds.listed(by, by.noted) if row.subject == f"return:{number}"]
    return [(row.code, row.person == by.person, row.until) for row in rows]


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────


def _file_name(number: str, state: State) -> str:
    return f"{'simulated-' if state.source == 'simulated' else ''}{number}-v{state.version}"


@page("desk", "returns/<str:number>/draft/", name="return-draft", methods=("GET", "HEAD"), right=READ)
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """The form as it is filled now, not signed: its name says so."""
    by = act(request)
    state = selectors.see(by, number)
    body, _digest = services.prepared(state)
    word = selectors.form_of(state.org, state.form).form.word
    answer = HttpResponse(body, content_type=DOCX if word else XLSX)
    name = f"draft-{_file_name(number, state)}.{'docx' if word else 'xlsx'}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page("desk", "returns/<str:number>/copy/<int:version>/", name="return-copy", methods=("POST",), right=TAKE)
def copy(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """Take a frozen copy: its bytes as they were signed. Whoever took one is told of a correction."""
    by = act(request)
    state = selectors.see(by, number)
    ref = ref_of(services.take(by, number=number, version=version))
    mark = "simulated-" if state.source == "simulated" else ""
    return cast(HttpResponse, response(ref, download=True, name=f"{mark}{number}-v{version}"))


@page("desk", "returns/<str:number>/grounds/", name="return-grounds", methods=("GET", "HEAD"), right=READ)
def grounds(request: HttpRequest, number: str) -> HttpResponse:
    """Where every cell is from, as a sheet: address, value, source, period, organization, hand and reason."""
    by = act(request)
    state = selectors.see(by, number)
    shown = _shown(by, number, state)
    values = {one.key: one for one in selectors.values_of(state.filled)}
    header = [_("格"), _("是什么"), _("机器的数"), _("手填的数"), _("手填的理由"), _("手填的岗位"), _("来处"), _("单位"), _("从"), _("到"), _("为什么没有")]  # fmt: skip
    rows = []
    for row in shown["rows"]:
        value, hand = values.get(row["key"]), row["hand"]
        rows.append((
            row["at"], row["title"], row["text"], hand.text if hand else "", hand.reason if hand else "", row["by"], row["where"],
            name_of(value.org) if value and value.org else "", value.first if value else "", value.last if value else "", row["why"],
        ))  # fmt: skip
    meta = [
        ("number", number),
        ("version", state.version),
        ("position", state.position),
        ("source", state.source),
    ]
    out = io.BytesIO()
    write_xlsx(out, _("依据"), header, rows, more=[("meta", ("key", "value"), meta)])
    return workbook(out.getvalue(), f"{_file_name(number, state)}-grounds")


@page("desk", "returns/<str:number>/why/", name="return-why", methods=("GET", "HEAD"), right=READ)
def why(request: HttpRequest, number: str) -> HttpResponse:
    """The rows behind one cell: who was due and did, or what the registry holds on that day."""
    by = act(request)
    state, key = selectors.see(by, number), request.GET.get("key", "")[:120]
    value = next((one for one in selectors.values_of(state.filled) if one.key == key), None)
    if value is None or value.way not in ("due", "count"):
        raise Missing.of("key", _("这一格没有可以列出来的"), _("请回到报表"))
    last = date.fromisoformat(value.last)
    return render(
        request,
        "measures/returns/why.html",
        number=number,
        value=value,
        org_name=name_of(value.org),
        state=state,
        last=last,
        rows=rows_behind(by, value, last),
        simulated=state.source == "simulated",
    )
