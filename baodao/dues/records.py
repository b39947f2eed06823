"""Records of this app as the due list names them. A contact is named without its day: whose it was stays with the leader."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from baodao.kernel.act import Act

from .models import Met
from .ports import Record, register_records


def _on_paper(by: Act, whose: Mapping[str, str]) -> dict[str, Record]:
    """What was entered from paper, with its day. One statement."""
    days = Met.objects.filter(ref__in=[f"due:{rest}" for rest in whose]).values_list("ref", "day")
    return {ref.partition(":")[2]: Record(_("纸上的记录"), day) for ref, day in days}


def _contacts(by: Act, whose: Mapping[str, str]) -> dict[str, Record]:
    return {rest: Record(_("一次联系")) for rest in whose}


register_records("due", _on_paper)
register_records("contact", _contacts)
