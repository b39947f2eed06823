"""`matter.act`, the one way to move a matter, and `matter.lapse`, the clock's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Missing, Refused
from baodao.kernel.verbs import Tx, verb
from baodao.matters.allied import check_alliances, check_unnamed
from baodao.matters.declare import Action
from baodao.matters.duties import check_duty_items, check_posts
from baodao.matters.engine import Decision
from baodao.matters.facts import Opened
from baodao.matters.guards import HELPER
from baodao.matters.lapses import advance
from baodao.matters.meanings import FOLLOW, UNFOLLOW
from baodao.matters.models import Matter
from baodao.matters.policies import actor_of, helps, knows, subject_of
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.state import Leg
from baodao.matters.versions import in_force, keep, version

from .disputes import count_dispute
from .linking import carry, check_ended, check_merge, forget_texts, hand_back, open_about
from .sealing import check_reader
from .tokens import token_here
from .writing import Loaded, load, queue_facts, queue_files, queue_rows, take


class Moved(Struct, frozen=True):
    """Where the matter stands after the act: stage, level, round, whether it has ended, how many facts it
    took."""

    number: str
    stage: str
    round: int = 1
    level: int = 1
    ended: bool = False
    facts: int = 1


@verb("matter.act")
def act(
    tx: Tx,
    by: Act,
    *,
    number: str,
    action: str,
    fields: Mapping[str, Any],
    leg: int | None = None,
    seen: int | None = None,
) -> Moved:
    """Take one action of the procedure version that the matter was opened under. ``fields`` are those that
    the action declares (files as SHA-256 of stored evidence), ``leg`` the leg meant (default: the lead),
    ``seen`` the ledger position of the page, so that a conflict can tell what happened since.

    Asks the right ``<procedure>.<action>``, then the procedure's ``who``. Raises Missing, Refused, Conflict,
    Invalid.
    """
    loaded = load(number, lock=True)
    subject = _subject(by, loaded, action)
    try:
        tx.ask(f"{loaded.state.procedure}.{action}", subject)
    except Refused:
        # Whoever has nothing to do with it is not told that the number is there.
        followed = action in {FOLLOW, UNFOLLOW}  # of what is shown to all
        if not followed and not knows(by, subject, loaded.state.procedure, loaded.procedure):
            raise Missing.of("number", _("没有这个编号"), _("请核对编号")) from None
        raise
    actor = actor_of(by, token_here(tx, by, loaded.procedure, loaded.facts), subject)
    lapses, decision = take(loaded, by, actor, action, fields=fields, leg=leg, seen=seen)
    after, declared = decision.state, loaded.procedure.action(action)
    assert declared is not None
    about = after.legs.get(leg) if leg is not None else after.lead
    _check(tx, by, loaded, declared, decision, about=about, fields=fields)
    if declared.releases:
        loaded = _released(loaded, decision.emits[0].texts.get("title", ""))
    if after.digest != loaded.state.digest:
        keep(tx, in_force(after.org, after.procedure))
    emits = queue_facts(tx, subject.ref, [*lapses, *decision.emits])
    queue_rows(tx, loaded, after)
    queue_files(tx, number, emits)
    forget_texts(tx, loaded, loaded.procedure, emits)
    if declared.rules_return is not None and about is not None:
        # The leg as it was: an overruled return no longer cites anything.
        count_dispute(tx, by, loaded.state.legs[about.n], declared, str(fields.get("duty_item") or ""))
    if declared.on == "matter" or about is after.lead:
        carry(tx, by, loaded, declared, actor=actor, given=fields)
    open_about(tx, by, loaded, emits)
    hand_back(tx, by, after, decision.emits)
    return Moved(number, after.stage, after.round, after.level, after.ended is not None, len(emits))


def _check(
    tx: Tx,
    by: Act,
    loaded: Loaded,
    declared: Action,
    decision: Decision,
    *,
    about: Leg | None,
    fields: Mapping[str, Any],
) -> None:
    """What the engine cannot know: duty lists, appointments, the other matter. Raises Invalid naming the field."""
    day, unit = localdate(by.happened), about.org if about is not None else decision.state.org
    check_duty_items(declared, fields, unit, day)
    check_alliances(declared, fields, unit, day)
    check_unnamed(declared, fields, day)
    if post := str(fields.get("post") or ""):
        check_posts({"post": (str(fields.get("org") or unit), post)}, day)
    check_ended(loaded, declared)
    check_reader(loaded.state, loaded.facts, declared, fields, day)
    if declared.fact == "merged":
        check_merge(tx, loaded, decision.state.merged_into)


def _subject(by: Act, loaded: Loaded, action: str) -> Subject:
    """What the policy is asked about. Whoever takes up what names nobody, because her office helps the one that listed it, is
    asked as of her own office. Whoever follows has to do with the released title alone, which is public; raises
    Missing, in the words for a number that is not there, where none is shown."""
    subject, declared = subject_of(loaded.state), loaded.procedure.action(action)
    if declared is not None and HELPER in declared.who and helps(by.office, subject.org):
        return replace(subject, org=by.office)
    if action not in {FOLLOW, UNFOLLOW}:
        return subject
    if not loaded.shown:
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    return replace(subject, level=0)


def _released(loaded: Loaded, title: str) -> Loaded:
    """Raises Conflict for a matter that is nobody else's business."""
    state = loaded.state
    opened = loaded.facts[0].data
    # A request that became a whistle is about the same place still.
    rules = [loaded.procedure, *([version(opened.digest)] if isinstance(opened, Opened) else [])]
    if title and (not any(one.is_public(state.kind) for one in rules) or state.level > SHARED_LEVEL):
        raise Conflict.of("", _("这件事不是公共空间的事，不能给别人看"), _("只有公共地方的事能公开标题"))
    return replace(loaded, shown=title)


@verb("matter.lapse")
def lapse(tx: Tx, by: Act, *, number: str, due: datetime) -> int:
    """Apply what is due at ``by.happened``. ``due`` is the ``next_at`` that the timer saw: when it has moved
    meanwhile (another worker, an act), nothing is done. Gives the number of facts."""
    tx.ask("matter.lapse", Subject(ref=f"matter:{number}"))
    loaded = load(number, lock=True)
    now = Matter.objects.filter(number=number).values_list("next_at", flat=True).first()
    if now != due:
        return 0
    return _lapse(tx, by, loaded)


def _lapse(tx: Tx, by: Act, loaded: Loaded) -> int:
    lapsed = advance(loaded.procedure, loaded.state, by.happened, loaded.calendar)
    emits = queue_facts(tx, loaded.state.subject, lapsed.emits)
    queue_rows(tx, loaded, lapsed.state)
    forget_texts(tx, loaded, loaded.procedure, emits)
    open_about(tx, by, loaded, emits)
    return len(emits)
