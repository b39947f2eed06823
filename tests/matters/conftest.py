"""A small drawn district with people in posts, so that every verb can be asked as allowed, sibling, superior, below
and outsider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from baodao.kernel import epochs
from baodao.kernel.act import Act, system_act
from baodao.kernel.declare import forget_packs

START = date(2024, 1, 1)
#: Monday, 2 March 2026, 09:00 in the district.
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PACKS = Path(__file__).resolve().parents[2] / "packs"
HOME = "990101"
A, A2, STREET, B = "990101001001", "990101001002", "990101001", "zjw"

DISTRICT = """
extends = "base"
source = "assumed"
[district]
code = "990101"
name = "画区"
name_en = "Drawn district"
number = "HQ-{year}-{n:06}"
office_hours = ["09:00-12:00", "14:00-18:00"]
"""

#: person of the cast → (organization, kind of post)
POSTS = {
    "worker": (A, "grid_worker"),
    "secretary": (A, "community_secretary"),
    "sibling": (A2, "community_secretary"),
    "superior": (STREET, "department_head"),
    "clerk": (STREET, "desk_clerk"),
    "handler": (B, "handler"),
    "head": (B, "office_head"),
}
RESIDENTS = ("resident", "neighbour")

_keys = count(1)


def key(prefix: str = "t") -> str:
    """A fresh command key."""
    return f"{prefix}-{next(_keys)}"


@pytest.fixture
def packs(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """The shipped base and a drawn district over it."""
    (tmp_path / "packs" / "drawn").mkdir(parents=True)
    (tmp_path / "packs" / "base").symlink_to(PACKS / "base")
    (tmp_path / "packs" / "drawn" / "pack.toml").write_text(DISTRICT, "utf-8")
    settings.PACKS = str(tmp_path / "packs")
    _forget()
    yield tmp_path / "packs"
    _forget()


def _forget() -> None:
    from baodao.matters import versions
    from baodao.matters.services import tokens
    from baodao.orgs import policies

    forget_packs()
    epochs.forget()
    versions.forget()
    tokens.forget()
    policies._tokens.clear()


class Cast:
    """Everybody's uid and how to act as them at a moment."""

    def __init__(self, uids: dict[str, str], posts: dict[str, tuple[str, str]]) -> None:
        self.uids, self.posts = uids, posts

    def by(self, who: str, at: datetime = NOW, **extra: Any) -> Act:
        """An Act of somebody, in the post that she holds."""
        from baodao.orgs.selectors import standing

        if who == "system":
            return system_act(at, key("system"))
        if who == "stranger":
            return Act(kind="anonymous", happened=at, noted=at, command=key(who), **extra)
        uid = self.uids[who]
        post = self.posts.get(who, ("", ""))[0]
        grants = standing(uid, post).grants if post else ()
        return Act(
            **{
                "kind": "person",
                "happened": at,
                "noted": at,
                "command": key(who),
                "person": uid,
                "post": post,
                "grants": grants,
                **extra,
            }
        )


def build() -> Cast:
    """Make the district through the verbs."""
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, bind_pack, create_orgs
    from baodao.people.services.identity import Entry, enrol

    def org(code: str, level: str, kind: str, parent: str = "") -> NewOrg:
        return NewOrg(code=code, name=f"名{code}", level=level, kind=kind, since=START, parent=parent)

    def system() -> Act:
        return system_act(NOW - timedelta(days=400), key("build"))

    create_orgs(
        system(),
        orgs=[
            org(HOME, "district", "district"),
            org(STREET, "street", "street", HOME),
            org(A, "community", "community", STREET),
            org(A2, "community", "community", STREET),
            org(B, "department", "bureau", HOME),
        ],
    )
    bind_pack(system(), org=HOME, pack="drawn", since=START)
    entries = [Entry(ref=who, name=f"某{who}", kind="staff") for who in POSTS]
    entries += [Entry(ref=who, name=f"某{who}", kind="resident") for who in RESIDENTS]
    uids = enrol(system(), entries=entries).uids
    begin_posts(
        system(),
        posts=[
            NewPost(code=f"p-{who}", org=place, kind=kind, person=uids[who], since=START)
            for who, (place, kind) in POSTS.items()
        ],
    )
    return Cast(uids, {who: (f"p-{who}", place) for who, (place, _kind) in POSTS.items()})


@pytest.fixture
def cast(db: Any, packs: Path) -> Cast:
    """The cast in a database that is rolled back."""
    return build()


@pytest.fixture
def opened(cast: Cast) -> Callable[..., str]:
    """Open one request as the resident; gives its number."""
    from baodao.matters.services import Draft, open_

    def do(who: str = "resident", at: datetime = NOW, **draft: Any) -> str:
        made = Draft(
            **{
                "procedure": "request",
                "org": A,
                "place": "grid-1",
                "kind": "road",
                "fields": {"text": "门口的路灯坏了三天"},
                **draft,
            }
        )
        return open_(cast.by(who, at), matters=[made]).numbers[0]

    return do


def everything() -> list[str]:
    """What `baodao dump --caches` prints once the readers that fill caches have come to the end of the ledger."""
    from baodao.ledger.caches import caches, dump
    from baodao.ledger.readers import readers, run_once

    filled = {cache.name for cache in caches()}
    for reader in readers():
        while reader.name in filled and run_once(reader):
            pass
    return list(dump(with_caches=True))
