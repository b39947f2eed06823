"""The policy port: one Reach answers "may I, on this one" (`may`) and "which ones" (`where`).

An app's list starts from ``Model.objects.filter(where(reach_of(by, "matter.read"), COLUMNS))`` and its pages
ask ``may(by, "matter.read", subject)``: both read the same sets out of ``rights.reach``.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache, wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import msgspec
from django.db.models import Exists, Model, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from baodao.kernel.act import Act, Grant, Subject
from baodao.kernel.declare import Pack
from baodao.kernel.verbs import Policy, set_policy
from baodao.people import ports
from baodao.people.selectors import tokens_of
from baodao.people.words import EVENT_WORDS

from . import selectors
from .areas import selectors as areas
from .declare import ANYONE, PERSON, SYSTEM, PostKind, Right
from .rights import Reach, implicit_kinds, reach, with_areas, with_past
from .tree import Forest

T = TypeVar("T")

#: What holds where no pack says anything about these kinds: the system alone can load the first district.
FALLBACK = {
    SYSTEM: PostKind(
        title="系统",  # data
        title_en="System",
        rights=(Right(right="*", reach="any", level=3),),
    )
}


def reach_of(by: Act, right: str) -> Reach:
    """All that ``by`` reaches with ``right`` on the local day of its ``noted``. No statement."""
    day = timezone.localdate(by.noted)
    uid = by.person if by.kind == "person" else ""
    kinds, pack = implicit_kinds(by), selectors.home(day)
    return unfolded(_reach(right, by.grants, day=day, uid=uid, kinds=kinds, pack=pack))


def in_office(by: Act) -> bool:
    """Whether this is somebody in a post (or the system): she reads the directory, grids, compounds and buildings, anywhere; who lives
    there and who holds a post is not told by them. Lists, interface and exports ask this."""
    return by.kind == "system" or bool(by.post)


def unfolded(found: Reach) -> Reach:
    """The same reach with all that follows from the trees, grids and areas of its day. No statement."""
    found = over_time(found)
    if not found.areas:
        return found
    extents = ((post, areas.extent(post, found.day)) for post, _top in found.areas)
    return with_areas(found, {post: (extent.grids, extent.orgs) for post, extent in extents})


def while_trees_stand(make: Callable[[Reach, Forest], T]) -> Callable[[Reach], T]:
    """Keep what is worked out of a reach and the trees, as long as the trees are these: every page of a list asks for it."""
    held: WeakKeyDictionary[Forest, dict[Reach, T]] = WeakKeyDictionary()

    @wraps(make)
    def ask(found: Reach) -> T:
        trees = selectors.forest()
        known = held.setdefault(trees, {})
        if found not in known:
            if len(known) > 4096:
                known.clear()
            known[found] = make(found, trees)
        return known[found]

    return ask


@while_trees_stand
def _over_time(found: Reach, trees: Forest) -> Reach:
    return with_past(found, trees.gone(found.day))


def over_time(found: Reach) -> Reach:
    """The same reach with what organizations held that have ended since. No statement."""
    return _over_time(found) if selectors.forest().gone(found.day) else found


@lru_cache(maxsize=4096)
def _reach(
    right: str, grants: tuple[Grant, ...], *, day: date, uid: str, kinds: tuple[str, ...], pack: Pack | None
) -> Reach:
    # Asked several times by every page and command: folded once for a person, a right and a day.
    return reach(right, grants, day=day, uid=uid, free=_free(kinds, pack))


def free_rights(kinds: Iterable[str]) -> list[tuple[str, Right]]:
    """(kind, line) of the kinds that nobody is appointed to, as the district's pack declares them."""
    return list(_free(tuple(kinds), selectors.home(selectors.today())))


@lru_cache(maxsize=256)
def _free(kinds: tuple[str, ...], pack: Pack | None) -> tuple[tuple[str, Right], ...]:
    declared = pack.many(PostKind) if pack is not None else {}
    found = ((kind, declared.get(kind) or FALLBACK.get(kind)) for kind in kinds)
    return tuple((kind, line) for kind, post in found if post is not None for line in post.rights)


def may(by: Act, right: str, subject: Subject) -> bool:
    """The kernel's policy port. No statement, but one the first time that only a person's token can
    decide."""
    found = reach_of(by, right)
    if not found:
        return False
    if found.admits(subject, selectors.forest().chain):
        return True
    if not (found.selves and subject.persons):
        return False
    if with_tokens(found).admits(subject, selectors.forest().chain):
        return True
    # Somebody may have got a token for this one matter since (`Procedure.forgets`): only what is for participants has such.
    return subject.level >= 2 and with_tokens(found, fresh=True).admits(subject, selectors.forest().chain)


