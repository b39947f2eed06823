"""The official statistical divisions of a district as a list of organizations. Pure, but for reading.

File: JSON, one district or a list of districts, each
``{code, name, streets: [{code, name, villages: [{code, name}]}]}`` with the codes of the National Bureau of
Statistics (6, 9 and 12 digits; the last three of a community or village are 001–199 for residents'
committees and 200–399 for villagers' committees).
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Invalid
from baodao.kernel.type_words import reason_of

from .ruling import NewOrg

#: Nobody's file of divisions is larger; a district has some hundred rows.
MAX_BYTES = 5_000_000

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Village(msgspec.Struct, frozen=True):
    """A community or village."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12}$")]
    name: _Name


class Street(msgspec.Struct, frozen=True):
    """A street, town or township."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{9}$")]
    name: _Name
    villages: tuple[Village, ...] = ()


class District(msgspec.Struct, frozen=True):
    """A district or county."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]
    name: _Name
    streets: tuple[Street, ...] = ()


def read_divisions(file: Path, code: str = "") -> District:
    """The district ``code`` of a file; of a file with one district, that one.

    :raises Invalid: unreadable, too large, or no such district.
    """
    if not file.is_file() or file.stat().st_size > MAX_BYTES:
        raise Invalid.of(
            "file", _("没有这个文件，或者它太大：%(file)s") % {"file": file.name}, _("最多 5 MB")
        )
    try:
        found = msgspec.json.decode(file.read_bytes(), type=list[District] | District)
    except msgspec.DecodeError as error:
        why = reason_of(str(error))
        raise Invalid.of(
            "file", _("读不懂：%(why)s") % {"why": why}, _("要 JSON：code、name、streets、villages")
        ) from error
    districts = [found] if isinstance(found, District) else found
    chosen = [one for one in districts if not code or one.code == code]
    if len(chosen) != 1:
        codes = [one.code for one in districts]
        raise Invalid.of(
            "district", _("文件里没有唯一的区县 %(code)s") % {"code": code}, suggest(code, codes)[1]
        )
    return chosen[0]


def kind_of_village(code: str) -> str:
    """``village`` for a villagers' committee, ``community`` for a residents' committee, by the official
    code."""
    return "village" if code[9] in "23" else "community"


def kind_of_street(name: str) -> str:
    """``street``, ``town`` or ``township`` by the name's last character."""
    if name.endswith(("街道", "街道办事处")):
        return "street"
    return "township" if name.endswith("乡") else "town"


def plan(district: District, since: date, under: str = "") -> list[NewOrg]:
    """Organizations of the administrative tree, parents first; the district lies under the municipality ``under``, if
    any. Raises Invalid for a code that is not under its parent's."""
    name, code = district.name, district.code
    orgs = [NewOrg(code=code, name=name, level="district", kind="district", since=since, parent=under)]
    for street in district.streets:
        _under(street.code, district.code)
        orgs.append(
            NewOrg(
                code=street.code,
                name=street.name,
                level="street",
                kind=kind_of_street(street.name),
                since=since,
                parent=district.code,
            )
        )
        for village in street.villages:
            _under(village.code, street.code)
            orgs.append(
                NewOrg(
                    code=village.code,
                    name=village.name,
                    level="community",
                    kind=kind_of_village(village.code),
                    since=since,
                    parent=street.code,
                )
            )
    return orgs


def _under(code: str, parent: str) -> None:
    if not code.startswith(parent):
        raise Invalid.of(code, _("代码 %(code)s 不在 %(parent)s 之下") % {"code": code, "parent": parent})
