"""The pack section ``procedure``: what a district declares about one kind of matter.

A procedure is data. Its stages, clocks and actions are free words of the district; what they may *mean* is
closed: guards (``when``), selectors (``who``), effects (``then``), field types are the short lists below.
Those keys that are lists of named tables are written in the singular in TOML (``[[procedure.x.action]]``).

References inside a procedure (does the stage exist, does the clock name a fact?) are judged by
``references.py``; this file only gives shapes, so that the reader of packs can locate a wrong key by itself.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from baodao.kernel.declare.sections import register_section

from .terms import (
    ENGINE_FACTS,
    FACT_REF,
    LEG_STATE_AFTER,
    NAME,
    RECORDS_BY_NAME,
    Audience,
    Bound,
    ColumnType,
    Effect,
    FactRef,
    FieldType,
    Guard,
    LegalLimit,
    Level,
    LimitText,
    Name,
    Selector,
    Source,
    judge,
    many,
)

__all__ = ["ENGINE_FACTS", "LEG_STATE_AFTER", "Effect", "Guard", "many"]


#: A slot of a paper or a sentence.
PAPER_SLOT = re.compile(r"\{([a-z_]+)\}")


class Clock(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A limit that runs from a fact to a fact; at its end ``system`` takes the action ``lapse``, if named.

    ``on`` says how many there are: one per leg, per stage (gone when it is left), per round or per matter.
    ``start`` may stay empty when an effect starts the clock. ``pausable = false``: no pause holds it.
    """

    name: Name
    limit: LimitText
    on: Literal["leg", "stage", "round", "matter"] = "leg"
    title: str = ""
    start: str | tuple[str, ...] = ()
    stop: str | tuple[str, ...] = ()
    lapse: Name | None = None
    pausable: bool = True
    promised: bool = True
    """False: a day promised in the act that starts it does not move its end (the longest that the whole may take)."""
    source: Source = "assumed"

    def __post_init__(self) -> None:
        judge(self.start, FACT_REF, "start")
        judge(self.stop, FACT_REF, "stop")

    def starts(self) -> tuple[str, ...]:
        return many(self.start)

    def stops(self) -> tuple[str, ...]:
        return many(self.stop)


