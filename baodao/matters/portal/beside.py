"""Whom else a resident's matter concerns: the units that share it, and the neighbours who reported the same."""

from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.show import Happening
from baodao.matters import openly, story
from baodao.matters.facts import Merged
from baodao.matters.selectors import Seen


def shares(seen: Seen, rows: list[Happening], by: Act) -> list[SimpleNamespace]:
    """Every unit's share with the last thing that it said to her; [] for a matter of one unit."""
    said = _said(seen, rows)
    return [
        SimpleNamespace(part=part, said=said.get(f"leg:{part.leg}", ""))
        for part in story.parts(seen.procedure, seen.state, by.noted)
    ]


def _said(seen: Seen, rows: list[Happening]) -> dict[str, str]:
    """Leg → its unit's latest words of those that the resident reads."""
    told = {row.fact for row in rows}
    found: dict[str, str] = {}
    for fact in seen.facts:
        texts = seen.texts.get(fact.id, {})
        words = next(
            (texts[slot] for slot in ("result", "reason", "text", "plan", "at") if texts.get(slot)), ""
        )
        if fact.about and fact.id in told and words and "reporter" not in _who(seen, fact):
            found[fact.about] = words
    return found


def _who(seen: Seen, fact: Any) -> tuple[str, ...]:
    action = seen.procedure.action(getattr(fact.data, "action", ""))
    return action.who if action is not None else ()


def together(seen: Seen, by: Act) -> SimpleNamespace | None:
    """Neighbours whose reports go on with this one: how many, and what offices did on the main one since hers was put to
    it, by the names of the steps. Never another resident's words, name or number. None when there are none; one
    statement, three more for a merged one."""
    into = seen.state.merged_into
    people = openly.neighbours(into or seen.row.number, seen.state.reporters)
    if not people and not into:
        return None
    since = next((fact.happened for fact in reversed(seen.facts) if isinstance(fact.data, Merged)), None)
    return SimpleNamespace(
        neighbours=people,
        into=into,
        words=_("有 %(n)d 位邻居反映的是同一件事，一起办。") % {"n": people}
        if people
        else _("这件事和另一件是同一件事，一起办。"),
        rows=openly.steps_of(into, by.lang, since) if into else [],
    )
