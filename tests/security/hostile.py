"""Hostile files and mangled requests, made by a seeded chance: the same seed gives the same ones."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from openpyxl import Workbook
from PIL import Image


class File(NamedTuple):
    """A file as somebody would send it; ``door``: sheet, evidence or polygon."""

    door: str
    name: str
    body: bytes


def _sheet() -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page.append(["编号", "内容", "时间", "电话"])
    for n in range(5):
        page.append([f"A{n}", "路灯不亮", "2026-03-02", "13800000000"])
    book.save(out)
    return out.getvalue()


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind)
    return out.getvalue()


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return out.getvalue()


def _with(good: bytes, **parts: bytes) -> bytes:
    """A workbook with some of its parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(good)) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    return _zip(
        {**held, **{name.replace("__", "/").replace("_DOT_", "."): body for name, body in parts.items()}}
    )


_LAUGH = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
) + b"]><sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>&j;</t></si></sst>"  # fmt: skip


def _bombs(chance: random.Random, good: bytes) -> Iterator[bytes]:
    """Archives that unpack to more than they say, reach far, climb out, or talk of outer entities."""
    big = b"<row r='1'><c r='A1'><v>1</v></c></row>" * chance.choice([10, 20_000])
    head = b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
    tail = b"</sheetData></worksheet>"
    yield _with(good, **{"xl/worksheets/sheet1.xml": head + big + tail})
    yield _with(good, **{"xl/worksheets/sheet1.xml": head + b"\0" * chance.choice([10, 30 << 20]) + tail})
    yield _with(
        good,
        **{
            "xl/worksheets/sheet1.xml": head + b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>" + tail
        },
    )
    yield _with(good, **{"xl/sharedStrings.xml": _LAUGH})
    yield _with(
        good,
        **{"xl/sharedStrings.xml": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><sst>&e;</sst>"},
    )
    yield _zip(
        {"../../../etc/cron.d/x": b"x", "..\\..\\x": b"x", "/abs": b"x", "[Content_Types].xml": b"<Types/>"}
    )
    yield _zip({f"n{n}": b"" for n in range(chance.choice([10, 3000]))})
    inner = _zip({"a": b"\0" * (1 << 20)})
    for _depth in range(4):
        inner = _zip({f"{n}.zip": inner for n in range(4)})
    yield inner
    lying = bytearray(_with(good))
    at = lying.rfind(b"PK\x01\x02")
    struct.pack_into("<I", lying, at + 24, 1)  # says that it unpacks to one byte
    yield bytes(lying)


def mangled(chance: random.Random, good: bytes) -> bytes:
    """Bytes changed, cut out, doubled, or the end missing."""
    raw = bytearray(good)
    for _n in range(chance.randint(1, 12)):
        at = chance.randrange(len(raw))
        what = chance.randrange(4)
        if what == 0:
            raw[at] = chance.randrange(256)
        elif what == 1:
            del raw[at : at + chance.randint(1, 64)]
        elif what == 2:
            raw[at:at] = raw[at : at + chance.randint(1, 64)]
        else:
            del raw[max(at, len(raw) // 2) :]
        raw = raw or bytearray(b"P")
    return bytes(raw)


def _texts(chance: random.Random) -> Iterator[bytes]:
    yield b"\0" * chance.choice([1, 1 << 20])
    yield b'"' * 100_001
    yield ("编号," * 5000).encode() + b"\n"
    yield "编号,内容\n".encode() + b"1," + b"x" * 2_000_000
    yield b"\xff\xfe" + b"\xd8\x00" * 500
    yield "编号,内容\n=cmd|' /C calc'!A0,@SUM(1)\n+1,-1\n".encode()
    yield bytes(chance.randrange(256) for _n in range(chance.randint(1, 3000)))
    yield b"\xef\xbb\xbf" + b"a,b\n" * 30_000
    yield b""


def _polygons(chance: random.Random) -> Iterator[bytes]:
    ring = [
        [107.3 + chance.random() / 10, 29.6 + chance.random() / 10]
        for _n in range(chance.choice([3, 4, 5, 20_000]))
    ]
    yield json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}).encode()
    yield b'{"type":"Polygon","coordinates":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    yield b'{"type":"Polygon","coordinates":[[[1e999,1],[2,2],[3,3],[1e999,1]]]}'
    yield b'{"type":"Polygon","coordinates":[[[NaN,NaN],[2,2],[3,3],[NaN,NaN]]]}'
    yield json.dumps({"type": "Polygon", "coordinates": [[[107.31, 29.61]] * 4] * 2000}).encode()
    yield (
        b'{"type":"GeometryCollection","geometries":['
        + b'{"type":"Point","coordinates":[0,0]},' * 2000
        + b"null]}"
    )
    yield b'{"type":"Polygon","coordinates":[[["a","b"],[null,{}],[[],1],[1,2,3,4]]]}'
    yield json.dumps(
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]] * 500}
    ).encode()


