"""The template of a roll: a branch brings its members in and takes them out again, and nobody else does. What a sheet does not hold,
project branches and where a member chose to be seen, is each member's own act."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.tables import Bad, Column, Given, Verdicts, as_text
from baodao.kernel.verbs import allowed
from baodao.orgs.importing.phones import judged, numbers_of, person_columns
from baodao.orgs.policies import reach_of
from baodao.people.services.reading import read_identity

from .models import Membership
from .selectors import DOMAIN, READ, members, of_branch, visible
from .services import Enter, enter_members, examine

RIGHT = "roll.enter"


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring: which branch, who, since when; nothing else about a member is kept."""
    return (
        Column("branch", _("党支部"), as_text(120), aliases=("支部",),  # data
               hint=_("支部的名称或代码；空着就是您的支部")),
        *person_columns(_("组织关系转入日"), date(2026, 1, 1)),
    )  # fmt: skip


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """The same branch and day: known. On another roll, or here since another day: a person decides on the page."""
    news = judged(
        by, rows, verdicts,
        column="branch", may=lambda branch: allowed(by, RIGHT, of_branch(branch)),
        refused=Bad(_("这个支部的名册不归您登记"), _("请由它自己的书记导入")),
        made=lambda row, branch: Enter(
            branch, row.text("name"), row.text("phone"), row.values["since"], row.text("uid")
        ),
        examine=examine, domain=DOMAIN,
    )  # fmt: skip
    held = members([token for _row, _one, token in news if token])
    for row, one, token in news:
        there = held[token].home if token else None
        if there is None:
            verdicts.good(row.row, one)
        elif (there.org, there.since) == (one.branch, one.since):
            verdicts.known(row.row)
        elif there.org == one.branch:
            verdicts.wrong(
                row.row, "since", one.since, _("已经在名册上，转入日不一样"), _("请在名册页上核对")
            )
        else:
            verdicts.wrong(
                row.row, "phone", one.phone, _("这个人已经在一个支部的名册上"), _("先由原来的支部转出")
            )


def load(by: Act, items: list[Enter]) -> object:
    """One command."""
    return enter_members(by, members_=items)


def _own(by: Act) -> Any:
    return visible(by).filter(kind="home", state="in", until__isnull=True)


def rows(by: Act) -> Iterator[dict[str, Any]]:
    """Members of the rolls that the actor keeps, with names and telephones opened for the act's purpose and logged."""
    by_branch: dict[str, list[Membership]] = {}
    for row in _own(by).order_by("org_id", "since", "token"):
        by_branch.setdefault(str(row.org_id), []).append(row)
    for branch, held in by_branch.items():
        read = read_identity(by, [r.token for r in held], ("name", "phone"), of_branch(branch), right=READ)
        numbers = numbers_of(by, [row.token for row in held])
        for row in held:
            name, phone = read.one(row.token, "name"), read.one(row.token, "phone")
            uid = numbers.get(row.token, "")
            yield {"branch": branch, "name": name, "phone": phone, "since": row.since, "uid": uid}


def may_load(by: Act) -> bool:
    """Whether the actor keeps a roll."""
    return bool(reach_of(by, RIGHT))


def may_see(by: Act) -> bool:
    """Whether the actor reads a roll."""
    return bool(reach_of(by, READ))


def count(by: Act) -> int:
    """How many members the actor would export. One statement."""
    found: int = _own(by).count()
    return found
