"""Hints about evidence, for the recorder's eyes alone, on the page where she sends it: nothing here is stored, becomes a fact,
feeds a measure or is seen above. A hint can be wrong (docs/figures.md says how often); she looks and decides.

- *seen before*: a difference hash (64 bits: is each of 8 × 8 points brighter than its right neighbour) near that of a picture that the
  branch used for another evening;
- *other time or place than told*: what the camera wrote into the file before it was stored without it; only "differs" is told;
- *minutes copied*: shares most of its runs of four characters with the minutes of an earlier evening.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from math import asin, cos, radians, sin, sqrt

from PIL import Image

#: Bits that may differ between two pictures of the same scene saved anew; measured on real photos.
NEAR = 6
#: Share of runs in common, and least length, from which minutes look copied.
ALIKE, LEAST = 0.8, 40
_RUN = 4
_FAR = 3_000.0  # metres
_WHEN = re.compile(r"^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_DATETIME, _EXIF, _GPS, _TAKEN = 0x0132, 0x8769, 0x8825, 0x9003


def picture_hash(raw: bytes) -> int:
    """64 bits of a picture's brightness, row by row; raises OSError for what is none."""
    with Image.open(io.BytesIO(raw)) as opened:
        opened.draft("L", (64, 64))
        small = opened.convert("L").resize((9, 8), Image.Resampling.BOX)
    grey = small.tobytes()
    bits = (grey[9 * row + n + 1] > grey[9 * row + n] for row in range(8) for n in range(8))
    return int("".join("1" if bit else "0" for bit in bits), 2)


def distance(one: int, other: int) -> int:
    """Bits that differ."""
    return (one ^ other).bit_count()


def seen_before(one: int, others: Mapping[str, int], near: int = NEAR) -> str:
    """Name of the nearest of the others within `near` bits; "" for none."""
    found = sorted((distance(one, other), name) for name, other in others.items())
    return found[0][1] if found and found[0][0] <= near else ""


def taken_at(raw: bytes) -> tuple[date | None, tuple[float, float] | None]:
    """(day, (longitude, latitude)) that a camera wrote into the file; None for what it did not."""
    try:
        with Image.open(io.BytesIO(raw)) as opened:
            exif = opened.getexif()
            told = exif.get_ifd(_EXIF).get(_TAKEN) or exif.get(_DATETIME)
            where = exif.get_ifd(_GPS)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError):
        return None, None
    return _day(told), _point(where)


def differs(raw: bytes, day: date, points: Collection[tuple[float, float]] = ()) -> tuple[bool, bool]:
    """(another day than told, another place than told). ``points``: where the place that was told may be (of several by that name, each);
    none is known: it does not differ. Nothing in the file: it does not differ."""
    taken, where = taken_at(raw)
    away = bool(points) and where is not None and all(metres(where, one) > _FAR for one in points)
    return taken is not None and taken != day, away


def alike(text: str, earlier: Mapping[str, str], share: float = ALIKE) -> str:
    """Name of the earlier minutes that these repeat most; "" below the share, or for short texts."""
    mine = _runs(text)
    if len(mine) < LEAST:
        return ""
    found = sorted(
        ((len(mine & _runs(other)) / len(mine), name) for name, other in earlier.items()), reverse=True
    )
    return found[0][1] if found and found[0][0] >= share else ""


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """On the sphere, in metres."""
    (x1, y1), (x2, y2) = ((radians(p[0]), radians(p[1])) for p in (one, other))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * 6_371_000 * asin(sqrt(half))


def _runs(text: str) -> set[str]:
    plain = re.sub(r"[\W\d_]+", "", text)
    return {plain[n : n + _RUN] for n in range(len(plain) - _RUN + 1)}


def _day(told: object) -> date | None:
    found = _WHEN.match(str(told or ""))
    if not found:
        return None
    try:
        year, month, day = (int(part) for part in found.groups()[:3])
        return date(year, month, day)
    except ValueError:
        return None


def _point(where: Mapping[int, object]) -> tuple[float, float] | None:
    try:
        lat, lon = _degrees(where[2]), _degrees(where[4])  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (-lon if where.get(3) == "W" else lon), (-lat if where.get(1) == "S" else lat)


def _degrees(parts: Iterable[object]) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[arg-type]
    return degrees + minutes / 60 + seconds / 3600
