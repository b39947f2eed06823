"""Parts of an office file as text: read, replaced, packed again with the times that they had."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from html import unescape

from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid, Problem

_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def attributes(tag: str) -> dict[str, str]:
    """Attributes of a tag, as they are meant."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def clean(text: str) -> str:
    """Without signs that XML has no way to write."""
    return _ILLEGAL.sub("", text)


def texts(raw: bytes, wanted: str) -> dict[str, str]:
    """Parts whose names match, decoded. Raises Invalid when the file cannot be read."""
    pattern = re.compile(wanted)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            names = [name for name in packed.namelist() if pattern.fullmatch(name)]
            return {name: packed.read(name).decode("utf-8-sig") for name in names}
    except (zipfile.BadZipFile, UnicodeDecodeError, OSError, ValueError) as error:
        raise unreadable() from error


def unreadable() -> Problem:
    """The form cannot be read as one."""
    return Invalid.of("file", _("这张表读不懂"), _("请用 Excel、WPS 或 LibreOffice 打开，另存一次再传"))


def replaced(raw: bytes, parts: Mapping[str, str]) -> bytes:
    """The same file with these parts changed; equal input gives equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in packed.infolist():
            body = parts[entry.filename].encode() if entry.filename in parts else packed.read(entry)
            kept = zipfile.ZipInfo(entry.filename, entry.date_time)
            kept.compress_type, kept.external_attr = zipfile.ZIP_DEFLATED, entry.external_attr
            made.writestr(kept, body)
    return out.getvalue()
