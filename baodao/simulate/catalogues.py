"""Simulated facilities and devices of the communities where life is simulated: made up, and marked as such."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from baodao.kernel.act import system_act
from baodao.orgs.selectors import forest
from baodao.places import selectors as places
from baodao.places.devices.services import NewDevice, register_devices
from baodao.places.facilities.services import NewFacility, register_facilities

HALL = "工作日 09:00-12:00 14:00-18:00；休息日 10:00-16:00；节假日 不开"
#: (kind, what it is called, functions, hours)
FACILITIES = (
    ("service_centre", "党群服务中心", ("affairs", "advice", "meeting"), HALL),
    ("rest_station", "劳动者驿站", ("water", "charging", "rest"), "全天"),
    ("canteen", "社区食堂", ("meals",), "每天 06:30-09:00 11:00-13:00 17:00-19:00；节假日 11:00-13:00"),
    ("clinic", "卫生服务站", ("health",), "每天 08:00-17:30"),
)
#: (kind, purpose, what it is called, sign)
DEVICES = (
    ("camera", "fire_lane", "消防通道", "posted"),
    ("camera", "key_area", "小区大门", "missing"),
    ("smoke", "fire", "楼道烟感", "not_needed"),
)


def simulate_catalogues(
    communities: Iterable[str], now: datetime, rng: random.Random, since: date
) -> tuple[int, int]:
    """Register some facilities and devices for each community that has grids, by two commands of the system, of origin
    `simulated`. Gives how many of each. The same again adds nothing."""
    there = [code for code in communities if places.grids_of(code, since)]
    if not there:
        return 0, 0
    act = [system_act(now, f"sim-{what}-{there[0]}", "simulated") for what in ("facilities", "devices")]
    made = register_facilities(act[0], facilities=list(_facilities(there, rng, since)))
    hung = register_devices(act[1], devices=list(_devices(there, rng, since)))
    return len(made), len(hung)


def _point(code: str, rng: random.Random, since: date) -> tuple[float, float]:
    """A point near the middle of one of a community's grids."""
    grid = rng.choice(places.grids_of(code, since))
    return round(grid.lon + rng.uniform(-4, 4) / 10_000, 6), round(grid.lat + rng.uniform(-4, 4) / 10_000, 6)


def _facilities(there: list[str], rng: random.Random, since: date) -> Iterator[NewFacility]:
    for code in there:
        name = forest().nodes[code].name
        for kind, title, functions, hours in (FACILITIES[0], rng.choice(FACILITIES[1:])):
            lon, lat = _point(code, rng, since)
            yield NewFacility(
                org=code, kind=kind, name=f"{name}{title}", since=since, address=f"{name}（模拟地址）",
                functions=functions, hours=hours, lon=lon, lat=lat,
            )  # fmt: skip


def _devices(there: list[str], rng: random.Random, since: date) -> Iterator[NewDevice]:
    for code in there:
        name = forest().nodes[code].name
        for kind, purpose, title, sign in DEVICES:
            lon, lat = _point(code, rng, since)
            yield NewDevice(
                org=code, kind=kind, purpose=purpose, name=title, since=since, sign=sign,
                state="broken" if rng.random() < 0.1 else "working", address=f"{name}{title}（模拟）", lon=lon, lat=lat,
            )  # fmt: skip
