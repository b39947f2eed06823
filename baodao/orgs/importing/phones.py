"""Sheets that name people by their telephone: its cells, and who of the rows is known by it already."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.tables import Column, Given, Verdicts, as_day
from baodao.people import selectors as people

from .roster import vault_field


def person_columns(since: str, day: Any) -> tuple[Column, ...]:
    """Name, telephone and first day, whose title is ``since``."""
    return (
        Column("name", _("姓名"), vault_field("name"), required=True, example=_("张三")),
        Column("phone", _("手机号"), vault_field("phone"), required=True, aliases=("电话", "手机", "联系电话"),
               example="13800000000", hint=_("本人用它登录，看得到自己的这一条")),
        Column("since", since, as_day(settings.TIME_ZONE), required=True, aliases=("起始日",), example=day),
    )  # fmt: skip


def once(rows: Sequence[Given], verdicts: Verdicts) -> list[Given]:
    """Rows whose telephone no row before named."""
    seen: set[str] = set()
    for row in rows:
        if row.text("phone") in seen:
            verdicts.wrong(row.row, "phone", row.text("phone"), _("这个手机号在表里写了两次"), _("每人一行"))
        seen.add(row.text("phone"))
    return [row for row in rows if row.row not in verdicts.faults]


def known(rows: Sequence[Given], domain: str) -> dict[str, str]:
    """Telephone → token in a domain, of those who have one. Two statements per thousand."""
    holders = people.holders_of([row.text("phone") for row in rows])
    tokens = people.tokens_for(holders.values(), domain)
    return {phone: tokens[uid] for phone, uid in holders.items() if uid in tokens}
