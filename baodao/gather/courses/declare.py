"""What a pack says about courses: subjects of offers, and the forms in which they are given.

In TOML::

    [course_subject.theory]
    title = "理论政策"
    title_en = "Theory and policy"

    [course_form.yard]
    title = "院坝会"
    title_en = "Yard meeting"
    gathering = "yard_talk"        # the kind of gathering that it becomes
    sessions = 1                   # at most so many

    [channel.loudspeaker]          # by what residents are told that a talk takes place
    title = "小喇叭"
    title_en = "Loudspeaker"
    way = "loudspeaker"
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.gather.declare import Gathering
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.declare.sections import register_section
from baodao.orgs import selectors as orgs
from baodao.orgs.declare import Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[course_subject.<code>]`: what offers are about. ``counted``: whoever listens is counted and never listed, so that such an
    offer is given only in forms whose gathering counts heads."""

    title: Title
    title_en: str = ""
    counted: bool = True
    source: Source = ""


class CourseForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[course_form.<code>]`: a form in which an offer is packed; ``sessions`` is the most of one order."""

    title: Title
    gathering: Name
    title_en: str = ""
    sessions: Annotated[int, msgspec.Meta(ge=1, le=60)] = 1
    source: Source = ""


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[channel.<code>]`: by what a community tells its residents. ``way``: web (on the portal's list at once), message (a text for groups
    and messages), board (a page to print), loudspeaker (a text to be read twice, on the list of what is to be read). ``times``: how often it is
    meant to go out by hand before a talk, each time told by one tap of whoever did it; 0: nothing is done by hand."""

    title: Title
    way: Literal["web", "message", "board", "loudspeaker"]
    times: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    title_en: str = ""
    source: Source = ""


def _check_forms(pack: Pack, report: Report) -> None:
    """The gathering of a form exists."""
    known = set(pack.names("gathering"))
    for code, form in pack.many(CourseForm).items():
        if form.gathering not in known:
            report.unknown(("course_form", code, "gathering"), _("活动"), form.gathering, known)


register_section("course_subject", Subject)
register_section("course_form", CourseForm, check=_check_forms)
register_section("channel", Channel)


class Lists(msgspec.Struct, frozen=True):
    """What the pack of an organization declares, in its order."""

    subjects: Mapping[str, Subject]
    forms: Mapping[str, CourseForm]
    kinds: Mapping[str, Gathering]
    channels: Mapping[str, Channel] = {}

    def lists_people(self, form: str) -> bool:
        """Whether this form keeps who came."""
        kind = self.kinds.get(self.forms[form].gathering) if form in self.forms else None
        return kind is not None and kind.people == "list"

    def fits(self, subject: str, form: str) -> bool:
        """Whether an offer of this subject may be given in this form: what is counted is never listed."""
        known = self.subjects.get(subject)
        return known is not None and form in self.forms and not (known.counted and self.lists_people(form))


def lists_of(org: str, day: date) -> Lists:
    """Subjects and forms that rule an organization. No statement."""
    try:
        found = get_pack(orgs.pack_of(org, day))
    except BadPack:
        return Lists({}, {}, {})
    return Lists(found.many(Subject), found.many(CourseForm), found.many(Gathering), found.many(Channel))


def titled(one: Subject | CourseForm | Channel | None, code: str) -> str:
    """Its title in the reader's language; the code where the pack no longer knows it."""
    if one is None:
        return code
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title


from .programmes import declare as programmes  # noqa: E402, F401
