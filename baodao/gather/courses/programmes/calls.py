"""Dated calls for applications: opened with who may apply and by what it is judged, applied to in their days, and ended by a result
that names organizations, never persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.jinja import day as day_words
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, verb
from baodao.matters.declare import Procedure
from baodao.matters.models import Matter
from baodao.matters.services.intake import Draft, open_one
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults

from . import facts
from .models import Application, Call
from .selectors import applications, of_class

APPLICATION = "talent_application"
LONGEST_DAYS = 366


class NewCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call to be; both days are among those on which one may apply."""

    org: str
    programme: str
    title: str
    who: str
    criteria: str
    since: date
    until: date
    about: str = ""


def programmes_of(org: str, lang: str = "") -> Mapping[str, str]:
    """Programme → title, as the pack of an organization has them. No statement."""
    try:
        found = get_pack(orgs.pack_of(org)).many(Procedure, lang or "zh-hans").get(APPLICATION)
    except BadPack:
        return {}
    return {kind.name: kind.title for kind in found.kinds} if found is not None else {}


def state_of(row: Call) -> tuple[str, str]:
    """(words, tone) of where a call stands today."""
    day = orgs.today()
    if row.published is not None:
        return _("已公布结果"), "done"
    if day < row.since:
        return _("还没有开始"), ""
    return (_("正在报"), "way") if day <= row.until else (_("截止了，等公布"), "soon")


@verb("call.open")
def open_calls(tx: Tx, by: Act, *, calls: list[NewCall]) -> list[str]:
    """Publish calls; gives their codes. Raises Invalid with every fault."""
    for org in sorted({one.org for one in calls}) or [""]:
        tx.ask("call.open", of_class(org))
    faults = Faults("calls")
    for place, one in enumerate(calls):
        _judge(faults, place, one)
    faults.close()
    first, codes = (tx.number("call", len(calls)) if calls else 0), []
    for at, one in enumerate(calls):
        code = f"ca-{first + at:06}"
        data = facts.CallOpened(one.programme, one.since.isoformat(), one.until.isoformat())
        texts = {name: str(getattr(one, name)).strip() for name in ("title", "about", "who", "criteria")}
        told = {name: text for name, text in texts.items() if text}
        tx.fact(data, subject=f"call:{code}", org=one.org, level=0, texts=told)
        tx.insert(Call, **opened_columns(code, one.org, data, by.origin, told))
        codes.append(code)
    return codes


def _judge(faults: Faults, place: int, one: NewCall) -> None:
    if one.programme not in (known := programmes_of(one.org)):
        faults.add(place, "programme", _("要从清单里选一项"), "、".join(known.values()))
    faults.text(place, "title", one.title, 2, 80)
    faults.text(place, "who", one.who, 2, 300)
    faults.text(place, "criteria", one.criteria, 2, 1000)
    faults.text(place, "about", one.about, 0, 1000)
    faults.day(place, "since", one.since)
    faults.day(place, "until", one.until)
    if not one.since <= one.until or (one.until - one.since).days > LONGEST_DAYS:
        faults.add(place, "until", _("截止日不能早于开始日，也不能长过一年"))
    if find_private(f"{one.title}\n{one.about}\n{one.who}\n{one.criteria}"):
        faults.add(place, "about", _("里面有电话或证件号码"), _("请删掉，谁都能看到"))


@verb("call.apply")
def apply_to(tx: Tx, by: Act, *, call: str, fields: Mapping[str, Any]) -> str:
    """Apply to an open call; gives the number of the matter that the application is. Asks the procedure's ``open``. Raises Missing,
    Conflict outside of the call's days."""
    row = Call.objects.filter(code=call).first()
    if row is None:
        raise Missing.of("call", _("没有这个申报通知"), _("请从列表里选"))
    day = timezone.localdate(by.happened)
    if not row.since <= day <= row.until:
        words = {"since": day_words(row.since), "until": day_words(row.until)}
        raise Conflict.of("call", _("这个通知 %(since)s 到 %(until)s 可以报") % words, _("请看别的通知"))
    draft = Draft(procedure=APPLICATION, org=str(row.org_id), kind=row.programme, fields=fields)
    state = open_one(tx, by, draft)
    tx.fact(facts.CallApplied(), subject=state.subject, about=f"call:{call}", org=str(row.org_id), level=2)
    tx.insert(Application, number=state.number, call=call)
    return state.number


