"""A chart as SVG: boxes from left to right, arrows with who in small type, a clock face at each limit.

Boxes stand in one row. Arrows to the next box lie one below the other in the gap; those that go back run in lanes
above, those that leap run below, each lane on a level of its own, so that no text lies on another. Only presentation
attributes are used: no style, no script, no font file. Units are pixels; a Chinese character is one em wide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

from .chart import Arrow, Chart, Label, as_text

FONT = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
INK, QUIET, LINE, PAPER, WASH = "#1f2328", "#57606a", "#8c959f", "#ffffff", "#f6f8fa"
UNDER_WAY, DONE, CLOCK = "#0b5cad", "#1a7f37", "#9a6700"
TITLE, SMALL, HEAD = 14, 11, 15
PAD, ROW, ARROW, LANE, GAP = 14, 22, 46, 40, 26


def width(text: str, size: float) -> float:
    """Pixels of a text, on the safe side for the fonts above."""
    return sum(_ems(char) for char in text) * size


def _ems(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if char in "mwMW@%":
        return 0.92
    if char.isupper():
        return 0.68
    return 0.36 if char in " iIjltfr.,;:'|!()[]/-" else 0.6


def label_width(label: Label) -> float:
    """Pixels of an action with who takes it beside it."""
    return width(label.title, TITLE) + 8 + width(label.who, SMALL)


def _arrange(chart: Chart) -> tuple[float, float]:
    """Give every box its place; returns the size of the picture. Boxes stand in one row, lanes above and below."""
    boxes, arrows = chart.boxes, chart.arrows
    above = sum(1 for arrow in arrows if arrow.target < arrow.source)
    below = sum(1 for arrow in arrows if arrow.target > arrow.source + 1)
    beside = {arrow.source: arrow for arrow in arrows if arrow.target == arrow.source + 1}
    x, top = float(PAD * 2) + _entry(chart), PAD + HEAD * 2.2 + ROW + above * LANE + ROW + GAP
    for place, box in enumerate(boxes):
        rows = [width(text, SMALL) + 20 for text in box.clocks] + [label_width(label) for label in box.own]
        box.w = max([150, width(box.title, TITLE), *rows]) + 2 * PAD
        sides = [len(beside[side].labels) for side in (place, place - 1) if side in beside]
        lines = PAD + ROW * (1 + len(box.clocks) + len(box.own)) + PAD
        box.h = max(lines, max(sides, default=0) * ARROW + PAD)
        box.x, box.y = x, top
        gap = (
            max((label_width(label) for label in beside[place].labels), default=0) + 34
            if place in beside
            else GAP * 2
        )
        x += box.w + max(gap, GAP * 2)
    bottom = top + max(box.h for box in boxes) + GAP + below * LANE
    right = boxes[-1].x + boxes[-1].w + PAD * 2
    footer = ROW * (1 + len(chart.always)) + PAD if chart.always else 0
    texts = [width(chart.title, HEAD * 1.3), width(chart.summary, SMALL + 1)]
    return max([right, *(text + PAD * 4 for text in texts)]), bottom + footer + PAD


def _ports(chart: Chart) -> dict[tuple[int, int, str], float]:
    """Where each lane leaves or enters a box: (arrow, box, "above"/"below") → x, all different for one box."""
    wanted: dict[tuple[int, str], list[int]] = {}
    for place, arrow in enumerate(chart.arrows):
        side = _side(arrow)
        if side:
            for end in (arrow.source, arrow.target):
                wanted.setdefault((end, side), []).append(place)
    ports = {}
    for (end, side), places in wanted.items():
        box = chart.boxes[end]
        # The left part of the upper edge belongs to the stage's name.
        start, room = (0.5, 0.45) if side == "above" else (0.1, 0.8)
        for turn, place in enumerate(sorted(places, key=lambda place: _nesting(chart.arrows[place], end))):
            share = start + room * (turn + 0.5) / len(places)
            ports[place, end, side] = box.x + box.w * share
    return ports


def _nesting(arrow: Arrow, end: int) -> tuple[int, int]:
    """Order of ports along an edge in which lanes nest instead of crossing: to the left short first, to the
    right long first."""
    other = arrow.target if arrow.source == end else arrow.source
    return (0, end - other) if other < end else (1, end - other)


def _side(arrow: Arrow) -> str:
    if arrow.target < arrow.source:
        return "above"
    return "below" if arrow.target > arrow.source + 1 else ""


# --- SVG ------------------------------------------------------------------------------------------------------


def _text(x: float, y: float, text: str, size: float = TITLE, fill: str = INK) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{fill}">{escape(text)}</text>'


def _bold(text: str) -> str:
    return text.replace("<text ", '<text font-weight="700" ', 1)


def _line(points: Iterable[tuple[float, float]], dashed: bool) -> str:
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    shape = f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="1.5"{dash}'
    return f'{shape} marker-end="url(#tip)"/>'


def _face(x: float, y: float) -> str:
    """A clock face with its centre at (x, y)."""
    ring = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="6" fill="{PAPER}" stroke="{CLOCK}" stroke-width="1.5"/>'
    return (
        ring + f'<path d="M{x:.0f} {y - 4:.0f}V{y:.0f}h3" fill="none" stroke="{CLOCK}" stroke-width="1.5"/>'
    )


def _tag(x: float, y: float, label: Label, *, backed: bool) -> str:
    """A label that begins at x on the base line y: title, then who in small type."""
    out = ""
    if backed:
        out = f'<rect x="{x - 5:.0f}" y="{y - 15:.0f}" width="{label_width(label) + 10:.0f}" height="21" rx="4" fill="{PAPER}"/>'
    who = f'<tspan dx="8" font-size="{SMALL}" fill="{QUIET}">{escape(label.who)}</tspan>'
    return out + _text(x, y, label.title, TITLE, CLOCK if label.system else INK).replace(
        "</text>", who + "</text>"
    )


def _stage_frames(chart: Chart) -> list[str]:
    """One wash behind the boxes of each stage, with its name."""
    out, groups = [], dict.fromkeys(box.place[0] for box in chart.boxes)
    for stage in groups:
        members = [box for box in chart.boxes if box.place[0] == stage]
        left, right = members[0].x - 12, members[-1].x + members[-1].w + 12
        top, high = members[0].y - ROW - 8, max(box.h for box in members) + ROW + 20
        colour = DONE if members[0].end else UNDER_WAY
        out.append(
            f'<rect x="{left:.0f}" y="{top:.0f}" width="{right - left:.0f}" height="{high:.0f}" rx="10" fill="{WASH}"'
            f' stroke="{colour}" stroke-opacity="0.35"/>'
        )
        out.append(_bold(_text(left + 12, top + 20, members[0].stage, TITLE, colour)))
    return out


def _boxes(chart: Chart) -> list[str]:
    out = []
    for box in chart.boxes:
        out.append(
            f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.w:.0f}" height="{box.h:.0f}" rx="6" fill="{PAPER}"'
            f' stroke="{DONE if box.end else LINE}"/>'
        )
        y = box.y + PAD + 10
        out.append(_bold(_text(box.x + PAD, y, box.title, TITLE, INK)))
        for clock in box.clocks:
            y += ROW
            out.append(_face(box.x + PAD + 6, y - 4) + _text(box.x + PAD + 20, y, clock, SMALL, CLOCK))
        for label in box.own:
            y += ROW
            out.append(_tag(box.x + PAD, y, label, backed=False))
    return out


def _entry(chart: Chart) -> float:
    """Room at the left for the arrow that opens the matter."""
    return label_width(chart.opening) + 34 if chart.opening is not None else 0


def _opening(chart: Chart) -> list[str]:
    if chart.opening is None:
        return []
    first = chart.boxes[0]
    y, left = first.y + PAD + 28, first.x - _entry(chart)
    return [_line([(left, y), (first.x - 1, y)], False), _tag(left, y - 7, chart.opening, backed=False)]


def _beside(chart: Chart) -> list[str]:
    """Arrows from a box to the next one, one below the other in the gap between them."""
    out = []
    for arrow in chart.arrows:
        if arrow.target != arrow.source + 1:
            continue
        left, right = chart.boxes[arrow.source], chart.boxes[arrow.target]
        for turn, label in enumerate(arrow.labels):
            y = left.y + PAD + ARROW * turn + 28
            out.append(_line([(left.x + left.w, y), (right.x - 1, y)], label.system))
            gap = right.x - left.x - left.w
            out.append(_tag(left.x + left.w + (gap - label_width(label)) / 2, y - 7, label, backed=False))
    return out


def _lanes(chart: Chart) -> list[str]:
    """Arrows that go back (above) or leap forward (below), each on a level of its own."""
    ports, lines, tags = _ports(chart), [], []
    top = min(box.y for box in chart.boxes) - ROW - 8
    bottom = max(box.y + box.h for box in chart.boxes) + 12
    level = {"above": top, "below": bottom}
    for place, arrow in enumerate(chart.arrows):
        side = _side(arrow)
        if not side:
            continue
        level[side] += -LANE if side == "above" else LANE
        y = level[side]
        start, end = ports[place, arrow.source, side], ports[place, arrow.target, side]
        edges = [
            chart.boxes[box].y if side == "above" else chart.boxes[box].y + chart.boxes[box].h
            for box in (arrow.source, arrow.target)
        ]
        tip = edges[1] - 1 if side == "above" else edges[1] + 1
        dashed = all(label.system for label in arrow.labels)
        lines.append(_line([(start, edges[0]), (start, y), (end, y), (end, tip)], dashed))
        crossings = [x for (other, _box_, where), x in ports.items() if where == side and other > place]
        at = _free(
            min(start, end), max(start, end), sum(label_width(tag) + 16 for tag in arrow.labels), crossings
        )
        for label in arrow.labels:
            tags.append(_tag(at, y + 5, label, backed=True))
            at += label_width(label) + 16
    return lines + tags


def _free(left: float, right: float, wide: float, crossings: list[float]) -> float:
    """Where a label of this width may begin on a lane, away from the lines that cross it if there is room."""
    middle = max((left + right - wide) / 2, PAD)
    steps = [middle + turn * 12 * sign for turn in range(60) for sign in (1, -1)]
    for at in steps:
        inside = left + 14 <= at and at + wide <= right - 6
        if inside and not any(at - 8 <= x <= at + wide for x in crossings):
            return at
    return middle


def svg(chart: Chart) -> str:
    """The whole picture as one SVG document (UTF-8)."""
    wide, high = _arrange(chart)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}"'
        f' role="img" aria-labelledby="chart-title chart-desc" font-family="{FONT}">',
        f'<title id="chart-title">{escape(chart.title)}</title><desc id="chart-desc">{escape(as_text(chart))}</desc>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{LINE}"/></marker></defs>',
        f'<rect width="{wide:.0f}" height="{high:.0f}" fill="{PAPER}"/>',
        _bold(_text(PAD * 2, PAD + HEAD * 1.5, chart.title, HEAD * 1.3, INK)),
        _text(PAD * 2, PAD + HEAD * 1.5 + ROW, chart.summary, SMALL + 1, QUIET),
        *_stage_frames(chart),
        *_boxes(chart),
        *_opening(chart),
        *_beside(chart),
        *_lanes(chart),
    ]
    if chart.always:
        y = high - PAD * 2 - ROW * len(chart.always)
        out.append(_text(PAD * 2, y, chart.always_head, SMALL + 1, QUIET))
        out.extend(
            _tag(PAD * 2, y + ROW * (turn + 1), label, backed=False)
            for turn, label in enumerate(chart.always)
        )
    return "\n".join([*out, "</svg>"]) + "\n"
