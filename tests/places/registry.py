"""What tests of the registries share: the shipped lists of kinds, forms as browsers send them, sheets."""

import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from baodao.kernel.declare import forget_packs
from baodao.kernel.tables import read_table, write_xlsx
from baodao.places.services import NewGrid, draw_grids
from tests.orgs.conftest import PACKS, START, district, packs, staff, system
from tests.places.conftest import land, square
from tests.support.town import words

STREET, TOWN, HOME, NEXT, FAR = "990101001", "990101002", "990101001001", "990101001002", "990101002001"


@pytest.fixture
def lists(packs: Path, tmp_path: Path, settings: Any, land: None) -> None:
    """The shipped kinds; a grid in each of two communities; uploads in a folder of this test."""
    for name in ("places.toml", "people.toml"):
        shutil.copy(PACKS / "base" / name, packs / "base" / name)
    settings.DATA = tmp_path
    (tmp_path / "keys").mkdir(exist_ok=True)
    forget_packs()
    draw_grids(
        system(),
        grids=[
            NewGrid("g-home", HOME, "一格", square(0, 0), START),
            NewGrid("g-next", NEXT, "二格", square(1, 0), START),
            NewGrid("g-far", FAR, "三格", square(8, 8), START),
        ],
    )


def hidden(page: Any) -> dict[str, str]:
    """Hidden fields of the page's last form (the one in its body)."""
    form = re.findall(r"<form[^>]*method=\"post\".*?</form>", page.content.decode(), re.S)[-1]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def send(browser: Any, at: str, expect: int = 303, /, **typed: Any) -> Any:
    """Fill the form of a page and send it."""
    form = browser.get(at)
    assert form.status_code == 200, words(form)
    answer = browser.post(at, {**hidden(form), **typed})
    assert answer.status_code == expect, words(answer)
    return answer


def rows_of(answer: Any) -> list[dict[str, Any]]:
    """A workbook's first sheet as rows by title."""
    with read_table(io.BytesIO(answer.content)) as table:
        return [dict(zip(table.header, row.cells, strict=False)) for row in table.rows()]


def book(header: list[str], rows: list[list[Any]]) -> SimpleUploadedFile:
    """A workbook as somebody uploads it."""
    out = io.BytesIO()
    write_xlsx(out, "表", header, rows)
    return SimpleUploadedFile("sheet.xlsx", out.getvalue())


__all__ = ["book", "district", "hidden", "land", "lists", "packs", "rows_of", "send", "staff"]
