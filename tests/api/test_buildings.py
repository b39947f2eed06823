"""Buildings and compounds over HTTP: as on the desk, staff see them, the verbs ask the policy; residents' tokens see nothing."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from tests.support.town import GRID_A, A, Office, Town, town

__all__ = ["town"]
_keys = count(1)


def send(office: Office, path: str, expect: int, **body: Any) -> Any:
    answer = office.browser.post(
        f"/api/v1/{path}/",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": f"houses-{next(_keys):04}"},
    )
    assert answer.status_code == expect, answer.content.decode()
    return answer.json()


def get(office: Office, path: str, expect: int = 200) -> Any:
    answer = office.browser.get(f"/api/v1/{path}")
    assert answer.status_code == expect, answer.content.decode()
    return answer.json()


def test_staff_record_list_and_end_what_their_rights_reach(town: Town, monkeypatch: Any) -> None:
    from baodao.places.buildings import api

    monkeypatch.setattr(api, "PAGE", 2)
    own, sibling, handler = town.office("secretary"), town.office("sibling"), town.office("handler")
    compound = {"code": "jiangnan", "name": "江南小区", "org": A, "since": "2026-01-05"}
    assert send(own, "compounds", 201, compounds=[compound])["recorded"] == ["jiangnan"]
    houses = [
        {"code": f"jn-{n}", "name": f"{n} 幢", "since": "2026-01-05", "grid": GRID_A, "compound": "jiangnan"}
        for n in range(1, 4)
    ]
    for stranger in (sibling, handler):
        send(stranger, "buildings", 403, buildings=houses)
        send(stranger, "compound-ends", 403, ends=[{"code": "jiangnan", "until": "2026-06-01"}])
    assert send(own, "buildings", 201, buildings=houses)["recorded"] == ["jn-1", "jn-2", "jn-3"]
    assert send(own, "buildings", 201, buildings=houses)["same"] == ["jn-1", "jn-2", "jn-3"]
    first = get(handler, "buildings/?compound=jiangnan")
    assert [row["name"] for row in first["rows"]] == ["1 幢", "2 幢"]
    rest = get(handler, f"buildings/?grid={GRID_A}&after={first['next']}")
    assert [row["code"] for row in rest["rows"]] == ["jn-3"]
    assert rest["next"] == ""
    assert [row["name"] for row in get(sibling, f"compounds/?org={A}")["rows"]] == ["江南小区"]
    assert "grid" in json.dumps(get(own, "buildings/", 422))
    assert send(own, "building-ends", 200, ends=[{"code": "jn-3", "until": "2026-02-01"}])["codes"] == [
        "jn-3"
    ]
    assert [row["code"] for row in get(own, f"buildings/?grid={GRID_A}&after=jn-2")["rows"]] == []
    wrong = send(own, "buildings", 422, buildings=[{**houses[0], "code": "jn-9", "units": 9999}])
    assert "units" in json.dumps(wrong)
    assert town.phone().browser.get(f"/api/v1/compounds/?org={A}").status_code == 401