_tokens: dict[str, tuple[str, ...]] = {}


def with_tokens(found: Reach, *, fresh: bool = False) -> Reach:
    """The same reach, in which a person is also known by the tokens of the domains. A token never changes,
    but one may be added: kept in memory only once there is one for matters (until then her first request may
    come at any moment), and never where one stands for a single matter, which may be nobody's tomorrow. ``fresh``: read anew."""
    selves = list(found.selves)
    for uid, top in found.selves:
        known = None if fresh else _tokens.get(uid)
        if known is None:
            tokens = tokens_of(uid)
            known = tuple(sorted(tokens.values()))
            if any(domain.startswith("once") for domain in tokens):
                _tokens.pop(uid, None)
            elif "matters" in tokens:
                _tokens[uid] = known
            if len(_tokens) > 20_000:
                _tokens.clear()
        selves.extend((token, top) for token in known)
    return msgspec.structs.replace(found, selves=tuple(selves))


def forget_tokens(uid: str) -> None:
    """After an erasure."""
    _tokens.pop(uid, None)


class Columns(msgspec.Struct, frozen=True):
    """Where a table keeps what a Subject has. Names are field lookups of the table; "" where it has none.

    ``legs`` = (model, lookup of the subject's key, organization, post): rows of another table, asked by
    EXISTS-like subquery, so that no row comes twice. ``key`` is the column that those rows point to. ``singly``: they
    are looked up for each row, which is right where few rows are left to ask about; else all of them at once.
    ``named``: columns with uids or posts of those whom the row names; ``readers``: the same as rows of another table (model,
    lookup of the subject's key, post); ``ref``: what stands before the key in a subject's ref ("matter:"),
    "" where single subjects are never opened. ``place``: the grid, a column or (model, lookup of the subject's key, its column); ""
    where all lie on the ground of their organization. ``at``: the level of all rows of a table that has none (``level`` "").
    """

    org: str = "org"
    level: str = "level"
    persons: tuple[str, ...] = ()
    key: str = "pk"
    named: tuple[str, ...] = ()
    readers: tuple[type[Model], str, str] | None = None
    ref: str = ""
    legs: tuple[type[Model], str, str, str] | None = None
    singly: bool = False
    place: str | tuple[type[Model], str, str] = ""
    at: int = 1


def where(found: Reach, columns: Columns) -> Q:
    """The condition of all rows that ``found`` reaches; a condition that nothing meets when it reaches
    none."""
    return _where(with_tokens(found) if columns.persons else found, columns)


@lru_cache(maxsize=1024)
def _where(found: Reach, columns: Columns) -> Q:
    # Conditions are never changed once made, so that a list may use the same one again.
    wanted = Q(pk__in=[])
    if found.anyone >= 0:
        wanted |= _up_to(columns, found.anyone)
    if columns.persons:
        for level, uids in _by_level((top, uid) for uid, top in found.selves):
            held = [Q(**{f"{name}__in": uids}) for name in columns.persons]
            wanted |= _up_to(columns, level) & _any(held)
    for level, names in _by_level((top, key) for key, top in found.named):
        keys = [
            name.removeprefix(columns.ref) for name in names if columns.ref and name.startswith(columns.ref)
        ]
        opened = [Q(**{f"{columns.key}__in": keys})] if keys else []
        opened += [_read_by(columns, names)] if columns.readers else []
        wanted |= _up_to(columns, level) & _any(
            [*opened, *(Q(**{f"{name}__in": names}) for name in columns.named)]
        )
    for level, orgs in _by_level((top, org) for org, top in (*found.own, *found.past)):
        wanted |= _up_to(columns, level) & _at(columns, orgs)
    for level, roots in _by_level((top, org) for org, top in found.below):
        wanted |= _up_to(columns, level) & _at(columns, selectors.under(roots, found.day))
    for level, codes in _by_level((top, code) for code, top in found.grids):
        if columns.place:
            wanted |= _up_to(columns, level) & _placed(columns, codes)
    for level, orgs in _by_level((top, org) for org, top in found.grounds):
        wanted |= _up_to(columns, level) & Q(**{f"{columns.org}__in": orgs}) & _placed(columns, [""])
    if columns.legs is not None:
        _model, _subject, org, post = columns.legs
        for level, pairs in _by_level((top, (one, held)) for one, held, top in found.legs):
            called = _any([Q(**{org: one, post: held}) for one, held in pairs])
            wanted |= _up_to(columns, level) & _called(columns, called)
    return wanted


