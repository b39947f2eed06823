"""Every write to talents."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, verb
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults
from baodao.people.declare import consent_kinds
from baodao.people.services.identity import queue_invited

from . import facts
from .declare import lists_of
from .models import Talent
from .selectors import DOMAIN, of_village

CONSENT = "talent"


class NewTalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody whom a village names. ``word``: she was told what is kept and who reads it, and agreed. ``uid`` as an export
    brings it."""

    org: str
    trade: str
    name: str
    phone: str
    since: date
    word: bool = False
    uid: str = ""


class NewStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of her growth: something done on a day."""

    code: str
    step: str
    day: date
    text: str


@verb("talent.name")
def name_talents(tx: Tx, by: Act, *, talents: list[NewTalent]) -> list[str]:
    """Villages name talents, each with her word; gives codes. She signs in by the telephone and reads her record."""
    for org in sorted({one.org for one in talents}) or [""]:
        tx.ask("talent.name", of_village(org))
    faults = Faults("talents")
    examine(faults, talents)
    faults.close()
    version = consent_kinds()[CONSENT].version if CONSENT in consent_kinds() else "1"
    first, codes = (tx.number("talent", len(talents)) if talents else 0), []
    for at, one in enumerate(talents):
        token = queue_invited(tx, name=one.name, phone=one.phone, domain=DOMAIN, uid=one.uid).token
        if Talent.objects.filter(token=token, until__isnull=True).exists():
            raise Conflict.of("phone", _("这个人已经在一个村的名册上"))
        code = f"tl-{first + at:06}"
        data = facts.Named(
            village=one.org, trade=one.trade, since=one.since.isoformat(), consent=f"{CONSENT}:{version}"
        )
        tx.fact(data, subject=f"talent:{code}", org=one.org, person=token, level=1)
        tx.insert(Talent, **columns(code, token, data, by.origin, None))
        codes.append(code)
    return codes


def examine(faults: Faults, talents: Sequence[NewTalent]) -> None:
    """What is wrong with them by themselves: a village, a trade of its pack, her word."""
    for place, one in enumerate(talents):
        node = orgs.forest().nodes.get(one.org)
        if node is None or node.level != "community" or not node.at(one.since):
            faults.add(place, "org", _("人才由村（社区）报"), _("请选村"))
        if one.trade not in lists_of(one.org, one.since)[0]:
            faults.add(place, "trade", _("要从清单里选一项专长"))
        if not one.word:
            faults.add(place, "word", _("要本人同意，才能进名册"), _("请先问本人"))
        faults.day(place, "since", one.since)


@verb("talent.note")
def note_steps(tx: Tx, by: Act, *, steps: list[NewStep]) -> list[str]:
    """Steps of growth: what was done, in words that she reads."""
    held = {row.code: row for row in Talent.objects.filter(code__in=[one.code for one in steps])}
    for org in sorted({str(row.org_id) for row in held.values()}) or [""]:
        tx.ask("talent.note", of_village(org))
    faults = Faults("steps")
    for place, one in enumerate(steps):
        row = held.get(one.code)
        if row is None or row.until is not None:
            faults.add(place, "code", _("名册上没有这个人"))
        elif one.step not in lists_of(str(row.org_id), one.day)[1]:
            faults.add(place, "step", _("要从清单里选一类"))
        faults.text(place, "text", one.text, 2, 200)
        faults.day(place, "day", one.day)
        if find_private(one.text):
            faults.add(place, "text", _("里面有电话或证件号码"), _("请删掉"))
    faults.close()
    for one in steps:
        row = held[one.code]
        data = facts.Noted(step=one.step, day=one.day.isoformat())
        tx.fact(
            data, subject=f"talent:{one.code}", org=str(row.org_id), person=row.token, level=1,
            texts={"text": one.text.strip()},
        )  # fmt: skip
    return [one.code for one in steps]


@verb("talent.end")
def end_talents(tx: Tx, by: Act, *, codes: list[str], until: date) -> list[str]:
    """Somebody is a talent of the village no longer: by the village's word or her own."""
    held = {row.code: row for row in Talent.objects.filter(code__in=codes)}
    for code in sorted(codes) or [""]:
        row = held.get(code)
        mine = of_village(str(row.org_id) if row else "", code, (row.token,) if row else ())
        tx.ask("talent.own" if by.kind == "person" and not by.post else "talent.end", mine)
    for code in sorted(set(codes)):
        row = held.get(code)
        if row is None or row.until is not None:
            raise Conflict.of("code", _("名册上没有这个人"), _("请刷新页面"))
        ends = max(until, row.since)
        data = facts.Ended(until=ends.isoformat())
        tx.fact(data, subject=f"talent:{code}", org=str(row.org_id), person=row.token, level=1)
        named = facts.Named(village=str(row.org_id), trade=row.trade, since=row.since.isoformat(), consent="")
        tx.upsert(Talent, ("code",), **columns(code, row.token, named, row.origin, ends))
    return sorted(set(codes))


def columns(code: str, token: str, data: facts.Named, origin: str, until: date | None) -> dict[str, Any]:
    """A talent as model columns."""
    return {
        "code": code, "org_id": data.village, "token": token, "trade": data.trade, "level": 1, "origin": origin,
        "since": date.fromisoformat(data.since), "until": until,
    }  # fmt: skip
