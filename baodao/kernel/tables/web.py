"""Sheets at a page's door: the file that came with a form, its header for the column map, a workbook to save."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.evidence.content import XLSX

from .read import read_table
from .store import keep


def given_file(request: HttpRequest) -> Any:
    """The upload of the field `file`. Raises Invalid when none was chosen."""
    given = request.FILES.get("file")
    if given is None:
        raise Invalid.of("file", _("没有选文件"), _("请选一个 CSV 或 Excel 文件"))
    return given


def keep_given(request: HttpRequest, now: datetime) -> str:
    """Store the upload of the field `file`; gives its name. Raises Invalid, TooLarge, Busy."""
    return keep(given_file(request), now)


def header_of(path: Path, prefer: Sequence[str] = ()) -> list[str]:
    """The titles of a stored sheet for a column map; none when it cannot be read (the page tells why)."""
    try:
        with read_table(path, prefer=prefer) as table:
            return [title for title in table.header if title]
    except Problem:
        return []


def workbook(content: bytes, name: str) -> HttpResponse:
    """A workbook to save; ``name`` without its ending."""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
