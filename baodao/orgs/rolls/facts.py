"""The facts of rolls. Subject ``member:<token>`` (domain party), ``person`` the same token, level 2; ``org`` is the branch."""

from __future__ import annotations

from typing import Literal

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("roll.entered", v=1)
class Entered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On the roll of ``branch`` from ``since`` on: ``home``, or ``project`` after the branch had said yes."""

    branch: Code
    kind: Literal["home", "project"]
    since: Date


@kind("roll.asked", v=1)
class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The member asks to join a project branch, staying on her home branch's roll."""

    branch: Code
    since: Date


@kind("roll.declined", v=1)
class Declined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An asking came to nothing: ``side`` is the branch, or the member who took it back."""

    branch: Code
    side: Literal["branch", "member"]


@kind("roll.left", v=1)
class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without her on this roll."""

    branch: Code
    kind: Literal["home", "project"]
    until: Date


@kind("roll.shown", v=1)
class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """She chose to be seen at ``place`` (a community, her employer), or not any more."""

    place: Code
    yes: bool
