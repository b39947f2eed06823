"""Checks of what is to be written about a household; faults name the place in the list."""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.typed import whole_number
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults
from baodao.people import normalise
from baodao.places import selectors as places

from .declare import lists_of

MOST_PEOPLE = 30


class NewHousehold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A household to be: where (``grid`` of the community ``org``, ``building`` if known, door in ``address``), of how many
    people (0: not told), why this is written, and until when (the first day without it)."""

    org: str
    address: str
    why: str
    until: date
    grid: str = ""
    building: str = ""
    people: int = 0


class NewLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line to be written. ``text``: an address, a number of people, or the code of a need; a contact has ``name`` and
    ``phone`` instead. ``word``: the household said so itself; without it neither need nor contact is written."""

    household: str
    field: Literal["address", "people", "need", "contact"]
    why: str
    until: date
    text: str = ""
    name: str = ""
    phone: str = ""
    building: str = ""
    word: bool = False


class LineRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a household."""

    household: str
    n: int


def struck_of(do: str, household: str) -> LineRef | None:
    """The line that a form's button "strike-3" names; None for any other button."""
    number = whole_number(do.removeprefix("strike-")) if do.startswith("strike-") else None
    return LineRef(household, number) if number is not None else None


def check_time(faults: Faults, place: int, org: str, one: "NewHousehold | NewLine", today: date) -> None:
    """A declared reason, and not longer than it allows."""
    reasons, _needs = lists_of(org, today)
    if one.why not in reasons:
        titles = "、".join(reason.title for reason in reasons.values())
        faults.add(place, "why", _("要选一个理由"), titles)
        return
    last = today + timedelta(days=reasons[one.why].days)
    if not today < one.until <= last:
        faults.add(
            place, "until", _("要写到哪一天为止"), _("明天到 %(last)s 之间") % {"last": last.isoformat()}
        )


def examine_households(faults: Faults, wanted: Sequence[NewHousehold], today: date) -> None:
    """Community, grid, building, address, people, reason and end. At most one statement."""
    from baodao.places.buildings.selectors import buildings

    known = buildings({one.building for one in wanted if one.building})
    trees = orgs.forest()
    for place, one in enumerate(wanted):
        node = trees.nodes.get(one.org)
        if node is None or node.level != "community" or not node.at(today):
            faults.add(place, "org", _("家庭登记在社区（村）名下"), _("请选本社区"))
            continue
        grid = places.grid(one.grid) if one.grid else None
        if one.grid and (grid is None or not grid.at(today) or grid.org != one.org):
            faults.add(place, "grid", _("本社区没有这个网格"))
        if one.building and not known.get(one.building):
            faults.add(place, "building", _("没有这栋楼"), _("写楼栋代码，或空着"))
        check_text(faults, place, "address", one.address)
        if not 0 <= one.people <= MOST_PEOPLE:
            faults.add(
                place, "people", _("人数要在 1 到 %(most)d 之间，不知道就空着") % {"most": MOST_PEOPLE}
            )
        check_time(faults, place, one.org, one, today)


def check_text(faults: Faults, place: int, field: str, text: str) -> None:
    """An address, without somebody's number in it."""
    from baodao.kernel.text import find_private

    faults.text(place, field, text, 2, 120)
    if find_private(text):
        faults.add(place, field, _("地址里有电话或证件号码"), _("联系方式要本人同意后，另写在“联系人”里"))


def examine_line(faults: Faults, place: int, one: NewLine, org: str, today: date) -> None:
    """What each field asks for."""
    check_time(faults, place, org, one, today)
    if one.field in ("need", "contact") and not one.word:
        faults.add(place, "word", _("需要和联系方式，要这一户自己说了、同意了才能写"), _("请先问本人"))
    if one.field == "address":
        check_text(faults, place, "text", one.text)
    elif one.field == "people" and not 1 <= (whole_number(one.text) or 0) <= MOST_PEOPLE:
        faults.add(place, "text", _("人数要在 1 到 %(most)d 之间") % {"most": MOST_PEOPLE})
    elif one.field == "need" and one.text not in lists_of(org, today)[1]:
        titles = "、".join(need.title for need in lists_of(org, today)[1].values())
        faults.add(place, "text", _("要从清单里选一项需要"), titles)
    elif one.field == "contact":
        _check_contact(faults, place, one)


def _check_contact(faults: Faults, place: int, one: NewLine) -> None:
    for field, text in (("name", one.name), ("phone", one.phone)):
        try:
            if not text.strip():
                raise Invalid.of(field, _("没有填写"))
            normalise.normal(field, text)
        except Invalid as wrong:
            faults.add(place, field, wrong.faults[0].reason, wrong.faults[0].remedy)


def plain_address(text: str) -> str:
    """An address as it is compared: without blanks, in one width and case."""
    return re.sub(r"\s+", "", normalise.words(text, "address", 120)).casefold()


def check_known(faults: Faults, refs: Sequence[LineRef], standing: Collection[tuple[str, int]]) -> None:
    """Each line stands, and is named once."""
    seen: set[tuple[str, int]] = set()
    for place, one in enumerate(refs):
        key = (one.household, one.n)
        if key not in standing or key in seen:
            faults.add(place, "n", _("这一条已经没有了"), _("请刷新页面"))
        seen.add(key)
