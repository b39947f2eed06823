"""Whether a mapping fits its form: every cell that it names is there, is the one that shows, holds no formula; every blank cell of the
form is named. Each fault says where and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.errors import Problem
from baodao.kernel.tables.forms import Place, SheetForm, blanks, read_sheet, read_word
from baodao.kernel.tables.forms.sheet import number
from baodao.kernel.tables.forms.word import EACH

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

    from .declare import Cell, ReturnForm, Rows

WORD_KEY = "w:"


class Fault(msgspec.Struct, frozen=True):
    """One cell that cannot be filled, or that nothing fills: its address, why, what to do."""

    at: str
    reason: str
    remedy: str
    hard: bool = True
    """False: only to be known; it can be written by hand."""


def pack_file(pack: Pack, name: str) -> bytes:
    """A file beside a pack, of its topmost layer that has it; b"" when none has."""
    for layer in reversed(pack.layers):
        # A folder outside extends the packs that the server reads.
        for path in (pack.folder.parent / layer / name, Path(settings.PACKS) / layer / name):
            if path.is_file():
                return _read(str(path), path.stat().st_mtime_ns)
    return b""


@lru_cache(maxsize=64)
def _read(path: str, _changed: int) -> bytes:
    return Path(path).read_bytes()


def check(pack: Pack, report: Report) -> None:
    """Forms of a pack: the file is there, and the mapping fits it and the pack."""
    from .declare import ReturnForm

    for name, form in pack.many(ReturnForm).items():
        raw = pack_file(pack, form.file) if form.file else b""
        if not raw:
            reason = _("包的旁边没有这个文件：%(name)s") % {"name": form.file or "—"}
            report.add(("return", name, "file"), reason, _("把表放进包的文件夹，写出路径。"), code="return")
            continue
        try:
            found = [*faults(form, raw), *unknown(pack, form)]
        except Problem as problem:
            report.add(
                ("return", name, "file"), problem.faults[0].reason, problem.faults[0].remedy, code="return"
            )
            continue
        for fault in found:
            if fault.hard:
                report.add(
                    ("return", name, "cell"), f"{fault.at}: {fault.reason}", fault.remedy, code="return"
                )


def every_cell(form: ReturnForm) -> Iterator[Cell]:
    """Cells of the form and of its lines."""
    yield from form.cells
    for rows in form.rows:
        yield from rows.cells


def unknown(pack: Pack, form: ReturnForm) -> Iterator[Fault]:
    """Cells whose source there is not in this pack, or that say none or several."""
    from baodao.dues.declare import DueRule
    from baodao.measures.declare import Measure

    from .counts import known
    from .declare import WAYS

    measures, dues = pack.many(Measure), pack.many(DueRule)
    for cell in every_cell(form):
        ways = [way for way in WAYS if getattr(cell, way)]
        if len(ways) != 1:
            yield Fault(
                cell.at,
                _("一格只能有一个来处，现在有 %(n)d 个") % {"n": len(ways)},
                _("写 measure、due、count、say、hand 之一。"),
            )
        elif cell.measure and cell.measure not in measures:
            yield Fault(cell.at, _("没有指标 %(name)s") % {"name": cell.measure}, _("请从指标表里选。"))
        elif cell.due and cell.due not in dues:
            yield Fault(cell.at, _("没有这项该做的：%(name)s") % {"name": cell.due}, _("请看 dues.toml。"))
        elif cell.count and not known(pack, cell.count):
            yield Fault(
                cell.at,
                _("没有这种数：%(name)s") % {"name": cell.count},
                _("写 orgs.层级、posts.岗位、grids、facilities。"),
            )


def faults(form: ReturnForm, raw: bytes) -> list[Fault]:
    """All that does not fit between a mapping and a file. Raises Invalid for a file that cannot be read."""
    return _word_faults(form, raw) if form.word else _sheet_faults(form, read_sheet(raw))


def _word_faults(form: ReturnForm, raw: bytes) -> list[Fault]:
    slots = read_word(raw)
    named = {cell.at for cell in every_cell(form)}
    found = [
        Fault(at, _("文件里没有这个空格"), _("在 Word 里写 {{%(name)s}}，或去掉这一格。") % {"name": at})
        for at in sorted(named - set(slots))
    ]
    for at in slots:
        if at not in named:
            found.append(Fault(at, _("没有对上：不知道填什么"), _("可以手填，写明理由。"), hard=False))
    return found


def _sheet_faults(form: ReturnForm, sheet: SheetForm) -> list[Fault]:
    found, taken = [], set()
    for cell in form.cells:
        place = sheet.place(cell.at)
        fault = _misplaced(sheet, cell.at, place, place in taken)
        found += [fault] if fault else []
        if place is not None:
            taken.add(place)
    for rows in form.rows:
        for cell in rows.cells:
            places = list(line_places(sheet, rows, cell))
            if not places:
                found.append(
                    Fault(cell.at, _("没有这一列，或没有这张表"), _("列写 A、B、C；row 写从第几行起。"))
                )
            for place in places:
                fault = _misplaced(sheet, sheet.words(place), place, place in taken)
                found += [fault] if fault else []
                taken.add(place)
    for place in blanks(sheet):
        if place not in taken:
            reason = _("没有对上：不知道填什么（%(label)s）") % {"label": sheet.label(place)}
            found.append(Fault(sheet.words(place), reason, _("可以手填，写明理由。"), hard=False))
    return found


def _misplaced(sheet: SheetForm, at: str, place: Place | None, twice: bool) -> Fault | None:
    if place is None:
        return Fault(at, _("表里没有这一格，也没有这个名字"), _("请核对地址，例如 C5、表二!C5。"))
    if twice:
        return Fault(at, _("这一格写了两次"), _("请去掉一个。"))
    anchor = sheet.anchor(place)
    if anchor != place:
        reason = _("这是合并单元格的一部分，填了也看不见")
        return Fault(at, reason, _("请写左上角那一格：%(at)s。") % {"at": sheet.words(anchor)})
    if place in sheet.formulas:
        return Fault(at, _("这一格是公式，自己会算"), _("请去掉这一格，只填公式用到的格。"))
    return None


def line_places(sheet: SheetForm, rows: Rows, cell: Cell) -> Iterator[Place]:
    """The cells of one column of lines, as many as the form has room for."""
    if rows.sheet and rows.sheet not in sheet.titles:
        return
    if not rows.row or not cell.at.isascii() or not cell.at.isupper() or len(cell.at) > 3:
        return
    n = sheet.titles.index(rows.sheet) + 1 if rows.sheet else 1
    for line in range(rows.most):
        yield Place(n, rows.row + line, number(cell.at))


def word_key(name: str, org: str = "") -> str:
    """ "w:total", or "w:each.on_time:500102001" in a line."""
    return f"{WORD_KEY}{name}:{org}" if name.startswith(EACH) and org else f"{WORD_KEY}{name}"
