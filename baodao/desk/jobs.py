"""The list as a sheet: more than a page, so written by the worker, page after page, with progress."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.exports import writing
from baodao.kernel.jobs import Running, job
from baodao.kernel.tables import write_xlsx
from baodao.matters import listing
from baodao.matters.listing import Item
from baodao.matters.project import NEVER
from baodao.orgs.selectors import name_of

from .columns import Asked, asked_of
from .rows import Printer

KIND = "todo.sheet"
#: Rows of a sheet, and rows read at once.
MOST, STEP = 100_000, 500
#: What every sheet tells: columns of these names are not written twice.
_BASE = ("procedure", "kind", "office")


@job(KIND, idempotent=True)
def sheet(running: Running, args: dict[str, Any]) -> dict[str, Any]:
    """`args`: query, the list's address. The list as of the moment at which it was asked for; no names, no telephone
    numbers, no text of level 2. Tells how many rows, and whether there were more."""
    by, asked = running.by, asked_of(QueryDict(args["query"]))
    total = listing.stakes(by, asked.wish, by.noted)[: MOST + 1].count()
    pages = _pages(running, asked, min(total, MOST))
    first = next(pages, [])
    mark = _("模拟数据") + " " if settings.DEMO or any(item.origin == "simulated" for item in first) else ""
    printer = Printer(by.noted, "")

    def rows() -> Iterator[list[Any]]:
        yield from (_cells(item, printer, asked) for item in first)
        for items in pages:
            yield from (_cells(item, printer, asked) for item in items)

    with writing(running.id, running.by.noted) as out:
        title = f"{mark}{_('待办')} {timezone.localdate(by.noted)}"
        count = write_xlsx(out, title, _header(asked), rows())
    return {"rows": count, "more": total > MOST}


def _pages(running: Running, asked: Asked, total: int) -> Iterator[list[Item]]:
    """The list by keyset, so that the thousandth page costs what the first does."""
    by, after, done = running.by, "", 0
    while done < total:
        rows = listing.behind(listing.stakes(by, asked.wish, by.noted), after, asked.wish.sort)
        items = listing.items(by, rows[: min(STEP, total - done)], asked.wish.sort)
        if not items:
            return
        yield items
        after, done = items[-1].mark, done + len(items)
        running.progress(done, total)


def _header(asked: Asked) -> list[str]:
    header = [
        _("编号"),
        _("事项"),
        _("种类"),
        _("内容"),
        _("要做的"),
        _("承办"),
        _("反映时间"),
        _("到期"),
        _("剩余"),
    ]
    return header + [str(one.title) for one in asked.columns if one.name not in _BASE]


def _cells(item: Item, printer: Printer, asked: Asked) -> list[Any]:
    cells: list[Any] = [
        item.number, item.procedure, item.kind, item.words, item.do, name_of(item.org), item.opened,
        item.due if item.due < NEVER else None, printer.left(item),
    ]  # fmt: skip
    return cells + [one.of(item) for one in asked.columns if one.name not in _BASE]
