"""What a district pack says about organizations: their levels, and what each kind of post may do.

In TOML::

    [level.street]
    tree = "admin"
    title = "街道"
    title_en = "Street or township"
    rank = 2                       # 1 is the root; a child's rank is greater than its parent's
    kinds = ["street", "town", "township"]

    [post.handler]
    title = "承办人"
    title_en = "Handler"
    at = ["office"]                # levels at which such a post may sit; empty: at any
    rights = [
        { right = "request.answer", reach = "legs", level = 2 },
        { right = "matter.read", reach = "own" },
    ]

Three kinds of post are nobody's appointment and always there: ``anyone`` (whoever calls, signed in or
not), ``person`` (whoever is signed in, as a resident) and ``system`` (the timer and the loaders).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.sections import register_section

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

_RIGHT = r"^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?)$"
#: A right is a verb, or ``<procedure>.<action>``; ``matter.*`` is all of one word, ``*`` is everything.
RightPattern = Annotated[str, msgspec.Meta(pattern=_RIGHT, max_length=64)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
#: How far a right goes; see ``baodao.orgs.rights.RULES``.
ReachName = Literal["self", "own", "below", "area", "legs", "named", "any"]
Source = Literal["", "district", "public", "assumed"]

ANYONE, PERSON, SYSTEM = "anyone", "person", "system"
#: Kinds of post that are held without an appointment.
IMPLICIT = (ANYONE, PERSON, SYSTEM)


class Right(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the rights matrix: what, how far, up to which level (0 public to 3 named)."""

    right: RightPattern
    reach: ReachName
    level: Annotated[int, msgspec.Meta(ge=0, le=3)] = 1


class PostKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of post: its names and its rights; ``at`` are the levels of organization where it may sit, ``heads``
    says that its holder answers for the organization, ``quiet`` that she holds it for herself (a member who reports in):
    no page says it beside her other posts or opens her name."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    title_en: str = ""
    at: tuple[Code, ...] = ()
    heads: bool = False
    quiet: bool = False
    rights: tuple[Right, ...] = ()
    source: Source = ""


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[grant.<name>]`: the same rights for several kinds of post, beside what `posts.toml` gives them: a new procedure
    brings its rights along, and a district that adds one does not write out what its posts may do already."""

    posts: tuple[Code, ...]
    rights: tuple[RightPattern, ...]
    reach: ReachName
    level: Annotated[int, msgspec.Meta(ge=0, le=3)] = 1
    source: Source = ""


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level of one of the two trees; ``rank`` grows downwards, from 1 at the root."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    rank: Annotated[int, msgspec.Meta(ge=1, le=20)]
    tree: Literal["admin", "party"] = "admin"
    title_en: str = ""
    kinds: tuple[Code, ...] = ()
    source: Source = ""


def _give(read: dict[str, dict[str, Any]]) -> None:
    """The rights that grants name are the posts' own from here on."""
    posts: dict[str, PostKind] = read.get("post", {})
    for grant in read.get("grant", {}).values():
        lines = tuple(Right(right, grant.reach, grant.level) for right in grant.rights)
        for code in grant.posts:
            if code in posts:
                posts[code] = msgspec.structs.replace(posts[code], rights=beside(posts[code].rights, lines))


def beside(held: tuple[Right, ...], lines: tuple[Right, ...]) -> tuple[Right, ...]:
    """What is given twice in one reach stands once, up to the higher level."""
    found: dict[tuple[str, str], Right] = {}
    for line in (*held, *lines):
        known = found.get((line.right, line.reach))
        if known is None or known.level < line.level:
            found[(line.right, line.reach)] = line
    return tuple(found.values())


def _check_grants(pack: Pack, report: Report) -> None:
    """Posts that a grant names exist."""
    known = set(pack.names("post"))
    for name, grant in pack.many(Grant).items():
        for wrong in set(grant.posts) - known:
            report.unknown(("grant", name, "posts"), _("岗位"), wrong, known)


def _check_posts(pack: Pack, report: Report) -> None:
    """Levels that a post names exist; "any" reach stays with what everybody may see or begin."""
    levels = set(pack.names("level"))
    for code, kind in pack.many(PostKind).items():
        for level in kind.at:
            if level not in levels:
                report.unknown(("post", code, "at"), _("层级"), level, levels)
        for place, line in enumerate(kind.rights):
            if line.reach == "any" and code not in IMPLICIT:
                report.add(
                    ("post", code, "rights", place),
                    _("岗位的权限不能用 any"),
                    _("写 self、own、below、area 或 legs；人人都有的权限写在 [post.anyone]。"),
                    code="reach",
                )
            if code in IMPLICIT and line.reach not in ("any", "self"):
                report.add(
                    ("post", code, "rights", place),
                    _("没有任命的岗位只能用 any 或 self"),
                    _("%(kind)s 不属于任何组织。") % {"kind": code},
                    code="reach",
                )


register_section("level", Level)
register_section("post", PostKind, check=_check_posts)
register_section("grant", Grant, check=_check_grants, finish=_give)
