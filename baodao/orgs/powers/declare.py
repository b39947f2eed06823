"""What a pack says about second persons.

In TOML::

    [second.glass]
    right = "glass.open"       # acts by this right need a second person who has it too
    hours = 48                 # so long does the request wait
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from baodao.kernel.declare.sections import register_section
from baodao.orgs.declare import RightPattern


class Second(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Acts by ``right`` (a pattern) wait for another person who has the same right on the same subject, at most ``hours``."""

    right: RightPattern
    hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 48
    source: Literal["", "district", "public", "assumed"] = ""


register_section("second", Second)
