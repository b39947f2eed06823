"""The facts of alerts. Codes only; no person but who muted or spread (the fact's own column ``post``)."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("device_alert.came", v=1)
class Came(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A first alert: it opened matter ``alert:<number>``, about ``device:<code>``. ``post`` of the fact is the sender; ``still`` the
    SHA-256 of a blurred picture, which is gone after seven days unless the matter keeps it."""

    rule: Code
    still: Code = ""


@kind("device_alert.repeated", v=1)
class Repeated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``n`` more of the same device and rule, folded into the matter of the first."""

    n: int


@kind("device_alert.unheard", v=1)
class Unheard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``n`` alerts of a device (``about``) and rule came while it was muted, for this ``reason`` ("device": the registry itself has it
    muted). They opened nothing and nobody judged them."""

    rule: Code
    reason: Code
    n: int


@kind("device_alert.refused", v=1)
class RefusedFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call of ``alert_sender:<post>`` was refused: which lists its fields met (face, plate, …), never what stood in them."""

    lists: tuple[Code, ...]


@kind("device_alert.muted", v=1)
class Muted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``device`` (all its rules, or one ``rule``) is silent until the end of ``until``; ``until`` "" ends a mute."""

    device: Code
    rule: Code
    reason: Code = ""
    until: Date | None = None


@kind("device_alert.reached", v=1)
class Reached(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From now on ``rule`` holds below an organization (the fact's ``org``): as a trial, spread, or no more ("off"). ``wrong`` of
    ``judged`` verified alerts were false when somebody spread it."""

    rule: Code
    state: Code
    judged: int = 0
    wrong: int = 0
