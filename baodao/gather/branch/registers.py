"""Registers as an inspector expects them: the book of minutes (会议记录簿), attendance, the month's report, the sign-in sheet. Pure
but for the reads of `selectors`; pages and files are made from the same rows."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.gather.declare import Gathering
from baodao.gather.kinds import titled
from baodao.gather.words import PRESENCE
from baodao.kernel.jinja import date_of, short_day
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.word import Grid, Text, write_word

from .selectors import Told

_WIDTHS = (2, 3, 2, 3)


class Entry(Struct, frozen=True):
    """One evening of the register. ``who``: names by state, only where they were opened; ``later``: what a correction after the year's
    closing changed, beside what stood then."""

    one: Told
    kinds: str
    items: str
    dues: str
    part: int
    who: Mapping[str, Sequence[str]] = {}
    later: str = ""


def hours(one: Told) -> str:
    """2026-11-10 19:30—21:00 as a sheet writes it."""
    starts, ends = timezone.localtime(one.starts), timezone.localtime(one.ends)
    return f"{starts:%Y-%m-%d %H:%M}—{ends:%H:%M}"


def told_hours(one: Told) -> str:
    """2026年11月10日 19:30—21:00 as a register writes it."""
    starts, ends = timezone.localtime(one.starts), timezone.localtime(one.ends)
    return f"{date_of(starts)} {starts:%H:%M}—{ends:%H:%M}"


def head() -> list[str]:
    """Columns of the register's sheet."""
    return [
        _("编号"), _("时间"), _("什么会"), _("在哪里"), _("应到"), _("到会"), _("电话参加"), _("上门补学"), _("补课"), _("请假"), _("缺席"),
        _("另外来的人"), _("议程"), _("记录"), _("只留在支部的"), _("决定"), _("交办"), _("满足的要求"), _("更正"),
    ]  # fmt: skip


def line(entry: Entry) -> list[object]:
    """One evening as a row."""
    one, counts = entry.one, entry.one.counts
    return [
        one.code, hours(one), entry.kinds, one.where, one.roll, *(counts[s] for s in ("present", "phone", "visit", "made_up", "excused", "absent")),
        one.heads, entry.items, one.minutes, one.inner, "\n".join(one.decisions), "\n".join(one.handed_on.values()), entry.dues,
        entry.later or one.reason,
    ]  # fmt: skip


def sheet(title: str, entries: Sequence[Entry]) -> bytes:
    """The register as a workbook."""
    out = io.BytesIO()
    write_xlsx(out, title, head(), (line(entry) for entry in entries))
    return out.getvalue()


def book(org: str, title: str, entries: Sequence[Entry]) -> bytes:
    """The book of minutes: a page for each evening."""
    out = io.BytesIO()
    parts: list[Text | Grid] = [Text(org, "title"), Text(title, "title")]
    if not entries:
        parts.append(Text(_("这一年还没有记过会。")))
    for entry in entries:
        parts += _page(entry)
    write_word(out, parts)
    return out.getvalue()


def _page(entry: Entry) -> list[Text | Grid]:
    one, counts = entry.one, entry.one.counts
    others = _("；").join(
        f"{PRESENCE[s]} {counts[s]}" + (_("（%(told)s）") % {"told": _("、").join(entry.who[s])} if entry.who.get(s) else "")
        for s in ("phone", "visit", "made_up", "excused", "absent") if counts[s]
    )  # fmt: skip
    decided = [
        f"{n}. {text}" + (_("（%(told)s）") % {"told": one.handed_on[n]} if n in one.handed_on else "")
        for n, text in enumerate(one.decisions, 1)
    ]
    rows = [
        [_("时间"), told_hours(one), _("地点"), one.where or "—"],
        [_("应到"), str(one.roll), _("到会"), str(counts["present"])],
        [_("其他情况"), others or "—"],
        [_("另外来的人"), str(one.heads), _("编号"), one.code],
        [_("议程"), entry.items or "—"],
        [_("记录"), one.minutes or "—"],
        [_("只留在支部的"), one.inner or "—"],
        [_("决定"), "\n".join(decided) or "—"],
        [_("满足的要求"), entry.dues or "—"],
        [_("主持人签字"), "", _("记录人签字"), ""],
    ]
    if entry.later or one.reason:
        rows.insert(-1, [_("更正"), entry.later or one.reason])
    return [Text(entry.kinds, "heading", page=True), Grid(rows, _WIDTHS)]


def sign_in(org: str, title: str, when: str, names: Sequence[str]) -> bytes:
    """A sign-in sheet to print: names and room to sign, two columns a page."""
    out = io.BytesIO()
    half = (len(names) + 1) // 2
    rows = [[_("姓名"), _("签到"), _("姓名"), _("签到")]]
    for at in range(half):
        right = names[half + at] if half + at < len(names) else ""
        rows.append([names[at], "", right, ""])
    rows += [["", "", "", ""]] * 3
    write_word(out, [Text(org, "heading"), Text(title, "title"), Text(when), Grid(rows, (3, 4, 3, 4))])
    return out.getvalue()


def month_words(entries: Sequence[Entry], dues: Sequence[tuple[str, str]], day: date) -> list[str]:
    """The month's report, which writes itself from what was recorded: sentences, no adjectives."""
    said = [
        _("%(y)d 年 %(m)d 月，本支部开会 %(n)d 次。") % {"y": day.year, "m": day.month, "n": len(entries)}
    ]
    for entry in entries:
        one = entry.one
        text = _("%(day)s 开%(kinds)s，参加 %(part)d 人，应到 %(roll)d 人") % {
            "day": short_day(one.starts), "kinds": entry.kinds, "part": entry.part, "roll": one.roll,
        }  # fmt: skip
        text += _("；议程：%(items)s") % {"items": entry.items} if entry.items else ""
        text += (
            _("；决定 %(n)d 条，交办 %(m)d 条") % {"n": len(one.decisions), "m": len(one.handed_on)}
            if one.decisions
            else ""
        )
        said.append(text + _("。"))
    said += [_("%(due)s：%(state)s。") % {"due": title, "state": words} for title, words in dues]
    return said


def items_of(one: Told, known: Mapping[str, Gathering]) -> str:
    """The agenda in words."""
    found = []
    for name in one.items:
        kind, _dot, item = name.partition(".")
        declared = next((i for i in known[kind].item if i.name == item), None) if kind in known else None
        found.append(titled(declared) if declared is not None else item)
    return _("、").join(found)
