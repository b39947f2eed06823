"""Who can see one object, for its page: a room says what is seen of it, by which right and on which subject; the offices, posts and numbers
come from the policy itself. The page may be read by whoever may read the object.

register_seen("device", find)          # find(by, code) -> Seen, raises Missing for whoever may not read it
add_parts("grid", parts)               # parts(by, code) -> more of it, from a room above
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Missing
from baodao.orgs import selectors
from baodao.orgs.declare import ANYONE, PERSON
from baodao.orgs.policies import free_rights
from baodao.orgs.rights import reach
from baodao.orgs.words import reach_words
from baodao.people.ports import Seer

from .watchers import openings, watchers


class Part(Struct, frozen=True):
    """Something of the object, in words, and what opens it. ``own``: whose it is, in words, and how many they are (None: not told);
    ``anyone``: everybody may see it, by no right at all; ``sent``: what the reach "sent to this post" means here, where nothing is sent."""

    words: Any
    right: str = ""
    subject: Subject = Subject(ref="")
    own: tuple[tuple[Any, int | None], ...] = ()
    anyone: bool = False
    sent: Any = ""


class Seen(Struct, frozen=True):
    """One object: its name, its page, its parts."""

    title: str
    href: str
    parts: tuple[Part, ...]


class Row(Struct, frozen=True):
    """Who sees a part: office, post, how many (None: not told), and why; ``until`` for an opening."""

    office: str
    post: str
    holders: int | None
    why: str
    until: datetime | None = None


class Table(Struct, frozen=True):
    """A part with all who see it, the nearest first."""

    words: str
    level: int
    anyone: bool
    rows: list[Row]


_finders: dict[str, Callable[[Act, str], Seen]] = {}
_more: dict[str, list[Callable[[Act, str], Iterable[Part]]]] = {}


def register_seen(family: str, find: Callable[[Act, str], Seen]) -> None:
    """A room says what is seen of its objects."""
    _finders[family] = find


def add_parts(family: str, parts: Callable[[Act, str], Iterable[Part]]) -> None:
    """A room above adds what is its own of another room's objects."""
    _more.setdefault(family, []).append(parts)


def seen(by: Act, family: str, code: str) -> Seen:
    """What is seen of one object. Raises Missing for whoever may not read it."""
    if family not in _finders:
        raise Missing.of("family", _("没有这个页面"), _("请从那件东西的页面点进来"))
    return _finders[family](by, code)


def tables(by: Act, family: str, code: str, found: Seen) -> list[Table]:
    """Every part of an object with its readers today. Four statements for each part that a right opens."""
    added = [part for more in _more.get(family, ()) for part in more(by, code)]
    return [table(by, part) for part in (*found.parts, *added)]


def table(by: Act, part: Part) -> Table:
    """Who sees one part, by post and office, with those to whom it was opened for a time."""
    own = [Row("", str(words), n, _("自己的")) for words, n in part.own]
    if part.anyone or _free(part):
        return Table(str(part.words), part.subject.level, True, own)
    english, day = by.lang.startswith("en"), selectors.today()
    rows = []
    for one in watchers(part.right, part.subject, day):
        why = reach_words(one.reach)
        told = str(part.sent) if part.sent and one.reach == "legs" else why.en if english else why.zh
        rows.append(Row(selectors.name_of(one.org), one.title, one.holders, told))
    opened = openings(part.subject.ref, by.noted)
    titles = selectors.post_words({row.post for row in opened}) if opened else {}
    for row in opened:
        named = titles.get(row.post)
        office, post = (named.office, named.title) if named else ("", row.post)
        rows.append(Row(office, post, 1, _("紧急查看"), row.until))
    return Table(str(part.words), part.subject.level, False, [*own, *rows])


def _free(part: Part) -> bool:
    """Whether everybody may see it without a post, signed in or not."""
    free = [pair for pair in free_rights((ANYONE, PERSON)) if pair[1].reach == "any"]
    return reach(part.right, (), day=selectors.today(), free=free).anyone >= part.subject.level


def seers_of(right: str, subject: Subject, why: str, what: str) -> Iterator[Seer]:
    """The same for the person whose it is: offices and posts that see ``what`` of hers. That somebody is a member who reports in is that
    one's own: the office is told, never the kind of post. Four statements."""
    for one in watchers(right, subject, selectors.today()):
        yield Seer(selectors.name_of(one.org), "" if one.quiet else one.title, why, what)
