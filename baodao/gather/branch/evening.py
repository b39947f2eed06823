"""One evening as the secretary tells it, and what follows from it. Pure: pages, verbs and tests share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.gather.declare import Gathering
from baodao.gather.fold import STATUSES
from baodao.kernel.errors import Fault
from baodao.kernel.text import find_private

#: A result over fewer people tells who said what: no secret vote, no share.
SECRET = 10
MOST_LINES, MOST_DECISIONS = 2000, 20
LONGEST = timedelta(hours=16)
MINUTES, INNER, DECISION, REASON = 20_000, 20_000, 200, 100


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One member. ``reason``: why she is excused, for the branch alone; may stay empty."""

    token: str
    status: str
    reason: str = ""


class Evening(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one screen holds. ``kinds``: what the evening was, the first names it; ``items``: of the agenda, as
    ``kind.item``; ``lines``: members who came, took part otherwise or were excused, the rest of the roll was absent; ``heads``:
    others who came, only counted; ``meets``: requirements that the recorder confirmed; ``with_orgs``: organizations that held it
    together; ``inner`` stays in the branch; ``slot``: the planned evening that this one is."""

    org: str
    kinds: tuple[str, ...]
    starts: datetime
    ends: datetime
    items: tuple[str, ...] = ()
    where: str = ""
    title: str = ""
    lines: tuple[Line, ...] = ()
    heads: int = 0
    minutes: str = ""
    inner: str = ""
    decisions: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    with_orgs: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    slot: str = ""
    spared: tuple[str, ...] = ()
    """Members on the roll who were not asked to this meeting (a committee's): no line, no absence. Only where no kind asks the whole roll."""


def asks_all(known: Mapping[str, Gathering], kinds: Iterable[str]) -> bool:
    """Whether an evening of these kinds asks everybody on the roll. Pure; with no kind it does."""
    named = [known[name] for name in kinds if name in known]
    return not named or any("roll" in kind.join for kind in named)


def traits_of(known: Mapping[str, Gathering], kinds: Sequence[str], items: Iterable[str]) -> tuple[str, ...]:
    """What an evening of these kinds with these items was, in the words that dues ask for."""
    found = {f"kind:{name}" for name in kinds if name in known}
    taken = set(items)
    for name in kinds:
        if name in known:
            found |= set(known[name].traits)
            found |= {one.trait for one in known[name].item if one.trait and f"{name}.{one.name}" in taken}
    return tuple(sorted(found))


def missed(known: Mapping[str, Gathering], kinds: Sequence[str], items: Iterable[str]) -> list[str]:
    """Items that these kinds ask for and that were not taken, as ``kind.item``: recorded all the same."""
    taken = set(items)
    return [
        f"{name}.{one.name}"
        for name in kinds
        if name in known
        for one in known[name].item
        if one.required and f"{name}.{one.name}" not in taken
    ]


def counted(lines: Iterable[Line], roll: int) -> dict[str, int]:
    """How many of each state. ``roll``: members on the roll of the day; who is not told was absent."""
    found = Counter(line.status for line in lines)
    told = sum(n for status, n in found.items() if status != "absent")
    return {status: found[status] for status in STATUSES if status != "absent"} | {
        "absent": max(roll - told, 0)
    }


def taking_part(counts: Mapping[str, int], states: Iterable[str]) -> int:
    """How many of the states that count."""
    return sum(counts.get(status, 0) for status in set(states))


def states_of(known: Mapping[str, Gathering], kinds: Sequence[str]) -> tuple[str, ...]:
    """States that count as taking part: each kind has its rule; of several, what the first one says."""
    return next((known[name].counts for name in kinds if name in known), ())


def minutes_of(
    known: Mapping[str, Gathering], kinds: Sequence[str], evening: tuple[datetime, datetime]
) -> int:
    """Study minutes that a member is credited: the evening's length once, up to the longest that a kind allows."""
    longest = [known[name].longest for name in kinds if name in known and known[name].credits]
    if not longest:
        return 0
    length = int((evening[1] - evening[0]).total_seconds() // 60)
    return min(length, max(longest)) if all(longest) else length


def judge(
    evening: Evening, known: Mapping[str, Gathering], now: datetime, roll: Iterable[str]
) -> list[Fault]:
    """Everything that is wrong with it, by field. However late it is told is no fault."""
    who = judge_lines(evening.lines, roll)
    if evening.spared and asks_all(known, evening.kinds):
        who.append(
            Fault("lines", _("这种会名册上的人都该来，没有“不用参加”"), _("请选请假、未到，或电话、上门"))
        )
    return [*_what(evening, known), *_when(evening, now), *who, *_heads(evening), *_texts(evening)]


def _what(evening: Evening, known: Mapping[str, Gathering]) -> list[Fault]:
    found = []
    if not evening.kinds:
        found.append(Fault("kinds", _("没有选是什么会"), _("至少选一种")))
    wrong = [name for name in evening.kinds if name not in known]
    if wrong or len(set(evening.kinds)) != len(evening.kinds):
        found.append(Fault("kinds", _("这个组织不开这种会"), _("请从列表里选")))
    items = {f"{name}.{one.name}" for name in evening.kinds if name in known for one in known[name].item}
    if set(evening.items) - items:
        found.append(Fault("items", _("这种会没有这一项议程"), _("请从列表里选")))
    return found


def _when(evening: Evening, now: datetime) -> list[Fault]:
    if evening.ends <= evening.starts or evening.ends - evening.starts > LONGEST:
        return [Fault("ends", _("结束要晚于开始，最多 16 小时"), _("请改时间"))]
    if evening.starts > now:
        return [Fault("day", _("会还没有开"), _("先预告，开完再记"))]
    return []


def judge_lines(lines: Sequence[Line], roll: Iterable[str]) -> list[Fault]:
    """What is wrong with the presence of members, by field."""
    tokens = [line.token for line in lines]
    found = []
    if len(tokens) > MOST_LINES or len(set(tokens)) != len(tokens):
        found.append(Fault("lines", _("同一个人写了两次"), _("请留一次")))
    if set(tokens) - set(roll):
        found.append(Fault("lines", _("有人那天不在名册上"), _("请先核对党员名册")))
    if any(line.status not in STATUSES for line in lines):
        found.append(Fault("lines", _("没有这种到会情况"), _("请从列表里选")))
    if any(len(line.reason) > REASON for line in lines):
        found.append(Fault("lines", _("请假原因最多 %(most)d 个字") % {"most": REASON}, _("请写短些")))
    return found


def _heads(evening: Evening) -> list[Fault]:
    if not 0 <= evening.heads <= 100_000:
        return [Fault("heads", _("人数不对"), _("请填 0 或更大的整数"))]
    return []


def _texts(evening: Evening) -> list[Fault]:
    found = []
    for name, text, most in (
        ("where", evening.where, 200), ("minutes", evening.minutes, MINUTES), ("inner", evening.inner, INNER),
    ):  # fmt: skip
        if len(text) > most:
            found.append(Fault(name, _("最多 %(most)d 个字") % {"most": most}, _("请写短些")))
    if len(evening.decisions) > MOST_DECISIONS or any(len(one) > DECISION for one in evening.decisions):
        reason = _("决定最多 %(n)d 条，每条最多 %(most)d 个字") % {"n": MOST_DECISIONS, "most": DECISION}
        found.append(Fault("decisions", reason, _("一条一行，写短些")))
    # Minutes go up the tree: a phone number in them would too. What stays in the branch may hold one.
    if any(find_private(text) for text in (evening.minutes, evening.where, *evening.decisions)):
        found.append(Fault("minutes", _("记录里有电话或证件号码"), _("请删掉，或写到“只留在支部”那一栏")))
    return found
