"""What the fields that hold rows look like on a matter's page, in print and in its papers: the latest table and plan, the score
sheets beside each other, the milestones with the day on which each was reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.jinja import day
from baodao.ledger.selectors import Recorded
from baodao.orgs.selectors import name_of

from . import rows
from .declare import Action, Procedure
from .facts import Step
from .rows import Grid
from .selectors import Seen, names_of

#: So many score sheets stand beside each other; more are counted.
MOST_SHEETS = 7


class Given(Struct, frozen=True):
    """One field that holds rows, as one fact filled it."""

    fact: Recorded
    procedure: Procedure
    action: Action
    name: str
    texts: dict[str, str]

    @property
    def declared(self) -> str:
        return self.action.fields[self.name]

    def grid(self) -> Grid:
        data = self.fact.data
        assert isinstance(data, Step)
        return rows.grid(self.procedure, self.declared, self.name, data.fields, self.texts)


def given(seen: Seen) -> Iterator[Given]:
    """All filled fields of rows that this reader may see, in order."""
    for fact in seen.facts:
        if not isinstance(fact.data, Step):
            continue
        fact_name, taken = names_of(fact)
        action = seen.procedure.action(taken)
        if action is None or action.fact != fact_name:
            continue
        for name in rows.row_fields(action):
            if any(key.startswith(f"{name}.") for key in (*fact.data.fields, *fact.slots)):
                yield Given(fact, seen.procedure, action, name, dict(seen.texts.get(fact.id, {})))


def blocks_of(seen: Seen, today: date, of: Callable[[Action], bool] = lambda action: True) -> list[Grid]:
    """The blocks of the page: one for each such field; ``of``: of these actions alone."""
    held: dict[str, list[Given]] = {}
    for one in filter(lambda one: of(one.action), given(seen)):
        held.setdefault(one.name, []).append(one)
    return [_block(seen, all_, today) for all_ in held.values()]


def grid_for(seen: Seen, name: str, today: date) -> Grid | None:
    """The block of one field, for a paper; None where nothing was filled in."""
    held = [one for one in given(seen) if one.name == name]
    return _block(seen, held, today) if held else None


def _block(seen: Seen, held: list[Given], today: date) -> Grid:
    kind = rows.kind_of(held[-1].declared)[0]
    if kind == rows.SCORES:
        return _sheets(held)
    return _plan(seen, held[-1], today) if kind == rows.PLAN else _tables(held)


def _tables(held: list[Given]) -> Grid:
    """The latest table of each unit; of several units one below the other, each row with its unit."""
    latest = list({one.fact.about: one for one in held}.values())
    if len(latest) == 1:
        return latest[0].grid()
    grids = [(name_of(one.fact.org), one.grid()) for one in latest]
    lines = tuple((office, *row) for office, grid in grids for row in grid.rows)
    return Grid(grids[0][1].title, (_("单位"), *grids[0][1].head), lines)


def plan_choices(seen: Seen) -> tuple[tuple[str, str], ...]:
    """(row, words) of the latest plan: what a field of the type ``milestone`` offers."""
    plans = [one for one in given(seen) if _is_plan(one)]
    if not plans:
        return ()
    data = plans[-1].fact.data
    assert isinstance(data, Step)
    every = rows.numbers(plans[-1].name, data.fields, plans[-1].texts)
    lines = plans[-1].grid().rows
    return tuple(
        (str(n), _("%(title)s（计划 %(day)s）") % {"title": row[0], "day": row[1]})
        for n, row in zip(every, lines, strict=True)
    )


def _is_plan(one: Given) -> bool:
    return rows.kind_of(one.declared)[0] == rows.PLAN


def _plan(seen: Seen, one: Given, today: date) -> Grid:
    """Title, planned day, the day on which it was reached, and how that compares."""
    data, plain = one.fact.data, one.grid()
    assert isinstance(data, Step)
    reached = _reached(seen, one)
    lines = []
    for n, row in zip(rows.numbers(one.name, data.fields, one.texts), plain.rows, strict=True):
        due = date.fromisoformat(str(data.fields[f"{one.name}.{n}.by"]))
        done = reached.get(str(n))
        late = (done or today) > due
        words = (
            (_("到了，晚了") if late else _("按时到了")) if done else _("过了日子") if late else _("还没有到")
        )
        lines.append((*row, day(done) if done else "—", words))
    return Grid(plain.title, (*plain.head, _("哪天做到"), _("情况")), tuple(lines))


def _reached(seen: Seen, plan: Given) -> dict[str, date]:
    """Row → the first day on which it was said to be reached, after this plan was made."""
    found: dict[str, date] = {}
    for fact in seen.facts:
        data = fact.data
        action = seen.procedure.action(data.action) if isinstance(data, Step) else None
        if (
            action is None
            or not isinstance(data, Step)
            or fact.id < plan.fact.id
            or names_of(fact)[0] != action.fact
        ):
            continue
        for name, declared in action.fields.items():
            if rows.kind_of(declared)[0] == rows.REACHED and name in data.fields:
                found.setdefault(str(data.fields[name]), localdate(fact.happened))
    return found


def _sheets(all_: list[Given]) -> Grid:
    """Score sheets beside each other, without a name: one column each, the last of each person."""
    last = list({one.fact.person or str(one.fact.id): one for one in all_}.values())[:MOST_SHEETS]
    grids = [one.grid() for one in last]
    if len(grids) == 1:
        return grids[0]
    head = (
        grids[0].head[0],
        *(_("第 %(n)d 份") % {"n": n} for n in range(1, len(grids) + 1)),
        grids[0].head[2],
    )
    lines = tuple((row[0], *(one.rows[n][1] for one in grids), row[2]) for n, row in enumerate(grids[0].rows))
    foot = (grids[0].foot[0], *(one.foot[1] for one in grids), grids[0].foot[2])
    return Grid(grids[0].title, head, lines, foot)
