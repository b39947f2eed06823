"""What an act on one matter does to others: those merged into it, those that it opens, the one that it is about.

All in the same command: either everything is written, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Problem
from baodao.kernel.verbs import Tx
from baodao.ledger.models import Content
from baodao.ledger.selectors import texts_of
from baodao.matters.checklists import failed
from baodao.matters.checklists.selectors import standing
from baodao.matters.declare import Action, Procedure
from baodao.matters.facts import Emit, Opens, Step
from baodao.matters.guards import SYSTEM, Actor
from baodao.matters.models import Matter
from baodao.matters.policies import knows, subject_of
from baodao.matters.state import State
from baodao.matters.versions import in_force
from baodao.orgs.duties import district_of
from baodao.orgs.selectors import today

from .intake import Draft, open_one
from .sealing import destroy_after
from .writing import Loaded, load, load_many, queue_facts, queue_files, queue_rows, take

#: What is done once for all that were merged: the addressee's own steps that clocks and residents wait for.
CARRIED = ("leg_reported", "leg_answered", "leg_ruled", "paused", "resumed", "extended")
#: So many can be merged into one, so that a command stays short.
MOST = 200


def check_merge(tx: Tx, loaded: Loaded, into: str) -> None:
    """Whether a matter may go on within another. Asks the right on both. Raises Invalid naming the field."""
    other = known(tx.by, load_many((into,), lock=True).get(into))
    if other is None:
        # The page that is asked is there: what was typed in its field is not.
        raise Invalid.of("into", _("没有这个编号"), _("请核对编号"))
    tx.ask(f"{loaded.state.procedure}.merge", subject_of(other.state))
    if wrong := why_apart(loaded, other, _merged(into).count()):
        raise Invalid.of("into", wrong, _("请另选一件，或分开办"))


def known(by: Act, loaded: Loaded | None) -> Loaded | None:
    """A matter, for whom it is anything. One that is hidden from her answers as one that is not there."""
    if loaded is None:
        return None
    state = loaded.state
    return loaded if knows(by, subject_of(state), state.procedure, loaded.procedure) else None


def why_apart(loaded: Loaded, other: Loaded, beside: int) -> str:
    """Why a matter cannot go on within another that has so many already, in words; "" when it can."""
    state = loaded.state
    reasons = (
        (other.state.number == state.number, _("不能并到自己")),
        (other.state.procedure != state.procedure, _("两件事的办理程序不同")),
        (other.state.ended is not None, _("那一件已经结束")),
        (
            bool(other.state.merged_into),
            _("那一件自己也并到了 %(number)s") % {"number": other.state.merged_into},
        ),
        (loaded.carries, _("已有别的事并到这一件")),
        (other.state.level != state.level, _("两件事的知情范围不同")),
        (beside >= MOST, _("已经并了 %(most)d 件") % {"most": MOST}),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _merged(into: str) -> QuerySet[Matter]:
    # The second condition is that of the partial index.
    return Matter.objects.filter(into=into).exclude(into="")


def carry(tx: Tx, by: Act, loaded: Loaded, action: Action, *, actor: Actor, given: Mapping[str, Any]) -> int:
    """The same act on every matter merged into this one, as far as it stands where the act can be taken. Gives how
    many. Each gets facts of its own, so that each has its own clock, thread and rating. For an action on a leg: of the
    lead leg alone."""
    if not loaded.carries or not _is_carried(action):
        return 0
    numbers = list(_merged(loaded.state.number).order_by("number").values_list("number", flat=True))
    loads = (load(number, lock=True) for number in numbers)
    return sum(_carry_one(tx, by, child, action, actor=actor, given=given) for child in loads)


def _is_carried(action: Action) -> bool:
    if action.on == "leg":
        return action.fact in CARRIED
    moves = any(effect.goto for effect in action.then)
    return moves and "reporter" not in action.who and action.fact == "acted"


def _carry_one(
    tx: Tx, by: Act, child: Loaded, action: Action, *, actor: Actor, given: Mapping[str, Any]
) -> bool:
    """Whoever answers has taken it, so an answer on a leg that nobody reported in on reports in first."""
    taken, lead, steps = child.procedure.action("report_in"), child.state.lead, [(action, given)]
    waits = taken is not None and lead is not None and lead.state in taken.froms()
    if waits and taken is not None and action.on == "leg" and action.name != taken.name:
        steps = [(taken, {}), *steps]
    state, emits = child.state, []
    for step, fields in steps:
        try:
            lapses, decision = take(
                replace(child, state=state), by, actor, step.name, fields=fields, carried=True
            )
        except Problem:
            break  # it stands elsewhere (already answered, paused by its own resident): it goes its own pace
        state = decision.state
        emits += [*lapses, *decision.emits]
    if emits:
        written = queue_facts(tx, state.subject, emits)
        queue_rows(tx, child, state)
        queue_files(tx, state.number, written)
    return bool(emits)


def open_about(tx: Tx, by: Act, loaded: Loaded, emits: Sequence[Emit]) -> list[State]:
    """The matters that an act opens about this one; the district looks after them, or who looks after this one. Fields
    and texts of the same name go along, ``unit`` is the organization that the act was about."""
    opened = []
    for emit in emits:
        # What a clock opens is opened by nobody, whoever's act came upon it first.
        actor = replace(by, kind="system", person="", post="", grants=()) if emit.system else by
        drafts = [draft for opens in emit.opens for draft in _drafts(actor, loaded, emit, opens)]
        opened += [open_one(tx, actor, draft, asked=True) for draft in drafts]
    return opened


def _drafts(by: Act, loaded: Loaded, emit: Emit, opens: Opens) -> Iterator[Draft]:
    state = loaded.state
    seat = state.org if opens.seat == "own" else district_of(state.org, today())
    target = in_force(seat, opens.procedure).procedure
    wanted = target.action("open")
    names = wanted.fields if wanted is not None else {}
    fields: dict[str, Any] = {**emit.data.fields, **emit.texts} if isinstance(emit.data, Step) else {}
    if missing := [key for key, kind in names.items() if key not in fields and not kind.endswith("?")]:
        # What comes round again is called as what sends it.
        said = texts_of([loaded.facts[0].id]).get(loaded.facts[0].id, {})
        fields |= {key: said[key] for key in missing if key in said}
    fields |= {"unit": emit.org if emit.about else by.office or emit.org}
    files = next((name for name, kind in names.items() if kind.rstrip("?") == "file"), "")
    if files and isinstance(emit.data, Step) and emit.data.files:
        fields[files] = list(emit.data.files)
    common = Draft(
        procedure=opens.procedure,
        org=seat,
        place=state.place,
        kind=state.kind if state.kind in {one.name for one in target.kinds} else "",
        # Whoever rules takes part in the application, which says nothing of the matter; nobody takes part in level 3.
        level=state.level if opens.seat == "own" else min(state.level, 2),
        about=state.number,
        fields=fields,
    )
    for draft in _each(loaded, emit, opens, common) if opens.each else (common,):
        again = {"again": _again(draft)} if "again" in names else {}
        yield replace(draft, fields={key: v for key, v in {**draft.fields, **again}.items() if key in names})


def _each(loaded: Loaded, emit: Emit, opens: Opens, common: Draft) -> Iterator[Draft]:
    """One draft for every item that failed: of its kind, with its name, its grade and what was seen. What is being mended at
    this place already is not asked for a second time."""
    codes = emit.data.fields if isinstance(emit.data, Step) else {}
    under_way = standing(opens.procedure, common.org, common.place)
    for found in failed(loaded.procedure, loaded.state.kind, opens.each, codes, emit.texts):
        item = found.item
        if item.name in under_way:
            continue
        own = {
            "item": item.name,
            "title": item.title,
            "text": found.note or item.title,
            "grade": item.grade or "",
            **({"org": item.unit} if item.unit else {}),
        }
        yield replace(common, kind=item.kind or "", fields={**common.fields, **own, "kind": item.kind or ""})


def forget_texts(tx: Tx, loaded: Loaded, after: Procedure, emits: Sequence[Emit]) -> None:
    """Erase all texts of a matter whose procedure says so of an act that was just taken."""
    taken = (after.action(emit.data.action) for emit in emits if isinstance(emit.data, Step))
    if any(action is not None and action.forgets for action in taken):
        facts = [fact.id for fact in loaded.facts if fact.slots]
        if facts:
            tx.delete(Content, fact=facts)
        if after.sealed:
            destroy_after(tx, loaded.state.subject)


def _again(draft: Draft) -> bool:
    """Whether there was one of this procedure and kind at this place before."""
    before = Matter.objects.filter(procedure=draft.procedure, kind=draft.kind, org=draft.org)
    return bool(draft.place) and before.filter(place=draft.place).exists()


def check_ended(loaded: Loaded, action: Action) -> None:
    """Raises Conflict while a matter about this one goes on, for an action that wants all of them ended."""
    if waits_for_others(action) and (words := going_on_words(loaded.state.number)):
        raise Conflict.of("", words, _("请先逐件办结"))


def waits_for_others(action: Action) -> bool:
    """Whether an action is taken only once all matters about this one have ended."""
    return any(guard.about_ended for guard in action.when)


def going_on_words(number: str) -> str:
    """How many matters about this one go on, in words; "" when none does."""
    still = _going_on_about([number])
    return _("还有 %(n)d 件没有结束") % {"n": still} if still else ""


def _going_on_about(numbers: list[str]) -> int:
    """How many matters go on about these, and about those in turn (a campaign's checks, and what they found). One statement for
    each level."""
    rows = list(Matter.objects.filter(about__in=numbers).exclude(about="").values_list("number", "ended"))
    below = _going_on_about([number for number, _ended in rows]) if rows else 0
    return below + sum(ended is None for _number, ended in rows)


def hand_back(tx: Tx, by: Act, state: State, emits: Sequence[Emit]) -> None:
    """What a ruling does to the matter that it is about, as the system's act."""
    for emit in emits:
        for name in emit.backs:
            given = emit.data.fields if isinstance(emit.data, Step) else {}
            _back(tx, by, state, name, given)


def _back(tx: Tx, by: Act, ruling: State, name: str, given: Mapping[str, Any]) -> None:
    """The ruling's fields of the same name go along; an action on a leg is taken on that of the unit that asked."""
    loaded = load(ruling.about, lock=True)
    action = loaded.procedure.action(name)
    if action is None:
        raise Conflict.of("", _("原来那件事没有“%(name)s”这一步") % {"name": name}, _("请核对程序"))
    leg = next((leg.n for leg in loaded.state.open_legs() if leg.org == ruling.unit), None)
    fields = {key: value for key, value in given.items() if key in action.fields}
    lapses, decision = take(loaded, by, SYSTEM, name, fields=fields, leg=leg if action.on == "leg" else None)
    queue_facts(tx, decision.state.subject, [*lapses, *decision.emits])
    queue_rows(tx, loaded, decision.state)
