"""A ruled dispute over a return, counted against the duty item over which it was: the third within a year proposes a
change of the list."""

from __future__ import annotations

from django.utils import timezone

from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx
from baodao.matters.declare import Action
from baodao.matters.duties import duty_of
from baodao.matters.state import Leg
from baodao.orgs.services import note_dispute


def count_dispute(tx: Tx, by: Act, leg: Leg, action: Action, ruled: str) -> str:
    """Within the command that rules: the item that the ruling names, else the one that the return cited. An item that
    no list has is not counted. Gives the code of a proposal to change the list, or "".

    :param action: one that declares ``rules_return``.
    :param ruled: the item named by the ruling, or "".
    """
    named = ruled or leg.cited or leg.duty
    duty = duty_of(leg.org, named, timezone.localdate(by.happened)) if named else None
    if duty is None or action.rules_return is None:
        return ""
    return note_dispute(tx, by, duty.org, duty.code, action.rules_return)
