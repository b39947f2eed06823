"""What matters hold for a post: its open legs; beside them, for the signatures, the promises that go along and what waits
for the office that called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.raw import fetch, marks
from baodao.ledger.models import SearchDoc
from baodao.matters.models import Leg, Matter, Stake
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.stuck import spoken
from baodao.matters.versions import version
from baodao.orgs import selectors as orgs
from baodao.orgs.handover.ports import Item, Keeper, register_keeper
from baodao.places.selectors import grids_on

from .handing import hand_on

#: A leg is with the post that took it; while nobody has, with the post that was called.
_HELD = (
    "FROM matters_stake s JOIN matters_leg l ON l.matter = s.matter AND l.n = s.leg "
    "WHERE s.depth = 0 AND s.holder <> '' AND s.holder IN ({marks}) "
    "AND (l.holder = s.holder OR (l.holder = '' AND l.post = s.holder))"
)
_STEP = 500


def count(posts: Collection[str]) -> dict[str, int]:
    """Post → open legs with it. One statement for each 500 posts."""
    codes = sorted(posts)
    found: dict[str, int] = {}
    for start in range(0, len(codes), _STEP):
        part = codes[start : start + _STEP]
        sql = f"SELECT s.holder, count(*) {_HELD.format(marks=marks(part))} GROUP BY s.holder"
        found.update({str(row[0]): int(row[1]) for row in fetch(sql, part)})
    return found


def legs_of(post: str, most: int) -> list[tuple[str, int]]:
    """(number, leg) of a post's open legs, the oldest due first."""
    sql = (
        f"SELECT s.matter, s.leg {_HELD.format(marks='%s')} ORDER BY s.next_at, s.matter, s.leg LIMIT {most}"
    )
    return [(number, leg) for number, leg in fetch(sql, [post])]


def items(post: str, most: int) -> list[Item]:
    """The open legs of a post in words. Four statements, whatever their number."""
    return _spell(legs_of(post, most))


def _spell(keys: Sequence[tuple[str, int]], promise: bool = False) -> list[Item]:
    numbers = sorted({number for number, _leg in keys})
    matters: dict[str, Matter] = {}
    words: dict[str, str] = {}
    legs: dict[tuple[str, int], Leg] = {}
    for start in range(0, len(numbers), _STEP):
        part = numbers[start : start + _STEP]
        matters |= {row.number: row for row in Matter.objects.filter(number__in=part)}
        legs |= {(leg.matter, leg.n): leg for leg in Leg.objects.filter(matter__in=part)}
        subjects = [f"matter:{number}" for number in part]
        shown = SearchDoc.objects.filter(subject__in=subjects).values_list("subject", "shown")
        words |= {subject.partition(":")[2]: text for subject, text in shown}
    lang = translation.get_language() or "zh-hans"
    return [
        _item(matters[number], legs[number, n], words.get(number, ""), lang, promise)
        for number, n in keys
        if number in matters and (number, n) in legs
    ]


def _item(row: Matter, leg: Leg, shown: str, lang: str, promise: bool) -> Item:
    title, kinds = spoken(row.digest, row.pack, row.procedure, lang)
    lines = shown.split("\n", 3)
    open_ = row.level <= SHARED_LEVEL
    said = (lines[2] if len(lines) > 2 else "") if open_ else _("（只有经办的人能看内容）")
    state = version(row.digest).word(f"state.{leg.state}")
    day = _day(row.promise) if promise else _local(leg.due)
    return Item(
        key=f"{row.number}/{leg.n}",
        number=row.number,
        words=" · ".join(one for one in (kinds.get(row.kind, title) if open_ else title, said[:60]) if one),
        state=state,
        due=day,
        href=f"/desk/matters/{row.number}/",
    )


