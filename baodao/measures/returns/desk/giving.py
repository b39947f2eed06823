"""A form that came from above: upload it, say for each blank cell what fills it. What the form's words suggest is chosen already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.dues.declare import DueRule
from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.evidence import open_evidence, ref_of, store
from baodao.kernel.evidence.content import DOCX, XLSX
from baodao.kernel.pages import page, render
from baodao.kernel.tables.forms import blanks, read_sheet, read_word
from baodao.kernel.tables.web import given_file
from baodao.kernel.typed import whole_number
from baodao.measures.declare import Measure
from baodao.measures.lawful import RATES
from baodao.measures.returns import services
from baodao.measures.returns.counts import offered
from baodao.measures.returns.declare import ReturnForm
from baodao.measures.returns.policies import FORM, may
from baodao.orgs.selectors import name_of, pack_of

from .listing import act, own_org

#: More blank cells than this are named in a pack's file, not on a page.
MOST = 200


@page("desk", "returns/give/", name="return-give", right=FORM)
def give(request: HttpRequest) -> HttpResponse:
    """First the file, then its blank cells; kept once every cell has a source or is left to hands."""
    by, problem = act(request), None
    given = request.POST if request.method == "POST" else request.GET
    org = own_org(by, given.get("org", "")[:32])
    if not may(by, FORM, org):
        raise Refused.of("", _("您的岗位不收上级的表"), _("请由督办员或单位负责人办"))
    file, cells = given.get("file", "")[:64] if request.method == "POST" else "", []
    try:
        if request.method == "POST" and not file:
            file = store(given_file(request), given_file(request).name or "", now=by.noted).hash
            cells = blank_cells(file, org)
        elif file:
            cells = blank_cells(file, org)
            _keep(by, org, file, cells, request.POST)
            return HttpResponseRedirect(f"{reverse('desk:returns')}?org={org}", status=303)
    except Problem as caught:
        problem = caught
    return render(
        request,
        "measures/returns/give.html",
        status=problem.status if problem else 200,
        problem=problem,
        org=org,
        org_name=name_of(org),
        file=file if cells else "",
        cells=[(cell, request.POST.get(f"cell.{cell['at']}", cell["guess"])) for cell in cells],
        sources=sources(get_pack(pack_of(org)), by.lang),
        everies=(("", _("要的时候填")), ("month", _("每月")), ("quarter", _("每季")), ("half_year", _("每半年")), ("year", _("每年"))),
        typed=request.POST,
        command=new_key("return"),
    )  # fmt: skip


def blank_cells(file: str, org: str) -> list[dict[str, str]]:
    """Cells that somebody should fill: where, what the form says beside them, the source that these words suggest."""
    ref = ref_of(file)
    with open_evidence(file) as held:
        raw = held.read()
    if ref.media_type == XLSX:
        sheet = read_sheet(raw)
        found = [(sheet.words(place), sheet.label(place)) for place in blanks(sheet)]
    elif ref.media_type == DOCX:
        found = [(slot, said) for slot, said in read_word(raw).items() if "." not in slot]
    else:
        raise Invalid.of("file", _("要 Excel（.xlsx）或 Word（.docx）"), _("请另存后再传"))
    if not found:
        raise Invalid.of(
            "file", _("没有找到要填的空格"),
            _("Excel 里给要填的格画上边框、左边和上面写字；Word 里把要填的地方用两对花括号括起名字"),
        )  # fmt: skip
    if len(found) > MOST:
        raise Invalid.of("file", _("要填的空格超过 %(n)d 个") % {"n": MOST}, _("请系统管理员写进包里"))
    measures = get_pack(pack_of(org)).many(Measure)
    with translation.override("zh-hans"):  # forms speak Chinese, whoever reads the page
        return [{"at": at, "label": label, "guess": _guess(label, measures)} for at, label in found]


def _guess(label: str, measures: Mapping[str, Measure]) -> str:
    near = [name for name, one in measures.items() if one.title in label]
    if not near:
        return ""
    name = max(near, key=lambda one: len(measures[one].title))
    parts = {_("分子"): "numerator", _("分母"): "denominator"}
    show = next((show for word, show in parts.items() if word in label), "value")
    before = ".before" if any(word in label for word in (_("上期"), _("上月"), _("上季"))) else ""
    return f"measure:{name}:{show}{before}"


def sources(pack: Pack, lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (code, words) that a cell may be filled from."""
    told = []
    for name, one in pack.many(Measure, lang).items():
        told.append((f"measure:{name}:value", one.title))
        told.append((f"measure:{name}:value.before", _("%(title)s，上一期") % {"title": one.title}))
        if one.kind in RATES:
            told.append((f"measure:{name}:numerator", _("%(title)s，分子") % {"title": one.title}))
            told.append((f"measure:{name}:denominator", _("%(title)s，分母") % {"title": one.title}))
    dues = [(f"due:{name}:value", one.title) for name, one in pack.many(DueRule, lang).items()]
    plain = {"grids": _("网格"), "facilities": _("设施")}
    counts = [(f"count:{name}:value", plain.get(name, words)) for name, words in offered(pack, lang)]
    heads = [("say:org:value", _("填报单位")), ("say:period:value", _("统计期")), ("say:day:value", _("填表日期")), ("say:position:value", _("账本位置"))]  # fmt: skip
    return [
        (_("指标"), told),
        (_("该做的（完成率）"), dues),
        (_("登记簿上有多少"), counts),
        (_("表头"), heads),
    ]


def _keep(by: Act, org: str, file: str, cells: list[dict[str, str]], typed: Mapping[str, str]) -> None:
    within = typed.get("within", "")
    plain: dict[str, Any] = {
        "title": typed.get("title", "").strip()[:120],
        "asks": typed.get("asks", "").strip()[:120],
        "every": typed.get("every", ""),
        "within": 10 if (days := whole_number(within)) is None else days,
        "cell": [cell_of(cell, typed.get(f"cell.{cell['at']}", "")) for cell in cells],
    }
    try:
        form = msgspec.convert(plain, ReturnForm)
    except msgspec.ValidationError:
        raise Invalid.of("title", _("要写这张表叫什么，期限是 0 到 366 天"), _("请改了再存")) from None
    services.give_form(by, org=org, file=file, form=form)


def cell_of(cell: Mapping[str, str], chosen: str) -> dict[str, Any]:
    """A blank cell with the source that was chosen ("measure:on_time:value.before"; "": a hand)."""
    way, _sep, rest = chosen.partition(":")
    name, _sep, show = rest.rpartition(":")
    show, _dot, period = show.partition(".")
    plain = {"at": cell["at"], "title": cell["label"][:120]}
    if way not in ("measure", "due", "count", "say"):
        return plain | {"hand": (cell["label"] or cell["at"])[:120]}
    return plain | {way: name, "show": show or "value", "period": period or "this"}
