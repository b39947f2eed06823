"""The simulated consortia: one of the district, its streets and urban communities, all marked; a pair across a border."""

import random
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from baodao.kernel import epochs
from baodao.kernel.act import system_act
from baodao.kernel.declare import forget_packs
from baodao.orgs.alliances.caches import check
from baodao.orgs.alliances.models import Alliance
from baodao.orgs.alliances.selectors import alliances_of, helpers_of
from baodao.orgs.divisions import read_divisions
from baodao.orgs.ruling import NewOrg
from baodao.orgs.services import create_orgs, load_divisions
from baodao.simulate.alliances import found_consortia
from tests.conftest import ROOT

SINCE, NOW = date(2026, 1, 1), datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def test_a_district_has_one_of_each_and_a_pair_across_the_border(db: Any) -> None:
    forget_packs()
    epochs.forget()
    district = read_divisions(ROOT / "packs" / "fuling" / "divisions.json")
    load_divisions(system_act(NOW, "d", "import"), district=district, since=date(2024, 1, 1), pack="fuling")
    create_orgs(
        system_act(NOW, "o", "simulated"),
        orgs=[
            NewOrg("fl-zjw", "住建委", "department", "bureau", date(2024, 1, 1), district.code),
            NewOrg("990102", "邻区", "district", "district", date(2024, 1, 1)),
            NewOrg("990102001", "邻街道", "street", "street", date(2024, 1, 1), "990102"),
        ],
    )
    made = found_consortia(district.code, NOW, random.Random(1), SINCE)
    seats = Counter(Alliance.objects.filter(kind="consortium").values_list("seat__level", flat=True))
    assert seats["district"] == 1
    assert seats["street"] > 1
    assert seats["community"] > seats["street"]
    assert len(made) == sum(seats.values()) + 1
    assert set(Alliance.objects.values_list("origin", flat=True)) == {"simulated"}
    assert len(helpers_of("990102001", SINCE)) == 1
    assert alliances_of("fl-zjw", SINCE)
    assert not list(check())
    assert found_consortia(district.code, NOW, random.Random(1), SINCE) == made
    forget_packs()
    epochs.forget()
