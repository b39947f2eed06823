"""The official divisions: a file becomes a tree once, whatever happens twice, and a bad file says where."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.errors import Conflict, Invalid
from baodao.ledger.selectors import facts_of
from baodao.orgs import caches, selectors
from baodao.orgs.divisions import kind_of_street, kind_of_village, read_divisions
from baodao.orgs.models import Org
from baodao.orgs.services import load_divisions
from tests.orgs.conftest import PACKS, START, system

DAY = date(2026, 11, 20)
FULING = PACKS / "fuling" / "divisions.json"


def file_of(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "divisions.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def small(name: str = "城东街道") -> dict[str, object]:
    village = {"code": "990101001201", "name": "河边村村民委员会"}
    return {
        "code": "990101",
        "name": "画区",
        "streets": [{"code": "990101001", "name": name, "villages": [village]}],
    }


def test_the_official_file_of_fuling_becomes_its_tree_in_few_statements(db: None) -> None:
    district = read_divisions(FULING)
    with CaptureQueriesContext(connection) as queries:
        placed = load_divisions(system(), district=district, since=START, pack="drawn")
    assert len(queries) <= 24
    streets = len(district.streets)
    villages = sum(len(street.villages) for street in district.streets)
    assert (streets, villages) == (27, 433)
    assert len(placed.created) == 1 + streets + villages == Org.objects.count()
    assert list(caches.check()) == []
    trees = selectors.forest()
    assert trees.roots("admin", DAY) == ("500102",)
    assert len(trees.below("500102", DAY)) == 461
    assert {trees.nodes[c].kind for c in trees.children("500102", DAY)} == {"street", "town", "township"}
    assert selectors.pack_of("500102006001", DAY) == selectors.home_pack(DAY) == "drawn"
    again = load_divisions(system(), district=district, since=START, pack="drawn")
    assert again.created == []
    assert len(again.same) == 461
    assert len(facts_of("org:500102")) == 2  # created, bound: not again


def test_another_name_in_the_file_is_for_a_person_to_decide(db: None, tmp_path: Path) -> None:
    load_divisions(system(), district=read_divisions(file_of(tmp_path, small())), since=START)
    with pytest.raises(Conflict) as told:
        load_divisions(system(), district=read_divisions(file_of(tmp_path, [small("城西街道")])), since=START)
    assert told.value.faults[0].field == "990101001"
    assert "城西街道" in told.value.faults[0].reason


def test_a_district_is_chosen_by_its_code_and_a_bad_file_is_told(db: None, tmp_path: Path) -> None:
    two = [small(), {"code": "990102", "name": "别区"}]
    assert read_divisions(file_of(tmp_path, two), "990102").name == "别区"
    none = tmp_path / "none.json"
    with pytest.raises(Invalid):
        read_divisions(none)
    for data, code in ((two, ""), (two, "990103"), ({"code": "99", "name": "短"}, ""), ([1], "")):
        with pytest.raises(Invalid):
            read_divisions(file_of(tmp_path, data), code)
    stray = small()
    stray["streets"][0]["villages"][0]["code"] = "990102001201"  # type: ignore[index]
    with pytest.raises(Invalid) as told:
        load_divisions(system(), district=read_divisions(file_of(tmp_path, stray)), since=START)
    assert "990102001201" in told.value.faults[0].reason


def test_kinds_follow_the_official_codes_and_names() -> None:
    assert kind_of_village("500102130201") == "village"
    assert kind_of_village("500102006001") == "community"
    assert [kind_of_street(n) for n in ("敦仁街道", "南沱镇", "大木乡")] == ["street", "town", "township"]


def test_the_command_loads_and_binds(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, [small()])
    call_command("divisions", "load", str(path), "--district", "990101", "--pack", "drawn")
    assert "+3 =0" in capsys.readouterr().out
    call_command("divisions", "load", str(path), "--district", "990101", "--pack", "drawn")
    assert "+0 =3" in capsys.readouterr().out
