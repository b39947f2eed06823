"""Labelled texts from a sheet: CSV, Excel, or either of them packed by gzip."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid, TooLarge
from baodao.kernel.tables import read_table, source_digest

from .grams import normal
from .training import Rows

#: Unpacked; more is a bomb or not a sheet.
LARGEST = 200 << 20


def read_rows(path: Path, text: Sequence[str], label: str) -> Rows:
    """The rows of a sheet that have both a text and a label. ``text``: titles of one column (the body) or two (title,
    body). Raises Invalid naming a column that is not there, TooLarge."""
    if not 1 <= len(text) <= 2:
        raise Invalid.of("text", _("文字列写一个或两个：标题,正文"), _("例如 --text title,text"))
    titles, texts, labels = [], [], []
    with tempfile.TemporaryFile() as plain:
        _unpack(path, plain)
        with read_table(plain) as table:
            where = [_column(table.header, name) for name in (*text, label)]
            for row in table.rows():
                cells = [str(row.cells[n] or "") if n < len(row.cells) else "" for n in where]
                if cells[-1].strip() and any(cell.strip() for cell in cells[:-1]):
                    titles.append(cells[0] if len(text) == 2 else "")
                    texts.append(cells[-2])
                    labels.append(cells[-1].strip())
    if not labels:
        raise Invalid.of("file", _("没有既有文字又有标签的行"), _("请核对列名"))
    # Grouped by body: a letter that was sent twice must not be learned and asked.
    groups = [normal(body) or normal(title) for title, body in zip(titles, texts, strict=True)]
    return Rows(titles, texts, labels, groups, path.name, source_digest(path))


def _column(header: Sequence[str], name: str) -> int:
    if name not in header:
        words = _("没有“%(name)s”这一列") % {"name": name}
        raise Invalid.of(name, words, _("表里有：%(names)s") % {"names": "、".join(header[:20])})
    return list(header).index(name)


def _unpack(path: Path, out: object) -> None:
    write = out.write  # type: ignore[attr-defined]
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        size = 0
        with gzip.open(path, "rb") if packed else path.open("rb") as source:
            while chunk := source.read(1 << 20):
                size += len(chunk)
                if size > LARGEST:
                    raise TooLarge.of("file", _("文件解开后太大"), _("请分成几个文件"))
                write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Invalid.of("file", _("这个压缩文件打不开"), _("请重新压缩，或直接用 .csv")) from error
    except FileNotFoundError as error:
        raise Invalid.of("file", _("没有这个文件"), _("请核对路径")) from error
