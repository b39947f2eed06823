"""What tests of alerts share: devices of the town's registry, a platform with its token, alerts as it sends them."""

import base64
import io
import json
from datetime import datetime
from itertools import count
from typing import Any

from tests.support.town import GRID_A, SINCE, SOUTH, STREET, WEST, A, Office, local, signed_in

_keys = count(1)
LANE = "cam-lane"


def device(code: str, org: str = A, purpose: str = "fire_lane", **more: Any) -> Any:
    """A device inside the first grid."""
    from baodao.places.devices.services import NewDevice

    given = {
        "kind": "ai_camera", "name": f"{code} 东门口", "since": SINCE, "sign": "posted", "address": "丹桂路 8 号",
        "lon": WEST + 0.02, "lat": SOUTH + 0.02,
    }  # fmt: skip
    return NewDevice(code=code, org=org, purpose=purpose, **given | more)


def register(*devices: Any) -> None:
    """Put them into the registry."""
    from baodao.kernel.act import system_act
    from baodao.places.devices.services import register_devices

    register_devices(system_act(local("01-06 09:00"), f"alerts-dev-{next(_keys)}"), devices=list(devices))


def platform(town: Any, org: str = STREET, who: str = "platform") -> Office:
    """A platform's own post at an organization, and its token."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people.services.identity import Entry, enrol

    entry = Entry(ref=who, name="平台", phone=f"1370000{next(_keys):04}", kind="staff")
    uid = enrol(system_act(local("01-06 09:00"), f"enrol-{who}"), entries=[entry]).uids[who]
    post = NewPost(code=f"p-{who}", org=org, kind="alert_platform", person=uid, since=SINCE)
    begin_posts(system_act(local("01-06 09:00"), f"post-{who}"), posts=[post])
    town.uids[who] = uid
    town._desks.pop(who, None)
    assert signed_in(uid, staff=True)
    office: Office = town.token(who, ["device_alert.receive"])
    return office


def trial(rule: str = "fire_lane", org: str = A, state: str = "trial") -> None:
    """The rule holds there."""
    from baodao.kernel.act import system_act
    from baodao.matters.alerts.services import reach

    reach(system_act(local("01-07 09:00"), f"reach-{next(_keys)}"), rule=rule, org=org, state=state)


def alert(
    device: str = LANE, rule: str = "fire_lane", at: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """One alert as a platform writes it."""
    from django.utils import timezone

    return {"device": device, "rule": rule, "at": (at or timezone.now()).isoformat(), **more}


def send(office: Any, *alerts: Any, expect: int = 200, key: str = "", **more: Any) -> Any:
    """POST them; gives the answer."""
    answer = office.browser.post(
        "/api/v1/device-alerts/",
        json.dumps({"alerts": list(alerts), **more}),
        content_type="application/json",
        headers={"Idempotency-Key": key or f"alerts-{next(_keys):08}"},
    )
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def picture(side: int = 400) -> str:
    """A sharp picture: stripes of 4 pixels, black and white, as base64."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(image)
    for x in range(0, side, 8):
        pen.rectangle((x, 0, x + 3, side), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


__all__ = ["GRID_A", "LANE", "alert", "device", "picture", "platform", "register", "send", "trial"]