class Tally(msgspec.Struct, frozen=True):
    """How the applications of a call stand."""

    applied: int
    admitted: tuple[str, ...]
    """Numbers."""
    refused: int
    withdrawn: int
    open: int


def tally(rows: Sequence[Matter]) -> Tally:
    """Pure: admitted (followed up, or followed to the end), refused, taken back, not decided yet."""
    admitted = tuple(row.number for row in rows if row.stage == "admitted" or row.outcome == "finished")
    refused = sum(row.outcome == "refused" for row in rows)
    left = sum(row.ended is None and row.stage != "admitted" for row in rows)
    return Tally(len(rows), admitted, refused, len(rows) - len(admitted) - refused - left, left)


@verb("call.publish")
def publish_call(tx: Tx, by: Act, *, code: str, units: Mapping[str, str]) -> facts.CallPublished:
    """Publish who was admitted, as organizations: ``units`` by number of the application, "" where somebody applied for herself, who is
    counted and never named. Raises Conflict before everything is decided, Invalid."""
    row = Call.objects.select_for_update().filter(code=code).first()
    tx.ask("call.publish", of_class(str(row.org_id) if row else ""))
    if row is None:
        raise Missing.of("code", _("没有这个申报通知"), _("请从列表里选"))
    found = tally(applications(code))
    if row.published is not None or row.until >= timezone.localdate(by.happened) or found.open:
        raise Conflict.of("code", _("还没有截止、还有没评完的，或者已经公布过"), _("都评完以后公布一次"))
    if set(units) - set(found.admitted):
        raise Invalid.of("units", _("里面有没有入选的申报"), _("请刷新页面"))
    named = sorted(text for number in found.admitted if (text := units.get(number, "").strip()))
    for text in named:
        if not 4 <= len(text) <= 60 or "\n" in text or find_private(text):
            raise Invalid.of("units", _("“%(text)s”不像单位名称") % {"text": text[:20]}, _("写 4 到 60 个字的单位全称；个人申报的不写"))  # fmt: skip
    alone = len(found.admitted) - len(named)
    data = facts.CallPublished(found.applied, found.refused, found.withdrawn, alone)
    texts = {"units": "\n".join(named)} if named else {}
    tx.fact(
        data, subject=f"call:{code}", org=str(row.org_id), level=0, value=len(found.admitted), texts=texts
    )
    kept = {field.attname: getattr(row, field.attname) for field in Call._meta.concrete_fields}
    day = timezone.localdate(by.noted)
    tx.upsert(Call, ("code",), **{**kept, **published_columns(data, len(found.admitted), day, texts)})
    return data


def opened_columns(
    code: str, org: str, data: facts.CallOpened, origin: str, texts: Mapping[str, str]
) -> dict[str, Any]:
    """A call as model columns."""
    return {
        "code": code, "org_id": org, "programme": data.programme, "title": texts.get("title", ""),
        "about": texts.get("about", ""), "who": texts.get("who", ""), "criteria": texts.get("criteria", ""),
        "since": date.fromisoformat(data.since), "until": date.fromisoformat(data.until), "published": None,
        "applied": 0, "admitted": 0, "refused": 0, "withdrawn": 0, "alone": 0, "units": "", "level": 0, "origin": origin,
    }  # fmt: skip


def published_columns(
    data: facts.CallPublished, admitted: int, day: date, texts: Mapping[str, str]
) -> dict[str, Any]:
    """What publishing changes."""
    return {
        "published": day, "applied": data.applied, "admitted": admitted, "refused": data.refused,
        "withdrawn": data.withdrawn, "alone": data.alone, "units": texts.get("units", ""),
    }  # fmt: skip