def files(seed: int, many: int) -> Iterator[File]:
    """So many hostile files of all sorts."""
    chance, made = random.Random(seed), 0
    sheet = _sheet()
    goods = [("x.png", _picture("PNG")), ("x.jpg", _picture("JPEG")), ("x.gif", _picture("GIF")), ("x.xlsx", sheet),
             ("x.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")]  # fmt: skip
    huge = struct.pack(">II", 60_000, 60_000)
    png = _picture("PNG")
    while made < many:
        batch = [File("sheet", "a.xlsx", body) for body in _bombs(chance, sheet)]
        batch += [File("sheet", "../../a.xlsx", mangled(chance, sheet)) for _n in range(10)]
        batch += [File("sheet", "a.csv", body) for body in _texts(chance)]
        batch += [
            File(
                "sheet",
                "a.xls",
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + chance.randbytes(chance.randint(0, 4000)),
            )
        ]
        batch += [File("evidence", name, mangled(chance, body)) for name, body in goods for _n in range(2)]
        batch += [File("evidence", "a.png", png[:16] + huge + png[24:])]
        batch += [File("evidence", "a.docx", body) for body in _bombs(chance, sheet)]
        batch += [File("polygon", "a.json", body) for body in _polygons(chance)]
        chance.shuffle(batch)
        yield from batch[: many - made]
        made += len(batch)


# ── requests ────────────────────────────────────────────────────────────────────────────────────────────

_ODD = ("\0", "'", '"', "<script>alert(1)</script>", "../../etc/passwd", "%00", "%ff%fe", "𠮷" * 40, "-1", "0", "9" * 40, "1e999",
        "2026-02-30", "9999-12-31", "0001-01-01", "NaN", "null", "[]", "{}", "'; DROP TABLE x; --", "\u202e", "\ud800", "a" * 5000, " ",
        "\r\nX: y", "{{7*7}}", "${7*7}", "=1+1", "１２", "٣", "²", "①", "-0", "true", "+8613800000000")  # fmt: skip
NAMES = ("q", "on", "org", "after", "before", "page", "view", "query", "do", "leg", "command", "_do", "_seen", "number", "code", "kind",
         "place", "text", "date", "level", "until", "since", "limit", "newer", "period", "origin", "position", "state", "name", "as",
         "lon", "lat", "which", "group", "action", "fields", "next", "lang", "large", "sort", "purpose", "month")  # fmt: skip


def odd(chance: random.Random) -> str:
    """Something that nobody types."""
    return (
        chance.choice(_ODD)
        if chance.random() < 0.8
        else "".join(chr(chance.randrange(1, 0x2FFF)) for _n in range(9))
    )


def body(chance: random.Random) -> tuple[Any, str]:
    """A body and its content type, which often does not fit."""
    pairs = {chance.choice(NAMES): odd(chance) for _n in range(chance.randint(0, 6))}
    as_json = json.dumps(
        {
            name: chance.choice([value, 1, None, [], {}, -1.5, True, [value] * 3])
            for name, value in pairs.items()
        }
    )
    kinds = [
        (as_json, "application/json"),
        ("[" * 3000, "application/json"),
        (as_json[: len(as_json) // 2], "application/json"),
        ("&".join(f"{n}={v}" for n, v in pairs.items()).encode("utf-8", "surrogatepass"), "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x\"\r\n\r\nabc\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        ("&".join(f"a{n}=1" for n in range(400)), "application/x-www-form-urlencoded"),
        (b"x" * 100, chance.choice(["text/plain", "", "application/xml", "application/json; charset=nonsense"])),
    ]  # fmt: skip
    return chance.choice(kinds)