def _local(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at is not None else None


def _day(promise: str) -> date | None:
    """The day of a promise: "2026-11-27", or a moment in UTC."""
    if not promise:
        return None
    if len(promise) == 10:
        return date.fromisoformat(promise)
    return timezone.localdate(datetime.fromisoformat(promise.replace("Z", "+00:00")))


def of_orgs(codes: Collection[str]) -> dict[str, int]:
    """Organization → open legs called to it. One statement for each 500."""
    wanted = sorted(codes)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _STEP):
        part = wanted[start : start + _STEP]
        sql = f"SELECT scope, count(*) FROM matters_stake WHERE scope IN ({marks(part)}) AND depth = 0 GROUP BY scope"
        found.update({str(row[0]): int(row[1]) for row in fetch(sql, part)})
    return found


def keys_of_org(code: str, most: int) -> list[str]:
    """Keys of the open legs called to an organization, the oldest due first."""
    rows = Stake.objects.filter(scope=code, depth=0).order_by("next_at", "matter", "leg")
    return [f"{number}/{leg}" for number, leg in rows.values_list("matter", "leg")[:most]]


def keys_on(code: str, part: str, day: date, most: int) -> list[str] | None:
    """Keys of the open legs that were called to an organization before a day, of matters on the ground for which a part of it
    answers; None while it answers for none. An old grid lies where its middle lies today."""
    grids = grids_on(part, orgs.today())
    if not grids:
        return None
    start = datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
    legs = Leg.objects.filter(matter=OuterRef("matter"), n=OuterRef("leg"), called__lt=start)
    rows = Stake.objects.filter(
        Exists(legs), scope=code, depth=0, matter__in=Matter.objects.filter(place__in=grids).values("number")
    ).order_by("next_at", "matter", "leg")
    return [f"{number}/{leg}" for number, leg in rows.values_list("matter", "leg")[:most]]


# ── what only follows ───────────────────────────────────────────────────────────────────────────────────


def _promised(keys: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Of a post's legs the leading ones of matters in which the resident was promised a day that is not answered yet."""
    wanted = list(keys)
    rows = Matter.objects.filter(
        number__in=[number for number, _n in wanted], ended__isnull=True, promise__gt="", claim=""
    ).values_list("number", flat=True)
    held, leading = set(rows), set(Leg.objects.filter(
        matter__in=[number for number, _n in wanted], role="lead"
    ).values_list("matter", "n"))  # fmt: skip
    return [(number, n) for number, n in wanted if number in held and (number, n) in leading]


def promises(post: str, most: int) -> list[Item]:
    """Open promises to residents that go along with a post's legs."""
    return _spell(_promised(legs_of(post, most)), promise=True)


def promise_count(posts: Collection[str]) -> dict[str, int]:
    """Post → such promises."""
    found = {post: len(_promised(legs_of(post, 2000))) for post in sorted(posts)}
    return {post: n for post, n in found.items() if n}


def calls(post: str, most: int) -> list[Item]:
    """Legs that this post called others for and that wait for its office: any post of the office may rule on them."""
    rows = Stake.objects.filter(holder=post, caller=True).order_by("next_at", "matter", "leg")
    return _spell(list(rows.values_list("matter", "leg")[:most]))


def call_count(posts: Collection[str]) -> dict[str, int]:
    """Post → such legs."""
    found: dict[str, int] = {}
    for holder in Stake.objects.filter(holder__in=list(posts), caller=True).values_list("holder", flat=True):
        found[holder] = found.get(holder, 0) + 1
    return found


def register() -> None:
    """Tell orgs what matters hold."""
    register_keeper(
        Keeper(
            "matters", gettext_lazy("在办的事"), count, items, hand_on, of_orgs, keys_of_org, keys_on=keys_on
        )
    )
    rest: dict[str, Any] = {"follows": True}
    register_keeper(
        Keeper(
            "promises",
            gettext_lazy("答应了居民的日子"),
            promise_count,
            promises,
            note=gettext_lazy("随所办的事一起交，日子不变。"),
            **rest,
        )
    )
    register_keeper(
        Keeper(
            "calls",
            gettext_lazy("等本单位裁定的"),
            call_count,
            calls,
            note=gettext_lazy("这是单位的事，本单位的岗位都能裁定，不用逐件交。"),
            **rest,
        )
    )
