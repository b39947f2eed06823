"""A Word form as it came (ECMA-376 part 1, WordprocessingML): its slots ``{{name}}``, and the same file with them filled.

A table row with slots ``{{each.name}}`` is repeated once for each line given. Word cuts what was typed into runs where it likes; a slot
is found across them, and takes the look of its first sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from xml.sax.saxutils import escape

from .parts import clean, replaced, texts

_PARTS = r"word/(document|header\d*|footer\d*)\.xml"
_PARAGRAPH = re.compile(r"<w:p(?:\s[^>]*)?>.*?</w:p>", re.DOTALL)
_ROW = re.compile(r"<w:tr(?:\s[^>]*)?>.*?</w:tr>", re.DOTALL)
_TEXT = re.compile(r"<w:t(?:\s[^>]*)?>(.*?)</w:t>", re.DOTALL)
_SLOT = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
EACH = "each."


def read_word(raw: bytes) -> dict[str, str]:
    """Name of each slot → the sentence in which it stands, in the order of the text. Raises Invalid."""
    found: dict[str, str] = {}
    for _name, xml in sorted(texts(raw, _PARTS).items(), key=lambda one: ("document" not in one[0], one[0])):
        for paragraph in _PARAGRAPH.findall(xml):
            told = _said(paragraph)
            for slot in _SLOT.findall(told):
                found.setdefault(slot, told[:200])
    return found


def _said(xml: str) -> str:
    return unescape("".join(_TEXT.findall(xml)))


def fill_word(
    raw: bytes, values: Mapping[str, str], rows: Sequence[Mapping[str, str]] = (), mark: str = ""
) -> bytes:
    """The same file with its slots filled; one that nothing is given for stays blank. ``rows``: what ``{{each.…}}`` says, row by row;
    ``mark`` stands on top of the first page."""
    changed = {}
    for name, xml in texts(raw, _PARTS).items():
        made = _ROW.sub(lambda found: _repeated(found[0], rows), xml)
        made = _PARAGRAPH.sub(lambda found: _paragraph(found[0], values), made)
        if mark and name == "word/document.xml":
            made = _headed(made, mark)
        if made != xml:
            changed[name] = made
    return replaced(raw, changed)


def _headed(xml: str, mark: str) -> str:
    told = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>{escape(clean(mark))}</w:t></w:r></w:p>'
    return re.sub(r"(<w:body(?:\s[^>]*)?>)", lambda found: found[1] + told, xml, count=1)


def _repeated(xml: str, rows: Sequence[Mapping[str, str]]) -> str:
    slots = {name for paragraph in _PARAGRAPH.findall(xml) for name in _SLOT.findall(_said(paragraph))}
    if not any(name.startswith(EACH) for name in slots):
        return xml
    return "".join(
        _PARAGRAPH.sub(lambda found, row=row: _paragraph(found[0], row), xml)  # type: ignore[misc]
        for row in rows
    )


def _paragraph(xml: str, values: Mapping[str, str]) -> str:
    """Slots may begin in one run and end in another: the value goes where the first sign stood, the other signs go."""
    runs = list(_TEXT.finditer(xml))
    told = [unescape(run[1]) for run in runs]
    whole = "".join(told)
    slots = list(_SLOT.finditer(whole))
    if not slots:
        return xml
    signs = [(n, sign) for n, text in enumerate(told) for sign in text]
    texts_ = ["" for _run in runs]
    at = 0
    for slot in slots:
        for n, sign in signs[at : slot.start()]:
            texts_[n] += sign
        texts_[signs[slot.start()][0]] += values.get(slot[1], "")
        at = slot.end()
    for n, sign in signs[at:]:
        texts_[n] += sign
    made, last = [], 0
    for run, text in zip(runs, texts_, strict=True):
        made += [xml[last : run.start()], f'<w:t xml:space="preserve">{escape(clean(text))}</w:t>']
        last = run.end()
    return "".join([*made, xml[last:]])


def word_lines(raw: bytes) -> list[str]:
    """What the document says, paragraph by paragraph, blank ones left out."""
    xml = texts(raw, _PARTS).get("word/document.xml", "")
    return [told for paragraph in _PARAGRAPH.findall(xml) if (told := _said(paragraph).strip())]
