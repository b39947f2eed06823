"""The workbook of a template: empty with an example and notes, or filled with what one may see. Each template is a
worksheet with drop-down lists; the words of the lists and the notes stand on worksheets of their own."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from baodao.kernel.act import Act

from .columns import Column
from .template import EXAMPLE, Template, columns_of, lines
from .write import sheet_name, write_xlsx
from .xlsx import Rule, Sheet, list_range

Part = tuple[Template, list[Column], Iterable[Sequence[Any]]]


def write_empty(out: BinaryIO, template: Template, by: Act) -> None:
    """The template to fill in: titles, lists, an example row that is never imported, notes."""
    columns = columns_of(template, by)
    _write(out, [(template, columns, [_example(columns)])])


def write_filled(out: BinaryIO, chosen: Sequence[Template], by: Act) -> dict[str, int]:
    """All that the actor may see, a worksheet for each template; gives the number of rows by name."""
    counts = dict.fromkeys((template.name for template in chosen), 0)

    def counted(template: Template, columns: Sequence[Column]) -> Iterable[Sequence[Any]]:
        for line in lines(template, by, columns):
            counts[template.name] += 1
            yield line

    parts = []
    for template in chosen:
        columns = columns_of(template, by)
        parts.append((template, columns, counted(template, columns)))
    _write(out, parts)
    return counts


def _example(columns: Sequence[Column]) -> list[Any]:
    cells: list[Any] = [column.words.get(str(column.example), column.example) or None for column in columns]
    return [f"{_('例：')}{cells[0] or ''}", *cells[1:]]


def is_example(cell: Any) -> bool:
    """Whether a row's first cell marks the example."""
    return isinstance(cell, str) and cell.strip().lower().startswith((*EXAMPLE, _("例：").strip().lower()))


def _write(out: BinaryIO, parts: Sequence[Part]) -> None:
    listed = [column for _template, columns, _rows in parts for column in columns if column.words]
    words = sheet_name(_("可选的内容"))
    places = {id(column): at for at, column in enumerate(listed)}
    rules = {
        number: {
            at: Rule(
                among=list_range(words, places[id(column)], len(column.words)) if column.words else "",
                prompt=_prompt(column),
                day=isinstance(column.example, date),
            )
            for at, column in enumerate(columns)
        }
        for number, (_template, columns, _rows) in enumerate(parts)
    }
    sheets: list[Sheet] = [
        (str(template.title), [column.title for column in columns], rows) for template, columns, rows in parts
    ]
    more = [*sheets[1:], (_("填写说明"), _note_titles(), list(_notes(parts))), (words, *_lists(listed))]
    title, header, rows = sheets[0]
    write_xlsx(out, title, header, rows, more=more, rules=rules)


def _prompt(column: Column) -> str:
    return (_("必填。") if column.required else "") + column.hint


def _note_titles() -> list[str]:
    return [_("表"), _("列"), _("要不要填"), _("填什么"), _("例子")]


def _notes(parts: Sequence[Part]) -> Iterable[list[Any]]:
    for template, columns, _rows in parts:
        yield [str(template.title), None, None, str(template.about), None]
        for column in columns:
            among = _("从下拉的内容里选") if column.words else ""
            hint = "；".join(part for part in (column.hint, among) if part)
            example = column.words.get(str(column.example), column.example) or None
            needed = _("必填") if column.required else _("可不填")
            yield [str(template.title), column.title, needed, hint or None, example]
    yield [None, None, None, _("第一格写着“例：”的行不会导入。"), None]


def _lists(listed: Sequence[Column]) -> tuple[list[str], list[list[Any]]]:
    columns = [list(column.words.values()) for column in listed]
    height = max(map(len, columns), default=0)
    rows = [[column[at] if at < len(column) else None for column in columns] for at in range(height)]
    return [column.title for column in listed], rows
