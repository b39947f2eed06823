"""The pack section ``gathering``: what a district declares about one kind of gathering.

In TOML::

    [gathering.theme_day]
    title = "主题党日"
    title_en = "Theme day"
    form = "meeting"
    at = ["party_branch"]
    domain = "party"
    join = ["roll"]
    counts = ["present", "visit", "phone", "made_up"]
    traits = ["theme_day"]
    source = "public"

    [[gathering.theme_day.item]]
    name = "first"
    title = "第一议题"
    trait = "first_item"

The forms, who may sign up and the states of presence are closed lists; names of kinds, items and traits are the
district's. A trait is what the dues of a pack ask for (``counts_if``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from baodao.kernel.declare.sections import register_section
from baodao.matters.declare import Procedure

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, Meta(min_length=1, max_length=80)]
Form = Literal["meeting", "talk", "class", "activity", "opening", "shift", "patrol", "booking", "visit"]
#: Forms of which somebody takes the whole place; nobody signs up for them.
BOOKED = ("booking", "visit")
#: anyone: without an account; person: signed in; member: on a branch's roll; roll: on the convening branch's own;
#: linked: of a unit linked with the convener; staff: with a post; invited: whom the convener asked.
Joiner = Literal["anyone", "person", "member", "roll", "linked", "staff", "invited"]
Presence = Literal["present", "phone", "visit", "made_up", "excused", "absent"]
Source = Literal["", "district", "public", "assumed"]
Minutes = Annotated[int, Meta(ge=0, le=100_000)]


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """A usual item of the agenda; ``trait`` is what it adds to what the gathering meets."""

    name: Name
    title: Text
    title_en: str = ""
    trait: str = ""
    required: bool = False


class Gathering(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of gathering. Times are minutes; 0 says that there is no limit.

    ``people = "count"``: only how many came is kept, never who (residents at talks). ``counts`` are the states of presence that
    count as taking part. ``level`` 0 is shown to everybody, 1 to staff in reach and to those who may join, 2 to participants.
    """

    title: Text
    form: Form
    title_en: str = ""
    hint: str = ""
    hint_en: str = ""
    at: tuple[Name, ...] = ()
    domain: Literal["service", "party"] = "service"
    level: Annotated[int, Meta(ge=0, le=2)] = 1
    join: tuple[Joiner, ...] = ("person",)
    people: Literal["list", "count"] = "list"
    seats: Annotated[int, Meta(ge=0, le=100_000)] = 0
    waiting: bool = True
    sign_in: tuple[Literal["code", "list", "paper"], ...] = ("code", "list", "paper")
    counts: tuple[Presence, ...] = ("present", "made_up")
    credits: bool = False
    """Minutes present are credited (service, training), once per clock time."""
    longest: Minutes = 0
    """The most that is credited for one day."""
    rest: Minutes = 0
    """Between two of this form for one person."""
    week: Minutes = 0
    """The most for one person in seven days."""
    withdraw: Minutes = 0
    """Until so many minutes before the start one withdraws alone; later the convener is told."""
    keeps: Annotated[int, Meta(ge=1, le=1100)] = 180
    """For so many days after it the photo of a list that was signed on paper is kept."""
    rated: bool = False
    """Those who came rate the gathering, never a person."""
    item: tuple[Item, ...] = ()
    traits: tuple[str, ...] = ()
    about: tuple[Name, ...] = ()
    """Procedures whose open matters it may serve (volunteers of a drive); what it served stands on their pages."""
    decides: str = ""
    """The procedure that a decision opens in one step; empty: none."""
    finds: str = ""
    """The procedure that a find on the way opens (patrols); empty: none."""
    insured: bool = False
    """Asks for the reference of the insurance of those who serve."""
    source: Source = ""


def _check(pack: Pack, report: Report) -> None:
    """Procedures that a kind serves exist."""
    known = set(pack.many(Procedure))
    for code, kind in pack.many(Gathering).items():
        for name in kind.about:
            if name not in known:
                report.unknown(("gathering", code, "about"), _("程序"), name, known)


register_section("gathering", Gathering, check=_check)
