"""Declarations: reading, extending, merging and checking packs, with errors that say where and how to mend.

An app registers the Struct of its section in its `declare.py`::

    register_section("procedure", Procedure, check=references)

and reads it anywhere as `get_pack("fuling").many(Procedure)["request"]`.
"""

from pathlib import Path

from django.utils.translation import gettext as _

from .english import missing_english
from .load import UNSPOKEN, Assumed, Pack, forget_packs, get_pack, load_pack, pack_names, read_pack
from .located import lines_of
from .report import BadPack, Located, Report, nearest, suggest
from .sections import Check, District, Figure, Section, register_section, section_of, sections


def _files_exist(pack: Pack, report: Report) -> None:
    """`[district]` names files that lie beside the pack."""
    if not pack.has(District):
        return
    district = pack.one(District)
    for key in ("divisions", "border"):
        name = getattr(district, key)
        if name and (Path(name).name != name or not (pack.folder / name).is_file()):
            reason = _("包里没有 %(name)s 这个文件") % {"name": name}
            remedy = _("文件要放在包的文件夹里，这里只写文件名。")
            report.add(("district", key), reason, remedy, code="file")


register_section("district", District, many=False, needs=True, check=_files_exist)
register_section("figure", Figure)

__all__ = [
    "UNSPOKEN",
    "Assumed",
    "BadPack",
    "Check",
    "District",
    "Figure",
    "Located",
    "Pack",
    "Report",
    "Section",
    "forget_packs",
    "get_pack",
    "lines_of",
    "load_pack",
    "missing_english",
    "nearest",
    "pack_names",
    "read_pack",
    "register_section",
    "section_of",
    "sections",
    "suggest",
]
