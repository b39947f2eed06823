"""What an item must be, judged for the verb and for a sheet alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.matters.declare import Procedure
from baodao.matters.phrases import Unasked
from baodao.matters.terms import NAME
from baodao.orgs.ruling import Faults
from baodao.orgs.selectors import forest, pack_of

from . import TYPE

#: Items of one list; of one command.
MOST, MOST_AT_ONCE = 200, 1000


class NewItem(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One item for the list ``list`` (a kind of place) of ``procedure``; ``item`` "" takes a code from its words."""

    org: str
    procedure: str
    list: str
    title: str
    trade: str = ""
    grade: str = ""
    unit: str = ""
    item: str = ""

    @property
    def code(self) -> str:
        """Its code: the one that was given, or the same for the same words at all times."""
        return self.item or "i" + hashlib.sha256(self.title.strip().encode()).hexdigest()[:12]


class Takes(Struct, frozen=True):
    """What the lists of a procedure may say: kinds of place, sorts of matter that a failed item opens, grades."""

    title: str
    kinds: dict[str, str]
    trades: dict[str, str]
    grades: dict[str, str]


def takers(pack: str, lang: str = "zh-hans") -> dict[str, Takes]:
    """Procedures of a pack that go through a list, by name; none for a pack that cannot be read."""
    try:
        held = get_pack(pack)
    except BadPack:
        return {}
    found = held.many(Procedure, lang)
    return {
        name: _takes(procedure, found)
        for name, procedure in found.items()
        if any(kind.rstrip("?") == TYPE for one in procedure.actions for kind in one.fields.values())
    }


def _takes(procedure: Procedure, others: Mapping[str, Procedure]) -> Takes:
    opened = next((others[name] for name in opened_by(procedure) if name in others), None)
    trades = {row.name: row.title for row in opened.kinds} if opened is not None else {}
    begin = opened.action("open") if opened is not None else None
    codes = (begin.fields.get("grade", "") if begin is not None else "").rstrip("?").partition(":")[2]
    grades = {code: opened.word(f"value.{code}") for code in codes.split("|") if opened is not None and code}
    return Takes(procedure.title, {row.name: row.title for row in procedure.kinds}, trades, grades)


def opened_by(procedure: Procedure) -> Iterator[str]:
    """Procedures of which every failed item begins one."""
    for action in procedure.actions:
        yield from (effect.open for effect in action.then if effect.open and effect.each)


def examine(faults: Faults, items: Sequence[NewItem]) -> None:
    """Every fault of every item, by its place."""
    known: dict[str, dict[str, Takes]] = {}
    seen: dict[tuple[str, str, str, str], int] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for at, one in enumerate(items):
        if one.org not in forest():
            faults.add(at, "org", _("没有这个组织"), _("请写组织页上的代码或全称"))
            continue
        pack = pack_of(one.org)
        takes = known.setdefault(pack, takers(pack)).get(one.procedure)
        if takes is None:
            faults.add(at, "procedure", _("这里没有这种要逐项看的事"), _("请从下拉框里选"))
            continue
        _examine(faults, at, one, takes)
        _people(faults, at, one.title, get_pack(pack))
        key = (one.org, one.procedure, one.list)
        if (*key, one.code) in seen:
            faults.add(at, "title", _("同一份清单里写了两次"), _("请删掉一行"))
        seen[(*key, one.code)] = at
        counts[key] = counts.get(key, 0) + 1
        if counts[key] > MOST:
            faults.add(at, "list", _("一份清单最多 %(most)d 项") % {"most": MOST}, _("请合并或分开"))


def _examine(faults: Faults, at: int, one: NewItem, takes: Takes) -> None:
    faults.text(at, "title", one.title, 2, 80)
    closed = (
        ("list", one.list, takes.kinds, True),
        ("trade", one.trade, takes.trades, bool(takes.trades)),
        ("grade", one.grade, takes.grades, False),
    )
    for field, value, words, needed in closed:
        if value not in words if value else needed:
            faults.add(
                at,
                field,
                _("不在可选的范围里") if value else _("不能空着"),
                _("可以填：%(all)s") % {"all": "、".join(words.values())},
            )
    if one.unit and one.unit not in forest():
        faults.add(at, "unit", _("没有这个单位"), _("请写组织页上的代码或全称，也可以空着"))
    if one.item and not re.match(NAME, one.item):
        faults.add(at, "item", _("编号写法不对"), _("小写字母开头，只用小写字母、数字和 _；可以空着"))


def _people(faults: Faults, at: int, title: str, pack: Pack) -> None:
    """A list is about places: whatever would count or mark people is refused with the pack's reason."""
    for row in pack.many(Unasked).values():
        if word := next((word for word in row.words if word in title), ""):
            faults.add(
                at,
                "title",
                _("清单只看地方和设施，不能写“%(word)s”") % {"word": word},
                row.remedy or row.title,
            )
