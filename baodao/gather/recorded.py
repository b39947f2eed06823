"""What a gathering that met a due is to a reader of the due list: its title and page where they open for her, else its kind and day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from baodao.dues.ports import Record, register_records
from baodao.kernel.act import Act

from .credits import day_of
from .elsewhere import opener_of, page_of
from .holding import MARK
from .kinds import kind_of, titled
from .models import Slot
from .policies import visible


def records(by: Act, whose: Mapping[str, str]) -> dict[str, Record]:
    """By rest of the ref ("code" or "code/token"). One statement."""
    codes = {rest: rest.partition(MARK)[0] for rest in whose}
    found = Slot.objects.filter(code__in=set(codes.values()))
    found = found.annotate(seen=Exists(visible(by).filter(code=OuterRef("code"))))
    rows = {row.code: row for row in found}
    return {rest: _told(by, rows[code], whose[rest]) for rest, code in codes.items() if code in rows}


def _told(by: Act, row: Any, whose: str) -> Record:
    opens, day = opener_of(row), day_of(row.starts)
    if row.seen if opens is None else opens(by, str(row.org_id), whose):
        return Record(row.title, day, page_of(row) or reverse("desk:gathering", kwargs={"code": row.code}))
    return Record(titled(kind_of(str(row.org_id), row.kind, day)), day)


register_records("gather", records)
