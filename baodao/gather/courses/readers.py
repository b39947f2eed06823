"""The reader that ends an order once all of its gatherings are over: what the matter waits for comes as the system's act."""

from __future__ import annotations

from typing import cast

from baodao.kernel.act import Origin, system_act
from baodao.ledger.readers import Reader, register
from baodao.ledger.selectors import Recorded
from baodao.matters.models import Matter

from .packing import meet
from .selectors import PROCEDURE

NAME = "orders"


def handle(fact: Recorded) -> None:
    """One gathering was recorded, corrected or called off; a repeat changes nothing: the key returns when the reader is played again, and
    its answer is kept, since its facts name nobody."""
    family, _sep, number = fact.about.partition(":")
    if family != "matter":
        return
    row = Matter.objects.filter(number=number, procedure=PROCEDURE).values_list("moved", flat=True).first()
    if row is not None:
        meet(
            system_act(max(fact.noted, row), f"order-meet-{fact.id}", cast(Origin, fact.origin)),
            number=number,
        )


register(Reader(name=NAME, handle=handle, kinds=("gather.held", "gather.called_off")))
