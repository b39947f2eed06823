"""A procedure walked in memory: the engine and the fold of the product, a made-up district, and nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct, field
from msgspec.structs import replace

from baodao.kernel.act import Subject
from baodao.kernel.calendar import Limit, WorkCalendar
from baodao.kernel.declare import District, Pack
from baodao.kernel.errors import Refused
from baodao.matters import checklists, openly, rows, story
from baodao.matters.clocks import PAUSE_CLOCK
from baodao.matters.declare import Action, Procedure, digest
from baodao.matters.engine import OPEN, Decision, Offer, Opening, available, decide, fits, open_matter
from baodao.matters.facts import NAMES, Emit, Opened, Step
from baodao.matters.fold import fold
from baodao.matters.lapses import advance, next_at
from baodao.matters.move import Called, Ports
from baodao.matters.policies import subject_of
from baodao.matters.state import Run, State
from baodao.orgs.declare import SYSTEM

from .town import READ, Seat, Town, town_of

HOME = "community"


class Told(Struct, frozen=True):
    """One act as it is told: when, by whom, the button, the sentence, who hears of it, what begins elsewhere."""

    at: datetime
    who: str
    title: str
    words: str
    hears: tuple[str, ...]
    resident: bool
    blind: bool = False
    elsewhere: tuple[str, ...] = ()


class Choice(Struct, frozen=True):
    """Something that a seat may do now."""

    seat: Seat
    offer: Offer


class Play(Struct):
    """One matter on its way. ``now`` is the moment at which the next act happens (UTC)."""

    pack: Pack
    name: str
    lang: str
    town: Town
    calendar: WorkCalendar
    now: datetime
    first: Procedure
    procedure: Procedure
    facts: list[Emit] = field(default_factory=list)
    #: The procedure that declared each fact's act.
    under: list[Procedure] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    state: State | None = None

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────

    def openers(self) -> list[Seat]:
        """The seats that may begin such a matter."""
        action = self.procedure.action(OPEN)
        if action is None:
            return []
        if set(action.who) == {SYSTEM}:
            return [self.town.seats[SYSTEM]]
        right, level = f"{self.name}.{OPEN}", self.procedure.level
        return [
            seat
            for seat in self.town.seats.values()
            if seat.key != SYSTEM
            and self.town.may(seat, right, Subject(ref="matter:new", org=seat.office or HOME, level=level))
        ]

    def open(
        self, seat: Seat, fields: Mapping[str, Any], kind: str = "", calls: tuple[str, ...] = ()
    ) -> list[Told]:
        """Begin it. Raises Problem as the product's verb would."""
        given = dict(fields)
        place = str(given.pop("place", "")) or ("g1" if self._asks("place") else "")
        district = self.pack.one(District) if self.pack.has(District) else None
        form = district.number if district is not None else "T-{year}-{n:06}"
        subject = Subject(ref="matter:new", org=seat.office or HOME, level=self.procedure.level)
        opening = Opening(
            number=form.format(year=self.now.year, n=1),
            digest=digest(self.procedure),
            name=self.name,
            org=seat.office or HOME,
            actor=self.town.actor(seat, subject),
            happened=self.now,
            reporter="" if seat.office else seat.token,
            place=place,
            kind=kind or str(given.pop("kind", "")),
            fields=given,
            calls=tuple(Called(org, role="lead" if n == 0 else "co") for n, org in enumerate(calls)),
        )
        return self._take(seat, open_matter(self.procedure, opening, self.calendar, self._ports()))

    def _asks(self, name: str) -> bool:
        action = self.procedure.action(OPEN)
        return action is not None and not action.fields.get(name, "?").endswith("?")

    # ── acting ──────────────────────────────────────────────────────────────────────────────────────────

    def choices(self) -> list[Choice]:
        """All that somebody may do now, in the cast's order; the clock's own acts only where a stage waits for something
        from elsewhere."""
        assert self.state is not None
        found = []
        for seat in self.town.seats.values():
            if seat.key == SYSTEM and not self.state.awaiting:
                continue
            found += [Choice(seat, offer) for offer in self.offers(seat)]
        return found

    def offers(self, seat: Seat) -> list[Offer]:
        """What one seat may do now, with hindrances: the right and the procedure's ``who`` both say yes."""
        assert self.state is not None
        subject, state = subject_of(self.state), self.state
        actor = self.town.actor(seat, subject)
        return [
            offer
            for offer in available(self.procedure, state, actor, self.now, self.calendar)
            if self.town.may(seat, f"{state.procedure}.{offer.action.name}", subject)
            and fits(offer, state.legs.get(offer.leg) if offer.leg is not None else None)
        ]

    def act(self, seat: Seat, action: str, fields: Mapping[str, Any], leg: int | None = None) -> list[Told]:
        """What was due before, then the act. Raises Problem as the product's verb would."""
        assert self.state is not None
        told = self.wait(self.now)
        subject = subject_of(self.state)
        if not self.town.may(seat, f"{self.state.procedure}.{action}", subject):
            raise Refused.of(
                "", _("%(seat)s没有这个权限") % {"seat": seat.title}, f"{self.state.procedure}.{action}"
            )
        decision = decide(
            self.procedure,
            self.state,
            action,
            self.town.actor(seat, subject),
            fields=fields,
            happened=max(self.now, self.state.last),
            calendar=self.calendar,
            leg=leg,
            ports=self._ports(),
        )
        return told + self._take(seat, decision)

    def wait(self, until: datetime) -> list[Told]:
        """Let time pass; what clocks do by themselves is told."""
        assert self.state is not None
        self.stand_at(max(self.now, until))
        return self._take(
            self.town.seats[SYSTEM], advance(self.procedure, self.state, self.now, self.calendar)
        )

    def stand_at(self, moment: datetime) -> None:
        """The walk's clock shows this moment; who holds which right is asked by its day."""
        self.now, self.town = moment, replace(self.town, day=self.calendar.local_date(moment))

    def after(self, limit: str) -> datetime:
        """The moment that lies so far ahead ("3 workdays"). Raises Invalid."""
        return self.calendar.due(self.now, Limit.parse(limit, "wait")).at

    def next_due(self) -> datetime | None:
        """When something will happen by itself, if nobody acts."""
        assert self.state is not None
        return next_at(self.procedure, self.state, self.calendar)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────

    def sees(self, seat: Seat) -> bool:
        """Whether this seat may open the matter at all."""
        assert self.state is not None
        return self.town.may(seat, READ, subject_of(self.state))

    def public(self) -> list[tuple[datetime, str]]:
        """What the released page tells of the steps so far."""
        offices = [self.town.name(emit.org) if emit.about else "" for emit in self.facts]
        told = (
            openly.step_words(procedure, one.data, at)
            for one, procedure, at in zip(self.facts, self.under, offices, strict=True)
        )
        return [(one.happened, words) for one, words in zip(self.facts, told, strict=True) if words]

    def clocks(self) -> list[Run]:
        """The clocks that run or stand, the next one first."""
        assert self.state is not None
        runs = [run for run in self.state.runs.values() if run.stopped is None and run.clock != PAUSE_CLOCK]
        return sorted(runs, key=lambda run: run.due)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────

    def _ports(self) -> Ports:
        def other(name: str) -> tuple[str, Procedure]:
            procedure = self.pack.many(Procedure, self.lang)[name]
            return digest(procedure), procedure

        return Ports(other=other)

    def _take(self, seat: Seat, decision: Decision) -> list[Told]:
        new = [replace(emit, id=len(self.facts) + n) for n, emit in enumerate(decision.emits, 1)]
        before = self.procedure
        self.facts += new
        self.under += [before] * len(new)
        gone = {fact.supersedes for fact in self.facts}
        versions = {digest(one): one for one in self.pack.many(Procedure, self.lang).values()}
        left = [fact for fact in self.facts if fact.id not in gone]
        number = self.state.number if self.state is not None else decision.state.number
        self.state = fold(self.first, left, self.calendar, number, versions.__getitem__)
        self.procedure = versions[self.state.digest]
        found = [one for emit in new if (one := self._tell(before, seat, emit)) is not None]
        self.told += found
        return found

    def _tell(self, procedure: Procedure, seat: Seat, emit: Emit) -> Told | None:
        data = emit.data
        action = procedure.action(data.action) if isinstance(data, Step) else None
        if not isinstance(data, Step) or action is None or NAMES[type(data)] != action.fact:
            return None
        assert self.state is not None
        lead = self.state.legs.get(int(emit.about[4:])) if emit.about.startswith("leg:") else self.state.lead
        values = {name: self._words(procedure, action, name, value) for name, value in data.fields.items()}
        if listed := checklists.field_of(action):
            values[listed] = checklists.told(procedure, self.state.kind, listed, data.fields)
        for name in rows.row_fields(action):
            held = (procedure, action.fields[name], name, data.fields, emit.texts)
            values[name] = rows.words(*held) if rows.lines(*held) else ""
        office = self.town.name(lead.org if lead is not None else self.state.org)
        called = story.called_words(self.state, self.town.name) or office
        told = {"org": office, "orgs": called, **values, **emit.texts}
        opens = [self.pack.many(Procedure, self.lang)[one.procedure].title for one in emit.opens]
        return Told(
            emit.happened,
            self.town.seats[SYSTEM].title
            if emit.system or not (emit.person or emit.post or isinstance(data, Opened))
            else seat.title,
            action.title or action.name,
            story.sentence(procedure, action, self.state, told, lead),
            action.tells,
            story.is_for_resident(action),
            action.blind,
            tuple(opens),
        )

    def _words(self, procedure: Procedure, action: Action, name: str, value: Any) -> str:
        kind = action.fields.get(name, "").rstrip("?")
        if kind in {"org", "post", "alliance", "duty_item"}:
            return self.town.name(str(value))
        return story.value_words(procedure, action, name, value)


def begin(pack: Pack, name: str, lang: str, now: datetime, calendar: WorkCalendar) -> Play:
    """A play of the procedure ``name`` of a pack, before anybody has begun it."""
    procedure = pack.many(Procedure, lang)[name]
    town = town_of(pack, name, lang, calendar.local_date(now))
    return Play(pack, name, lang, town, calendar, now, procedure, procedure)
