"""Records of this app as the due list names them. A contact is named without its day: whose it was stays with the leader. What was entered from
paper a line brings along (`board.Line.papers`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from baodao.kernel.act import Act

from .ports import Record, register_records


def _contacts(by: Act, whose: Mapping[str, str]) -> dict[str, Record]:
    return {rest: Record(_("一次联系")) for rest in whose}


register_records("contact", _contacts)
