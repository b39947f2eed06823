"""A process in which residents choose a class and two persons name the next reader of sealed cards, one command after another, until somebody kills
it: `python -m tests.faults.choosing <plan.json>`. It says each key once its command is committed."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import django

from .taking import act, say


def choices(plan: Any) -> None:
    """Each resident chooses the one class: a seat in all its sessions, or a place in the row of each."""
    from baodao.gather.courses.programmes.services import join_class
    from baodao.kernel.act import Act

    now = datetime.fromisoformat(plan["now"])
    for n, uid in enumerate(plan["residents"]):
        join_class(Act("person", now, now, f"choose-{n:04}", person=uid), code=plan["class"])
        say(f"choose-{n:04}")


def renewals(plan: Any) -> None:
    """Of each card one asks that the next reader be named, and another one agrees."""
    from baodao.matters.services.renewing import renew
    from baodao.orgs.powers.seconds import Waits, agree

    for n, number in enumerate(plan["cards"]):
        key = f"renew-{n:04}"
        try:
            renew(
                act(plan, "approver", key),
                number=number,
                reader=plan["reader"],
                reason="两名管理员同日调离。",
            )
        except Waits as waits:
            agree(act(plan, "approver2", f"agree-{n:04}"), str(waits.extra["code"]))
        say(key)


if __name__ == "__main__":
    import time_machine

    django.setup()
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with time_machine.travel(datetime.fromisoformat(told["now"]), tick=False):
        choices(told)
        renewals(told)
