"""Reporting in under a minute: kind before text, place by map or address, photos, with or without account.

One door for what is to be done and for what could be better: both get a number here, and keep it whatever the community
makes of it later.
"""

import io
from types import SimpleNamespace
from typing import Any

import segno
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.errors import Fault, Invalid, Missing, Problem
from baodao.kernel.evidence import store
from baodao.kernel.pages import page, render, shell_of
from baodao.kernel.show import Choice
from baodao.matters import slips, story
from baodao.matters.declare import Procedure
from baodao.matters.engine import opening_level
from baodao.matters.phrases import Sensitive, least_level
from baodao.matters.selectors import see
from baodao.matters.services import Contact, Draft, open_
from baodao.orgs.selectors import home_pack, name_of, pack_of
from baodao.people.door import address_of
from baodao.people.services.throttle import take

from .standing import PHOTO_FILES, REPORTS, as_resident, held, keep_slip, standing_for
from .where import Where, choose, responsible

REQUEST, PROPOSAL = "request", "proposal"
PHOTOS, PHOTO_SALT = 9, "baodao.matters.photo"
TEXTS = ("kind", "title", "text", "address", "name", "phone", "lon", "lat")
DOORS = (
    (REQUEST, gettext_lazy("有事要办"), gettext_lazy("坏了、漏了、吵了，要人来办")),
    (PROPOSAL, gettext_lazy("提建议"), gettext_lazy("想让哪里变得更好")),
)


@page("portal", "report/", name="report", nav=(10, gettext_lazy("反映")), public=True)
def report(request: HttpRequest) -> HttpResponse:
    """The form; pressed buttons choose the place, preview, or send."""
    if request.method != "POST":
        behalf = request.GET.get("behalf") == "1"
        return form(request, {"behalf": "1" if behalf else "", "door": request.GET.get("as", "")}, choose({}))
    typed = request.POST.dict()
    by = as_resident(request, request.POST.get("command", "")[:200])
    where, problem = choose(typed), None
    kept, problem = photos(request, by)
    sending = is_sent(typed)
    if sending and problem is None:
        try:
            return _send(request, by, typed, where, kept)
        except Problem as caught:
            problem = caught
    preview = (
        preview_of(by, typed, where, kept) if typed.get("do") == "preview" and not typed.get("go") else ()
    )
    return form(request, typed, where, kept=kept, problem=problem, preview=preview)


def is_sent(typed: dict[str, str]) -> bool:
    """Whether the button that sends was pressed, and none that chooses a place or the other door."""
    return typed.get("do") == "send" and not typed.get("go") and not typed.get("to") and "map.x" not in typed


def door_of(typed: dict[str, str]) -> str:
    """The procedure asked for: by the button just pressed, else as the form came."""
    return PROPOSAL if (typed.get("to") or typed.get("door")) == PROPOSAL else REQUEST


def _send(
    request: HttpRequest, by: Act, typed: dict[str, str], where: Where, kept: list[str]
) -> HttpResponse:
    take(REPORTS, address_of(request), by.noted)
    number = open_(by, matters=[draft_of(typed, where, kept)]).numbers[0]
    response = HttpResponseRedirect(reverse("portal:receipt", kwargs={"number": number}), status=303)
    keep_slip(request, response, number)
    return response


def draft_of(typed: dict[str, str], where: Where, kept: list[str]) -> Draft:
    """What was typed, to be opened. Raises Invalid with all that is missing."""
    faults, proposal = [], door_of(typed) == PROPOSAL
    if proposal and not typed.get("title", "").strip():
        faults.append(Fault("title", _("请用一句话说您的建议"), _("如：东门加一盏路灯")))
    if not proposal and not typed.get("kind"):
        faults.append(Fault("kind", _("请先选是什么事"), _("从下面选一类，说不清就选“其他”")))
    if not typed.get("text", "").strip():
        reason = _("请写为什么、怎么做") if proposal else _("请写发生了什么")
        faults.append(Fault("text", reason, _("一两句话就行")))
    if typed.get("behalf") and not typed.get("consent"):
        faults.append(Fault("consent", _("要本人知道并同意"), _("请先问过本人，再打上勾")))
    if faults:
        raise Invalid(*faults)
    fields: dict[str, Any] = {"text": typed["text"].strip(), **({"photo": kept} if kept else {})}
    if proposal:
        fields |= {
            "title": typed["title"].strip(),
            "source": "web",
            "anonymous": bool(typed.get("anonymous")),
        }
    return Draft(
        procedure=door_of(typed),
        org=responsible(where),
        place=where.grid,
        kind="" if proposal else typed["kind"],
        fields=fields,
        contact=Contact(name=typed.get("name", ""), phone=typed.get("phone", "")),
        behalf=bool(typed.get("behalf")),
        address=typed.get("address", "").strip()[:200],
        point=f"{where.lon},{where.lat}" if where.lon and where.lat else "",
    )


# ── the form ────────────────────────────────────────────────────────────────────────────────────────────


