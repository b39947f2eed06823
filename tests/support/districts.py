"""Five districts in one installation: four under 重庆市, one under 宝鸡市, loaded by the command that operators use.

Only what a test names is added below the official tree: a small Party tree, grids and the levels below, people.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.town import Town, forget, local

SINCE = date(2024, 1, 1)
CHONGQING, BAOJI = "500000=重庆市", "610300=宝鸡市"
#: pack → (code of the district, municipality above)
DISTRICTS = {
    "dadukou": ("500104", CHONGQING),
    "yuzhong": ("500103", CHONGQING),
    "nanchuan": ("500119", CHONGQING),
    "fuling": ("500102", CHONGQING),
    "weibin": ("610302", BAOJI),
}


def load(pack: str, folder: Path | None = None) -> str:
    """`baodao divisions load …`; gives the district's code."""
    from django.conf import settings
    from django.core.management import call_command

    code, under = DISTRICTS[pack]
    file = (folder or Path(settings.PACKS)) / pack / "divisions.json"
    call_command("divisions", "load", str(file), "--pack", pack, "--under", under, verbosity=0)
    return code


def first_community(pack: str) -> str:
    """The first community of the first street of the official list."""
    import json

    from django.conf import settings

    tree = json.loads((Path(settings.PACKS) / pack / "divisions.json").read_text(encoding="utf-8"))
    return str(tree["streets"][0]["villages"][0]["code"])


def party_code(code: str) -> str:
    """How the tests name the Party organization beside an administrative one."""
    return f"dz-{code}"


def found(*rows: tuple[str, str, str, str, str], tree: str = "admin") -> None:
    """Organizations as (code, name, level, kind, parent)."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import create_orgs

    orgs = [
        NewOrg(code=c, name=n, level=level, kind=k, since=SINCE, parent=p, tree=tree)
        for c, n, level, k, p in rows
    ]
    create_orgs(system_act(local("01-05 09:00"), f"districts-{rows[0][0]}"), orgs=orgs)


def party_of(pack: str) -> str:
    """A Party tree under the district's pack, down to the first community; gives the code of the community's
    organization."""
    from baodao.kernel.act import system_act
    from baodao.orgs.services import bind_pack

    district, community = DISTRICTS[pack][0], first_community(pack)
    street = community[:9]
    rows = (
        (party_code(district), "区委", "party_district", "committee", ""),
        (party_code(street), "街道党工委", "party_street", "committee", party_code(district)),
        (party_code(community), "社区党委", "party_community", "committee", party_code(street)),
    )
    found(*rows, tree="party")
    bind_pack(system_act(local("01-05 09:00"), f"bind-{pack}"), org=rows[0][0], pack=pack, since=SINCE)
    return party_code(community)


def appoint(*posts: tuple[str, str, str], uids: dict[str, str]) -> None:
    """Posts as (who, organization, kind): one person may come twice. Codes are `p-<who>`, `p-<who>-2` …"""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts

    seen: dict[str, int] = {}
    rows = []
    for who, org, kind in posts:
        seen[who] = seen.get(who, 0) + 1
        code = f"p-{who}" if seen[who] == 1 else f"p-{who}-{seen[who]}"
        rows.append(NewPost(code=code, org=org, kind=kind, person=uids[who], since=SINCE))
    begin_posts(system_act(local("01-05 09:00"), f"appoint-{'-'.join(uids)}"), posts=rows)


def enrol(names: dict[str, str], phones: dict[str, str]) -> dict[str, str]:
    """who → name and phone in the vault; gives uids."""
    from baodao.kernel.act import system_act
    from baodao.people.services.identity import Entry
    from baodao.people.services.identity import enrol as put

    entries = [Entry(ref=who, name=name, phone=phones[who]) for who, name in names.items()]
    return dict(put(system_act(local("01-05 09:00"), f"enrol-{'-'.join(names)}"), entries=entries).uids)


class Districts(Town):
    """The installation as a test holds it; staff are those of `people` with made-up phones."""

    def __init__(self, data: Path) -> None:
        super().__init__({}, data)
        self.phones: dict[str, str] = {}

    def people(self, names: dict[str, str], posts: tuple[tuple[str, str, str], ...]) -> None:
        """Enrol and appoint."""
        start = len(self.phones)
        self.phones |= {who: f"139{start + n:04}6677" for n, who in enumerate(names)}
        self.uids |= enrol(names, self.phones)
        appoint(*posts, uids={who: self.uids[who] for who in names})

    def number_of(self, who: str) -> str:
        return self.phones[who]


@pytest.fixture
def districts(committed_db: Any, tmp_path: Path, settings: Any) -> Iterator[Districts]:
    """All five, each with its pack, in a database and a data folder of their own."""
    from baodao.people import vault

    settings.DATA = tmp_path / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    vault._read.cache_clear()
    forget()
    for pack in DISTRICTS:
        load(pack)
    yield Districts(settings.DATA)
    vault._read.cache_clear()
    forget()
