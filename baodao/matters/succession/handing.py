"""Legs go to whoever comes after: the engine's fact `handed_over`, by the act ``succeed``. State, clocks and promises stay."""

from __future__ import annotations

from collections.abc import Mapping

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing
from baodao.kernel.verbs import Tx
from baodao.matters.facts import SUCCEED, Emit, HandedOver
from baodao.matters.fold import apply
from baodao.matters.lapses import advance
from baodao.matters.services.writing import Loaded, load, queue_facts, queue_rows
from baodao.matters.settlement import settlements
from baodao.matters.state import Leg, State
from baodao.orgs.handover.ports import Heir


def hand_on(tx: Tx, by: Act, heirs: Mapping[str, Heir]) -> int:
    """Hand legs (key "<number>/<n>" → heir) over within the caller's command: asks no right of its own, the sheet's verb
    did. What has ended meanwhile, or is with the heir already, is passed over. Gives how many went. Two statements a
    matter."""
    wanted: dict[str, dict[int, Heir]] = {}
    for key, heir in sorted(heirs.items()):
        number, _slash, n = key.rpartition("/")
        wanted.setdefault(number, {})[int(n)] = heir
    done = 0
    for number, legs in wanted.items():
        try:
            loaded = load(number, lock=True)
        except Missing:
            continue  # an import that was taken back
        done += _hand_one(tx, by, loaded, legs)
    return done


def _hand_one(tx: Tx, by: Act, loaded: Loaded, heirs: Mapping[int, Heir]) -> int:
    lapsed = advance(loaded.procedure, loaded.state, by.happened, loaded.calendar)
    state, emits, done = lapsed.state.clone(), list(lapsed.emits), 0
    procedure = loaded.procedure
    for n, heir in heirs.items():
        leg = state.legs.get(n)
        if leg is None or leg.ended is not None or (heir.org, heir.post) == (leg.org, leg.holder or leg.post):
            continue
        emit = _emit(by, state, leg, heir)
        apply(procedure, state, emit, loaded.calendar)
        emits.append(emit)
        done += 1
    if not done:
        return 0
    for settled in settlements(state) if procedure.measured else ():
        emits.append(settled)
        apply(procedure, state, settled, loaded.calendar)
    queue_facts(tx, state.subject, emits)
    queue_rows(tx, loaded, state)
    return done


def _emit(by: Act, state: State, leg: Leg, heir: Heir) -> Emit:
    data = HandedOver(
        action=SUCCEED, round=state.round, stage=state.stage, to_org=heir.org, to_post=heir.post
    )
    # A matter cannot be handed over before what happened in it last: an entry of a paper slip may lie a little ahead.
    return Emit(
        data=data,
        happened=max(by.happened, state.last),
        level=state.level,
        about=leg.about,
        org=leg.org,
        place=state.place,
        post=by.post,
        system=by.kind == "system",
    )
