"""A process in which somebody with two posts reminds two branches at a time, one press after the other, until somebody kills it:
`python -m tests.faults.reminders <plan.json> [<mark> of its keys]`. It says each key once everything of that press is committed; with a mark it
says that it is ready first and waits for a line."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import django

from .taking import act, say


def presses(plan: Any, mark: str) -> None:
    """Each press reminds a branch of either street, each by the post that may."""
    from baodao.dues.services import Reminding, remind_in_posts
    from baodao.kernel.errors import Conflict

    for n, pair in enumerate(plan["pairs"]):
        key = f"remind-{mark}{n:04}"
        acts = [act(plan, who, f"{key}.{who}") for who in ("street", "far")]
        try:
            remind_in_posts(acts, [Reminding(org, plan["requirement"]) for org in pair])
            say(key)
        except Conflict:
            say(f"nobody-{mark}{n:04}")


if __name__ == "__main__":
    import time_machine

    django.setup()
    told, given = json.loads(Path(sys.argv[1]).read_text("utf-8")), sys.argv[2:]
    with time_machine.travel(datetime.fromisoformat(told["now"]), tick=False):
        if given:
            say("ready")
            sys.stdin.readline()
        presses(told, *(given or [""]))
