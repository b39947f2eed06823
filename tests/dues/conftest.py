"""A small Party tree under the real pack of Fuling: a district, two streets, three branches; their secretaries; members on rolls."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine

from baodao.kernel.act import Act, system_act
from tests.support.town import forget, signed_in

SINCE = date(2024, 1, 1)
ROOT, S1, S2, A, B, C = "dz", "dz-s1", "dz-s2", "dz-a", "dz-b", "dz-c"
ORGS = (
    (ROOT, "区委", "party_district", "committee", ""),
    (S1, "甲街道党工委", "party_street", "work_committee", ROOT),
    (S2, "乙街道党工委", "party_street", "work_committee", ROOT),
    (A, "第一支部", "party_community", "branch", S1),
    (B, "第二支部", "party_community", "branch", S1),
    (C, "第三支部", "party_community", "branch", S2),
)
#: who → organization; all are secretaries
SECRETARIES = {"district": ROOT, "street": S1, "far": S2, "a": A, "b": B, "c": C}
_keys = count(1)


def now(text: str = "2026-11-20T09:00") -> datetime:
    """A local moment → UTC."""
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


def system(at: datetime | None = None) -> Act:
    return system_act(at or now("2024-01-02T09:00"), f"dues-{next(_keys)}")


class Tree:
    """The tree as a test holds it."""

    def __init__(self, uids: dict[str, str]) -> None:
        self.uids = uids

    def by(self, who: str, at: datetime | None = None, **more: Any) -> Act:
        """The act of a secretary in her post."""
        from baodao.orgs.selectors import grants_of

        at = at or datetime.now(UTC).replace(microsecond=0)
        org = SECRETARIES[who]
        grants = grants_of(f"p-{who}", org, "party_secretary", date(2026, 11, 20))
        return Act(
            "person",
            at,
            at,
            f"k-{next(_keys)}",
            person=self.uids[who],
            post=f"p-{who}",
            grants=grants,
            **more,
        )

    def desk(self, who: str) -> Any:
        """A browser of hers."""
        return signed_in(self.uids[who], staff=True)

    def enter(self, branch: str, n: int, since: date = SINCE) -> list[str]:
        """So many members on a branch's roll; gives tokens."""
        from baodao.orgs.rolls.services import Enter, enter_members

        start = next(_keys)
        people = [Enter(branch, f"党员{k}", f"137{start:04}{k:04}", since) for k in range(n)]
        return enter_members(system(), members_=people)


def build() -> Tree:
    """Organizations, the pack, people, posts."""
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, bind_pack, create_orgs
    from baodao.people.services.identity import Entry, enrol

    create_orgs(system(), orgs=[NewOrg(c, n, level, k, SINCE, p, tree="party") for c, n, level, k, p in ORGS])
    bind_pack(system(), org=ROOT, pack="fuling", since=SINCE)
    entries = [Entry(ref=who, name=f"书记{who}", phone=f"1380000{n:04}") for n, who in enumerate(SECRETARIES)]
    uids = dict(enrol(system(), entries=entries).uids)
    posts = [
        NewPost(code=f"p-{who}", org=org, kind="party_secretary", person=uids[who], since=SINCE)
        for who, org in SECRETARIES.items()
    ]
    begin_posts(system(), posts=posts)
    return Tree(uids)


@pytest.fixture
def tree(db: Any, tmp_path: Path, settings: Any) -> Iterator[Tree]:
    """On Friday, 20 November 2026."""
    from baodao.people import vault

    settings.DATA = tmp_path / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    vault._read.cache_clear()
    forget()
    with time_machine.travel(now(), tick=False):
        yield build()
    vault._read.cache_clear()
    forget()


def command_of(page: Any) -> str:
    """The last form's idempotency key."""
    return re.findall(r'name="command" value="([^"]+)"', page.content.decode())[-1]
