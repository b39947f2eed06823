"""What the desk shows beside a matter: likely category, department, duty item and duplicates. Computed when the page is
opened, for staff who may read the matter; nothing is shown that this reader could not open herself."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.text import mask
from baodao.ledger.models import Fact
from baodao.ledger.registry import decode
from baodao.ledger.selectors import texts_of
from baodao.matters.declare import Procedure
from baodao.matters.facts import Opened
from baodao.matters.models import Matter
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.selectors import Seen, visible_to
from baodao.orgs.duties import Duty, callable_orgs, district_of
from baodao.orgs.selectors import forest, name_of

from .alike import REACH_DAYS, Report, pieces, ranked, same_words, weights
from .facts import Chosen
from .model import Guess, Model, current
from .models import Habit, Spot
from .spots import cells_around, point_of

#: How far back habits are counted, how many candidates are compared, how many lines are shown.
RECENT, CANDIDATES, LINES = 200, 200, 5
#: Beside this many choices a single one says little.
FEW = 5
#: Likeness of words under which a duty item is not named: one word in common is no reason. Nor is a habit that is a rare one: less than
#: one in so many.
FAINT, RARE = 0.15, 5


class Office(Struct, frozen=True):
    """A department or a duty item: code as kept, names, how often of the latest ``of`` it was called, the likeness of its
    words (0 to 1) and those it shares with the matter."""

    code: str
    org: str
    name: str
    times: int = 0
    of: int = 0
    likeness: float = 0.0
    terms: tuple[str, ...] = ()

    @property
    def office(self) -> str:
        """The organization's name."""
        return name_of(self.org)


class Twin(Struct, frozen=True):
    """An earlier matter that may tell of the same: metres (None: the same grid), days, likeness of words 0 to 1."""

    number: str
    title: str
    kind: str
    metres: int | None
    days: int
    likeness: float


class Card(Struct, frozen=True):
    """All of it. ``broken``: why the model does not open; ``choices``: what was chosen last, by what."""

    model: str
    categories: tuple[Guess, ...]
    departments: tuple[Office, ...]
    duties: tuple[Office, ...]
    twins: tuple[Twin, ...]
    choices: dict[str, str]
    broken: str = ""

    @property
    def empty(self) -> bool:
        """Nothing to say."""
        return not (self.categories or self.departments or self.duties or self.twins or self.broken)


def folder(what: str = "category") -> Path:
    """Where the model of this installation lies."""
    return Path(settings.DATA) / "models" / what


def card(by: Act, seen: Seen) -> Card | None:
    """The card of a matter that goes on; None for one that ended, for one whose addressee is known, and for who holds no post. Six
    statements at most."""
    if not by.post or seen.state.ended is not None or not is_sorted(seen.procedure):
        return None
    texts: dict[str, str] = {}
    for fact in seen.facts:
        if isinstance(fact.data, Opened):
            texts = seen.texts.get(fact.id, {})
    title, text = texts.get("title", ""), texts.get("text", "")
    model, broken = _model()
    day = timezone.localdate(by.noted)
    departments, duties = _offices(seen, f"{title}\n{text}", day)
    return Card(
        model=model.digest if model is not None else "",
        categories=model.guess(title, text) if model is not None else (),
        departments=departments,
        duties=duties,
        twins=_twins(by, seen, texts),
        choices=_choices(seen.state.subject),
        broken=broken,
    )


def is_sorted(procedure: Procedure) -> bool:
    """Whether somebody has to find out whose such a matter is or what it is like: residents bring it, its calls name an item of the duty
    list, or likes are merged. An alert, a challenge or a recommendation knows its addressee, and a guess would only be in the way."""
    kinds = {kind.rstrip("?") for action in procedure.actions for kind in action.fields.values()}
    merged = procedure.action("merge") is not None
    return merged or "duty_item" in kinds or any("reporter" in action.who for action in procedure.actions)


def _model() -> tuple[Model | None, str]:
    """A damaged file is told on the card; the page itself stands."""
    try:
        return current(folder()), ""
    except Invalid as problem:
        return None, problem.as_text()


def _choices(subject: str) -> dict[str, str]:
    rows = Fact.objects.filter(subject=subject, kind="suggestion.chosen").order_by("id")
    found: dict[str, str] = {}
    for kind, v, data in rows.values_list("kind", "v", "data"):
        made = decode(kind, v, data)
        assert isinstance(made, Chosen)
        found[made.what] = made.chosen
    return found


# ── departments and duty items ──────────────────────────────────────────────────────────────────────────


