"""Sheets that name people by their telephone: its cells, and who of the rows is known by it already."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.tables import Bad, Column, Given, Verdicts, as_day
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults
from baodao.people import selectors as people

from .organizations import tell
from .roster import number_column, vault_field
from .units import units

T = TypeVar("T")


def person_columns(since: str, day: Any, *, needed: bool = True) -> tuple[Column, ...]:
    """Name, telephone, first day, whose title is ``since``, and the system's number of who was exported."""
    return (
        Column("name", _("姓名"), vault_field("name"), required=True, example=_("张三")),
        Column("phone", _("手机号"), vault_field("phone"), required=True, aliases=("电话", "手机", "联系电话"),
               example="13800000000", hint=_("本人用它登录，看得到自己的这一条")),
        Column("since", since, as_day(settings.TIME_ZONE), required=needed, aliases=("起始日",), example=day),
        number_column(),
    )  # fmt: skip


def _placed(
    by: Act,
    rows: Sequence[Given],
    verdicts: Verdicts,
    *,
    column: str,
    may: Callable[[str], bool],
    refused: Bad,
    each: bool,
) -> Iterator[tuple[Given, str]]:
    finder, home = units(), by.office
    for row in _once(rows, verdicts, column if each else ""):
        shown = row.text(column) or home
        try:
            org = finder.find(shown, row.values.get("since") or orgs.today())
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
    each: bool = False,
) -> list[tuple[Given, T, str]]:
    """Rows that nothing speaks against so far: (row, what the verb would take, the person's token in ``domain`` or ""). Each names once by
    telephone (``each``: once in each organization), for the organization in ``column`` (empty: the actor's own) or is refused by ``refused``; ``examine`` is the verb's own ruling
    over all of them. A sheet compares them with what it holds. Two statements per thousand rows, two more where numbers of the system
    are given, and those of ``examine``."""
    news = [
        (row, made(row, org))
        for row, org in _placed(by, rows, verdicts, column=column, may=may, refused=refused, each=each)
    ]
    faults = Faults("rows")
    examine(faults, [one for _row, one in news])
    tell(faults.found, [row.row for row, _one in news], [row for row, _one in news], verdicts)
    holders = people.holders_of([row.text("phone") for row, _one in news])
    _agree([row for row, _one in news], holders, verdicts)
    tokens = people.tokens_for(holders.values(), domain)
    left = [(row, one) for row, one in news if row.row not in verdicts.faults]
    return [(row, one, tokens.get(holders.get(row.text("phone"), ""), "")) for row, one in left]


def _once(rows: Sequence[Given], verdicts: Verdicts, column: str) -> list[Given]:
    """Rows whose telephone no row before named, for the same cell of ``column`` where there is one."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        named = row.text(column) if column else "", row.text("phone")
        if named in seen:
            verdicts.wrong(row.row, "phone", named[1], _("这个手机号在表里写了两次"), _("每人一行"))
        seen.add(named)
    return [row for row in rows if row.row not in verdicts.faults]


def _agree(rows: Sequence[Given], holders: Mapping[str, str], verdicts: Verdicts) -> None:
    """A number of the system and a telephone in one row are the same person's, or nobody's yet; a number names one row."""
    taken = people.there(row.text("uid") for row in rows if row.text("uid"))
    seen: dict[str, str] = {}
    for row in rows:
        uid, holder = row.text("uid"), holders.get(row.text("phone"), "")
        if uid and (holder != uid if holder else uid in taken):
            verdicts.wrong(
                row.row, "uid", uid, _("这个系统编号和手机号不是同一个人的"), _("新登记的人不用填系统编号")
            )
        elif uid and seen.setdefault(uid, row.text("phone")) != row.text("phone"):
            verdicts.wrong(row.row, "uid", uid, _("编号在表里写了两次"), _("每人一行"))


def numbers_of(by: Act, tokens: Sequence[str]) -> Mapping[str, str]:
    """Token → the system's number, for an export of names that were opened for ``by.purpose``. One statement per 500."""
    found: dict[str, str] = {}
    for start in range(0, len(tokens), 500):
        found |= people.persons_of(tokens[start : start + 500], by.purpose)
    return found
