"""A process that takes a room for one hour after the other, gives every third back and lets another have it, until somebody kills it:
`python -m tests.faults.bookings <plan.json>`. It says each key once its command is committed."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

from tests.faults.taking import say


def act(plan: Any, who: str, key: str) -> Any:
    """The Act of a resident."""
    from baodao.kernel.act import Act

    now = datetime.fromisoformat(plan["now"])
    return Act("person", now, now, key, person=plan["people"][who])


def rooms(plan: Any) -> None:
    """Each hour is taken by one, in part given back and taken by the other."""
    from baodao.gather.booking.services import Wanted, book, give_back

    def take(who: str, key: str, n: int) -> str:
        starts = datetime.fromisoformat(plan["first"]) + timedelta(days=n // 10, hours=n % 10)
        wanted = Wanted("room", plan["room"], starts, starts + timedelta(hours=1), "club", 5)
        code = book(act(plan, who, key), wanted=wanted)
        say(key)
        return code

    for n in range(plan["hours"]):
        code = take("resident", f"take-{n:04}", n)
        if n % 3 == 0:
            give_back(act(plan, "resident", f"back-{n:04}"), slot=code)
            say(f"back-{n:04}")
            take("neighbour", f"again-{n:04}", n)


if __name__ == "__main__":
    import time_machine

    django.setup()
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with time_machine.travel(datetime.fromisoformat(told["now"]), tick=False):
        rooms(told)
