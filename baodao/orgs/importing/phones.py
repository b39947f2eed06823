"""Sheets that name people by their telephone: its cells, and who of the rows is known by it already."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.tables import Bad, Column, Given, Verdicts, as_day
from baodao.orgs.ruling import Faults
from baodao.people import selectors as people

from .organizations import tell
from .roster import vault_field
from .units import units

T = TypeVar("T")


def person_columns(since: str, day: Any) -> tuple[Column, ...]:
    """Name, telephone and first day, whose title is ``since``."""
    return (
        Column("name", _("姓名"), vault_field("name"), required=True, example=_("张三")),
        Column("phone", _("手机号"), vault_field("phone"), required=True, aliases=("电话", "手机", "联系电话"),
               example="13800000000", hint=_("本人用它登录，看得到自己的这一条")),
        Column("since", since, as_day(settings.TIME_ZONE), required=True, aliases=("起始日",), example=day),
    )  # fmt: skip


def _placed(
    by: Act,
    rows: Sequence[Given],
    verdicts: Verdicts,
    *,
    column: str,
    may: Callable[[str], bool],
    refused: Bad,
) -> Iterator[tuple[Given, str]]:
    finder, home = units(), by.office
    for row in _once(rows, verdicts):
        shown = row.text(column) or home
        try:
            org = finder.find(shown, row.values["since"])
            if not may(org):
                raise refused
        except Bad as bad:
            verdicts.wrong(row.row, column, shown, bad.reason, bad.remedy)
        else:
            yield row, org


def judged(
    by: Act,
    rows: Sequence[Given],
    verdicts: Verdicts,
    *,
    column: str,
    may: Callable[[str], bool],
    refused: Bad,
    made: Callable[[Given, str], T],
    examine: Callable[[Faults, Sequence[T]], object],
    domain: str,
) -> list[tuple[Given, T, str]]:
    """Rows that nothing speaks against so far: (row, what the verb would take, the person's token in ``domain`` or ""). Each names once by
    telephone, for the organization in ``column`` (empty: the actor's own) or is refused by ``refused``; ``examine`` is the verb's own ruling
    over all of them. A sheet compares them with what it holds. Two statements per thousand rows, and those of ``examine``."""
    news = [
        (row, made(row, org))
        for row, org in _placed(by, rows, verdicts, column=column, may=may, refused=refused)
    ]
    faults = Faults("rows")
    examine(faults, [one for _row, one in news])
    tell(faults.found, [row.row for row, _one in news], [row for row, _one in news], verdicts)
    left = [(row, one) for row, one in news if row.row not in verdicts.faults]
    tokens = _known([row for row, _one in left], domain)
    return [(row, one, tokens.get(row.text("phone"), "")) for row, one in left]


def _once(rows: Sequence[Given], verdicts: Verdicts) -> list[Given]:
    """Rows whose telephone no row before named."""
    seen: set[str] = set()
    for row in rows:
        if row.text("phone") in seen:
            verdicts.wrong(row.row, "phone", row.text("phone"), _("这个手机号在表里写了两次"), _("每人一行"))
        seen.add(row.text("phone"))
    return [row for row in rows if row.row not in verdicts.faults]


def _known(rows: Sequence[Given], domain: str) -> dict[str, str]:
    """Telephone → token in a domain, of those who have one. Two statements per thousand."""
    holders = people.holders_of([row.text("phone") for row in rows])
    tokens = people.tokens_for(holders.values(), domain)
    return {phone: tokens[uid] for phone, uid in holders.items() if uid in tokens}
