"""What is sent with the forms of the desk and the portal: filled as somebody fills them who has the right, so that it is done for her
and everybody else is refused for her right, not for what is missing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.support.alerts import alert
from tests.support.town import DISTRICT, GRID_A, OFFICE, SOUTH, WEST, A

from .day import TODAY
from .evenings import tomorrow
from .kept import IN, MISSING, REFUSED, able, of
from .own import MEMBER
from .printed import covers
from .sheets import letters, orgs, plan_lines, shapes, upload

if TYPE_CHECKING:
    from .routes import Ask

Rule = Callable[["Ask"], str]
DAY, LATER = TODAY.isoformat(), (TODAY + timedelta(days=30)).isoformat()
RETURNS = Path(__file__).resolve().parents[2] / "packs" / "base" / "returns"


def at(right: str, org: str = "") -> Rule:
    """403 for whoever lacks the right there, or on her own organization."""
    return lambda ask: IN if ask.at(right, org or ask.home) else REFUSED


def has(right: str) -> Rule:
    return lambda ask: IN if ask.has(right) else REFUSED


def _given_back(ask: Ask) -> str:
    held = next(iter(ask.world.stock["bookings"].values()))
    if not ask.at("booking.book", ask.home):
        return REFUSED
    if not able(ask, "gather.read", held):
        return MISSING
    return IN if able(ask, "booking.give_back", held) else REFUSED


def _published(ask: Ask) -> str:
    return IN if able(ask, "call.publish", of(ask, "calls")) else REFUSED


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (20, 90, 140)).save(out, "PNG")
    return out.getvalue()


def _first(ask: Ask, family: str) -> str:
    return next(iter(ask.world.stock[family]))


def _code(number: str) -> str:
    from baodao.matters import slips

    return slips.code_of(number)


def _mine(ask: Ask) -> str:
    return IN if ask.on("matter.read", resident=True) else MISSING


def _talent(ask: Ask) -> dict[str, Any]:
    from baodao.orgs.talents.declare import lists_of

    trade = next(iter(lists_of(A, TODAY)[0]))
    return {"do": "name", "trade": trade, "name": "某能人", "phone": "13900007777", "since": DAY, "word": "1"}


def _passed_on(ask: Ask) -> str:
    """A token gives on what the post itself holds."""
    _org, title, _code = ask.world.policy.posts[ask.who]
    held = any(line.post == title and covers(line.right, "matter.read") for line in ask.world.policy.lines)
    return IN if held and ask.at("api.token", ask.home) else REFUSED


def _settles(ask: Ask) -> str:
    return IN if ask.has("duty.settle_change") else REFUSED


def _mutes(ask: Ask) -> str:
    held = of(ask, "devices")
    if not able(ask, "device.read", held):
        return MISSING
    return IN if able(ask, "device_alert.mute", held) else REFUSED


def _called(ask: Ask) -> str:
    """Only whom the order asks says that she comes."""
    if ask.who == "lecturer":
        return IN
    return REFUSED if able(ask, "matter.read", of(ask, "orders", "number")) else MISSING


def _learns(ask: Ask) -> str:
    return IN if ask.who in of(ask, "lessons", "slot").persons else MISSING


def _household_code() -> str:
    from baodao.places.households import slips

    return slips.code_of("hh-000001")


def _deputy(ask: Ask) -> dict[str, Any]:
    who = "administrator" if ask.who == "supervisor" else "supervisor"
    return {"deputy": f"p-{who}", "since": DAY, "until": LATER, "rights": ["matter.read"], "level": "1"}


def _enrols(ask: Ask) -> str:
    held = of(ask, "closed_classes")
    if able(ask, "class.enrol", held):
        return IN
    return REFUSED if ask.who in held.persons else MISSING


_CAMERA = {
    "kind": "camera", "purpose": "public_safety", "name": "路口", "since": DAY, "sign": "posted", "basis": "备案",
}  # fmt: skip
_ROOM = {"kind": "meeting_room", "name": "新屋", "since": DAY}
_BOOKED = {
    "use": "room.talk", "day": (TODAY + timedelta(days=2)).isoformat(), "from": "15:00", "to": "16:00", "people": "5",
}  # fmt: skip
_TRAINING = {
    "title": "规划", "since": str(TODAY.year), "until": str(TODAY.year + 4),
    "goals": f"{TODAY.year} community_secretary 10 40", "priorities": f"{TODAY.year} 治理",
}  # fmt: skip
Body = dict[str, Any] | bytes | Callable[["Ask"], Any]
#: Address → (what is sent, who else is asked, the rule of the sending where the address has none of its own).
FORMS: dict[str, tuple[Body, tuple[str, ...], Rule | None]] = {
    # sheets
    "desk:import": (lambda ask: {"file": upload(letters(), "a.csv")}, (), None),
    "desk:import-map": ({"do": "load", "good": "1"}, (), None),
    "desk:bring-one": (lambda ask: {"file": upload(orgs())}, (), None),
    "desk:bring-map": ({"do": "load", "good": "1"}, (), None),
    "desk:legs": (lambda ask: {"file": upload(letters(), "a.csv")}, (), None),
    "desk:legs-look": ({"do": "apply"}, (), None),
    "desk:duty-import": (lambda ask: {"file": upload(letters(), "a.csv")}, (), None),
    "desk:grids-import": (lambda ask: {"file": upload(shapes(), "a.geojson"), "org": A, "since": DAY, "datum": "wgs84"}, (), None),
    "desk:grids-import-look": ({"org": A, "since": DAY, "datum": "wgs84"}, (), None),
    "desk:return-give": (lambda ask: {"file": upload((RETURNS / "city_quarter.xlsx").read_bytes())}, (), None),
    # the interface
    "api:file.send": (picture(), (), None),
    "api:device_alert.receive": (lambda ask: {"alerts": [alert()]}, ("platform",), has("device_alert.receive")),
    "api:matter.list": ({"kind": "road", "text": "路灯不亮。", "lon": WEST + 0.02, "lat": SOUTH + 0.02}, (), None),
    # new ones
    "desk:alert-rules": ({"rule": "fire_lane", "org": A, "state": "trial"}, ("supervisor",), at("device_alert.spread", A)),
    "desk:booking": (lambda ask: {"slot": _first(ask, "bookings")}, (), _given_back),
    "desk:building-record": ({"code": "b-9", "name": "9栋", "grid": GRID_A, "since": DAY}, (), at("building.record", A)),
    "desk:compound-record": ({"code": "c-9", "name": "九小区", "org": A, "since": DAY}, (), at("compound.record", A)),
    "desk:call-new": (
        {"programme": "young", "title": "青年人才", "who": "三十五岁以下", "criteria": "有成果", "since": DAY, "until": LATER}, ("talents",), None
    ),
    "desk:checks": (
        {"title": "另一家店", "address": "丁街8号", "starts": tomorrow(16).strftime("%Y-%m-%dT%H:%M"), "hours": "1"}, (), at("check.open")
    ),
    "desk:course-new": ({"title": "民法典", "subject": "law", "forms": ["yard"], "minutes": "60", "sessions": "1", "since": DAY}, ("clerk",), None),
    "desk:class-new": ({"plan": "community_basics", "title": "基础班", "since": DAY}, (), None),
    "desk:household-new": (
        {"address": "甲街9号", "why": "service", "until": (TODAY + timedelta(days=60)).isoformat(), "grid": GRID_A}, (), None
    ),
    "desk:plans": ({"org": "500102", "title": "明年的调整", "day": LATER}, (), None),
    "desk:tokens": ({"title": "接口", "days": "30", "rights": ["matter.read"]}, (), _passed_on),
    "desk:views": ({"name": "我的", "query": ""}, (), None),
    "desk:gathering-new": (
        {"kind": "volunteer", "title": "清洁日", "starts": tomorrow(9, 3).strftime("%Y-%m-%dT%H:%M"), "minutes": "60", "where": "广场"}, (), None
    ),
    "desk:grid-change": ({"name": "甲第一网格新"}, (), None),
    "desk:grids-draw": (
        {"do": "send", "org": A, "code": f"{A}-08", "name": "新画的", "since": DAY,
         "polygon": f"{WEST + 0.08},{SOUTH + 0.01}\n{WEST + 0.09},{SOUTH + 0.01}\n{WEST + 0.09},{SOUTH + 0.02}"}, (), None
    ),
    "desk:search-person": ({"who": "13800000000", "purpose": "handle"}, (), None),
    "desk:bring": ({"names": ["orgs"], "purpose": "roster"}, ("administrator",), None),
    "desk:roll-seen": ({"purpose": "duty"}, (), at("roll.seen")),
    "desk:alliance-import-check": ({"good": "1"}, (), None),
    "desk:matter": ({"_do": "note", "text": "看过了。"}, (), lambda ask: (IN if ask.on("request.note") else REFUSED) if ask.reads() else MISSING),
    "desk:talents": (_talent, (), None),
    "desk:course-lecturers": ({"post": "p-lecturer", "subjects": ["law"]}, ("lecturer",), lambda ask: IN if ask.who == "lecturer" else REFUSED),
    "desk:class": ({"do": "enrol", "post": ["p-secretary"]}, (), _enrols),
    "desk:returns": (
        {"org": DISTRICT, "form": "city_quarter", "period": "2026-Q2"}, ("supervisor",),
        None,
    ),
    "desk:plan-import": (lambda ask: {"file": upload(plan_lines())}, (), None),
    "desk:plan-import-check": ({"good": "1"}, (), None),
    "desk:alliance-import": (lambda ask: {"file": upload(orgs())}, (), None),
    "desk:areas": ({"post": "p-handler", "places": A, "since": LATER, "name": "东片"}, (), None),
    "desk:device-new": ({"org": A, **_CAMERA}, (), at("device.register", A)),
    "desk:device-edit": ({"org": A, **_CAMERA}, (), None),
    "desk:device-alerts": ({"rule": "", "reason": "repair", "until": (TODAY + timedelta(days=7)).isoformat()}, (), _mutes),
    "desk:facility-new": ({"org": A, **_ROOM}, (), at("facility.register", A)),
    "desk:facility-edit": ({"org": A, **_ROOM}, (), None),
    "desk:household-write": ({"field": "need", "need": "meals", "why": "service", "until": LATER, "word": "1"}, (), None),
    # Whoever contacts no household is shown none.
    "desk:households": ({"purpose": "household"}, (), lambda ask: IN),
    "desk:standing": ({"do": "set", "kind": "model_post", "title": "窗口示范岗", "since": DAY}, (), None),
    "desk:patrols": ({"title": "新线", "form": "points", "rounds": "22:00-06:00", "points": "门口\n后门"}, (), None),
    "desk:deputies": (_deputy, (), None),
    "desk:duty-propose": ({"item": "1", "reason": "unclear", "wanted": "basic"}, (), None),
    "desk:duty-changes": (lambda ask: {"code": _first(ask, "duty_changes"), "outcome": "accepted"}, ("supervisor",), _settles),
    "desk:contacts": ({"do": "names", "purpose": "duty"}, (), None),
    "desk:dues-members": ({"do": "names", "purpose": "duty"}, (), None),
    "desk:branch-one": ({"do": "names", "purpose": "duty"}, (), None),
    "desk:training-plan-new": (_TRAINING, (), None), "desk:training-plan-change": (_TRAINING, (), None),
    "desk:classes": (lambda ask: {"do": "join", "code": _first(ask, "open_classes")}, (), lambda ask: IN),
    "desk:class-roll": ({"do": "names"}, (), None),
    "desk:lesson": ({"q0": "1", "q1": "1", "q2": "1"}, (), _learns),
    "desk:course-order": ({"do": "report_in"}, (), _called),
    "desk:booking-place": (_BOOKED, (), None),
    "desk:booking-clear": (lambda ask: {"slot": _first(ask, "bookings"), "reason": "装修"}, (), None),
    # the portal
    "portal:booking-place": (_BOOKED, (), None),
    "portal:class": ({"do": "join"}, (), None), "portal:gathering": ({"do": "join"}, (), None),
    "portal:quick": ({"what": "road", "at": GRID_A}, (), None),
    "portal:tip": ({"unit": OFFICE, "text": "某单位的线索"}, (), None),
    "portal:tip-look": (lambda ask: {"number": _first(ask, "cards"), "code": _code(_first(ask, "cards"))}, (), None),
    "portal:my-shifts": ({"do": "offer", "base": A, "days": ["1"], "parts": ["evening"]}, (), None),
    "portal:apply": ({"office": OFFICE, "kind": "young", "title": "申报", "text": "材料"}, (), None),
    # One's own alone.
    "portal:my-growth": (lambda ask: {"code": _first(ask, "own_talents")}, (), lambda ask: IN if ask.who == "resident" else REFUSED),
    "portal:my-contact": (
        lambda ask: {"do": "leave", "code": _first(ask, "own_contacts")}, (MEMBER,), lambda ask: IN if ask.who == MEMBER else REFUSED
    ),
    "portal:my-evenings": (
        lambda ask: {"code": _first(ask, "meetings"), "status": "absent", "reply": "那天我不在"}, (MEMBER,),
        lambda ask: IN if ask.who == MEMBER else REFUSED,
    ),
    "portal:my-branch": ({"do": "show", "place": A}, (MEMBER,), None),
    "portal:my-service": ({"do": f"show-{OFFICE}", "what": ["name"]}, (MEMBER,), None),
    "portal:home-lines": (lambda ask: {"number": "hh-000001", "code": _household_code()}, (), None),
    "portal:look": (lambda ask: {"number": next(iter(ask.world.things)), "code": _code(next(iter(ask.world.things)))}, (), None),
    "portal:own": ({"action": "add", "text": "再说一句。"}, (), _mine),
    "portal:ask-skill": ({"kind": "farming", "group": "skills-a", "text": "水稻叶子发黄"}, (), None),
    "portal:help": ({"do": "ask", "home": "home-a"}, (), None),
}  # fmt: skip


def with_forms(entries: dict[str, Any]) -> None:
    """The entries with what their forms send."""
    for key, (body, also, rule) in FORMS.items():
        entry = entries[key]
        judged = entry.rule if rule is None else _by_method(entry.rule, rule)
        entries[key] = entry._replace(body=body, also=(*entry.also, *also), rule=judged)


def _by_method(shown: Rule, sent: Rule) -> Rule:
    return lambda ask: sent(ask) if ask.method == "POST" else shown(ask)


__all__ = ["FORMS", "with_forms"]