class Pause(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A declared cause that may stop the clocks of a leg; after ``longest`` it ends by itself."""

    name: Name
    title: str
    longest: LimitText | None = None
    source: Source = "assumed"


class Kind(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the matter is about, asked before any text; ``level`` lifts draft and matter to that level. ``board`` and
    ``scene``: the board of the command centre that it falls to, and its class of scenarios (words ``board.<name>`` …)."""

    name: Name
    title: str
    level: Level | None = None
    hint: str = ""
    urgent: bool = False
    """True: possible danger to life; 110, 119 and 120 are shown first."""
    public_space: bool | None = None
    """Says otherwise than the procedure whether this is about a place that everybody uses."""
    board: Name | None = None
    scene: Name | None = None


class Item(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing to look at. A failed one may open a matter: of the kind ``kind``, graded ``grade``, for the organization ``unit``
    (a code; "": whom the form names)."""

    name: Name
    title: str
    kind: Name | None = None
    grade: Name | None = None
    unit: Annotated[str, Meta(max_length=32)] = ""


class Checklist(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is looked at in matters of the kind of the same name (a kind of place). A matter keeps the list of its version."""

    name: Name
    items: tuple[Item, ...] = field(name="item", default=())
    source: Source = "assumed"


class Column(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One column of a table. ``type``: text, int, money (fen), date, bool or ``code:a|b``; a final "?" lets cells stay empty."""

    name: Name
    title: str
    type: ColumnType = "text"

    @property
    def kind(self) -> str:
        """The type without its choices."""
        return self.type.rstrip("?").partition(":")[0]

    @property
    def optional(self) -> bool:
        """Whether a cell may stay empty."""
        return self.type.endswith("?")

    @property
    def options(self) -> tuple[str, ...]:
        """The codes to choose from; none but for ``code:``."""
        return tuple(filter(None, self.type.rstrip("?").partition(":")[2].split("|")))


class Table(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table that a field ``table:<name>`` asks for, of at most ``most`` rows; int and money columns are added up."""

    name: Name
    title: str
    columns: tuple[Column, ...] = field(name="column", default=())
    most: Annotated[int, Meta(ge=1, le=50)] = 10
    source: Source = "assumed"


class Criterion(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a score sheet, worth ``most`` points."""

    name: Name
    title: str
    most: Annotated[int, Meta(ge=1, le=100)] = 10


class ScoreSheet(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A score sheet that a field ``scores:<name>`` asks for. A ``figure`` over that field works on the totals."""

    name: Name
    title: str
    items: tuple[Criterion, ...] = field(name="item", default=())
    source: Source = "assumed"


class Paper(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A document of the matter: ``text`` with slots for any field of its actions, {number}, {org}, {title}, {today}; one
    line is one paragraph. ``stages``: when it can be made; none: always."""

    name: Name
    title: str
    text: str
    stages: tuple[Name, ...] = ()
    source: Source = "assumed"


class Figure(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number made of what different people gave for the same: shown from ``least`` of them on, never singly.
    ``trimmed_mean``: without the highest and the lowest, to two decimals. ``by``: the latest for each value of this field
    counts, instead of the latest of each person. ``floor``: a smaller one is told to the office that looks after the matter
    alone; others read that it is smaller."""

    name: Name
    title: str
    of: FactRef
    field: Name
    how: Literal["trimmed_mean", "sum", "count"] = "trimmed_mean"
    least: Annotated[int, Meta(ge=1, le=100)] = 3
    by: Name | None = None
    floor: Annotated[int, Meta(ge=0, le=1000)] = 0


class Load(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What each call asks of its addressee, kept with the call, so that measures can add it up for whoever asked: the whole
    number of ``field`` of the opening, times ``factor`` of the code in ``times`` (``rhythm``: weekly = 52)."""

    name: Name
    field: Name
    times: Name | None = None
    factor: dict[Name, Annotated[int, Meta(ge=0, le=1000)]] = {}
    source: Source = "assumed"


class NextStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A lawful way on after "cannot, because": only rows that somebody verified on a date may be named."""

    name: Name
    title: str
    where: str
    basis: str = ""
    limit: LegalLimit | None = None
    verified: str = ""
    """Day on which somebody compared the row with the law in force, YYYY-MM-DD; "": not to be named."""
    source: Source = "assumed"


class Action(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One move. ``from`` is a leg's state when ``on = "leg"``, else a stage; empty: any but an end."""

    name: Name
    title: str = ""
    on: Literal["matter", "leg"] = "matter"
    from_: str | tuple[str, ...] = field(name="from", default=())
    to: Name | None = None
    who: tuple[Selector, ...] = ()
    when: tuple[Guard, ...] = ()
    fields: dict[Name, FieldType] = field(default_factory=dict)
    sets: dict[Name, str] = field(default_factory=dict)
    """Literal codes that this action always records, e.g. ``{ claim = "cannot" }``."""
    bounds: tuple[Bound, ...] = ()
    """What fields may be beside the day of the act or beside each other."""
    then: tuple[Effect, ...] = ()
    records: Annotated[str, Meta(pattern="^(" + "|".join(ENGINE_FACTS) + ")$")] | None = None
    extends: Name | None = None
    """The clock that an extension prolongs, by the field ``extra`` (in the clock's own unit)."""
    sets_level: bool = False
    """Sets the matter's level to the field ``level``. Only a ruling (by a right alone, with ``other_person_than``) lowers it."""
    releases: bool = False
    """Shows a matter of public space to others under the field ``title``; without that field it hides it again."""
    rules_return: Literal["upheld", "overruled"] | None = None
    """How this action rules a dispute over a return; counted against the duty item that was cited."""
    shows: tuple[Name, ...] = ()
    """Fields without words of anybody (money, numbers, days, codes, units) that all read once the title was released."""
    promises: Name | None = None
    """The date or datetime field that the resident sees as the next date."""
    tells: tuple[Audience, ...] = ()
    climbs: bool = False
    """A leg that is handed over goes to the organization above the one that has it (no field names it: a clock may do it)."""
    blind: bool = False
    """What was given is shown to nobody but who gave it until the matter has ended."""
    forgets: bool = False
    """With this act all texts of the matter are erased; its codes and dates stay."""
    readers: Literal["", "add", "drop"] = ""
    """Names the post in the field ``reader`` as one that may read a sealed matter, or takes it off."""
    reads: str = ""
    """What the resident will read; {fields} of this action, {number}, {org}, {orgs} (all units of the round), {title}, {due}
    are filled."""

    def __post_init__(self) -> None:
        judge(self.from_, NAME, "from")

    def froms(self) -> tuple[str, ...]:
        return many(self.from_)

    @property
    def fact(self) -> str:
        """The engine fact that this action records."""
        return self.records or RECORDS_BY_NAME.get(self.name, "acted")

    @property
    def reference(self) -> str:
        return f"{self.fact}.{self.name}"


class Procedure(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One kind of matter. The first stage opens (or ``opens``), the last one ends (or ``ends``)."""

    title: str
    stages: tuple[Name, ...]
    level: Level = 1
    public_space: bool = False
    source: Source = "assumed"
    summary: str = ""
    opens: Name | None = None
    ends: tuple[Name, ...] = ()
    legs_end: tuple[Name, ...] = ("ruled", "returned")
    """States in which a leg is over."""
    kinds: tuple[Kind, ...] = field(name="kind", default=())
    clocks: tuple[Clock, ...] = field(name="clock", default=())
    pauses: tuple[Pause, ...] = field(name="pause", default=())
    next_steps: tuple[NextStep, ...] = field(name="next_step", default=())
    actions: tuple[Action, ...] = field(name="action", default=())
    stays_open: bool = False
    """True: it waits for its one office for as long as that takes; the office's lateness goes up and is never an end."""
    about: tuple[Name, ...] = ()
    """It is always about a matter of one of these procedures, and begun from its page."""
    alone: bool = False
    """It may be begun about none of them as well."""
    open_at_most: Annotated[int, Meta(ge=0, le=1000)] = 0
    """So many of them may be open about the same matter; 0: any number."""
    searched: Literal["always", "open"] = "always"
    """``open``: once it has ended, no search finds it."""
    measured: bool = True
    """False: its stretches are never settled, so that no measure, list of lateness or board can read them."""
    portal: bool = False
    """True: residents and firms who have the right begin it themselves on the portal and act in it on their own page. The office that
    looks after it then stands where a caller would: it calls further units and answers for the whole."""
    places_only: bool = False
    """It speaks of places: a picture on which a face is seen is not taken."""
    unnamed: FactRef | None = None
    """Who began it is not named to those who handle it until this fact."""
    at_once: bool = False
    """A post that is called by name (who is on shift) hears of it at any hour; all who hear of an urgent kind do, too."""
    switched: bool = False
    """Off until the district's pack switches it on by ``[switch.<name>]``, with basis, approver and last day."""
    sealed: bool = False
    """What is typed lies under a key of the matter's own (docs/cards.md): named readers alone, no count, no search."""
    forgets: bool = False
    """True: whoever acts in it is known by a token of this one matter, so that it can be nobody's later."""
    papers: tuple[Paper, ...] = field(name="paper", default=())
    figures: tuple[Figure, ...] = field(name="figure", default=())
    checklists: tuple[Checklist, ...] = field(name="checklist", default=())
    tables: tuple[Table, ...] = field(name="table", default=())
    score_sheets: tuple[ScoreSheet, ...] = field(name="score_sheet", default=())
    loads: tuple[Load, ...] = field(name="load", default=())
    fills: Name | None = None
    """The action of a leg by which the form that came with the opening is handed in, filled by the machine with what it knows."""
    tells: dict[FactRef, tuple[Audience, ...]] = field(default_factory=dict)
    """Who hears of a fact, over all actions: ``{ leg_called = ["leg"] }``."""
    words: dict[str, str] = field(default_factory=dict)
    """The district's words: ``stage.<name>``, ``plain.<stage>`` (as the resident reads it), ``state.<name>``, ``field.<name>`` (``field.<action>.<name>``
    for one action), ``value.<code>``, ``clock.<name>``, ``board.<name>``, ``scene.<name>``; ``role.lead`` and ``role.co`` instead of 主办 and 协办."""

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("a procedure has at least one stage")

    @property
    def first(self) -> str:
        return self.opens or self.stages[0]

    @property
    def last(self) -> tuple[str, ...]:
        return self.ends or (self.stages[-1],)

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)

    def clock(self, name: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.name == name), None)

    def checklist(self, kind: str) -> Checklist:
        """What is looked at in matters of this kind; an empty list where nothing is declared."""
        return next((row for row in self.checklists if row.name == kind), Checklist(name="none"))

    def rights_from(self, state: str) -> tuple[str, ...]:
        """The rights by which somebody may act on a leg in this state: ``right(x)`` of the actions from there."""
        actions = (action for action in self.actions if action.on == "leg" and state in action.froms())
        named = {who[6:-1] for action in actions for who in action.who if who.startswith("right(")}
        return tuple(sorted(named))

    def is_public(self, kind: str) -> bool:
        """Whether a matter of this kind may be shown to others once staff released a title."""
        row = next((row for row in self.kinds if row.name == kind), None)
        return self.public_space if row is None or row.public_space is None else row.public_space

    def word(self, key: str, default: str = "") -> str:
        return self.words.get(key) or default or key.rpartition(".")[2]

    def label(self, action: str, name: str) -> str:
        """What a field is called: for that action where the pack says so, else for all that have it."""
        return self.word(f"field.{action}.{name}", self.word(f"field.{name}"))


def canonical(procedure: Procedure) -> bytes:
    """The bytes that stand for this version of a procedure: JSON with sorted keys, no spaces, no defaults."""
    return msgspec.json.encode(procedure, order="deterministic")


def digest(procedure: Procedure) -> str:
    """SHA-256 of the canonical bytes, hexadecimal: the procedure version kept by every matter."""
    return hashlib.sha256(canonical(procedure)).hexdigest()


def restore(data: bytes) -> Procedure:
    """A procedure back from its canonical bytes; raises msgspec.ValidationError when they are none."""
    return msgspec.json.decode(data, type=Procedure)


register_section("procedure", Procedure)
