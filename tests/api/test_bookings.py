"""Bookings over HTTP: what the pages show and do, with the same rights."""

from __future__ import annotations

import json
from typing import Any

from baodao.gather.models import Slot
from tests.api.test_gatherings import get, send
from tests.api.test_tokens import call
from tests.gather.test_booking import room
from tests.support.town import A, B, at

WANTED = {
    "booking": "room", "place": "", "starts": "2026-03-12T14:00:00+08:00", "ends": "2026-03-12T16:00:00+08:00", "use": "club", "people": 12,
}  # fmt: skip


def test_a_place_is_taken_and_given_back(town: Any) -> None:
    with at("03-10 10:00"):
        code = room(town.desk("secretary"))
        resident, neighbour, sibling = (town.office(who) for who in ("clerk", "head", "sibling"))
        visitor = town.phone()
        # A token is a post's; whoever takes a place for herself does it as a person all the same.
        assert [one["code"] for one in get(visitor, f"bookings/places/?org={A}")["rows"]] == [code]
        assert get(visitor, f"bookings/places/?org={B}")["rows"] == []
        assert get(visitor, "bookings/places/?q=%E6%B3%B3%E6%B1%A0")["rows"] == []
        [way] = [one for one in get(visitor, f"bookings/places/{code}/")["ways"] if one["booking"] == "room"]
        assert "club" in way["use"] and set(way["who"]) == {"person", "org"}
        wanted = {**WANTED, "place": code}
        assert call(visitor.browser, "bookings/", wanted).status_code == 401
        mine = send(resident, "bookings/", wanted)["code"]
        assert "14:00–16:00" in json.dumps(send(neighbour, "bookings/", wanted, 409), ensure_ascii=False)
        [day] = get(visitor, f"bookings/places/{code}/?since=2026-03-12&days=1")["days"]
        assert [(one["starts"][11:16], one["ends"][11:16]) for one in day["free"]] == [
            ("01:00", "06:00"),
            ("08:00", "13:00"),
        ]
        # An organization by its post; another's booking is nobody else's to give back.
        theirs = send(sibling, "bookings/", {**wanted, "org": B, "starts": "2026-03-12T17:00:00+08:00", "ends": "2026-03-12T18:00:00+08:00"})["code"]  # fmt: skip
        assert Slot.objects.get(code=theirs).about == f"org:{B}"
        later = {**wanted, "starts": "2026-03-13T17:00:00+08:00", "ends": "2026-03-13T18:00:00+08:00"}
        for who, org in (("handler", "fl-mzj"), ("sibling", A), ("secretary", B), ("head", B)):
            assert send(town.office(who), "bookings/", {**later, "org": org}, 403)["status"] == 403, who
        # Who keeps the place knows that it is taken; to the others it is told as if it were not there. Those above have no tokens.
        assert send(town.office("secretary"), f"bookings/{theirs}/back/", {}, 403)["status"] == 403
        for who, code_ in (("head", theirs), ("handler", theirs), ("head", mine)):
            never = send(town.office(who), "bookings/none/back/", {}, 404)
            assert send(town.office(who), f"bookings/{code_}/back/", {}, 404) == never, who
        assert send(resident, f"bookings/{mine}/back/", {})["state"] == "off"
        assert send(resident, f"bookings/{mine}/back/", {}, 404)["status"] == 404
        assert send(sibling, f"bookings/{theirs}/back/", {})["state"] == "off"
        send(neighbour, "bookings/", wanted)


def test_what_is_wrong_names_its_field(town: Any) -> None:
    with at("03-10 10:00"):
        code, resident = room(town.desk("secretary")), town.office("clerk")
        for field, value in (
            ("starts", "2026-03-12T14:00:00"),
            ("starts", "0001-01-01T00:00:00+14:00"),
            ("ends", "9999-12-31T23:59:59-12:00"),
            ("people", 0),
            ("use", "banquet"),
        ):
            told = send(resident, "bookings/", {**WANTED, "place": code, field: value}, 422)
            assert field in [one["field"] for one in told["faults"]], told
        assert send(resident, "bookings/", {**WANTED, "place": "none"}, 404)["status"] == 404
        assert get(resident, f"bookings/places/{code}/?since=9999-12-31", 422)["status"] == 422
        assert get(resident, f"bookings/places/{code}/?since=2026-02-30", 422)["status"] == 422
        assert get(resident, "bookings/places/none/", 404)["status"] == 404
        assert not Slot.objects.exists()
