"""A small drawn district: two streets, three communities, one department with an office; made through the
verbs."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from baodao.kernel import epochs
from baodao.kernel.act import Act, system_act
from baodao.kernel.declare import forget_packs

START = date(2024, 1, 1)
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
_numbers = count(1)


def system(at: datetime = NOW, origin: Any = "live") -> Act:
    """The loader's act, each with a command of its own."""
    return system_act(at, f"test-orgs-{next(_numbers)}", origin)


PACKS = Path(__file__).resolve().parents[2] / "packs"
DISTRICT = """
extends = "base"
source = "assumed"
[district]
code = "990101"
name = "画区"
name_en = "Drawn district"
number = "HQ-{year}-{n:06}"
office_hours = ["09:00-12:00", "14:00-18:00"]
[post.handler]
title = "经办员"
title_en = "Clerk in charge"
"""


@pytest.fixture(autouse=True)
def packs(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """The shipped levels and posts, and a district over them; what a process remembers belongs to one
    test."""
    for name in ("levels.toml", "posts.toml"):
        (tmp_path / "packs" / "base").mkdir(parents=True, exist_ok=True)
        (tmp_path / "packs" / "base" / name).write_text((PACKS / "base" / name).read_text("utf-8"), "utf-8")
    (tmp_path / "packs" / "drawn").mkdir()
    (tmp_path / "packs" / "drawn" / "pack.toml").write_text(DISTRICT, "utf-8")
    settings.PACKS = str(tmp_path / "packs")
    forget_packs()
    epochs.forget()
    yield tmp_path / "packs"
    forget_packs()
    epochs.forget()


@pytest.fixture
def district(db: Any) -> Any:
    """990101 with streets 990101001 (communities …001, …002) and 990101002 (…001), department zjw, office
    zjw-fw."""
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import create_orgs

    def org(code: str, level: str, kind: str, parent: str = "", tree: str = "admin") -> NewOrg:
        return NewOrg(
            code=code, name=f"名{code}", level=level, kind=kind, since=START, parent=parent, tree=tree
        )

    create_orgs(
        system(),
        orgs=[
            org("990101", "district", "district"),
            org("990101001", "street", "street", "990101"),
            org("990101002", "street", "town", "990101"),
            org("990101001001", "community", "community", "990101001"),
            org("990101001002", "community", "community", "990101001"),
            org("990101002001", "community", "village", "990101002"),
            org("zjw", "department", "bureau", "990101"),
            org("zjw-fw", "office", "office", "zjw"),
        ],
    )
    return None


@pytest.fixture
def person(db: Any) -> Callable[[], str]:
    """Makes somebody in the vault; gives the uid."""
    from baodao.people.services.identity import Entry, enrol

    def make(name: str = "王芳") -> str:
        mark = f"p{next(_numbers)}"
        return enrol(system(), entries=[Entry(ref=mark, name=name)]).uids[mark]

    return make


@pytest.fixture
def staff(district: Any, person: Callable[[], str], settings: Any) -> Callable[..., Any]:
    """Appoints somebody and gives her browser, signed in the demonstration's way."""
    from django.test import Client

    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people import door
    from baodao.people.services import demo, identity, sign_in

    def enter(kind: str, org: str) -> Client:
        settings.DEMO = True
        mark = f"s{next(_numbers)}"
        entries = [identity.Entry(ref=mark, name="李强")]
        uid = identity.enrol(system(origin="simulated"), entries=entries).uids[mark]
        begin_posts(system(), posts=[NewPost(f"{org}-{mark}", org, kind, uid, START)])
        now = door.clock()
        opened = sign_in.open_session(demo.demo_account(uid, now), "demo", "test", now)
        browser = Client()
        browser.cookies[door.COOKIE] = opened.cookie
        return browser

    return enter
