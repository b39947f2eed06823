"""A process that asks sides of joint evenings, answers for them, tells of relays and takes open needs, one command after another, until somebody
kills it: `python -m tests.faults.taking <plan.json>`. It says each key once its command is committed."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django


def act(plan: Any, who: str, key: str, minutes: int = 0) -> Any:
    """The Act of somebody of the plan, with the rights of her post."""
    from baodao.kernel.act import Act
    from baodao.orgs.selectors import standing

    now = datetime.fromisoformat(plan["now"]) + timedelta(minutes=minutes)
    held = standing(plan["people"][who])
    post = held.post.code if held.post is not None else ""
    return Act("person", now, now, key, person=plan["people"][who], post=post, grants=held.grants)


def say(key: str) -> None:
    print(key, flush=True)


def sides(plan: Any) -> None:
    """Each evening: the other branch is asked, and says yes or no for itself."""
    from baodao.gather.branch.services import answer_side, ask_sides

    for n, code in enumerate(plan["evenings"]):
        ask_sides(act(plan, "psec", f"ask-{n:04}"), code=code, orgs_=[plan["side"]])
        say(f"ask-{n:04}")
        answer_side(
            act(plan, "pnext", f"answer-{n:04}"),
            code=code,
            org=plan["side"],
            joins=n % 3 != 2,
            note="村口集合",
        )
        say(f"answer-{n:04}")


def relays(plan: Any) -> None:
    """The loudspeaker is played, each time five minutes later."""
    from baodao.gather.courses.telling import relay

    for n in range(plan["relays"]):
        relay(act(plan, "secretary", f"relay-{n:04}", 5 * n), number=plan["order"], channel="loudspeaker")
        say(f"relay-{n:04}")


def takes(plan: Any) -> None:
    """Who is paired to help takes each need by itself."""
    from baodao.matters.services import act as do

    for n, number in enumerate(plan["needs"]):
        fields = {"text": "我们来办。", "by": "2026-12-01"}
        do(act(plan, "group", f"take-{n:04}"), number=number, action="take", fields=fields)
        say(f"take-{n:04}")


if __name__ == "__main__":
    import time_machine

    django.setup()
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with time_machine.travel(datetime.fromisoformat(told["now"]), tick=False):
        sides(told)
        relays(told)
        takes(told)