def _at(columns: Columns, orgs: Any) -> Q:
    """Held by one of these organizations, or called to one by a leg."""
    held = Q(**{f"{columns.org}__in": orgs}) if columns.org else Q(pk__in=[])
    if columns.legs is not None:
        held |= _called(columns, Q(**{f"{columns.legs[2]}__in": orgs}))
    return held


def _called(columns: Columns, which: Q) -> Q:
    """Subjects that have a leg of these."""
    assert columns.legs is not None
    model, subject, _org, _post = columns.legs
    rows = model._default_manager.filter(which)
    if columns.singly:
        return Q(Exists(rows.filter(**{subject: OuterRef(columns.key)})))
    return Q(**{f"{columns.key}__in": rows.values(subject)})


def _read_by(columns: Columns, names: list[str]) -> Q:
    """Subjects that name one of these as a reader."""
    assert columns.readers is not None
    model, subject, post = columns.readers
    rows = model._default_manager.filter(**{f"{post}__in": names})
    return Q(**{f"{columns.key}__in": rows.values(subject)})


def _placed(columns: Columns, codes: list[str]) -> Q:
    """In one of these grids; "" for what has none."""
    if isinstance(columns.place, str):
        return Q(**{f"{columns.place}__in": codes}) if columns.place else Q()
    model, subject, place = columns.place
    rows = model._default_manager.filter(**{f"{place}__in": codes})
    if columns.singly:
        return Q(Exists(rows.filter(**{subject: OuterRef(columns.key)})))
    return Q(**{f"{columns.key}__in": rows.values(subject)})


def _up_to(columns: Columns, level: int) -> Q:
    if not columns.level:
        # Not an empty condition: joined by "or" that would be left out instead of holding for all.
        return ~Q(pk__in=[]) if level >= columns.at else Q(pk__in=[])
    return Q(**{f"{columns.level}__lte": level})


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


def _by_level(pairs: Iterable[tuple[int, Any]]) -> list[tuple[int, list[Any]]]:
    groups: dict[int, list[Any]] = {}
    for level, member in pairs:
        groups.setdefault(level, []).append(member)
    return sorted((level, members) for level, members in groups.items() if level >= 0)


def scopes(found: Reach, level: int = 1) -> list[str]:
    """Organizations whose rows of ``stake`` (which has a row for each ancestor) this reach opens up to
    ``level``:
    a plain equality, no tree asked. "own" is asked apart, by the organization of the leg itself."""
    return [org for org, top in found.below if top >= level]


def few(found: Reach, most: int) -> tuple[str, ...] | None:
    """All organizations whose rows this reach can open, if they are ``most`` at the most; else None."""
    if found.anyone >= 0 or found.grids or found.grounds:
        return None
    trees = selectors.forest()
    orgs = dict.fromkeys(
        [org for org, _top in (*found.own, *found.past)] + [org for org, _post, _top in found.legs]
    )
    waiting = [org for org, _top in found.below]
    for org in waiting:  # grows while it is walked
        orgs.setdefault(org)
        if len(orgs) > most:
            return None
        waiting.extend(trees.children(org, found.day))
    return tuple(orgs) if len(orgs) <= most else None


def offices(by: Act, right: str) -> frozenset[str]:
    """People's port: codes of the organizations that ``by`` reaches with ``right``, at any level."""
    found, trees = reach_of(by, right), selectors.forest()
    below = {code for root, _top in found.below for code in trees.below(root, found.day)}
    return frozenset(below | {org for org, _top in (*found.own, *found.past)})


def _connect(policy: Policy) -> None:
    set_policy(policy)
    ports.set_standing(selectors.standing)
    ports.set_reach(offices)
    ports.set_office_names(lambda codes: {code: selectors.name_of(code) for code in codes})
    EVENT_WORDS["post.began"] = _("被任命到一个岗位")
    EVENT_WORDS["post.ended"] = _("一个岗位的任期结束")
    ports.set_post_words(selectors.post_words)


_connect(may)

__all__ = [
    "ANYONE",
    "PERSON",
    "SYSTEM",
    "Columns",
    "few",
    "free_rights",
    "may",
    "offices",
    "reach_of",
    "scopes",
    "unfolded",
    "where",
    "with_tokens",
]
