"""A map level as one SVG element: works without scripts, styles by attributes only (the content policy
allows no other).

Any page can show it: ``Markup`` goes straight into a template.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from markupsafe import Markup, escape

from .maps import Map, Shape

Box = tuple[float, float, float, float]
LAND, LINE, CHOSEN, INK = "#efece6", "#b9b2a5", "#fbe7e4", "#1d1b18"
#: The style sheet lights an area up under the pointer; the picked one keeps its own colour.
AREA = Markup(' class="area"')
#: Labels are left out where more children than this would make them illegible; the list beside has them all.
LABELS = 40
#: Room around a pin that lies beside the land.
PIN = 40


def svg(
    drawn: Map,
    link: Callable[[Shape], str],
    *,
    title: str,
    chosen: str = "",
    mark: tuple[float, float] | None = None,
    counts: Mapping[str, int] | None = None,
    marked: Collection[str] = (),
) -> Markup:
    """The map with a link on every child.

    :param link: address for a child ("" for none).
    :param title: words for a screen reader.
    :param chosen: code of the child that is picked.
    :param mark: (lon, lat) of a pin; the drawing grows for one that lies beside it.
    :param marked: codes of children that are lit.
    :param counts: number to print in a child, by code; zero and absent print nothing.
    """
    parts = [
        Markup(
            '<svg class="bd-map" xmlns="http://www.w3.org/2000/svg" viewBox="{}" role="group" aria-label="{}" '
            'width="100%" preserveAspectRatio="xMidYMid meet">'
        ).format(_view(drawn, mark), title)
    ]
    parts.extend(
        _child(shape, link(shape), shape.code == chosen, shape.code in marked) for shape in drawn.shapes
    )
    size = _size(len(drawn.shapes))
    parts.append(
        Markup(
            '<g class="words" pointer-events="none" text-anchor="middle" font-size="{}" fill="{}">'
        ).format(size, INK)
    )
    pin = drawn.xy(*mark) if mark is not None else None
    parts.extend(_words(drawn.shapes, counts or {}, size, pin))
    parts.append(Markup("</g>"))
    if pin is not None:
        parts.append(
            Markup(
                '<circle cx="{}" cy="{}" r="18" fill="#b3261e" stroke="#fff" stroke-width="5"></circle>'
            ).format(*pin)
        )
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _view(drawn: Map, mark: tuple[float, float] | None) -> str:
    x, y = drawn.xy(*mark) if mark is not None else (0.0, 0.0)
    left, top = min(0.0, x - PIN), min(0.0, y - PIN)
    right, bottom = max(float(drawn.width), x + PIN), max(float(drawn.height), y + PIN)
    return f"{left:g} {top:g} {right - left:g} {bottom - top:g}"


def _size(children: int) -> int:
    """Height of the letters in units of a drawing 1000 wide: the fewer the children, the more room each
    has."""
    return max(26, min(52, round(160 / math.sqrt(max(1, children)))))


def _child(shape: Shape, address: str, chosen: bool, lit: bool) -> Markup:
    path = Markup(
        '<path{} d="{}" fill="{}" stroke="{}" stroke-width="{}" fill-rule="evenodd"><title>{}</title></path>'
    ).format(
        Markup("") if chosen or lit else AREA,
        shape.path,
        CHOSEN if chosen or lit else LAND,
        INK if chosen else LINE,
        3 if chosen else 2,
        shape.name,
    )
    if not address:
        return path
    current = Markup(' aria-current="true"') if chosen else Markup("")
    return Markup('<a href="{}" aria-label="{}"{}>{}</a>').format(address, shape.name, current, path)


def _words(
    shapes: Sequence[Shape], counts: Mapping[str, int], size: int, pin: tuple[float, float] | None
) -> Iterator[Markup]:
    """Name and number of each child where they cover nothing, a pin neither: at its place, a line above or below; else the number alone."""
    taken: list[Box] = [] if pin is None else [(pin[0] - 22, pin[1] - 22, pin[0] + 22, pin[1] + 22)]
    named = len(shapes) <= LABELS
    for shape in shapes:
        count = str(counts.get(shape.code) or "")
        whole = f"{shape.label if named else ''} {count}".strip()
        spots = [(whole, shape.y + lines * size) for lines in (0, -1.2, 1.2)]
        text, y = next((spot for spot in spots if _free(_box(*spot, shape.x, size), taken)), (count, shape.y))
        if text:
            taken.append(_box(text, y, shape.x, size))
            yield Markup('<text x="{}" y="{}">{}</text>').format(shape.x, round(y, 1), escape(text))


def _box(text: str, y: float, x: float, size: int) -> Box:
    """Left, top, right, bottom of a text around its middle; Chinese signs are as wide as they are high."""
    half = sum(1.0 if ord(sign) > 0x2E7F else 0.55 for sign in text) * size / 2
    return x - half, y - size, x + half, y


def _free(box: Box, taken: Sequence[Box]) -> bool:
    return all(box[2] <= b[0] or b[2] <= box[0] or box[3] <= b[1] or b[3] <= box[1] for b in taken)
