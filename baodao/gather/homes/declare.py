"""The pack section ``quick_report``: what people on the road report in two taps. In TOML::

[quick_report.manhole]
title = "井盖不见了"
kind = "road"                  # of the procedure request
text = "井盖不见了，请尽快补上。"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.sections import register_section
from baodao.matters.declare import Procedure
from baodao.orgs.declare import Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Quick(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[quick_report.<name>]`: a tile; ``text`` is what the request says, ``kind`` its kind."""

    title: Text
    kind: Text
    text: Text
    title_en: str = ""
    text_en: str = ""
    source: Source = ""


def quick_reports(pack: Pack) -> dict[str, Quick]:
    """The tiles of a pack: a district that has other kinds of request does not offer those of `base` that name none of them."""
    known = _kinds(pack)
    return {name: quick for name, quick in pack.many(Quick).items() if quick.kind in known}


def _kinds(pack: Pack) -> set[str]:
    request = pack.many(Procedure).get("request")
    return {kind.name for kind in request.kinds} if request is not None else set()


def _check(pack: Pack, report: Report) -> None:
    """The kind is one of requests', in what the pack itself says."""
    known = _kinds(pack)
    for name, quick in pack.many(Quick).items():
        if quick.kind not in known and pack.owns("quick_report", name, "kind"):
            report.unknown(("quick_report", name, "kind"), _("类别"), quick.kind, known)


register_section("quick_report", Quick, check=_check)