def form(
    request: HttpRequest,
    typed: dict[str, str],
    where: Where,
    *,
    kept: list[str] | None = None,
    problem: Problem | None = None,
    preview: Any = (),
) -> HttpResponse:
    """The page of a report on either shell, with everything that was typed."""
    by = as_resident(request)
    values = SimpleNamespace(**{name: typed.get(name, "") for name in TEXTS}, consent=typed.get("consent"))
    values.anonymous = typed.get("anonymous")
    values.lon, values.lat = where.lon, where.lat
    door = door_of(typed)
    context = {
        "door": door,
        "doors": DOORS,
        "others": shell_of(request) == "portal"
        and any(one.portal for one in _pack(where).many(Procedure).values()),
        "kinds": _kinds(_pack(where), by.lang) if door == REQUEST else (),
        "words": "|".join(_sensitive_words(_pack(where))),
        "values": values,
        "where": where,
        "kept": [
            (signing.dumps(h, salt=PHOTO_SALT), "", _("照片 %(n)d 已收到") % {"n": n})
            for n, h in enumerate(kept or [], 1)
        ],
        "behalf": bool(typed.get("behalf")),
        "preview": preview,
        "problem": problem,
        "command": typed.get("command") or new_key("report"),
        "draft": PROPOSAL if door == PROPOSAL else "behalf" if typed.get("behalf") else "own",
        "here": reverse(f"{shell_of(request)}:report"),
    }
    status = problem.status if problem is not None else 200
    return render(request, "matters/portal/report.html", status=status, **context)


def _pack(where: Where) -> Pack:
    """The pack that rules the chosen place; until one is chosen that of the installation."""
    return get_pack(pack_of(where.org) if where.org else home_pack())


def _kinds(pack: Pack, lang: str) -> list[Choice]:
    procedure = pack.many(Procedure, lang).get(REQUEST)
    if procedure is None:
        raise Missing.of("procedure", _("本区还没有开通网上反映"), _("请拨 12345"))
    return [
        Choice(kind.name, kind.title, *_hint(kind.hint, opening_level(procedure, kind.name)))
        for kind in procedure.kinds
    ]


def _hint(hint: str, level: int) -> tuple[str, int, str]:
    """A short line for the tile, the level, and what is shown once the kind is chosen (danger, who sees it)."""
    stop = "。" if "。" in hint else ". "
    first, _sep, rest = hint.partition(stop)
    return first.rstrip("."), level, rest.strip()


def _sensitive_words(pack: Pack) -> list[str]:
    return [word for row in pack.many(Sensitive).values() for word in row.words if row.level > 1]


def photos(request: HttpRequest, by: Act, name: str = "photo") -> tuple[list[str], Problem | None]:
    """Files of this try and those kept from an earlier one, as hashes; what is wrong with a file is a fault of the
    field ``name``."""
    found: list[str] = []
    for value in request.POST.getlist(f"kept_{name}"):
        try:
            found.append(signing.loads(value, salt=PHOTO_SALT, max_age=86_400))
        except signing.BadSignature:
            continue
    problem: Problem | None = None
    for upload in request.FILES.getlist(name):
        if len(found) >= PHOTOS:
            problem = Invalid.of(
                name, _("照片太多"), _("最多 %(most)d 张，其余的可以以后补充") % {"most": PHOTOS}
            )
            break
        try:
            take(PHOTO_FILES, address_of(request), by.noted)
            found.append(store(upload, upload.name or "", now=by.noted).hash)
        except Problem as caught:
            problem = type(caught)(*(Fault(name, fault.reason, fault.remedy) for fault in caught.faults))
    return list(dict.fromkeys(found)), problem


def preview_of(by: Act, typed: dict[str, str], where: Where, kept: list[str]) -> list[tuple[str, str]]:
    """Who will see what, from what is typed now."""
    pack = _pack(where)
    procedure = pack.many(Procedure)[door_of(typed)]
    texts = f"{typed.get('title', '')}\n{typed.get('text', '')}\n{typed.get('address', '')}"
    level = opening_level(procedure, typed.get("kind", ""), least_level(texts, pack.many(Sensitive).values()))
    office = name_of(responsible(where))
    seen = _("文字、地点") if not kept else _("文字、地点、%(n)d 张照片") % {"n": len(kept)}
    few = _("看不到，只知道有一件事在办")
    reached = typed.get("phone") or (by.person and not typed.get("behalf"))
    contact = _("加密另存；要看必须先说明用途，并留下记录给您看") if reached else _("您没有留")
    if door_of(typed) == PROPOSAL and typed.get("anonymous"):
        contact = _("承办单位看不到您是谁、怎么联系您；只有区级督办员说明用途后能看，并留下记录给您看")
    return [
        (_("承办单位（%(office)s）") % {"office": office}, seen),
        (_("它的上级、受理窗口"), few if level > 1 else seen),
        (_("别的居民"), _("什么也看不到")),
        (_("您的电话"), contact),
        (_("正文里的电话、证件号"), _("自动遮住")),
    ]


# ── the receipt ─────────────────────────────────────────────────────────────────────────────────────────


@page("portal", "requests/<str:number>/receipt/", name="receipt", public=True, methods=("GET", "HEAD"))
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Number, code and QR; also the paper slip. For whoever just reported, came with the code, or whose own it is."""
    by = standing_for(request, number)
    seen = see(by, number)
    action = seen.procedure.action("open")
    rows = story.story(seen)
    code = slips.code_of(number)
    return render(
        request,
        "matters/portal/receipt.html",
        number=number,
        code=code.replace("-", ""),
        **slip_of(number, code),
        behalf=seen.row.behalf,
        own=reverse("portal:own", kwargs={"number": number}),
        reads=rows[0].words if rows and action is not None else "",
        fresh=number in held(request),
    )


def slip_of(number: str, code: str) -> dict[str, Any]:
    """What a paper slip carries beside number and code: `qr` and `link`. The code stands behind "#": browsers keep that
    part to themselves, no log of ours ever holds it."""
    link = f"{settings.BASE_URL.rstrip('/')}{reverse('portal:look')}"
    return {"qr": qr_of(f"{link}?number={number}#{code}"), "link": link.partition("//")[2]}


def qr_of(text: str) -> str:
    """A QR code as an SVG element."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, border=1, omitsize=True)
    return out.getvalue().decode()
