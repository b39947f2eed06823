"""The template of duty lists: a row is an item; the rows of one unit and day are its whole list, in the order of the sheet. Only whole
lists are adopted: what a sheet leaves out is in the list no more."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.tables import Bad, Column, Given, Verdicts, as_code, as_day, as_text, choice
from baodao.kernel.verbs import allowed
from baodao.orgs import duties, selectors
from baodao.orgs.duties import KINDS, NewDuty, NewList
from baodao.orgs.models import DutyList
from baodao.orgs.policies import in_office, reach_of
from baodao.orgs.services.duty import MOST, adopt_duties, later

from .duties import WORDS
from .units import Units, units

RIGHT = "duty.adopt"


class Line(msgspec.Struct, frozen=True):
    """An item with the list that it is of."""

    org: str
    since: date
    item: NewDuty


Key = tuple[str, date]


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring."""
    kinds = {code: str(word) for code, word in KINDS.items()}
    code = as_code(r"[\w.\-]{1,24}", _("1 到 24 个字母、汉字、数字、点、- 或 _"))
    return (
        Column("org", _("单位"), as_text(120), aliases=("单位名称", "部门", "责任单位", "单位代码"),  # data
               example="500102001", hint=_("名称或代码；空着就是您的单位")),
        Column("code", _("事项编号"), code, required=True, aliases=("编号", "序号", "代码"), example="JD-01"),
        Column("title", _("事项"), as_text(200), required=True, aliases=("事项名称", "履职事项", "名称"),
               example=_("网格巡查")),
        choice("kind", _("类别"), kinds, required=True, aliases=("类型", "事项类别"), example="basic", also=WORDS),
        Column("basis", _("依据"), as_text(300), aliases=("法律依据", "文件依据")),
        Column("keywords", _("关键词"), as_text(200), aliases=("关键字",), hint=_("几个就用空格或顿号隔开")),
        Column("since", _("生效日"), as_day(settings.TIME_ZONE, 1990), aliases=("起始日", "生效日期"),
               example=date(2026, 1, 1), hint=_("空着就是今天；一个单位一次只写一个生效日")),
    )  # fmt: skip


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """Whole lists: the same as the one in force is known; one whose day is taken, or a unit with two days, is a fault of its rows. One
    statement."""
    lists: dict[Key, list[tuple[int, NewDuty]]] = {}
    finder, may = units(), dict[str, bool]()
    for at, row in enumerate(rows):
        if at >= MOST:
            verdicts.wrong(row.row, "org", "", _("超过 %(most)d 行") % {"most": MOST}, _("请分成几个文件"))
            continue
        try:
            key = _key(by, row, finder, may)
        except Bad as bad:
            verdicts.wrong(row.row, "org", row.text("org"), bad.reason, bad.remedy)
            continue
        items = lists.setdefault(key, [])
        if any(item.code == row.text("code") for _n, item in items):
            reason = _("编号 %(code)s 在这份清单里写了两次") % {"code": row.text("code")}
            verdicts.wrong(row.row, "code", row.text("code"), reason, _("每一项用一个编号"))
        else:
            items.append((row.row, _item(row)))
    _whole(lists, verdicts)


def _key(by: Act, row: Given, finder: Units, may: dict[str, bool]) -> Key:
    day = row.values.get("since") or selectors.today()
    org = finder.find(row.text("org") or by.office, day)
    if org not in may:
        may[org] = allowed(by, RIGHT, Subject(ref=f"duty:{org}", org=org))
    if not may[org]:
        raise Bad(_("这个单位的清单不归您定"), _("请由它的上级来办"))
    return org, day


def _item(row: Given) -> NewDuty:
    words = " ".join(row.text("keywords").replace("、", " ").replace("，", " ").split())
    return NewDuty(row.text("code"), row.text("title"), row.text("kind"), row.text("basis"), words)


def _whole(lists: dict[Key, list[tuple[int, NewDuty]]], verdicts: Verdicts) -> None:
    held = duties.versions_of({org for org, _day in lists})
    days = [org for org, _day in lists]
    for (org, day), rows in lists.items():
        last = next((version for version in held if version.org == org), None)
        digest = duties.digest_of([item for _n, item in rows])
        same = last is not None and last.digest == digest and last.since <= day
        first = rows[0][0]
        if days.count(org) > 1:
            reason, remedy = _("同一个单位写了两个生效日"), _("每个单位一次只导入一版清单")
            verdicts.wrong(first, "since", day, reason, remedy)
        elif same:
            for number, _same in rows:
                verdicts.known(number)
        elif last is not None and last.since >= day:
            verdicts.wrong(first, "since", day, *later(org, last.since))
        else:
            for number, item in rows:
                verdicts.good(number, Line(org, day, item))


def load(by: Act, items: list[Line]) -> object:
    """One command: whole lists."""
    lists: dict[Key, list[NewDuty]] = {}
    for line in items:
        lists.setdefault((line.org, line.since), []).append(line.item)
    return adopt_duties(by, lists=[NewList(org, since, found) for (org, since), found in lists.items()])


def rows(by: Act) -> Iterator[dict[str, Any]]:
    """Items of the lists in force in the districts that the actor reads, by organization and in their order."""
    codes = list(_versions(by).order_by("org").values_list("code", flat=True))
    for start in range(0, len(codes), 100):
        for items in duties.items_of(codes[start : start + 100]).values():
            for one in items:
                yield {
                    "org": one.org, "code": one.code, "title": one.title, "kind": one.kind, "basis": one.basis,
                    "keywords": one.keywords, "since": one.since,
                }  # fmt: skip


def _versions(by: Act) -> Any:
    """As the pages do: whoever is in office reads the lists of her district; the system all."""
    day = selectors.today()
    found = DutyList.objects.filter(selectors.in_force(day))
    if by.kind == "system":
        return found
    if not in_office(by):
        return found.none()
    return found.filter(org__in=selectors.under([duties.district_of(by.office, day)], day))


def may_load(by: Act) -> bool:
    """Whether the actor adopts any list."""
    return bool(reach_of(by, RIGHT))


def count(by: Act) -> int:
    """How many items the actor would export. One statement."""
    found: int = _versions(by).filter(items__isnull=False).values("items").count()
    return found
