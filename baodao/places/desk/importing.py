"""Grids from a GeoJSON file: upload, see what fits and what does not on a map, load all or none, take it back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import batch_of, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.geometry import Datum
from baodao.kernel.pages import page, render
from baodao.kernel.tables.store import sheet_path
from baodao.kernel.tables.web import keep_given, workbook
from baodao.kernel.tables.write import write_xlsx
from baodao.kernel.typed import day_typed, whole_number
from baodao.ledger.services import takeback
from baodao.orgs import selectors as orgs
from baodao.places import selectors
from baodao.places.findings import picture
from baodao.places.fitting import Finding
from baodao.places.geofile import MOST_BYTES, Judged, Wish, at_features, conflict_of, judge
from baodao.places.services import draw_grids

from .common import RIGHT, door, offered, org_asked

#: Rows of the page; the workbook has all.
SHOWN = 300
#: Batches of so many days are offered to be taken back.
RECENT = timedelta(days=60)
BATCH = "grids"


@page("desk", "grids-import/", name="grids-import", right=RIGHT)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file and say how it is meant."""
    by = door(request)
    problem: Problem | None = None
    typed = {str(key): str(value)[:200] for key, value in request.POST.items()}
    if request.method == "POST":
        try:
            wish = _wish(request, typed)
            given = request.FILES.get("file")
            if given is not None and (given.size or 0) > MOST_BYTES:
                reason = _("文件超过 %(most)d MB") % {"most": MOST_BYTES >> 20}
                raise Invalid.of("file", reason, _("请先简化边界"))
            name = keep_given(request, by.noted)
            there = reverse("desk:grids-import-look", kwargs={"name": name})
            return HttpResponseRedirect(f"{there}?{_query(wish)}", status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "places/grids_import.html",
        status=problem.status if problem else 200,
        problem=problem,
        typed={"since": orgs.today().isoformat(), **typed},
        choices=offered(by),
        datums=_datums(),
        most=MOST_BYTES >> 20,
        batches=selectors.batches(f"{BATCH}-", by.noted - RECENT),
        command=new_key("grids"),
    )


@page("desk", "grids-import/<str:name>/", name="grids-import-look")
def look(request: HttpRequest, name: str) -> HttpResponse:
    """What the file would do; then do it, all or none."""
    by = door(request)
    typed = request.POST if request.method == "POST" else request.GET
    wish = _wish(request, {str(key): str(value) for key, value in typed.items()})
    path, problem, judged = sheet_path(name), None, None
    try:
        judged = judge(path.read_bytes(), wish)
        problem = None if judged.good else conflict_of(judged)
    except Problem as caught:
        problem = caught
    if request.method == "POST" and judged is not None and judged.good:
        batch = batch_of(by, BATCH, name)
        try:
            covers = wish.org if wish.covers else ""
            draw_grids(
                replace(by, origin="import", batch=batch), grids=judged.grids, ends=judged.ends, covers=covers
            )
            where = f"{reverse('desk:grids')}?{urlencode({'org': wish.org, 'batch': batch})}"
            return HttpResponseRedirect(where, status=303)
        except Problem as caught:
            problem = caught
            judged.faults = at_features(caught)
    status = problem.status if problem and request.method == "POST" else 200
    return render(
        request, "places/grids_look.html", status=status, **_told(request, name, wish, judged, problem)
    )


def _told(
    request: HttpRequest, name: str, wish: Wish, judged: Judged | None, problem: Problem | None
) -> dict[str, Any]:
    see = whole_number(request.GET.get("see", "")) or 0
    number = see if judged and 1 <= see <= len(judged.findings) else None
    drawn = judged is not None and bool(judged.shapes)
    return {
        "name": name,
        "wish": wish,
        "org_name": orgs.name_of(wish.org),
        "datum": dict(_datums())[wish.datum],
        "judged": judged,
        "problem": problem,
        "number": number,
        "picture": picture(
            judged.shapes,
            judged.old,
            judged.findings,
            _("导入的网格和不合的地方；下面的表说的是一样的"),
            number,
        )
        if judged is not None and drawn
        else "",
        "rows": _rows(judged)[:SHOWN] if judged else [],
        "total": len(judged.findings) if judged else 0,
        "faults": (judged.faults if judged else list(problem.faults) if problem else [])[:SHOWN],
        "query": _query(wish),
        "command": new_key("grids"),
    }


@page("desk", "grids-import/<str:name>/findings.xlsx", name="grids-import-findings", methods=("GET", "HEAD"))
def findings(request: HttpRequest, name: str) -> HttpResponse:
    """Every pair that does not fit, and every other fault, as a workbook."""
    door(request)
    wish = _wish(request, {str(key): str(value) for key, value in request.GET.items()})
    judged = judge(sheet_path(name).read_bytes(), wish)
    header = [_("序号"), _("不合在哪里"), _("网格"), _("另一个网格"), _("平方米"), _("经度"), _("纬度")]
    rows: list[list[Any]] = [list(row) for row in _rows(judged)]
    rows += [[None, f"{one.field} {one.reason}", one.remedy, None, None, None, None] for one in judged.faults]
    out = io.BytesIO()
    write_xlsx(out, _("不合的地方"), header, rows)
    return workbook(out.getvalue(), "grid-findings")


@page("desk", "grids-takeback/", name="grids-takeback", methods=("POST",))
def undo(request: HttpRequest) -> HttpResponse:
    """Take a batch of grids back; refused while something stands on them."""
    by = door(request, "ledger.takeback")
    batch = request.POST.get("batch", "")[:100]
    if not batch.startswith(f"{BATCH}-"):
        raise Invalid.of("batch", _("这不是网格的批号"), _("请从列表里选"))
    taken = takeback(by, batch=batch)
    return HttpResponseRedirect(f"{reverse('desk:grids')}?taken={taken.subjects}", status=303)


def _rows(judged: Judged) -> list[tuple[int, str, str, str, int, float, float]]:
    kinds = {"overlap": _("重叠"), "gap": _("空着"), "outside": _("在区界之外")}

    def code(place: int) -> str:
        return judged.codes[place] if place >= 0 else ""

    def row(number: int, one: Finding) -> tuple[int, str, str, str, int, float, float]:
        return number, kinds[one.what], code(one.one), code(one.two), one.square_metres, one.lon, one.lat

    return [row(number, one) for number, one in enumerate(judged.findings, 1)]


def _wish(request: HttpRequest, typed: dict[str, str]) -> Wish:
    by = door(request)
    datum: Any = typed.get("datum", "wgs84")
    if datum not in get_args(Datum):
        raise Invalid.of("datum", _("没有这个坐标系"), _("请从列表里选"))
    return Wish(
        org=org_asked(by, typed.get("org", "")),
        since=day_typed(typed.get("since", ""), "since", orgs.today()),
        datum=datum,
        replace=typed.get("replace", "") == "yes",
        covers=typed.get("covers", "") == "yes",
    )


def _query(wish: Wish) -> str:
    said = {"org": wish.org, "since": wish.since.isoformat(), "datum": wish.datum}
    said |= {key: "yes" for key in ("replace", "covers") if getattr(wish, key)}
    return urlencode(said)


def _datums() -> list[tuple[str, str]]:
    return [
        ("wgs84", _("WGS-84、CGCS2000（测绘成果、GPS）")),
        ("gcj02", _("GCJ-02（高德、腾讯地图）")),
        ("bd09", _("BD-09（百度地图）")),
    ]
