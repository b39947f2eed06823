"""`matter.migrate`: an open matter goes on under the version that its pack declares now, because somebody asked for it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.matters.facts import MIGRATE, TO_DIGEST, TO_PROCEDURE, Acted, Emit
from baodao.matters.fold import apply
from baodao.matters.lapses import advance
from baodao.matters.policies import subject_of
from baodao.matters.references import leg_states
from baodao.matters.settlement import settlements
from baodao.matters.state import LEG_WAITS, State
from baodao.matters.versions import InForce, in_force, keep

from .writing import load, queue_facts, queue_rows


class Mapped(Struct, frozen=True):
    """Old name → new name, of stages and of the states of legs; what is not named keeps its name."""

    stages: Mapping[str, str]
    legs: Mapping[str, str]


def faults_of(state: State, found: InForce, mapped: Mapped) -> list[Fault]:
    """What of a matter the present version does not know, with the option that would say it."""
    faults = []
    stage = mapped.stages.get(state.stage, state.stage)
    if stage not in found.procedure.stages:
        reason = _("新版本没有阶段 %(name)s") % {"name": stage}
        faults.append(Fault("stage", reason, f"--stage {state.stage}=" + "|".join(found.procedure.stages)))
    known = leg_states(found.procedure) | {LEG_WAITS}
    for leg in state.open_legs():
        name = mapped.legs.get(leg.state, leg.state)
        if name not in known:
            reason = _("新版本没有承办状态 %(name)s") % {"name": name}
            faults.append(Fault("leg", reason, f"--leg {leg.state}=" + "|".join(sorted(known))))
    return faults


@verb("matter.migrate")
def migrate(tx: Tx, by: Act, *, number: str, stages: Mapping[str, str], legs: Mapping[str, str]) -> bool:
    """Take one open matter to the version in force of its own procedure and record what was mapped. Clocks of the same
    name keep the due that was promised. Gives whether anything changed. Asks `matter.migrate`. Raises Invalid when a
    stage or a leg's state is unknown there, Conflict for a matter that has ended."""
    loaded = load(number, lock=True)
    tx.ask("matter.migrate", subject_of(loaded.state))
    if loaded.state.ended is not None:
        raise Conflict.of("", _("这件事已经结束"), _("结束了的事留在原来的版本"))
    lapsed = advance(loaded.procedure, loaded.state, by.happened, loaded.calendar)
    state = lapsed.state.clone()  # what was loaded is compared with it when rows are queued
    found = in_force(state.org, state.procedure)
    if found.digest == state.digest:
        return False
    mapped = Mapped(stages, legs)
    faults = faults_of(state, found, mapped)
    if faults:
        raise Invalid(*faults)
    keep(tx, found)
    moved = {f"leg.{leg.state}": legs[leg.state] for leg in state.open_legs() if leg.state in legs}
    data = Acted(
        action=MIGRATE,
        round=state.round,
        stage=stages.get(state.stage, state.stage),
        fields={TO_DIGEST: found.digest, TO_PROCEDURE: state.procedure, **moved},
    )
    emit = Emit(
        data=data,
        happened=by.happened,
        level=state.level,
        org=state.org,
        place=state.place,
        post=by.post,
        system=by.kind == "system",
    )
    apply(found.procedure, state, emit, loaded.calendar)
    emits = [*lapsed.emits, emit]
    for settled in settlements(state) if found.procedure.measured else ():
        emits.append(settled)
        apply(found.procedure, state, settled, loaded.calendar)
    queue_facts(tx, state.subject, emits)
    queue_rows(tx, loaded, state)
    return True
