"""Every write of places. Verbs take lists; a page passes a list of one."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.kernel.verbs import Tx, lock, verb
from baodao.ledger.selectors import facts_of, texts_of
from baodao.ledger.services import on_void
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import UNREADABLE, Faults

from . import facts, selectors
from .buildings.models import Building
from .buildings.services import rehome
from .models import Border, Grid
from .ruling import (
    ChangeGrid,
    EndGrid,
    NewGrid,
    check_grids,
    check_team,
    refuse_left,
    refuse_misfits,
)
from .selectors import GridRef, Plan
from .shapes import read_shape, square_metres, write_shape
from .simulated import simulated_grids
from .uses import refuse_used

_LOCK = 0x47524944  # "GRID"


@verb("border.set")
def set_border(tx: Tx, by: Act, *, org: str, polygon: str, since: date, source: str) -> int:
    """The outer border of an organization; gives its area in square metres. Raises Invalid."""
    tx.ask("border.set", Subject(ref=f"org:{org}", org=org))
    trees = orgs.forest()
    if org not in trees:
        raise Invalid.of("org", _("没有组织 %(code)s") % {"code": org}, suggest(org, trees.nodes)[1])
    if not 1 <= len(source.strip()) <= 200 or UNREADABLE.search(source):
        raise Invalid.of("source", _("请写明界线的来源"), _("最多 200 个字"))
    shape = read_shape(polygon)
    text, area = write_shape(shape), round(square_metres(shape))
    tx.upsert(
        Border, ("org_id",), org_id=org, polygon=text, source=source.strip(), origin=by.origin, since=since
    )
    data = facts.BorderSet(since=since.isoformat(), digest=_digest(text))
    tx.fact(
        data, subject=f"org:{org}", org=org, value=area, texts={"polygon": text, "source": source.strip()}
    )
    tx.bump(selectors.EPOCH)
    return area


@verb("grid.draw")
def draw_grids(
    tx: Tx, by: Act, *, grids: list[NewGrid], ends: list[EndGrid] | None = None, covers: str = ""
) -> list[str]:
    """Draw grids; gives their codes.

    :param ends: grids that these take the place of: they end in the same command, and their buildings go over to the
        new grid that they stand in.
    :param covers: an organization whose border the grids must fill; "" only looks for gaps between neighbours.
    :raises Invalid: faults by place (``grids[3].polygon``).
    :raises Conflict: overlaps, gaps and what lies beyond the border above the tolerance, with size and place; nothing is
        written.
    """
    for org in {grid.org for grid in grids} or {""}:
        tx.ask("grid.draw", Subject(ref=f"org:{org}" if org else "org:", org=org))
    plan = _locked()
    gone = _ending(tx, ends or [], plan)
    shapes = check_grids(grids, plan)
    refuse_misfits(grids, shapes, plan, {end.code: end.until for end in ends or []}, covers)
    index = []
    for grid, shape in zip(grids, shapes, strict=True):
        text, area, point = write_shape(shape), round(square_metres(shape)), shape.representative_point()
        row = GridRef(
            grid.code, grid.org, grid.name.strip(), round(point.x, 6), round(point.y, 6), area, by.origin,
            grid.since, None, grid.team,
        )  # fmt: skip
        tx.insert(Grid, **_columns(row, text))
        tx.fact(
            facts.Drawn(since=grid.since.isoformat(), digest=_digest(text), team=grid.team),
            subject=f"grid:{grid.code}", org=grid.org, place=grid.code, value=area,
            texts={"name": grid.name.strip(), "polygon": text},
        )  # fmt: skip
        index.append((row, text))
    _end(tx, ends or [], gone)
    if gone:
        _rehome(tx, gone, Plan(index, {}), min(grid.since for grid in grids) if grids else date.max)
    tx.bump(selectors.EPOCH)
    return [grid.code for grid in grids]


@verb("grid.change")
def change_grids(tx: Tx, by: Act, *, grids: list[ChangeGrid]) -> list[str]:
    """Name grids anew, or say who answers for them; gives the codes of those that changed."""
    plan, faults = _locked(), Faults("grids")
    held = {one.code: plan.grids[plan.by_code[one.code]] for one in grids if one.code in plan.by_code}
    for org in {ref.org for ref in held.values()} or {""}:
        tx.ask("grid.change", Subject(ref=f"org:{org}", org=org))
    seen = set[str]()
    for place, one in enumerate(grids):
        ref = held.get(one.code)
        if ref is None or one.code in seen:
            reason = _("写了两次") if one.code in seen else _("没有网格 %(code)s") % {"code": one.code}
            faults.add(place, "code", reason, suggest(one.code, plan.by_code)[1])
            continue
        seen.add(one.code)
        faults.text(place, "name", one.name, 1, 80)
        check_team(faults, place, one.team, ref.org, orgs.today())
    faults.close()
    changed = [
        one for one in grids if (one.name.strip(), one.team) != (held[one.code].name, held[one.code].team)
    ]
    polygons = _polygons([one.code for one in changed])
    for one in changed:
        ref, name = held[one.code], one.name.strip()
        row = msgspec.structs.replace(ref, name=name, team=one.team)
        tx.upsert(Grid, ("code",), **_columns(row, polygons[ref.code]))
        texts = {"name": name} if name != ref.name else {}
        tx.fact(
            facts.Changed(team=one.team), subject=f"grid:{ref.code}", org=ref.org, place=ref.code, texts=texts
        )
    if changed:
        tx.bump(selectors.EPOCH)
    return [one.code for one in changed]


@verb("grid.end")
def end_grids(tx: Tx, by: Act, *, grids: list[EndGrid]) -> list[str]:
    """Grids are given up; what happened in them keeps their code. Buildings have left them before."""
    plan = _locked()
    held = _ending(tx, grids, plan)
    if not held:
        tx.ask("grid.end", Subject(ref="org:", org=""))
    refuse_left(held, "grids")
    _end(tx, grids, held)
    tx.bump(selectors.EPOCH)
    return list(held)


def _ending(tx: Tx, ends: Sequence[EndGrid], plan: Plan) -> dict[str, GridRef]:
    """The grids that may end so, after asking for each. Raises Invalid, Conflict."""
    faults = Faults("grids")
    held: dict[str, GridRef] = {}
    for place, end in enumerate(ends):
        faults.day(place, "until", end.until)
        number = plan.by_code.get(end.code)
        if number is None:
            faults.add(
                place, "code", _("没有网格 %(code)s") % {"code": end.code}, suggest(end.code, plan.by_code)[1]
            )
        elif end.code in held:
            faults.add(place, "code", _("写了两次"))
        elif plan.grids[number].until is not None:
            raise Conflict.of(
                f"grids[{place}].code", _("这个网格已经在 %(day)s 撤销") % {"day": plan.grids[number].until}
            )
        elif end.until <= plan.grids[number].since:
            faults.add(place, "until", _("撤销日要在划定日之后"), plan.grids[number].since.isoformat())
        else:
            held[end.code] = plan.grids[number]
    faults.close()
    for org in {ref.org for ref in held.values()}:
        tx.ask("grid.end", Subject(ref=f"org:{org}", org=org))
    return held


def _end(tx: Tx, ends: Sequence[EndGrid], held: dict[str, GridRef]) -> None:
    polygons = _polygons(held)
    for end in ends:
        ref = msgspec.structs.replace(held[end.code], until=end.until)
        tx.upsert(Grid, ("code",), **_columns(ref, polygons[ref.code]))
        data = facts.Ended(until=end.until.isoformat())
        tx.fact(data, subject=f"grid:{ref.code}", org=ref.org, place=ref.code)


def _rehome(tx: Tx, gone: dict[str, GridRef], fresh: Plan, since: date) -> None:
    def at(lon: float, lat: float) -> tuple[str, str] | None:
        found = fresh.at(lon, lat, since)
        return (found.code, found.org) if found else None

    behind = rehome(tx, gone, at, since)
    if behind:
        raise Conflict(
            *(
                Fault(
                    "grids",
                    _("楼栋 %(code)s 没有坐标，或不在任何新网格里，不知道归谁") % {"code": code},
                    _("先给楼栋补上坐标，或先把它移走"),
                )
                for code in behind[:200]
            )
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _columns(ref: GridRef, polygon: str) -> dict[str, Any]:
    held = msgspec.structs.asdict(ref)
    return {"org_id": held.pop("org"), "polygon": polygon, **held}


def _polygons(codes: Iterable[str]) -> dict[str, str]:
    return dict(Grid.objects.filter(code__in=list(codes)).values_list("code", "polygon"))


def _locked() -> Plan:
    """The grids as committed, while nobody else can draw."""
    lock(_LOCK)
    return selectors.read_plan()


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """Facts of grids were voided: what is left is folded anew. What others stand on stays, and so does the batch."""
    wanted = [subject for subject in subjects if subject.startswith("grid:")]
    if not wanted:
        return
    gone = {pending.voids for pending in tx.facts}
    left: dict[str, list[Any]] = {subject: [] for subject in wanted}
    for start in range(0, len(wanted), 500):
        for fact in facts_of(wanted[start : start + 500]):
            if fact.id not in gone:
                left[fact.subject].append(fact)
    texts = texts_of([fact.id for held in left.values() for fact in held])
    unmade = [subject.removeprefix("grid:") for subject, held in left.items() if not held]
    # A building that came into such a grid by the same batch leaves it with the batch.
    with_it = {one.removeprefix("building:") for one in subjects if one.startswith("building:")}
    stays = Building.objects.filter(grid__in=unmade, until__isnull=True).exclude(code__in=list(with_it))
    if stays.exists():
        refuse_left(unmade, "batch")
    refuse_used("grid", unmade, "batch")
    for subject, held in left.items():
        row = _folded(subject.removeprefix("grid:"), held, texts)
        if row is None:
            tx.delete(Grid, code=subject.removeprefix("grid:"))
        else:
            tx.upsert(Grid, ("code",), **row)
    tx.bump(selectors.EPOCH)


def _folded(code: str, held: Sequence[Any], texts: Mapping[int, Mapping[str, str]]) -> dict[str, Any] | None:
    """A grid's row from its facts in force."""
    row: dict[str, Any] | None = None
    for fact in held:
        said, data = texts.get(fact.id, {}), fact.data
        if isinstance(data, facts.Drawn):
            shape = read_shape(said["polygon"])
            point = shape.representative_point()
            ref = GridRef(
                code, fact.org, said["name"], round(point.x, 6), round(point.y, 6), fact.value, fact.origin,
                date.fromisoformat(data.since), None, data.team,
            )  # fmt: skip
            row = _columns(ref, said["polygon"])
        elif row is not None and isinstance(data, facts.Changed):
            row |= {"team": data.team} | ({"name": said["name"]} if "name" in said else {})
        elif row is not None and isinstance(data, facts.Ended):
            row |= {"until": date.fromisoformat(data.until)}
    return row


on_void(_after_void)

__all__ = [
    "ChangeGrid",
    "EndGrid",
    "NewGrid",
    "change_grids",
    "draw_grids",
    "end_grids",
    "set_border",
    "simulated_grids",
]
