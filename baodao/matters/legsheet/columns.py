"""The columns of the sheet: what it tells of a leg (locked), and what may be filled in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from baodao.kernel.tables import Cell, Column, as_code, as_flag, as_integer, as_moment, as_text

TITLES = {
    "number": _("编号"),
    "leg": _("第几件承办"),
    "procedure": _("事项"),
    "kind": _("种类"),
    "called": _("派来"),
    "due": _("到期"),
    "state": _("现在"),
    "position": _("账本位置"),
    "report_in": _("收到（是/否）"),
    "arrives": _("到场时间"),
    "claim": _("办到什么程度"),
    "result": _("办理结果"),
    "next_step": _("办不了的下一步"),
    "reason": _("办不了或退回的理由"),
    "duty_item": _("退回依据的清单事项"),
}
#: Columns to fill, the last ones: all others are locked.
FILLED = ("report_in", "arrives", "claim", "result", "next_step", "reason", "duty_item")


def columns() -> tuple[Column, ...]:
    """What is read back. A sheet made in the other language is read as well."""
    readers: dict[str, Callable[[Cell], Any]] = {
        "number": as_code(),
        "leg": as_integer(1, 999),
        "position": as_integer(0, 2**53 - 1),
        "report_in": as_flag(),
        "arrives": as_moment(settings.TIME_ZONE),
        "claim": as_text(40),
        "result": as_text(10_000),
        "next_step": as_text(80),
        "reason": as_text(10_000),
        "duty_item": as_code(),
    }
    needed = {"number", "leg", "position"}
    return tuple(
        Column(field, str(TITLES[field]), reader, required=field in needed, aliases=_aliases(field))
        for field, reader in readers.items()
    )


def _aliases(field: str) -> tuple[str, ...]:
    found = [field]
    for lang, _name in settings.LANGUAGES:
        with translation.override(lang):
            found.append(str(TITLES[field]))
    return tuple(dict.fromkeys(found))
