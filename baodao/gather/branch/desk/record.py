"""Recording an evening on one screen: what, when, agenda, who, minutes; then the dues that it meets are confirmed and it is written.
Also planning one to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.branch import hints, selectors, services
from baodao.gather.branch import typed as forms
from baodao.gather.branch.evening import SECRET, Evening, asks_all, judge, missed, traits_of
from baodao.gather.branch.selectors import READ, RECORD, subject_of
from baodao.gather.branch.services import Plan
from baodao.gather.branch.typed import Typed
from baodao.gather.declare import Gathering
from baodao.gather.kinds import titled
from baodao.gather.words import PRESENCE
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Fault, Invalid, Problem, Refused
from baodao.kernel.evidence import store
from baodao.kernel.evidence.files import open_evidence
from baodao.kernel.faces.asking import faces
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import act_of, home_of, plain

SALT, FILES = "baodao.branch.paper", 9


@page("desk", "branch/record/", name="branch-record", right=RECORD)
def record(request: HttpRequest) -> HttpResponse:
    """The form; `do` is names (open them), check (which dues it meets), send, or plan (announce one to come)."""
    by = act_of(request)
    org = home_of(request)
    if not allowed(by, RECORD, subject_of(org)):
        raise Refused.of("", _("组织生活由支部自己记"), _("请换到支部的岗位"))
    if request.method == "POST" and "day" in request.POST:
        return _posted(request, by, org)
    typed = _start(request, by, org)
    return _form(request, by, org, typed, names=request.method == "POST")


def _start(request: HttpRequest, by: Act, org: str) -> Typed:
    code = (request.POST.get("slot") or request.GET.get("slot", ""))[:40]
    slot = selectors.planned(code) if code else None
    if slot is None or str(slot.org_id) != org:
        made = forms.fresh(org, by.happened, plan=bool(request.GET.get("plan")))
        kind = request.POST.get("kind") or request.GET.get("kind", "")
        made.kinds += [kind] if kind in selectors.kinds_at(org, orgs.today()) else []
        return _spared(org, made)
    if slot.state != "held":
        return _spared(org, forms.from_slot(slot))
    told = forms.from_told(selectors.told(code), selectors.presence(code, org), selectors.excuses(code))
    if not asks_all(selectors.kinds_at(org, _day(told)), told.kinds):
        told.status = dict.fromkeys(selectors.roll_on(org, _day(told)), forms.SPARED) | told.status
    return told


def _spared(org: str, typed: Typed) -> Typed:
    day = _day(typed)
    forms.spare(org, typed, selectors.roll_on(org, day) if typed.kinds else (), day)
    return typed


def _posted(request: HttpRequest, by: Act, org: str) -> HttpResponse:
    typed, do = forms.read(request), request.POST.get("do", "check")
    problem, seen = _files(request, by, org, typed)
    if do == "names" or problem is not None:
        return _form(request, by, org, typed, names=True, problem=problem, hints_=seen)
    try:
        if do == "plan":
            return _plan(by, org, typed)
        one = forms.evening(org, typed, selectors.roll_on(org, _day(typed)))
        if do == "send":
            [code] = services.record_meetings(by, meetings=[one], reason=typed.get("why")[:200])
            return HttpResponseRedirect(reverse("desk:branch-one", kwargs={"code": code}), status=303)
        faults = judge(
            one, selectors.kinds_at(org, _day(typed)), by.happened, [line.token for line in one.lines]
        )
        if faults:
            raise Invalid(*faults)
    except Problem as caught:
        return _form(request, by, org, typed, names=True, problem=plain(caught), hints_=seen)
    return _form(request, by, org, typed, names=True, checked=one, hints_=[*seen, *_minutes_hint(org, one)])


def _day(typed: Typed) -> date:
    return timezone.localdate(forms.span(typed)[0])


def _plan(by: Act, org: str, typed: Typed) -> HttpResponse:
    starts, ends = forms.span(typed)
    known = selectors.kinds_at(org, timezone.localdate(starts))
    plan = Plan(
        org=org, kinds=tuple(name for name in known if name in typed.kinds), starts=starts, ends=ends,
        items=tuple(item for item in typed.items if item.partition(".")[0] in typed.kinds),
        where=typed.get("where"), agenda=typed.get("agenda"), with_orgs=tuple(typed.with_orgs),
    )  # fmt: skip
    services.plan_meetings(by, plans=[plan])
    return HttpResponseRedirect(reverse("desk:branch"), status=303)


def _files(request: HttpRequest, by: Act, org: str, typed: Typed) -> tuple[Problem | None, list[str]]:
    """Files of this try and those kept; hints about them, which are shown once and kept nowhere."""
    problem: Problem | None = None
    found: list[str] = []
    pictures: list[bytes] = []
    for value in request.POST.getlist("kept_paper"):
        try:
            typed.kept.append(signing.loads(value, salt=SALT, max_age=86_400))
        except signing.BadSignature:
            continue
    for upload in request.FILES.getlist("paper"):
        if len(typed.kept) >= FILES:
            problem = Invalid.of("paper", _("文件太多"), _("最多 %(most)d 个") % {"most": FILES})
            break
        try:
            raw = upload.read()
            upload.seek(0)
            ref = store(upload, upload.name or "", now=by.noted)
        except Problem as caught:
            problem = type(caught)(*(Fault("paper", f.reason, f.remedy) for f in caught.faults))
            continue
        if ref.is_picture:
            found += _picture_hints(org, typed, raw, ref.hash)
            pictures.append(raw)
        typed.kept.append(ref.hash)
    if any(faces(pictures) or ()):
        # A hint, not a refusal: members at work belong to their branch's evening, and the photo stays in the branch.
        found.append(_("有一张照片里看得到人脸。拍地方和做的事就够了；要留也可以，不放照片一样算。"))
    typed.kept = list(dict.fromkeys(typed.kept))
    return problem, found


def _picture_hints(org: str, typed: Typed, raw: bytes, digest: str) -> list[str]:
    found = []
    earlier = {h: code for code, h in selectors.pictures_of(org, but=typed.get("slot")) if h}
    try:
        mine = _hash(digest)
        near = hints.seen_before(mine, {code: _hash(h) for h, code in earlier.items() if h != digest})
        near = earlier.get(digest, "") or near
        if near:
            found.append(_("有一张照片和以前一次会的很像。放错了就换一张；没放错不用管。"))
        slot = selectors.planned(typed.get("slot")) if typed.get("slot") else None
        points = selectors.points_of(slot.place if slot is not None else "", typed.get("where"))
        other_day, other_place = hints.differs(raw, _day(typed), points)
        if other_day:
            found.append(_("有一张照片像是别的日子拍的。放错了就换一张；没放错不用管。"))
        if other_place:
            found.append(_("有一张照片像是在别的地方拍的。放错了就换一张；没放错不用管。"))
    except (OSError, Problem):
        pass
    return found


def _hash(digest: str) -> int:
    with open_evidence(digest, small=True) as file:
        return hints.picture_hash(file.read())


def _minutes_hint(org: str, one: Evening) -> list[str]:
    earlier = {
        t.code: t.minutes for t in selectors.told_all(selectors.held_of(org, limit=24)) if t.code != one.slot
    }
    if hints.alike(one.minutes, earlier):
        return [_("记录和以前一次会的几乎一样。要是从那次改的，看看有没有漏改的地方。")]
    return []


def _form(
    request: HttpRequest, by: Act, org: str, typed: Typed, *, names: bool, problem: Problem | None = None,
    checked: Evening | None = None, hints_: list[str] | None = None,
) -> HttpResponse:  # fmt: skip
    try:
        day = _day(typed)
    except Problem:
        day = orgs.today()
    roll = selectors.roll_on(org, day)
    known = selectors.kinds_at(org, day)
    shown: Mapping[str, str] = (
        selectors.names(by, org, roll) if names and allowed(by, READ, subject_of(org)) else {}
    )
    people = sorted(roll, key=lambda token: (shown.get(token, ""), token))
    return render(
        request,
        "gather/branch/record.html",
        status=problem.status if problem else 200,
        org=orgs.name_of(org),
        typed=typed,
        kinds=[(name, titled(kind)) for name, kind in known.items()],
        items=[
            (titled(kind), [(f"{name}.{item.name}", titled(item), item.required) for item in kind.item])
            for name, kind in known.items() if kind.item
        ],
        people=[(token, shown.get(token, ""), typed.status.get(token, "present")) for token in people],
        opened=bool(shown),
        states=[*PRESENCE.items(), *([] if asks_all(known, typed.kinds) else [(forms.SPARED, _("不用参加"))])],
        # Too few for a secret result: told before anybody votes, where such a meeting is announced or recorded.
        too_few=len(roll) if 0 < len(roll) < SECRET else 0,
        secret=[name for name, kind in known.items() if any(item.trait == "appraisal" for item in kind.item)],
        partners=selectors.partners(org, day)[:40],
        kept=[_kept(digest) for digest in typed.kept],
        correcting=_correcting(typed, org),
        last=_last(org, typed),
        problem=problem,
        hints=hints_ or [],
        command=new_key("meeting"),
        **_checked(org, day, typed, checked, shown),
    )  # fmt: skip


def _checked(
    org: str, day: date, typed: Typed, one: Evening | None, names: Mapping[str, str]
) -> dict[str, Any]:
    if one is None:
        return {"checked": False}
    known = selectors.kinds_at(org, day)
    traits = traits_of(known, one.kinds, one.items)
    found = selectors.proposals(org, day, traits, one.with_orgs)
    titles = {
        f"{name}.{item.name}": titled(item)
        for name in one.kinds
        if name in known
        for item in known[name].item
    }
    return {
        "checked": True,
        "proposals": [(p, p.key in typed.meets or not typed.meets) for p in found],
        "excused": [
            (line.token, names.get(line.token, "")) for line in one.lines if line.status == "excused"
        ],
        "missed": [titles[item] for item in missed(known, one.kinds, one.items)],
        "came": sum(1 for line in one.lines if line.status == "present"),
        "part": sum(1 for line in one.lines if line.status in _counting(one, known)),
        "roll": len(one.lines),
    }


def _counting(one: Evening, known: Mapping[str, Gathering]) -> tuple[str, ...]:
    """States that count as taking part; the first kind says so, as on the record."""
    return known[one.kinds[0]].counts if one.kinds and one.kinds[0] in known else ("present",)


def _kept(digest: str) -> tuple[str, str, str]:
    return signing.dumps(digest, salt=SALT), "", _("已经上传的文件")


def _correcting(typed: Typed, org: str) -> bool:
    slot = selectors.planned(typed.get("slot")) if typed.get("slot") else None
    return slot is not None and str(slot.org_id) == org and slot.state == "held"


def _last(org: str, typed: Typed) -> selectors.Told | None:
    """The evening before, whose decisions the next one opens with."""
    codes = [code for code in selectors.held_of(org, limit=2) if code != typed.get("slot")][:1]
    return next(iter(selectors.told_all(codes)), None)
