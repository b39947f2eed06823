"""What there is to draw of a procedure: places, actions between them and who may take them, from `check.py`'s walk.

`chart_of` gives it as plain values in one language; `as_text` prints it, `draw.py` makes it a picture.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec import Struct, field

from baodao.kernel.calendar import Limit
from baodao.kernel.declare import Pack
from baodao.orgs.declare import PostKind
from baodao.orgs.rights import matches

from .check import Point, Walk, backs_of
from .declare import Action, Procedure
from .whose import actors

Place = tuple[str, str]


class Label(Struct):
    """One action on an arrow or in a box."""

    title: str
    who: str
    system: bool = False


class Box(Struct):
    """One place; `own` are the actions that leave the matter where it is."""

    place: Place
    title: str
    stage: str
    end: bool
    clocks: list[str] = field(default_factory=list)
    own: list[Label] = field(default_factory=list)
    x: float = 0
    y: float = 0
    w: float = 0
    h: float = 0


class Arrow(Struct):
    """All actions that lead from one place to another."""

    source: int
    target: int
    labels: list[Label] = field(default_factory=list)


class Chart(Struct):
    """What is drawn. `always` are actions that every place but the ends offers without moving."""

    title: str
    summary: str
    boxes: list[Box]
    arrows: list[Arrow]
    always: list[Label]
    always_head: str = ""
    opening: Label | None = None


def selector_word(pack: Pack, name: str, action: Action, selector: str, lang: str) -> str:
    """Who a selector means, in words; for `right(x)` the kinds of post that have it."""
    words = {
        "reporter": _("居民"),
        "caller": _("派出单位"),
        "holder": _("承办岗位"),
        "lead": _("主办单位"),
        "leg": _("承办单位"),
        "participant": _("参与的各方"),
        "superior_of_holder": _("上级"),
        "ruler": _("裁定人"),
        "named": _("点名的人"),
        "system": _("系统"),
    }
    if selector in words:
        return words[selector]
    kinds = pack.many(PostKind)
    found = [
        code for code in actors(pack, name, action)[selector] if not _only_by_leg(kinds[code], selector[6:-1])
    ]
    titles = [
        kinds[code].title_en if lang.startswith("en") and kinds[code].title_en else kinds[code].title
        for code in found
    ]
    shown = _("、").join(titles[:2])
    return shown + (_("等") if len(titles) > 2 else "") if titles else _("（没有岗位）")


def _only_by_leg(kind: PostKind, right: str) -> bool:
    """Those who have it by their leg alone are meant by another selector already."""
    return all(line.reach == "legs" for line in kind.rights if matches(line.right, right))


def chart_of(pack: Pack, name: str, lang: str = "zh-hans") -> Chart:
    """The chart of one procedure of a pack. Raises KeyError when the pack has no such procedure."""
    with override(lang):
        procedure = pack.many(Procedure, lang)[name]
        walk = Walk(pack.many(Procedure)[name], backs_of(pack, name))
        places = sorted({_place(walk, point) for point in walk.after}, key=lambda place: _order(walk, place))
        boxes = [_box(procedure, walk, place) for place in places]
        labels = {action.name: _label(pack, name, action, procedure, lang) for action in procedure.actions}
        arrows: dict[tuple[int, int], list[str]] = {}
        for point, moves in walk.after.items():
            for action, target in moves:
                pair = places.index(_place(walk, point)), places.index(_place(walk, target))
                names = arrows.setdefault(pair, [])
                if action.name in labels and action.name not in names:
                    names.append(action.name)
        order = [action.name for action in procedure.actions]
        always = _always(boxes, arrows)
        for (here, there), names in arrows.items():
            names.sort(key=order.index)
            if here == there:
                boxes[here].own = [labels[key] for key in names if key not in always]
        drawn = [Arrow(a, b, [labels[key] for key in names]) for (a, b), names in arrows.items() if a != b]
        kept = [labels[key] for key in order if key in always]
        head = _("没有结束之前，随时都能：")
        drawn.sort(key=_span)
        return Chart(procedure.title, procedure.summary, boxes, drawn, kept, head, labels.get("open"))


def _span(arrow: Arrow) -> tuple[int, int, int]:
    return abs(arrow.source - arrow.target), arrow.source, arrow.target


def _always(boxes: list[Box], arrows: dict[tuple[int, int], list[str]]) -> set[str]:
    open_boxes = [place for place, box in enumerate(boxes) if not box.end]
    own = [set(arrows.get((place, place), ())) for place in open_boxes]
    return set.intersection(*own) if len(own) > 1 else set()


def _place(walk: Walk, point: Point) -> Place:
    return (point.stage, "" if walk.ended(point) else point.leg)


def _order(walk: Walk, place: Place) -> tuple[int, int]:
    """Stages as declared, within one as they are reached."""
    met = [_place(walk, point) for point in walk.after]
    return walk.procedure.stages.index(place[0]), met.index(place)


def _box(procedure: Procedure, walk: Walk, place: Place) -> Box:
    running = {name for point in walk.after if _place(walk, point) == place for name in point.clocks}
    clocks = [
        f"{clock.title or procedure.word(f'clock.{clock.name}')} {Limit.parse(clock.limit).words()}"
        for clock in procedure.clocks
        if clock.name in running
    ]
    stage = procedure.word(f"stage.{place[0]}")
    title = procedure.word(f"state.{place[1]}") if place[1] else stage
    return Box(place, title, stage, place[0] in procedure.last, clocks)


def _label(pack: Pack, name: str, action: Action, procedure: Procedure, lang: str) -> Label:
    words = dict.fromkeys(selector_word(pack, name, action, selector, lang) for selector in action.who)
    return Label(action.title or action.name, " / ".join(words), set(action.who) == {"system"})


def as_text(chart: Chart) -> str:
    """The same in lines: each place with its clocks, what can be done there, and where it leads."""
    lines = [chart.title]
    if chart.opening is not None:
        lines.append(f"    {chart.opening.title} · {chart.opening.who} → {chart.boxes[0].title}")
    for place, box in enumerate(chart.boxes):
        head = box.stage if box.title == box.stage else f"{box.stage} · {box.title}"
        lines.append(f"[{head}]" + "".join(f"  ◷ {clock}" for clock in box.clocks))
        lines.extend(f"    {label.title} · {label.who}" for label in box.own)
        for arrow in chart.arrows:
            if arrow.source == place:
                target = chart.boxes[arrow.target]
                lines.extend(f"    {label.title} · {label.who} → {target.title}" for label in arrow.labels)
    if chart.always:
        lines.append(chart.always_head)
        lines.extend(f"    {label.title} · {label.who}" for label in chart.always)
    return "\n".join(lines)
