"""A map level as one SVG element: works without scripts, styles by attributes only (the content policy
allows no other).

Any page can show it: ``Markup`` goes straight into a template.
"""

import math
from collections.abc import Callable, Collection, Mapping

from markupsafe import Markup, escape

from .maps import Map, Shape

LAND, LINE, CHOSEN, INK = "#efece6", "#b9b2a5", "#fbe7e4", "#1d1b18"
#: The style sheet lights an area up under the pointer; the picked one keeps its own colour.
AREA = Markup(' class="area"')
#: Labels are left out where more children than this would make them illegible; the list beside has them all.
LABELS = 40


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
    :param mark: (lon, lat) of a pin.
    :param marked: codes of children that are lit.
    :param counts: number to print in a child, by code; zero and absent print nothing.
    """
    parts = [
        Markup(
            '<svg class="bd-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="group" aria-label="{}" '
            'width="100%" preserveAspectRatio="xMidYMid meet">'
        ).format(drawn.width, drawn.height, title)
    ]
    parts.extend(
        _child(shape, link(shape), shape.code == chosen, shape.code in marked) for shape in drawn.shapes
    )
    words = [_label(shape, counts or {}, len(drawn.shapes) <= LABELS) for shape in drawn.shapes]
    parts.append(
        Markup('<g pointer-events="none" text-anchor="middle" font-size="{}" fill="{}">').format(
            _size(len(drawn.shapes)), INK
        )
    )
    parts.extend(words)
    parts.append(Markup("</g>"))
    if mark is not None:
        x, y = drawn.xy(*mark)
        parts.append(
            Markup(
                '<circle cx="{}" cy="{}" r="11" fill="#b3261e" stroke="#fff" stroke-width="4"></circle>'
            ).format(x, y)
        )
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


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


def _label(shape: Shape, counts: Mapping[str, int], named: bool) -> Markup:
    count = counts.get(shape.code, 0)
    text = " ".join(part for part in (shape.label if named else "", str(count) if count else "") if part)
    return (
        Markup('<text x="{}" y="{}">{}</text>').format(shape.x, shape.y, escape(text)) if text else Markup("")
    )
