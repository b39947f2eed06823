"""People's cast: who plays, and what they hold without orgs."""

import re
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from baodao.kernel.act import Act, Grant, new_key, system_act
from baodao.kernel.pages import PostRef
from baodao.people import door, ports, selectors
from baodao.people.services import identity
from baodao.people.services.sign_in import session_key

PHONE = "13812345678"
NOW = datetime(2026, 11, 23, 1, 0, 0, tzinfo=UTC)


class Sent(list[tuple[str, str, str]]):
    """(channel, address, text) of every message."""

    def code(self) -> str:
        """The six digits of the last one."""
        found = re.search(r"\d{6}", self[-1][2])
        assert found, self[-1]
        return found[0]


def standing(code: str, org: str, *rights: tuple[str, str]) -> ports.Standing:
    """One post with its rights (right, reach)."""
    post = PostRef(code, org, "handler", f"岗位{code}", f"单位{org}")
    grants = tuple(Grant(right=right, reach=reach, org=org, level=2, post=code) for right, reach in rights)  # type: ignore[arg-type]
    return ports.Standing((post,), post, grants)


def person_at(browser: Client) -> str:
    """The uid behind a browser's cookie."""
    session = selectors.session(session_key(browser.cookies[door.COOKIE].value), door.clock())
    assert session is not None
    return session.person


def enrol(name: str, phone: str = "", kind: str = "staff", origin: str = "live") -> tuple[str, str]:
    """(uid, token) of a person entered by an office."""
    by = system_act(NOW, new_key(), origin)  # type: ignore[arg-type]
    made = identity.enrol(by, entries=[identity.Entry("1", name, phone, kind=kind)])
    return made.uids["1"], made.tokens["1"]


def act(person: str = "", post: str = "", purpose: str = "", grants: tuple[Grant, ...] = ()) -> Act:
    """An Act for services that no page reaches yet."""
    kind: Any = "person" if person else "anonymous"
    return Act(
        kind=kind,
        happened=NOW,
        noted=NOW,
        command=new_key(),
        person=person,
        post=post,
        purpose=purpose,
        grants=grants,
    )
