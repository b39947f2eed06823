"""What a pack says about devices: the closed lists of their kinds and purposes.

In TOML::

    [device.camera]
    title = "摄像头"
    title_en = "Camera"
    pictures = true                # takes pictures of people: a clear sign is needed (PIPL art. 26)

    [device_purpose.fire_lane]
    title = "消防通道占用"
    title_en = "Blocked fire lanes"
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from baodao.kernel.declare.sections import register_section
from baodao.orgs.declare import Source

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class DeviceKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[device.<code>]`: a kind of device; ``pictures``: people may be in what it records."""

    title: Title
    title_en: str = ""
    pictures: bool = False
    source: Source = ""


class DevicePurpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[device_purpose.<code>]`: what a device is for; residents read it."""

    title: Title
    title_en: str = ""
    source: Source = ""


register_section("device", DeviceKind)
register_section("device_purpose", DevicePurpose)
