"""Standing posts as they read: duties made visible (三亮), holder, evidence, lapse. Lapse follows from the dates; nobody writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
from django.db.models import Q
from django.utils import timezone, translation

from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.ledger.models import Fact
from baodao.ledger.selectors import texts_of
from baodao.orgs import selectors as orgs

from .declare import Standing
from .models import Stand


class Shown(msgspec.Struct, frozen=True):
    """A post on a page. ``state``: vacant, held, lapsed (no evidence since ``due``), ended."""

    row: Stand
    title: str
    duties: tuple[str, ...]
    state: str
    due: date | None


def kinds_of(org: str, day: date) -> Mapping[str, Standing]:
    """Kinds of standing post that the pack of an organization declares. No statement."""
    try:
        return get_pack(orgs.pack_of(org, day)).many(Standing)
    except BadPack:
        return {}


def titled(kind: Standing | None, code: str) -> str:
    """Its title in the reader's language."""
    if kind is None:
        return code
    return (kind.title_en if _english() else "") or kind.title


def _english() -> bool:
    return (translation.get_language() or "").startswith("en")


def shown(row: Stand, day: date) -> Shown:
    """One post as it stands on a day. Pure but for packs in memory."""
    kind = kinds_of(str(row.org_id), day).get(row.kind)
    duties = () if kind is None else (kind.duties_en if _english() and kind.duties_en else kind.duties)
    due = None
    if kind is not None and kind.evidence and row.held is not None:
        due = (row.last or row.held) + timedelta(days=kind.evidence)
    state = "vacant" if not row.token else "lapsed" if due is not None and due < day else "held"
    if row.until is not None and row.until <= day:
        state = "ended"
    return Shown(row, titled(kind, row.kind), duties, state, due)


def at(codes: Sequence[str], day: date, after: str = "", limit: int = 51) -> list[Shown]:
    """Posts of these organizations that are there on a day, by code behind ``after``. One statement."""
    rows = Stand.objects.filter(Q(until__isnull=True) | Q(until__gt=day), org__in=list(codes), code__gt=after)
    return [shown(row, day) for row in rows.order_by("code")[:limit]]


def held_by(token: str, day: date) -> list[Shown]:
    """Posts that a member holds. One statement."""
    rows = Stand.objects.filter(token=token).order_by("code") if token else Stand.objects.none()
    return [shown(row, day) for row in rows]


class Proof(msgspec.Struct, frozen=True):
    """One evidence: its day, its words ("" once erased)."""

    day: date
    text: str


def proofs(code: str, token: str, most: int = 50) -> list[Proof]:
    """What a post's present holder noted, the latest first. Two statements. The caller asked."""
    rows = Fact.objects.filter(subject=f"stand:{code}", kind="stand.evidenced", person=token).order_by("-id")
    found = list(rows.values_list("id", "happened")[:most])
    texts = texts_of([number for number, _when in found])
    return [Proof(timezone.localdate(when), texts.get(number, {}).get("text", "")) for number, when in found]


def holder_names(rows: Sequence[Shown]) -> Mapping[str, str]:
    """code → name of the holders who want it shown, as they gave it for this. Two statements."""
    named = {f"stand:{one.row.code}": one.row for one in rows if one.row.token and one.row.named}
    taken = Fact.objects.filter(subject__in=list(named), kind="stand.taken").order_by("id")
    latest = {
        subject: number
        for number, subject, token in taken.values_list("id", "subject", "person")
        if token == named[subject].token
    }
    texts = texts_of(latest.values())
    return {
        named[subject].code: texts[number]["name"]
        for subject, number in latest.items()
        if "name" in texts.get(number, {})
    }
