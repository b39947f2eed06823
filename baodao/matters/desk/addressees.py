"""The units that a whistle or a council calls, as rows of a form that works without scripts: find them by a word of the duty
list or of their name, take all of an alliance, add and drop rows; what was typed is never lost."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Literal

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.calendar import Limit
from baodao.kernel.text import fold
from baodao.kernel.typed import whole_number
from baodao.matters.declare import Procedure
from baodao.matters.move import Called
from baodao.matters.versions import ports_of
from baodao.orgs.alliances.selectors import Belonging, alliances_of, members_of
from baodao.orgs.duties import CALLABLE, KINDS, Duty, district_of, duties_of, search_duties
from baodao.orgs.selectors import forest, holders, name_of, pack_of, today

from .fields import offices_near

MOST_ROWS, MOST_FOUND = 20, 30


class Row(Struct):
    """One addressee as typed; ``after``: the number of the row that it waits for, "" for none."""

    org: str = ""
    post: str = ""
    role: Literal["lead", "co"] = "co"
    duty: str = ""
    after: str = ""

    @property
    def called(self) -> Called:
        """As the verb wants it."""
        after = whole_number(self.after)
        return Called(self.org, self.post, self.role, duty=self.duty, after=() if after is None else (after,))


def takes_calls(procedure: Procedure) -> bool:
    """Whether the opener chooses addressees."""
    return procedure.action("call") is not None


def names_duty(procedure: Procedure) -> bool:
    """Whether a call says for which item of the duty list."""
    action = procedure.action("call")
    return action is not None and any(kind.rstrip("?") == "duty_item" for kind in action.fields.values())


def read_rows(posted: Mapping[str, str], by: Act, procedure: Procedure) -> list[Row]:
    """The rows as typed, after the button that was pressed: ``add``, ``drop`` (a place), ``take`` (an organization, or
    ``<org>:<code>`` of a duty item), ``ally`` (take all members of the alliance chosen)."""
    rows = []
    for n in range(min(_whole(posted.get("rows", "")), MOST_ROWS)):
        role: Literal["lead", "co"] = "lead" if posted.get(f"calls.{n}.role") == "lead" else "co"
        rows.append(
            Row(
                org=posted.get(f"calls.{n}.org", "")[:32],
                post=posted.get(f"calls.{n}.post", "")[:48],
                role=role,
                duty=posted.get(f"calls.{n}.duty", "")[:57],
                after=posted.get(f"calls.{n}.after", "")[:2],
            )
        )
    if not rows:
        rows = [Row(role="lead")]
    for row in rows:
        _fit(row)
    _pressed(rows, posted, by)
    return rows


def _fit(row: Row) -> None:
    """A unit that was changed keeps neither the post nor the item of the one before."""
    if row.duty and row.duty.rpartition(":")[0] not in ("", row.org):
        row.duty = ""
    if row.post and row.post not in {code for code, _title in _posts(row.org)}:
        row.post = ""


def _whole(text: str) -> int:
    return n if (n := whole_number(text) or 0) < 1000 else 0


def _pressed(rows: list[Row], posted: Mapping[str, str], by: Act) -> None:
    if posted.get("do") == "add" and len(rows) < MOST_ROWS:
        rows.append(Row())
    if (drop := whole_number(posted.get("drop", ""))) is not None:
        _drop(rows, drop)
    if taken := posted.get("take", ""):
        org, _colon, _code = taken.partition(":")
        _put(rows, org, taken if _colon else "")
    if posted.get("do") == "ally":
        own = by.office
        for code in _allies(posted.get("ally", ""), by):
            if code != own:
                _put(rows, code, "")


def _drop(rows: list[Row], place: int) -> None:
    """Rows behind it move up; what waited for it waits for nobody."""
    if not 0 <= place < len(rows):
        return
    del rows[place]
    for row in rows:
        if (after := whole_number(row.after)) is not None:
            waits = after - 1
            row.after = "" if waits == place else str(waits if waits > place else waits + 1)
    if not rows:
        rows.append(Row(role="lead"))


def filled_rows(rows: list[Row]) -> list[Row]:
    """Without the rows in which no unit was chosen: numbers then are those of the legs to be."""
    found = [*rows]
    for place in reversed(range(len(found))):
        if not found[place].org and len(found) > 1:
            _drop(found, place)
    return found if found[0].org else [] if len(found) == 1 else found


def _put(rows: list[Row], org: str, duty: str) -> None:
    """Into the first empty row, else a new one; a unit that stands there already gets the item."""
    if org not in forest():
        return
    row = next((one for one in rows if one.org == org), None) or next((o for o in rows if not o.org), None)
    if row is None:
        if len(rows) >= MOST_ROWS:
            return
        row = Row()
        rows.append(row)
    row.org, row.duty = org, duty or row.duty


def _allies(code: str, by: Act) -> list[str]:
    """Members of an alliance in which the own office takes part, of whatever district."""
    mine = {one.code for one in alliances_of(by.office, today(), by)}
    return [member.org for member in members_of(code, today())] if code in mine else []


def _posts(org: str) -> list[tuple[str, str]]:
    return [(held.code, held.title) for held in holders([org], today())] if org else []


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────


def rows_of(rows: list[Row]) -> list[SimpleNamespace]:
    """The rows with what there is to choose in each: two statements a unit chosen."""
    found = []
    for n, row in enumerate(rows):
        others = [
            (
                str(m),
                _("第 %(n)d 家 %(office)s") % {"n": m, "office": name_of(other.org) if other.org else ""},
            )
            for m, other in enumerate(rows[:n], 1)
        ]
        duties = duties_of(row.org, today()) if row.org else []
        found.append(
            SimpleNamespace(
                n=n,
                org=row.org,
                post=row.post,
                role=row.role,
                duty=row.duty,
                after=row.after,
                office=name_of(row.org) if row.org else "",
                posts=_posts(row.org),
                duties=[(f"{row.org}:{d.code}", _shown(d)) for d in duties if d.kind in CALLABLE],
                others=others,
            )
        )
    return found


def _shown(duty: Duty) -> str:
    return f"{duty.code} {duty.title}（{KINDS[duty.kind]}）"


class Found(Struct):
    """What is offered beside the rows: units to choose from, what a search found, alliances of the own office."""

    offices: list[tuple[str, str]]
    words: str
    duties: list[tuple[str, str, str]]
    units: list[tuple[str, str]]
    alliances: list[Belonging]


def offered(posted: Mapping[str, str], org: str, by: Act, rows: list[Row]) -> Found:
    """Units near, those already chosen, and what the words find in the district's duty lists and names. Two
    statements."""
    day, words = today(), posted.get("find", "").strip()[:60]
    near = offices_near(org)
    chosen = [row.org for row in rows if row.org]
    home = district_of(org, day)
    duties = search_duties(words, day, [home], limit=MOST_FOUND) if words and home else []
    return Found(
        offices=[(code, name_of(code)) for code in dict.fromkeys([*chosen, *near])],
        words=words,
        duties=[(f"{duty.org}:{duty.code}", _shown(duty), name_of(duty.org)) for duty in duties],
        units=_units(words, home),
        alliances=alliances_of(org, day, by) if org else [],
    )


def _units(words: str, home: str) -> list[tuple[str, str]]:
    """Organizations of the district whose name holds all the words."""
    if not words or not home:
        return []
    wanted, day, trees = fold(words).split(), today(), forest()
    found = []
    for code in trees.below(home, day):
        name = name_of(code)
        if all(word in fold(name) for word in wanted):
            found.append((code, name))
        if len(found) >= MOST_FOUND:
            break
    return found


def preview_of(procedure: Procedure, name: str, org: str, rows: list[Row]) -> list[SimpleNamespace]:
    """Who will be told, as what, and within which limits: those of its own district."""
    ports = ports_of(name, org, pack_of(org))
    found = []
    for n, row in enumerate(rows, 1):
        if not row.org:
            continue
        theirs: dict[str, str] = ports.limits(row.org, procedure)
        limits = [
            f"{clock.title} {Limit.parse(theirs.get(clock.name, clock.limit)).words()}"
            for clock in procedure.clocks
            if clock.on == "leg" and "leg_called" in clock.starts()
        ]
        found.append(SimpleNamespace(n=n, row=row, office=name_of(row.org), limits=limits, waits=row.after))
    return found
