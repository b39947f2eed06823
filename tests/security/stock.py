"""Real objects of the rooms in the town of the generated tests, made once by the product's own verbs: most of them A's, some of the
street above it and of its sibling, so that own, sibling, superior, below and outsider are all asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from baodao.kernel.act import Act, system_act
from tests.support.town import DISTRICT, GRID_A, GRID_B, OFFICE, POSTS, SINCE, STREET, A, B, Town

from . import own, wider
from .evenings import evenings
from .kept import Held, lies
from .sheets import sheets

#: A community without posts, on which nothing hangs.
EMPTY = "500102001003"
_n = count(1)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def system() -> Act:
    """The installation itself, with a command that nobody used."""
    return system_act(now(), f"stock-{next(_n)}")


def by(town: Town, who: str, purpose: str = "") -> Act:
    """Somebody of the cast at her post."""
    from baodao.orgs.selectors import standing

    post = f"p-{who}" if who in POSTS or who in wider.POSTS else ""
    grants = standing(town.uids[who], post).grants if post else ()
    return Act(
        kind="person", happened=now(), noted=now(), command=f"stock-{next(_n)}", person=town.uids[who], post=post, grants=grants,
        purpose=purpose,
    )  # fmt: skip


def stock(town: Town) -> dict[str, dict[str, Held]]:
    """family → code → what the oracle knows of it."""
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import create_orgs

    create_orgs(system(), orgs=[NewOrg(EMPTY, "空社区", "community", "community", SINCE, STREET)])
    found: dict[str, dict[str, Held]] = {}
    for make in (
        _households,
        _catalogues,
        _built,
        _plans,
        _handovers,
        _talents,
        evenings,
        _returns,
        wider.wider,
        own.own,
        sheets,
    ):
        found |= make(town)
    return found


def _households(town: Town) -> dict[str, dict[str, Held]]:
    from baodao.places.households.ruling import NewHousehold
    from baodao.places.households.services import join_household, register_households

    until = date.today() + timedelta(days=90)
    made = register_households(
        system(),
        households=[
            NewHousehold(A, "甲街1号", "service", until, grid=GRID_A),
            NewHousehold(B, "乙街1号", "service", until, grid=GRID_B),
        ],
    )
    join_household(by(town, "resident"), household=made[0])
    return {
        "households": {made[0]: lies(A, 2, legs=True, persons=("resident",)), made[1]: lies(B, 2, legs=True)}
    }


def _catalogues(_town: Town) -> dict[str, dict[str, Held]]:
    from baodao.places.devices.services import NewDevice, register_devices
    from baodao.places.facilities.services import NewFacility, register_facilities

    devices = {"dev-a": A, "dev-street": STREET}
    register_devices(
        system(),
        devices=[
            NewDevice(org, "camera", "public_safety", "门口探头", SINCE, code, sign="posted", basis="备案1号")
            for code, org in devices.items()
        ],
    )
    # The room is booked: it is not given up.
    facilities = {"fac-a": A, "fac-street": STREET, "fac-room": A}
    register_facilities(
        system(),
        facilities=[
            NewFacility(org, "meeting_room", "会议室", SINCE, code, hours="每天 08:00-20:00")
            for code, org in facilities.items()
        ],
    )
    return {
        "devices": {code: lies(org) for code, org in devices.items()},
        "facilities": {code: lies(org, 0) for code, org in facilities.items() if code != "fac-room"},
    }


def _built(_town: Town) -> dict[str, dict[str, Held]]:
    from baodao.places.buildings.ruling import NewBuilding, NewCompound
    from baodao.places.buildings.services import record_buildings, record_compounds

    made = [NewCompound("c-a", "甲小区", A, SINCE), NewCompound("c-empty", "空小区", A, SINCE)]
    record_compounds(system(), compounds=made)
    record_buildings(system(), buildings=[NewBuilding("b-a", "1栋", SINCE, grid=GRID_A, compound="c-a")])
    return {"compounds": {"c-a": lies(A, 0)}, "buildings": {"b-a": lies(A, 0)}}


def _plans(_town: Town) -> dict[str, dict[str, Held]]:
    from baodao.orgs.plans.services import draft_plan

    day = date.today() + timedelta(days=40)
    return {
        "plans": {
            draft_plan(system(), org=org, title="明年的调整", day=day): lies(org)
            for org in (DISTRICT, STREET)
        }
    }


def _handovers(town: Town) -> dict[str, dict[str, Held]]:
    from baodao.orgs.handover.services import open_sheet

    return {
        "handovers": {
            open_sheet(by(town, boss), post=f"p-{who}"): lies(org, persons=(who,))
            for boss, who, org in (("superior", "secretary", A), ("head", "handler", OFFICE))
        }
    }


def _talents(town: Town) -> dict[str, dict[str, Held]]:
    from baodao.orgs.talents.declare import lists_of
    from baodao.orgs.talents.services import NewTalent, name_talents

    trade = next(iter(lists_of(A, date.today())[0]))
    made: dict[str, Any] = {}
    for n, org in enumerate((A, B)):
        one = NewTalent(org, trade, "某能人", f"1390000888{n}", SINCE, word=True)
        made[name_talents(system(), talents=[one])[0]] = lies(org)
    return {"talents": made}


def _returns(town: Town) -> dict[str, dict[str, Held]]:
    from baodao.measures.returns.services import Wish, fill

    wish = Wish(DISTRICT, "city_quarter", date(2026, 1, 1), date(2026, 3, 31))
    return {"returns": {fill(by(town, "supervisor"), wish=wish): lies(DISTRICT)}}