def _offices(seen: Seen, text: str, day: date) -> tuple[tuple[Office, ...], tuple[Office, ...]]:
    usual = _usual(seen)
    of = {what: sum(counted.values()) for what, counted in usual.items()}
    home = district_of(seen.state.org, day)
    held = callable_orgs(day, [home]) if home else {}
    alike = _alike_duties(text, [duty for duties in held.values() for duty in duties])
    duties = [
        Office(
            code := f"{duty.org}:{duty.code}",
            duty.org,
            duty.title,
            usual["duty"][code],
            of["duty"],
            likeness,
            terms,
        )
        for duty, likeness, terms in alike
        if likeness >= FAINT or _usually(usual["duty"], f"{duty.org}:{duty.code}")
    ]
    duties.sort(key=_weight)
    best: dict[str, Office] = {}
    for one in duties:
        best.setdefault(one.org, one)
    habits = {org for org in usual["department"] if _usually(usual["department"], org)}
    # Who has been called already is no advice.
    orgs = ((habits | set(best)) & set(forest().nodes)) - {leg.org for leg in seen.state.open_legs()}
    departments = [
        Office(org, org, name_of(org), usual["department"][org], of["department"], *_of(best.get(org)))
        for org in orgs
    ]
    return tuple(sorted(departments, key=_weight)[:3]), tuple(duties[:3])


def _usually(counted: Counter[str], code: str) -> bool:
    return counted[code] * RARE >= counted.total() > 0


def _of(duty: Office | None) -> tuple[float, tuple[str, ...]]:
    return (duty.likeness, duty.terms) if duty is not None else (0.0, ())


def _weight(one: Office) -> tuple[float, str]:
    """What is usual and what reads alike, added; ties by code."""
    return -(one.times / (one.of + FEW) + one.likeness), one.code


def _usual(seen: Seen) -> dict[str, Counter[str]]:
    """The latest choices for matters of the same procedure and kind with a number of the same district. One statement."""
    found: dict[str, Counter[str]] = {"department": Counter(), "duty": Counter()}
    rows = Habit.objects.filter(procedure=seen.state.procedure, kind=seen.state.kind, what__in=list(found))
    number = seen.row.number
    rows = (
        rows.filter(matter__startswith=number[: number.find("-") + 1])
        .exclude(matter=number)
        .order_by("-fact")
    )
    for what, code in rows.values_list("what", "code")[:RECENT]:
        found[what][code] += 1
    return found


def _alike_duties(text: str, duties: list[Duty]) -> list[tuple[Duty, float, tuple[str, ...]]]:
    own = pieces(text)
    cut = [pieces(f"{duty.title} {duty.keywords}") for duty in duties]
    weigh = weights(cut)
    # What no item has cannot speak for one.
    mine = frozenset(piece for piece in own if piece in weigh)
    found = []
    for duty, item in zip(duties, cut, strict=True):
        shared = sorted(mine & item, key=lambda piece: (-weigh[piece] * len(piece), piece))
        found.append((duty, same_words(mine, item, weigh), tuple(shared[:3])))
    return found


# ── duplicates ──────────────────────────────────────────────────────────────────────────────────────────


def _twins(by: Act, seen: Seen, texts: dict[str, str]) -> tuple[Twin, ...]:
    state = seen.state
    if state.level > SHARED_LEVEL:
        return ()
    point = point_of(texts.get("point", ""))
    near = Q(place=state.place, cell=0) if state.place else Q(pk__in=[])
    if point is not None:
        near |= Q(cell__in=cells_around(*point))
    elif state.place:
        near = Q(place=state.place)
    rows = Spot.objects.filter(near, procedure=state.procedure, opened__lte=state.opened)
    rows = rows.filter(opened__gte=state.opened - timedelta(days=REACH_DAYS)).exclude(matter=state.number)
    spots = {spot.matter: spot for spot in rows.order_by("-opened", "matter")[:CANDIDATES]}
    open_ = visible_to(by).filter(number__in=list(spots), ended__isnull=True, level__lte=SHARED_LEVEL)
    matters = {row.number: row for row in open_.filter(into="")} if spots else {}
    words = texts_of([spots[number].fact for number in matters]) if matters else {}
    reports = [_report(spots[number], words.get(spots[number].fact, {})) for number in matters]
    mine = Report(
        state.number, state.opened.timestamp(), state.kind, _words(texts), *_degrees(point or (None, None))
    )
    return tuple(
        _twin(seen, matters[one.key], words.get(spots[one.key].fact, {}), one)
        for one in ranked(mine, reports, LINES)
    )


def _report(spot: Spot, texts: dict[str, str]) -> Report:
    return Report(
        spot.matter, spot.opened.timestamp(), spot.kind, _words(texts), *_degrees((spot.lat, spot.lon))
    )


def _degrees(point: tuple[int | None, int | None]) -> tuple[float | None, float | None]:
    lat, lon = point
    return (None, None) if lat is None or lon is None else (lat / 1e6, lon / 1e6)


def _words(texts: dict[str, str]) -> str:
    return f"{texts.get('title', '')}\n{texts.get('text', '')}"


def _twin(seen: Seen, row: Matter, texts: dict[str, str], one: Any) -> Twin:
    kind = next((kind.title for kind in seen.procedure.kinds if kind.name == row.kind), "")
    return Twin(
        number=row.number,
        title=mask(texts.get("title") or texts.get("text", ""))[:40],
        kind=kind,
        metres=None if one.metres is None else round(one.metres),
        days=int(one.hours // 24),
        likeness=one.text,
    )
