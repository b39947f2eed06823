"""`matter.merge`: many likes brought together at once. The same act as for one, with a fixed number of statements for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.errors import Fault, Invalid, Missing, Problem
from baodao.kernel.verbs import Tx, verb
from baodao.matters.models import Matter
from baodao.matters.policies import actor_of, subject_of

from .linking import known, why_apart
from .tokens import token_here, token_of
from .writing import Loaded, load_many, queue_facts, queue_rows, take

MOST = 5000
MERGE = "merge"


class Likes(Struct, frozen=True, forbid_unknown_fields=True):
    """Matters that go on within ``into``."""

    into: str
    numbers: tuple[str, ...]


class Together(Struct):
    """How many were merged, and those that were not, each with why."""

    merged: int = 0
    left: list[tuple[str, str]] = []


@verb("matter.merge")
def merge(tx: Tx, by: Act, *, groups: Sequence[Likes]) -> Together:
    """Bring likes together. Asks ``<procedure>.merge`` on every matter and on the one it goes into. What meanwhile stands elsewhere is
    left out and told. Raises Invalid (too many, one named twice), Missing for what the actor may not know, Refused."""
    named = Counter(number for group in groups for number in (group.into, *group.numbers))
    if not 1 <= len(named) <= MOST:
        raise Invalid.of("groups", _("一次最多 %(most)d 件") % {"most": MOST}, _("请分几次"))
    if twice := [number for number, n in named.items() if n > 1]:
        raise Invalid.of("groups", _("%(number)s 写了两次") % {"number": twice[0]}, _("一件只能并到一处"))
    held = load_many(named, lock=True)
    for number in named:
        _ask(tx, by, number, held.get(number))
    into = [group.into for group in groups]
    beside = Counter(Matter.objects.filter(into__in=into).exclude(into="").values_list("into", flat=True))
    done, mine = Together(), token_of(tx, by)
    for group in groups:
        for number in group.numbers:
            why = why_apart(held[number], held[group.into], beside[group.into]) or _one(
                tx, by, held[number], group.into, mine
            )
            if why:
                done.left.append((number, why))
            else:
                done.merged += 1
                beside[group.into] += 1
    return done


def _ask(tx: Tx, by: Act, number: str, loaded: Loaded | None) -> None:
    found = known(by, loaded)
    if found is None:
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    tx.ask(f"{found.state.procedure}.{MERGE}", subject_of(found.state))


def _one(tx: Tx, by: Act, loaded: Loaded, into: str, mine: str) -> str:
    """Merge one; why not, in words, where it cannot be. ``mine``: the actor's token where a matter has no tokens of its own."""
    token = token_here(tx, by, loaded.procedure, loaded.facts) if loaded.procedure.forgets else mine
    actor = actor_of(by, token, subject_of(loaded.state))
    try:
        lapses, decision = take(loaded, by, actor, MERGE, fields={"into": into})
    except Problem as problem:
        return "；".join(_named(fault) for fault in problem.faults)
    queue_facts(tx, loaded.state.subject, [*lapses, *decision.emits])
    queue_rows(tx, loaded, decision.state)
    return ""


def _named(fault: Fault) -> str:
    return str(fault.reason)
